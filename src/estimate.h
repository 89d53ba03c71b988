/*
 * estimate.h
 *		How many rows, and what they cost in requests.
 *
 * From the totals of earlier requests where there are any, else guesses from
 * the conditions and the resource's own figures.  Planning sends nothing,
 * ever.
 */
#ifndef INTENT_ESTIMATE_H
#define INTENT_ESTIMATE_H

#include "compat.h"

#include "qual.h"
#include "table.h"

/* Whose scans of which table are estimated. */
typedef struct EstimateFor
{
	PlannerInfo *root;
	const IntentTable *table;
	Oid			userid;
	double		tuples;			/* of ANALYZE, 0 or less when not known */
	bool		reads_by_scores;	/* see IntentUse */
} EstimateFor;

/* What one scan of the table is expected to do. */
typedef struct IntentEstimate
{
	double		received;		/* rows that are sent */
	double		rows;			/* of them, those that meet the conditions */
	bool		remembered;		/* from totals of earlier requests */
	bool		covered;		/* the API alone decides on all conditions, or
								 * it may, depending on values */
	double		chains;
	Cost		startup_cost;
	Cost		total_cost;
	Cost		unsplit_cost;	/* the same if no chain is read by ranges */
	Cost		count_cost;		/* of asking for the totals only */
} IntentEstimate;

extern IntentEstimate estimate_scan(const EstimateFor *who, List *conds);
extern double estimate_values(const EstimateFor *who, List *conds, int filter);

#endif							/* INTENT_ESTIMATE_H */
