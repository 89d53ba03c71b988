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

static void
count_from_zero(IntentScan *scan)
{
	memset(scan->results, 0, sizeof(int64) * list_length(scan->counts));
	scan->counted_generation = scan->statement->generation;
}

static void
begin_counting(ForeignScanState *node, IntentScan *scan, ScanCounting how)
{
	scan->counting = how;
	scan->counted_rows = how == SCAN_COUNTS_ROWS;
	scan_open_chains(node, how == SCAN_COUNTS_TOTALS);
	count_from_zero(scan);
}

/*
 * One request for each chain.  When an answer tells no total, rows are counted
 * instead.
 */
static void
count_totals(ForeignScanState *node, IntentScan *scan)
{
	int64		total = 0;
	bool		told = true;

	while (!scan->done && scan_next_chain(scan) != NULL)
		 /* chains of totals have no rows */ ;
	if (scan->blocked)
		return;
	if (!scan->done)
		told = chains_total(scan->chains, &total) == scan->request->nchains;
	scan_stop_chains(scan);
	if (!told)
	{
		begin_counting(node, scan, SCAN_COUNTS_ROWS);
		return;
	}
	add_to_results(scan, NULL, total);
	scan->counting = SCAN_COUNTED;
}

/* Rows counted before all started again do not count. */
static void
count_rows(ForeignScanState *node, IntentScan *scan)
{
	TupleTableSlot *slot = node->ss.ss_ScanTupleSlot;
	bool		found;

	do
	{
		found = scan_fetch_row(scan, slot);
		if (scan->counted_generation != scan->statement->generation)
			count_from_zero(scan);
		if (found)
			add_to_results(scan, slot, 1);
	} while (found);
	if (!scan->blocked)
		scan->counting = SCAN_COUNTED;
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

/* With the values of before the count is known. */
static void
start_counting(ForeignScanState *node, IntentScan *scan)
{
	ExprContext *econtext = node->ss.ps.ps_ExprContext;
	bool		same = inputs_evaluate(scan->inputs, econtext);

	scan->count_returned = false;
	if (!same || scan->counting != SCAN_COUNTED)
	{
		scan_stop_chains(scan);
		scan->counting = SCAN_COUNTED_NOTHING;
		scan_make_request(scan, econtext);
		begin_counting(node, scan, is_covered(scan, scan->request) ?
					   SCAN_COUNTS_TOTALS : SCAN_COUNTS_ROWS);
	}
	scan->started = true;
}

/*
 * The one row of a counting scan, then none.  If the scan is blocked, the next
 * call goes on.
 */
TupleTableSlot *
scan_count(ForeignScanState *node)
{
	IntentScan *scan = node->fdw_state;
	TupleTableSlot *slot = node->ss.ss_ScanTupleSlot;

	if (!scan->started)
		start_counting(node, scan);
	if (scan->count_returned)
		return ExecClearTuple(slot);
	if (scan->counting == SCAN_COUNTS_TOTALS)
		count_totals(node, scan);
	if (scan->counting == SCAN_COUNTS_ROWS && !scan->blocked)
		count_rows(node, scan);
	if (scan->blocked)
		return ExecClearTuple(slot);
	scan->count_returned = true;
	scan->statement->delivered = true;
	store_results(scan, slot);
	return slot;
}
