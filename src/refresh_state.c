/*
 * refresh_state.c
 *		What is kept of a view's last refresh: a row of a table.
 *
 * Part of refresh.c.  The table belongs to the extension and its owner; whoever
 * may refresh a view gets its row read and written here, in the rights of the
 * table's owner, by statements that stand here.  A row counts for the view of
 * that name and that OID: a view that is dropped and made again has none.
 */
#include "refresh_private.h"

#include "catalog/pg_class.h"
#include "catalog/pg_type_d.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* Columns of refresh_load()'s result and of refresh_store()'s parameters. */
enum
{
	STATE_DEFINITION,
	STATE_CONTENTS,
	STATE_RELATIONS,
	STATE_USERS,
	STATE_REQUESTS,
	STATE_ANSWERS,
	STATE_SCHEMA,
	STATE_NAME,
	STATE_OID,
	STATE_ROWS,
	STATE_NPARAMS,
};

/*
 * Runs a statement of ours under a search path of ours; SPI is connected.
 * Returns the number of rows, which are in SPI_tuptable.
 */
uint64
refresh_query(const char *sql, int nargs, Oid *types, Datum *values,
			  const char *nulls)
{
	int			level = NewGUCNestLevel();

	set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET,
					  PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	if (SPI_execute_with_args(sql, nargs, types, values, nulls, false, 0) < 0)
		elog(ERROR, "could not run the statement: %s", sql);
	AtEOXact_GUC(true, level);
	return SPI_processed;
}

static Oid
table_owner(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", relid);
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

/* refresh_query() in the rights of the state's owner. */
static uint64
query_as_owner(Oid state, const char *sql, int nargs, Oid *types,
			   Datum *values, const char *nulls)
{
	Oid			userid;
	int			context;
	uint64		n;

	GetUserIdAndSecContext(&userid, &context);
	SetUserIdAndSecContext(table_owner(state),
						   context | SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION);
	n = refresh_query(sql, nargs, types, values, nulls);
	SetUserIdAndSecContext(userid, context);
	return n;
}

static char *
state_name(Oid state)
{
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(state)),
									  get_rel_name(state));
}

static Datum
name_datum(const char *name)
{
	return CStringGetTextDatum(name);
}

/* ---- reading ---- */

static Datum
column(int i, bool *isnull)
{
	return SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, i + 1,
						 isnull);
}

static int
array_column(int i, Oid type, Datum **values)
{
	bool		isnull;
	Datum		datum = column(i, &isnull);
	bool	   *nulls;
	int			n;

	if (isnull)
		return -1;
	deconstruct_array(DatumGetArrayTypeP(datum), type,
					  type == OIDOID ? (int) sizeof(Oid) : -1, type == OIDOID,
					  TYPALIGN_INT, values, &nulls, &n);
	for (int k = 0; k < n; k++)
	{
		if (nulls[k])
			return -1;
	}
	return n;
}

/* The row that SPI has just read, into the caller's memory; false if in doubt. */
static bool
take_row(RefreshState *result, MemoryContext caller)
{
	Datum	   *relations;
	Datum	   *users;
	Datum	   *requests;
	Datum	   *answers;
	MemoryContext old;

	result->n = array_column(STATE_RELATIONS, OIDOID, &relations);
	if (result->n < 0 ||
		array_column(STATE_USERS, OIDOID, &users) != result->n ||
		array_column(STATE_REQUESTS, TEXTOID, &requests) != result->n ||
		array_column(STATE_ANSWERS, TEXTOID, &answers) != result->n)
		return false;
	old = MemoryContextSwitchTo(caller);
	result->definition = pstrdup(SPI_getvalue(SPI_tuptable->vals[0],
											  SPI_tuptable->tupdesc,
											  STATE_DEFINITION + 1));
	result->contents = pstrdup(SPI_getvalue(SPI_tuptable->vals[0],
											SPI_tuptable->tupdesc,
											STATE_CONTENTS + 1));
	result->entries = palloc(sizeof(TraceEntry) * Max(result->n, 1));
	for (int i = 0; i < result->n; i++)
	{
		TraceEntry *entry = &result->entries[i];
		char	   *request = TextDatumGetCString(requests[i]);

		entry->relid = DatumGetObjectId(relations[i]);
		entry->userid = DatumGetObjectId(users[i]);
		entry->request = pstrdup(pg_server_to_any(request, strlen(request),
												  PG_UTF8));
		entry->answer = TextDatumGetCString(answers[i]);
	}
	MemoryContextSwitchTo(old);
	return true;
}

/* False if nothing certain is known of the view's last refresh. */
bool
refresh_load(Oid state, Relation view, RefreshState *result)
{
	MemoryContext caller = CurrentMemoryContext;
	Oid			types[3] = {TEXTOID, TEXTOID, OIDOID};
	Datum		values[3];
	bool		found;

	values[0] = name_datum(get_namespace_name(RelationGetNamespace(view)));
	values[1] = name_datum(RelationGetRelationName(view));
	values[2] = ObjectIdGetDatum(RelationGetRelid(view));
	SPI_connect();
	found = query_as_owner(state,
						   psprintf("SELECT definition, contents, relations, users, requests, answers"
									" FROM %s WHERE view_schema = $1 AND view_name = $2 AND view_oid = $3",
									state_name(state)),
						   3, types, values, NULL) == 1 &&
		take_row(result, caller);
	SPI_finish();
	return found;
}

/* ---- writing ---- */

static void
fill_arrays(const Trace *trace, Datum *values)
{
	Datum		columns[4][TRACE_MAX_REQUESTS];

	for (int i = 0; i < trace->n; i++)
	{
		const TraceEntry *entry = &trace->entries[i];
		char	   *request = pg_any_to_server(entry->request,
											   strlen(entry->request), PG_UTF8);

		columns[0][i] = ObjectIdGetDatum(entry->relid);
		columns[1][i] = ObjectIdGetDatum(entry->userid);
		columns[2][i] = CStringGetTextDatum(request);
		columns[3][i] = CStringGetTextDatum(entry->answer);
	}
	for (int k = 0; k < 4; k++)
		values[STATE_RELATIONS + k] = PointerGetDatum(k < 2 ?
													  construct_array(columns[k], trace->n, OIDOID, sizeof(Oid), true, TYPALIGN_INT) :
													  construct_array(columns[k], trace->n, TEXTOID, -1, false, TYPALIGN_INT));
}

/*
 * Writes down the refresh just made; one in doubt without its requests.  Rows
 * of views that are no more go.
 */
void
refresh_store(Oid state, Oid viewid, const char *definition,
			  const ViewContents *contents, const Trace *trace)
{
	static Oid	types[STATE_NPARAMS] = {
		TEXTOID, TEXTOID, OIDARRAYOID, OIDARRAYOID, TEXTARRAYOID, TEXTARRAYOID,
		TEXTOID, TEXTOID, OIDOID, INT8OID
	};
	const char *nulls = trace->in_doubt ? "  nnnn    " : NULL;
	Datum		values[STATE_NPARAMS] = {0};
	char	   *name = state_name(state);

	values[STATE_DEFINITION] = CStringGetTextDatum(definition);
	values[STATE_CONTENTS] = CStringGetTextDatum(refresh_contents_name(contents));
	values[STATE_SCHEMA] = name_datum(get_namespace_name(get_rel_namespace(viewid)));
	values[STATE_NAME] = name_datum(get_rel_name(viewid));
	values[STATE_OID] = ObjectIdGetDatum(viewid);
	values[STATE_ROWS] = Int64GetDatum(contents->rows);
	if (!trace->in_doubt)
		fill_arrays(trace, values);
	SPI_connect();
	query_as_owner(state,
				   psprintf("INSERT INTO %s AS s (definition, contents, relations, users, requests, answers,"
							" view_schema, view_name, view_oid, row_count, refreshed_at)"
							" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now())"
							" ON CONFLICT (view_schema, view_name) DO UPDATE SET definition = excluded.definition,"
							" contents = excluded.contents, relations = excluded.relations, users = excluded.users,"
							" requests = excluded.requests, answers = excluded.answers, view_oid = excluded.view_oid,"
							" row_count = excluded.row_count, refreshed_at = excluded.refreshed_at", name),
				   STATE_NPARAMS, types, values, nulls);
	query_as_owner(state,
				   psprintf("DELETE FROM %s s WHERE NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n"
							" ON n.oid = c.relnamespace WHERE c.relkind = 'm' AND n.nspname = s.view_schema"
							" AND c.relname = s.view_name)", name),
				   0, NULL, NULL, NULL);
	SPI_finish();
}
