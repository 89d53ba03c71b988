/*
 * scan_written.c
 *		Scans of what the same statement changes.
 *
 * Part of scan.c.  A statement sees rows as they were before it.  So a scan of
 * a resource that it changes reads all rows before it hands on the first one,
 * keeps them for its rescans, and notes what each was.  One that begins only
 * after a change was sent raises (chain_run.c).
 */
#include "scan_private.h"

#include "catalog/pg_class.h"
#include "executor/executor.h"
#include "foreign/foreign.h"
#include "utils/lsyscache.h"
#include "utils/tuplestore.h"
#include "written.h"

/* Is the relation one of the scan's server and resource? */
static bool
is_same_resource(const IntentScan *scan, Oid relid)
{
	if (relid == scan->table->relid)
		return true;
	return get_rel_relkind(relid) == RELKIND_FOREIGN_TABLE &&
		GetForeignTable(relid)->serverid == scan->table->server->serverid &&
		table_load(relid)->resource == scan->table->resource;
}

/* Does the statement change rows that the scan reads?  Then all are kept. */
void
scan_watch_changes(ForeignScanState *node)
{
	IntentScan *scan = node->fdw_state;
	EState	   *estate = node->ss.ps.state;
	ChainStatement *statement;
	Bitmapset  *changed;
	int			rti = -1;

	if (!scan->table->resource->changes || !estate->es_plannedstmt ||
		scan->inputs->has_keys || scan->counts != NIL)
		return;
	changed = result_relations(estate->es_plannedstmt);
	while ((rti = bms_next_member(changed, rti)) >= 0)
		scan->is_changed |= is_same_resource(scan, exec_rt_fetch(rti, estate)->relid);
	if (!scan->is_changed)
		return;
	scan->keep = true;
	statement = chain_statement(estate->es_query_cxt, scan->table->server->serverid);
	rows_note_originals(scan->reader,
						written_rows(&statement->written, scan->table->resource,
									 estate->es_query_cxt));
}

/* Reads all rows into the scan's store, waiting for them. */
void
scan_read_ahead(IntentScan *scan, TupleTableSlot *slot)
{
	bool		must_not_wait = scan->must_not_wait;

	scan->must_not_wait = false;
	while (scan_fetch_row(scan, slot))
		tuplestore_puttupleslot(scan->store, slot);
	scan->must_not_wait = must_not_wait;
	scan->statement->delivered = true;
	tuplestore_rescan(scan->store);
	scan->replaying = true;
}
