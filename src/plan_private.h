/*
 * plan_private.h
 *		What plan.c shares with the files that add further paths.
 */
#ifndef INTENT_PLAN_PRIVATE_H
#define INTENT_PLAN_PRIVATE_H

#include "compat.h"

#include "qual.h"
#include "table.h"

/* baserel->fdw_private while planning. */
typedef struct IntentRel
{
	IntentTable *table;
	List	   *bound;			/* clauses of a partition's own bound */
	List	   *sent;			/* IntentCond: restrictions and bound */
	List	   *local;			/* clauses of them that are not sent */
	Bitmapset  *not_carried;	/* attnos that rows are known not to carry */
} IntentRel;

/* ForeignPath's fdw_private; NIL is a scan with what its clauses give it */
typedef enum IntentPathPrivate
{
	INTENT_PATH_KEY,			/* RestrictInfo of a batched lookup, whose
								 * values come when the plan runs */
} IntentPathPrivate;

/* plan.c */
extern bool plan_lacks_input(PlannerInfo *root, RelOptInfo *rel, List *conds,
							 Relids outer);
extern bool plan_pins(const IntentTable *table, List *conds,
					  IntentFilterKind kind);
extern bool plan_supplies(IntentRel *irel, const IntentCond *cond);

/* plan_batch.c */
extern IntentCond *plan_batch_key(PlannerInfo *root, RelOptInfo *rel,
								  ForeignPath *path);

#endif							/* INTENT_PLAN_PRIVATE_H */
