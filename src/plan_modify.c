/*
 * plan_modify.c
 *		Planner callbacks of INSERT, UPDATE and DELETE.
 *
 * Which tables can be changed, and what a scan has to hand on so that a row
 * can be found again: the key of its object, and for DELETE ... RETURNING the
 * row.  UPDATE gets the row from the planner itself.
 */
#include "intent_fdw.h"

#include "access/table.h"
#include "catalog/pg_type_d.h"
#include "nodes/makefuncs.h"
#include "optimizer/appendinfo.h"
#include "plan.h"
#include "table.h"
#include "utils/rel.h"

/*
 * The name of the key among a scan's outputs: the same for all tables of a
 * partitioned one that have it in the same place.
 */
char *
plan_key_name(const IntentTable *table)
{
	int			attno = table_key_column(table);

	return psprintf("intent_key_%d_%u", attno, table_column(table, attno)->typid);
}

/* AddForeignUpdateTargets */
void
intentAddForeignUpdateTargets(PlannerInfo *root, Index rtindex,
							  RangeTblEntry *target_rte,
							  Relation target_relation)
{
	IntentTable *table = table_load(RelationGetRelid(target_relation));
	int			attno = table_key_column(table);
	Form_pg_attribute att;

	/* such a table is refused as one that cannot be changed */
	if (attno == 0)
		return;
	att = TupleDescAttr(RelationGetDescr(target_relation), attno - 1);
	add_row_identity_var(root, makeVar(rtindex, attno, att->atttypid, att->atttypmod,
									   att->attcollation, 0),
						 rtindex, plan_key_name(table));
	if (root->parse->commandType == CMD_DELETE && root->parse->returningList)
		add_row_identity_var(root, makeVar(rtindex, InvalidAttrNumber, RECORDOID,
										   -1, InvalidOid, 0),
							 rtindex, "wholerow");
}

/* PlanForeignModify: what is sent depends on the row, so nothing is kept. */
List *
intentPlanForeignModify(PlannerInfo *root, ModifyTable *plan,
						Index resultRelation, int subplan_index)
{
	plan_check_modify(plan);
	return NIL;
}

/* The API does not tell which rows would be in the way of a new one. */
void
plan_check_modify(const ModifyTable *plan)
{
	if (plan && plan->onConflictAction != ONCONFLICT_NONE)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("ON CONFLICT is not supported by foreign tables of intent_fdw")));
}

/* IsForeignRelUpdatable: bits by CmdType. */
int
intentIsForeignRelUpdatable(Relation rel)
{
	IntentTable *table = table_load(RelationGetRelid(rel));
	int			events = 1 << CMD_INSERT;

	if (!table->options->updatable || !table->resource->changes)
		return 0;
	if (table_key_column(table) > 0)
		events |= (1 << CMD_UPDATE) | (1 << CMD_DELETE);
	return events;
}
