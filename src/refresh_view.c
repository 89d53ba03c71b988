/*
 * refresh_view.c
 *		What a view reads, as far as that can be told by looking at it.
 *
 * Part of refresh.c.  Views and partitions are followed.  Only functions that
 * come with PostgreSQL count as immutable: those of users may say so and read
 * a table, or be replaced.
 */
#include "refresh_private.h"

#include "access/sysattr.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type_d.h"
#include "common/hashfn.h"
#include "foreign/fdwapi.h"
#include "intent_fdw.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "rewrite/prs2lock.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

/* ---- what it reads ---- */

static void read_relation(Oid relid, bool children, ViewReading *reading);

static bool
is_users_function(Oid funcid, void *context)
{
	return funcid >= FirstNormalObjectId;
}

static bool
read_walker(Node *node, void *context)
{
	ViewReading *reading = context;

	if (node == NULL)
		return false;
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, read_walker, context,
								 QTW_EXAMINE_RTES_BEFORE);
	if (IsA(node, RangeTblEntry))
	{
		RangeTblEntry *rte = (RangeTblEntry *) node;

		if (rte->rtekind == RTE_RELATION)
			read_relation(rte->relid, rte->inh, reading);
		else if (rte->rtekind == RTE_TABLEFUNC)
			reading->in_doubt = true;
		return false;			/* what is in it comes next */
	}
	if (IsA(node, TableSampleClause) ||
		check_functions_in_node(node, is_users_function, NULL))
		reading->in_doubt = true;
	return expression_tree_walker(node, read_walker, context);
}

/* The query of a view, from its rule; the rule may name the view itself. */
static void
read_rule(Relation view, ViewReading *reading)
{
	RuleLock   *rules = view->rd_rules;
	Node	   *query;

	if (!rules || rules->numLocks != 1 || list_length(rules->rules[0]->actions) != 1)
	{
		reading->in_doubt = true;
		return;
	}
	query = linitial(rules->rules[0]->actions);
	reading->in_doubt |= contain_mutable_functions(query);
	read_walker(query, reading);
}

static bool
is_intent_table(Relation rel)
{
	return GetFdwRoutineForRelation(rel, false)->BeginForeignScan ==
		intentBeginForeignScan;
}

static void
read_children(Oid relid, ViewReading *reading)
{
	ListCell   *lc;

	foreach(lc, find_inheritance_children(relid, AccessShareLock))
		read_relation(lfirst_oid(lc), true, reading);
}

/* A relation of the view, by its kind. */
static void
read_kind(Oid relid, ViewReading *reading)
{
	Relation	rel;

	reading->relids = lappend_oid(reading->relids, relid);
	rel = table_open(relid, AccessShareLock);
	if (rel->rd_rel->relkind == RELKIND_VIEW)
		read_rule(rel, reading);
	else if (rel->rd_rel->relkind == RELKIND_FOREIGN_TABLE)
		reading->in_doubt |= !is_intent_table(rel);
	else if (rel->rd_rel->relkind != RELKIND_PARTITIONED_TABLE ||
			 rel->rd_rel->relrowsecurity)
		reading->in_doubt = true;
	table_close(rel, NoLock);
}

/* Each once, but children of what was read without them. */
static void
read_relation(Oid relid, bool children, ViewReading *reading)
{
	if (!list_member_oid(reading->relids, relid))
		read_kind(relid, reading);
	if (children)
		read_children(relid, reading);
}

/* Fills in what a materialized view reads; takes locks as its query would. */
void
refresh_read_view(Relation view, ViewReading *reading)
{
	reading->relids = list_make1_oid(RelationGetRelid(view));
	read_rule(view, reading);
}

/* ---- as it is defined ---- */

/*
 * All that decides on the view's contents beside the API's answers, as one
 * hash.  What the catalogs have more (comments, statistics) does no harm.
 */
static const char definition_sql[] =
"SELECT hashtextextended(p.parts, 0) || ' ' || hashtextextended(p.parts, 1) FROM ("
" SELECT string_agg(d.part, E'\\n' ORDER BY d.part COLLATE \"C\") AS parts FROM ("
"  SELECT format('class %s %s %s %s %s', c.oid, c.relkind, c.relowner, c.reloptions, c.relpartbound) AS part"
"    FROM pg_class c WHERE c.oid = ANY ($1)"
"  UNION ALL SELECT 'column ' || a::text FROM pg_attribute a WHERE a.attrelid = ANY ($1) AND a.attnum > 0"
"  UNION ALL SELECT 'rule ' || r.ev_class || ' ' || r.ev_action::text FROM pg_rewrite r WHERE r.ev_class = ANY ($1)"
"  UNION ALL SELECT 'constraint ' || c::text FROM pg_constraint c WHERE c.conrelid = ANY ($1)"
"  UNION ALL SELECT 'inherits ' || i::text FROM pg_inherits i WHERE i.inhrelid = ANY ($1)"
"  UNION ALL SELECT 'table ' || f::text FROM pg_foreign_table f WHERE f.ftrelid = ANY ($1)"
"  UNION ALL SELECT 'server ' || s::text FROM pg_foreign_server s"
"    WHERE s.oid IN (SELECT f.ftserver FROM pg_foreign_table f WHERE f.ftrelid = ANY ($1))"
"  UNION ALL SELECT 'setting ' || s.name || ' ' || s.setting FROM pg_settings s"
"    WHERE s.name IN ('server_version_num', 'TimeZone', 'DateStyle', 'IntervalStyle', 'extra_float_digits', 'bytea_output', 'lc_monetary')"
" ) d) p";

/* palloc'd */
char *
refresh_definition(const ViewReading *reading)
{
	int			n = list_length(reading->relids);
	Datum	   *oids = palloc(sizeof(Datum) * n);
	Oid			types[1] = {OIDARRAYOID};
	Datum		values[1];
	MemoryContext caller = CurrentMemoryContext;
	char	   *result;

	for (int i = 0; i < n; i++)
		oids[i] = ObjectIdGetDatum(list_nth_oid(reading->relids, i));
	values[0] = PointerGetDatum(construct_array(oids, n, OIDOID, sizeof(Oid),
												true, TYPALIGN_INT));
	SPI_connect();
	if (refresh_query(definition_sql, 1, types, values, NULL) != 1)
		elog(ERROR, "no definition");
	result = MemoryContextStrdup(caller,
								 SPI_getvalue(SPI_tuptable->vals[0],
											  SPI_tuptable->tupdesc, 1));
	SPI_finish();
	return result;
}

/* ---- its contents ---- */

/*
 * Counts the rows, and hashes where each stands and who put it there: another
 * refresh, by whomever, leaves another hash.
 */
ViewContents
refresh_contents(Relation view)
{
	ViewContents contents = {0};
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	TableScanDesc scan = begin_table_scan(view, snapshot);
	TupleTableSlot *slot = table_slot_create(view, NULL);

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		bool		isnull;
		uint32		version[3];

		version[0] = ItemPointerGetBlockNumber(&slot->tts_tid);
		version[1] = ItemPointerGetOffsetNumber(&slot->tts_tid);
		version[2] = DatumGetTransactionId(slot_getsysattr(slot,
														   MinTransactionIdAttributeNumber,
														   &isnull));
		contents.rows++;
		contents.hash += hash_bytes_extended((unsigned char *) version,
											 sizeof(version), 0);
		CHECK_FOR_INTERRUPTS();
	}
	ExecDropSingleTupleTableSlot(slot);
	table_endscan(scan);
	UnregisterSnapshot(snapshot);
	return contents;
}

/* As the state has it; palloc'd. */
char *
refresh_contents_name(const ViewContents *contents)
{
	return psprintf("%lld rows, %016llx", (long long) contents->rows,
					(unsigned long long) contents->hash);
}
