/*
 * qual.h
 *		Is this clause something that the resource can take?
 *
 * A clause of WHERE or of a join becomes a condition when one side is a
 * column with a filter, the other has nothing of this table, and the operator
 * is one that the filter knows, told by operator family.  The values stay
 * expressions: the executor evaluates them.  Knows nothing of HTTP or JSON.
 */
#ifndef INTENT_QUAL_H
#define INTENT_QUAL_H

#include "compat.h"

#include "table.h"

typedef enum IntentOp
{
	INTENT_OP_EQ,				/* one of the values */
	INTENT_OP_LT,
	INTENT_OP_LE,
	INTENT_OP_GT,
	INTENT_OP_GE,
	INTENT_OP_LOWER,			/* lower(column) = value */
	INTENT_OP_LIKE,				/* the value is a pattern */
	INTENT_OP_ILIKE,
} IntentOp;

/* Where the values of a condition come from; the later the weaker. */
typedef enum IntentOrigin
{
	INTENT_FROM_STATEMENT,		/* constants, parameters, InitPlans */
	INTENT_FROM_OUTER_QUERY,	/* a row of a query around this one */
	INTENT_FROM_JOIN,			/* a row of another relation */
} IntentOrigin;

#define INTENT_ORIGINS 3

/*
 * A clause that can be sent: column op ANY (values), or it holds for every
 * row when one of the guards is true ($1 IS NULL OR column = $1).
 */
typedef struct IntentCond
{
	int			attno;			/* the column */
	IntentOp	op;
	Oid			opno;			/* the operator, column on the left */
	Oid			collation;
	bool		nocase;			/* equality that ignores case (citext) */
	bool		contains;		/* the API is known to match parts */
	bool		exact;			/* rows not carrying the column are taken to
								 * meet it: equality under match exact */
	IntentOrigin origin;		/* of its values */
	int			nvalues;
	Bitmapset  *arrays;			/* positions of values that are arrays */
	int			nguards;
	List	   *exprs;			/* the values, then the guards */
	Expr	   *clause;			/* all of it, to check rows again */
} IntentCond;

extern IntentCond *qual_classify(PlannerInfo *root, const IntentTable *table,
								 Index relid, Expr *clause);
extern bool qual_mentions(Node *clause, Index relid, const IntentTable *table,
						  IntentFilterKind kind);
extern List *qual_pack(const IntentCond *cond);
extern IntentCond *qual_unpack(List *packed);

#endif							/* INTENT_QUAL_H */
