/*
 * refresh.c
 *		Refreshes a materialized view, unless nothing has changed.
 *
 * "Nothing has changed" is said only if all of it is certain:
 *
 * - the view reads intent tables and nothing else that can change;
 * - its definition, the tables' and the servers' are as at the last refresh;
 * - its contents are still those that this refresh left, row by row;
 * - each request that they came from is answered by the same result.
 *
 * The last is known because the refresh takes its requests down (trace.h);
 * they are sent again for one row.  Whatever is in doubt is refreshed.
 *
 * REFRESH itself is PostgreSQL's own statement, which checks who may, and
 * runs the view's query in its owner's rights.  Nothing else here runs code of
 * the view's: its query is looked at, its rows are counted.  The caller of
 * intent_fdw_refresh_once() tries again after 40001.
 */
#include "refresh_private.h"

#include <math.h>

#include "access/genam.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* Refused: too few rows. */
#define ERRCODE_INTENT_TOO_FEW_ROWS MAKE_SQLSTATE('I', 'F', '0', '0', '1')

/* With the state of all views, in the schema of the functions. */
#define STATE_TABLE "intent_fdw_refresh_state"

typedef struct RefreshCall
{
	Oid			viewid;
	double		min_ratio;
	bool		concurrently;
} RefreshCall;

PG_FUNCTION_INFO_V1(intent_fdw_refresh_once);

/* ---- what was asked for ---- */

static RefreshCall
get_call(FunctionCallInfo fcinfo)
{
	RefreshCall call;

	for (int i = 0; i < 3; i++)
	{
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("the arguments of intent_fdw_refresh() must not be null")));
	}
	call.viewid = PG_GETARG_OID(0);
	call.min_ratio = PG_GETARG_FLOAT8(1);
	call.concurrently = PG_GETARG_BOOL(2);
	if (!(call.min_ratio >= 0 && call.min_ratio <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"min_ratio\" must be between 0 and 1")));
	return call;
}

/*
 * Raises unless the current user may refresh the view.  Then nobody else
 * refreshes it until the transaction ends, and readers go on.
 */
static Relation
open_view(Oid viewid)
{
	char	   *name = get_rel_name(viewid);
	AclResult	allowed;
	Relation	view;

	if (!name)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", viewid)));
	if (get_rel_relkind(viewid) != RELKIND_MATVIEW)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not a materialized view", name)));
	allowed = refresh_aclcheck(viewid);
	if (allowed != ACLCHECK_OK)
		aclcheck_error(allowed, OBJECT_MATVIEW, name);
	LockRelationOid(viewid, ExclusiveLock);
	view = try_table_open(viewid, NoLock);
	if (!view)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("materialized view \"%s\" has been dropped", name)));
	return view;
}

/* Does the index tell all rows apart, as REFRESH ... CONCURRENTLY needs it? */
static bool
is_usable_index(Relation index)
{
	Form_pg_index form = index->rd_index;

	if (!form->indisunique || !form->indimmediate || !form->indisvalid ||
		RelationGetIndexPredicate(index) != NIL)
		return false;
	for (int i = 0; i < form->indnatts; i++)
	{
		if (form->indkey.values[i] <= 0)
			return false;
	}
	return form->indnatts > 0;
}

static void
check_index(Relation view)
{
	bool		found = false;
	ListCell   *lc;

	foreach(lc, RelationGetIndexList(view))
	{
		Relation	index = index_open(lfirst_oid(lc), AccessShareLock);

		found |= is_usable_index(index);
		index_close(index, AccessShareLock);
	}
	if (!found)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("materialized view \"%s\" has no unique index, which a concurrent refresh needs",
						RelationGetRelationName(view)),
				 errhint("CREATE UNIQUE INDEX on columns that tell its rows apart, without WHERE and expressions, or call with concurrently => false, which locks readers out meanwhile.")));
}

/* ---- the refresh ---- */

/*
 * Is it certain that a refresh would leave the contents as they are?  Within
 * REPEATABLE READ definitions are not known as they are now.
 */
static bool
is_unchanged(Oid state, Relation view, const ViewReading *reading,
			 const char *definition, const ViewContents *contents)
{
	RefreshState last;

	return !reading->in_doubt && !IsolationUsesXactSnapshot() &&
		refresh_load(state, view, &last) &&
		strcmp(last.definition, definition) == 0 &&
		strcmp(last.contents, refresh_contents_name(contents)) == 0 &&
		refresh_same_answers(&last);
}

static char *
qualified_name(Oid relid)
{
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)),
									  get_rel_name(relid));
}

/* PostgreSQL's own REFRESH; what it asks is taken down. */
static Trace *
run_refresh(Oid viewid, bool concurrently)
{
	Trace	   *trace = trace_begin();
	char	   *sql = psprintf("REFRESH MATERIALIZED VIEW %s%s",
							   concurrently ? "CONCURRENTLY " : "",
							   qualified_name(viewid));

	SPI_connect();
	if (SPI_execute(sql, false, 0) != SPI_OK_UTILITY)
		elog(ERROR, "could not refresh relation %u", viewid);
	SPI_finish();
	trace_end(trace);
	return trace;
}

/* The error takes the refresh back, so that the old contents stay. */
static void
check_ratio(const RefreshCall *call, const ViewContents *before,
			const ViewContents *after)
{
	if (after->rows >= call->min_ratio * before->rows)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INTENT_TOO_FEW_ROWS),
			 errmsg("refresh of materialized view \"%s\" refused: too few rows",
					get_rel_name(call->viewid)),
			 errdetail("It has %lld rows and would have %lld, less than \"min_ratio\" (%g) of them. The old contents are kept.",
					   (long long) before->rows, (long long) after->rows,
					   call->min_ratio),
			 errhint("See what the API answers. If so few are right, call once with a lower min_ratio.")));
}

/* One attempt: "refreshed", "populated", "unchanged", or an error. */
static const char *
refresh(const RefreshCall *call, Oid state)
{
	Relation	view = open_view(call->viewid);
	bool		populated = RelationIsPopulated(view);
	ViewReading reading = {0};
	ViewContents before = {0};
	ViewContents after;
	char	   *definition;
	bool		unchanged;
	Trace	   *trace;

	if (call->concurrently)
		check_index(view);
	if (populated)
		before = refresh_contents(view);
	refresh_read_view(view, &reading);
	definition = refresh_definition(&reading);
	unchanged = populated &&
		is_unchanged(state, view, &reading, definition, &before);
	table_close(view, NoLock);
	if (unchanged)
		return "unchanged";

	trace = run_refresh(call->viewid, call->concurrently && populated);
	view = table_open(call->viewid, NoLock);
	after = refresh_contents(view);
	table_close(view, NoLock);
	check_ratio(call, &before, &after);
	trace->in_doubt |= reading.in_doubt;
	refresh_store(state, call->viewid, definition, &after, trace);
	trace_free(trace);
	return populated ? "refreshed" : "populated";
}

/*
 * intent_fdw_refresh_once(view, min_ratio, concurrently): one attempt, safe to
 * be called by anyone, since it checks all that REFRESH does.
 */
Datum
intent_fdw_refresh_once(PG_FUNCTION_ARGS)
{
	RefreshCall call;
	Oid			state;

	PreventCommandDuringRecovery("intent_fdw_refresh()");
	PreventCommandIfReadOnly("intent_fdw_refresh()");
	call = get_call(fcinfo);
	state = get_relname_relid(STATE_TABLE,
							  get_func_namespace(fcinfo->flinfo->fn_oid));
	if (!OidIsValid(state))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table \"%s\" is missing", STATE_TABLE)));
	PG_RETURN_TEXT_P(cstring_to_text(refresh(&call, state)));
}
