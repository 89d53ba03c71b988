/*
 * plan.h
 *		What crosses from the planner to the executor.
 *
 * fdw_private and fdw_exprs by position.  Everything in them is small, can be
 * copied, and holds neither secrets nor values: values are expressions.
 */
#ifndef INTENT_PLAN_H
#define INTENT_PLAN_H

#include "compat.h"

#include "table.h"

/* fdw_private */
typedef enum IntentPlanPrivate
{
	INTENT_PLAN_CONDS,			/* list of packed conditions (qual_pack) */
	INTENT_PLAN_RETRIEVED,		/* attnos that the scan reads */
	INTENT_PLAN_NEEDED,			/* attnos whose value the statement needs */
	INTENT_PLAN_FLAGS,			/* integers, by IntentPlanFlag */
	INTENT_PLAN_COUNTS,			/* attnos that are counted, 0 for rows; NIL:
								 * an ordinary scan.  The counts follow the
								 * table's columns in the scan tuple */
	INTENT_PLAN_ORDER,			/* integers, by BestPlan; NIL: no order */
	INTENT_PLAN_SHARE,			/* name of what passes, see plan_share.c */
} IntentPlanPrivate;

typedef enum IntentPlanFlag
{
	INTENT_FLAG_READS_BY_SCORES,
	INTENT_FLAG_DATE_LOCAL,
	INTENT_FLAG_AUDIENCE_LOCAL,
	INTENT_FLAG_LACKS_ATTNO,
	INTENT_FLAG_HAS_LIMIT,
	INTENT_FLAG_HAS_OFFSET,
	INTENT_FLAG_HAS_KEYS,		/* the first condition's values are the keys
								 * of a batch, see lookup.c */
} IntentPlanFlag;

/* fdw_exprs; each a list of its own */
typedef enum IntentPlanExprs
{
	INTENT_EXPRS_VALUES,		/* of all conditions: values, then guards */
	INTENT_EXPRS_CLAUSES,		/* one for each condition */
	INTENT_EXPRS_LIMIT,			/* LIMIT's count, then its offset */
} IntentPlanExprs;

extern void plan_install_hooks(void);

/* plan_modify.c */
extern char *plan_key_name(const IntentTable *table);
extern void plan_check_modify(const ModifyTable *plan);

#endif							/* INTENT_PLAN_H */
