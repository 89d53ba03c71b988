/*
 * scan.c
 *		Executor callbacks: begin, iterate, rescan, end, recheck.
 *
 * Begin does nothing that can be seen outside: EXPLAIN and EvalPlanQual call
 * it too.  Values are evaluated when the first row is asked for, and again
 * after each rescan; when they are the same and the rows were kept, they are
 * returned again and nothing is sent.
 */
#include "scan_private.h"

#include "access/table.h"
#include "counter.h"
#include "executor/executor.h"
#include "intent_fdw.h"
#include "miscadmin.h"
#include "plan.h"
#include "utils/memutils.h"
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

/* The table; a scan that counts has no relation of its own. */
static RangeTblEntry *
scan_table(ForeignScanState *node, ForeignScan *plan)
{
	Index		rti = plan->scan.scanrelid;

	if (rti == 0)
		rti = bms_singleton_member(foreign_scan_relids(plan));
	return exec_rt_fetch(rti, node->ss.ps.state);
}

/* The user whose mapping is used: of the view's owner, say. */
static Oid
scan_user(ForeignScan *plan, RangeTblEntry *rte)
{
	Oid			userid = foreign_scan_user(plan, rte);

	return OidIsValid(userid) ? userid : GetUserId();
}

static TupleDesc
scan_desc(ForeignScanState *node)
{
	return node->ss.ss_ScanTupleSlot->tts_tupleDescriptor;
}

static bool
has_keys(ForeignScan *plan)
{
	return list_nth_int(plan_private(plan, INTENT_PLAN_FLAGS),
						INTENT_FLAG_HAS_KEYS);
}

/* BeginForeignScan: reads the plan; sends and evaluates nothing. */
void
intentBeginForeignScan(ForeignScanState *node, int eflags)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	PlanState  *ps = &node->ss.ps;
	RangeTblEntry *rte = scan_table(node, plan);
	MemoryContext context = AllocSetContextCreate(ps->state->es_query_cxt,
												  "intent_fdw scan",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	IntentScan *scan = palloc0(sizeof(IntentScan));

	node->fdw_state = scan;
	scan->context = context;
	scan->request_context = AllocSetContextCreate(context, "intent_fdw conditions",
												  ALLOCSET_SMALL_SIZES);
	scan->table = table_load(rte->relid);
	scan->userid = scan_user(plan, rte);
	scan->inputs = inputs_prepare(plan_private(plan, INTENT_PLAN_CONDS),
								  plan_exprs(plan, INTENT_EXPRS_VALUES),
								  plan_exprs(plan, INTENT_EXPRS_CLAUSES),
								  has_keys(plan), ps);
	read_flags(scan, plan, ps);
	scan->order = plan_private(plan, INTENT_PLAN_ORDER);
	scan->share = strVal(plan_private(plan, INTENT_PLAN_SHARE));
	scan->keep = !scan->inputs->has_keys &&
		((eflags & EXEC_FLAG_REWIND) != 0 || scan->inputs->has_params ||
		 !bms_is_empty(ps->plan->extParam));
	scan_count_begin(scan, plan_private(plan, INTENT_PLAN_COUNTS));
	if ((eflags & EXEC_FLAG_EXPLAIN_ONLY) == 0)
		scan->reader = rows_prepare(scan->table,
									plan_private(plan, INTENT_PLAN_RETRIEVED),
									plan_private(plan, INTENT_PLAN_NEEDED),
									scan->inputs, ps);
	if (scan->reader)
	{
		scan_watch_filter(node);
		scan_watch_changes(node);
	}
	if (scan->reader && scan->order != NIL)
		scan->best = best_prepare(scan->table, scan->order, scan->reader,
								  scan_desc(node));
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
bool
scan_has_local_inputs(const IntentScan *scan)
{
	for (int i = 0; i < scan->inputs->n; i++)
	{
		if (!scan->inputs->inputs[i].always &&
			scan->request->sent[i] == INTENT_SENT_NOT)
			return true;
	}
	return false;
}

/* Cancels what is under way; the next start begins anew. */
void
scan_stop_chains(IntentScan *scan)
{
	if (scan->chains)
		chains_close(scan->chains);
	scan->chains = NULL;
	if (scan->best)
		best_stop(scan->best);
	scan->done = false;
}

/* The request for the values just evaluated; raises what it lacks. */
void
scan_make_request(IntentScan *scan, ExprContext *econtext)
{
	MemoryContext old;

	MemoryContextReset(scan->request_context);
	old = MemoryContextSwitchTo(scan->request_context);
	scan->request = request_build(scan->table, scan->inputs->inputs,
								  scan->inputs->n, &scan->use);
	MemoryContextSwitchTo(old);
	scan->wanted = scan_has_local_inputs(scan) ? 0 : rows_wanted(scan, econtext);
	request_raise(scan->request);
	if (scan->request->nchains > 0)
		counters_of(scan->table->server->serverid)->scans++;
	rows_start(scan->reader, scan->request);
}

static const char *
scan_shape(IntentScan *scan)
{
	MemoryContext old;

	if (scan->has_shape)
		return scan->shape;
	old = MemoryContextSwitchTo(scan->context);
	scan->shape = inputs_shape(scan->inputs, scan->table, &scan->use,
							   &scan->shape_chains);
	scan->has_shape = true;
	MemoryContextSwitchTo(old);
	return scan->shape;
}

/* Chains for the request made before; done at once if it has none. */
void
scan_open_chains(ForeignScanState *node, bool totals_only)
{
	IntentScan *scan = node->fdw_state;
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
	setup.totals_only = totals_only;
	setup.bands = scan->best ? 1 : scan->table->options->score_bands;
	setup.score = rows_score_index(scan->reader);
	setup.partial = scan->inputs->has_keys &&
		scan->request->sent[0] == INTENT_SENT_NOT;
	setup.values_vary = !bms_is_empty(scan->inputs->varying);
	setup.shape = scan_shape(scan);
	setup.shape_parts = scan->inputs->has_keys ? scan->request->nchains :
		scan->shape_chains;
	if (scan->best)
		best_start(scan->best, &setup, &scan->use);
	else
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
		scan->store = tuplestore_begin_heap(false, false, work_mem);
		scan->store_slot = MakeSingleTupleTableSlot(scan_desc(node),
													&TTSOpsMinimalTuple);
	}
	scan->replaying = false;
	MemoryContextSwitchTo(old);
}

/*
 * The first row after Begin or ReScan: with the values of before, what was
 * kept is read again, else all starts anew.  A first rescan that nobody
 * announced finds nothing kept; from then on rows are, but for a batch's,
 * which would not tell their keys.
 */
static void
start(ForeignScanState *node, IntentScan *scan)
{
	ExprContext *econtext = node->ss.ps.ps_ExprContext;
	bool		same = inputs_evaluate(scan->inputs, econtext);

	scan->keep |= same && !scan->inputs->has_keys;
	if (same && scan->store &&
		scan->wanted == (scan_has_local_inputs(scan) ? 0 : rows_wanted(scan, econtext)))
	{
		tuplestore_rescan(scan->store);
		scan->replaying = true;
	}
	else
	{
		scan_stop_chains(scan);
		scan_make_request(scan, econtext);
		open_store(node, scan);
		scan_open_chains(node, false);
		if (scan->is_changed)
			scan_read_ahead(scan, node->ss.ss_ScanTupleSlot);
	}
	scan->started = true;
}

/* ---- rows ---- */

/*
 * A chain with rows to read, or NULL when there are no more.  A scan that must
 * not wait is "blocked" where it would have to, and gets NULL as well.
 */
Chain *
scan_next_chain(IntentScan *scan)
{
	Chain	   *chain = NULL;

	if (!scan->must_not_wait)
		return chains_next(scan->chains);
	scan->blocked = !scan->may_send || !chains_try(scan->chains, &chain);
	return chain;
}

/* The next row that the API sends; false at the end, or if it is blocked. */
bool
scan_fetch_row(IntentScan *scan, TupleTableSlot *slot)
{
	if (scan->best && !scan->done)
		return best_fetch(scan->best, slot);
	while (!scan->done)
	{
		Chain	   *chain = scan_next_chain(scan);
		bool		passes;

		if (scan->blocked)
			break;
		if (!chain)
		{
			scan->done = true;
			chains_close(scan->chains);
			scan->chains = NULL;
			break;
		}
		scan->row_chain = chain->spec;
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
	rows_show(slot, stored);
	return true;
}

/*
 * IterateForeignScan: the next row, from what was kept or from the API.  In a
 * scan that must not wait an empty slot may only mean that it is blocked.
 */
TupleTableSlot *
intentIterateForeignScan(ForeignScanState *node)
{
	IntentScan *scan = node->fdw_state;
	TupleTableSlot *slot = node->ss.ss_ScanTupleSlot;

	scan->blocked = false;
	if (scan->counts != NIL)
		return scan_count(node);
	if (!scan->started)
		start(node, scan);
	scan->handed_out++;
	if (scan->replaying && replay_row(scan, slot))
		return slot;
	if (!scan_fetch_row(scan, slot))
	{
		scan->handed_out--;
		ExecClearTuple(slot);
	}
	else if (scan->store)
		tuplestore_puttupleslot(scan->store, slot);
	if (!scan->blocked)
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

/* ---- batches ---- */

/*
 * The keys to ask for after the next rescan, each as if it were the only one.
 * They must stay until the first row is asked for.
 */
void
scan_set_keys(IntentScan *scan, const Datum *keys, int nkeys)
{
	scan->inputs->keys = keys;
	scan->inputs->nkeys = nkeys;
}

/*
 * The key that the row returned last was asked for with, or NULL when the
 * keys could not be sent, so that rows may belong to any of them.
 */
const IntentScalar *
scan_row_key(const IntentScan *scan)
{
	const IntentCond *cond = scan->inputs->conds[0];

	if (scan->request->sent[0] == INTENT_SENT_NOT)
		return NULL;
	return scan->row_chain->fields[table_column(scan->table, cond->attno)->filter].values;
}

/* EndForeignScan: cancels what is under way; figures stay for EXPLAIN. */
void
intentEndForeignScan(ForeignScanState *node)
{
	IntentScan *scan = node->fdw_state;

	if (!scan)
		return;
	scan_learn_share(node);
	scan_stop_chains(scan);
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
		if (!scan_has_local_inputs(scan) && limit_is_known(node))
			scan->wanted = rows_wanted(scan, node->ss.ps.ps_ExprContext);
	}
	return scan->request;
}
