/*
 * value.c
 *		Datums of conditions to integers, days and strings.
 *
 * Knows PostgreSQL's types and how they order NaN and infinity; knows
 * nothing of requests.  Rounding is always outward: a bound may let through
 * more rows than the comparison (they are checked again), never fewer.
 */
#include "value.h"

#include <math.h>

#include "catalog/pg_collation.h"
#include "catalog/pg_type_d.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/formatting.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

/* Doubles from here on do not tell neighbouring integers apart. */
#define FLOAT8_INTEGER_LIMIT 9007199254740992.0

/* The largest double below 2^63. */
#define FLOAT8_INT64_LIMIT 9223372036854774784.0

/* Local and universal time are less than 168 hours apart. */
#define MOST_DAYS_FROM_UTC 8

static ValueNumber
number_of_integer(int64 value)
{
	ValueNumber result = {VALUE_FINITE, value};

	return result;
}

static ValueNumber
number_of_limit(ValueLimit limit)
{
	ValueNumber result = {limit};

	return result;
}

static ValueNumber
number_of_float(double value)
{
	ValueNumber result = {VALUE_FINITE};

	if (isnan(value) || value > FLOAT8_INT64_LIMIT)
		return number_of_limit(VALUE_ABOVE_ALL);
	if (value < -FLOAT8_INT64_LIMIT)
		return number_of_limit(VALUE_BELOW_ALL);
	result.floor = (int64) floor(value);
	result.fraction = floor(value) != value;
	result.inexact = fabs(value) >= FLOAT8_INTEGER_LIMIT;
	return result;
}

static bool
numeric_less(Numeric a, Numeric b)
{
	return DatumGetBool(DirectFunctionCall2(numeric_lt, NumericGetDatum(a),
											NumericGetDatum(b)));
}

static ValueNumber
number_of_numeric(Numeric value)
{
	ValueNumber result = {VALUE_FINITE};
	Datum		floor_datum;

	if (numeric_is_nan(value) || numeric_less(int64_to_numeric(PG_INT64_MAX), value))
		return number_of_limit(VALUE_ABOVE_ALL);
	if (numeric_less(value, int64_to_numeric(PG_INT64_MIN)))
		return number_of_limit(VALUE_BELOW_ALL);
	floor_datum = DirectFunctionCall1(numeric_floor, NumericGetDatum(value));
	result.floor = DatumGetInt64(DirectFunctionCall1(numeric_int8, floor_datum));
	result.fraction = numeric_less(DatumGetNumeric(floor_datum), value);
	return result;
}

/*
 * A number of any type that an operator on an integer, numeric or double
 * column can have on its other side.  NaN orders above all, as PostgreSQL has
 * it; so does what no 64-bit integer reaches.
 */
ValueNumber
value_number(Datum datum, Oid type)
{
	switch (type)
	{
		case INT2OID:
			return number_of_integer(DatumGetInt16(datum));
		case INT4OID:
			return number_of_integer(DatumGetInt32(datum));
		case INT8OID:
			return number_of_integer(DatumGetInt64(datum));
		case FLOAT4OID:
			return number_of_float(DatumGetFloat4(datum));
		case FLOAT8OID:
			return number_of_float(DatumGetFloat8(datum));
		case NUMERICOID:
			return number_of_numeric(DatumGetNumeric(datum));
		default:
			elog(ERROR, "type %u is not a number", type);
	}
}

static ValueNumber
day_of_date(DateADT day)
{
	if (DATE_NOT_FINITE(day))
		return number_of_limit(DATE_IS_NOEND(day) ? VALUE_ABOVE_ALL :
							   VALUE_BELOW_ALL);
	return number_of_integer(day);
}

static ValueNumber
day_of_timestamp(Timestamp stamp)
{
	ValueNumber result = {VALUE_FINITE};

	if (TIMESTAMP_NOT_FINITE(stamp))
		return number_of_limit(TIMESTAMP_IS_NOEND(stamp) ? VALUE_ABOVE_ALL :
							   VALUE_BELOW_ALL);
	result.floor = stamp / USECS_PER_DAY;
	if (stamp % USECS_PER_DAY < 0)
		result.floor--;
	result.fraction = stamp % USECS_PER_DAY != 0;
	return result;
}

/* When a day begins in the session's time zone; as comparisons have it. */
static TimestampTz
start_of_day(int64 day)
{
	return date_to_timestamptz((DateADT) day);
}

/*
 * An instant among the days of the session's time zone: the last one to begin
 * no later.  A zone that skips a day lets two begin at once.
 */
static ValueNumber
day_of_instant(TimestampTz instant)
{
	ValueNumber result = day_of_timestamp(instant);

	if (result.limit != VALUE_FINITE ||
		result.floor < VALUE_FIRST_DAY - MOST_DAYS_FROM_UTC ||
		result.floor > VALUE_LAST_DAY + MOST_DAYS_FROM_UTC)
		return result;
	result.floor += MOST_DAYS_FROM_UTC;
	while (start_of_day(result.floor) > instant)
		result.floor--;
	result.fraction = start_of_day(result.floor) != instant;
	while (!result.fraction &&
		   start_of_day(result.floor - result.ties - 1) == instant)
		result.ties++;
	return result;
}

/* A day from a date, timestamp or timestamptz. */
ValueNumber
value_day(Datum datum, Oid type)
{
	switch (type)
	{
		case DATEOID:
			return day_of_date(DatumGetDateADT(datum));
		case TIMESTAMPOID:
			return day_of_timestamp(DatumGetTimestamp(datum));
		case TIMESTAMPTZOID:
			return day_of_instant(DatumGetTimestampTz(datum));
		default:
			elog(ERROR, "type %u is not a day", type);
	}
}

/* column op infinity, where the column is finite */
static ValueBounds
bounds_of_limit(IntentOp op, ValueLimit limit)
{
	ValueBounds bounds = {0};
	bool		below = op == INTENT_OP_LT || op == INTENT_OP_LE;
	bool		above = op == INTENT_OP_GT || op == INTENT_OP_GE;

	bounds.never = op == INTENT_OP_EQ ||
		(limit == VALUE_ABOVE_ALL ? above : below);
	return bounds;
}

/*
 * Bounds of a column that holds fractions, as integers.  Rounding keeps the
 * order and leaves integers alone: what it lifts onto 80 was above 79, and what
 * it leaves above 80 was so before.
 */
static void
bounds_of_fractions(ValueBounds *bounds, IntentOp op, ValueNumber number,
					bool rounded)
{
	int64		above = number.floor + (number.fraction ? 1 : 0);

	bounds->lower = number.floor;
	bounds->upper = number.inexact ? number.floor : above;
	if (rounded && !number.fraction && op != INTENT_OP_GT &&
		bounds->lower > PG_INT64_MIN)
		bounds->lower--;
	if (rounded && !number.fraction && op != INTENT_OP_LT &&
		bounds->upper < PG_INT64_MAX)
		bounds->upper++;
	bounds->wide = rounded || number.inexact || number.fraction ||
		op == INTENT_OP_GT || op == INTENT_OP_LT;
}

/*
 * What "column op value" says of a column's lower and upper bound.
 *
 * Columns of integers make > 80 be >= 81; others keep the integer below or
 * above.  A value that is not exact itself gives up that precision.
 */
ValueBounds
value_bounds(IntentOp op, ValueNumber number, ValueGrain grain)
{
	ValueBounds bounds = {0};
	int64		above = number.floor + (number.fraction ? 1 : 0);

	if (number.limit != VALUE_FINITE)
		return bounds_of_limit(op, number.limit);

	bounds.has_lower = op == INTENT_OP_EQ || op == INTENT_OP_GE || op == INTENT_OP_GT;
	bounds.has_upper = op == INTENT_OP_EQ || op == INTENT_OP_LE || op == INTENT_OP_LT;
	if (grain != VALUE_INTEGERS || number.inexact)
	{
		bounds_of_fractions(&bounds, op, number, grain == VALUE_ROUNDED);
		return bounds;
	}
	bounds.never = (op == INTENT_OP_EQ && number.fraction) ||
		(op == INTENT_OP_GT && number.floor == PG_INT64_MAX) ||
		(op == INTENT_OP_LT && above == PG_INT64_MIN);
	if (bounds.never)
		return bounds;
	bounds.lower = op == INTENT_OP_GT ? number.floor + 1 : above - number.ties;
	bounds.upper = op == INTENT_OP_LT ? above - number.ties - 1 : number.floor;
	return bounds;
}

static bool
is_ascii(const char *text)
{
	for (; *text; text++)
	{
		if (IS_HIGHBIT_SET(*text))
			return false;
	}
	return true;
}

/*
 * Does whoever ignores case take the same strings for equal to this one?  Of
 * ASCII letters all do but for two: lower() makes an "i" of U+0130, a "k" of
 * U+212A, and in Turkish no "i" of "I".
 */
static bool
folds_alike(const char *text, Oid collation)
{
	return (OidIsValid(collation) && collation_ctype_is_c(collation)) ||
		strpbrk(text, "iIkK") == NULL;
}

/*
 * Can the text be written as UTF-8, and in one way only?  SQL_ASCII checks
 * nothing; EUC_JP has one code for U+00A6 and U+FFE4.
 */
static bool
is_convertible(const char *text)
{
	if (GetDatabaseEncoding() == PG_EUC_JP)
		return strstr(text, "\x8f\xa2\xc3") == NULL;
	return GetDatabaseEncoding() != PG_SQL_ASCII ||
		pg_verify_mbstr(PG_UTF8, text, strlen(text), true);
}

/*
 * The literal part of a LIKE pattern, or NULL when the pattern is more than
 * a part to be contained ('%x%', for a server that matches parts) or a whole
 * string (ILIKE without wildcards).
 */
static char *
pattern_literal(const char *pattern, bool contains)
{
	size_t		len = strlen(pattern);
	char	   *literal;

	if (contains && len > 2 && pattern[0] == '%' && pattern[len - 1] == '%')
		literal = pnstrdup(pattern + 1, len - 2);
	else
		literal = pstrdup(pattern);
	return strpbrk(literal, "%_\\") ? NULL : literal;
}

static char *
sent_text(const IntentCond *cond, const char *text, bool contains)
{
	switch (cond->op)
	{
		case INTENT_OP_EQ:
			return pstrdup(text);
		case INTENT_OP_LIKE:
			/* without wildcards LIKE is an equality */
			return pattern_literal(text, true);
		case INTENT_OP_ILIKE:
			return pattern_literal(text, contains);
		default:
			return pstrdup(text);
	}
}

/*
 * Length in UTF-16 units, never below that in characters: which of the two a
 * JSON API counts is not said.
 */
static int
utf16_length(const char *text)
{
	const char *utf8 = pg_server_to_any(text, strlen(text), PG_UTF8);
	int			units = 0;

	for (; *utf8; utf8++)
	{
		unsigned char c = *utf8;

		if ((c & 0xC0) != 0x80)
			units += c >= 0xF0 ? 2 : 1;
	}
	return units;
}

/* Is it one of the strings that the API takes, where it takes only some? */
static bool
is_taken(const IntentFilter *filter, const char *text)
{
	bool		found = filter->values == NULL;

	for (int i = 0; !found && filter->values[i]; i++)
		found = strcmp(filter->values[i], text) == 0;
	return found;
}

/*
 * The string that a condition sends for a value.  False when it cannot be
 * sent, so that the condition is only checked here: empty, over the API's
 * length limit, none of those that it takes, not ASCII or with letters whose
 * case the API might see otherwise, or a pattern that is more than its literal
 * part.
 */
bool
value_string(const IntentCond *cond, const IntentFilter *filter,
			 Datum datum, Oid type, IntentScalar *scalar)
{
	Oid			output;
	bool		is_varlena;
	bool		by_case = cond->op == INTENT_OP_EQ && !cond->nocase;
	bool		folds = !by_case && cond->op != INTENT_OP_LIKE;
	Oid			collation = cond->nocase ? DEFAULT_COLLATION_OID : cond->collation;
	char	   *text;

	getTypeOutputInfo(type, &output, &is_varlena);
	text = sent_text(cond, OidOutputFunctionCall(output, datum),
					 cond->contains);
	if (!text || text[0] == '\0' || !is_convertible(text) ||
		(!by_case && !is_ascii(text)) ||
		(folds && !folds_alike(text, collation)))
		return false;
	if (filter->max_length > 0 && utf16_length(text) > filter->max_length)
		return false;
	if (!is_taken(filter, text))
		return false;

	memset(scalar, 0, sizeof(IntentScalar));
	scalar->text = text;
	scalar->datum = datum;
	scalar->compare = cond->nocase ?
		str_tolower(text, strlen(text), DEFAULT_COLLATION_OID) : text;
	return true;
}
