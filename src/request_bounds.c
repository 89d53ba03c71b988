/*
 * request_bounds.c
 *		Conditions that order: the score, the overlap, the data date.
 *
 * Part of request.c.  Assumes that the topics are chosen already: with several
 * of them a bound may change who comes under which.
 */
#include "request_private.h"

#include "utils/builtins.h"
#include "utils/date.h"

/* ---- score and overlap ---- */

static bool
raise_lower(IntentField *field, int64 lower)
{
	if (lower <= field->lower)
		return false;
	field->lower = lower;
	return true;
}

/*
 * Narrows the field by one bound condition; "use_lower" and "use_upper" say
 * which ends may be sent.  Returns how the request then covers it.
 */
static IntentSent
narrow(IntentField *field, const IntentInput *input, const Digest *digest,
	   bool use_lower, bool use_upper)
{
	const ValueBounds *bounds = &digest->bounds;
	IntentOp	op = input->cond->op;
	bool		has_lower = input->symbol ?
	op == INTENT_OP_EQ || op == INTENT_OP_GT || op == INTENT_OP_GE :
	bounds->has_lower;
	bool		has_upper = input->symbol ?
	op == INTENT_OP_EQ || op == INTENT_OP_LT || op == INTENT_OP_LE :
	bounds->has_upper;

	field->attno = input->cond->attno;
	if (has_lower && use_lower && input->symbol)
		field->lower_symbol = input->symbol;
	else if (has_lower && use_lower)
		raise_lower(field, bounds->lower);
	if (has_upper && use_upper && input->symbol)
		field->upper_symbol = input->symbol;
	else if (has_upper && use_upper)
		field->upper = Min(field->upper, bounds->upper);
	if ((has_lower && !use_lower) || (has_upper && !use_upper))
		return INTENT_SENT_NOT;
	return bounds->wide ? INTENT_SENT_WIDE : INTENT_SENT_EXACT;
}

/* Could a row meet all conditions on the filter at once? */
static void
check_bounds(Builder *b, int f, int64 lower, int64 upper)
{
	for (int i = 0; i < b->ninputs; i++)
	{
		const ValueBounds *bounds = &b->digests[i].bounds;

		if (!concerns(b, i, f) || b->inputs[i].symbol)
			continue;
		if (bounds->has_lower)
			lower = Max(lower, bounds->lower);
		if (bounds->has_upper)
			upper = Min(upper, bounds->upper);
	}
	if (lower > upper)
		b->request->never = true;
}

/*
 * Do bounds change more than which rows there are?  With several topics in a
 * request they do; a capped resource is what the API makes of them.
 */
static bool
bounds_change_rows(const Builder *b)
{
	return b->request->several_topics && !b->resource->capped;
}

/*
 * May the condition's lower bound be sent?  With several topics it changes
 * what topic_overlap and its like show, and what a row without a topic is
 * taken for.  So it must be the same in each plan, and a joined row's bound is
 * sent by some and checked by others.
 */
static bool
may_raise_score(const Builder *b, const IntentCond *cond)
{
	return !bounds_change_rows(b) ||
		(!b->use->reads_by_scores && b->options->min_topic_overlap <= 1 &&
		 cond->origin != INTENT_FROM_JOIN);
}

/*
 * The score.  Both bounds are always sent, since the API's own default would
 * drop rows.  With several topics an upper bound would change who is whose
 * strongest, and a lower one is not sent where may_raise_score() says so.
 */
void
gather_range(Builder *b, int f)
{
	IntentField *field = &b->request->fields[f];
	const IntentFilter *filter = filter_at(b, f);
	const IntentOptions *options = b->options;

	field->set = !b->audience;
	field->lower = options->min_score ? options->min_score : filter->lower;
	field->upper = options->max_score ? options->max_score : filter->upper;
	check_bounds(b, f, field->lower, field->upper);
	for (int i = 0; i < b->ninputs && !b->audience; i++)
	{
		if (concerns(b, i, f) &&
			same_test(b, field, b->inputs[i].cond, filter->kind))
			b->request->sent[i] = narrow(field, &b->inputs[i], &b->digests[i],
										 may_raise_score(b, b->inputs[i].cond),
										 !bounds_change_rows(b));
	}
	field->exact = field->lower == field->upper &&
		!field->lower_symbol && !field->upper_symbol;
}

/* Do the fields send a lower bound of the score that the table does not fix? */
bool
request_raises_score(const IntentTable *table, const IntentField *fields)
{
	int			f = resource_filter_of_kind(table->resource, INTENT_FILTER_RANGE);
	int			fixed = table->options->min_score;

	if (f < 0)
		return false;
	return fields[f].lower_symbol != NULL ||
		fields[f].lower > (fixed ? fixed : table->resource->filters[f].lower);
}

/*
 * The overlap: only a lower bound can be sent, and with several topics only
 * as long as minScore does not change what it counts.
 */
void
gather_minimum(Builder *b, int f)
{
	IntentField *field = &b->request->fields[f];
	const IntentFilter *filter = filter_at(b, f);
	bool		use_lower = !bounds_change_rows(b) ||
	!request_raises_score(b->table, b->request->fields);

	if (b->audience)
		return;
	field->lower = b->options->min_topic_overlap ?
		b->options->min_topic_overlap : filter->lower;
	check_bounds(b, f, field->lower, filter->upper);
	for (int i = 0; i < b->ninputs; i++)
	{
		IntentSent	sent;

		if (!concerns(b, i, f) ||
			!same_test(b, field, b->inputs[i].cond, filter->kind))
			continue;
		field->upper = filter->upper;
		sent = narrow(field, &b->inputs[i], &b->digests[i], use_lower, true);
		if (b->inputs[i].cond->op == INTENT_OP_EQ)
			sent = Min(sent, INTENT_SENT_WIDE);
		b->request->sent[i] = sent;
	}
	field->set = field->lower_symbol != NULL || field->lower > filter->lower;
}

/* ---- dates ---- */

static bool
is_date_list(Builder *b, int i, int f)
{
	return concerns(b, i, f) && b->inputs[i].cond->op == INTENT_OP_EQ;
}

/* Lowest and highest day of the ranges, if they have one. */
static void
date_bounds(Builder *b, int f, ValueBounds *all)
{
	memset(all, 0, sizeof(ValueBounds));
	for (int i = 0; i < b->ninputs; i++)
	{
		const ValueBounds *bounds = &b->digests[i].bounds;

		if (!concerns(b, i, f) || is_date_list(b, i, f) || b->inputs[i].symbol)
			continue;
		if (bounds->has_lower && (!all->has_lower || bounds->lower > all->lower))
			all->lower = bounds->lower;
		if (bounds->has_upper && (!all->has_upper || bounds->upper < all->upper))
			all->upper = bounds->upper;
		all->has_lower |= bounds->has_lower;
		all->has_upper |= bounds->has_upper;
		b->request->sent[i] = bounds->wide ? INTENT_SENT_WIDE : INTENT_SENT_EXACT;
	}
	all->never = all->has_lower && all->has_upper && all->lower > all->upper;
}

static void
drop_days_outside(IntentField *field, const ValueBounds *bounds)
{
	int			kept = 0;

	for (int i = 0; i < field->nvalues; i++)
	{
		int64		day = field->values[i].integer;

		if (field->values[i].symbolic ||
			((!bounds->has_lower || day >= bounds->lower) &&
			 (!bounds->has_upper || day <= bounds->upper)))
			field->values[kept++] = field->values[i];
	}
	field->nvalues = kept;
}

/* A closed range is a list of its days, those that the API can be asked for. */
static void
enumerate_days(Builder *b, IntentField *field, const ValueBounds *bounds)
{
	int64		first = Max(bounds->lower, VALUE_FIRST_DAY);
	int64		n = Min(bounds->upper, VALUE_LAST_DAY) - first + 1;

	field->set = true;
	field->exact = true;
	if (n <= 0)
		return;
	if (n > b->options->max_chains)
	{
		too_many_chains(b, n);
		return;
	}
	field->nvalues = n;
	field->values = palloc0(sizeof(IntentScalar) * n);
	for (int i = 0; i < n; i++)
		field->values[i].integer = first + i;
}

/* The day that the table's options fix. */
static IntentScalar
fixed_date(Builder *b)
{
	IntentScalar fixed = {0};
	Datum		day = DirectFunctionCall1(date_in,
										  CStringGetDatum(b->options->data_date));

	fixed.integer = DatumGetDateADT(day);
	return fixed;
}

static bool
has_symbolic_range(Builder *b, int f)
{
	for (int i = 0; i < b->ninputs; i++)
	{
		if (concerns(b, i, f) && b->inputs[i].symbol && !is_date_list(b, i, f))
			return true;
	}
	return false;
}

/* One bound is sent to nobody: which days the API has is not known. */
static void
open_range(Builder *b)
{
	set_problem(b, ERRCODE_FEATURE_NOT_SUPPORTED,
				pstrdup("condition on the data date can neither be sent nor checked"),
				pstrdup("A request reads one daily run; without a date it is the latest."),
				pstrdup("Sent are =, IN, = ANY and ranges with both ends, as in data_date BETWEEN '2026-01-01' AND '2026-01-07'."));
}

/* The data date: a list of days, each a chain; none is the latest run. */
void
gather_dates(Builder *b, int f)
{
	IntentField *field = &b->request->fields[f];
	ValueBounds bounds;

	gather_equalities(b, f);
	if (b->options->data_date)
	{
		IntentScalar fixed = fixed_date(b);

		fix_field(b, field, &fixed, compare_integers);
	}
	date_bounds(b, f, &bounds);
	if (bounds.never)
		b->request->never = true;
	else if (field->set)
		drop_days_outside(field, &bounds);
	else if (bounds.has_lower && bounds.has_upper)
		enumerate_days(b, field, &bounds);
	else if (bounds.has_lower || bounds.has_upper || b->use->date_local)
	{
		if (!has_symbolic_range(b, f))
			open_range(b);
	}
	if (field->set && field->nvalues == 0 && !b->request->problem)
		b->request->never = true;
	field->fan = field->nvalues > 1 || is_keyed(b, f);
}
