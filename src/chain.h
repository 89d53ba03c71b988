/*
 * chain.h
 *		Chains of pages, several at a time.
 *
 * A chain sends one request body, follows its cursor page by page, polls
 * while the result is being made, tries again what may pass, and sees to it
 * that all its pages are of one run.  A set runs the chains of a scan, a
 * bounded number at once.  Knows nothing of plans and slots.
 */
#ifndef INTENT_CHAIN_H
#define INTENT_CHAIN_H

#include "compat.h"

#include "http.h"
#include "page.h"
#include "request.h"

/*
 * What the scans of one statement on one server share: they see one run, and
 * once one of them has handed something on, none can start again.
 */
typedef struct ChainStatement
{
	bool		delivered;		/* a scan returned a row, or its end */
	int			restarts;
	int			generation;		/* grows with each restart */
	char		data_date[12];	/* of the run all scans see; "" until known */
	struct WrittenRows *written;	/* see written.h; NULL: nothing */
} ChainStatement;

/* Figures of a scan, for EXPLAIN ANALYZE; kept over rescans. */
typedef struct ChainCounters
{
	int64		requests;
	int64		pages;
	int64		polls;
	int64		retries;
	int64		rows;
	int64		bytes;
	int64		throttled_ms;	/* waits that the server asked for */
	int64		waited_ms;		/* waits for anything */
	int64		total;			/* sum of the chains' totalCount */
	bool		has_total;
	int64		bands;			/* ranges that chains were split into */
	char		data_date[12];
	TimestampTz told_at;		/* when the scan's progress was told; or 0 */
} ChainCounters;

/* What the chains of a scan have in common; outlives the set. */
typedef struct ChainSetup
{
	const IntentTable *table;
	const IntentRequest *request;
	Oid			userid;
	PageLayout *layout;
	ChainStatement *statement;
	ChainCounters *counters;
	int64		wanted;			/* rows that LIMIT asks for, 0 for all */
	bool		totals_only;	/* a chain ends with its first page's total */
	int			bands;			/* a large chain may be read as so many ranges
								 * of scores at once; 0 or 1: as one */
	int			score;			/* the page's column with the score, for that */
	bool		partial;		/* a part of what the plan asks, or more than
								 * that: its totals are not remembered */
	bool		values_vary;	/* some come from rows or parameters */
	const char *shape;			/* body with values left open: its average is
								 * kept instead of single totals; or NULL */
	int			shape_parts;	/* requests like it in all chains together */
} ChainSetup;

typedef struct ChainSet ChainSet;

/* What chains_due() returns for chains that can go on; a time long past. */
#define CHAINS_NOW ((TimestampTz) 0)

/* A chain with rows to read, as chains_next() returns it. */
typedef struct Chain
{
	IntentChainSpec *spec;
	RowPage    *page;
	int			row;			/* the next one to read */
	int			page_number;	/* from 1 */
	struct ChainRun *run;		/* private to chain.c */
} Chain;

extern ChainStatement *chain_statement(MemoryContext query, Oid serverid);
extern ChainSet *chains_open(const ChainSetup *setup, MemoryContext parent);
extern Chain *chains_next(ChainSet *set);
extern bool chains_try(ChainSet *set, Chain **chain);
extern TimestampTz chains_due(const ChainSet *set);
extern void chains_attend(ChainSet *set);
extern void chains_waited(ChainSet *set, TimestampTz since);
extern void chain_row_taken(ChainSet *set, Chain *chain);
extern int	chains_total(const ChainSet *set, int64 *total);
extern void chains_close(ChainSet *set);
extern HttpRequest chain_new_request(const IntentOptions *options);
extern void chain_define_settings(void);
extern void chain_log_exchange(const char *method, const char *path,
							   const char *members, const HttpReply *reply);

#endif							/* INTENT_CHAIN_H */
