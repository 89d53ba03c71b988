/*
 * best_private.h
 *		What the parts of best.c share: the state of a scan by bands.
 */
#ifndef INTENT_BEST_PRIVATE_H
#define INTENT_BEST_PRIVATE_H

#include "compat.h"

#include "band.h"
#include "best.h"
#include "utils/tuplesort.h"

struct BestFirst
{
	/* from the plan */
	const IntentTable *table;
	int			attno;
	Oid			type;			/* of the score, domains seen through */
	bool		descending;
	double		wanted;
	bool		sure;
	double		estimate;
	RowReader  *reader;
	TupleDesc	desc;

	/* as of the last start */
	ChainSetup	setup;			/* "request" is the one for all scores */
	Bands		bands;
	int			generation;		/* of the statement */
	int64		received;		/* rows of all bands that were read */
	int			nbands;			/* read or begun, over all starts */
	bool		done;

	/* the band under way */
	Band		band;
	int64		rows;			/* received */
	int64		kept;			/* of them, those that are handed out */
	int64		at_bound;		/* of them, those the next band may repeat */
	int64		total;			/* as far as its chains have told */
	bool		total_known;
	int			told;			/* chains that have */
	int64		requests;		/* of the scan when the band began */
	int64		expected;		/* rows it must have, -1: not known */
	ChainSet   *chains;			/* being read, or handed out */
	Tuplesortstate *sort;		/* being handed out */
	TupleTableSlot *sorted;
	MemoryContext band_context; /* requests and chains; reset for each band */
	MemoryContext context;		/* the scan's */
};

/* How reading a band ended. */
typedef enum BandOutcome
{
	BAND_COMPLETE,
	BAND_TOO_LARGE,				/* to be read again */
	BAND_LOOKED_AT,				/* likewise, now that the total is known */
	BAND_UNPROVEN,				/* likewise: there are no totals */
	BAND_RESTARTED,				/* the run changed: all bands start again */
} BandOutcome;

/* best_request.c */
extern int	best_score_filter(const BestFirst *best);
extern bool best_restarted(const BestFirst *best);
extern void best_count_rows(BestFirst *best);
extern void best_open_chains(BestFirst *best);
extern bool best_recall_total(const BestFirst *best, double *total);

#endif							/* INTENT_BEST_PRIVATE_H */
