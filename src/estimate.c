/*
 * estimate.c
 *		Row counts and costs from conditions.
 *
 * The conditions are made into the request they will be, with the values
 * known while planning, and its total is looked up; what is not known stands
 * in it as such, and finds the average of earlier executions.  A request with
 * fewer conditions is as good when scaled.  Otherwise each filter lets through
 * a fraction of the rows for each value, as the resource table has it; scores
 * count as evenly spread.
 *
 * A scan costs its start, its tuples, and a request for each page, as many at
 * a time as there are connections.
 */
#include "estimate.h"

#include <math.h>

#include "body.h"
#include "input.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "request.h"
#include "split.h"
#include "total.h"
#include "utils/array.h"
#include "value.h"

/* Days of a range whose ends are not known, and elements of such a list. */
#define UNKNOWN_LIST_LENGTH 7

/* What an open comparison of the score with an unknown value lets through. */
#define UNKNOWN_BOUND_FRACTION 0.33

/* Conditions that may be left out to find a remembered request. */
#define MAX_LEFT_OUT 8

/* Chains of a request that are looked up; the others count as their mean. */
#define MAX_LOOKED_UP 50

/* Guesses stay above nothing, since they are divided. */
#define LEAST_GUESS 1.0e-6

/* A guess from conditions alone. */
typedef struct Guess
{
	double		rows;
	double		chains;
} Guess;

typedef struct Range
{
	double		lower;
	double		upper;
	double		fraction;		/* of bounds that are not known */
} Range;

/* ---- guesses ---- */

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
						   VALUE_INTEGERS);
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
		   const IntentCond *cond, Guess *guess)
{
	double		n = cond->op == INTENT_OP_EQ ? count_values(cond) :
	filter->kind == INTENT_FILTER_DATE ? sqrt(UNKNOWN_LIST_LENGTH) : 1;

	if (fans_out(table, filter->kind))
		guess->chains *= n;
	if (filter->fraction >= 1)
		guess->rows *= n;
	else
		guess->rows *= Min(1, n * filter->fraction);
}

/* The table without conditions; one that has inputs of its own may be known. */
static Guess
guess_table(const EstimateFor *who)
{
	const IntentOptions *options = who->table->options;
	Guess		guess = {who->table->resource->rows, 1};

	if (options->ntopic_ids > 0)
	{
		guess.rows *= options->ntopic_ids;
		if (options->topic_mode == INTENT_TOPICS_EACH)
			guess.chains *= options->ntopic_ids;
	}
	if (who->tuples > 0 && (options->ntopic_ids > 0 || options->audience_id))
		guess.rows = who->tuples;
	return guess;
}

static Guess
guess_scan(const EstimateFor *who, List *conds)
{
	const IntentTable *table = who->table;
	const IntentFilter *score = NULL;
	Guess		guess = guess_table(who);
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
		else if (filter->kind == INTENT_FILTER_TOPICS &&
				 table->options->ntopic_ids > 0)
			guess.rows /= table->options->ntopic_ids;
		else
			apply_cond(table, filter, cond, &guess);
	}
	if (score)
		guess.rows *= range_fraction(score, &range);
	guess.rows = Max(guess.rows, LEAST_GUESS);
	guess.chains = Max(guess.chains, 1);
	return guess;
}

/* ---- remembered requests ---- */

/* The values of a condition, if all are known; else a symbol for them. */
static void
fill_input(PlannerInfo *root, const IntentCond *cond, IntentInput *input)
{
	int			k = 0;
	ListCell   *lc;

	memset(input, 0, sizeof(IntentInput));
	input->cond = cond;
	foreach(lc, cond->exprs)
	{
		Const	   *value = (Const *) estimate_expression_value(root, lfirst(lc));

		if (!IsA(value, Const))
		{
			input->symbol = TOTAL_UNKNOWN_VALUE;
			return;
		}
		if (k >= cond->nvalues)
			input->always |= !value->constisnull && DatumGetBool(value->constvalue);
		else if (!value->constisnull)
			input_add(input, value->constvalue, exprType(lfirst(lc)),
					  bms_is_member(k, cond->arrays));
		k++;
	}
}

/* The conditions as a request, without those whose bit is set. */
typedef struct Attempt
{
	int			ninputs;
	IntentInput *inputs;
	List	   *conds;			/* in step with inputs */
	IntentRequest *request;
} Attempt;

static Attempt
attempt_without(const EstimateFor *who, const IntentInput *inputs, List *conds,
				uint32 left_out)
{
	Attempt		attempt = {0};
	IntentUse	use = {.reads_by_scores = who->reads_by_scores};
	ListCell   *lc;

	attempt.inputs = palloc(sizeof(IntentInput) * Max(list_length(conds), 1));
	foreach(lc, conds)
	{
		int			i = foreach_current_index(lc);

		if (i < MAX_LEFT_OUT && (left_out & (1U << i)) != 0)
			continue;
		attempt.inputs[attempt.ninputs++] = inputs[i];
		attempt.conds = lappend(attempt.conds, lfirst(lc));
	}
	attempt.request = request_build(who->table, attempt.inputs,
									attempt.ninputs, &use);
	return attempt;
}

/* The conditions that the request sends. */
static List *
sent_conds(const Attempt *attempt)
{
	List	   *sent = NIL;
	ListCell   *lc;

	foreach(lc, attempt->conds)
	{
		if (attempt->request->sent[foreach_current_index(lc)] != INTENT_SENT_NOT)
			sent = lappend(sent, lfirst(lc));
	}
	return sent;
}

static bool
recall(const EstimateFor *who, const IntentRequest *request, double *rows)
{
	TotalOwner	owner = {who->table->relid, who->userid};
	double		sum = 0;
	int			found = 0;

	for (int i = 0; i < Min(request->nchains, MAX_LOOKED_UP); i++)
	{
		IntentChainSpec *spec = request_chain(request, i);
		double		total;

		if (total_recall(owner, body_request(spec, 0, NULL), &total))
		{
			sum += total;
			found++;
		}
	}
	if (found == 0)
		return false;
	*rows = sum / found * request->nchains;
	return true;
}

/* The average of requests that differ in values only. */
static bool
recall_average(const EstimateFor *who, const IntentRequest *request,
			   double *rows)
{
	TotalOwner	owner = {who->table->relid, who->userid};
	IntentChainSpec *open;

	if (request->nchains == 0)
		return false;
	open = request_open_chain(request_chain(request, 0), TOTAL_UNKNOWN_VALUE);
	if (!total_recall(owner, body_request(open, 0, NULL), rows))
		return false;
	*rows *= request->nchains;
	return true;
}

/* The same without some conditions, scaled by what those let through. */
static bool
recall_part(const EstimateFor *who, const Attempt *all,
			const IntentInput *inputs, List *conds, uint32 left_out,
			double *rows)
{
	Attempt		part = attempt_without(who, inputs, conds, left_out);

	if (!recall(who, part.request, rows))
		return false;
	*rows *= guess_scan(who, sent_conds(all)).rows /
		guess_scan(who, sent_conds(&part)).rows;
	return true;
}

/* All conditions but those that say what to ask for. */
static uint32
optional_conds(const IntentTable *table, List *conds)
{
	uint32		optional = 0;
	ListCell   *lc;

	foreach(lc, conds)
	{
		const IntentCond *cond = lfirst(lc);
		IntentFilterKind kind = column_filter(table, table_column(table, cond->attno))->kind;
		int			i = foreach_current_index(lc);

		if (i < MAX_LEFT_OUT && kind != INTENT_FILTER_TOPICS &&
			kind != INTENT_FILTER_AUDIENCE)
			optional |= 1U << i;
	}
	return optional;
}

/*
 * Rows that the request will receive, from what is remembered of it, of one
 * with one or two conditions fewer or with no more than it needs, or of such
 * requests with other values.
 */
static bool
recall_scaled(const EstimateFor *who, const Attempt *all,
			  const IntentInput *inputs, List *conds, double *rows)
{
	uint32		optional = optional_conds(who->table, conds);

	if (recall(who, all->request, rows))
		return true;
	for (uint32 i = optional; i != 0; i &= i - 1)
	{
		if (recall_part(who, all, inputs, conds, i & -i, rows))
			return true;
	}
	for (uint32 i = optional; i != 0; i &= i - 1)
	{
		for (uint32 j = i & (i - 1); j != 0; j &= j - 1)
		{
			if (recall_part(who, all, inputs, conds, (i & -i) | (j & -j), rows))
				return true;
		}
	}
	return recall_part(who, all, inputs, conds, optional, rows) ||
		recall_average(who, all->request, rows);
}

/* ---- all of it ---- */

static void
add_costs(const IntentOptions *options, IntentEstimate *estimate)
{
	double		chains = estimate->chains;
	double		at_once = Max(Min(chains, options->max_connections), 1);
	double		pages = chains == 0 ? 0 :
	Max(ceil(estimate->received / chains / options->page_size), 1);
	double		bands = split_estimate(pages, options->score_bands);

	if (chains == 0)
		return;
	estimate->startup_cost = options->startup_cost + options->request_cost;
	estimate->count_cost = options->startup_cost +
		chains / at_once * options->request_cost;
	estimate->unsplit_cost = options->startup_cost +
		pages * chains / at_once * options->request_cost +
		estimate->received * options->tuple_cost;
	at_once = Min(chains * bands, Max(options->max_connections, 1));
	estimate->total_cost = bands <= 1 ? estimate->unsplit_cost :
		Min(estimate->unsplit_cost, options->startup_cost +
			(1 + (pages + bands) * chains / at_once) * options->request_cost +
			estimate->received * options->tuple_cost);
}

static bool
is_covered(const Attempt *attempt)
{
	for (int i = 0; i < attempt->ninputs; i++)
	{
		if (!attempt->inputs[i].always &&
			attempt->request->sent[i] != INTENT_SENT_EXACT)
			return false;
	}
	return true;
}

static bool
has_symbols(const Attempt *attempt)
{
	for (int i = 0; i < attempt->ninputs; i++)
	{
		if (attempt->inputs[i].symbol)
			return true;
	}
	return false;
}

static Attempt
attempt_all(const EstimateFor *who, List *conds, IntentInput **inputs)
{
	ListCell   *lc;

	*inputs = palloc(sizeof(IntentInput) * Max(list_length(conds), 1));
	foreach(lc, conds)
		fill_input(who->root, lfirst(lc), &(*inputs)[foreach_current_index(lc)]);
	return attempt_without(who, *inputs, conds, 0);
}

/*
 * How many values of the filter rows may have, as the conditions say; 0 when
 * they do not.
 */
double
estimate_values(const EstimateFor *who, List *conds, int filter)
{
	IntentInput *inputs;
	Attempt		all = attempt_all(who, conds, &inputs);
	const IntentField *field = &all.request->fields[filter];

	switch (who->table->resource->filters[filter].kind)
	{
		case INTENT_FILTER_RANGE:
			return field->lower_symbol || field->upper_symbol ? 0 :
				field->upper - field->lower + 1;
		case INTENT_FILTER_DATE:
			if (!field->set)
				return 1;		/* the latest run */
			break;
		default:
			break;
	}
	if (!field->set || field->nvalues == 0 || field->values[0].symbolic)
		return 0;
	return field->nvalues;
}

/* Rows, chains and costs of a scan with those conditions (IntentCond). */
IntentEstimate
estimate_scan(const EstimateFor *who, List *conds)
{
	Guess		guess = guess_scan(who, conds);
	IntentEstimate estimate = {guess.rows, guess.rows,.chains = guess.chains};
	IntentInput *inputs;
	Attempt		all = attempt_all(who, conds, &inputs);
	double		rows;

	estimate.covered = has_symbols(&all) || is_covered(&all);
	if (all.request->never)
		estimate.received = estimate.chains = 0;
	else if (recall_scaled(who, &all, inputs, conds, &rows))
	{
		estimate.remembered = true;
		estimate.received = rows;
	}
	else
		estimate.received = guess_scan(who, sent_conds(&all)).rows;
	if (all.request->nchains > 0 && !has_symbols(&all))
		estimate.chains = all.request->nchains;
	estimate.rows = clamp_row_est(estimate.received * guess.rows /
								  guess_scan(who, sent_conds(&all)).rows);
	add_costs(who->table->options, &estimate);
	return estimate;
}
