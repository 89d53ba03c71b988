/*
 * trace.h
 *		What was asked while a trace was on, and which result answered.
 *
 * A refresh of a view takes down the requests that its contents came from, so
 * that the same requests can be sent again later to learn whether anything
 * has changed.  Knows nothing of what stands in requests and answers.
 */
#ifndef INTENT_TRACE_H
#define INTENT_TRACE_H

#include "compat.h"

/* Requests that a trace holds; one with more is in doubt. */
#define TRACE_MAX_REQUESTS 32

typedef struct TraceEntry
{
	Oid			relid;			/* of the foreign table */
	Oid			userid;			/* whose mapping was used */
	char	   *request;		/* body, in UTF-8 */
	char	   *answer;			/* names the result; equal where it is the
								 * same */
} TraceEntry;

typedef struct Trace
{
	bool		in_doubt;		/* not all that was asked is known */
	int			n;
	TraceEntry	entries[TRACE_MAX_REQUESTS];
	MemoryContext context;
	struct Trace *outer;
	MemoryContextCallback callback;
} Trace;

extern Trace *trace_begin(void);
extern void trace_end(Trace *trace);
extern void trace_free(Trace *trace);
extern bool trace_is_on(void);
extern void trace_add(const TraceEntry *entry);
extern void trace_doubt(void);

#endif							/* INTENT_TRACE_H */
