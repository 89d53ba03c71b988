/*
 * plan_stats.c
 *		How many distinct values a column has, for the sizes of joins.
 *
 * Part of plan.c.  PostgreSQL takes the size of a join from the number of
 * distinct values on both sides, and of a table that was never analyzed it
 * knows none.  How many rows one value has is what a lookup with it returns:
 * so the number is such that a join has as many rows as its lookups together.
 * Groups are as many as there are distinct values: of topics, days and scores
 * conditions tell, and every row is another person.
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

/* Instead of a number of values. */
#define NOT_KNOWN -1

static get_relation_stats_hook_type previous_hook = NULL;

/* The column, or NULL for what is none of the API's. */
static const IntentColumn *
find_column(const IntentRel *irel, AttrNumber attnum)
{
	const IntentColumn *column;

	if (attnum <= 0 || attnum > irel->table->natts)
		return NULL;
	column = table_column(irel->table, attnum);
	return column->attno == 0 ? NULL : column;
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

/* People among the rows: each comes once a day. */
static double
count_people(const IntentRel *irel)
{
	int			f = resource_filter_of_kind(irel->table->resource, INTENT_FILTER_DATE);
	double		days = estimate_values(&irel->who, irel->sent, f);

	return irel->estimate.received / Max(days, 1);
}

/* Distinct values of the column, 0 when there is nothing to tell. */
static double
count_values(const IntentRel *irel, const IntentColumn *column)
{
	const IntentFilter *filter = column_filter(irel->table, column);
	const char *person = irel->table->resource->person;

	if (person && strcmp(column->key, person) == 0)
		return count_people(irel);
	if (!filter)
		return 0;
	switch (filter->kind)
	{
		case INTENT_FILTER_STRING:
		case INTENT_FILTER_STRINGS:
			/* such that each has the rows of a lookup */
			return irel->estimate.rows / lookup_rows(irel, column);
		case INTENT_FILTER_TOPICS:
		case INTENT_FILTER_RANGE:
		case INTENT_FILTER_DATE:
			return estimate_values(&irel->who, irel->sent, column->filter);
		default:
			return 0;
	}
}

/* The same, made once for a planning, and at least one. */
static double
distinct_values(const IntentRel *irel, const IntentColumn *column)
{
	double	   *ndistinct = &irel->ndistinct[column->attno - 1];

	if (*ndistinct == 0)
	{
		double		values = count_values(irel, column);

		*ndistinct = values > 0 ? Max(values, 1) : NOT_KNOWN;
	}
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
	column = find_column(irel, attnum);
	if (rte->relid != irel->table->relid || !column || !irel->ndistinct ||
		has_statistics(irel, column) ||
		distinct_values(irel, column) == NOT_KNOWN)
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
