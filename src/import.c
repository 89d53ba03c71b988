/*
 * import.c
 *		IMPORT FOREIGN SCHEMA: a table for each resource.
 *
 * Everything comes from the resource tables; nothing is asked of the API.
 * The names of the columns are known to the resource, which is all that a
 * column needs to have its role: no column gets an option.
 */
#include "intent_fdw.h"

#include "lib/stringinfo.h"
#include "resource.h"
#include "utils/builtins.h"

/* The one remote schema. */
#define REMOTE_SCHEMA "intent"

static void
check_statement(const ImportForeignSchemaStmt *stmt)
{
	if (strcmp(stmt->remote_schema, REMOTE_SCHEMA) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_SCHEMA_NOT_FOUND),
				 errmsg("remote schema \"%s\" not found", stmt->remote_schema),
				 errhint("The only remote schema is \"%s\".", REMOTE_SCHEMA)));
	if (stmt->options)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_INVALID_OPTION_NAME),
				 errmsg("invalid option \"%s\"",
						linitial_node(DefElem, stmt->options)->defname),
				 errhint("IMPORT FOREIGN SCHEMA takes no options from this server.")));
}

/* Among the tables of LIMIT TO, or not among those of EXCEPT. */
static bool
is_wanted(const ImportForeignSchemaStmt *stmt, const char *name)
{
	bool		listed = false;
	ListCell   *lc;

	if (stmt->list_type == FDW_IMPORT_SCHEMA_ALL)
		return true;
	foreach(lc, stmt->table_list)
		listed |= strcmp(lfirst_node(RangeVar, lc)->relname, name) == 0;
	return listed == (stmt->list_type == FDW_IMPORT_SCHEMA_LIMIT_TO);
}

/* The schema is left out: the caller puts in that of the statement. */
static char *
create_table_command(const IntentResource *resource, const char *server)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "CREATE FOREIGN TABLE %s (",
					 quote_identifier(resource->name));
	for (int i = 0; i < resource->ncolumns; i++)
		appendStringInfo(&sql, "%s\n  %s %s", i ? "," : "",
						 quote_identifier(resource->columns[i].name),
						 resource->columns[i].type);
	appendStringInfo(&sql, "\n) SERVER %s OPTIONS (resource %s)",
					 quote_identifier(server),
					 quote_literal_cstr(resource->name));
	return sql.data;
}

/*
 * The commands for what the statement wants, in the order of the resources.
 * A table of LIMIT TO that there is not gives none, as with postgres_fdw.
 */
List *
intentImportForeignSchema(ImportForeignSchemaStmt *stmt, Oid serverOid)
{
	const IntentResource *resource;
	List	   *commands = NIL;

	check_statement(stmt);
	for (int i = 0; (resource = resource_at(i)) != NULL; i++)
	{
		if (is_wanted(stmt, resource->name))
			commands = lappend(commands,
							   create_table_command(resource, stmt->server_name));
	}
	return commands;
}
