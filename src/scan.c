/*
 * scan.c
 *		Executor callbacks: begin, iterate, rescan, end, recheck.
 *
 * Begin does nothing that can be seen outside: EXPLAIN and EvalPlanQual call
 * it too.  Values are evaluated when the first row is asked for, and again
 * after each rescan; when they are the same and the rows were kept, they are
 * returned again and nothing is sent.
 */
#include "scan.h"

#include "access/table.h"
#include "executor/executor.h"
#include "intent_fdw.h"
#include "miscadmin.h"
#include "plan.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"

static List *
plan_private(ForeignScan *plan, IntentPlanPrivate which)
{
	return list_nth(plan->fdw_private, which);
}

static List *
plan_exprs(ForeignScan *plan, IntentPlanExprs which)
{
	return list_nth(plan->fdw_exprs, which);
}

/* ---- begin ---- */

static void
read_flags(IntentScan *scan, ForeignScan *plan, PlanState *node)
{
	List	   *flags = plan_private(plan, INTENT_PLAN_FLAGS);
	List	   *limit = plan_exprs(plan, INTENT_EXPRS_LIMIT);

	scan->use.reads_by_scores = list_nth_int(flags, INTENT_FLAG_READS_BY_SCORES);
	scan->use.date_local = list_nth_int(flags, INTENT_FLAG_DATE_LOCAL);
	scan->use.audience_local = list_nth_int(flags, INTENT_FLAG_AUDIENCE_LOCAL);
	scan->use.lacks_attno = list_nth_int(flags, INTENT_FLAG_LACKS_ATTNO);
	if (list_nth_int(flags, INTENT_FLAG_HAS_LIMIT))
		scan->limit_count = ExecInitExpr(linitial(limit), node);
	if (list_nth_int(flags, INTENT_FLAG_HAS_OFFSET))
		scan->limit_offset = ExecInitExpr(lsecond(limit), node);
}

/* The user whose mapping is used: of the view's owner, say. */
static Oid
scan_user(ForeignScanState *node, ForeignScan *plan)
{
	RangeTblEntry *rte PG_USED_FOR_ASSERTS_ONLY =
	exec_rt_fetch(plan->scan.scanrelid, node->ss.ps.state);
	Oid			userid = foreign_scan_user(plan, rte);

	return OidIsValid(userid) ? userid : GetUserId();
}

/* BeginForeignScan: reads the plan; sends and evaluates nothing. */
void
intentBeginForeignScan(ForeignScanState *node, int eflags)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	PlanState  *ps = &node->ss.ps;
	MemoryContext context = AllocSetContextCreate(ps->state->es_query_cxt,
												  "intent_fdw scan",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	IntentScan *scan = palloc0(sizeof(IntentScan));

	node->fdw_state = scan;
	scan->context = context;
	scan->request_context = AllocSetContextCreate(context, "intent_fdw conditions",
												  ALLOCSET_SMALL_SIZES);
	scan->table = table_load(RelationGetRelid(node->ss.ss_currentRelation));
	scan->userid = scan_user(node, plan);
	scan->inputs = inputs_prepare(plan_private(plan, INTENT_PLAN_CONDS),
								  plan_exprs(plan, INTENT_EXPRS_VALUES),
								  plan_exprs(plan, INTENT_EXPRS_CLAUSES), ps);
	read_flags(scan, plan, ps);
	scan->keep = (eflags & EXEC_FLAG_REWIND) != 0 || scan->inputs->has_params ||
		!bms_is_empty(ps->plan->extParam);
	if ((eflags & EXEC_FLAG_EXPLAIN_ONLY) == 0)
		scan->reader = rows_prepare(scan->table,
									plan_private(plan, INTENT_PLAN_RETRIEVED),
									plan_private(plan, INTENT_PLAN_NEEDED),
									scan->inputs, ps);
	MemoryContextSwitchTo(old);
}

/* ---- start ---- */

static int64
evaluate_limit(ExprState *state, ExprContext *econtext, int64 otherwise)
{
	bool		isnull;
	Datum		value;

	if (!state)
		return otherwise;
	value = ExecEvalExprSwitchContext(state, econtext, &isnull);
	return isnull ? otherwise : DatumGetInt64(value);
}

/*
 * Rows that LIMIT and OFFSET ask for, 0 for all.  A limit of zero never gets
 * here: Limit does not ask for a row then.
 */
static int64
rows_wanted(IntentScan *scan, ExprContext *econtext)
{
	int64		count = evaluate_limit(scan->limit_count, econtext, 0);
	int64		offset = evaluate_limit(scan->limit_offset, econtext, 0);

	if (count <= 0 || offset < 0 || count > PG_INT64_MAX - offset)
		return 0;
	return count + offset;
}

/* Is a condition that was to be sent only checked here after all? */
static bool
has_local_inputs(const IntentScan *scan)
{
	for (int i = 0; i < scan->inputs->n; i++)
	{
		if (!scan->inputs->inputs[i].always &&
			scan->request->sent[i] == INTENT_SENT_NOT)
			return true;
	}
	return false;
}

static void
stop_chains(IntentScan *scan)
{
	if (scan->chains)
		chains_close(scan->chains);
	scan->chains = NULL;
	scan->done = false;
}

static void
make_request(IntentScan *scan, ExprContext *econtext)
{
	MemoryContext old;

	MemoryContextReset(scan->request_context);
	old = MemoryContextSwitchTo(scan->request_context);
	scan->request = request_build(scan->table, scan->inputs->inputs,
								  scan->inputs->n, &scan->use);
	MemoryContextSwitchTo(old);
	scan->wanted = has_local_inputs(scan) ? 0 : rows_wanted(scan, econtext);
	request_raise(scan->request);
	rows_start(scan->reader, scan->request);
}

static void
open_chains(ForeignScanState *node, IntentScan *scan)
{
	ChainSetup	setup = {0};
	MemoryContext query = node->ss.ps.state->es_query_cxt;

	scan->statement = chain_statement(query, scan->table->server->serverid);
	scan->done = scan->request->nchains == 0;
	if (scan->done)
		return;
	setup.table = scan->table;
	setup.request = scan->request;
	setup.userid = scan->userid;
	setup.layout = rows_layout(scan->reader);
	setup.statement = scan->statement;
	setup.counters = &scan->counters;
	setup.wanted = scan->wanted;
	scan->chains = chains_open(&setup, scan->context);
}

static void
open_store(ForeignScanState *node, IntentScan *scan)
{
	MemoryContext old;

	if (!scan->keep)
		return;
	old = MemoryContextSwitchTo(scan->context);
	if (scan->store)
		tuplestore_clear(scan->store);
	else
	{
		TupleDesc	desc = node->ss.ss_ScanTupleSlot->tts_tupleDescriptor;

		scan->store = tuplestore_begin_heap(false, false, work_mem);
		scan->store_slot = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
	}
	scan->replaying = false;
	MemoryContextSwitchTo(old);
}

/*
 * The first row after Begin or ReScan: with the values of before, what was
 * kept is read again, else all starts anew.  A first rescan that nobody
 * announced finds nothing kept; from then on rows are.
 */
static void
start(ForeignScanState *node, IntentScan *scan)
{
	ExprContext *econtext = node->ss.ps.ps_ExprContext;
	bool		same = inputs_evaluate(scan->inputs, econtext);

	scan->keep |= same;
	if (same && scan->store &&
		scan->wanted == (has_local_inputs(scan) ? 0 : rows_wanted(scan, econtext)))
	{
		tuplestore_rescan(scan->store);
		scan->replaying = true;
	}
	else
	{
		stop_chains(scan);
		make_request(scan, econtext);
		open_store(node, scan);
		open_chains(node, scan);
	}
	scan->started = true;
}

/* ---- rows ---- */

/* The next row that the API sends; false at the end. */
static bool
fetch_row(IntentScan *scan, TupleTableSlot *slot)
{
	while (!scan->done)
	{
		Chain	   *chain = chains_next(scan->chains);
		bool		passes;

		if (!chain)
		{
			scan->done = true;
			chains_close(scan->chains);
			scan->chains = NULL;
			break;
		}
		passes = rows_fill(scan->reader, chain, slot);
		chain_row_taken(scan->chains, chain);
		if (passes)
			return true;
		CHECK_FOR_INTERRUPTS();
	}
	return false;
}

/*
 * A row returned before, or false when they are used up.  One that was on
 * disk is made in the current context and freed by the next call, so that must
 * not be the executor's per-tuple memory.
 */
static bool
replay_row(IntentScan *scan, TupleTableSlot *slot)
{
	TupleTableSlot *stored = scan->store_slot;
	MemoryContext old = MemoryContextSwitchTo(scan->context);
	bool		found = tuplestore_gettupleslot(scan->store, true, false, stored);

	MemoryContextSwitchTo(old);
	if (!found)
	{
		scan->replaying = false;
		return false;
	}
	slot_getallattrs(stored);
	ExecClearTuple(slot);
	for (int i = 0; i < stored->tts_tupleDescriptor->natts; i++)
	{
		slot->tts_values[i] = stored->tts_values[i];
		slot->tts_isnull[i] = stored->tts_isnull[i];
	}
	ExecStoreVirtualTuple(slot);
	return true;
}

/* IterateForeignScan: the next row, from what was kept or from the API. */
TupleTableSlot *
intentIterateForeignScan(ForeignScanState *node)
{
	IntentScan *scan = node->fdw_state;
	TupleTableSlot *slot = node->ss.ss_ScanTupleSlot;

	if (!scan->started)
		start(node, scan);
	if (scan->replaying && replay_row(scan, slot))
		return slot;
	if (!fetch_row(scan, slot))
		ExecClearTuple(slot);
	else if (scan->store)
		tuplestore_puttupleslot(scan->store, slot);
	scan->statement->delivered = true;
	return slot;
}

/*
 * ReScanForeignScan: values may have changed; they are looked at when the
 * next row is asked for.
 */
void
intentReScanForeignScan(ForeignScanState *node)
{
	IntentScan *scan = node->fdw_state;

	scan->started = false;
}

/* EndForeignScan: cancels what is under way; figures stay for EXPLAIN. */
void
intentEndForeignScan(ForeignScanState *node)
{
	IntentScan *scan = node->fdw_state;

	if (!scan)
		return;
	stop_chains(scan);
	if (scan->store)
		tuplestore_end(scan->store);
	scan->store = NULL;
	if (scan->store_slot)
		ExecDropSingleTupleTableSlot(scan->store_slot);
	scan->store_slot = NULL;
}

/* RecheckForeignScan: see inputs_recheck(). */
bool
intentRecheckForeignScan(ForeignScanState *node, TupleTableSlot *slot)
{
	IntentScan *scan = node->fdw_state;

	return inputs_recheck(scan->inputs, node->ss.ps.ps_ExprContext, slot,
						  scan->table);
}

/* Are LIMIT and OFFSET constants, or parameters with a value? */
static bool
limit_is_known(ForeignScanState *node)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;

	return inputs_are_known(plan_exprs(plan, INTENT_EXPRS_LIMIT),
							node->ss.ps.state->es_param_list_info);
}

/*
 * The request as far as it is known without running the plan, for EXPLAIN.
 * After a run it is the last one made.
 */
IntentRequest *
scan_describe(ForeignScanState *node, List *deparse_context)
{
	IntentScan *scan = node->fdw_state;

	if (!scan->request)
	{
		inputs_describe(scan->inputs, node->ss.ps.ps_ExprContext,
						node->ss.ps.state->es_param_list_info, deparse_context);
		scan->request = request_build(scan->table, scan->inputs->inputs,
									  scan->inputs->n, &scan->use);
		if (!has_local_inputs(scan) && limit_is_known(node))
			scan->wanted = rows_wanted(scan, node->ss.ps.ps_ExprContext);
	}
	return scan->request;
}
