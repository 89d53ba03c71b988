/*
 * modify.c
 *		Executor callbacks of INSERT, UPDATE, DELETE and COPY FROM.
 *
 * Each row is a request of its own, sent when the executor hands it over and
 * answered before the next: the API has no transactions, so an error later
 * does not undo it.  What is to be changed was read before the first change
 * (scan_written.c), and no row is changed twice by a statement.
 */
#include "intent_fdw.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "body.h"
#include "chain.h"
#include "change.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "plan.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "written.h"

typedef struct IntentModify
{
	CmdType		operation;
	ChangeLayout *layout;
	ChangeSender sender;
	WrittenRows *written;		/* of the statement */
	AttrNumber	key_junk;		/* in the plan's slot; 0: none */
	AttrNumber	row_junk;
	MemoryContext row_context;	/* reset for each row */
} IntentModify;

static IntentModify *
make_modify(EState *estate, ResultRelInfo *rinfo, CmdType operation)
{
	MemoryContext old = MemoryContextSwitchTo(estate->es_query_cxt);
	IntentModify *modify = palloc0(sizeof(IntentModify));
	IntentTable *table = table_load(RelationGetRelid(rinfo->ri_RelationDesc));
	ChainStatement *statement = chain_statement(estate->es_query_cxt,
												table->server->serverid);
	Oid			userid = result_relation_user(rinfo, estate);

	modify->operation = operation;
	modify->layout = change_layout(table);
	modify->sender.table = table;
	modify->sender.userid = OidIsValid(userid) ? userid : GetUserId();
	modify->written = written_rows(&statement->written, table->resource,
								   estate->es_query_cxt);
	modify->row_context = AllocSetContextCreate(estate->es_query_cxt,
												"intent_fdw change",
												ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(old);
	return modify;
}

/* BeginForeignModify: sends nothing. */
void
intentBeginForeignModify(ModifyTableState *mtstate, ResultRelInfo *rinfo,
						 List *fdw_private, int subplan_index, int eflags)
{
	IntentModify *modify = make_modify(mtstate->ps.state, rinfo, mtstate->operation);
	List	   *targets = outerPlanState(mtstate)->plan->targetlist;

	rinfo->ri_FdwState = modify;
	if (modify->operation == CMD_INSERT)
		return;
	modify->key_junk = ExecFindJunkAttributeInTlist(targets,
													plan_key_name(modify->sender.table));
	if (!AttributeNumberIsValid(modify->key_junk))
		elog(ERROR, "could not find the key of table \"%s\"",
			 modify->sender.table->name);
	modify->row_junk = ExecFindJunkAttributeInTlist(targets, "wholerow");
}

/* BeginForeignInsert: rows of COPY, or routed to a partition. */
void
intentBeginForeignInsert(ModifyTableState *mtstate, ResultRelInfo *rinfo)
{
	const ModifyTable *plan = (ModifyTable *) mtstate->ps.plan;

	plan_check_modify(plan);
	/* it has a state for its own rows, which would see the new ones */
	if (rinfo->ri_FdwState)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot move rows into foreign table \"%s\", which the same statement updates",
						RelationGetRelationName(rinfo->ri_RelationDesc))));
	rinfo->ri_FdwState = make_modify(mtstate->ps.state, rinfo, CMD_INSERT);
}

/* ---- rows ---- */

static const char *
row_key(const IntentModify *modify, TupleTableSlot *planSlot)
{
	bool		isnull;
	Datum		key = ExecGetJunkAttribute(planSlot, modify->key_junk, &isnull);

	return change_key(modify->layout, key, isnull);
}

static const HttpReply *
send_change(IntentModify *modify, const ChangeRequest *request)
{
	written_begin(modify->written);
	return change_send(&modify->sender, request);
}

/* ExecForeignInsert: the slot then holds the row as the API has it. */
TupleTableSlot *
intentExecForeignInsert(EState *estate, ResultRelInfo *rinfo,
						TupleTableSlot *slot, TupleTableSlot *planSlot)
{
	IntentModify *modify = rinfo->ri_FdwState;
	const IntentChanges *changes = modify->layout->changes;
	ChangeRequest request = {
		.method = HTTP_POST,.path = changes->path,.target = changes->path
	};
	char	   *members;
	MemoryContext old;

	MemoryContextReset(modify->row_context);
	old = MemoryContextSwitchTo(modify->row_context);
	request.body = change_new(modify->layout, slot, &members);
	request.members = members;
	change_read(modify->layout, &modify->sender, &request,
				send_change(modify, &request), NULL, slot);
	MemoryContextSwitchTo(old);
	return slot;
}

/*
 * ExecForeignUpdate: sends what differs from the row as it was read; nothing,
 * if that is nothing.  NULL for a row that the statement has changed before,
 * as with a local table.
 */
TupleTableSlot *
intentExecForeignUpdate(EState *estate, ResultRelInfo *rinfo,
						TupleTableSlot *slot, TupleTableSlot *planSlot)
{
	IntentModify *modify = rinfo->ri_FdwState;
	ChangeRequest request = {
		.method = HTTP_PATCH,.path = modify->layout->changes->item_path
	};
	char	   *members = NULL;
	const char *key;
	MemoryContext old;

	MemoryContextReset(modify->row_context);
	old = MemoryContextSwitchTo(modify->row_context);
	key = row_key(modify, planSlot);
	if (!written_touch(modify->written, key))
		slot = NULL;
	else
	{
		request.body = change_row(modify->layout, slot, rinfo->ri_oldTupleSlot,
								  written_original(modify->written, key), &members);
		request.members = members;
		request.target = body_item_target(request.path, key);
		if (request.body)
			change_read(modify->layout, &modify->sender, &request,
						send_change(modify, &request), key, slot);
	}
	MemoryContextSwitchTo(old);
	return slot;
}

/* Puts the row that was read into the slot, for RETURNING. */
static void
show_old_row(const IntentModify *modify, TupleTableSlot *planSlot,
			 TupleTableSlot *slot)
{
	bool		isnull = true;
	Datum		row = (Datum) 0;

	ExecClearTuple(slot);
	if (AttributeNumberIsValid(modify->row_junk))
		row = ExecGetJunkAttribute(planSlot, modify->row_junk, &isnull);
	if (isnull)
		ExecStoreAllNullTuple(slot);
	else
		ExecStoreHeapTupleDatum(row, slot);
}

/* ExecForeignDelete: the slot then holds the row as it was read. */
TupleTableSlot *
intentExecForeignDelete(EState *estate, ResultRelInfo *rinfo,
						TupleTableSlot *slot, TupleTableSlot *planSlot)
{
	IntentModify *modify = rinfo->ri_FdwState;
	ChangeRequest request = {
		.method = HTTP_DELETE,.path = modify->layout->changes->item_path
	};
	const char *key;
	MemoryContext old;

	MemoryContextReset(modify->row_context);
	old = MemoryContextSwitchTo(modify->row_context);
	key = row_key(modify, planSlot);
	request.target = body_item_target(request.path, key);
	if (!written_touch(modify->written, key))
		slot = NULL;
	else
	{
		change_check_deleted(modify->layout, &modify->sender, &request,
							 send_change(modify, &request));
		show_old_row(modify, planSlot, slot);
	}
	MemoryContextSwitchTo(old);
	return slot;
}

/* EndForeignModify: figures stay for EXPLAIN, memory goes with the query. */
void
intentEndForeignModify(EState *estate, ResultRelInfo *rinfo)
{
	IntentModify *modify = rinfo->ri_FdwState;

	if (modify)
		MemoryContextReset(modify->row_context);
}

void
intentEndForeignInsert(EState *estate, ResultRelInfo *rinfo)
{
	intentEndForeignModify(estate, rinfo);
}

/* ---- EXPLAIN ---- */

/* Members that a row's request may hold, of the columns in the set. */
static List *
member_names(const IntentModify *modify, const Bitmapset *updated)
{
	const ChangeLayout *layout = modify->layout;
	List	   *names = NIL;

	for (int i = 0; i < layout->table->natts; i++)
	{
		const IntentMember *member = layout->columns[i].member;

		if (!member || (modify->operation == CMD_INSERT && member->only_update) ||
			(modify->operation == CMD_UPDATE &&
			 !bms_is_member(i + 1 - FirstLowInvalidHeapAttributeNumber, updated)))
			continue;
		names = lappend(names, unconstify(char *, member->path));
	}
	return names;
}

/* ExplainForeignModify: the request of a row, with no value of it. */
void
intentExplainForeignModify(ModifyTableState *mtstate, ResultRelInfo *rinfo,
						   List *fdw_private, int subplan_index, ExplainState *es)
{
	IntentModify *modify = rinfo->ri_FdwState;
	const IntentChanges *changes = modify->layout->changes;
	HttpMethod	method = modify->operation == CMD_INSERT ? HTTP_POST :
	modify->operation == CMD_UPDATE ? HTTP_PATCH : HTTP_DELETE;

	ExplainPropertyText("Intent Request",
						psprintf("%s %s", http_method_name(method),
								 method == HTTP_POST ? changes->path : changes->item_path),
						es);
	if (method != HTTP_DELETE)
		ExplainPropertyList("Intent Members",
							member_names(modify, method == HTTP_POST ? NULL :
										 ExecGetUpdatedCols(rinfo, mtstate->ps.state)),
							es);
	if (!es->analyze)
		return;
	ExplainPropertyInteger("Intent Requests", NULL, modify->sender.counters.requests, es);
	ExplainPropertyInteger("Intent Retries", NULL, modify->sender.counters.retries, es);
	if (es->timing)
		ExplainPropertyInteger("Intent Waited", "ms", modify->sender.counters.waited_ms, es);
}
