/*
 * digest.c
 *		Evaluated conditions, one by one, as their filters see them.
 *
 * Knows which values a column or the API cannot hold: they match no row.
 * How several conditions go together is left to request.c.
 */
#include "digest.h"

#include "catalog/pg_type_d.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/uuid.h"

/* ---- lists of values ---- */

/* Order of values that are sent as integers, booleans or days. */
int
compare_integers(const void *a, const void *b)
{
	int64		x = ((const IntentScalar *) a)->integer;
	int64		y = ((const IntentScalar *) b)->integer;

	return x < y ? -1 : x > y ? 1 : 0;
}

/* Order of values that are sent as strings. */
int
compare_strings(const void *a, const void *b)
{
	return strcmp(((const IntentScalar *) a)->compare,
				  ((const IntentScalar *) b)->compare);
}

/* Are the values of such a filter strings? */
bool
holds_strings(IntentFilterKind kind)
{
	return kind == INTENT_FILTER_STRING || kind == INTENT_FILTER_STRINGS ||
		kind == INTENT_FILTER_AUDIENCE;
}

/* The order of a filter's values. */
ScalarCompare
compare_for(IntentFilterKind kind)
{
	return holds_strings(kind) ? compare_strings : compare_integers;
}

/* Sorts the values and leaves one of each; returns their number. */
static int
sort_values(IntentScalar *values, int n, ScalarCompare compare)
{
	int			kept = 0;

	qsort(values, n, sizeof(IntentScalar), compare);
	for (int i = 0; i < n; i++)
	{
		if (kept == 0 || compare(&values[kept - 1], &values[i]) != 0)
			values[kept++] = values[i];
	}
	return kept;
}

/* Keeps in "a" what also stands in "b"; both sorted.  Returns the number. */
int
intersect_values(IntentScalar *a, int na, const IntentScalar *b, int nb,
				 ScalarCompare compare)
{
	int			kept = 0;
	int			j = 0;

	for (int i = 0; i < na; i++)
	{
		while (j < nb && compare(&b[j], &a[i]) < 0)
			j++;
		if (j < nb && compare(&b[j], &a[i]) == 0)
			a[kept++] = a[i];
	}
	return kept;
}

/* A copy in the current context. */
IntentScalar *
copy_values(const IntentScalar *values, int n)
{
	IntentScalar *copy = palloc(sizeof(IntentScalar) * Max(n, 1));

	memcpy(copy, values, sizeof(IntentScalar) * n);
	return copy;
}

/* ---- digesting one condition ---- */

static bool
is_integral(Oid type)
{
	return type == INT2OID || type == INT4OID || type == INT8OID;
}

static bool
fits_integer_column(Oid type, int64 value)
{
	switch (type)
	{
		case INT2OID:
			return value >= PG_INT16_MIN && value <= PG_INT16_MAX;
		case INT4OID:
			return value >= PG_INT32_MIN && value <= PG_INT32_MAX;
		default:
			return true;
	}
}

/* Integers that the column can hold; others match nothing. */
static void
digest_integers(const IntentColumn *column, const IntentInput *input,
				Digest *digest)
{
	for (int i = 0; i < input->nvalues; i++)
	{
		ValueNumber number = value_number(input->values[i], input->types[i]);

		if (number.inexact)
			digest->usable = false;
		if (number.limit == VALUE_FINITE && !number.fraction &&
			fits_integer_column(column->basetype, number.floor))
			digest->values[digest->nvalues++].integer = number.floor;
	}
}

/* Is it numeric(p,s)? */
static bool
has_scale(const IntentColumn *column)
{
	return column->basetype == NUMERICOID && column->basetypmod >= VARHDRSZ;
}

/* Digits after the point that numeric(p,s) keeps; below 0 before it. */
static int
scale_of_numeric(int32 typmod)
{
	return (((typmod - VARHDRSZ) & 0x7ff) ^ 1024) - 1024;
}

/* What the column makes of the numbers that are received. */
static ValueGrain
grain_of(const IntentColumn *column)
{
	if (is_integral(column->basetype))
		return VALUE_INTEGERS;
	return column->basetype == FLOAT8OID || has_scale(column) ? VALUE_ROUNDED :
		VALUE_FRACTIONS;
}

/* The bounds around all values; a list has the lowest and the highest. */
static void
digest_bounds(const IntentColumn *column, const IntentInput *input,
			  IntentFilterKind kind, Digest *digest)
{
	ValueBounds *all = &digest->bounds;

	all->never = true;
	for (int i = 0; i < input->nvalues; i++)
	{
		bool		is_day = kind == INTENT_FILTER_DATE;
		ValueNumber number = is_day ?
		value_day(input->values[i], input->types[i]) :
		value_number(input->values[i], input->types[i]);
		ValueBounds one = value_bounds(input->cond->op, number,
									   is_day ? VALUE_INTEGERS : grain_of(column));

		if (one.never)
			continue;
		if (all->never)
			*all = one;
		else
		{
			/* a list of several is as wide as its ends */
			all->lower = Min(all->lower, one.lower);
			all->upper = Max(all->upper, one.upper);
			all->wide = true;
		}
	}
}

/* Adds a day of the calendar that the API can be asked for. */
static void
add_day(Digest *digest, int64 day)
{
	IntentScalar value = {0};

	if (day < VALUE_FIRST_DAY || day > VALUE_LAST_DAY)
		return;
	value.integer = day;
	digest->values[digest->nvalues++] = value;
}

/* The days that are equal to one of the values; an instant may be to several. */
static void
digest_days(const IntentInput *input, Digest *digest)
{
	int			room = input->nvalues;

	for (int i = 0; i < input->nvalues; i++)
	{
		ValueNumber number = value_day(input->values[i], input->types[i]);

		if (number.limit != VALUE_FINITE || number.fraction)
			continue;
		room += number.ties;
		if (number.ties > 0)
			digest->values = repalloc(digest->values, sizeof(IntentScalar) * room);
		for (int k = 0; k <= number.ties; k++)
			add_day(digest, number.floor - k);
	}
}

static void
digest_booleans(const IntentInput *input, Digest *digest)
{
	for (int i = 0; i < input->nvalues; i++)
		digest->values[digest->nvalues++].integer = DatumGetBool(input->values[i]);
}

static void
digest_audiences(const IntentInput *input, Digest *digest)
{
	for (int i = 0; i < input->nvalues; i++)
	{
		IntentScalar *value = &digest->values[digest->nvalues++];

		value->text = DatumGetCString(DirectFunctionCall1(uuid_out,
														  input->values[i]));
		value->compare = value->text;
		value->datum = input->values[i];
	}
}

/* Is it as long as varchar(n) takes?  Longer strings lose blanks at their end. */
static bool
may_be_cut(const IntentColumn *column, const char *text)
{
	return column->basetype == VARCHAROID &&
		column->basetypmod >= VARHDRSZ &&
		pg_mbstrlen(text) == column->basetypmod - VARHDRSZ;
}

static void
digest_strings(const IntentColumn *column, const IntentFilter *filter,
			   const IntentInput *input, Digest *digest)
{
	for (int i = 0; i < input->nvalues; i++)
	{
		IntentScalar *value = &digest->values[digest->nvalues++];

		if (!value_string(input->cond, filter, input->values[i],
						  input->types[i], value) ||
			may_be_cut(column, value->text))
		{
			digest->usable = false;
			return;
		}
	}
}

static void
digest_values(const IntentTable *table, const IntentInput *input, Digest *digest)
{
	const IntentColumn *column = table_column(table, input->cond->attno);
	const IntentFilter *filter = column_filter(table, column);

	switch (filter->kind)
	{
		case INTENT_FILTER_TOPICS:
		case INTENT_FILTER_INTEGER:
			digest_integers(column, input, digest);
			break;
		case INTENT_FILTER_RANGE:
		case INTENT_FILTER_MINIMUM:
			if (has_scale(column) && scale_of_numeric(column->basetypmod) < 0)
				digest->usable = false;
			else
				digest_bounds(column, input, filter->kind, digest);
			return;
		case INTENT_FILTER_DATE:
			digest_bounds(column, input, filter->kind, digest);
			if (input->cond->op == INTENT_OP_EQ)
				digest_days(input, digest);
			break;
		case INTENT_FILTER_YN:
		case INTENT_FILTER_BOOLEAN:
			digest_booleans(input, digest);
			break;
		case INTENT_FILTER_AUDIENCE:
			digest_audiences(input, digest);
			break;
		case INTENT_FILTER_STRINGS:
		case INTENT_FILTER_STRING:
			digest_strings(column, filter, input, digest);
			break;
	}
	if (digest->usable)
		digest->nvalues = sort_values(digest->values, digest->nvalues,
									  compare_for(filter->kind));
	if (digest->usable && input->cond->op == INTENT_OP_EQ &&
		digest->nvalues == 0)
		digest->never = true;
}

static void
digest_symbol(const IntentInput *input, Digest *digest)
{
	digest->usable = true;
	digest->nvalues = 1;
	digest->values = palloc0(sizeof(IntentScalar));
	digest->values->text = digest->values->compare = input->symbol;
	digest->values->symbolic = true;
}

/*
 * What a condition asks for.  No value at all (NULL, an empty list) means no
 * row.  palloc'd in the current context; refers to the input's datums.
 */
Digest
digest_input(const IntentTable *table, const IntentInput *input)
{
	Digest		digest = {0};

	if (input->always)
		return digest;
	if (input->symbol)
	{
		digest_symbol(input, &digest);
		return digest;
	}
	if (input->nvalues == 0)
	{
		digest.never = true;
		return digest;
	}
	digest.usable = true;
	digest.values = palloc0(sizeof(IntentScalar) * input->nvalues);
	digest_values(table, input, &digest);
	digest.never |= digest.bounds.never;
	return digest;
}
