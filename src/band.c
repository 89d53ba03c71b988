/*
 * band.c
 *		Which scores to ask for next, best first.
 *
 * Where it is not known how many rows there are, the first request is the
 * plain one: its answer tells, and if they are few it goes on as it began.
 * Else the first band is the best score alone, or a few if no more rows than
 * wanted are expected of them.  The next ones are as wide as the rows found so
 * far suggest, and grow while there are none.  Every split
 * costs requests that the plain scan does not need; when what is left of the
 * budget would not pay for another one, the rest is a single band:
 *
 * - a band of n rows takes at most one page more than its share of the plain
 *   scan's, in each chain;
 * - bands that stand apart need a request more, for the proof that no score
 *   lies between them;
 * - bands that touch read the rows on their bound twice;
 * - nested bands read all rows of the band before again.
 */
#include "band.h"

#include <math.h>

/* No band is more times as wide as the one before than this. */
#define MOST_GROWTH 8

/* The first band has no more scores: of rows that were counted, of a guess. */
#define MOST_FIRST_SCORES 20
#define MOST_GUESSED_SCORES 5

/* So many pages above those that are wanted are not worth a split. */
#define SPARE_PAGES 2

/* Chains whose plain requests are worth looking at the total. */
#define MOST_LOOKED_AT 3

/* So many times as wide while no rows have been found. */
#define GROWTH_WITHOUT_ROWS 4

/* A band with so many times the rows that are to be found is made narrower. */
#define MOST_OVERSHOOT 3

/* Requests that one more split costs, beside rows that are read twice. */
int
bands_split_cost(BandKind kind, int nchains)
{
	return kind == BAND_NESTED ? nchains : 2 * nchains;
}

/* Begins with the best score; the fields of what is asked for are set. */
void
bands_start(Bands *bands)
{
	bands->next = bands->descending ? bands->upper : bands->lower;
	bands->budget = BAND_MAX_EXTRA_REQUESTS;
	bands->nbands = 0;
	bands->width = 0;
	bands->beyond = 0;
	bands->kept = 0;
	bands->look = !bands->known && bands->kind != BAND_WHOLE &&
		bands->nchains <= MOST_LOOKED_AT;
}

/* Scores that no band has had. */
static int
scores_left(const Bands *bands)
{
	return bands->descending ? bands->next - bands->lower + 1 :
		bands->upper - bands->next + 1;
}

/* Rows that the next band should have: those still wanted, or a page of them. */
static double
rows_to_find(const Bands *bands)
{
	return Max(bands->wanted - bands->kept, bands->page_size);
}

/* Are all rows so few that they had best be read at once? */
bool
bands_fit(const Bands *bands, double rows)
{
	return rows <= rows_to_find(bands) + SPARE_PAGES * bands->page_size;
}

/* Guesses may be far too low, so they are not trusted with much. */
static double
first_width(const Bands *bands)
{
	double		scores = bands->upper - bands->lower + 1;

	if (bands->known ? bands_fit(bands, bands->estimate) :
		bands->estimate <= bands->page_size)
		return scores;
	return Min(ceil(rows_to_find(bands) * scores / bands->estimate),
			   bands->known ? MOST_FIRST_SCORES : MOST_GUESSED_SCORES);
}

/* As wide as the rows so far let expect those that are to be found. */
static double
fitting_width(const Bands *bands)
{
	double		covered;
	double		fitting;

	if (bands->nbands == 0)
		return first_width(bands);
	if (bands->kept == 0)
		return GROWTH_WITHOUT_ROWS * bands->width;
	if (bands->kept >= bands->wanted && bands->beyond > 0)
		return 2 * bands->width;
	covered = bands->upper - bands->lower + 1 - scores_left(bands);
	fitting = ceil(rows_to_find(bands) * covered / bands->kept);
	return Min(fitting, MOST_GROWTH * bands->width);
}

/*
 * The width of the next band: all that is left, unless another split can be
 * paid for; and wide enough for the splits that can be to reach the end.
 */
static int
choose_width(Bands *bands)
{
	int			left = scores_left(bands);
	int			splits = bands->budget / bands_split_cost(bands->kind,
														  bands->nchains);
	double		width;

	if (bands->kind == BAND_WHOLE || bands->look || splits < 1)
		return left;
	width = Max(fitting_width(bands), floor(pow(left, 1.0 / (splits + 1))));
	return (int) Min(width, left);
}

/* The integers of a band that shares nothing with the one before. */
static void
set_scores(const Bands *bands, Band *band)
{
	band->last = band->width == scores_left(bands);
	band->lower = bands->descending ? bands->next - band->width + 1 : bands->next;
	band->upper = band->lower + band->width - 1;
}

/* The bound that the next band shares with the one before. */
static void
share_bound(const Bands *bands, Band *band)
{
	band->has_given = true;
	band->given = bands->descending ? bands->next + 1 : bands->next - 1;
	if (!bands->descending)
		band->lower = band->given;
	else if (bands->kind == BAND_NESTED)
		band->upper = bands->upper;
	else
		band->upper = band->given;
}

/* The next band, or false when all scores have been read. */
bool
bands_next(Bands *bands, Band *band)
{
	if (scores_left(bands) <= 0)
		return false;
	memset(band, 0, sizeof(Band));
	band->width = choose_width(bands);
	band->look = bands->look;
	set_scores(bands, band);
	if (bands->nbands > 0 &&
		(bands->kind == BAND_TOUCHING || bands->kind == BAND_NESTED))
		share_bound(bands, band);
	return true;
}

/*
 * A band that stands apart is known to have that many rows before it is read.
 * If they are far too many, it becomes narrower, to be counted anew: true.
 */
bool
bands_narrow(Bands *bands, Band *band, double rows)
{
	double		find = rows_to_find(bands);
	int			reserve = bands_split_cost(bands->kind, bands->nchains);

	if (band->width == 1 || rows <= MOST_OVERSHOOT * find ||
		bands->budget < bands->nchains + reserve)
		return false;
	bands->budget -= bands->nchains;
	band->width = Max(1, (int) (band->width * find / rows));
	set_scores(bands, band);
	return true;
}

/*
 * The plain request told that there are that many rows, too many to be read at
 * once; 0 if it did not tell.
 */
void
bands_looked(Bands *bands, double rows, int requests)
{
	bands->look = false;
	bands->budget -= requests;
	if (rows <= 0)
		return;
	bands->estimate = rows;
	bands->known = true;
}

/* Could the budget bear it if that many rows had to be read again? */
bool
bands_allow(const Bands *bands, const Band *band, double rows)
{
	if (band->last || bands->kind == BAND_WHOLE || bands->kind == BAND_APART)
		return true;
	return rows / bands->page_size +
		bands_split_cost(bands->kind, bands->nchains) <= bands->budget;
}

/*
 * A band has been read: how many rows came, how many of them were of use, and
 * how many will come again with the next band if they touch.
 */
void
bands_read(Bands *bands, const Band *band, double rows, double kept,
		   double at_bound)
{
	double		again = bands->kind == BAND_NESTED ? rows :
	bands->kind == BAND_TOUCHING ? at_bound : 0;

	bands->next += bands->descending ? -band->width : band->width;
	bands->width = band->width;
	bands->beyond += bands->kept >= bands->wanted;
	bands->kept += kept;
	bands->nbands++;
	bands->budget -= bands_split_cost(bands->kind, bands->nchains) +
		(int) ceil(again / bands->page_size);
}

/*
 * Bands that stand apart cannot be proven complete, as so many requests have
 * shown: from now on they touch.
 */
void
bands_touch(Bands *bands, int requests)
{
	bands->kind = BAND_TOUCHING;
	bands->budget -= requests;
}

/* A band turned out to be too large to be split off: all that is left is one. */
void
bands_give_up(Bands *bands)
{
	bands->budget = 0;
}
