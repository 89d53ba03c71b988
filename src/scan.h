/*
 * scan.h
 *		The state of one scan, as EXPLAIN shows it, and how a batched lookup
 *		hands its keys to a scan.
 */
#ifndef INTENT_SCAN_H
#define INTENT_SCAN_H

#include "compat.h"

#include "chain.h"
#include "input.h"
#include "row.h"

typedef struct IntentScan
{
	/* from the plan */
	IntentTable *table;
	InputSet   *inputs;
	IntentUse	use;
	ExprState  *limit_count;	/* or NULL */
	ExprState  *limit_offset;
	Oid			userid;

	/* as of the last start */
	bool		started;
	IntentRequest *request;
	MemoryContext request_context;
	int64		wanted;			/* rows that LIMIT asks for, 0 for all */

	/* under way */
	RowReader  *reader;
	ChainStatement *statement;
	ChainCounters counters;
	ChainSet   *chains;
	bool		done;			/* all chains are read */
	const IntentChainSpec *row_chain;	/* of the row returned last */

	/* rows already returned, to return them again without a request */
	bool		keep;
	Tuplestorestate *store;
	bool		replaying;
	TupleTableSlot *store_slot;

	MemoryContext context;		/* lives as long as the scan */
} IntentScan;

extern IntentRequest *scan_describe(ForeignScanState *node,
									List *deparse_context);
extern void scan_set_keys(IntentScan *scan, const Datum *keys, int nkeys);
extern const IntentScalar *scan_row_key(const IntentScan *scan);

#endif							/* INTENT_SCAN_H */
