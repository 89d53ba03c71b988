/*
 * best_score.c
 *		Scores of rows, in the types that a score's column may have.
 *
 * Those are the types of which bounds can be sent exactly, and whose own order
 * is that of the numbers.
 */
#include "best_score.h"

#include "catalog/pg_type_d.h"
#include "fmgr.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

/* Can a scan by bands return rows in the order of such a column? */
bool
best_score_has_type(Oid type)
{
	return type == INT2OID || type == INT4OID || type == INT8OID ||
		best_score_has_fractions(type);
}

/* Does the type take what lies between two integers? */
bool
best_score_has_fractions(Oid type)
{
	return type == FLOAT8OID || type == NUMERICOID;
}

static int
compare_numeric(Datum score, int bound)
{
	Datum		other = NumericGetDatum(int64_to_numeric(bound));

	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, score, other));
}

/*
 * Is a score below (-1), at (0) or above (1) a bound?  May palloc in the
 * current context.
 */
int
best_score_compare(Oid type, Datum score, int bound)
{
	double		value;

	switch (type)
	{
		case INT2OID:
			value = DatumGetInt16(score);
			break;
		case INT4OID:
			value = DatumGetInt32(score);
			break;
		case INT8OID:
			value = (double) DatumGetInt64(score);
			break;
		case FLOAT8OID:
			value = DatumGetFloat8(score);
			break;
		default:
			Assert(type == NUMERICOID);
			return compare_numeric(score, bound);
	}
	return value < bound ? -1 : value > bound ? 1 : 0;
}
