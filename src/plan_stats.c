/*
 * plan_stats.c
 *		How many distinct values a column has, for the sizes of joins.
 *
 * Part of plan.c.  PostgreSQL takes the size of a join from the number of
 * distinct values on both sides, and of a table that was never analyzed it
 * knows none.  How many rows one value has is what a lookup with it returns:
 * so the number is such that a join has as many rows as its lookups together.
 */
#include "plan_private.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_statistic.h"
#include "intent_fdw.h"
#include "nodes/makefuncs.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/selfuncs.h"
#include "utils/syscache.h"

static get_relation_stats_hook_type previous_hook = NULL;

/* The column, if a lookup by it can be estimated; else NULL. */
static const IntentColumn *
lookup_column(const IntentRel *irel, AttrNumber attnum)
{
	const IntentColumn *column;
	const IntentFilter *filter;

	if (attnum <= 0 || attnum > irel->table->natts)
		return NULL;
	column = table_column(irel->table, attnum);
	filter = column_filter(irel->table, column);
	if (column->attno == 0 || !filter || (filter->kind != INTENT_FILTER_STRING &&
										  filter->kind != INTENT_FILTER_STRINGS))
		return NULL;
	return column;
}

/* Rows of a lookup with some value of the column. */
static double
lookup_rows(const IntentRel *irel, const IntentColumn *column)
{
	IntentCond	cond = {.attno = column->attno,.op = INTENT_OP_EQ,
	.exact = true,.origin = INTENT_FROM_JOIN,.nvalues = 1};
	Param	   *unknown = makeNode(Param);

	unknown->paramkind = PARAM_EXEC;
	unknown->paramtype = column->typid;
	unknown->paramtypmod = column->typmod;
	cond.exprs = list_make1(unknown);
	return estimate_scan(&irel->who,
						 lappend(list_copy(irel->sent), &cond)).rows;
}

/* Distinct values of the column, such that each has the rows of a lookup. */
static double
distinct_values(const IntentRel *irel, const IntentColumn *column)
{
	double	   *ndistinct = &irel->ndistinct[column->attno - 1];

	if (*ndistinct == 0)
		*ndistinct = Max(irel->estimate.rows / lookup_rows(irel, column), 1);
	return *ndistinct;
}

/* A row of pg_statistic that tells that number and nothing else. */
static HeapTuple
make_statistics(const IntentRel *irel, const IntentColumn *column,
				double ndistinct)
{
	Relation	relation = table_open(StatisticRelationId, AccessShareLock);
	TupleDesc	desc = RelationGetDescr(relation);
	Datum		values[Natts_pg_statistic] = {0};
	bool		nulls[Natts_pg_statistic];
	HeapTuple	tuple;

	for (int i = 0; i < Natts_pg_statistic; i++)
		nulls[i] = i >= Anum_pg_statistic_stanumbers1 - 1;
	values[Anum_pg_statistic_starelid - 1] = ObjectIdGetDatum(irel->table->relid);
	values[Anum_pg_statistic_staattnum - 1] = Int16GetDatum(column->attno);
	values[Anum_pg_statistic_stawidth - 1] =
		Int32GetDatum(get_typavgwidth(column->typid, column->typmod));
	values[Anum_pg_statistic_stadistinct - 1] = Float4GetDatum(ndistinct);
	tuple = heap_form_tuple(desc, values, nulls);
	table_close(relation, AccessShareLock);
	return tuple;
}

/* What ANALYZE found counts, unless it found nothing but missing values. */
static bool
has_statistics(const IntentRel *irel, const IntentColumn *column)
{
	return !bms_is_member(column->attno, irel->not_carried) &&
		SearchSysCacheExists3(STATRELATTINH,
							  ObjectIdGetDatum(irel->table->relid),
							  Int16GetDatum(column->attno),
							  BoolGetDatum(false));
}

/* get_relation_stats_hook */
static bool
provide_statistics(PlannerInfo *root, RangeTblEntry *rte, AttrNumber attnum,
				   VariableStatData *vardata)
{
	RelOptInfo *rel = vardata->rel;
	const IntentRel *irel;
	const IntentColumn *column;

	if (previous_hook && previous_hook(root, rte, attnum, vardata))
		return true;
	if (!rel || !rel->fdwroutine || !rel->fdw_private || !IS_SIMPLE_REL(rel) ||
		rel->fdwroutine->GetForeignRelSize != intentGetForeignRelSize)
		return false;
	irel = rel->fdw_private;
	column = lookup_column(irel, attnum);
	if (rte->relid != irel->table->relid || !column || !irel->ndistinct || has_statistics(irel, column))
		return false;
	vardata->statsTuple = make_statistics(irel, column,
										  distinct_values(irel, column));
	vardata->freefunc = heap_freetuple;
	vardata->acl_ok = true;
	return true;
}

/* Once, when the module is loaded. */
void
plan_install_hooks(void)
{
	previous_hook = get_relation_stats_hook;
	get_relation_stats_hook = provide_statistics;
}
