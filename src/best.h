/*
 * best.h
 *		A scan in the order of the score, by bands.
 *
 * Stands where a set of chains stands in the plain scan: reads one band of
 * scores after the other, each through chains of its own, sorts it and hands
 * out its rows.  No band is asked for before the one before is used up.
 */
#ifndef INTENT_BEST_H
#define INTENT_BEST_H

#include "compat.h"

#include "chain.h"
#include "row.h"

/* What the plan says of the order (what order.c puts into a path). */
typedef enum BestPlan
{
	BEST_ATTNO,					/* the score's column */
	BEST_DESCENDING,
	BEST_WANTED,				/* rows that LIMIT asks for, 0: not known */
	BEST_SURE,					/* nobody takes more rows than that */
	BEST_ESTIMATE,				/* rows of all scores, as the planner has it */
} BestPlan;

typedef struct BestFirst BestFirst;

extern BestFirst *best_prepare(const IntentTable *table, List *plan,
							   RowReader *reader, TupleDesc desc);
extern void best_start(BestFirst *best, const ChainSetup *setup,
					   const IntentUse *use);
extern bool best_fetch(BestFirst *best, TupleTableSlot *slot);
extern void best_stop(BestFirst *best);
extern int	best_bands(const BestFirst *best);

#endif							/* INTENT_BEST_H */
