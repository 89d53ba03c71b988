/*
 * throttle.c
 *		Keeping to a rate of requests, by backend.
 *
 * When the latest requests to each server and resource were sent is remembered
 * for the life of the backend.  Other backends are not known of: their requests
 * show as 429.  Also how long to pause before a request is sent again.  Waiting
 * itself is left to the caller.
 */
#include "throttle.h"

#include "common/pg_prng.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

/* The first pause before a request is tried again, in ms; doubles. */
#define FIRST_RETRY_MS 200

/* Polls are never further apart than this, in ms (DESIGN 2.3). */
#define MAX_POLL_MS 10000

/* Requests remembered; a rate beyond is taken for this. */
#define MAX_REMEMBERED 1000

typedef struct Throttle
{
	Oid			serverid;
	const IntentResource *resource;
	int			next;			/* place of the next one in "sent" */
	TimestampTz sent[MAX_REMEMBERED];	/* 0: none yet */
	struct Throttle *other;
} Throttle;

static Throttle *throttles = NULL;

static Throttle *
find_throttle(Oid serverid, const IntentResource *resource)
{
	Throttle   *throttle = throttles;

	while (throttle && (throttle->serverid != serverid ||
						throttle->resource != resource))
		throttle = throttle->other;
	if (throttle)
		return throttle;
	throttle = MemoryContextAllocZero(TopMemoryContext, sizeof(Throttle));
	throttle->serverid = serverid;
	throttle->resource = resource;
	throttle->other = throttles;
	throttles = throttle;
	return throttle;
}

/*
 * Milliseconds until one more request keeps to the rate.  0: it may be sent
 * now, and counts as sent.
 */
int64
throttle_wait(Oid serverid, const IntentResource *resource, IntentRate rate)
{
	Throttle   *throttle;
	TimestampTz now = GetCurrentTimestamp();
	TimestampTz first;			/* of as many as the span may have */
	int			back = Min(rate.requests, MAX_REMEMBERED);

	if (rate.requests <= 0)
		return 0;
	throttle = find_throttle(serverid, resource);
	first = throttle->sent[(throttle->next + MAX_REMEMBERED - back) % MAX_REMEMBERED];
	if (first != 0 && now >= first)
	{
		int64		passed = TimestampDifferenceMilliseconds(first, now);

		if (passed <= rate.span_ms)
			return rate.span_ms - passed + 1;
	}
	throttle->sent[throttle->next] = now;
	throttle->next = (throttle->next + 1) % MAX_REMEMBERED;
	return 0;
}

/* Half to all of a delay that doubles with each attempt; in ms. */
int64
throttle_backoff(int max_delay, int attempts)
{
	int64		delay = FIRST_RETRY_MS;

	for (int i = 1; i < attempts && delay < max_delay; i++)
		delay *= 2;
	delay = Min(delay, max_delay);
	return delay / 2 + (int64) (pg_prng_double(&pg_global_prng_state) * delay / 2);
}

/* The pause after one between polls, the first being "interval"; in ms. */
int
throttle_next_poll(int poll_ms, int interval)
{
	return Min(poll_ms + poll_ms / 2, Max(MAX_POLL_MS, interval));
}
