/*
 * convert.c
 *		One value of a page to one Datum of a column.
 *
 * The types that the API's members mostly have are made at once; any other
 * goes through its type's input function, from the digits or characters as
 * they were sent.  A domain's base value is made first and then checked.
 *
 * Assumes a short-lived CurrentMemoryContext; results and scraps are left in
 * it.  Which member fills which column, and the error context that names
 * column, row and page, are left to the caller.
 */
#include "postgres.h"

#include "convert.h"

#include "catalog/pg_type.h"
#include "iso8601.h"
#include "lib/stringinfo.h"
#include "page_number.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/lsyscache.h"

/* Characters of a number that an error shows. */
#define CONVERT_MAX_SHOWN 60

/*
 * The element type of an array type, else InvalidOid.  int2vector and its like
 * are no arrays here: they have the form of one, but not its input.
 */
static Oid
array_element(Oid type)
{
	Oid			element = get_element_type(type);

	return OidIsValid(element) && get_array_type(element) == type ? element : InvalidOid;
}

static ConvertKind
convert_kind(Oid type, int32 typmod)
{
	switch (type)
	{
		case TEXTOID:
			return CONVERT_TEXT;
		case VARCHAROID:
			return typmod < 0 ? CONVERT_TEXT : CONVERT_INPUT;
		case INT2OID:
			return CONVERT_INT2;
		case INT4OID:
			return CONVERT_INT4;
		case INT8OID:
			return CONVERT_INT8;
		case BOOLOID:
			return CONVERT_BOOL;
		case JSONOID:
		case JSONBOID:
			return CONVERT_JSON;
		case DATEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return CONVERT_MOMENT;
		default:
			return OidIsValid(array_element(type)) ? CONVERT_ARRAY : CONVERT_INPUT;
	}
}

/*
 * Look up all that values of a column need.  What is looked up stays in
 * context, which must live as long as *column.  Raises for a type that has no
 * input function.
 */
void
convert_prepare(ConvertColumn *column, Oid typid, int32 typmod, MemoryContext context)
{
	Oid			input;

	memset(column, 0, sizeof(ConvertColumn));
	column->typid = typid;
	column->typmod = typmod;
	column->context = context;
	column->basetype = getBaseTypeAndTypmod(typid, &column->typmod);
	column->is_domain = column->basetype != typid;
	column->kind = convert_kind(column->basetype, column->typmod);
	column->type_name = MemoryContextStrdup(context, format_type_be(column->basetype));

	if (column->kind == CONVERT_ARRAY)
	{
		Oid			element = array_element(column->basetype);

		column->element = MemoryContextAlloc(context, sizeof(ConvertColumn));
		convert_prepare(column->element, element, column->typmod, context);
		get_typlenbyvalalign(element, &column->element_len,
							 &column->element_byval, &column->element_align);
	}
	else
	{
		getTypeInputInfo(column->basetype, &input, &column->ioparam);
		fmgr_info_cxt(input, &column->input, context);
	}
}

/* In which form a page is to keep the column's values. */
PageWant
convert_want(const ConvertColumn *column)
{
	switch (column->kind)
	{
		case CONVERT_JSON:
			return PAGE_RAW;
		case CONVERT_ARRAY:
			return PAGE_ARRAY;
		default:
			return PAGE_SCALAR;
	}
}

/*
 * Input functions quote what they do not understand, and so would the log: a
 * value of the wrong type may be somebody's name.  Only what it is about stays.
 */
static void
conceal_value(void *arg)
{
	const ConvertColumn *column = arg;

	/* (a string that is too long is not quoted) */
	if (ERRCODE_TO_CATEGORY(geterrcode()) != ERRCODE_DATA_EXCEPTION ||
		geterrcode() == ERRCODE_STRING_DATA_RIGHT_TRUNCATION)
		return;
	errmsg("a value does not fit type %s", column->type_name);
	errdetail("It is not shown, since rows are people.");
}

/* While it is set, errors of this column's type do not show the value. */
static void
begin_concealing(ConvertColumn *column, ErrorContextCallback *callback)
{
	callback->callback = conceal_value;
	callback->arg = column;
	callback->previous = error_context_stack;
	error_context_stack = callback;
}

static Datum
through_input(ConvertColumn *column, char *text)
{
	ErrorContextCallback callback;
	Datum		result;

	begin_concealing(column, &callback);
	result = InputFunctionCall(&column->input, text, column->ioparam, column->typmod);
	error_context_stack = callback.previous;
	return result;
}

static void
check_domain(ConvertColumn *column, Datum value, bool isnull)
{
	ErrorContextCallback callback;

	begin_concealing(column, &callback);
	domain_check(value, isnull, column->typid,
				 &column->domain_extra, column->context);
	error_context_stack = callback.previous;
}

/* A number as an error shows it: digits only, and not a page of them. */
static char *
shown_number(const PageValue *value)
{
	if (value->len <= CONVERT_MAX_SHOWN)
		return value->text;
	return psprintf("%.*s...", CONVERT_MAX_SHOWN, value->text);
}

static void
raise_out_of_range(const ConvertColumn *column, const PageValue *value)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("value \"%s\" is out of range for type %s",
					shown_number(value), format_type_be(column->basetype))));
}

static int64
number_to_integer(const ConvertColumn *column, const PageValue *value)
{
	int64		n = 0;

	switch (number_to_int64(value->text, &n))
	{
		case NUMBER_FITS:
			break;
		case NUMBER_FRACTION:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					 errmsg("value \"%s\" has a fraction, which type %s cannot hold",
							shown_number(value), format_type_be(column->basetype))));
			break;
		case NUMBER_RANGE:
			raise_out_of_range(column, value);
			break;
	}
	return n;
}

static Datum
integer_datum(const ConvertColumn *column, const PageValue *value)
{
	int64		n = number_to_integer(column, value);

	switch (column->kind)
	{
		case CONVERT_INT2:
			if (n < PG_INT16_MIN || n > PG_INT16_MAX)
				raise_out_of_range(column, value);
			return Int16GetDatum((int16) n);
		case CONVERT_INT4:
			if (n < PG_INT32_MIN || n > PG_INT32_MAX)
				raise_out_of_range(column, value);
			return Int32GetDatum((int32) n);
		default:
			return Int64GetDatum(n);
	}
}

/*
 * JSON text of the value.  Under PAGE_RAW it has that form already; a string
 * from an array or from the request gets its quotes back.
 */
static Datum
json_datum(ConvertColumn *column, const PageValue *value)
{
	StringInfoData quoted;

	if (value->kind == PAGE_VALUE_STRING)
	{
		initStringInfo(&quoted);
		escape_json(&quoted, value->text);
		return through_input(column, quoted.data);
	}
	/* the page was parsed: json_in() would find nothing more */
	if (column->basetype == JSONOID)
		return PointerGetDatum(cstring_to_text_with_len(value->text, value->len));
	return through_input(column, value->text);
}

/*
 * Dates and times go to the input function only in the form that means the same
 * under each DateStyle and TimeZone.
 */
static void
check_moment(const ConvertColumn *column, const PageValue *value)
{
	bool		has_zone;

	if (!iso8601_is_moment(value->text, &has_zone))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_DATETIME_FORMAT),
				 errmsg("a value does not fit type %s", column->type_name),
				 errdetail("It is not written as ISO 8601 has it (YYYY-MM-DD, or YYYY-MM-DDThh:mm:ssZ). It is not shown, since rows are people."),
				 errhint("A column of type text shows it as it is.")));
	if (column->basetype == TIMESTAMPTZOID && !has_zone)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_DATETIME_FORMAT),
				 errmsg("a value does not fit type %s", column->type_name),
				 errdetail("It does not tell its time zone."),
				 errhint("Give the column the type date, timestamp or text.")));
}

/* Only JSON itself can hold arrays in an array. */
static void
check_element(const ConvertColumn *column, const PageValue *element)
{
	if (element->kind == PAGE_VALUE_JSON && element->text[0] == '[' &&
		column->element->kind != CONVERT_JSON)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_INVALID_DATA_TYPE),
				 errmsg("an array of arrays does not fit type %s",
						format_type_be(column->basetype))));
}

static Datum
array_datum(ConvertColumn *column, const PageValue *value)
{
	Datum	   *datums;
	bool	   *nulls;
	int			lower = 1;

	if (value->kind != PAGE_VALUE_ARRAY)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_INVALID_DATA_TYPE),
				 errmsg("a value that is not an array does not fit type %s",
						format_type_be(column->basetype))));
	if (value->len == 0)
		return PointerGetDatum(construct_empty_array(column->element->typid));

	datums = palloc(value->len * sizeof(Datum));
	nulls = palloc(value->len * sizeof(bool));
	for (int i = 0; i < value->len; i++)
	{
		check_element(column, &value->elements[i]);
		datums[i] = convert_value(column->element, &value->elements[i], &nulls[i]);
	}
	return PointerGetDatum(construct_md_array(datums, nulls, 1,
											  unconstify(int *, &value->len), &lower,
											  column->element->typid,
											  column->element_len,
											  column->element_byval,
											  column->element_align));
}

/* The base type's Datum of a value that is there and not null. */
static Datum
base_datum(ConvertColumn *column, const PageValue *value)
{
	switch (column->kind)
	{
		case CONVERT_TEXT:
			return PointerGetDatum(cstring_to_text_with_len(value->text, value->len));
		case CONVERT_INT2:
		case CONVERT_INT4:
		case CONVERT_INT8:
			if (value->kind == PAGE_VALUE_NUMBER)
				return integer_datum(column, value);
			break;
		case CONVERT_BOOL:
			if (value->kind == PAGE_VALUE_BOOL)
				return BoolGetDatum(value->text[0] == 't');
			break;
		case CONVERT_JSON:
			return json_datum(column, value);
		case CONVERT_ARRAY:
			return array_datum(column, value);
		case CONVERT_MOMENT:
			check_moment(column, value);
			break;
		case CONVERT_INPUT:
			break;
	}
	return through_input(column, value->text);
}

/*
 * The Datum of a value that the page kept as convert_want() said.  Allocated
 * in CurrentMemoryContext; does not point into the page.
 *
 * Raises 22003, 22P02 or HV004 for a value that does not fit, or whatever the
 * type's input function or a domain's constraint raises.  Messages show numbers
 * at most, never strings.
 */
Datum
convert_value(ConvertColumn *column, const PageValue *value, bool *isnull)
{
	Datum		result = (Datum) 0;

	*isnull = value->kind == PAGE_VALUE_ABSENT || value->kind == PAGE_VALUE_NULL;
	if (!*isnull)
		result = base_datum(column, value);
	if (column->is_domain)
		check_domain(column, result, *isnull);
	return result;
}

/*
 * The Datum of a text known from the request, in the server encoding, as if it
 * had come as a JSON string.  Raises like convert_value().
 */
Datum
convert_text(ConvertColumn *column, char *text)
{
	PageValue	value = {PAGE_VALUE_STRING, strlen(text), text};
	bool		isnull;

	return convert_value(column, &value, &isnull);
}
