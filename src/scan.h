/*
 * scan.h
 *		The state of one scan, as EXPLAIN shows it, and how a batched lookup
 *		hands its keys to a scan.
 */
#ifndef INTENT_SCAN_H
#define INTENT_SCAN_H

#include "compat.h"

#include "best.h"
#include "chain.h"
#include "input.h"
#include "row.h"

/* How far a scan has come that counts rows. */
typedef enum ScanCounting
{
	SCAN_COUNTED_NOTHING,
	SCAN_COUNTS_TOTALS,			/* adds up what answers tell */
	SCAN_COUNTS_ROWS,			/* reads them */
	SCAN_COUNTED,
} ScanCounting;

typedef struct IntentScan
{
	/* from the plan */
	IntentTable *table;
	InputSet   *inputs;
	IntentUse	use;
	ExprState  *limit_count;	/* or NULL */
	ExprState  *limit_offset;
	Oid			userid;
	List	   *counts;			/* see INTENT_PLAN_COUNTS */
	char	   *shape;			/* see inputs_shape(); set by the first start */
	int			shape_chains;	/* that it stands for */
	bool		has_shape;		/* shape is set */
	List	   *order;			/* integers, by BestPlan; NIL: no order */
	char	   *share;			/* see INTENT_PLAN_SHARE */

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
	BestFirst  *best;			/* instead of chains; NULL in a plain scan */
	bool		done;			/* all chains are read */
	int64		handed_out;		/* rows, over all starts */
	const IntentChainSpec *row_chain;	/* of the row returned last */

	/* asked asynchronously, see scan_async.c */
	struct AsyncMember *member; /* NULL: never was */
	bool		must_not_wait;
	bool		may_send;		/* its turn has come; if it must not wait */
	bool		blocked;		/* no row was returned, for want of waiting */

	/* rows already returned, to return them again without a request */
	bool		keep;
	Tuplestorestate *store;
	bool		replaying;
	bool		is_changed;		/* the statement changes what it reads */
	TupleTableSlot *store_slot;

	/* counts instead of rows */
	ScanCounting counting;
	bool		counted_rows;	/* by reading them */
	int			counted_generation; /* of the statement, when counting began */
	bool		count_returned; /* since the last start */
	int64	   *results;		/* by counts */

	MemoryContext context;		/* lives as long as the scan */
} IntentScan;

extern IntentRequest *scan_describe(ForeignScanState *node,
									List *deparse_context);
extern bool scan_asks_totals(const IntentScan *scan,
							 const IntentRequest *request);
extern void scan_set_keys(IntentScan *scan, const Datum *keys, int nkeys);
extern const IntentScalar *scan_row_key(const IntentScan *scan);

#endif							/* INTENT_SCAN_H */
