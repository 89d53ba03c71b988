/*
 * plan_private.h
 *		What the parts of plan.c and the files that add further paths share.
 */
#ifndef INTENT_PLAN_PRIVATE_H
#define INTENT_PLAN_PRIVATE_H

#include "compat.h"

#include "estimate.h"
#include "plan.h"
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
	EstimateFor who;
	IntentEstimate estimate;	/* of the restrictions and the bound */
	double	   *ndistinct;		/* by attno - 1; 0: not asked for yet */
} IntentRel;

/*
 * ForeignPath's fdw_private: NIL is a scan with what its clauses give it, a
 * list of integers one in the order of the score (order.h), and this:
 */
typedef enum IntentPathPrivate
{
	INTENT_PATH_KEY,			/* RestrictInfo of a batched lookup, whose
								 * values come when the plan runs */
} IntentPathPrivate;

/* plan.c */
extern bool plan_has_input(const IntentTable *table, List *conds);
extern List *plan_retrieved(RelOptInfo *rel, List *local, List *sent);
extern List *plan_needed(PlannerInfo *root, RelOptInfo *rel, List *local);
extern List *plan_flags(PlannerInfo *root, RelOptInfo *rel, List *sent,
						List *local, List *retrieved, List *limit,
						Relids outer, bool has_keys);
extern List *plan_pack(List *sent, List **values, List **clauses);
extern bool plan_lacks_input(PlannerInfo *root, RelOptInfo *rel, List *conds,
							 Relids outer);
extern bool plan_pins(const IntentTable *table, List *conds,
					  IntentFilterKind kind);
extern bool plan_supplies(IntentRel *irel, const IntentCond *cond);

/* plan_share.c */
extern char *plan_share_name(const RelOptInfo *rel, List *sent, List *local,
							 int key);
extern bool plan_recall_rows(const RelOptInfo *rel, List *sent, List *local,
							 int key, double received, double *rows);

/* plan_limit.c */
extern List *plan_limit(PlannerInfo *root, RelOptInfo *rel, List *local);

/* plan_count.c */
extern ForeignScan *plan_count(PlannerInfo *root, RelOptInfo *upper,
							   List *tlist);

/* plan_batch.c */
extern IntentCond *plan_batch_key(PlannerInfo *root, RelOptInfo *rel,
								  ForeignPath *path);

#endif							/* INTENT_PLAN_PRIVATE_H */
