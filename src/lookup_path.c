/*
 * lookup_path.c
 *		The batched lookup join, as the planner sees it.
 *
 * A join on a column that can be sent as an equality may collect outer rows
 * and ask for the distinct keys of many of them at once.  This file offers
 * that as a custom path beside PostgreSQL's own joins, and makes its plan;
 * lookup.c runs it.  The inner side is a foreign scan without parameters that
 * is offered to nobody else: its keys come when the plan runs.
 */
#include "lookup_path.h"

#include <math.h>

#include "catalog/pg_type_d.h"
#include "estimate.h"
#include "intent_fdw.h"
#include "lookup.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "optimizer/restrictinfo.h"
#include "optimizer/tlist.h"
#include "plan_private.h"
#include "utils/guc.h"
#include "utils/selfuncs.h"

/*
 * What a batch costs above the same lookups one by one, in requests: for a
 * single outer row the plain nested loop is to win.
 */
#define BATCH_OVERHEAD 0.1

/* custom_private of the path */
typedef enum LookupPathPrivate
{
	LOOKUP_PATH_JOINTYPE,
	LOOKUP_PATH_KEY,			/* RestrictInfo */
	LOOKUP_PATH_RESTRICT,		/* all join clauses, RestrictInfo */
} LookupPathPrivate;

static bool enable_batched_lookup = true;
static set_join_pathlist_hook_type previous_hook = NULL;

/* ---- is a lookup possible? ---- */

static bool
has_pseudoconstants(List *restrictinfos)
{
	ListCell   *lc;

	foreach(lc, restrictinfos)
	{
		if (lfirst_node(RestrictInfo, lc)->pseudoconstant)
			return true;
	}
	return false;
}

/* A table of ours that stands in the query itself. */
static bool
is_ours(RelOptInfo *rel)
{
	return rel->reloptkind == RELOPT_BASEREL && rel->fdwroutine != NULL &&
		rel->fdwroutine->GetForeignRelSize == intentGetForeignRelSize &&
		rel->fdw_private != NULL;
}

static bool
takes_join_type(JoinType jointype)
{
	switch (jointype)
	{
		case JOIN_INNER:
		case JOIN_LEFT:
		case JOIN_SEMI:
		case JOIN_ANTI:
		case JOIN_UNIQUE_OUTER:
			return true;
		default:
			return false;
	}
}

/*
 * Row marks and changes of tables would need rows to be checked again one by
 * one (EvalPlanQual); lateral references would need parameters.
 */
static bool
may_look_up(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *innerrel,
			JoinType jointype, List *restrictlist)
{
	CmdType		command = root->parse->commandType;

	return takes_join_type(jointype) && is_ours(innerrel) &&
		(command == CMD_SELECT || command == CMD_INSERT) &&
		root->rowMarks == NIL &&
		bms_is_empty(innerrel->lateral_relids) &&
		bms_is_empty(joinrel->lateral_relids) &&
		!has_pseudoconstants(restrictlist) &&
		!has_pseudoconstants(innerrel->baserestrictinfo);
}

static bool
is_key_filter(IntentFilterKind kind)
{
	switch (kind)
	{
		case INTENT_FILTER_TOPICS:
		case INTENT_FILTER_STRINGS:
		case INTENT_FILTER_STRING:
		case INTENT_FILTER_DATE:
		case INTENT_FILTER_AUDIENCE:
		case INTENT_FILTER_INTEGER:
			return true;
		default:
			return false;
	}
}

/* A saved audience's config rules: other filters are not sent beside it. */
static bool
is_sent_beside(IntentRel *irel, IntentFilterKind kind)
{
	if (kind == INTENT_FILTER_AUDIENCE || kind == INTENT_FILTER_DATE ||
		!irel->table->resource->audience_rules)
		return true;
	return irel->table->options->audience_id == NULL &&
		!plan_pins(irel->table, irel->sent, INTENT_FILTER_AUDIENCE);
}

/* The condition that a join clause is, if outer rows can give its keys. */
static IntentCond *
key_cond(PlannerInfo *root, RelOptInfo *outerrel, RelOptInfo *innerrel,
		 RestrictInfo *ri)
{
	IntentRel  *irel = innerrel->fdw_private;
	IntentCond *cond = qual_classify(root, irel->table, innerrel->relid,
									 ri->clause);
	IntentFilterKind kind;
	Node	   *value;
	Relids		varnos;

	if (!cond || cond->op != INTENT_OP_EQ || !cond->exact || cond->nocase ||
		cond->nvalues != 1 || cond->nguards > 0 || cond->arrays != NULL)
		return NULL;
	kind = column_filter(irel->table,
						 table_column(irel->table, cond->attno))->kind;
	if (!is_key_filter(kind) || !is_sent_beside(irel, kind) ||
		!plan_supplies(irel, cond))
		return NULL;
	value = linitial(cond->exprs);
	if (kind == INTENT_FILTER_DATE && exprType(value) == TIMESTAMPTZOID)
		return NULL;			/* it may be equal to several days */
	varnos = pull_varnos(root, value);
	if (bms_is_empty(varnos) || !bms_is_subset(varnos, outerrel->relids) ||
		contain_subplans(value))
		return NULL;
	return cond;
}

/*
 * Is it known that rows tell the column?  Topic and score are in every form
 * of a row.
 */
static bool
is_on_rows(const IntentTable *table, int attno)
{
	IntentFilterKind kind = column_filter(table, table_column(table, attno))->kind;
	Bitmapset  *carried;
	Bitmapset  *optional;

	if (kind == INTENT_FILTER_TOPICS || kind == INTENT_FILTER_RANGE)
		return true;
	return table_carried(table->relid, &carried, &optional) &&
		bms_is_member(attno - 1, carried);
}

/*
 * Only the key is sent; other join conditions are checked on rows.  Where rows
 * may not carry the column, the nested loop, which sends them all, can answer
 * and a batch cannot.
 */
static bool
rest_is_on_rows(PlannerInfo *root, RelOptInfo *innerrel, List *restrictlist,
				const IntentCond *key)
{
	IntentRel  *irel = innerrel->fdw_private;
	ListCell   *lc;

	foreach(lc, restrictlist)
	{
		RestrictInfo *ri = lfirst_node(RestrictInfo, lc);
		IntentCond *cond = qual_classify(root, irel->table, innerrel->relid,
										 ri->clause);

		if (cond && cond->attno != key->attno &&
			!is_on_rows(irel->table, cond->attno))
			return false;
	}
	return true;
}

/* ---- the path ---- */

/*
 * Cost of looking up the keys of "outer", each as "one" estimates it: the
 * requests of a batch overlap, max_connections at a time.
 */
static void
cost_lookup(Path *path, const Path *outer, const IntentOptions *options,
			IntentEstimate one, double keys)
{
	double		rounds = ceil(keys / options->max_connections);
	double		at_once = Min(keys, options->max_connections);
	double		rows = keys * one.rows;
	Cost		requests = one.total_cost - options->startup_cost -
	one.rows * options->tuple_cost;
	Cost		first = options->startup_cost + BATCH_OVERHEAD * options->request_cost;

	/* the first batch reads as many outer rows as there are connections */
	path->startup_cost = outer->startup_cost + first + options->request_cost +
		(outer->total_cost - outer->startup_cost) * at_once / Max(keys, 1);
	path->total_cost = outer->total_cost + first +
		Max(rounds, 1) * requests + rows * options->tuple_cost +
		(rows + outer->rows + path->rows) * cpu_tuple_cost;
	path->total_cost = Max(path->total_cost, path->startup_cost);
}

/*
 * The inner side: a scan whose keys are not known yet, and no path of its own.
 * It is run once for each batch.
 */
static Path *
inner_path(PlannerInfo *root, RelOptInfo *innerrel, RestrictInfo *key,
		   const IntentCond *cond, IntentEstimate one, double keys)
{
	IntentRel  *irel = innerrel->fdw_private;
	int			most = Min(LOOKUP_MAX_KEYS, irel->table->options->max_chains);
	double		batch = keys / ceil(Max(keys, 1) / most);
	double		rows;

	if (!plan_recall_rows(innerrel, irel->sent, irel->local, cond->attno,
						  one.received * batch, &rows))
		rows = clamp_row_est(one.rows * batch *
							 clauselist_selectivity(root, irel->local,
													innerrel->relid,
													JOIN_INNER, NULL));
	return (Path *) make_foreign_path(root, innerrel, NULL, rows, 0,
									  one.startup_cost, one.total_cost, NIL,
									  NULL, list_make1(key));
}

static Plan *plan_lookup(PlannerInfo *root, RelOptInfo *rel,
						 CustomPath *best_path, List *tlist, List *clauses,
						 List *custom_plans);

static const CustomPathMethods lookup_path_methods = {
	.CustomName = "IntentLookup",
	.PlanCustomPath = plan_lookup,
};

static void
add_lookup(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *innerrel,
		   Path *outer, JoinType jointype, List *restrictlist,
		   RestrictInfo *key, IntentCond *cond)
{
	IntentRel  *irel = innerrel->fdw_private;
	List	   *conds = lcons(cond, list_copy(irel->sent));
	IntentEstimate one;
	double		keys;
	CustomPath *cpath;

	if (plan_lacks_input(root, innerrel, conds, NULL) ||
		!rest_is_on_rows(root, innerrel, restrictlist, cond))
		return;
	one = estimate_scan(&irel->who, conds);
	keys = estimate_num_groups(root, list_make1(linitial(cond->exprs)),
							   outer->rows, NULL, NULL);
	cpath = makeNode(CustomPath);
	cpath->path.pathtype = T_CustomScan;
	cpath->path.parent = joinrel;
	cpath->path.pathtarget = joinrel->reltarget;
	cpath->path.rows = joinrel->rows;
	path_copy_disabled(&cpath->path, outer);
	cpath->flags = CUSTOMPATH_SUPPORT_PROJECTION;
	cpath->custom_paths = list_make2(outer, inner_path(root, innerrel, key, cond,
													   one, keys));
	cpath->custom_private = list_make3(makeInteger(jointype), key, restrictlist);
	cpath->methods = &lookup_path_methods;
	cost_lookup(&cpath->path, outer, irel->table->options, one, keys);
	add_path(joinrel, &cpath->path);
}

/* The outer rows, without parameters; NULL if there is no such path. */
static Path *
outer_path(PlannerInfo *root, RelOptInfo *outerrel, JoinType *jointype,
		   SpecialJoinInfo *sjinfo)
{
	Path	   *path = outerrel->cheapest_total_path;

	if (path == NULL || PATH_REQ_OUTER(path) != NULL)
		return NULL;
	if (*jointype == JOIN_UNIQUE_OUTER)
	{
		*jointype = JOIN_INNER;
		return make_unique_path(root, outerrel, path, sjinfo);
	}
	return path;
}

/* set_join_pathlist_hook */
static void
consider_lookups(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *outerrel,
				 RelOptInfo *innerrel, JoinType jointype,
				 JoinPathExtraData *extra)
{
	Path	   *outer;
	ListCell   *lc;

	if (previous_hook)
		previous_hook(root, joinrel, outerrel, innerrel, jointype, extra);
	if (!enable_batched_lookup ||
		!may_look_up(root, joinrel, innerrel, jointype, extra->restrictlist))
		return;
	outer = outer_path(root, outerrel, &jointype, extra->sjinfo);
	if (!outer)
		return;
	foreach(lc, extra->restrictlist)
	{
		RestrictInfo *ri = lfirst_node(RestrictInfo, lc);
		IntentCond *cond;

		if (IS_OUTER_JOIN(jointype) && RINFO_IS_PUSHED_DOWN(ri, joinrel->relids))
			continue;
		cond = key_cond(root, outerrel, innerrel, ri);
		if (cond)
			add_lookup(root, joinrel, innerrel, outer, jointype,
					   extra->restrictlist, ri, cond);
	}
}

/* ---- the plan ---- */

/*
 * From 16 on a column has several spellings: a Var also says which outer joins
 * may have made it null.  A scan tuple must have one of them for each column,
 * the one that plans above use, and the conditions must use it too; what they
 * compute is the same.
 */
static Node *
same_column(Node *node, List *spellings)
{
	ListCell   *lc;

	foreach(lc, spellings)
	{
		Node	   *other = lfirst(lc);

		if (nodeTag(node) != nodeTag(other))
			continue;
		if (IsA(node, Var) &&
			((Var *) node)->varno == ((Var *) other)->varno &&
			((Var *) node)->varattno == ((Var *) other)->varattno &&
			((Var *) node)->varlevelsup == ((Var *) other)->varlevelsup)
			return other;
		if (IsA(node, PlaceHolderVar) &&
			((PlaceHolderVar *) node)->phid == ((PlaceHolderVar *) other)->phid)
			return other;
	}
	return NULL;
}

static Node *
respell(Node *node, List *spellings)
{
	if (node == NULL)
		return NULL;
	if (IsA(node, Var) || IsA(node, PlaceHolderVar))
	{
		Node	   *same = same_column(node, spellings);

		if (same)
			return copyObject(same);
	}
	return expression_tree_mutator(node, respell, spellings);
}

static List *
column_exprs(List *exprs)
{
	return pull_var_clause((Node *) exprs, PVC_RECURSE_AGGREGATES |
						   PVC_RECURSE_WINDOWFUNCS | PVC_INCLUDE_PLACEHOLDERS);
}

/* The columns of both sides, spelled as they are above the join. */
static List *
scan_tuple_exprs(RelOptInfo *joinrel, List *filter, Plan *outer, Plan *inner)
{
	List	   *spellings = list_concat(column_exprs(joinrel->reltarget->exprs),
										column_exprs(filter));
	List	   *exprs = list_concat(get_tlist_exprs(outer->targetlist, true),
									get_tlist_exprs(inner->targetlist, true));

	return (List *) respell((Node *) exprs, spellings);
}

static List *
target_list(List *exprs)
{
	List	   *tlist = NIL;
	ListCell   *lc;

	foreach(lc, exprs)
		tlist = lappend(tlist, makeTargetEntry(lfirst(lc),
											   list_length(tlist) + 1,
											   NULL, false));
	return tlist;
}

/* Conditions of a security barrier come before those that may leak. */
static int
compare_security(const ListCell *a, const ListCell *b)
{
	return (int) ((RestrictInfo *) lfirst(a))->security_level -
		(int) ((RestrictInfo *) lfirst(b))->security_level;
}

/* Join conditions and, above an outer join, those on its result. */
static void
split_restrictions(RelOptInfo *joinrel, JoinType jointype, List *restrictinfos,
				   List **join, List **filter)
{
	List	   *sorted = list_copy(restrictinfos);

	list_sort(sorted, compare_security);
	*filter = NIL;
	if (IS_OUTER_JOIN(jointype))
		extract_actual_join_clauses(sorted, joinrel->relids, join, filter);
	else
		*join = extract_actual_clauses(sorted, false);
}

/*
 * PlanCustomPath.  "tlist" is empty when a projection above puts its own in
 * later, so everything is made from the relation's target.
 */
static Plan *
plan_lookup(PlannerInfo *root, RelOptInfo *rel, CustomPath *best_path,
			List *tlist, List *clauses, List *custom_plans)
{
	List	   *private = best_path->custom_private;
	JoinType	jointype = intVal(list_nth(private, LOOKUP_PATH_JOINTYPE));
	RestrictInfo *ri = list_nth_node(RestrictInfo, private, LOOKUP_PATH_KEY);
	RelOptInfo *innerrel = ((Path *) lsecond(best_path->custom_paths))->parent;
	IntentRel  *irel = innerrel->fdw_private;
	IntentCond *cond = qual_classify(root, irel->table, innerrel->relid, ri->clause);
	Plan	   *outer = linitial(custom_plans);
	Plan	   *inner = lsecond(custom_plans);
	CustomScan *cscan = makeNode(CustomScan);
	List	   *join;
	List	   *filter;
	List	   *columns;

	split_restrictions(rel, jointype, list_nth(private, LOOKUP_PATH_RESTRICT),
					   &join, &filter);
	columns = scan_tuple_exprs(rel, filter, outer, inner);
	cscan->scan.plan.targetlist = tlist;
	cscan->scan.plan.qual = (List *) respell((Node *) filter, columns);
	cscan->flags = best_path->flags;
	cscan->custom_plans = custom_plans;
	cscan->custom_exprs =
		list_make2(list_make1(respell(linitial(cond->exprs), columns)),
				   respell((Node *) join, columns));
	cscan->custom_private = list_make4_int(jointype, cond->attno,
										   list_length(outer->targetlist),
										   root->tuple_fraction <= 0);
	cscan->custom_scan_tlist = target_list(columns);
	cscan->methods = &lookup_scan_methods;
	return &cscan->scan.plan;
}

/* Offers lookups to every planning from now on, under a setting. */
void
lookup_register(void)
{
	DefineCustomBoolVariable("intent_fdw.enable_batched_lookup",
							 "Enables the planner's use of batched lookups.",
							 "They ask for the keys of many outer rows of a join at once.",
							 &enable_batched_lookup, true, PGC_USERSET,
							 GUC_EXPLAIN, NULL, NULL, NULL);
	RegisterCustomScanMethods(&lookup_scan_methods);
	previous_hook = set_join_pathlist_hook;
	set_join_pathlist_hook = consider_lookups;
}
