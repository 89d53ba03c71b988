/*
 * request.c
 *		Evaluated conditions to chains.
 *
 * Assumes that conditions were recognised by qual.c and that the values are
 * of this execution.  What a condition asks for is gathered by filter, the
 * filters' kinds say how.  Contradictions come out as "never" before anything
 * else is considered: they need no input and send nothing.
 */
#include "request.h"

#include "catalog/pg_type_d.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/uuid.h"

/* A condition's values as the filter's kind sees them. */
typedef struct Digest
{
	bool		usable;			/* can be sent as far as its values go */
	int			nvalues;
	IntentScalar *values;		/* ascending, distinct */
	ValueBounds bounds;			/* of range, minimum, date */
} Digest;

typedef struct Builder
{
	IntentRequest *request;
	const IntentTable *table;
	const IntentResource *resource;
	const IntentOptions *options;
	const IntentUse *use;
	const IntentInput *inputs;
	int			ninputs;
	Digest	   *digests;		/* by input */
	bool		audience;		/* a saved audience's config rules */
} Builder;

/* ---- lists of values ---- */

static int
compare_integers(const void *a, const void *b)
{
	int64		x = ((const IntentScalar *) a)->integer;
	int64		y = ((const IntentScalar *) b)->integer;

	return x < y ? -1 : x > y ? 1 : 0;
}

static int
compare_strings(const void *a, const void *b)
{
	return strcmp(((const IntentScalar *) a)->compare,
				  ((const IntentScalar *) b)->compare);
}

typedef int (*ScalarCompare) (const void *a, const void *b);

static bool
holds_strings(IntentFilterKind kind)
{
	return kind == INTENT_FILTER_STRING || kind == INTENT_FILTER_STRINGS ||
		kind == INTENT_FILTER_AUDIENCE;
}

static ScalarCompare
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
static int
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

static IntentScalar *
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

/* Topics: integers that the column can hold; others match nothing. */
static void
digest_topics(const IntentColumn *column, const IntentInput *input,
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
									   is_day || is_integral(column->basetype),
									   number.inexact);

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

/* Days of the calendar that the API can be asked for. */
static void
digest_days(const IntentInput *input, Digest *digest)
{
	int			first = date2j(1, 1, 1) - POSTGRES_EPOCH_JDATE;
	int			last = date2j(9999, 12, 31) - POSTGRES_EPOCH_JDATE;

	for (int i = 0; i < input->nvalues; i++)
	{
		ValueNumber number = value_day(input->values[i], input->types[i]);

		if (number.limit == VALUE_FINITE &&
			(!number.fraction || number.inexact) &&
			number.floor >= first && number.floor <= last)
			digest->values[digest->nvalues++].integer = number.floor;
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

static void
digest_strings(const IntentFilter *filter, const IntentInput *input,
			   Digest *digest)
{
	for (int i = 0; i < input->nvalues; i++)
	{
		if (!value_string(input->cond, filter, input->values[i],
						  input->types[i], &digest->values[digest->nvalues++]))
		{
			digest->usable = false;
			return;
		}
	}
}

static void
digest_values(Builder *b, const IntentInput *input, Digest *digest)
{
	const IntentColumn *column = table_column(b->table, input->cond->attno);
	const IntentFilter *filter = column_filter(b->table, column);

	switch (filter->kind)
	{
		case INTENT_FILTER_TOPICS:
			digest_topics(column, input, digest);
			break;
		case INTENT_FILTER_RANGE:
		case INTENT_FILTER_MINIMUM:
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
			digest_strings(filter, input, digest);
			break;
	}
	if (digest->usable)
		digest->nvalues = sort_values(digest->values, digest->nvalues,
									  compare_for(filter->kind));
	if (digest->usable && input->cond->op == INTENT_OP_EQ &&
		digest->nvalues == 0)
		b->request->never = true;
}

/* No value at all (NULL, an empty list) means no row. */
static void
digest_input(Builder *b, int i)
{
	const IntentInput *input = &b->inputs[i];
	Digest	   *digest = &b->digests[i];

	if (input->always)
		return;
	if (input->symbol)
	{
		digest->usable = true;
		digest->nvalues = 1;
		digest->values = palloc0(sizeof(IntentScalar));
		digest->values->text = digest->values->compare = input->symbol;
		digest->values->symbolic = true;
		return;
	}
	if (input->nvalues == 0)
	{
		b->request->never = true;
		return;
	}
	digest->usable = true;
	digest->values = palloc0(sizeof(IntentScalar) * input->nvalues);
	digest_values(b, input, digest);
	if (digest->bounds.never)
		b->request->never = true;
}

/* ---- gathering by filter ---- */

static const IntentFilter *
filter_at(Builder *b, int f)
{
	return &b->resource->filters[f];
}

static IntentField *
field_of_kind(Builder *b, IntentFilterKind kind)
{
	int			f = resource_filter_of_kind(b->resource, kind);

	return f < 0 ? NULL : &b->request->fields[f];
}

/* Is input i a usable condition on filter f? */
static bool
concerns(Builder *b, int i, int f)
{
	const IntentInput *input = &b->inputs[i];

	return !input->always && b->digests[i].usable &&
		table_column(b->table, input->cond->attno)->filter == f;
}

static bool
set_problem(Builder *b, int sqlstate, char *message, char *detail, char *hint)
{
	IntentProblem *problem;

	if (b->request->problem)
		return false;
	problem = palloc(sizeof(IntentProblem));
	problem->sqlstate = sqlstate;
	problem->message = message;
	problem->detail = detail;
	problem->hint = hint;
	b->request->problem = problem;
	return true;
}

/* Does this condition test the same thing as the one that set the field? */
static bool
same_test(Builder *b, const IntentField *field, const IntentCond *cond,
		  IntentFilterKind kind)
{
	const IntentColumn *first;
	const IntentColumn *other = table_column(b->table, cond->attno);

	if (field->attno == 0)
		return true;
	first = table_column(b->table, field->attno);
	if (strcmp(first->key, other->key) != 0)
		return false;
	return kind == INTENT_FILTER_AUDIENCE || !holds_strings(kind) ||
		(field->opno == cond->opno && field->collation == cond->collation);
}

static void
set_field(IntentField *field, const IntentCond *cond, const Digest *digest)
{
	field->set = true;
	field->exact = cond->exact;
	field->attno = cond->attno;
	field->opno = cond->opno;
	field->collation = cond->collation;
	field->nvalues = digest->nvalues;
	field->values = copy_values(digest->values, digest->nvalues);
}

/*
 * Lists: the first equality sets the field, further ones on the same thing
 * narrow it.  A symbol beside a known list leaves the list as it is.
 */
static void
gather_equalities(Builder *b, int f)
{
	IntentField *field = &b->request->fields[f];
	IntentFilterKind kind = filter_at(b, f)->kind;

	for (int i = 0; i < b->ninputs; i++)
	{
		const IntentCond *cond = b->inputs[i].cond;
		Digest	   *digest = &b->digests[i];

		if (!concerns(b, i, f) || cond->op != INTENT_OP_EQ ||
			(field->set && !same_test(b, field, cond, kind)))
			continue;
		b->request->sent[i] = cond->exact ? INTENT_SENT_EXACT : INTENT_SENT_WIDE;
		if (!field->set)
			set_field(field, cond, digest);
		else if (digest->values[0].symbolic)
			continue;
		else if (field->values[0].symbolic)
			set_field(field, cond, digest);
		else
			field->nvalues = intersect_values(field->values, field->nvalues,
											  digest->values, digest->nvalues,
											  compare_for(kind));
		if (field->nvalues == 0)
			b->request->never = true;
	}
}

/* Without an equality the first pattern is sent; rows are checked again. */
static void
gather_patterns(Builder *b, int f)
{
	IntentField *field = &b->request->fields[f];

	for (int i = 0; i < b->ninputs && !field->set; i++)
	{
		const IntentCond *cond = b->inputs[i].cond;

		if (!concerns(b, i, f) || cond->op == INTENT_OP_EQ)
			continue;
		set_field(field, cond, &b->digests[i]);
		field->exact = false;
		b->request->sent[i] = INTENT_SENT_WIDE;
	}
}

static void
gather_values(Builder *b, int f)
{
	IntentField *field = &b->request->fields[f];

	gather_equalities(b, f);
	gather_patterns(b, f);
	if (filter_at(b, f)->kind != INTENT_FILTER_STRINGS)
		field->fan = field->nvalues > 1;
}

/* ---- topics ---- */

/*
 * Intersection of the topic conditions, with or without a value of an outer
 * row; false when there are none.
 */
static bool
intersect_topics(Builder *b, int f, bool outer, bool any, IntentField *result)
{
	memset(result, 0, sizeof(IntentField));
	for (int i = 0; i < b->ninputs; i++)
	{
		const IntentCond *cond = b->inputs[i].cond;
		Digest	   *digest = &b->digests[i];

		if (!concerns(b, i, f) || (!any && cond->outer != outer))
			continue;
		if (!result->set || result->values[0].symbolic)
			set_field(result, cond, digest);
		else if (!digest->values[0].symbolic)
			result->nvalues = intersect_values(result->values, result->nvalues,
											   digest->values, digest->nvalues,
											   compare_integers);
		if (result->nvalues == 0)
		{
			b->request->never = true;
			return true;
		}
	}
	return result->set;
}

static void
fixed_topics(Builder *b, IntentField *field)
{
	memset(field, 0, sizeof(IntentField));
	field->set = b->options->ntopic_ids > 0;
	field->exact = true;
	field->nvalues = b->options->ntopic_ids;
	field->values = palloc0(sizeof(IntentScalar) * Max(field->nvalues, 1));
	for (int i = 0; i < field->nvalues; i++)
		field->values[i].integer = b->options->topic_ids[i];
}

/* Conditions whose topics were asked for count as sent. */
static void
mark_topics(Builder *b, int f, bool outer, bool any)
{
	for (int i = 0; i < b->ninputs; i++)
	{
		if (concerns(b, i, f) && (any || b->inputs[i].cond->outer == outer))
			b->request->sent[i] = INTENT_SENT_EXACT;
	}
}

/*
 * Mode any: the topics decide who is whose strongest, so they are asked as
 * the table fixes them, else as the conditions of the statement have them,
 * else as the outer row has them.
 */
static void
choose_topics_any(Builder *b, int f, const IntentField *fixed)
{
	IntentField *field = &b->request->fields[f];

	if (fixed->set)
		*field = *fixed;
	else if (intersect_topics(b, f, false, false, field))
		mark_topics(b, f, false, false);
	else if (intersect_topics(b, f, true, false, field))
		mark_topics(b, f, true, false);
}

/* Mode each: topics are asked for one by one, so all conditions narrow. */
static void
choose_topics_each(Builder *b, int f, const IntentField *fixed)
{
	IntentField *field = &b->request->fields[f];

	if (!intersect_topics(b, f, false, true, field))
		*field = *fixed;
	else if (fixed->set && !field->values[0].symbolic)
		field->nvalues = intersect_values(field->values, field->nvalues,
										  fixed->values, fixed->nvalues,
										  compare_integers);
	mark_topics(b, f, false, true);
	field->fan = field->nvalues > 1;
}

/* An unknown value may be a list, unless it is a plain topic_id = x. */
static bool
may_be_several(Builder *b, int f)
{
	for (int i = 0; i < b->ninputs; i++)
	{
		const IntentCond *cond = b->inputs[i].cond;

		if (concerns(b, i, f) && b->inputs[i].symbol &&
			(cond->nvalues > 1 || cond->arrays != NULL))
			return true;
	}
	return false;
}

/* topic_id = 1 AND topic_id = 2 has no rows, whichever topics are asked */
static void
check_topics_overlap(Builder *b, int f, const IntentField *fixed)
{
	IntentField all;

	if (!intersect_topics(b, f, false, true, &all) || b->request->never)
		return;
	if (fixed->set && !all.values[0].symbolic &&
		intersect_values(all.values, all.nvalues, fixed->values,
						 fixed->nvalues, compare_integers) == 0)
		b->request->never = true;
}

static void
gather_topics(Builder *b, int f)
{
	IntentField *field = &b->request->fields[f];
	IntentField fixed;
	int			most = b->options->max_topics;

	fixed_topics(b, &fixed);
	check_topics_overlap(b, f, &fixed);
	if (b->audience || b->request->never)
		return;
	if (b->options->topic_mode == INTENT_TOPICS_EACH)
	{
		choose_topics_each(b, f, &fixed);
		return;
	}
	choose_topics_any(b, f, &fixed);
	b->request->several_topics = field->nvalues > 1 || may_be_several(b, f);
	if (field->nvalues > most)
		set_problem(b, ERRCODE_PROGRAM_LIMIT_EXCEEDED,
					psprintf("%d topics are more than one request can take",
							 field->nvalues),
					psprintf("At most %d topics can be asked for at once, so that each person comes once, under the strongest of them.",
							 most),
					"Set the table option \"topic_mode\" to \"each\" to get one row for each person and topic, any number of topics.");
}

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
 * The score.  Both bounds are always sent, since the API's own default would
 * drop rows.  With several topics an upper bound would change who is whose
 * strongest, and a lower one what topic_overlap and its like show.
 */
static void
gather_range(Builder *b, int f)
{
	IntentField *field = &b->request->fields[f];
	const IntentFilter *filter = filter_at(b, f);
	const IntentOptions *options = b->options;
	bool		several = b->request->several_topics;
	bool		use_lower = !several ||
		(!b->use->reads_by_scores && options->min_topic_overlap <= 1);

	field->set = !b->audience;
	field->lower = options->min_score ? options->min_score : filter->lower;
	field->upper = options->max_score ? options->max_score : filter->upper;
	check_bounds(b, f, field->lower, field->upper);
	for (int i = 0; i < b->ninputs && !b->audience; i++)
	{
		if (concerns(b, i, f) &&
			same_test(b, field, b->inputs[i].cond, filter->kind))
			b->request->sent[i] = narrow(field, &b->inputs[i], &b->digests[i],
										 use_lower, !several);
	}
	field->exact = field->lower == field->upper &&
		!field->lower_symbol && !field->upper_symbol;
}

/* Is a lower bound of the score sent that the table itself does not fix? */
static bool
score_is_raised(Builder *b)
{
	IntentField *score = field_of_kind(b, INTENT_FILTER_RANGE);
	int			f = resource_filter_of_kind(b->resource, INTENT_FILTER_RANGE);

	if (!score)
		return false;
	return score->lower_symbol != NULL ||
		score->lower > (b->options->min_score ? b->options->min_score :
						filter_at(b, f)->lower);
}

/*
 * The overlap: only a lower bound can be sent, and with several topics only
 * as long as minScore does not change what it counts.
 */
static void
gather_minimum(Builder *b, int f)
{
	IntentField *field = &b->request->fields[f];
	const IntentFilter *filter = filter_at(b, f);
	bool		use_lower = !b->request->several_topics || !score_is_raised(b);

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

static void
too_many_chains(Builder *b, double n)
{
	set_problem(b, ERRCODE_PROGRAM_LIMIT_EXCEEDED,
				psprintf("the conditions need %.0f requests, each with its pages",
						 n),
				psprintf("At most %d are allowed, by the option \"max_chains\".",
						 b->options->max_chains),
				"Narrow the lists in WHERE, or raise the option \"max_chains\" of the table or its server.");
}

/* A closed range is a list of its days. */
static void
enumerate_days(Builder *b, IntentField *field, const ValueBounds *bounds)
{
	int64		n = bounds->upper - bounds->lower + 1;

	field->set = true;
	field->exact = true;
	if (n > b->options->max_chains)
	{
		too_many_chains(b, n);
		return;
	}
	field->nvalues = n;
	field->values = palloc0(sizeof(IntentScalar) * n);
	for (int i = 0; i < n; i++)
		field->values[i].integer = bounds->lower + i;
}

/* The table's own date; conditions narrow it. */
static void
fix_date(Builder *b, IntentField *field)
{
	IntentScalar fixed = {0};

	fixed.integer = DatumGetDateADT(DirectFunctionCall1(date_in,
														CStringGetDatum(b->options->data_date)));
	if (field->set && !field->values[0].symbolic)
	{
		field->nvalues = intersect_values(field->values, field->nvalues,
										  &fixed, 1, compare_integers);
		return;
	}
	field->set = true;
	field->exact = true;
	field->nvalues = 1;
	field->values = copy_values(&fixed, 1);
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

static void
gather_dates(Builder *b, int f)
{
	IntentField *field = &b->request->fields[f];
	ValueBounds bounds;

	gather_equalities(b, f);
	if (b->options->data_date)
		fix_date(b, field);
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
	field->fan = field->nvalues > 1;
}

/* ---- saved audiences ---- */

static void
fix_audience(Builder *b, IntentField *field)
{
	IntentScalar fixed = {0};

	fixed.text = fixed.compare = b->options->audience_id;
	if (field->set && !field->values[0].symbolic)
	{
		field->nvalues = intersect_values(field->values, field->nvalues,
										  &fixed, 1, compare_strings);
		if (field->nvalues == 0)
			b->request->never = true;
		return;
	}
	field->set = true;
	field->exact = true;
	field->nvalues = 1;
	field->values = copy_values(&fixed, 1);
}

static void
gather_audience(Builder *b, int f)
{
	IntentField *field = &b->request->fields[f];

	gather_values(b, f);
	if (field->set && b->options->ntopic_ids > 0)
		set_problem(b, ERRCODE_FEATURE_NOT_SUPPORTED,
					psprintf("table \"%s\" has fixed topics, so it cannot be asked for a saved audience",
							 b->table->name),
					NULL,
					pstrdup("Use a table without the option \"topic_ids\"."));
	if (b->options->audience_id)
		fix_audience(b, field);
	if (!field->set && b->use->audience_local)
		set_problem(b, ERRCODE_FEATURE_NOT_SUPPORTED,
					pstrdup("condition on the saved audience can neither be sent nor checked"),
					pstrdup("Rows do not tell which saved audiences they belong to."),
					pstrdup("Sent are =, IN and = ANY with values known before the table is read."));
	b->audience = field->set;
	field->fan = field->nvalues > 1;
}

/* ---- all of it ---- */

static void
gather(Builder *b, int f)
{
	switch (filter_at(b, f)->kind)
	{
		case INTENT_FILTER_TOPICS:
			gather_topics(b, f);
			break;
		case INTENT_FILTER_RANGE:
			gather_range(b, f);
			break;
		case INTENT_FILTER_MINIMUM:
			gather_minimum(b, f);
			break;
		case INTENT_FILTER_DATE:
			gather_dates(b, f);
			break;
		case INTENT_FILTER_AUDIENCE:
			break;				/* came first */
		default:
			gather_values(b, f);
			break;
	}
}

/* A saved audience's config rules: nothing else but the date is sent. */
static void
leave_to_audience(Builder *b)
{
	for (int f = 0; f < b->resource->nfilters; f++)
	{
		IntentFilterKind kind = filter_at(b, f)->kind;

		if (kind == INTENT_FILTER_AUDIENCE || kind == INTENT_FILTER_DATE)
			continue;
		memset(&b->request->fields[f], 0, sizeof(IntentField));
		for (int i = 0; i < b->ninputs; i++)
		{
			if (concerns(b, i, f))
				b->request->sent[i] = INTENT_SENT_NOT;
		}
	}
}

static void
check_inputs(Builder *b)
{
	IntentField *topics = field_of_kind(b, INTENT_FILTER_TOPICS);
	int			attno = b->use->lacks_attno;

	if (topics && !topics->set && !b->audience)
		set_problem(b, ERRCODE_FDW_DYNAMIC_PARAMETER_VALUE_NEEDED,
					psprintf("table \"%s\" cannot be read without %s",
							 b->table->name, b->resource->missing),
					NULL,
					psprintf("Add a condition such as %s.",
							 b->resource->example));
	if (attno > 0)
		set_problem(b, ERRCODE_FDW_DYNAMIC_PARAMETER_VALUE_NEEDED,
					psprintf("the join condition on column \"%s\" of table \"%s\" cannot be checked on rows",
							 table_column(b->table, attno)->name, b->table->name),
					pstrdup("The plan does not send it, and without it the rows are of one run or one audience only."),
					psprintf("Give the value in WHERE, or let the join supply it: %s.",
							 "as in ... JOIN LATERAL (SELECT * FROM audience WHERE data_date = outer.day AND topic_id = 117801) a ON true"));
}

static void
count_chains(Builder *b)
{
	double		n = 1;

	for (int f = 0; f < b->resource->nfilters; f++)
	{
		if (b->request->fields[f].fan)
			n *= b->request->fields[f].nvalues;
	}
	if (n > b->options->max_chains)
		too_many_chains(b, n);
	else
		b->request->nchains = n;
}

/*
 * Turns evaluated conditions into a request.
 *
 * Raises nothing for what the user asked: a problem is kept for
 * request_raise(), so that EXPLAIN can show it and a branch that is never
 * run does not fail.  palloc'd in the current context, and refers to the
 * inputs' datums.
 */
IntentRequest *
request_build(const IntentTable *table, const IntentInput *inputs,
			  int ninputs, const IntentUse *use)
{
	const IntentResource *resource = table->resource;
	IntentRequest *request = palloc0(sizeof(IntentRequest));
	Builder		b = {request, table, resource, table->options, use, inputs, ninputs};
	int			audience = resource_filter_of_kind(resource, INTENT_FILTER_AUDIENCE);

	request->table = table;
	request->sent = palloc0(sizeof(IntentSent) * Max(ninputs, 1));
	request->fields = palloc0(sizeof(IntentField) * resource->nfilters);
	b.digests = palloc0(sizeof(Digest) * Max(ninputs, 1));
	for (int i = 0; i < ninputs; i++)
		digest_input(&b, i);
	if (!request->never && audience >= 0)
		gather_audience(&b, audience);
	for (int f = 0; f < resource->nfilters && !request->never; f++)
		gather(&b, f);
	if (b.audience)
		leave_to_audience(&b);
	if (!request->never)
		check_inputs(&b);
	if (request->never)
		request->problem = NULL;
	else if (!request->problem)
		count_chains(&b);
	return request;
}

/*
 * The chain of that number (from 0): the request with one value for each
 * fanned-out filter.  The first filter's values change slowest.
 */
IntentChainSpec *
request_chain(const IntentRequest *request, int number)
{
	const IntentResource *resource = request->table->resource;
	IntentChainSpec *spec = palloc(sizeof(IntentChainSpec));
	int			rest = number;

	Assert(number < request->nchains);
	spec->resource = resource;
	spec->number = number;
	spec->fields = palloc(sizeof(IntentField) * resource->nfilters);
	memcpy(spec->fields, request->fields,
		   sizeof(IntentField) * resource->nfilters);
	for (int f = resource->nfilters - 1; f >= 0; f--)
	{
		IntentField *field = &spec->fields[f];

		if (!field->fan)
			continue;
		field->values += rest % field->nvalues;
		rest /= field->nvalues;
		field->nvalues = 1;
	}
	return spec;
}

/* Raises the request's problem, if it has one. */
void
request_raise(const IntentRequest *request)
{
	const IntentProblem *problem = request->problem;

	if (!problem)
		return;
	ereport(ERROR,
			(errcode(problem->sqlstate),
			 errmsg_internal("%s", problem->message),
			 problem->detail ? errdetail_internal("%s", problem->detail) : 0,
			 problem->hint ? errhint("%s", problem->hint) : 0));
}
