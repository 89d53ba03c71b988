/*
 * digest.h
 *		One evaluated condition as its filter sees it.
 *
 * Sorted lists of values, or bounds; and the few operations on such lists
 * that putting conditions together needs.
 */
#ifndef INTENT_DIGEST_H
#define INTENT_DIGEST_H

#include "compat.h"

#include "table.h"
#include "value.h"

/* A condition with its values, as of the last (re)scan. */
typedef struct IntentInput
{
	const IntentCond *cond;
	bool		always;			/* a guard is true: every row meets it */
	char	   *symbol;			/* EXPLAIN: the value is not known yet */
	bool		is_key;			/* each value is asked for by itself */
	int			nvalues;		/* NULLs left out */
	Datum	   *values;
	Oid		   *types;
} IntentInput;

typedef struct Digest
{
	bool		never;			/* no row can meet it */
	bool		usable;			/* can be sent as far as its values go */
	int			nvalues;
	IntentScalar *values;		/* ascending, distinct */
	ValueBounds bounds;			/* of range, minimum, date */
} Digest;

typedef int (*ScalarCompare) (const void *a, const void *b);

extern Digest digest_input(const IntentTable *table, const IntentInput *input);

extern int	compare_integers(const void *a, const void *b);
extern int	compare_strings(const void *a, const void *b);
extern bool holds_strings(IntentFilterKind kind);
extern ScalarCompare compare_for(IntentFilterKind kind);
extern int	intersect_values(IntentScalar *a, int na, const IntentScalar *b,
							 int nb, ScalarCompare compare);
extern IntentScalar *copy_values(const IntentScalar *values, int n);

#endif							/* INTENT_DIGEST_H */
