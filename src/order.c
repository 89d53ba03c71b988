/*
 * order.c
 *		Paths that return the best rows first.
 *
 * Offered where the first sort key that the query wants, or the query around
 * this arm of a UNION ALL, is the score as the API knows it.  PostgreSQL adds
 * an incremental sort for further keys, and weighs by cost: the first row
 * takes one request, all rows take the plain scan's requests and as many as
 * band.c may send beside.  The executor decides how bands are read exactly,
 * and what is not exact is never wrong there, but only slow; so offering too
 * much is a matter of cost.
 */
#include "order.h"

#include <math.h>

#include "band.h"
#include "best.h"
#include "best_score.h"
#include "catalog/pg_type_d.h"
#include "nodes/makefuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "utils/guc.h"
#include "utils/typcache.h"

static bool enable_best_first = true;

/* Called once, when the library is loaded. */
void
order_define_settings(void)
{
	DefineCustomBoolVariable("intent_fdw.enable_best_first",
							 "Lets scans return rows in the order of the score.",
							 "Then ORDER BY intent_score with LIMIT need not read the whole audience.",
							 &enable_best_first, true, PGC_USERSET,
							 GUC_EXPLAIN, NULL, NULL, NULL);
}

/* ---- the score ---- */

/* Does the column read the score by which requests can be narrowed? */
static bool
is_score(const IntentTable *table, int attno)
{
	const IntentColumn *column = table_column(table, attno);
	const IntentFilter *filter = column_filter(table, column);
	const IntentColumnDef *def;

	if (column->attno <= 0 || column->source != INTENT_SOURCE_MEMBER ||
		!filter || filter->kind != INTENT_FILTER_RANGE)
		return false;
	if (column->basetype == NUMERICOID && column->basetypmod >= 0)
		return false;			/* numeric(p,s) rounds */
	def = resource_column_by_key(table->resource, column->key);
	return def && def->filter && strcmp(def->filter, filter->name) == 0 &&
		best_score_has_type(column->basetype);
}

/* The column of the relation that an expression is, or 0. */
static int
bare_column(Expr *expr, const RelOptInfo *rel)
{
	Var		   *var;

	while (IsA(expr, RelabelType))
		expr = ((RelabelType *) expr)->arg;
	var = (Var *) expr;
	if (!IsA(var, Var) || var->varno != rel->relid || var->varlevelsup != 0 ||
		var->varattno <= 0)
		return 0;
	return var->varattno;
}

static TypeCacheEntry *
score_type(const IntentTable *table, int attno)
{
	return lookup_type_cache(table_column(table, attno)->basetype,
							 TYPECACHE_BTREE_OPFAMILY | TYPECACHE_LT_OPR |
							 TYPECACHE_GT_OPR);
}

/* ---- the order that is wanted ---- */

/* The score's column, if that is what the query sorts by first; else 0. */
static int
wanted_column(const IntentTable *table, RelOptInfo *rel, PathKey *key)
{
	ClassMemberIterator members;
	EquivalenceMember *member;

	start_class_members(&members, key->pk_eclass, rel->relids);
	while ((member = next_class_member(&members)) != NULL)
	{
		int			attno;

		if (member->em_is_const || !bms_equal(member->em_relids, rel->relids))
			continue;
		attno = bare_column(member->em_expr, rel);
		if (attno > 0 && is_score(table, attno) &&
			score_type(table, attno)->btree_opf == key->pk_opfamily)
			return attno;
	}
	return 0;
}

/* The score among the columns that the relation puts out, as a Var; or NULL. */
static Var *
output_score(const IntentTable *table, RelOptInfo *rel)
{
	ListCell   *lc;

	foreach(lc, rel->reltarget->exprs)
	{
		int			attno = bare_column(lfirst(lc), rel);

		if (attno > 0 && is_score(table, attno))
			return lfirst(lc);
	}
	return NULL;
}

/*
 * An arm of a UNION ALL is a query of its own, that wants no order; the query
 * around it may.
 */
static List *
arm_order(PlannerInfo *root, RelOptInfo *rel, const IntentTable *table,
		  int *attno, bool *descending)
{
	List	   *outer = root->parent_root ?
	root->parent_root->query_pathkeys : NIL;
	Var		   *var = outer == NIL ? NULL : output_score(table, rel);
	TypeCacheEntry *type;

	if (!var || !IsA(var, Var))
		return NIL;
	*attno = var->varattno;
	*descending = pathkey_is_descending(linitial_node(PathKey, outer));
	type = score_type(table, *attno);
	return make_expression_pathkey(root, (Expr *) var,
								   *descending ? type->gt_opr : type->lt_opr,
								   rel->relids);
}

/* The path's order: pathkeys, the score's column and the direction; or NIL. */
static List *
find_order(PlannerInfo *root, RelOptInfo *rel, const IntentTable *table,
		   int *attno, bool *descending)
{
	PathKey    *key;

	if (root->query_pathkeys == NIL)
		return arm_order(root, rel, table, attno, descending);
	key = linitial_node(PathKey, root->query_pathkeys);
	*attno = wanted_column(table, rel, key);
	if (*attno == 0)
		return NIL;
	*descending = pathkey_is_descending(key);
	return list_make1(key);
}

/* ---- is it worth it? ---- */

static IntentFilterKind
cond_kind(const IntentTable *table, const IntentCond *cond)
{
	return column_filter(table, table_column(table, cond->attno))->kind;
}

/* Is there a condition on a saved audience, or a saved audience? */
static bool
has_audience(const OrderInput *input)
{
	ListCell   *lc;

	foreach(lc, input->sent)
	{
		if (cond_kind(input->table, lfirst(lc)) == INTENT_FILTER_AUDIENCE)
			return true;
	}
	return input->table->options->audience_id != NULL;
}

/* Has each request one topic for certain? */
static bool
one_topic(const OrderInput *input)
{
	const IntentOptions *options = input->table->options;
	ListCell   *lc;

	if (options->topic_mode == INTENT_TOPICS_EACH || options->ntopic_ids == 1)
		return true;
	foreach(lc, input->sent)
	{
		IntentCond *cond = lfirst(lc);

		if (cond_kind(input->table, cond) == INTENT_FILTER_TOPICS &&
			options->ntopic_ids == 0 && cond->nvalues == 1 &&
			cond->arrays == NULL)
			return true;
	}
	return false;
}

/* Does the scan read a column that a raised minScore changes? */
static bool
reads_by_scores(RelOptInfo *rel, const OrderInput *input)
{
	Bitmapset  *attrs = NULL;
	ListCell   *lc;

	pull_varattnos((Node *) rel->reltarget->exprs, rel->relid, &attrs);
	pull_varattnos((Node *) input->local, rel->relid, &attrs);
	foreach(lc, input->sent)
		pull_varattnos((Node *) ((IntentCond *) lfirst(lc))->clause, rel->relid,
					   &attrs);
	if (bms_is_member(0 - FirstLowInvalidHeapAttributeNumber, attrs))
		return true;
	for (int attno = 1; attno <= input->table->natts; attno++)
	{
		if (table_column(input->table, attno)->by_scores &&
			bms_is_member(attno - FirstLowInvalidHeapAttributeNumber, attrs))
			return true;
	}
	return false;
}

static bool
has_exact_bands(RelOptInfo *rel, const OrderInput *input, bool descending)
{
	if (has_audience(input))
		return false;
	if (one_topic(input))
		return bands_split_cost(BAND_APART, input->estimate.chains) <=
			BAND_MAX_EXTRA_REQUESTS;
	return descending && !reads_by_scores(rel, input) &&
		input->table->options->min_topic_overlap <= 1 &&
		bands_split_cost(BAND_NESTED, input->estimate.chains) <=
		BAND_MAX_EXTRA_REQUESTS;
}

/* ---- LIMIT ---- */

/* Rows that are likely to be asked for, 0 when that is not known. */
static int
rows_wanted(PlannerInfo *root)
{
	double		rows = root->limit_tuples;

	if (rows <= 0 && root->tuple_fraction >= 1)
		rows = root->tuple_fraction;
	if (rows <= 0 && root->parent_root && root->query_pathkeys == NIL)
		rows = root->parent_root->limit_tuples;
	if (rows <= 0)
		return 0;
	return (int) Min(ceil(rows), PG_INT32_MAX);
}

static bool
is_constant(Node *node)
{
	return node == NULL || IsA(node, Const);
}

/* Are these nothing but "score IS NOT NULL", as max() and min() add it? */
static bool
always_true(const OrderInput *input, RelOptInfo *rel, int attno)
{
	ListCell   *lc;

	foreach(lc, input->local)
	{
		NullTest   *test = lfirst(lc);

		if (!IsA(test, NullTest) || test->nulltesttype != IS_NOT_NULL ||
			bare_column(test->arg, rel) != attno)
			return false;
	}
	return true;
}

/*
 * Does LIMIT stand right above the scan, so that it takes those rows and not
 * one more?
 */
static bool
limit_is_sure(PlannerInfo *root, RelOptInfo *rel, const OrderInput *input,
			  int attno)
{
	Query	   *parse = root->parse;

	return parse->commandType == CMD_SELECT && parse->limitCount != NULL &&
		parse->limitOption == LIMIT_OPTION_COUNT && root->limit_tuples > 0 &&
		is_constant(parse->limitCount) && is_constant(parse->limitOffset) &&
		rel->reloptkind == RELOPT_BASEREL &&
		bms_membership(root->all_baserels) == BMS_SINGLETON &&
		list_length(root->query_pathkeys) == 1 && parse->rowMarks == NIL &&
		parse->setOperations == NULL && always_true(input, rel, attno);
}

/* ---- the path ---- */

static Cost
sort_cost(double rows)
{
	return 2 * cpu_operator_cost * rows * log(Max(rows, 2)) / log(2);
}

/*
 * Adds a path in the order of the score, if one is wanted and can be had.
 * The plain path has been added already.
 */
void
order_add_path(PlannerInfo *root, RelOptInfo *rel, const OrderInput *input)
{
	const IntentEstimate *estimate = &input->estimate;
	const IntentOptions *options = input->table->options;
	int			attno;
	bool		descending;
	List	   *pathkeys;
	List	   *private;
	Cost		total;

	if (!enable_best_first)
		return;
	pathkeys = find_order(root, rel, input->table, &attno, &descending);
	if (pathkeys == NIL || !has_exact_bands(rel, input, descending))
		return;
	private = list_make5_int(attno, descending, rows_wanted(root),
							 limit_is_sure(root, rel, input, attno),
							 (int) Min(estimate->rows, PG_INT32_MAX));
	total = estimate->unsplit_cost + estimate->rows * cpu_tuple_cost +
		BAND_MAX_EXTRA_REQUESTS * options->request_cost +
		sort_cost(estimate->rows);
	add_path(rel, (Path *)
			 make_foreign_path(root, rel, NULL, input->rows, 0,
							   estimate->startup_cost, total, pathkeys,
							   rel->lateral_relids, private));
}
