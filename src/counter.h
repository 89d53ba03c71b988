/*
 * counter.h
 *		What this session has asked of each server, in figures.
 *
 * They live in the backend, so that they also count in read-only transactions
 * and on standbys.
 */
#ifndef INTENT_COUNTER_H
#define INTENT_COUNTER_H

#include "compat.h"

typedef struct ServerCounters
{
	Oid			serverid;
	int64		scans;			/* that had something to ask */
	int64		requests;
	int64		pages;
	int64		polls;
	int64		retries;
	int64		errors;			/* answers, or their lack, that ended a scan */
	int64		rows;			/* received, not returned */
	int64		bytes;			/* received, as they came */
	int64		waited_ms;
} ServerCounters;

extern ServerCounters *counters_of(Oid serverid);
extern List *counters_list(void);
extern void counters_reset(void);

#endif							/* INTENT_COUNTER_H */
