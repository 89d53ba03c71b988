/*
 * plan.c
 *		Planner callbacks: size, paths, plan.
 *
 * Clauses that the resource can take become conditions, the rest stays with
 * PostgreSQL.  A path that lacks an input (no topic, no saved audience, a join
 * condition that rows cannot tell) always exists and is the last choice; the
 * executor raises when it is run.  Nothing here can send anything.
 */
#include "plan_private.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "intent_fdw.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "optimizer/planmain.h"
#include "optimizer/prep.h"
#include "optimizer/restrictinfo.h"
#include "order.h"
#include "rewrite/rewriteManip.h"
#include "usage.h"
#include "utils/partcache.h"
#include "utils/rel.h"
#include "utils/selfuncs.h"

/*
 * Cost of a path that lacks an input: above any number of paths that
 * PostgreSQL 15 to 17 disable at 1e10 each.
 */
#define LACKING_COST 1.0e13

/* The same for 18 on, where disabled nodes are counted and compared first. */
#define LACKING_DISABLED 1000

/* ---- conditions of a relation or a path ---- */

/* Sorts clauses into conditions and local ones; pseudoconstants are neither. */
static void
split_clauses(PlannerInfo *root, RelOptInfo *rel, List *restrictinfos,
			  List **sent, List **local)
{
	IntentRel  *irel = rel->fdw_private;
	ListCell   *lc;

	foreach(lc, restrictinfos)
	{
		RestrictInfo *ri = lfirst_node(RestrictInfo, lc);
		IntentCond *cond;

		if (ri->pseudoconstant)
			continue;
		cond = qual_classify(root, irel->table, rel->relid, ri->clause);
		if (cond)
			*sent = lappend(*sent, cond);
		else
			*local = lappend(*local, ri->clause);
	}
}

/* The same for the partition's bound, which core does not check here. */
static void
split_bound(PlannerInfo *root, RelOptInfo *rel, List **sent, List **local)
{
	IntentRel  *irel = rel->fdw_private;
	ListCell   *lc;

	foreach(lc, irel->bound)
	{
		IntentCond *cond = qual_classify(root, irel->table, rel->relid, lfirst(lc));

		if (cond)
			*sent = lappend(*sent, cond);
		else
			*local = lappend(*local, lfirst(lc));
	}
}

static List *
partition_bound(PlannerInfo *root, RelOptInfo *rel, Oid relid)
{
	Relation	relation = table_open(relid, NoLock);
	List	   *bound = NIL;

	if (relation->rd_rel->relispartition)
	{
		bound = copyObject(RelationGetPartitionQual(relation));
		ChangeVarNodes((Node *) bound, 1, rel->relid, 0);
		bound = (List *) eval_const_expressions(root, (Node *) bound);
		bound = make_ands_implicit(canonicalize_qual(make_ands_explicit(bound),
													 false));
	}
	table_close(relation, NoLock);
	return bound;
}

/* Columns whose member no row had: they must not be needed here. */
static Bitmapset *
known_not_carried(const IntentTable *table)
{
	Bitmapset  *carried;
	Bitmapset  *optional;
	Bitmapset  *result = NULL;

	if (!table_carried(table->relid, &carried, &optional))
		return NULL;
	for (int i = 0; i < table->natts; i++)
	{
		const IntentColumn *column = &table->columns[i];

		if (column->attno > 0 && column->source == INTENT_SOURCE_MEMBER &&
			!bms_is_member(i, carried))
			result = bms_add_member(result, column->attno);
	}
	return result;
}

/*
 * Rows that a scan gives when it checks what is not sent: as far as remembered,
 * else as PostgreSQL guesses.
 */
static double
rows_given(PlannerInfo *root, RelOptInfo *rel, const IntentEstimate *estimate,
		   List *sent, List *local)
{
	double		rows;

	if (plan_recall_rows(rel, sent, local, 0, estimate->received, &rows))
		return rows;
	return clamp_row_est(estimate->rows *
						 clauselist_selectivity(root, local, rel->relid,
												JOIN_INNER, NULL));
}

static bool
reads_by_scores(const IntentTable *table, List *retrieved)
{
	ListCell   *lc;

	foreach(lc, retrieved)
	{
		if (table_column(table, lfirst_int(lc))->by_scores)
			return true;
	}
	return false;
}

static EstimateFor
estimate_for(PlannerInfo *root, RelOptInfo *rel, double tuples)
{
	IntentRel  *irel = rel->fdw_private;
	EstimateFor who = {root, irel->table,.tuples = tuples};

	who.userid = OidIsValid(rel->userid) ? rel->userid : GetUserId();
	who.reads_by_scores = reads_by_scores(irel->table,
										  plan_retrieved(rel, irel->local,
														 irel->sent));
	return who;
}

/* GetForeignRelSize: reads the table, sorts its clauses, guesses its rows. */
void
intentGetForeignRelSize(PlannerInfo *root, RelOptInfo *baserel,
						Oid foreigntableid)
{
	IntentRel  *irel = palloc0(sizeof(IntentRel));

	baserel->fdw_private = irel;
	irel->table = table_load(foreigntableid);
	irel->bound = partition_bound(root, baserel, foreigntableid);
	split_clauses(root, baserel, baserel->baserestrictinfo,
				  &irel->sent, &irel->local);
	split_bound(root, baserel, &irel->sent, &irel->local);
	irel->not_carried = known_not_carried(irel->table);
	irel->who = estimate_for(root, baserel, baserel->tuples);
	irel->estimate = estimate_scan(&irel->who, irel->sent);
	irel->ndistinct = palloc0(sizeof(double) * Max(irel->table->natts, 1));
	if (baserel->tuples <= 0)
		baserel->tuples = clamp_row_est(irel->estimate.received);
	baserel->rows = rows_given(root, baserel, &irel->estimate, irel->sent,
							   irel->local);
}

/* ---- paths ---- */

static IntentFilterKind
cond_kind(const IntentTable *table, const IntentCond *cond)
{
	return column_filter(table, table_column(table, cond->attno))->kind;
}

/* Does a condition give the filter its value (or both ends of a range)? */
bool
plan_pins(const IntentTable *table, List *conds, IntentFilterKind kind)
{
	bool		lower = false;
	bool		upper = false;
	ListCell   *lc;

	foreach(lc, conds)
	{
		IntentCond *cond = lfirst(lc);

		if (cond_kind(table, cond) != kind)
			continue;
		lower |= cond->op != INTENT_OP_LT && cond->op != INTENT_OP_LE;
		upper |= cond->op != INTENT_OP_GT && cond->op != INTENT_OP_GE;
	}
	return lower && upper;
}

typedef struct MentionArg
{
	const IntentTable *table;
	IntentFilterKind kind;
} MentionArg;

static bool
mentions_in_class(PlannerInfo *root, RelOptInfo *rel, EquivalenceClass *ec,
				  EquivalenceMember *em, void *arg)
{
	MentionArg *mention = arg;

	return qual_mentions((Node *) em->em_expr, rel->relid, mention->table,
						 mention->kind);
}

/* The join conditions that read a column with a filter of that kind. */
static List *
join_clauses_on(PlannerInfo *root, RelOptInfo *rel, IntentFilterKind kind)
{
	IntentRel  *irel = rel->fdw_private;
	MentionArg	arg = {irel->table, kind};
	List	   *clauses = NIL;
	ListCell   *lc;

	foreach(lc, rel->joininfo)
	{
		RestrictInfo *ri = lfirst_node(RestrictInfo, lc);

		if (qual_mentions((Node *) ri->clause, rel->relid, irel->table, kind))
			clauses = lappend(clauses, ri);
	}
	if (rel->has_eclass_joins)
		clauses = list_concat(clauses,
							  generate_implied_equalities_for_column(root, rel,
																	 mentions_in_class,
																	 &arg, NULL));
	return clauses;
}

/*
 * The column of that kind whose join condition the conditions leave unsent
 * although only a request can tell it; 0 for none.
 */
static int
unsent_join_column(PlannerInfo *root, RelOptInfo *rel, List *conds,
				   IntentFilterKind kind, bool fixed)
{
	IntentRel  *irel = rel->fdw_private;

	if (fixed || plan_pins(irel->table, conds, kind) ||
		join_clauses_on(root, rel, kind) == NIL)
		return 0;
	return table_filter_column(irel->table, kind);
}

/* Is it topic_id = x, with one value? */
static bool
is_plain_equality(const IntentCond *cond)
{
	return cond->nvalues == 1 && cond->arrays == NULL && cond->nguards == 0;
}

/* Are the topics of several joined rows wanted together in one request? */
static bool
topics_depend_on_joins(IntentRel *irel)
{
	const IntentOptions *options = irel->table->options;

	return options->topic_mode == INTENT_TOPICS_ANY &&
		options->ntopic_ids == 0 && options->audience_id == NULL &&
		!plan_pins(irel->table, irel->sent, INTENT_FILTER_TOPICS);
}

/*
 * With several topics in one request it matters which are asked together.  So
 * where a join condition compares the topic with a list, a path must send all
 * join conditions on it, as every other plan does; 0 if it does, or none is a
 * list: a single topic's rows are the same whatever else is checked.
 */
static int
unsent_topics_column(PlannerInfo *root, RelOptInfo *rel, Relids outer)
{
	IntentRel  *irel = rel->fdw_private;
	bool		has_list = false;
	bool		all_sent = true;
	ListCell   *lc;

	if (!topics_depend_on_joins(irel))
		return 0;
	foreach(lc, join_clauses_on(root, rel, INTENT_FILTER_TOPICS))
	{
		RestrictInfo *ri = lfirst_node(RestrictInfo, lc);
		IntentCond *cond = qual_classify(root, irel->table, rel->relid,
										 ri->clause);

		if (!cond)
			continue;
		has_list |= !is_plain_equality(cond);
		all_sent &= bms_is_subset(bms_difference(ri->clause_relids, rel->relids),
								  outer);
	}
	return has_list && !all_sent ?
		table_filter_column(irel->table, INTENT_FILTER_TOPICS) : 0;
}

static int
lacking_join_column(PlannerInfo *root, RelOptInfo *rel, List *conds,
					Relids outer)
{
	IntentRel  *irel = rel->fdw_private;
	const IntentOptions *options = irel->table->options;
	int			attno;

	attno = unsent_join_column(root, rel, conds, INTENT_FILTER_DATE,
							   options->data_date != NULL);
	if (attno == 0)
		attno = unsent_join_column(root, rel, conds, INTENT_FILTER_AUDIENCE,
								   options->audience_id != NULL);
	if (attno == 0)
		attno = unsent_topics_column(root, rel, outer);
	return attno;
}

/* Do the table's options or the conditions say what to ask for? */
bool
plan_has_input(const IntentTable *table, List *conds)
{
	Bitmapset  *given = NULL;
	ListCell   *lc;

	foreach(lc, conds)
		given = bms_add_member(given, table_column(table, ((IntentCond *) lfirst(lc))->attno)->filter);
	return table_has_input(table, given);
}

static bool
is_sent(List *conds, int attno)
{
	ListCell   *lc;

	foreach(lc, conds)
	{
		IntentCond *cond = lfirst(lc);

		if (cond->attno == attno && cond->op == INTENT_OP_EQ && cond->exact)
			return true;
	}
	return false;
}

/* Does a join need a column that rows are known not to carry? */
static bool
needs_not_carried(PlannerInfo *root, RelOptInfo *rel, List *conds)
{
	IntentRel  *irel = rel->fdw_private;
	int			attno = -1;

	while ((attno = bms_next_member(irel->not_carried, attno)) >= 0)
	{
		if (usage_in_joins(root, rel, attno) && !is_sent(conds, attno))
			return true;
	}
	return false;
}

/*
 * Would a scan with those conditions raise for want of another?  "outer" are
 * the relations whose join conditions are among them.
 */
bool
plan_lacks_input(PlannerInfo *root, RelOptInfo *rel, List *conds, Relids outer)
{
	IntentRel  *irel = rel->fdw_private;

	return !plan_has_input(irel->table, conds) ||
		lacking_join_column(root, rel, conds, outer) > 0 ||
		needs_not_carried(root, rel, conds);
}

static void
add_scan_path(PlannerInfo *root, RelOptInfo *rel, List *conds, double rows,
			  IntentEstimate estimate, Relids required_outer)
{
	bool		lacking = plan_lacks_input(root, rel, conds, required_outer);
	Cost		base = lacking ? LACKING_COST : 0;

	add_path(rel, (Path *)
			 make_foreign_path(root, rel, NULL, rows,
							   lacking ? LACKING_DISABLED : 0,
							   base + estimate.startup_cost,
							   base + estimate.total_cost +
							   estimate.received * cpu_tuple_cost,
							   NIL, required_outer, NIL));
}

/*
 * Is the join condition worth a lookup?  With several topics in one request
 * those that the statement itself names are asked, and an outer row's topic
 * is only checked.
 */
bool
plan_supplies(IntentRel *irel, const IntentCond *cond)
{
	if (cond_kind(irel->table, cond) != INTENT_FILTER_TOPICS ||
		irel->table->options->topic_mode == INTENT_TOPICS_EACH)
		return true;
	return irel->table->options->ntopic_ids == 0 &&
		!plan_pins(irel->table, irel->sent, INTENT_FILTER_TOPICS);
}

static bool
is_filter_column(PlannerInfo *root, RelOptInfo *rel, EquivalenceClass *ec,
				 EquivalenceMember *em, void *arg)
{
	IntentRel  *irel = rel->fdw_private;

	for (int f = 0; f < irel->table->resource->nfilters; f++)
	{
		if (qual_mentions((Node *) em->em_expr, rel->relid, irel->table,
						  irel->table->resource->filters[f].kind))
			return true;
	}
	return false;
}

/* list_append_unique() for sets, which are no Nodes before 16 */
static List *
add_relids(List *sets, Relids set)
{
	ListCell   *lc;

	foreach(lc, sets)
	{
		if (bms_equal(lfirst(lc), set))
			return sets;
	}
	return lappend(sets, set);
}

/* The relations that one join clause would take values from, if it can be sent. */
static List *
add_outer(PlannerInfo *root, RelOptInfo *rel, RestrictInfo *ri, List *outers)
{
	IntentRel  *irel = rel->fdw_private;
	IntentCond *cond;
	Relids		outer;

	if (!join_clause_is_movable_to(ri, rel))
		return outers;
	cond = qual_classify(root, irel->table, rel->relid, ri->clause);
	if (!cond || !plan_supplies(irel, cond))
		return outers;
	outer = bms_del_member(bms_union(ri->clause_relids, rel->lateral_relids),
						   rel->relid);
	if (bms_is_empty(outer))
		return outers;
	return add_relids(outers, outer);
}

/* All sets of relations that a lookup could take its values from. */
static List *
candidate_outers(PlannerInfo *root, RelOptInfo *rel)
{
	List	   *outers = NIL;
	Relids		all = NULL;
	ListCell   *lc;

	foreach(lc, rel->joininfo)
		outers = add_outer(root, rel, lfirst(lc), outers);
	if (rel->has_eclass_joins)
	{
		List	   *clauses =
		generate_implied_equalities_for_column(root, rel, is_filter_column,
											   NULL, rel->lateral_referencers);

		foreach(lc, clauses)
			outers = add_outer(root, rel, lfirst(lc), outers);
	}
	foreach(lc, outers)
		all = bms_add_members(all, lfirst(lc));
	return all ? add_relids(outers, all) : outers;
}

static void
add_lookup_path(PlannerInfo *root, RelOptInfo *rel, Relids outer)
{
	IntentRel  *irel = rel->fdw_private;
	ParamPathInfo *ppi = get_baserel_parampathinfo(root, rel, outer);
	List	   *sent = list_copy(irel->sent);
	List	   *local = list_copy(irel->local);
	IntentEstimate estimate;
	double		rows;

	split_clauses(root, rel, ppi->ppi_clauses, &sent, &local);
	estimate = estimate_scan(&irel->who, sent);
	ppi->ppi_rows = rows = rows_given(root, rel, &estimate, sent, local);
	add_scan_path(root, rel, sent, rows, estimate, outer);
}

/* A scan in the order of the score, if that is asked for. */
static void
add_best_first_path(PlannerInfo *root, RelOptInfo *rel)
{
	IntentRel  *irel = rel->fdw_private;
	OrderInput	input = {irel->table, irel->sent, irel->local, rel->rows};

	if (irel->table->resource->capped ||
		plan_lacks_input(root, rel, irel->sent, rel->lateral_relids))
		return;
	input.estimate = irel->estimate;
	order_add_path(root, rel, &input);
}

/*
 * GetForeignPaths: the plain scan, one that returns the best rows first, and
 * a lookup for each way to join.
 */
void
intentGetForeignPaths(PlannerInfo *root, RelOptInfo *baserel,
					  Oid foreigntableid)
{
	IntentRel  *irel = baserel->fdw_private;
	ListCell   *lc;

	add_scan_path(root, baserel, irel->sent, baserel->rows, irel->estimate,
				  baserel->lateral_relids);
	add_best_first_path(root, baserel);
	foreach(lc, candidate_outers(root, baserel))
		add_lookup_path(root, baserel, lfirst(lc));
}

/* ---- the plan ---- */

/* Attnos that the scan reads: put out, checked here, or checked again. */
List *
plan_retrieved(RelOptInfo *rel, List *local, List *sent)
{
	IntentRel  *irel = rel->fdw_private;
	Bitmapset  *attrs = NULL;
	List	   *result = NIL;
	bool		whole;
	ListCell   *lc;

	pull_varattnos((Node *) rel->reltarget->exprs, rel->relid, &attrs);
	pull_varattnos((Node *) local, rel->relid, &attrs);
	foreach(lc, sent)
	{
		IntentCond *cond = lfirst(lc);

		pull_varattnos((Node *) cond->clause, rel->relid, &attrs);
		attrs = bms_add_member(attrs, cond->attno -
							   FirstLowInvalidHeapAttributeNumber);
	}
	whole = bms_is_member(0 - FirstLowInvalidHeapAttributeNumber, attrs);
	for (int attno = 1; attno <= irel->table->natts; attno++)
	{
		if (table_column(irel->table, attno)->attno > 0 &&
			(whole || bms_is_member(attno - FirstLowInvalidHeapAttributeNumber,
									attrs)))
			result = lappend_int(result, attno);
	}
	return result;
}

/* Attnos whose value the statement needs. */
List *
plan_needed(PlannerInfo *root, RelOptInfo *rel, List *local)
{
	IntentRel  *irel = rel->fdw_private;
	Bitmapset  *needed = usage_needed(root, rel, local);
	List	   *result = NIL;

	for (int attno = 1; attno <= irel->table->natts; attno++)
	{
		if (table_column(irel->table, attno)->attno > 0 &&
			(bms_is_member(attno, needed) || bms_is_member(0, needed)))
			result = lappend_int(result, attno);
	}
	return result;
}

static bool
mentioned(RelOptInfo *rel, List *clauses, IntentFilterKind kind)
{
	IntentRel  *irel = rel->fdw_private;

	return qual_mentions((Node *) clauses, rel->relid, irel->table, kind);
}

/* In the order of IntentPlanFlag. */
List *
plan_flags(PlannerInfo *root, RelOptInfo *rel, List *sent, List *local,
		   List *retrieved, List *limit, Relids outer, bool has_keys)
{
	IntentRel  *irel = rel->fdw_private;
	List	   *flags = NIL;

	flags = lappend_int(flags, reads_by_scores(irel->table, retrieved));
	flags = lappend_int(flags, mentioned(rel, local, INTENT_FILTER_DATE));
	flags = lappend_int(flags, mentioned(rel, local, INTENT_FILTER_AUDIENCE));
	flags = lappend_int(flags, lacking_join_column(root, rel, sent, outer));
	flags = lappend_int(flags, limit != NIL);
	flags = lappend_int(flags, list_length(limit) > 1);
	flags = lappend_int(flags, has_keys);
	return flags;
}

/* Conditions as fdw_private has them, and what goes into fdw_exprs. */
List *
plan_pack(List *sent, List **values, List **clauses)
{
	List	   *packed = NIL;
	ListCell   *lc;

	foreach(lc, sent)
	{
		IntentCond *cond = lfirst(lc);

		packed = lappend(packed, qual_pack(cond));
		*values = list_concat(*values, cond->exprs);
		*clauses = lappend(*clauses, cond->clause);
	}
	return packed;
}

/*
 * GetForeignPlan: conditions go into fdw_exprs, the rest stays a qual.
 *
 * Conditions are checked again by the scan itself, on rows that carry their
 * column, so they are not quals; nor are they fdw_recheck_quals, since
 * intentRecheckForeignScan() does what EvalPlanQual needs of them.
 */
ForeignScan *
intentGetForeignPlan(PlannerInfo *root, RelOptInfo *baserel,
					 Oid foreigntableid, ForeignPath *best_path, List *tlist,
					 List *scan_clauses, Plan *outer_plan)
{
	List	   *sent = NIL;
	List	   *local = NIL;
	List	   *values = NIL;
	List	   *clauses = NIL;
	List	   *retrieved;
	List	   *limit;
	List	   *packed;
	List	   *flags;
	IntentCond *key;
	char	   *share;

	if (IS_UPPER_REL(baserel))
		return plan_count(root, baserel, tlist);
	split_clauses(root, baserel, scan_clauses, &sent, &local);
	split_bound(root, baserel, &sent, &local);
	key = plan_batch_key(root, baserel, best_path);
	share = plan_share_name(baserel, sent, local, key ? key->attno : 0);
	if (key)
		sent = lcons(key, sent);
	retrieved = plan_retrieved(baserel, local, sent);
	limit = plan_limit(root, baserel, local);
	flags = plan_flags(root, baserel, sent, local, retrieved, limit,
					   PATH_REQ_OUTER(&best_path->path), key != NULL);
	packed = plan_pack(sent, &values, &clauses);
	return make_foreignscan(tlist, local, baserel->relid,
							list_make3(values, clauses, limit),
							list_concat(list_make5(packed, retrieved,
												   plan_needed(root, baserel, local),
												   flags, NIL),
										list_make2(key ? NIL : best_path->fdw_private,
												   makeString(share))),
							NIL, NIL, outer_plan);
}
