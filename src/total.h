/*
 * total.h
 *		How many rows requests had, as far as this backend has seen.
 *
 * Answers tell a totalCount; the planner guesses better with the one of an
 * earlier request.  A request is known by its body without limit and cursor;
 * values that only an execution knows stand in it as TOTAL_UNKNOWN_VALUE, and
 * then an average is kept.  Knows nothing of what a body means.
 */
#ifndef INTENT_TOTAL_H
#define INTENT_TOTAL_H

#include "compat.h"

/* What stands in a body for a value that differs between executions. */
#define TOTAL_UNKNOWN_VALUE "?"

/* Whose request of which table: users may get different answers. */
typedef struct TotalOwner
{
	Oid			relid;
	Oid			userid;
} TotalOwner;

extern void total_remember(TotalOwner owner, const char *body, double total);
extern void total_average(TotalOwner owner, const char *body, double total);
extern bool total_recall(TotalOwner owner, const char *body, double *total);
extern void total_forget(Oid relid);

#endif							/* INTENT_TOTAL_H */
