/*
 * counter.c
 *		What this session has asked of each server, in figures.
 *
 * Few servers, and looked up once a scan: a list will do.
 */
#include "compat.h"

#include "counter.h"

#include "utils/memutils.h"

static List *counters = NIL;	/* ServerCounters, in TopMemoryContext */

/* A server's figures, made when missing; they stay where they are for good. */
ServerCounters *
counters_of(Oid serverid)
{
	ServerCounters *entry;
	MemoryContext old;
	ListCell   *lc;

	foreach(lc, counters)
	{
		entry = lfirst(lc);
		if (entry->serverid == serverid)
			return entry;
	}
	old = MemoryContextSwitchTo(TopMemoryContext);
	entry = palloc0(sizeof(ServerCounters));
	entry->serverid = serverid;
	counters = lappend(counters, entry);
	MemoryContextSwitchTo(old);
	return entry;
}

/* Those of all servers asked so far; the list is not the caller's. */
List *
counters_list(void)
{
	return counters;
}

/* All figures are 0 again; scans under way go on counting. */
void
counters_reset(void)
{
	ListCell   *lc;

	foreach(lc, counters)
	{
		ServerCounters *entry = lfirst(lc);
		Oid			serverid = entry->serverid;

		memset(entry, 0, sizeof(ServerCounters));
		entry->serverid = serverid;
	}
}
