/*
 * usage.c
 *		How the columns of a foreign table are used in a statement.
 *
 * Works on the planner's state as it is when a plan is made from a path: the
 * reltargets hold everything above a scan, attr_needed tells what joins need,
 * and only the target list tells a bare output from an expression; so all of
 * them are read.  Where the planner does not show who takes the output (a
 * CTE, a sub-select in an expression, a set operation), it counts as needed:
 * too strict raises an error, too lax would give wrong rows.
 */
#include "usage.h"

#include "access/sysattr.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"

/* Adds the columns of a relation that an expression reads; 0 is all. */
static Bitmapset *
add_vars(PlannerInfo *root, Bitmapset *needed, Node *node, Index relid)
{
	List	   *vars = pull_var_clause(node, PVC_RECURSE_AGGREGATES |
									   PVC_RECURSE_WINDOWFUNCS |
									   PVC_RECURSE_PLACEHOLDERS);
	ListCell   *lc;

	foreach(lc, vars)
	{
		Var		   *var = lfirst(lc);

		if (IsA(var, Var) && var->varno == relid && var->varlevelsup == 0 &&
			var->varattno >= 0)
			needed = bms_add_member(needed, var->varattno);
	}
	return needed;
}

/* The Var that an expression is, with nothing but wrapping around it. */
static Var *
bare_var(Node *node)
{
	for (;;)
	{
		if (IsA(node, RelabelType))
			node = (Node *) ((RelabelType *) node)->arg;
		else if (IsA(node, PlaceHolderVar))
			node = (Node *) ((PlaceHolderVar *) node)->phexpr;
		else
			break;
	}
	return IsA(node, Var) ? (Var *) node : NULL;
}

/*
 * Do joins or lateral references read the column?  attr_needed names the
 * relations that do; bit 0 is the query's own output.
 */
bool
usage_in_joins(PlannerInfo *root, RelOptInfo *rel, int attno)
{
	Relids		users = rel->attr_needed[attno - rel->min_attr];
	int			i = -1;

	while ((i = bms_next_member(users, i)) >= 0)
	{
		if (i > 0)
			return true;
	}
	return false;
}

static bool only_shown(PlannerInfo *root, int resno);

/* One entry of the target list. */
static Bitmapset *
add_target(PlannerInfo *root, Bitmapset *needed, TargetEntry *tle, Index relid)
{
	Var		   *var = bare_var((Node *) tle->expr);
	bool		is_ours = var && var->varno == relid && var->varlevelsup == 0;

	if (!is_ours)
		return add_vars(root, needed, (Node *) tle->expr, relid);
	if (tle->resjunk && var->varattno == 0)
		return needed;			/* a row mark's copy of the row */
	if (tle->ressortgroupref != 0 || tle->resjunk ||
		!only_shown(root, tle->resno))
		return add_vars(root, needed, (Node *) tle->expr, relid);
	return needed;
}

/*
 * Columns needed by a relation that stands in the query itself (not a child
 * of another).
 */
static Bitmapset *
needed_by_query(PlannerInfo *root, RelOptInfo *rel)
{
	Bitmapset  *needed = NULL;
	ListCell   *lc;

	for (int attno = Max(rel->min_attr, 0); attno <= rel->max_attr; attno++)
	{
		if (usage_in_joins(root, rel, attno))
			needed = bms_add_member(needed, attno);
	}
	foreach(lc, root->processed_tlist)
		needed = add_target(root, needed, lfirst(lc), rel->relid);
	return add_vars(root, needed, root->parse->havingQual, rel->relid);
}

/* What the parent of an inheritance or UNION ALL child needs, as the child's. */
static Bitmapset *
needed_by_parent(PlannerInfo *root, RelOptInfo *rel)
{
	AppendRelInfo *info = root->append_rel_array[rel->relid];
	RelOptInfo *parent = root->simple_rel_array[info->parent_relid];
	Bitmapset  *of_parent = usage_needed(root, parent, NIL);
	bool		whole = bms_is_member(0, of_parent);
	Bitmapset  *needed = NULL;
	int			attno = 0;
	ListCell   *lc;

	foreach(lc, info->translated_vars)
	{
		Node	   *node = lfirst(lc);

		attno++;
		if (node == NULL)
			continue;
		if (whole || bms_is_member(attno, of_parent) || !bare_var(node))
			needed = add_vars(root, needed, node, rel->relid);
	}
	return needed;
}

static List *
clauses_of(List *restrictinfos)
{
	List	   *clauses = NIL;
	ListCell   *lc;

	foreach(lc, restrictinfos)
		clauses = lappend(clauses, ((RestrictInfo *) lfirst(lc))->clause);
	return clauses;
}

/* Do expressions other than a bare column read that column of the relation? */
static bool
computed_with(PlannerInfo *root, List *targets, Index relid, int attno)
{
	ListCell   *lc;

	foreach(lc, targets)
	{
		Node	   *node = (Node *) lfirst_node(TargetEntry, lc)->expr;
		Bitmapset  *read = bare_var(node) ? NULL :
		add_vars(root, NULL, node, relid);

		if (bms_is_member(attno, read) || bms_is_member(0, read))
			return true;
	}
	return false;
}

/*
 * Does RETURNING or ON CONFLICT use what is written into the column, and not
 * only put it out?
 */
static bool
used_where_written(PlannerInfo *root, int resno)
{
	Query	   *parse = root->parse;
	OnConflictExpr *conflict = parse->onConflict;
	int			attno = resno;
	Bitmapset  *read = NULL;

	if (parse->commandType == CMD_UPDATE)
		attno = list_nth_int(root->update_colnos, resno - 1);
	if (computed_with(root, parse->returningList, parse->resultRelation, attno))
		return true;
	if (!conflict)
		return false;
	read = add_vars(root, read, (Node *) conflict->arbiterElems,
					parse->resultRelation);
	read = add_vars(root, read, conflict->arbiterWhere, parse->resultRelation);
	read = add_vars(root, read, conflict->onConflictWhere,
					conflict->exclRelIndex);
	return bms_is_member(attno, read) || bms_is_member(0, read) ||
		computed_with(root, conflict->onConflictSet, conflict->exclRelIndex,
					  attno);
}

/* Is the query's output column handed on to a client and nothing else? */
static bool
only_shown(PlannerInfo *root, int resno)
{
	PlannerInfo *parent = root->parent_root;

	if (root->parse->commandType == CMD_MERGE || root->parse->setOperations)
		return false;
	if (parent == NULL)
		return root->parse->commandType == CMD_SELECT ||
			!used_where_written(root, resno);
	if (parent->parse->setOperations)
		return false;
	for (int i = 1; i < parent->simple_rel_array_size; i++)
	{
		RelOptInfo *rel = parent->simple_rel_array[i];

		if (rel && rel->subroot == root)
		{
			Bitmapset  *needed = usage_needed(parent, rel,
											  clauses_of(rel->baserestrictinfo));

			return !bms_is_member(resno, needed) && !bms_is_member(0, needed);
		}
	}
	return false;
}

/*
 * The columns of a relation whose values the statement needs (attnos; 0 means
 * all of them), "local_clauses" being those that are checked here.
 *
 * Call it while a plan is made from a path, not before: who takes a
 * subquery's output is known only then.
 */
Bitmapset *
usage_needed(PlannerInfo *root, RelOptInfo *rel, List *local_clauses)
{
	Bitmapset  *needed;

	if (rel->reloptkind == RELOPT_OTHER_MEMBER_REL)
		needed = needed_by_parent(root, rel);
	else
		needed = needed_by_query(root, rel);
	return add_vars(root, needed, (Node *) local_clauses, rel->relid);
}
