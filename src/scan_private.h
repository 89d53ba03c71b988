/*
 * scan_private.h
 *		What the parts of scan.c share: the steps of a scan.
 */
#ifndef INTENT_SCAN_PRIVATE_H
#define INTENT_SCAN_PRIVATE_H

#include "compat.h"

#include "scan.h"

/* scan.c */
extern void scan_make_request(IntentScan *scan, ExprContext *econtext);
extern void scan_open_chains(ForeignScanState *node, bool totals_only);
extern Chain *scan_next_chain(IntentScan *scan);
extern bool scan_fetch_row(IntentScan *scan, TupleTableSlot *slot);
extern void scan_stop_chains(IntentScan *scan);
extern bool scan_has_local_inputs(const IntentScan *scan);

/* scan_count.c */
extern void scan_count_begin(IntentScan *scan, List *counts);
extern TupleTableSlot *scan_count(ForeignScanState *node);

/* scan_share.c */
extern void scan_watch_filter(ForeignScanState *node);
extern void scan_learn_share(ForeignScanState *node);

/* scan_written.c */
extern void scan_watch_changes(ForeignScanState *node);
extern void scan_read_ahead(IntentScan *scan, TupleTableSlot *slot);

#endif							/* INTENT_SCAN_PRIVATE_H */
