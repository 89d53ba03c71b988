/*
 * band.h
 *		Which scores to ask for next, best first.
 *
 * A scan in the order of the score asks for one band of scores after the
 * other, and never sends many requests more than a scan that asks for all of
 * them at once.  Pure arithmetic: knows nothing of requests and rows.
 */
#ifndef INTENT_BAND_H
#define INTENT_BAND_H

#include "compat.h"

/* Requests that a whole scan by bands may send above the plain one. */
#define BAND_MAX_EXTRA_REQUESTS 20

typedef enum BandKind
{
	BAND_WHOLE,					/* all scores at once */
	BAND_APART,					/* 71..100, 1..70: to be proven complete,
								 * since a score may lie between two integers */
	BAND_TOUCHING,				/* 70..100, 1..70: the bound belongs to the
								 * band read first */
	BAND_NESTED,				/* 70..100, 1..100: only the lower bound moves */
} BandKind;

typedef struct Bands
{
	/* what is asked for */
	BandKind	kind;
	bool		descending;
	int			lower;			/* all scores */
	int			upper;
	int			nchains;		/* requests that a band needs at least */
	int			page_size;
	double		wanted;			/* rows that will probably do */
	double		estimate;		/* rows that all scores may have */
	bool		known;			/* that many have been counted */

	/* as far as it has come */
	bool		look;			/* the next band is to tell how many there are */
	int			next;			/* the first score no band has had */
	int			budget;			/* requests left above the plain scan's */
	int			nbands;
	int			width;			/* of the last band, in scores */
	int			beyond;			/* bands read after enough rows were found */
	double		kept;			/* rows that the bands so far gave */
} Bands;

typedef struct Band
{
	int			lower;			/* what to ask for */
	int			upper;
	int			width;			/* scores that are new in it */
	bool		last;
	bool		look;			/* all scores, left if there are too many rows */
	bool		has_given;		/* the bands before gave rows from ... */
	int			given;			/* ... this score on */
} Band;

extern void bands_start(Bands *bands);
extern bool bands_next(Bands *bands, Band *band);
extern bool bands_narrow(Bands *bands, Band *band, double rows);
extern bool bands_fit(const Bands *bands, double rows);
extern void bands_looked(Bands *bands, double rows, int requests);
extern bool bands_allow(const Bands *bands, const Band *band, double rows);
extern void bands_read(Bands *bands, const Band *band, double rows,
					   double kept, double at_bound);
extern void bands_touch(Bands *bands, int requests);
extern void bands_give_up(Bands *bands);
extern int	bands_split_cost(BandKind kind, int nchains);

#endif							/* INTENT_BAND_H */
