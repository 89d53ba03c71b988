/*
 * trace.c
 *		What was asked while a trace was on, and which result answered.
 *
 * A trace belongs to the (sub)transaction that began it and is gone when that
 * is rolled back.  Traces nest; the innermost takes everything down.
 */
#include "trace.h"

#include "utils/memutils.h"

static Trace *current = NULL;

/* Takes a trace off, wherever it stands. */
static void
forget_trace(void *arg)
{
	Trace	  **link = &current;

	while (*link && *link != arg)
		link = &(*link)->outer;
	if (*link)
		*link = (*link)->outer;
}

/* Something was asked of which nobody can tell later whether it is the same. */
void
trace_doubt(void)
{
	if (current)
		current->in_doubt = true;
}

/* Until trace_end(), or the end of the (sub)transaction. */
Trace *
trace_begin(void)
{
	MemoryContext context = AllocSetContextCreate(CurTransactionContext,
												  "intent_fdw trace",
												  ALLOCSET_SMALL_SIZES);
	Trace	   *trace = MemoryContextAllocZero(context, sizeof(Trace));

	trace->context = context;
	trace_doubt();				/* the outer one will not hear of this */
	trace->outer = current;
	trace->callback.func = forget_trace;
	trace->callback.arg = trace;
	MemoryContextRegisterResetCallback(context, &trace->callback);
	current = trace;
	return trace;
}

/* Nothing more is taken down; what was stays until trace_free(). */
void
trace_end(Trace *trace)
{
	forget_trace(trace);
}

void
trace_free(Trace *trace)
{
	MemoryContextDelete(trace->context);
}

bool
trace_is_on(void)
{
	return current != NULL;
}

static TraceEntry *
find_entry(const TraceEntry *entry)
{
	for (int i = 0; i < current->n; i++)
	{
		TraceEntry *known = &current->entries[i];

		if (known->relid == entry->relid && known->userid == entry->userid &&
			strcmp(known->request, entry->request) == 0)
			return known;
	}
	return NULL;
}

/*
 * Takes down a request and its answer, both copied.  The same request twice
 * counts once; answered in two ways it leaves a doubt, and so does one too
 * many.
 */
void
trace_add(const TraceEntry *entry)
{
	TraceEntry *known;

	if (!current || current->in_doubt)
		return;
	known = find_entry(entry);
	if (known)
		current->in_doubt |= strcmp(known->answer, entry->answer) != 0;
	else if (current->n == TRACE_MAX_REQUESTS)
		current->in_doubt = true;
	else
	{
		known = &current->entries[current->n++];
		*known = *entry;
		known->request = MemoryContextStrdup(current->context, entry->request);
		known->answer = MemoryContextStrdup(current->context, entry->answer);
	}
}
