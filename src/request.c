/*
 * request.c
 *		Evaluated conditions to chains.
 *
 * Assumes that conditions were recognised by qual.c and that the values are
 * of this execution.  What a condition asks for is gathered by filter, the
 * filters' kinds say how.  Contradictions come out as "never" before anything
 * else is considered: they need no input and send nothing.
 */
#include "request_private.h"

/* ---- saved audiences ---- */

/* A saved audience, from the conditions or the table's options. */
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
	{
		IntentScalar fixed = {0};

		fixed.text = fixed.compare = b->options->audience_id;
		fix_field(b, field, &fixed, compare_strings);
	}
	if (!field->set && b->use->audience_local)
		set_problem(b, ERRCODE_FEATURE_NOT_SUPPORTED,
					pstrdup("condition on the saved audience can neither be sent nor checked"),
					pstrdup("Rows do not tell which saved audiences they belong to."),
					pstrdup("Sent are =, IN and = ANY with values known before the table is read."));
	b->audience = field->set && b->resource->audience_rules;
	field->fan = field->nvalues > 1 || is_keyed(b, f);
}

/* ---- all of it ---- */

/*
 * In this order: a saved audience rules over the rest, several topics change
 * what a bound may do, and a raised score what the overlap counts.
 */
static const struct
{
	IntentFilterKind kind;
	void		(*gather) (Builder *b, int f);
}			gatherers[] = {
	{INTENT_FILTER_AUDIENCE, gather_audience},
	{INTENT_FILTER_TOPICS, gather_topics},
	{INTENT_FILTER_RANGE, gather_range},
	{INTENT_FILTER_MINIMUM, gather_minimum},
	{INTENT_FILTER_DATE, gather_dates},
	{INTENT_FILTER_STRINGS, gather_values},
	{INTENT_FILTER_STRING, gather_values},
	{INTENT_FILTER_INTEGER, gather_values},
	{INTENT_FILTER_YN, gather_values},
	{INTENT_FILTER_BOOLEAN, gather_values},
};

/* Puts the conditions together, filter by filter, until one is a contradiction. */
static void
gather_all(Builder *b)
{
	for (int k = 0; k < lengthof(gatherers); k++)
	{
		for (int f = 0; f < b->resource->nfilters; f++)
		{
			if (b->request->never)
				return;
			if (filter_at(b, f)->kind == gatherers[k].kind)
				gatherers[k].gather(b, f);
		}
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

/* The filters that have a value, by position. */
static Bitmapset *
set_filters(const Builder *b)
{
	Bitmapset  *set = NULL;

	for (int f = 0; f < b->resource->nfilters; f++)
	{
		if (b->request->fields[f].set)
			set = bms_add_member(set, f);
	}
	return set;
}

/*
 * Ranges of scores are rows of their own only where each person has one
 * score: not under the strongest of several topics, and not where a saved
 * configuration rules the scores.  Said for each such request, however small,
 * so that it does not depend on the data.
 */
static void
check_bands(Builder *b, int f)
{
	const IntentField *topics = f < 0 ? NULL : &b->request->fields[f];

	if (b->options->score_bands < 2)
		return;
	if (b->audience)
		set_problem(b, ERRCODE_FEATURE_NOT_SUPPORTED,
					psprintf("table \"%s\" has score bands, so it cannot be asked for a saved audience",
							 b->table->name),
					pstrdup("The scores that a saved audience asks for are in its own configuration."),
					pstrdup("Use a table without the option \"score_bands\"."));
	else if (b->request->several_topics && topics && topics->nvalues > 1)
		set_problem(b, ERRCODE_FEATURE_NOT_SUPPORTED,
					psprintf("table \"%s\" has score bands, so it cannot be asked for several topics at once",
							 b->table->name),
					pstrdup("A person comes once, under the strongest of the topics, and would come again in another band."),
					pstrdup("Set the table option \"topic_mode\" to \"each\" to get one row for each person and topic, or use a table without the option \"score_bands\"."));
}

static void
check_inputs(Builder *b)
{
	int			f = resource_filter_of_kind(b->resource, INTENT_FILTER_TOPICS);
	int			attno = b->use->lacks_attno;

	if (!table_has_input(b->table, set_filters(b)))
		set_problem(b, ERRCODE_FDW_DYNAMIC_PARAMETER_VALUE_NEEDED,
					psprintf("table \"%s\" cannot be read without %s",
							 b->table->name, b->resource->missing),
					NULL,
					psprintf("Add a condition such as %s.",
							 b->resource->example));
	check_bands(b, f);
	if (attno > 0)
		set_problem(b, ERRCODE_FDW_DYNAMIC_PARAMETER_VALUE_NEEDED,
					psprintf("the join condition on column \"%s\" of table \"%s\" cannot be checked on rows",
							 table_column(b->table, attno)->name, b->table->name),
					pstrdup("The plan does not send it, and which rows there are depends on it."),
					pstrdup("Give the value in WHERE, or let a single lookup supply it: JOIN LATERAL (SELECT ... WHERE column = outer value) ON true."));
}

/* "max_chains" bounds what the conditions ask for; keys come in batches. */
static void
count_chains(Builder *b)
{
	double		n = 1;
	double		keys = 1;

	for (int f = 0; f < b->resource->nfilters; f++)
	{
		const IntentField *field = &b->request->fields[f];

		if (field->fan && is_keyed(b, f))
			keys *= field->nvalues;
		else if (field->fan)
			n *= field->nvalues;
	}
	if (n > b->options->max_chains || n * keys > PG_INT32_MAX)
		too_many_chains(b, n);
	else
		b->request->nchains = n * keys;
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

	request->table = table;
	request->sent = palloc0(sizeof(IntentSent) * Max(ninputs, 1));
	request->fields = palloc0(sizeof(IntentField) * resource->nfilters);
	b.digests = palloc0(sizeof(Digest) * Max(ninputs, 1));
	for (int i = 0; i < ninputs; i++)
	{
		b.digests[i] = digest_input(table, &inputs[i]);
		request->never |= b.digests[i].never;
	}
	gather_all(&b);
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
	spec->body = request->body;
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

static void
open_values(IntentField *field, char *symbol)
{
	field->values = palloc0(sizeof(IntentScalar) * Max(field->nvalues, 1));
	for (int i = 0; i < field->nvalues; i++)
	{
		field->values[i].symbolic = true;
		field->values[i].text = field->values[i].compare = symbol;
	}
}

/*
 * The chain with a symbol for each value that a condition may have set: what
 * requests have in common that differ in values only.
 */
IntentChainSpec *
request_open_chain(const IntentChainSpec *spec, char *symbol)
{
	const IntentResource *resource = spec->resource;
	IntentChainSpec *open = palloc(sizeof(IntentChainSpec));

	*open = *spec;
	open->fields = palloc(sizeof(IntentField) * resource->nfilters);
	memcpy(open->fields, spec->fields, sizeof(IntentField) * resource->nfilters);
	for (int f = 0; f < resource->nfilters; f++)
	{
		const IntentFilter *filter = &resource->filters[f];
		IntentField *field = &open->fields[f];

		if (filter->kind != INTENT_FILTER_RANGE &&
			filter->kind != INTENT_FILTER_MINIMUM)
			open_values(field, symbol);
		else
		{
			if (field->lower > filter->lower)
				field->lower_symbol = symbol;
			if (field->upper < filter->upper)
				field->upper_symbol = symbol;
		}
	}
	return open;
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
