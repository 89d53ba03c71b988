/*
 * chain_drive.c
 *		Transfers of a set between rows, when nobody waits for them.
 *
 * Part of chain.c.  Rows are read while the next pages are on their way.  A
 * reader that takes its time must not let them stand still: libcurl moves a
 * transfer on only when it is called.  So it is, every few milliseconds, as
 * rows are read; a reader that is faster than that needs nothing.  One that
 * goes away (a cursor whose client thinks) cannot be helped; how long it was
 * away is kept, so that what got lost meanwhile is asked for again.
 */
#include "chain_private.h"

#include <time.h>

#include "utils/timestamp.h"

/* Transfers are driven so often while rows are read, in ms. */
#define DRIVE_MS 4

/* A reader that leaves transfers alone for so long was away, in ms. */
#define READER_AWAY_MS 100

/* The cheap clock is good enough, and is read once for each row. */
#ifdef CLOCK_MONOTONIC_COARSE
#define ROW_CLOCK CLOCK_MONOTONIC_COARSE
#else
#define ROW_CLOCK CLOCK_MONOTONIC
#endif

static int64
row_clock_ms(void)
{
	struct timespec now;

	clock_gettime(ROW_CLOCK, &now);
	return (int64) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64
ms_since(TimestampTz start)
{
	return TimestampDifferenceMilliseconds(start, GetCurrentTimestamp());
}

/*
 * Somebody attends to the set's transfers again: if that was long ago, they
 * have been left alone since.  Does not raise.
 */
void
chains_attend(ChainSet *set)
{
	int64		now = row_clock_ms();
	int64		away = now - set->driven_at;

	set->driven_at = now;
	if (away < READER_AWAY_MS || set->nsent == 0)
		return;
	for (int i = 0; i < set->nactive; i++)
	{
		ChainRun   *run = set->active[i];

		if (run->state == CHAIN_SENT)
			run->away_ms += Min(away, ms_since(run->sent_at));
	}
}

/* The set's transfers were waited for since then.  Does not raise. */
void
chains_waited(ChainSet *set, TimestampTz since)
{
	set->driven_at = row_clock_ms();
	chain_count(set, waited_ms, ms_since(since));
}

/* Drives the set's transfers if it is time to.  Does not wait, nor raise. */
void
chain_drive(ChainSet *set)
{
	if (set->nsent == 0 || row_clock_ms() - set->driven_at < DRIVE_MS)
		return;
	chains_attend(set);
	http_drive();
}

/* Was the transfer left alone for most of its time? */
bool
chain_was_left_alone(const ChainRun *run)
{
	return run->away_ms >= READER_AWAY_MS &&
		run->away_ms * 2 >= ms_since(run->sent_at);
}
