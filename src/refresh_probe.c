/*
 * refresh_probe.c
 *		Asks the requests of the last refresh again, for one row each.
 *
 * Part of refresh.c.  They go through the rooms that every scan uses: the key,
 * the connections, retries, polls and limits are the same, and so is what is
 * taken down of the answer.
 */
#include "refresh_private.h"

#include "chain.h"
#include "counter.h"
#include "executor/executor.h"
#include "row.h"
#include "utils/memutils.h"

/* The columns do not matter, but for which of them rows have. */
static PageLayout *
make_layout(const IntentTable *table, EState *estate)
{
	PlanState  *node = (PlanState *) makeNode(ForeignScanState);

	node->state = estate;
	return rows_layout(rows_prepare(table, NIL, NIL,
									inputs_prepare(NIL, NIL, NIL, false, node),
									node));
}

/*
 * Sends one request.  Each is a statement by itself, so that two that see
 * different runs do not start again but differ from what was.
 */
static void
ask(const TraceEntry *entry)
{
	IntentTable *table = table_load(entry->relid);
	EState	   *estate = CreateExecutorState();
	ChainStatement statement = {0};
	ChainCounters counters = {0};
	IntentRequest request = {table};
	ChainSetup	setup = {0};
	ChainSet   *set;

	request.fields = palloc0(sizeof(IntentField) * table->resource->nfilters);
	request.nchains = 1;
	request.body = entry->request;
	setup.table = table;
	setup.request = &request;
	setup.userid = entry->userid;
	setup.layout = make_layout(table, estate);
	setup.statement = &statement;
	setup.counters = &counters;
	setup.totals_only = true;
	setup.partial = true;		/* what the body asks is not in the fields */
	set = chains_open(&setup, CurrentMemoryContext);
	counters_of(table->server->serverid)->scans++;
	while (chains_next(set) != NULL)
		 /* a chain of a total has no rows */ ;
	chains_close(set);
	FreeExecutorState(estate);
}

/* Asked now, with memory given back at once. */
static bool
is_same(const TraceEntry *entry)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "intent_fdw probe",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	Trace	   *trace = trace_begin();
	bool		same;

	ask(entry);
	trace_end(trace);
	same = !trace->in_doubt && trace->n == 1 &&
		strcmp(trace->entries[0].answer, entry->answer) == 0;
	trace_free(trace);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
	return same;
}

/* Is each request answered by the same result as before?  Ends at the first that is not. */
bool
refresh_same_answers(const RefreshState *state)
{
	for (int i = 0; i < state->n; i++)
	{
		if (!is_same(&state->entries[i]))
			return false;
	}
	return true;
}
