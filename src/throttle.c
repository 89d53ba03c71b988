/*
 * throttle.c
 *		Keeping to a rate of requests, by backend.
 *
 * When the latest requests to each server and resource were sent is remembered
 * for the life of the backend.  Other backends are not known of: their requests
 * show as 429.  Waiting itself is left to the caller.
 */
#include "throttle.h"

#include "utils/memutils.h"
#include "utils/timestamp.h"

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
