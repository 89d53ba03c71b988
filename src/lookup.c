/*
 * lookup.c
 *		The batched lookup join, as the executor runs it.
 *
 * Collects outer rows until it has enough distinct keys, has the inner scan
 * ask for all of them (a chain for each, several at a time), and joins each
 * row that comes with the outer rows of its chain's key.  Join conditions are
 * evaluated on every such pair, the key's own included, so what comes out is
 * what a nested loop would give, in another order.
 *
 * Keys are told apart as they are sent.  Those that cannot be sent (an empty
 * string, say) are looked up after the others, all at once and without their
 * condition; the join conditions then decide.
 */
#include "lookup_private.h"

#include "executor/executor.h"
#include "executor/instrument.h"
#include "intent_fdw.h"
#include "lookup.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/ruleutils.h"

/* ---- the scan tuple ---- */

/* Outer columns from a slot; inner ones NULL. */
void
lookup_set_outer(LookupState *state, TupleTableSlot *from)
{
	TupleTableSlot *slot = state->css.ss.ss_ScanTupleSlot;

	slot_getallattrs(from);
	memcpy(slot->tts_values, from->tts_values, sizeof(Datum) * state->nouter);
	memcpy(slot->tts_isnull, from->tts_isnull, sizeof(bool) * state->nouter);
}

/* Inner columns from a slot, or NULL without one. */
void
lookup_set_inner(LookupState *state, TupleTableSlot *from)
{
	TupleTableSlot *slot = state->css.ss.ss_ScanTupleSlot;
	int			ninner = slot->tts_tupleDescriptor->natts - state->nouter;

	if (from == NULL)
	{
		memset(slot->tts_isnull + state->nouter, true, sizeof(bool) * ninner);
		return;
	}
	slot_getallattrs(from);
	memcpy(slot->tts_values + state->nouter, from->tts_values, sizeof(Datum) * ninner);
	memcpy(slot->tts_isnull + state->nouter, from->tts_isnull, sizeof(bool) * ninner);
}

/* Makes the scan tuple the one that expressions see. */
ExprContext *
lookup_show_tuple(LookupState *state)
{
	ExprContext *econtext = state->css.ss.ps.ps_ExprContext;
	TupleTableSlot *slot = state->css.ss.ss_ScanTupleSlot;

	ResetExprContext(econtext);
	ExecClearTuple(slot);
	ExecStoreVirtualTuple(slot);
	econtext->ecxt_scantuple = slot;
	return econtext;
}

static void
set_outer_row(LookupState *state, const LookupRow *row)
{
	ExecStoreMinimalTuple(row->tuple, state->row_slot, false);
	lookup_set_outer(state, state->row_slot);
}

/* The scan tuple as the plan puts it out, or NULL if the filter removes it. */
static TupleTableSlot *
filter_and_project(LookupState *state)
{
	PlanState  *ps = &state->css.ss.ps;

	if (!ExecQual(ps->qual, ps->ps_ExprContext))
	{
		InstrCountFiltered1(ps, 1);
		return NULL;
	}
	return ps->ps_ProjInfo ? ExecProject(ps->ps_ProjInfo) :
		state->css.ss.ss_ScanTupleSlot;
}

/* ---- lookups ---- */

static void
count_open(LookupState *state)
{
	state->open = 0;
	for (int i = 0; i < state->nrows; i++)
	{
		if (state->rows[i].pass == state->pass)
			state->open++;
	}
}

/* Has the inner scan look up the keys that can be sent, or all others. */
static void
start_pass(LookupState *state, LookupPass pass)
{
	state->pass = pass;
	state->phase = LOOKUP_ASK;
	count_open(state);
	if (pass == LOOKUP_SENT)
		scan_set_keys(state->scan, state->values, state->nkeys);
	else
		scan_set_keys(state->scan, &state->unsent_value, 1);
	ExecReScan(state->inner);
}

/* Starts the next lookup of the batch, or turns to rows without a match. */
static void
next_pass(LookupState *state)
{
	if (state->pass == LOOKUP_NONE && state->nkeys > 0)
		start_pass(state, LOOKUP_SENT);
	else if (state->pass != LOOKUP_UNSENT && state->has_unsent)
		start_pass(state, LOOKUP_UNSENT);
	else
	{
		state->phase = LOOKUP_REST;
		state->candidate = 0;
	}
}

/* One match is as good as any number. */
static bool
one_is_enough(const LookupState *state)
{
	return state->jointype == JOIN_SEMI || state->jointype == JOIN_ANTI;
}

/* The row of the pass from position i on, or -1. */
static int
row_of_pass(const LookupState *state, int i)
{
	for (; i < state->nrows; i++)
	{
		if (state->rows[i].pass == state->pass)
			return i;
	}
	return -1;
}

/* The first outer row that the inner scan's last row may belong to. */
static int
first_candidate(LookupState *state)
{
	const IntentScalar *scalar = scan_row_key(state->scan);

	state->by_key = scalar != NULL;
	return state->by_key ? batch_first_row(state, scalar) : row_of_pass(state, 0);
}

/* Asks the inner scan for a row, unless none can matter any more. */
static void
next_inner(LookupState *state)
{
	TupleTableSlot *slot = NULL;

	if (!one_is_enough(state) || state->open > 0)
		slot = ExecProcNode(state->inner);
	if (TupIsNull(slot))
	{
		next_pass(state);
		return;
	}
	lookup_set_inner(state, slot);
	state->candidate = first_candidate(state);
	state->phase = LOOKUP_MATCH;
}

/* Joins the inner row with the next outer row; NULL if nothing comes of it. */
static TupleTableSlot *
match_candidate(LookupState *state)
{
	LookupRow  *row;

	if (state->candidate < 0)
	{
		state->phase = LOOKUP_ASK;
		return NULL;
	}
	row = &state->rows[state->candidate];
	state->candidate = state->by_key ? row->next :
		row_of_pass(state, state->candidate + 1);
	if (one_is_enough(state) && row->matched)
		return NULL;
	set_outer_row(state, row);
	if (!ExecQual(state->join, lookup_show_tuple(state)))
		return NULL;
	if (!row->matched)
		state->open--;
	row->matched = true;
	return state->jointype == JOIN_ANTI ? NULL : filter_and_project(state);
}

/* The next outer row without a match, for the joins that want them. */
static TupleTableSlot *
unmatched_row(LookupState *state)
{
	LookupRow  *row;

	if (!IS_OUTER_JOIN(state->jointype) || state->candidate >= state->nrows)
	{
		state->phase = state->outer_done ? LOOKUP_DONE : LOOKUP_LOAD;
		return NULL;
	}
	row = &state->rows[state->candidate++];
	if (row->matched)
		return NULL;
	set_outer_row(state, row);
	lookup_set_inner(state, NULL);
	(void) lookup_show_tuple(state);
	return filter_and_project(state);
}

/* ---- callbacks ---- */

/* The next joined row, or NULL. */
static TupleTableSlot *
next_row(LookupState *state)
{
	TupleTableSlot *result = NULL;

	while (result == NULL)
	{
		CHECK_FOR_INTERRUPTS();
		switch (state->phase)
		{
			case LOOKUP_LOAD:
				state->pass = LOOKUP_NONE;
				if (batch_load(state))
					next_pass(state);
				else
					state->phase = LOOKUP_DONE;
				break;
			case LOOKUP_ASK:
				next_inner(state);
				break;
			case LOOKUP_MATCH:
				result = match_candidate(state);
				break;
			case LOOKUP_REST:
				result = unmatched_row(state);
				break;
			case LOOKUP_DONE:
				return NULL;
		}
	}
	return result;
}

/* ExecCustomScan: the next row, from what was kept or joined now. */
static TupleTableSlot *
lookup_exec(CustomScanState *node)
{
	LookupState *state = (LookupState *) node;
	TupleTableSlot *result = lookup_kept_row(state);

	if (result == NULL)
	{
		result = next_row(state);
		if (result)
			lookup_keep_row(state, result);
	}
	return result;
}

/* Everything anew. */
static void
start_over(LookupState *state)
{
	MemoryContextReset(state->context);
	state->nrows = 0;
	state->outer_done = false;
	state->batch_keys = state->all_rows ? state->most_keys :
		Min(state->scan->table->options->max_connections, state->most_keys);
	state->phase = LOOKUP_LOAD;
}

static void
begin_inner(LookupState *state, CustomScan *plan)
{
	ForeignScanState *inner = castNode(ForeignScanState, state->inner);

	if (inner->fdwroutine->BeginForeignScan != intentBeginForeignScan)
		elog(ERROR, "the inner plan of a batched lookup is not a scan of ours");
	state->scan = inner->fdw_state;
	state->most_keys = Min(LOOKUP_MAX_KEYS, state->scan->table->options->max_chains);
	state->key_type = exprType(linitial(state->scan->inputs->conds[0]->exprs));
	get_typlenbyval(state->key_type, &state->key_len, &state->key_byval);
	state->key_type = getBaseType(state->key_type);
}

/*
 * BeginCustomScan: starts both plans, which send nothing yet.  Neither is
 * rewound with the parameters of before: the join keeps its own rows.
 */
static void
lookup_begin(CustomScanState *node, EState *estate, int eflags)
{
	LookupState *state = (LookupState *) node;
	CustomScan *plan = (CustomScan *) node->ss.ps.plan;
	List	   *key = list_nth(plan->custom_exprs, LOOKUP_EXPRS_KEY);

	state->keep = (eflags & EXEC_FLAG_REWIND) != 0;
	eflags &= ~(EXEC_FLAG_REWIND | EXEC_FLAG_BACKWARD | EXEC_FLAG_MARK);
	state->outer = ExecInitNode(linitial(plan->custom_plans), estate, eflags);
	state->inner = ExecInitNode(lsecond(plan->custom_plans), estate, eflags);
	node->custom_ps = list_make2(state->outer, state->inner);
	state->jointype = list_nth_int(plan->custom_private, LOOKUP_PLAN_JOINTYPE);
	state->nouter = list_nth_int(plan->custom_private, LOOKUP_PLAN_NOUTER);
	state->all_rows = list_nth_int(plan->custom_private, LOOKUP_PLAN_ALL_ROWS);
	state->key = ExecInitExpr(linitial(key), &node->ss.ps);
	state->join = ExecInitQual(list_nth(plan->custom_exprs, LOOKUP_EXPRS_JOIN),
							   &node->ss.ps);
	begin_inner(state, plan);
	state->row_slot = ExecInitExtraTupleSlot(estate,
											 ExecGetResultType(state->outer),
											 &TTSOpsMinimalTuple);
	state->context = AllocSetContextCreate(estate->es_query_cxt,
										   "intent_fdw lookup batch",
										   ALLOCSET_DEFAULT_SIZES);
	start_over(state);
}

/*
 * ReScanCustomScan: while no parameter has changed, the rows are those of
 * before.  Core does not know the children, so they are told here.
 */
static void
lookup_rescan(CustomScanState *node)
{
	LookupState *state = (LookupState *) node;

	if (lookup_replay(state, node->ss.ps.chgParam == NULL))
		return;
	if (node->ss.ps.chgParam != NULL)
	{
		UpdateChangedParamSet(state->outer, node->ss.ps.chgParam);
		UpdateChangedParamSet(state->inner, node->ss.ps.chgParam);
	}
	if (state->outer->chgParam == NULL)
		ExecReScan(state->outer);
	start_over(state);
}

/* EndCustomScan */
static void
lookup_end(CustomScanState *node)
{
	LookupState *state = (LookupState *) node;

	lookup_end_store(state);
	ExecEndNode(state->outer);
	ExecEndNode(state->inner);
}

static const char *
join_name(JoinType jointype)
{
	switch (jointype)
	{
		case JOIN_LEFT:
			return "Left";
		case JOIN_SEMI:
			return "Semi";
		case JOIN_ANTI:
			return "Anti";
		default:
			return "Inner";
	}
}

/* ExplainCustomScan */
static void
lookup_explain(CustomScanState *node, List *ancestors, ExplainState *es)
{
	LookupState *state = (LookupState *) node;
	CustomScan *plan = (CustomScan *) node->ss.ps.plan;
	List	   *context = set_deparse_context_plan(es->deparse_cxt,
												   &plan->scan.plan, ancestors);
	List	   *key = list_nth(plan->custom_exprs, LOOKUP_EXPRS_KEY);
	List	   *join = list_nth(plan->custom_exprs, LOOKUP_EXPRS_JOIN);
	int			attno = list_nth_int(plan->custom_private, LOOKUP_PLAN_KEY_ATTNO);

	ExplainPropertyText("Join Type", join_name(state->jointype), es);
	ExplainPropertyText("Lookup Key",
						psprintf("%s = %s",
								 table_column(state->scan->table, attno)->name,
								 deparse_expression(linitial(key), context, true, false)),
						es);
	ExplainPropertyText("Join Cond",
						deparse_expression((Node *) make_ands_explicit(join),
										   context, true, false), es);
	if (es->analyze)
	{
		ExplainPropertyInteger("Lookup Keys", NULL, state->total_keys, es);
		ExplainPropertyInteger("Lookup Batches", NULL, state->batches, es);
	}
}

static const CustomExecMethods lookup_exec_methods = {
	.CustomName = "IntentLookup",
	.BeginCustomScan = lookup_begin,
	.ExecCustomScan = lookup_exec,
	.EndCustomScan = lookup_end,
	.ReScanCustomScan = lookup_rescan,
	.ExplainCustomScan = lookup_explain,
};

static Node *
create_state(CustomScan *plan)
{
	LookupState *state = palloc0(sizeof(LookupState));

	NodeSetTag(state, T_CustomScanState);
	state->css.methods = &lookup_exec_methods;
	return (Node *) state;
}

const CustomScanMethods lookup_scan_methods = {
	.CustomName = "IntentLookup",
	.CreateCustomScanState = create_state,
};
