/*
 * split.h
 *		How one range of scores becomes several of about equal size.
 *
 * For scans that read the ranges of one topic side by side (table option
 * "score_bands"; band.h has those of a scan in the order of the score, which
 * reads one after the other).  Pure arithmetic: knows nothing of requests and
 * rows.
 */
#ifndef INTENT_SPLIT_H
#define INTENT_SPLIT_H

#include "compat.h"

/* A range is not split unless each part has at least so many pages. */
#define SPLIT_LEAST_PAGES 4

/* Rows whose number is known, of which the ranges are not known one by one. */
typedef struct SplitRegion
{
	double		rows;			/* less those of ranges counted since */
	int			scores;			/* likewise */
} SplitRegion;

/* Scores from lower to upper, part of a region. */
typedef struct SplitRange
{
	int			lower;
	int			upper;
	SplitRegion *region;
} SplitRange;

extern double split_estimate(double pages, int bands);
extern double split_expect(const SplitRange *range);
extern void split_counted(const SplitRange *range, double rows);
extern bool split_is_due(const SplitRange *range, double rows, double share,
						 double page);
extern double split_target(double share, double most, double page);
extern bool split_cut(SplitRange *rest, SplitRange *part, double target,
					  int middle, double page);

#endif							/* INTENT_SPLIT_H */
