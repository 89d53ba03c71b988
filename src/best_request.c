/*
 * best_request.c
 *		The requests of a scan by bands.
 *
 * Part of best.c.  A band is the request for all scores, narrowed.  Its totals
 * say nothing of the whole, so they are not remembered.
 */
#include "best_private.h"

#include "body.h"
#include "total.h"

/* The filter that the score's column is. */
int
best_score_filter(const BestFirst *best)
{
	return table_column(best->table, best->attno)->filter;
}

/* The request of all scores, for these alone; in band memory. */
static IntentRequest *
narrow_request(BestFirst *best, int lower, int upper)
{
	const IntentRequest *all = best->setup.request;
	int			nfilters = best->table->resource->nfilters;
	IntentRequest *request = palloc(sizeof(IntentRequest));
	IntentField *score;

	*request = *all;
	request->fields = palloc(sizeof(IntentField) * nfilters);
	memcpy(request->fields, all->fields, sizeof(IntentField) * nfilters);
	score = &request->fields[best_score_filter(best)];
	if (score->set)
	{
		score->lower = lower;
		score->upper = upper;
	}
	request->raised_by_band = request->several_topics &&
		!request_raises_score(best->table, all->fields) &&
		request_raises_score(best->table, request->fields);
	return request;
}

/* The same with a single chain, the one of that number. */
static IntentRequest *
single_chain(BestFirst *best, const IntentRequest *request, int number)
{
	IntentRequest *single = palloc(sizeof(IntentRequest));

	*single = *request;
	single->fields = request_chain(request, number)->fields;
	for (int f = 0; f < best->table->resource->nfilters; f++)
		single->fields[f].fan = false;
	single->nchains = 1;
	return single;
}

bool
best_restarted(const BestFirst *best)
{
	return best->generation != best->setup.statement->generation;
}

/*
 * Counts the rows of one chain by a request of limit 1; false when the answer
 * has no totalCount.
 */
static bool
count_chain(BestFirst *best, const IntentRequest *request, int64 *total)
{
	ChainCounters *counters = best->setup.counters;
	int64		known = counters->total;
	ChainSetup	setup = best->setup;
	ChainSet   *set;
	Chain	   *chain;
	bool		told;

	setup.request = request;
	setup.wanted = 1;
	setup.partial = true;
	set = chains_open(&setup, best->band_context);
	chain = chains_next(set);
	told = chain == NULL || chain->page->has_total;
	if (chain && told)
		*total += chain->page->total;
	chains_close(set);
	counters->total = known;
	return told;
}

/*
 * How many rows have the scores of this and of all earlier bands, and thus
 * how many this one must have?  Leaves -1 if the API does not tell.
 */
void
best_count_rows(BestFirst *best)
{
	const Bands *bands = &best->bands;
	IntentRequest *request;
	int64		total = 0;

	best->expected = -1;
	request = bands->descending ?
		narrow_request(best, best->band.lower, bands->upper) :
		narrow_request(best, bands->lower, best->band.upper);
	for (int i = 0; i < request->nchains; i++)
	{
		if (!count_chain(best, single_chain(best, request, i), &total) ||
			best_restarted(best))
			return;
	}
	best->expected = total - best->received;
}

/* Chains for the scores of best->band. */
void
best_open_chains(BestFirst *best)
{
	ChainSetup	setup = best->setup;

	setup.request = narrow_request(best, best->band.lower, best->band.upper);
	setup.partial = best->band.lower > best->bands.lower ||
		best->band.upper < best->bands.upper;
	rows_start(best->reader, setup.request);
	best->chains = chains_open(&setup, best->band_context);
}

/*
 * How many rows have all scores, as far as remembered of the very request;
 * false, and nothing set, if one of its chains is not.  Allocates in the
 * current context.
 */
bool
best_recall_total(const BestFirst *best, double *total)
{
	const IntentRequest *request = best->setup.request;
	TotalOwner	owner = {best->table->relid, best->setup.userid};
	double		sum = 0;

	for (int i = 0; i < request->nchains; i++)
	{
		char	   *body = body_request(request_chain(request, i), 0, NULL);
		double		rows;

		if (!total_recall(owner, body, &rows))
			return false;
		sum += rows;
	}
	*total = sum;
	return true;
}
