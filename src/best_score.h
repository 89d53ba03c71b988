/*
 * best_score.h
 *		Scores of rows, in the types that a score's column may have.
 *
 * A side room of best.c.
 */
#ifndef INTENT_BEST_SCORE_H
#define INTENT_BEST_SCORE_H

#include "compat.h"

#include "page.h"

extern bool best_score_has_type(Oid type);
extern bool best_score_has_fractions(Oid type);
extern int	best_score_compare(const PageValue *score, int bound);

#endif							/* INTENT_BEST_SCORE_H */
