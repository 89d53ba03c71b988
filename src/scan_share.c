/*
 * scan_share.c
 *		What share of the rows received has passed, for later estimates.
 *
 * Part of scan.c.  The rest of the statement's conditions is PostgreSQL's to
 * check, which counts what they remove only for who has asked it to.
 */
#include "scan_private.h"

#include "executor/instrument.h"
#include "total.h"

/* Has PostgreSQL count what the plan's conditions remove, EXPLAIN or not. */
void
scan_watch_filter(ForeignScanState *node)
{
	if (node->ss.ps.qual || node->ss.ps.plan->qual != NIL)
		node->ss.ps.instrument = make_node_counter();
}

/* Remembers, at the end of a scan, how many of the rows have passed. */
void
scan_learn_share(ForeignScanState *node)
{
	IntentScan *scan = node->fdw_state;
	NodeCounter *seen = node->ss.ps.instrument;
	bool		filtered = node->ss.ps.plan->qual != NIL;
	TotalOwner	owner = {scan->table->relid, scan->userid};
	double		checked = scan->reader ? rows_checked(scan->reader) : 0;
	double		share;

	if (checked == 0 || !scan->request ||
		(!filtered && !scan_has_local_inputs(scan) &&
		 rows_removed(scan->reader) == 0))
		return;
	share = (checked - rows_removed(scan->reader)) / checked;
	if (filtered && seen && scan->handed_out > 0)
		share *= Max(scan->handed_out - seen->nfiltered1, 0) / scan->handed_out;
	total_remember(owner, scan->share, share);
}
