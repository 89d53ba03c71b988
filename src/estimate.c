/*
 * estimate.c
 *		Row counts and costs from conditions.
 *
 * Each filter lets through a fraction of the rows for each value, as the
 * resource table has it; scores count as evenly spread.  A scan costs its
 * start, a request for each page and for each chain, and its tuples.
 */
#include "estimate.h"

#include <math.h>

#include "nodes/nodeFuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "utils/array.h"
#include "value.h"

/* Days of a range whose ends are not known, and elements of such a list. */
#define UNKNOWN_LIST_LENGTH 7

/* What an open comparison of the score with an unknown value lets through. */
#define UNKNOWN_BOUND_FRACTION 0.33

typedef struct Range
{
	double		lower;
	double		upper;
	double		fraction;		/* of bounds that are not known */
} Range;

static double
array_length(Node *array)
{
	if (IsA(array, Const) && !((Const *) array)->constisnull)
	{
		ArrayType  *value = DatumGetArrayTypeP(((Const *) array)->constvalue);

		return ArrayGetNItems(ARR_NDIM(value), ARR_DIMS(value));
	}
	if (IsA(array, ArrayExpr))
		return list_length(((ArrayExpr *) array)->elements);
	return UNKNOWN_LIST_LENGTH;
}

/* Number of values that a condition compares with. */
static double
count_values(const IntentCond *cond)
{
	double		n = 0;

	for (int i = 0; i < cond->nvalues; i++)
		n += bms_is_member(i, cond->arrays) ?
			array_length(list_nth(cond->exprs, i)) : 1;
	return Max(n, 1);
}

/* The only value of the condition, when it is a constant number. */
static bool
constant_bounds(const IntentCond *cond, ValueBounds *bounds)
{
	Const	   *value = linitial(cond->exprs);

	if (!IsA(value, Const) || value->constisnull || cond->nvalues != 1 ||
		cond->nguards > 0 || cond->arrays != NULL)
		return false;
	*bounds = value_bounds(cond->op,
						   value_number(value->constvalue, value->consttype),
						   true, false);
	return true;
}

static void
narrow_range(Range *range, const IntentCond *cond)
{
	ValueBounds bounds;

	if (!constant_bounds(cond, &bounds))
	{
		range->fraction *= UNKNOWN_BOUND_FRACTION;
		return;
	}
	if (bounds.has_lower)
		range->lower = Max(range->lower, bounds.lower);
	if (bounds.has_upper)
		range->upper = Min(range->upper, bounds.upper);
}

static double
range_fraction(const IntentFilter *filter, const Range *range)
{
	double		width = Max(range->upper - range->lower + 1, 0);

	return range->fraction * width / (filter->upper - filter->lower + 1);
}

/* A filter that takes one value a request: a list becomes chains. */
static bool
fans_out(const IntentTable *table, IntentFilterKind kind)
{
	switch (kind)
	{
		case INTENT_FILTER_TOPICS:
			return table->options->topic_mode == INTENT_TOPICS_EACH;
		case INTENT_FILTER_STRINGS:
		case INTENT_FILTER_RANGE:
		case INTENT_FILTER_MINIMUM:
			return false;
		default:
			return true;
	}
}

static void
apply_cond(const IntentTable *table, const IntentFilter *filter,
		   const IntentCond *cond, IntentEstimate *estimate)
{
	double		n = cond->op == INTENT_OP_EQ ? count_values(cond) :
	filter->kind == INTENT_FILTER_DATE ? sqrt(UNKNOWN_LIST_LENGTH) : 1;

	if (fans_out(table, filter->kind))
		estimate->chains *= n;
	if (filter->fraction >= 1)
		estimate->rows *= n;
	else
		estimate->rows *= Min(1, n * filter->fraction);
}

static void
apply_fixed(const IntentTable *table, IntentEstimate *estimate)
{
	const IntentOptions *options = table->options;

	if (options->ntopic_ids == 0)
		return;
	estimate->rows *= options->ntopic_ids;
	if (options->topic_mode == INTENT_TOPICS_EACH)
		estimate->chains *= options->ntopic_ids;
}

static void
apply_conds(const IntentTable *table, List *conds, IntentEstimate *estimate)
{
	const IntentOptions *options = table->options;
	const IntentFilter *score = NULL;
	Range		range = {1, 100, 1};
	ListCell   *lc;

	foreach(lc, conds)
	{
		IntentCond *cond = lfirst(lc);
		const IntentFilter *filter = column_filter(table,
												   table_column(table, cond->attno));

		if (filter->kind == INTENT_FILTER_RANGE)
		{
			score = filter;
			narrow_range(&range, cond);
		}
		else if (filter->kind == INTENT_FILTER_TOPICS && options->ntopic_ids > 0)
			estimate->rows /= options->ntopic_ids;
		else
			apply_cond(table, filter, cond, estimate);
	}
	if (score)
		estimate->rows *= range_fraction(score, &range);
}

/* Rows, chains and costs of a scan with those conditions (IntentCond). */
IntentEstimate
estimate_scan(const IntentTable *table, List *conds)
{
	const IntentOptions *options = table->options;
	IntentEstimate estimate = {table->resource->rows, 1, 0, 0};
	double		requests;

	apply_fixed(table, &estimate);
	apply_conds(table, conds, &estimate);
	estimate.rows = clamp_row_est(estimate.rows);
	requests = Max(estimate.chains, 1) + floor(estimate.rows / options->page_size);
	estimate.startup_cost = options->startup_cost + options->request_cost;
	estimate.total_cost = options->startup_cost +
		requests * options->request_cost + estimate.rows * options->tuple_cost;
	return estimate;
}
