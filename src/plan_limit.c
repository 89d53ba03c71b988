/*
 * plan_limit.c
 *		LIMIT as a hint for how much to fetch.
 *
 * Part of plan.c.  PostgreSQL's own Limit stays in the plan.
 */
#include "plan_private.h"

#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"

/*
 * May LIMIT tell the scan how many rows are wanted?  Only where each row of
 * the scan is a row of the result, in any order.
 */
static bool
limit_reaches_scan(PlannerInfo *root, RelOptInfo *rel, List *local)
{
	Query	   *parse = root->parse;

	return parse->commandType == CMD_SELECT && parse->limitCount != NULL &&
		parse->limitOption == LIMIT_OPTION_COUNT && local == NIL &&
		rel->reloptkind == RELOPT_BASEREL &&
		bms_membership(root->all_baserels) == BMS_SINGLETON &&
		bms_is_member(rel->relid, root->all_baserels) &&
		parse->groupClause == NIL && parse->groupingSets == NIL &&
		parse->havingQual == NULL && parse->distinctClause == NIL &&
		parse->sortClause == NIL && parse->setOperations == NULL &&
		parse->rowMarks == NIL && root->rowMarks == NIL &&
		!parse->hasAggs && !parse->hasWindowFuncs && !parse->hasTargetSRFs;
}

/*
 * A capped resource has no second page: fewer rows than LIMIT asks for must
 * not come of some of them being removed by conditions.
 */
static bool
fetches_enough(const IntentRel *irel)
{
	ListCell   *lc;

	if (!irel->table->resource->capped)
		return true;
	foreach(lc, irel->sent)
	{
		const IntentCond *cond = lfirst(lc);

		if (!column_filter(irel->table, table_column(irel->table, cond->attno))->echo)
			return false;
	}
	return true;
}

/*
 * LIMIT's count and offset as expressions for the scan to evaluate, or NIL
 * where it may not know of them.
 */
List *
plan_limit(PlannerInfo *root, RelOptInfo *rel, List *local)
{
	Query	   *parse = root->parse;

	if (!limit_reaches_scan(root, rel, local) ||
		!fetches_enough(rel->fdw_private) ||
		contain_volatile_functions(parse->limitCount) ||
		contain_volatile_functions(parse->limitOffset) ||
		contain_subplans(parse->limitCount) ||
		contain_subplans(parse->limitOffset))
		return NIL;
	if (parse->limitOffset)
		return list_make2(parse->limitCount, parse->limitOffset);
	return list_make1(parse->limitCount);
}
