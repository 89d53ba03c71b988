/*
 * lookup_batch.c
 *		The outer rows of a batched lookup, by their keys.
 *
 * Part of lookup.c.  Reads outer rows until there are enough distinct keys or
 * the rows take enough memory.  Keys are told apart as they are sent.
 */
#include "lookup_private.h"

#include "common/hashfn.h"
#include "digest.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/memutils.h"

/* Rows and keys that a batch has room for at first. */
#define FIRST_ROOM 64

static uint32
hash_scalar(const void *key, Size size)
{
	const IntentScalar *scalar = key;

	if (scalar->compare)
		return hash_bytes((const unsigned char *) scalar->compare,
						  (int) strlen(scalar->compare));
	return hash_bytes((const unsigned char *) &scalar->integer, sizeof(int64));
}

static int
match_scalar(const void *a, const void *b, Size size)
{
	const IntentScalar *x = a;
	const IntentScalar *y = b;

	if (x->compare)
		return strcmp(x->compare, y->compare);
	return x->integer != y->integer;
}

static void
reset_batch(LookupState *state)
{
	HASHCTL		ctl = {0};

	MemoryContextReset(state->context);
	ctl.keysize = sizeof(IntentScalar);
	ctl.entrysize = sizeof(LookupKey);
	ctl.hash = hash_scalar;
	ctl.match = match_scalar;
	ctl.hcxt = state->context;
	state->keys = hash_create("intent_fdw lookup keys", FIRST_ROOM, &ctl,
							  HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
	state->values = MemoryContextAlloc(state->context,
									   sizeof(Datum) * state->batch_keys);
	state->max_rows = FIRST_ROOM;
	state->rows = MemoryContextAlloc(state->context,
									 sizeof(LookupRow) * state->max_rows);
	state->nrows = 0;
	state->nkeys = 0;
	state->has_unsent = false;
}

/*
 * The key of the outer row in the scan tuple, as its request would have it:
 * in "scalar" when it can be sent.  Allocates in per-tuple memory.
 */
static LookupPass
digest_key(LookupState *state, Datum *value, IntentScalar *scalar)
{
	ExprContext *econtext = lookup_show_tuple(state);
	MemoryContext old = MemoryContextSwitchTo(econtext->ecxt_per_tuple_memory);
	IntentInput input = {0};
	Digest		digest;
	bool		isnull;

	*value = ExecEvalExpr(state->key, econtext, &isnull);
	if (isnull)
	{
		MemoryContextSwitchTo(old);
		return LOOKUP_NONE;
	}
	input.cond = state->scan->inputs->conds[0];
	input.nvalues = 1;
	input.values = value;
	input.types = &state->key_type;
	digest = digest_input(state->scan->table, &input);
	MemoryContextSwitchTo(old);
	if (digest.never)
		return LOOKUP_NONE;
	if (!digest.usable)
		return LOOKUP_UNSENT;
	*scalar = digest.values[0];
	return LOOKUP_SENT;
}

/* Files the row under its key, a new one if need be. */
static void
add_to_key(LookupState *state, int row, Datum value, const IntentScalar *scalar)
{
	bool		found;
	LookupKey  *key = hash_search(state->keys, scalar, HASH_ENTER, &found);

	if (!found)
	{
		/* only what tells keys apart outlives the row */
		key->scalar.text = NULL;
		if (scalar->compare)
			key->scalar.compare = MemoryContextStrdup(state->context, scalar->compare);
		key->first = -1;
		state->values[state->nkeys++] = datumCopy(value, state->key_byval,
												  state->key_len);
	}
	state->rows[row].next = key->first;
	key->first = row;
}

static int
add_row(LookupState *state, TupleTableSlot *slot, LookupPass pass)
{
	LookupRow  *row;

	if (state->nrows == state->max_rows)
	{
		state->max_rows *= 2;
		state->rows = repalloc_huge(state->rows,
									sizeof(LookupRow) * state->max_rows);
	}
	row = &state->rows[state->nrows];
	row->tuple = ExecCopySlotMinimalTuple(slot);
	row->next = -1;
	row->pass = pass;
	row->matched = false;
	return state->nrows++;
}

/* Takes an outer row into the batch, unless no result can come of it. */
static void
load_row(LookupState *state, TupleTableSlot *slot)
{
	MemoryContext old;
	IntentScalar scalar;
	Datum		value;
	LookupPass	pass;
	int			row;

	lookup_set_outer(state, slot);
	lookup_set_inner(state, NULL);
	pass = digest_key(state, &value, &scalar);
	if (pass == LOOKUP_NONE && !IS_OUTER_JOIN(state->jointype))
		return;
	old = MemoryContextSwitchTo(state->context);
	row = add_row(state, slot, pass);
	if (pass == LOOKUP_SENT)
		add_to_key(state, row, value, &scalar);
	else if (pass == LOOKUP_UNSENT && !state->has_unsent)
	{
		state->unsent_value = datumCopy(value, state->key_byval, state->key_len);
		state->has_unsent = true;
	}
	MemoryContextSwitchTo(old);
}

static bool
batch_is_full(const LookupState *state)
{
	if (state->nkeys == state->batch_keys)
		return true;
	return state->nrows > 0 &&
		MemoryContextMemAllocated(state->context, true) > (Size) work_mem * 1024;
}

/*
 * Reads outer rows until the batch has enough keys or takes enough memory.
 * False when there are none left.  Where few rows may be wanted, the first
 * batch is as small as what is asked at the same time; they double.  A key
 * that comes again in a later batch is asked for again.
 */
bool
batch_load(LookupState *state)
{
	reset_batch(state);
	while (!state->outer_done && !batch_is_full(state))
	{
		TupleTableSlot *slot = ExecProcNode(state->outer);

		if (TupIsNull(slot))
			state->outer_done = true;
		else
			load_row(state, slot);
		CHECK_FOR_INTERRUPTS();
	}
	state->batch_keys = Min(state->batch_keys * 2, state->most_keys);
	if (state->nrows == 0)
		return false;
	state->batches++;
	state->total_keys += state->nkeys;
	return true;
}

/* The first outer row of a key, -1 for a key of another batch. */
int
batch_first_row(LookupState *state, const IntentScalar *scalar)
{
	LookupKey  *key = hash_search(state->keys, scalar, HASH_FIND, NULL);

	return key ? key->first : -1;
}
