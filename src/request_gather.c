/*
 * request_gather.c
 *		Conditions on one filter, put together: lists of values.
 *
 * Part of request.c.  Equalities on one column intersect; a condition that
 * tests something else is left to be checked on rows.
 */
#include "request_private.h"

/* The filter at position f of the resource. */
const IntentFilter *
filter_at(const Builder *b, int f)
{
	return &b->resource->filters[f];
}

/* Is input i a usable condition on filter f? */
bool
concerns(const Builder *b, int i, int f)
{
	const IntentInput *input = &b->inputs[i];

	return !input->always && b->digests[i].usable &&
		table_column(b->table, input->cond->attno)->filter == f;
}

/* Is each value of the filter a key, whose rows are to be told apart? */
bool
is_keyed(const Builder *b, int f)
{
	for (int i = 0; i < b->ninputs; i++)
	{
		if (b->inputs[i].is_key && concerns(b, i, f))
			return true;
	}
	return false;
}

/* Keeps the first problem found; strings are palloc'd or constant. */
void
set_problem(Builder *b, int sqlstate, char *message, char *detail, char *hint)
{
	IntentProblem *problem;

	if (b->request->problem)
		return;
	problem = palloc(sizeof(IntentProblem));
	problem->sqlstate = sqlstate;
	problem->message = message;
	problem->detail = detail;
	problem->hint = hint;
	b->request->problem = problem;
}

/* Does this condition test the same thing as the one that set the field? */
bool
same_test(const Builder *b, const IntentField *field, const IntentCond *cond,
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

/* The condition's values become the field's. */
void
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
void
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

/* Lists and patterns; a list fans out unless the API takes it whole, keys always. */
void
gather_values(Builder *b, int f)
{
	IntentField *field = &b->request->fields[f];

	gather_equalities(b, f);
	gather_patterns(b, f);
	field->fan = is_keyed(b, f) ||
		(filter_at(b, f)->kind != INTENT_FILTER_STRINGS && field->nvalues > 1);
}

/*
 * A value that the table's options fix: conditions on the filter can only
 * narrow it, to nothing.
 */
void
fix_field(Builder *b, IntentField *field, const IntentScalar *value,
		  ScalarCompare compare)
{
	if (field->set && !field->values[0].symbolic)
	{
		field->nvalues = intersect_values(field->values, field->nvalues,
										  value, 1, compare);
		if (field->nvalues == 0)
			b->request->never = true;
		return;
	}
	field->set = true;
	field->exact = true;
	field->nvalues = 1;
	field->values = copy_values(value, 1);
}

/* The problem of a request that would take that many chains. */
void
too_many_chains(Builder *b, double n)
{
	set_problem(b, ERRCODE_PROGRAM_LIMIT_EXCEEDED,
				psprintf("the conditions need %.0f requests, each with its pages",
						 n),
				psprintf("At most %d are allowed, by the option \"max_chains\".",
						 b->options->max_chains),
				"Narrow the lists in WHERE, or raise the option \"max_chains\" of the table or its server.");
}
