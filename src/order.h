/*
 * order.h
 *		Paths that return the best rows first.
 *
 * Planner only: where a statement wants the rows in the order of the score,
 * a scan by bands of scores is offered beside the plain one.
 */
#ifndef INTENT_ORDER_H
#define INTENT_ORDER_H

#include "compat.h"

#include "estimate.h"
#include "table.h"

/* What a path for a relation is made of. */
typedef struct OrderInput
{
	const IntentTable *table;
	List	   *sent;			/* IntentCond */
	List	   *local;			/* clauses that are not sent */
	double		rows;			/* after the local ones */
	IntentEstimate estimate;
} OrderInput;

extern void order_define_settings(void);
extern void order_add_path(PlannerInfo *root, RelOptInfo *rel,
						   const OrderInput *input);

#endif							/* INTENT_ORDER_H */
