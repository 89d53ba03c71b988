/*
 * explain.c
 *		What EXPLAIN tells of a scan.
 *
 * Sends nothing.  Shows the request with the values that are known, which
 * conditions rows are checked against again, what is missing, and after
 * ANALYZE how many requests it took.
 */
#include "scan.h"

#include "body.h"
#include "intent_fdw.h"
#include "nodes/makefuncs.h"
#include "split.h"
#include "utils/builtins.h"
#include "utils/ruleutils.h"

static bool
has_symbols(const InputSet *inputs)
{
	for (int i = 0; i < inputs->n; i++)
	{
		if (inputs->inputs[i].symbol)
			return true;
	}
	return false;
}

/* The conditions that rows are checked against, as far as they carry them. */
static void
explain_rechecks(IntentScan *scan, List *deparse_context, bool prefix,
				 ExplainState *es)
{
	List	   *clauses = NIL;

	for (int i = scan->inputs->has_keys ? 1 : 0; i < scan->inputs->n; i++)
		clauses = lappend(clauses, scan->inputs->conds[i]->clause);
	if (clauses != NIL)
		ExplainPropertyText("Intent Recheck",
							deparse_expression((Node *) make_ands_explicit(clauses),
											   deparse_context, prefix, false),
							es);
}

static void
explain_target(const IntentResource *resource, const char *target,
			   ExplainState *es)
{
	ExplainPropertyText("Intent Request",
						psprintf("%s %s", resource->method, target), es);
}

/* The request of the first chain, and how many chains there are. */
static void
explain_chains(IntentScan *scan, const IntentRequest *request, ExplainState *es)
{
	const IntentResource *resource = scan->table->resource;
	int			limit = scan->table->options->page_size;
	IntentChainSpec *spec = request_chain(request, 0);

	if (scan->wanted > 0)
		limit = Min(limit, scan->wanted);
	if (scan_asks_totals(scan, request))
		limit = 1;
	explain_target(resource, body_target(spec, limit, NULL), es);
	if (resource_has_body(resource))
		ExplainPropertyText("Intent Body", body_request(spec, limit, NULL), es);
	if (has_symbols(scan->inputs))
		ExplainPropertyText("Intent Chains", "as values come", es);
	else
		ExplainPropertyInteger("Intent Chains", NULL, request->nchains, es);
}

/* In how many ranges of scores a large chain may be read. */
static void
explain_bands(const IntentScan *scan, const IntentRequest *request,
			  ExplainState *es)
{
	const IntentOptions *options = scan->table->options;
	int64		least = 2 * SPLIT_LEAST_PAGES * options->page_size;

	if (options->score_bands < 2 || scan->order != NIL ||
		scan_asks_totals(scan, request) ||
		(scan->wanted > 0 && scan->wanted < least))
		return;
	ExplainPropertyInteger("Intent Score Bands", NULL, options->score_bands, es);
}

static void
explain_request(IntentScan *scan, const IntentRequest *request,
				ExplainState *es)
{
	const IntentResource *resource = scan->table->resource;

	if (request->never)
	{
		ExplainPropertyText("Intent Request", "none: the conditions contradict each other", es);
		return;
	}
	if (request->problem)
	{
		explain_target(resource, resource->path, es);
		ExplainPropertyText("Intent Missing", request->problem->message, es);
		return;
	}
	explain_chains(scan, request, es);
	explain_bands(scan, request, es);
	if (scan->counts != NIL)
		ExplainPropertyText("Intent Count",
							scan_asks_totals(scan, request) ? "totalCount" :
							has_symbols(scan->inputs) ? "as values come" : "rows",
							es);
}

/* By which column a scan by bands returns its rows, and which way. */
static void
explain_order(const IntentScan *scan, ExplainState *es)
{
	const IntentColumn *score;

	if (scan->order == NIL)
		return;
	score = table_column(scan->table, list_nth_int(scan->order, BEST_ATTNO));
	ExplainPropertyText("Intent Best First",
						psprintf("%s %s", quote_identifier(score->name),
								 list_nth_int(scan->order, BEST_DESCENDING) ?
								 "DESC" : "ASC"), es);
}

static void
explain_counters(const IntentScan *scan, ExplainState *es)
{
	const ChainCounters *counters = &scan->counters;

	ExplainPropertyInteger("Intent Requests", NULL, counters->requests, es);
	if (scan->best)
		ExplainPropertyInteger("Intent Bands", NULL, best_bands(scan->best), es);
	else if (scan->table->options->score_bands > 1)
		ExplainPropertyInteger("Intent Bands", NULL, counters->bands, es);
	ExplainPropertyInteger("Intent Pages", NULL, counters->pages, es);
	ExplainPropertyInteger("Intent Polls", NULL, counters->polls, es);
	ExplainPropertyInteger("Intent Retries", NULL, counters->retries, es);
	if (es->timing)
	{
		ExplainPropertyInteger("Intent Throttled", "ms", counters->throttled_ms, es);
		ExplainPropertyInteger("Intent Waited", "ms", counters->waited_ms, es);
	}
	ExplainPropertyInteger("Intent Bytes Received", NULL, counters->bytes, es);
	ExplainPropertyInteger("Intent Rows Received", NULL, counters->rows, es);
	if (scan->reader)
		ExplainPropertyInteger("Rows Removed by Recheck", NULL,
							   rows_removed(scan->reader), es);
	if (counters->has_total)
		ExplainPropertyInteger("Intent Total Count", NULL, counters->total, es);
	if (counters->data_date[0] != '\0')
		ExplainPropertyText("Intent Data Date", counters->data_date, es);
}

/* ExplainForeignScan */
void
intentExplainForeignScan(ForeignScanState *node, ExplainState *es)
{
	IntentScan *scan = node->fdw_state;
	List	   *context = set_deparse_context_plan(es->deparse_cxt,
												   node->ss.ps.plan, NIL);
	bool		prefix = list_length(es->rtable) > 1 || es->verbose;
	IntentRequest *request = scan_describe(node, context);

	if (scan->counts != NIL)
		ExplainPropertyText("Relations",
							psprintf("Aggregate on (%s)", scan->table->name), es);
	explain_request(scan, request, es);
	explain_order(scan, es);
	if (!scan_asks_totals(scan, request))
		explain_rechecks(scan, context, prefix, es);
	if (es->analyze)
		explain_counters(scan, es);
}
