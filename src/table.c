/*
 * table.c
 *		One foreign table: columns, roles, options, what its rows carry.
 *
 * A table is read from the catalogs anew for each planning and each scan:
 * that is cheap beside a request, and no cache of it can go stale.  What rows
 * carry is kept by backend, as totals are, and dropped by the invalidation of
 * anything that could change it.
 */
#include "table.h"

#include "access/table.h"
#include "catalog/pg_attribute.h"
#include "foreign/foreign.h"
#include "http.h"
#include "total.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"

/*
 * What the rows of a table carry: columns as attno - 1.  The sets are in
 * TopMemoryContext.
 */
typedef struct CarriedEntry
{
	Oid			relid;			/* hash key */
	bool		known;			/* a page with rows was seen */
	Bitmapset  *columns;
	Bitmapset  *before;			/* carried once, then missing from a page */
	Bitmapset  *optional;		/* carried, missing, and carried again: absent
								 * is null, not another form of row */
} CarriedEntry;

static HTAB *carried_tables = NULL;

static void watch_changes(void);

/* "company_domain" to "companyDomain": how members are spelled. */
static char *
camel_case(const char *name)
{
	char	   *result = palloc(strlen(name) + 1);
	char	   *out = result;
	bool		upper = false;

	for (const char *in = name; *in; in++)
	{
		if (*in == '_' && out > result)
			upper = true;
		else
		{
			*out++ = upper ? pg_toupper((unsigned char) *in) : *in;
			upper = false;
		}
	}
	*out = '\0';
	return result;
}

/*
 * Where the column's value stands and which filter it is: from the key, or
 * from the column's own name.
 */
static void
assign_role(IntentColumn *column, const IntentResource *resource,
			const IntentColumnOptions *options)
{
	const IntentColumnDef *def;

	def = options->key ? resource_column_by_key(resource, options->key) :
		resource_column(resource, column->name);
	column->key = options->key ? options->key :
		def ? pstrdup(def->key) : camel_case(column->name);
	column->source = def ? def->source : INTENT_SOURCE_MEMBER;
	column->by_scores = def && def->by_scores;
	column->optional = def && def->optional;
	column->filter = -1;
	if (def && def->filter)
		column->filter = resource_filter(resource, def->filter);

	if (def && def->paths[0])
	{
		column->paths = def->paths;
		while (column->npaths < INTENT_MAX_PATHS && def->paths[column->npaths])
			column->npaths++;
	}
	else
	{
		const char **paths = palloc(sizeof(char *));

		paths[0] = column->key;
		column->paths = paths;
		column->npaths = 1;
	}
}

/* Option "filter" overrides which request filter a column is. */
static void
assign_filter(IntentColumn *column, const IntentResource *resource,
			  const char *name)
{
	column->filter = resource_filter(resource, name);
	if (column->filter < 0)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_INVALID_OPTION_NAME),
				 errmsg("resource \"%s\" has no filter \"%s\"",
						resource->name, name),
				 errdetail("Column \"%s\" names it in its option \"filter\".",
						   column->name)));
}

static void
load_column(IntentColumn *column, Form_pg_attribute att, Oid relid,
			const IntentResource *resource)
{
	IntentColumnOptions options;

	memset(column, 0, sizeof(IntentColumn));
	column->filter = -1;
	if (att->attisdropped)
		return;
	if (att->attgenerated)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("generated column \"%s\" is not supported in a foreign table of intent_fdw",
						NameStr(att->attname)),
				 errhint("Compute it in a view over the foreign table.")));

	column->attno = att->attnum;
	column->name = pstrdup(NameStr(att->attname));
	column->typid = att->atttypid;
	column->typmod = column->basetypmod = att->atttypmod;
	column->basetype = getBaseTypeAndTypmod(att->atttypid, &column->basetypmod);

	option_load_column(GetForeignColumnOptions(relid, att->attnum), &options);
	column->match = options.match;
	assign_role(column, resource, &options);
	if (options.filter)
		assign_filter(column, resource, options.filter);
	if (column->filter >= 0 && column->match != INTENT_MATCH_CONTAINS &&
		resource->filters[column->filter].contains_only)
		column->filter = -1;
}

/*
 * Reads a foreign table from the catalogs.
 *
 * The caller holds a lock on it.  The result is palloc'd in the current
 * context.  Raises for options that do not fit the resource and for generated
 * columns.
 */
IntentTable *
table_load(Oid relid)
{
	IntentTable *table = palloc0(sizeof(IntentTable));
	ForeignTable *ftable = GetForeignTable(relid);
	Relation	rel = table_open(relid, NoLock);
	TupleDesc	desc = RelationGetDescr(rel);

	watch_changes();
	table->relid = relid;
	table->name = pstrdup(RelationGetRelationName(rel));
	table->server = GetForeignServer(ftable->serverid);
	table->options = option_load(table->server, ftable);
	table->resource = table->options->resource;
	table->natts = desc->natts;
	table->columns = palloc(sizeof(IntentColumn) * Max(desc->natts, 1));
	for (int i = 0; i < desc->natts; i++)
		load_column(&table->columns[i], TupleDescAttr(desc, i), relid,
					table->resource);
	table_close(rel, NoLock);
	return table;
}

/*
 * The table that IMPORT FOREIGN SCHEMA would make of a resource, without there
 * being one: its columns have names and places of values, but no type.
 */
IntentTable *
table_of_resource(const IntentResource *resource, ForeignServer *server)
{
	IntentTable *table = palloc0(sizeof(IntentTable));
	IntentColumnOptions options = {0};

	table->name = pstrdup(resource->name);
	table->server = server;
	table->options = option_load_resource(server, resource);
	table->resource = resource;
	table->natts = resource->ncolumns;
	table->columns = palloc0(sizeof(IntentColumn) * table->natts);
	for (int i = 0; i < table->natts; i++)
	{
		table->columns[i].attno = i + 1;
		table->columns[i].name = pstrdup(resource->columns[i].name);
		assign_role(&table->columns[i], resource, &options);
	}
	return table;
}

/* Number of the first column with a filter of that kind, 0 for none. */
int
table_filter_column(const IntentTable *table, IntentFilterKind kind)
{
	for (int i = 0; i < table->natts; i++)
	{
		const IntentColumn *column = &table->columns[i];
		const IntentFilter *filter = column_filter(table, column);

		if (column->attno > 0 && filter && filter->kind == kind)
			return column->attno;
	}
	return 0;
}

/* Number of the column that names the objects of changes, 0 for none. */
int
table_key_column(const IntentTable *table)
{
	const IntentChanges *changes = table->resource->changes;

	for (int i = 0; changes && i < table->natts; i++)
	{
		const IntentColumn *column = &table->columns[i];

		if (column->attno > 0 && column->source == INTENT_SOURCE_MEMBER &&
			strcmp(column->key, changes->key) == 0)
			return column->attno;
	}
	return 0;
}

/* Do the table's options give the filter its value? */
static bool
is_fixed(const IntentTable *table, const IntentFilter *filter)
{
	switch (filter->kind)
	{
		case INTENT_FILTER_TOPICS:
			return table->options->ntopic_ids > 0;
		case INTENT_FILTER_AUDIENCE:
			return table->options->audience_id != NULL;
		default:
			return false;
	}
}

/*
 * Is it said what to ask for?  "given" are the filters (by position) that
 * conditions give a value; the table's options may give others.
 */
bool
table_has_input(const IntentTable *table, const Bitmapset *given)
{
	const IntentResource *resource = table->resource;
	Bitmapset  *needed = NULL;
	Bitmapset  *met = NULL;

	for (int f = 0; f < resource->nfilters; f++)
	{
		const IntentFilter *filter = &resource->filters[f];

		if (filter->input_group == 0)
			continue;
		needed = bms_add_member(needed, filter->input_group);
		if (bms_is_member(f, given) || is_fixed(table, filter))
			met = bms_add_member(met, filter->input_group);
	}
	return bms_equal(needed, met);
}

static void
forget_table(CarriedEntry *entry)
{
	bms_free(entry->columns);
	bms_free(entry->before);
	bms_free(entry->optional);
	hash_search(carried_tables, &entry->relid, HASH_REMOVE, NULL);
}

static void
forget_all(void)
{
	HASH_SEQ_STATUS status;
	CarriedEntry *entry;

	if (!carried_tables)
		return;
	hash_seq_init(&status, carried_tables);
	while ((entry = hash_seq_search(&status)) != NULL)
		forget_table(entry);
}

static void
table_changed(Datum arg, Oid relid)
{
	CarriedEntry *entry = NULL;

	total_forget(relid);
	if (!OidIsValid(relid))
		forget_all();
	else if (carried_tables)
		entry = hash_search(carried_tables, &relid, HASH_FIND, NULL);
	if (entry)
		forget_table(entry);
}

/*
 * A server or a user mapping changed: rows may come from elsewhere now.  Which
 * one is not told, and it may be gone: all connections that wait for work are
 * closed, lest those of servers dropped add up.
 */
static void
server_changed(Datum arg, int cacheid, uint32 hashvalue)
{
	total_forget(InvalidOid);
	forget_all();
	http_pool_close(InvalidOid);
}

/* Once in a backend: there is room for few such callbacks. */
static void
watch_changes(void)
{
	static bool watching = false;

	if (watching)
		return;
	watching = true;
	CacheRegisterRelcacheCallback(table_changed, (Datum) 0);
	CacheRegisterSyscacheCallback(FOREIGNSERVEROID, server_changed, (Datum) 0);
	CacheRegisterSyscacheCallback(USERMAPPINGOID, server_changed, (Datum) 0);
}

static void
make_memory(void)
{
	HASHCTL		ctl = {0};

	ctl.keysize = sizeof(Oid);
	ctl.entrysize = sizeof(CarriedEntry);
	ctl.hcxt = TopMemoryContext;
	carried_tables = hash_create("intent_fdw carried columns", 16, &ctl,
								 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

/*
 * Which columns (attno - 1) the table's rows are known to carry, and which of
 * them a row may leave out.
 *
 * False when no page with rows has been seen since the last change; the sets
 * are copies in the current context.  Columns that do not come from a member
 * of the row are not in them.
 */
bool
table_carried(Oid relid, Bitmapset **carried, Bitmapset **optional)
{
	CarriedEntry *entry = NULL;

	if (carried_tables)
		entry = hash_search(carried_tables, &relid, HASH_FIND, NULL);
	*carried = entry ? bms_copy(entry->columns) : NULL;
	*optional = entry ? bms_copy(entry->optional) : NULL;
	return entry && entry->known;
}

static CarriedEntry *
find_or_make_entry(Oid relid)
{
	CarriedEntry *entry;
	bool		found;

	if (!carried_tables)
		make_memory();
	entry = hash_search(carried_tables, &relid, HASH_ENTER, &found);
	if (!found)
	{
		entry->known = false;
		entry->columns = entry->before = entry->optional = NULL;
	}
	return entry;
}

/*
 * Adds to what table_carried() returns, after a page with rows.  Columns that
 * pages of the same scan did without are optional, and so are those that
 * come back.
 */
void
table_add_carried(Oid relid, const Bitmapset *more, bool optional)
{
	CarriedEntry *entry = find_or_make_entry(relid);
	MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);
	Bitmapset  *again = optional ? bms_copy(more) :
	bms_intersect(more, entry->before);

	entry->known = true;
	entry->columns = bms_add_members(entry->columns, more);
	entry->optional = bms_add_members(entry->optional, again);
	bms_free(again);
	MemoryContextSwitchTo(old);
}

/*
 * A page had rows, and none of them a column that all carried: the next page
 * with rows decides anew.
 */
void
table_forget_carried(Oid relid)
{
	CarriedEntry *entry = find_or_make_entry(relid);
	MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);

	entry->known = false;
	entry->before = bms_add_members(entry->before, entry->columns);
	bms_free(entry->columns);
	bms_free(entry->optional);
	entry->columns = entry->optional = NULL;
	MemoryContextSwitchTo(old);
}
