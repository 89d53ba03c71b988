/*
 * lookup_private.h
 *		What the parts of lookup.c share: the state of a join and its batch.
 */
#ifndef INTENT_LOOKUP_PRIVATE_H
#define INTENT_LOOKUP_PRIVATE_H

#include "compat.h"

#include "scan.h"
#include "utils/hsearch.h"
#include "utils/tuplestore.h"

/* Which lookup of a batch an outer row takes part in. */
typedef enum LookupPass
{
	LOOKUP_NONE,				/* NULL, or no row can have such a value */
	LOOKUP_SENT,				/* its key can be sent */
	LOOKUP_UNSENT,				/* it cannot */
} LookupPass;

typedef struct LookupRow
{
	MinimalTuple tuple;
	int			next;			/* row with the same key, -1 for none */
	LookupPass	pass;
	bool		matched;
} LookupRow;

/* A distinct key; the scalar is the hash key. */
typedef struct LookupKey
{
	IntentScalar scalar;
	int			first;			/* its outer rows */
} LookupKey;

typedef enum LookupPhase
{
	LOOKUP_LOAD,				/* the next batch */
	LOOKUP_ASK,					/* the next inner row */
	LOOKUP_MATCH,				/* the next outer row for it */
	LOOKUP_REST,				/* the next outer row without a match */
	LOOKUP_DONE,
} LookupPhase;

typedef struct LookupState
{
	CustomScanState css;		/* must be first */

	/* from the plan */
	JoinType	jointype;
	int			nouter;
	bool		all_rows;
	int			most_keys;		/* of any batch */
	ExprState  *key;
	ExprState  *join;
	PlanState  *outer;
	PlanState  *inner;
	IntentScan *scan;			/* of the inner plan */
	TupleTableSlot *row_slot;	/* to take an outer row apart */
	int16		key_len;
	bool		key_byval;
	Oid			key_type;

	/* the batch */
	MemoryContext context;		/* reset for each batch */
	LookupRow  *rows;
	int			nrows;
	int			max_rows;		/* allocated */
	HTAB	   *keys;
	Datum	   *values;			/* one for each key */
	int			nkeys;
	bool		has_unsent;		/* there are rows of pass LOOKUP_UNSENT */
	Datum		unsent_value;	/* one of their keys; any will do */
	int			batch_keys;		/* bound of this batch */
	bool		outer_done;

	/* under way */
	LookupPhase phase;
	LookupPass	pass;
	int			open;			/* rows of the pass without a match */
	bool		by_key;			/* else any row of the pass may match */
	int			candidate;		/* row to try next */

	/* rows already returned, to return them again without a request */
	bool		keep;
	Tuplestorestate *store;
	bool		replaying;
	TupleTableSlot *store_slot;

	/* for EXPLAIN */
	int64		batches;
	int64		total_keys;
} LookupState;

/* lookup.c */
extern void lookup_set_outer(LookupState *state, TupleTableSlot *from);
extern void lookup_set_inner(LookupState *state, TupleTableSlot *from);
extern ExprContext *lookup_show_tuple(LookupState *state);

/* lookup_batch.c */
extern bool batch_load(LookupState *state);
extern int	batch_first_row(LookupState *state, const IntentScalar *scalar);

/* lookup_store.c */
extern void lookup_keep_row(LookupState *state, TupleTableSlot *slot);
extern TupleTableSlot *lookup_kept_row(LookupState *state);
extern bool lookup_replay(LookupState *state, bool same);
extern void lookup_end_store(LookupState *state);

#endif							/* INTENT_LOOKUP_PRIVATE_H */
