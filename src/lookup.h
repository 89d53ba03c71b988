/*
 * lookup.h
 *		The batched lookup join: what its plan holds.
 *
 * A custom scan over two plans: outer rows, and the foreign scan that their
 * keys are looked up with.  The scan tuple has the columns of both, outer ones
 * first.  What crosses to the executor are integers and expressions.
 */
#ifndef INTENT_LOOKUP_H
#define INTENT_LOOKUP_H

#include "compat.h"

#include "nodes/extensible.h"

/* Most keys in a batch; each costs a request, most of them of one page. */
#define LOOKUP_MAX_KEYS 1000

/* custom_private, a list of integers */
typedef enum LookupPlanPrivate
{
	LOOKUP_PLAN_JOINTYPE,		/* inner, left, semi or anti */
	LOOKUP_PLAN_KEY_ATTNO,		/* of the foreign table */
	LOOKUP_PLAN_NOUTER,			/* columns of the scan tuple that are outer */
	LOOKUP_PLAN_ALL_ROWS,		/* no LIMIT or cursor may end the join early */
} LookupPlanPrivate;

/* custom_exprs; each a list of its own */
typedef enum LookupPlanExprs
{
	LOOKUP_EXPRS_KEY,			/* the key of an outer row */
	LOOKUP_EXPRS_JOIN,			/* all join conditions, the key's included */
} LookupPlanExprs;

extern const CustomScanMethods lookup_scan_methods;

#endif							/* INTENT_LOOKUP_H */
