/*
 * lookup_store.c
 *		The rows of a batched lookup join, kept for when it runs again.
 *
 * Part of lookup.c.  Rows go into a tuplestore (work_mem, then disk) where the
 * plan has announced that it may rewind, and from the first rescan on.  A run
 * that was left early goes on where the kept rows end.
 */
#include "lookup_private.h"

#include "executor/executor.h"
#include "miscadmin.h"

/* Where the join's rows are put out. */
static TupleTableSlot *
result_slot(const LookupState *state)
{
	const PlanState *ps = &state->css.ss.ps;

	return ps->ps_ProjInfo ? ps->ps_ResultTupleSlot : state->css.ss.ss_ScanTupleSlot;
}

static MemoryContext
query_context(const LookupState *state)
{
	return state->css.ss.ps.state->es_query_cxt;
}

/* Keeps a row that is put out, if rows are kept. */
void
lookup_keep_row(LookupState *state, TupleTableSlot *slot)
{
	MemoryContext old;

	if (!state->keep)
		return;
	if (!state->store)
	{
		old = MemoryContextSwitchTo(query_context(state));
		state->store = tuplestore_begin_heap(false, false, work_mem);
		state->store_slot =
			MakeSingleTupleTableSlot(result_slot(state)->tts_tupleDescriptor,
									 &TTSOpsMinimalTuple);
		MemoryContextSwitchTo(old);
	}
	tuplestore_puttupleslot(state->store, slot);
}

/*
 * The next row that was kept; NULL when the join is to go on.  One that was on
 * disk is made in the current context and freed by the next call.
 */
TupleTableSlot *
lookup_kept_row(LookupState *state)
{
	MemoryContext old;
	bool		found;

	if (!state->replaying)
		return NULL;
	old = MemoryContextSwitchTo(query_context(state));
	found = tuplestore_gettupleslot(state->store, true, false, state->store_slot);
	MemoryContextSwitchTo(old);
	state->replaying = found;
	if (!found)
		return NULL;
	rows_show(result_slot(state), state->store_slot);
	return result_slot(state);
}

/*
 * The join runs again, with the parameters of before or others: true if the
 * kept rows come first, false if all is to start over.  Then rows are kept if
 * such a run may follow.
 */
bool
lookup_replay(LookupState *state, bool same)
{
	if (same && state->keep)
	{
		if (state->store)
			tuplestore_rescan(state->store);
		state->replaying = state->store != NULL;
		return true;
	}
	if (state->store)
		tuplestore_clear(state->store);
	state->replaying = false;
	state->keep |= same;
	return false;
}

/* Gives back what the kept rows take. */
void
lookup_end_store(LookupState *state)
{
	if (!state->store)
		return;
	tuplestore_end(state->store);
	ExecDropSingleTupleTableSlot(state->store_slot);
	state->store = NULL;
}
