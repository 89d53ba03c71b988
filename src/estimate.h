/*
 * estimate.h
 *		How many rows, and what they cost in requests.
 *
 * Guesses from the conditions and the resource's own figures.  Planning
 * sends nothing, ever.
 */
#ifndef INTENT_ESTIMATE_H
#define INTENT_ESTIMATE_H

#include "compat.h"

#include "qual.h"
#include "table.h"

/* What one scan of the table is expected to do. */
typedef struct IntentEstimate
{
	double		rows;			/* received, before local conditions */
	double		chains;
	Cost		startup_cost;
	Cost		total_cost;
} IntentEstimate;

extern IntentEstimate estimate_scan(const IntentTable *table, List *conds);

#endif							/* INTENT_ESTIMATE_H */
