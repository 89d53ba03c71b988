/*
 * best_score.c
 *		Scores of rows, and the types that a score's column may have.
 *
 * Those are the types whose own order is that of the numbers received, though
 * numbers that differ may become equal.
 */
#include "best_score.h"

#include "catalog/pg_type_d.h"
#include "page_number.h"

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

/*
 * Is the score of a row below (-1), at (0) or above (1) a bound?  The number
 * as it was received counts, as it does for the API: a double column shows
 * 79.99999999999999999999 as 80.
 */
int
best_score_compare(const PageValue *score, int bound)
{
	int64		floor_;
	NumberFit	fit = number_floor(score->text, &floor_);

	if (floor_ == bound)
		return fit == NUMBER_FRACTION ? 1 : 0;
	return floor_ < bound ? -1 : 1;
}
