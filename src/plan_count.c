/*
 * plan_count.c
 *		count(*) from the totals of answers.
 *
 * Part of plan.c.  A query that does nothing but count the rows of one table
 * becomes a scan that asks for totals, when its conditions are such that the
 * API alone decides which rows meet them.  The values may still be such that
 * it does not; then the same scan reads the rows and counts them, so that the
 * choice made here is only one of cost.
 */
#include "plan_private.h"

#include "access/table.h"
#include "catalog/pg_type_d.h"
#include "intent_fdw.h"
#include "nodes/makefuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/planmain.h"
#include "optimizer/tlist.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

/* fdw_private of the upper relation. */
typedef struct CountRel
{
	RelOptInfo *input;			/* the table */
	List	   *aggs;			/* Aggref */
} CountRel;

/* ---- may it be taken? ---- */

static const IntentColumn *
cond_column(const IntentRel *irel, const IntentCond *cond)
{
	return table_column(irel->table, cond->attno);
}

static bool
is_integral_type(Oid type)
{
	return type == INT2OID || type == INT4OID || type == INT8OID;
}

/* Do rows carry the column, as far as is known?  Then they would be checked. */
static bool
is_carried(const IntentRel *irel, const IntentColumn *column)
{
	Bitmapset  *carried;
	Bitmapset  *optional;

	return table_carried(irel->table->relid, &carried, &optional) &&
		bms_is_member(column->attno - 1, carried);
}

/*
 * May the API be left to decide on the condition?  Strings it may match more
 * widely than "=" does, so with those only the user can say that it does not.
 */
static bool
can_count_with(const IntentRel *irel, const IntentCond *cond)
{
	const IntentColumn *column = cond_column(irel, cond);
	bool		trusted = irel->table->options->count_pushdown ==
	INTENT_COUNT_TRUSTED;

	switch (column_filter(irel->table, column)->kind)
	{
		case INTENT_FILTER_TOPICS:
		case INTENT_FILTER_DATE:
		case INTENT_FILTER_AUDIENCE:
			return true;
		case INTENT_FILTER_RANGE:
			return is_integral_type(column->basetype);
		case INTENT_FILTER_BOOLEAN:
			return trusted || !is_carried(irel, column);
		default:
			return trusted && cond->exact;
	}
}

/* Is the column never null?  A person comes with a score. */
static bool
is_never_null(const IntentRel *irel, Var *var)
{
	const IntentFilter *filter;

	if (!IsA(var, Var) || var->varlevelsup != 0 || var->varattno <= 0)
		return false;
	filter = column_filter(irel->table, table_column(irel->table, var->varattno));
	return filter && filter->kind == INTENT_FILTER_RANGE;
}

static bool
is_row_count(const IntentRel *irel, const Aggref *agg)
{
	if (agg->aggfilter || agg->aggdistinct || agg->aggorder ||
		agg->agglevelsup != 0 || agg->aggsplit != AGGSPLIT_SIMPLE)
		return false;
	if (agg->aggfnoid == F_COUNT_)
		return true;
	return agg->aggfnoid == F_COUNT_ANY &&
		is_never_null(irel, (Var *) ((TargetEntry *) linitial(agg->args))->expr);
}

/* The row counts that the query puts out, NIL if there is anything else. */
static List *
row_counts(const IntentRel *irel, RelOptInfo *upper)
{
	List	   *found = pull_var_clause((Node *) upper->reltarget->exprs,
										PVC_INCLUDE_AGGREGATES |
										PVC_RECURSE_WINDOWFUNCS |
										PVC_RECURSE_PLACEHOLDERS);
	ListCell   *lc;

	foreach(lc, found)
	{
		Aggref	   *agg = lfirst(lc);

		if (!IsA(agg, Aggref) || !is_row_count(irel, agg))
			return NIL;
	}
	return found;
}

/* One table without groups, and all that is asked of it can be sent. */
static bool
is_plain_count(PlannerInfo *root, RelOptInfo *input, GroupPathExtraData *extra)
{
	Query	   *parse = root->parse;

	return input->reloptkind == RELOPT_BASEREL && !IS_DUMMY_REL(input) &&
		bms_membership(root->all_baserels) == BMS_SINGLETON &&
		parse->groupClause == NIL && parse->groupingSets == NIL &&
		parse->havingQual == NULL && extra->havingQual == NULL &&
		extra->patype == PARTITIONWISE_AGGREGATE_NONE &&
		!root->hasPseudoConstantQuals;
}

static bool
conditions_allow(const IntentRel *irel)
{
	ListCell   *lc;

	if (!irel->table->resource->total_counts ||
		irel->table->options->count_pushdown == INTENT_COUNT_OFF ||
		irel->local != NIL || !irel->estimate.covered ||
		!plan_has_input(irel->table, irel->sent))
		return false;
	foreach(lc, irel->sent)
	{
		if (!can_count_with(irel, lfirst(lc)))
			return false;
	}
	return true;
}

/* GetForeignUpperPaths: counting alone is what can be done above a scan. */
void
intentGetForeignUpperPaths(PlannerInfo *root, UpperRelationKind stage,
						   RelOptInfo *input_rel, RelOptInfo *output_rel,
						   void *extra)
{
	IntentRel  *irel = input_rel->fdw_private;
	CountRel   *count;
	List	   *aggs;

	if (stage != UPPERREL_GROUP_AGG || output_rel->fdw_private ||
		!is_plain_count(root, input_rel, extra) || !conditions_allow(irel))
		return;
	aggs = row_counts(irel, output_rel);
	if (aggs == NIL)
		return;
	count = palloc(sizeof(CountRel));
	count->input = input_rel;
	count->aggs = aggs;
	output_rel->fdw_private = count;
	add_path(output_rel, (Path *)
			 make_foreign_upper_path(root, output_rel, 1,
									 irel->estimate.count_cost,
									 irel->estimate.count_cost));
}

/* ---- the plan ---- */

/* A scan tuple has the table's columns at their own places. */
static Expr *
scan_column(const IntentRel *irel, Index relid, int attno)
{
	Oid			type;
	int32		typmod;
	Oid			collation;

	if (table_column(irel->table, attno)->attno == 0)
		return (Expr *) makeNullConst(INT4OID, -1, InvalidOid);
	get_atttypetypmodcoll(irel->table->relid, attno, &type, &typmod, &collation);
	return (Expr *) makeVar(relid, attno, type, typmod, collation, 0);
}

/* Then the counts; "counts" tells what each of them counts. */
static List *
scan_tlist(const CountRel *count, List **counts)
{
	const IntentRel *irel = count->input->fdw_private;
	List	   *tlist = NIL;
	ListCell   *lc;

	for (int attno = 1; attno <= irel->table->natts; attno++)
		tlist = lappend(tlist,
						makeTargetEntry(scan_column(irel, count->input->relid, attno),
										attno, NULL, false));
	foreach(lc, count->aggs)
	{
		Aggref	   *agg = lfirst(lc);
		TargetEntry *arg = agg->args ? linitial(agg->args) : NULL;

		tlist = lappend(tlist,
						makeTargetEntry((Expr *) copyObject(agg),
										list_length(tlist) + 1, NULL, false));
		*counts = lappend_int(*counts, arg ? ((Var *) arg->expr)->varattno : 0);
	}
	return tlist;
}

/* The plan of a path made above; conditions are those of the table. */
ForeignScan *
plan_count(PlannerInfo *root, RelOptInfo *upper, List *tlist)
{
	CountRel   *count = upper->fdw_private;
	RelOptInfo *rel = count->input;
	IntentRel  *irel = rel->fdw_private;
	List	   *retrieved = plan_retrieved(rel, NIL, irel->sent);
	List	   *flags = plan_flags(root, rel, irel->sent, NIL, retrieved, NIL,
								   NULL, false);
	List	   *values = NIL;
	List	   *clauses = NIL;
	List	   *counts = NIL;
	List	   *packed = plan_pack(irel->sent, &values, &clauses);
	List	   *scan_targets = scan_tlist(count, &counts);
	char	   *share = plan_share_name(rel, irel->sent, NIL, 0);

	return make_foreignscan(tlist, NIL, 0, list_make3(values, clauses, NIL),
							list_concat(list_make5(packed, retrieved,
												   plan_needed(root, rel, NIL),
												   flags, counts),
										list_make2(NIL, makeString(share))),
							scan_targets, NIL, NULL);
}
