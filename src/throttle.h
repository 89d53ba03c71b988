/*
 * throttle.h
 *		Keeping to a rate of requests, by backend.
 */
#ifndef INTENT_THROTTLE_H
#define INTENT_THROTTLE_H

#include "compat.h"

#include "resource.h"

extern int64 throttle_wait(Oid serverid, const IntentResource *resource,
						   IntentRate rate);
extern int64 throttle_backoff(int max_delay, int attempts);
extern int	throttle_next_poll(int poll_ms, int interval);

#endif							/* INTENT_THROTTLE_H */
