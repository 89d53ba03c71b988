/*
 * scan_count.c
 *		A scan that counts rows instead of returning them.
 *
 * Part of scan.c.  The totals of the answers are the count when the requests
 * cover all conditions, which is known only with their values; else, and when
 * an answer tells no total, the rows are read, checked and counted.
 */
#include "scan_private.h"

#include "executor/executor.h"

/* Does the API alone decide which rows the request's conditions let through? */
static bool
is_covered(const IntentScan *scan, const IntentRequest *request)
{
	for (int i = 0; i < scan->inputs->n; i++)
	{
		if (!scan->inputs->inputs[i].always &&
			request->sent[i] != INTENT_SENT_EXACT)
			return false;
	}
	return true;
}

/* Does the scan ask for totals only?  For EXPLAIN, as far as it is known. */
bool
scan_asks_totals(const IntentScan *scan, const IntentRequest *request)
{
	return scan->counts != NIL && !scan->counted_rows &&
		is_covered(scan, request);
}

/* Prepares counting; "counts" as in INTENT_PLAN_COUNTS, NIL for none. */
void
scan_count_begin(IntentScan *scan, List *counts)
{
	scan->counts = counts;
	scan->results = palloc0(sizeof(int64) * Max(list_length(counts), 1));
	if (counts != NIL)
		scan->keep = false;
}

static void
add_to_results(IntentScan *scan, const TupleTableSlot *slot, int64 n)
{
	ListCell   *lc;

	foreach(lc, scan->counts)
	{
		int			attno = lfirst_int(lc);

		if (attno == 0 || !slot || !slot->tts_isnull[attno - 1])
			scan->results[foreach_current_index(lc)] += n;
	}
}

/* One request for each chain; false when an answer told no total. */
static bool
count_totals(ForeignScanState *node, IntentScan *scan)
{
	int64		total = 0;
	bool		told;

	scan_open_chains(node, true);
	if (scan->done)
		return true;			/* no chain at all */
	while (chains_next(scan->chains) != NULL)
		 /* chains of totals have no rows */ ;
	told = chains_total(scan->chains, &total) == scan->request->nchains;
	scan_stop_chains(scan);
	if (told)
		add_to_results(scan, NULL, total);
	return told;
}

static void
count_rows(ForeignScanState *node, IntentScan *scan)
{
	TupleTableSlot *slot = node->ss.ss_ScanTupleSlot;

	scan->counted_rows = true;
	scan_open_chains(node, false);
	while (scan_fetch_row(scan, slot))
		add_to_results(scan, slot, 1);
}

static void
store_results(IntentScan *scan, TupleTableSlot *slot)
{
	int			first = scan->table->natts;

	ExecClearTuple(slot);
	memset(slot->tts_isnull, true,
		   sizeof(bool) * slot->tts_tupleDescriptor->natts);
	for (int i = 0; i < list_length(scan->counts); i++)
	{
		slot->tts_values[first + i] = Int64GetDatum(scan->results[i]);
		slot->tts_isnull[first + i] = false;
	}
	ExecStoreVirtualTuple(slot);
}

/*
 * The one row of a counting scan, then none.  After a rescan with the same
 * values the count of before is returned again.
 */
TupleTableSlot *
scan_count(ForeignScanState *node)
{
	IntentScan *scan = node->fdw_state;
	ExprContext *econtext = node->ss.ps.ps_ExprContext;
	bool		same;

	if (scan->started)
		return ExecClearTuple(node->ss.ss_ScanTupleSlot);
	same = inputs_evaluate(scan->inputs, econtext);
	if (!same || !scan->counted)
	{
		scan_stop_chains(scan);
		scan->counted = scan->counted_rows = false;
		scan_make_request(scan, econtext);
		memset(scan->results, 0, sizeof(int64) * list_length(scan->counts));
		if (!is_covered(scan, scan->request) || !count_totals(node, scan))
			count_rows(node, scan);
		scan->counted = true;
	}
	scan->started = true;
	scan->statement->delivered = true;
	store_results(scan, node->ss.ss_ScanTupleSlot);
	return node->ss.ss_ScanTupleSlot;
}
