/*
 * usage.h
 *		Which columns a statement needs to know, and which it only shows.
 *
 * A column that the rows do not carry reads NULL, which is right only where
 * it is put out as it is.  Any other use must raise, so the planner finds out
 * how each column is used: in this query, and in those around it that take
 * its output.
 */
#ifndef INTENT_USAGE_H
#define INTENT_USAGE_H

#include "compat.h"

extern Bitmapset *usage_needed(PlannerInfo *root, RelOptInfo *rel,
							   List *local_clauses);
extern bool usage_in_joins(PlannerInfo *root, RelOptInfo *rel, int attno);

#endif							/* INTENT_USAGE_H */
