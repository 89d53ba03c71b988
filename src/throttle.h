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

#endif							/* INTENT_THROTTLE_H */
