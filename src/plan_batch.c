/*
 * plan_batch.c
 *		The scan under a batched lookup (lookup_path.c), as plan.c makes it.
 *
 * Part of plan.c.
 */
#include "plan_private.h"

#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"

/*
 * The condition whose values are the keys of a batch, or NULL.  They come from
 * the join above when the plan runs: here is only their type.
 */
IntentCond *
plan_batch_key(PlannerInfo *root, RelOptInfo *rel, ForeignPath *path)
{
	IntentRel  *irel = rel->fdw_private;
	RestrictInfo *ri;
	IntentCond *cond;
	Node	   *value;

	if (path->fdw_private == NIL || IsA(path->fdw_private, IntList))
		return NULL;
	ri = list_nth_node(RestrictInfo, path->fdw_private, INTENT_PATH_KEY);
	cond = qual_classify(root, irel->table, rel->relid, ri->clause);
	value = linitial(cond->exprs);
	cond->exprs = list_make1(makeNullConst(exprType(value), exprTypmod(value),
										   exprCollation(value)));
	cond->clause = (Expr *) makeBoolConst(true, false);
	return cond;
}
