/*
 * split.c
 *		How one range of scores becomes several of about equal size.
 *
 * How the scores are spread is not known, so ranges are cut as if they were
 * spread evenly, and each tells its true size with its first page.  One that
 * turns out to be too large is split again: it costs the request that told.
 * Cuts take a little less than a share, so that at the end small ranges are
 * left for the connections that are done first; and they are made from the
 * outside in, since the ends of a scale are where scores pile up.
 *
 * The figures were chosen by simulation over even, sloping, exponential,
 * normal and spiked spreads: eight connections are then as good as 6.5 to 7.6,
 * unless single scores are larger than a share, with 5 to 20 requests more.
 */
#include "split.h"

#include <math.h>

/* A cut takes this part of a connection's share of what is left. */
#define CUT_SHARE 0.9

/* A range may have so many times a share before it is split again ... */
#define MOST_SHARES 1.1

/* ... unless that would save less than so many pages. */
#define LEAST_SAVED_PAGES 2

/* A cut is not made for less than this above the target. */
#define CUT_SLACK 1.05

/* How many ranges of scores a chain of so many pages is likely to become. */
double
split_estimate(double pages, int bands)
{
	return Max(1, Min(floor(pages / SPLIT_LEAST_PAGES), bands));
}

static int
width(const SplitRange *range)
{
	return range->upper - range->lower + 1;
}

/* Rows that the range will have if those of its region are spread evenly. */
double
split_expect(const SplitRange *range)
{
	const SplitRegion *region = range->region;

	if (region->scores <= 0)
		return 0;
	return Max(region->rows, 0) * width(range) / region->scores;
}

/* The range has so many rows; the others of its region have the rest. */
void
split_counted(const SplitRange *range, double rows)
{
	range->region->rows -= rows;
	range->region->scores -= width(range);
}

/*
 * Should a range that has so many rows be split, when a connection's share of
 * what is left to read is "share" rows?
 */
bool
split_is_due(const SplitRange *range, double rows, double share, double page)
{
	share = Max(share, SPLIT_LEAST_PAGES * page);
	return width(range) > 1 && rows > MOST_SHARES * share &&
		rows >= 2 * SPLIT_LEAST_PAGES * page &&
		rows - share > LEAST_SAVED_PAGES * page;
}

/* The rows that a range to be read next should have, at most "most". */
double
split_target(double share, double most, double page)
{
	return Max(Min(share * CUT_SHARE, most), SPLIT_LEAST_PAGES * page);
}

/*
 * Cuts a part of about target rows off "rest", at the end that is further from
 * the middle of all scores.  False when all of it is to be read at once, and
 * then nothing has changed.
 */
bool
split_cut(SplitRange *rest, SplitRange *part, double target, int middle,
		  double page)
{
	double		rows = split_expect(rest);
	int			scores = width(rest);
	int			taken;

	if (scores < 2 || rows <= CUT_SLACK * target)
		return false;
	taken = (int) rint(scores * target / rows);
	taken = Max(1, Min(taken, scores - 1));
	if (rows * (scores - taken) / scores < SPLIT_LEAST_PAGES * page / 2)
		return false;
	*part = *rest;
	if (rest->upper - middle > middle - rest->lower)
	{
		part->lower = rest->upper - taken + 1;
		rest->upper = part->lower - 1;
	}
	else
	{
		part->upper = rest->lower + taken - 1;
		rest->lower = part->upper + 1;
	}
	return true;
}
