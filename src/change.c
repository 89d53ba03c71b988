/*
 * change.c
 *		Rows to bodies of changes, checked before anything is sent.
 *
 * Which members there are, and their limits, is the resource's.  A member
 * "a.b" is a part of the object "a", which goes whole: as it was read, with
 * what the row has now over it.  jsonb keeps the digits of numbers, and what
 * else the object holds.
 */
#include "change.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "written.h"

/* ---- preparation ---- */

static void
prepare_column(ChangeColumn *change, const IntentTable *table, int attno)
{
	const IntentColumn *column = table_column(table, attno);
	Oid			output;
	bool		is_varlena;

	if (column->attno <= 0)
		return;
	change->column = column;
	change->member = column->source == INTENT_SOURCE_MEMBER ?
		resource_member(table->resource, column->key) : NULL;
	getTypeOutputInfo(column->typid, &output, &is_varlena);
	fmgr_info(output, &change->output);
	get_typlenbyval(column->typid, &change->typlen, &change->typbyval);
	convert_prepare(&change->convert, column->typid, column->typmod,
					CurrentMemoryContext);
}

/* What an answer holds: the object, in the columns of the table. */
static PageLayout *
answer_layout(const ChangeLayout *layout)
{
	static const IntentDocument document = {.form = INTENT_ROWS_OBJECT};
	const IntentTable *table = layout->table;
	PageColumn *columns = palloc0(sizeof(PageColumn) * Max(table->natts, 1));

	for (int i = 0; i < table->natts; i++)
	{
		const IntentColumn *column = layout->columns[i].column;

		columns[i].want = PAGE_PRESENCE;
		if (!column)
			continue;
		if (column->source == INTENT_SOURCE_ROW)
			columns[i].want = PAGE_ROW;
		if (column->source != INTENT_SOURCE_MEMBER)
			continue;
		columns[i].want = convert_want(&layout->columns[i].convert);
		columns[i].paths = column->paths;
		columns[i].npaths = column->npaths;
	}
	return page_layout(&document, columns, table->natts, CurrentMemoryContext);
}

static PageLayout *
deleted_layout(const ChangeLayout *layout)
{
	static const IntentDocument document = {.form = INTENT_ROWS_OBJECT};
	PageColumn *column = palloc0(sizeof(PageColumn));

	column->paths = &layout->changes->deleted;
	column->npaths = 1;
	column->want = PAGE_SCALAR;
	return page_layout(&document, column, 1, CurrentMemoryContext);
}

/*
 * How rows of a table are changed; palloc'd in the current context.  The
 * table's resource has changes.
 */
ChangeLayout *
change_layout(const IntentTable *table)
{
	ChangeLayout *layout = palloc0(sizeof(ChangeLayout));

	layout->table = table;
	layout->changes = table->resource->changes;
	layout->columns = palloc0(sizeof(ChangeColumn) * Max(table->natts, 1));
	for (int i = 0; i < table->natts; i++)
		prepare_column(&layout->columns[i], table, i + 1);
	layout->key_attno = table_key_column(table);
	layout->answer = answer_layout(layout);
	layout->deleted = deleted_layout(layout);
	return layout;
}

/* ---- checks ---- */

static void
raise_null(const ChangeLayout *layout, const char *column)
{
	ereport(ERROR,
			(errcode(ERRCODE_NOT_NULL_VIOLATION),
			 errmsg("column \"%s\" of table \"%s\" must have a value",
					column, layout->table->name)));
}

/* "accepted" is a sentence of what the API takes. */
static void
raise_illegal(const ChangeLayout *layout, const ChangeColumn *change,
			  const char *accepted)
{
	ereport(ERROR,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 errmsg("a value of column \"%s\" of table \"%s\" is not one that the API takes",
					change->column->name, layout->table->name),
			 errdetail_internal("%s", accepted)));
}

static const char *
one_of(const char *const *values)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (; *values; values++)
		appendStringInfo(&buf, "%s\"%s\"", buf.len ? ", " : "It takes ", *values);
	appendStringInfoChar(&buf, '.');
	return buf.data;
}

static void
check_text(const ChangeLayout *layout, const ChangeColumn *change, const char *text)
{
	const IntentMember *member = change->member;
	int			length = pg_mbstrlen(text);
	bool		found = member->values == NULL;

	if (length < member->lower || length > member->upper)
		raise_illegal(layout, change,
					  psprintf("It takes %d to %d characters.",
							   member->lower, member->upper));
	for (int i = 0; !found && member->values[i]; i++)
		found = strcmp(member->values[i], text) == 0;
	if (!found)
		raise_illegal(layout, change, one_of(member->values));
}

/* A text of digits as an integer, or false. */
static bool
is_integer(const char *text, int64 *value)
{
	char	   *end;

	errno = 0;
	*value = strtoll(text, &end, 10);
	return end != text && *end == '\0' && errno == 0;
}

static int64
check_integer(const ChangeLayout *layout, const ChangeColumn *change, const char *text)
{
	const IntentMember *member = change->member;
	int64		value;

	if (!is_integer(text, &value) || value < member->lower || value > member->upper)
		raise_illegal(layout, change,
					  psprintf("It takes integers from %d to %d.",
							   member->lower, member->upper));
	return value;
}

/* Is "a" allowed beside "b", that it must not be above? */
static void
check_order(const ChangeLayout *layout, TupleTableSlot *slot, const ChangeColumn *a)
{
	for (int i = 0; i < layout->table->natts; i++)
	{
		ChangeColumn *b = &layout->columns[i];
		int64		low;
		int64		high;

		if (!b->member || strcmp(b->member->path, a->member->at_most) != 0 ||
			slot->tts_isnull[i] || slot->tts_isnull[a->column->attno - 1])
			continue;
		if (is_integer(OutputFunctionCall(&b->output, slot->tts_values[i]), &high) &&
			is_integer(OutputFunctionCall(unconstify(FmgrInfo *, &a->output),
										  slot->tts_values[a->column->attno - 1]), &low) &&
			low > high)
			raise_illegal(layout, a, psprintf("It must not be above \"%s\".",
											  b->column->name));
	}
}

/* ---- values as JSON ---- */

static void
append_text(StringInfo buf, const ChangeLayout *layout,
			const ChangeColumn *change, const char *text)
{
	check_text(layout, change, text);
	escape_json(buf, text);
}

static void
raise_no_topics(const ChangeLayout *layout, const ChangeColumn *change)
{
	raise_illegal(layout, change, "It takes an array of integers, without NULL.");
}

/* An array of any integer type, or of texts that are integers. */
static void
append_topics(StringInfo buf, const ChangeLayout *layout,
			  const ChangeColumn *change, Datum datum)
{
	const ConvertColumn *convert = &change->convert;
	ArrayType  *array;
	Oid			output;
	bool		is_varlena;
	Datum	   *values;
	bool	   *nulls;
	int			n;
	int			most = Min(change->member->upper, layout->table->options->max_topics);

	if (convert->kind != CONVERT_ARRAY)
		raise_no_topics(layout, change);
	array = DatumGetArrayTypeP(datum);
	deconstruct_array(array, ARR_ELEMTYPE(array), convert->element_len,
					  convert->element_byval, convert->element_align,
					  &values, &nulls, &n);
	if (ARR_NDIM(array) > 1 || n < change->member->lower || n > most)
		raise_illegal(layout, change,
					  psprintf("It takes %d to %d of them, in an array of one dimension; option \"max_topics\" says how many.",
							   change->member->lower, most));
	getTypeOutputInfo(ARR_ELEMTYPE(array), &output, &is_varlena);
	appendStringInfoChar(buf, '[');
	for (int i = 0; i < n; i++)
	{
		int64		topic;

		if (nulls[i] || !is_integer(OidOutputFunctionCall(output, values[i]), &topic))
			raise_no_topics(layout, change);
		appendStringInfo(buf, "%s" INT64_FORMAT, i ? "," : "", topic);
	}
	appendStringInfoChar(buf, ']');
}

static Jsonb *
jsonb_of(const char *text)
{
	return DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(text)));
}

static void
append_object(StringInfo buf, const ChangeLayout *layout,
			  const ChangeColumn *change, const char *text)
{
	Jsonb	   *object = jsonb_of(text);

	if (!JB_ROOT_IS_OBJECT(object))
		raise_illegal(layout, change, "It takes a JSON object.");
	appendStringInfoString(buf, JsonbToCString(NULL, &object->root, VARSIZE(object)));
}

/* A column's value as JSON text, checked. */
static void
append_value(StringInfo buf, const ChangeLayout *layout, ChangeColumn *change,
			 Datum datum)
{
	if (change->member->kind == INTENT_MEMBER_TOPICS)
	{
		append_topics(buf, layout, change, datum);
		return;
	}
	else
	{
		char	   *text = OutputFunctionCall(&change->output, datum);

		if (change->member->kind == INTENT_MEMBER_TEXT)
			append_text(buf, layout, change, text);
		else if (change->member->kind == INTENT_MEMBER_INTEGER)
			appendStringInfo(buf, INT64_FORMAT, check_integer(layout, change, text));
		else
			append_object(buf, layout, change, text);
	}
}

/* ---- bodies ---- */

typedef struct ChangeBody
{
	const ChangeLayout *layout;
	bool		is_new;
	Jsonb	   *original;		/* of a row that is not, as it was read */
	Jsonb	   *body;
	StringInfoData members;		/* names of what changes */
} ChangeBody;

static Datum
object_of(const char *name, const char *value)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoChar(&text, '{');
	escape_json(&text, name);
	appendStringInfo(&text, ":%s}", value);
	return JsonbPGetDatum(jsonb_of(text.data));
}

/* "into" with a member more, or another value of it. */
static Jsonb *
put(Jsonb *into, const char *name, const char *value)
{
	return DatumGetJsonbP(DirectFunctionCall2(jsonb_concat, JsonbPGetDatum(into),
											  object_of(name, value)));
}

/* The member of an object, as a text: "{}" if it is no object, NULL if absent. */
static const char *
inner_object(Jsonb *object, const char *name)
{
	JsonbValue	buffer;
	JsonbValue *value;

	if (!object || !JB_ROOT_IS_OBJECT(object))
		return NULL;
	value = getKeyJsonValueFromContainer(&object->root, name, strlen(name), &buffer);
	if (!value)
		return NULL;
	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		return "{}";
	return JsonbToCString(NULL, value->val.binary.data, value->val.binary.len);
}

/* Puts a member into the body; NULL takes it out of the object it is in. */
static void
put_member(ChangeBody *body, const char *path, const char *value)
{
	const char *dot = strchr(path, '.');
	char	   *outer;
	const char *inside;
	Jsonb	   *object;

	appendStringInfo(&body->members, "%s%s", body->members.len ? ", " : "", path);
	if (!dot)
	{
		body->body = put(body->body, path, value ? value : "null");
		return;
	}
	outer = pnstrdup(path, dot - path);
	/* without it, what the object holds beside the columns would be lost */
	if (!body->is_new && !body->original)
		elog(ERROR, "a row of table \"%s\" is to be changed that was not read",
			 body->layout->table->name);
	inside = inner_object(body->body, outer);
	if (!inside)
		inside = inner_object(body->original, outer);
	object = jsonb_of(inside ? inside : "{}");
	if (value)
		object = put(object, dot + 1, value);
	else
		object = DatumGetJsonbP(DirectFunctionCall2(jsonb_delete, JsonbPGetDatum(object),
													CStringGetTextDatum(dot + 1)));
	body->body = put(body->body, outer,
					 JsonbToCString(NULL, &object->root, VARSIZE(object)));
}

/* A column whose value is to be written. */
static void
put_column(ChangeBody *body, ChangeColumn *change, TupleTableSlot *slot)
{
	int			i = change->column->attno - 1;
	StringInfoData value;

	if (slot->tts_isnull[i])
	{
		if (change->member->required)
			raise_null(body->layout, change->column->name);
		put_member(body, change->member->path, NULL);
		return;
	}
	initStringInfo(&value);
	append_value(&value, body->layout, change, slot->tts_values[i]);
	put_member(body, change->member->path, value.data);
}

static void
raise_not_written(const ChangeLayout *layout, const ChangeColumn *change, bool is_new)
{
	bool		later = is_new && change->member;

	ereport(ERROR,
			(errcode(ERRCODE_GENERATED_ALWAYS),
			 errmsg("column \"%s\" of table \"%s\" cannot be written",
					change->column->name, layout->table->name),
			 errdetail(later ? "The API does not take it for a new row." :
					   "The API gives it its value."),
			 later ? errhint("Leave it out, and update the row.") : 0));
}

static char *
finish(ChangeBody *body, char **members)
{
	char	   *text = JsonbToCString(NULL, &body->body->root, VARSIZE(body->body));

	*members = body->members.data;
	return pg_server_to_any(text, strlen(text), PG_UTF8);
}

static void
begin(ChangeBody *body, const ChangeLayout *layout, bool is_new,
	  const char *original)
{
	body->layout = layout;
	body->is_new = is_new;
	body->original = original ? jsonb_of(original) : NULL;
	body->body = jsonb_of("{}");
	initStringInfo(&body->members);
}

/* Is there a column for the member? */
static bool
has_column(const ChangeLayout *layout, const IntentMember *member)
{
	for (int i = 0; i < layout->table->natts; i++)
	{
		if (layout->columns[i].member == member)
			return true;
	}
	return false;
}

static void
check_columns(const ChangeLayout *layout)
{
	for (int i = 0; i < layout->changes->nmembers; i++)
	{
		const IntentMember *member = &layout->changes->members[i];

		if (member->required && !member->only_update && !has_column(layout, member))
			ereport(ERROR,
					(errcode(ERRCODE_FDW_COLUMN_NAME_NOT_FOUND),
					 errmsg("table \"%s\" has no column for \"%s\", which a new row needs",
							layout->table->name, member->path)));
	}
}

/*
 * The body of a POST that makes the row, in UTF-8, and the names of what it
 * holds; palloc'd.  Raises for values that the API does not take.
 */
char *
change_new(const ChangeLayout *layout, TupleTableSlot *slot, char **members)
{
	ChangeBody	body;

	check_columns(layout);
	slot_getallattrs(slot);
	begin(&body, layout, true, NULL);
	for (int i = 0; i < layout->table->natts; i++)
	{
		ChangeColumn *change = &layout->columns[i];
		bool		writes = change->member && !change->member->only_update;

		if (!change->column || (slot->tts_isnull[i] &&
								!(writes && change->member->required)))
			continue;
		if (!writes)
			raise_not_written(layout, change, true);
		put_column(&body, change, slot);
		if (change->member->at_most)
			check_order(layout, slot, change);
	}
	return finish(&body, members);
}

static bool
is_same(const ChangeColumn *change, TupleTableSlot *a, TupleTableSlot *b)
{
	int			i = change->column->attno - 1;

	if (a->tts_isnull[i] || b->tts_isnull[i])
		return a->tts_isnull[i] && b->tts_isnull[i];
	return datum_image_eq(a->tts_values[i], b->tts_values[i],
						  change->typbyval, change->typlen);
}

/* Does the order of two columns matter of which one is changed? */
static void
check_orders(const ChangeLayout *layout, TupleTableSlot *slot)
{
	for (int i = 0; i < layout->table->natts; i++)
	{
		const ChangeColumn *change = &layout->columns[i];

		if (change->member && change->member->at_most)
			check_order(layout, slot, change);
	}
}

/*
 * The body of a PATCH that makes the row "slot" of "old", of which "original"
 * is all that was read; NULL if nothing is to be changed.  Otherwise as
 * change_new().
 */
char *
change_row(const ChangeLayout *layout, TupleTableSlot *slot,
		   TupleTableSlot *old, const char *original, char **members)
{
	ChangeBody	body;

	slot_getallattrs(slot);
	slot_getallattrs(old);
	begin(&body, layout, false, original);
	for (int i = 0; i < layout->table->natts; i++)
	{
		ChangeColumn *change = &layout->columns[i];

		if (!change->column || is_same(change, slot, old))
			continue;
		if (!change->member)
			raise_not_written(layout, change, false);
		put_column(&body, change, slot);
	}
	if (body.members.len == 0)
		return NULL;
	check_orders(layout, slot);
	return finish(&body, members);
}

/*
 * The key of a row as a text, in the server encoding and palloc'd.  Raises
 * for one that cannot stand in a path: it would lead elsewhere.
 */
const char *
change_key(const ChangeLayout *layout, Datum key, bool isnull)
{
	const char *text = "";

	if (!isnull)
		text = OutputFunctionCall(&layout->columns[layout->key_attno - 1].output, key);
	if (text[0] == '\0' || strlen(text) > WRITTEN_MAX_KEY ||
		strspn(text, ".") == strlen(text))
		ereport(ERROR,
				(errcode(ERRCODE_FDW_INVALID_ATTRIBUTE_VALUE),
				 errmsg("a row of table \"%s\" has no usable key",
						layout->table->name),
				 errdetail("Column \"%s\" names the object to change.",
						   table_column(layout->table, layout->key_attno)->name)));
	return text;
}
