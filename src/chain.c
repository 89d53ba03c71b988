/*
 * chain.c
 *		The chains of a scan, several at a time, and what scans of one
 *		statement share.
 *
 * Nothing waits but chains_next(), and that through http_wait(), so that any
 * number of chains move on together and interrupts are noticed in every
 * state.  Who waits elsewhere uses chains_try().
 */
#include "chain_private.h"

#include "utils/memutils.h"
#include "utils/timestamp.h"

/* ---- statements ---- */

typedef struct StatementEntry
{
	ChainStatement public;
	MemoryContext query;		/* tells statements apart */
	Oid			serverid;
	struct StatementEntry *next;
	MemoryContextCallback callback;
} StatementEntry;

static StatementEntry *statements = NULL;

static void
forget_statement(void *arg)
{
	StatementEntry **link = &statements;

	while (*link && *link != arg)
		link = &(*link)->next;
	if (*link)
		*link = (*link)->next;
}

/*
 * What the scans of a statement share; "query" is the statement's memory
 * context, in which the result lives and dies.
 */
ChainStatement *
chain_statement(MemoryContext query, Oid serverid)
{
	StatementEntry *entry;

	for (entry = statements; entry; entry = entry->next)
	{
		if (entry->query == query && entry->serverid == serverid)
			return &entry->public;
	}
	entry = MemoryContextAllocZero(query, sizeof(StatementEntry));
	entry->query = query;
	entry->serverid = serverid;
	entry->callback.func = forget_statement;
	entry->callback.arg = entry;
	MemoryContextRegisterResetCallback(query, &entry->callback);
	entry->next = statements;
	statements = entry;
	return &entry->public;
}

/* ---- the set ---- */

static ChainRun *
start_chain(ChainSet *set)
{
	MemoryContext context = AllocSetContextCreate(set->context,
												  "intent_fdw chain",
												  ALLOCSET_SMALL_SIZES);
	ChainRun   *run = MemoryContextAllocZero(context, sizeof(ChainRun));
	MemoryContext old = MemoryContextSwitchTo(context);

	run->context = context;
	run->page_context = AllocSetContextCreate(context, "intent_fdw page",
											  ALLOCSET_DEFAULT_SIZES);
	run->body_context = AllocSetContextCreate(context, "intent_fdw request",
											  ALLOCSET_SMALL_SIZES);
	run->public.spec = request_chain(set->setup.request, set->next_number++);
	run->public.run = run;
	MemoryContextSwitchTo(old);
	return run;
}

/*
 * The limit of each request: the page size, or less where LIMIT asks for
 * less; then one chain at a time is enough.
 */
static void
size_set(ChainSet *set)
{
	const IntentOptions *options = set->setup.table->options;
	int64		wanted = set->setup.wanted;

	set->limit = options->page_size;
	set->max_active = options->max_connections;
	if (wanted > 0)
	{
		set->limit = Min(set->limit, wanted);
		set->max_active = 1;
	}
	if (set->setup.totals_only)
		set->limit = 1;
	set->max_active = Max(1, Min(set->max_active, set->setup.request->nchains));
}

/*
 * A set of the request's chains; nothing is sent before chains_next().
 *
 * The set lives in a context of its own under "parent": when that goes, its
 * transfers are cancelled.  What "setup" points to must outlive it.
 */
ChainSet *
chains_open(const ChainSetup *setup, MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(parent, "intent_fdw chains",
												  ALLOCSET_DEFAULT_SIZES);
	ChainSet   *set = MemoryContextAllocZero(context, sizeof(ChainSet));

	set->setup = *setup;
	set->context = context;
	set->pool = http_pool(setup->table->server->serverid);
	set->server = counters_of(setup->table->server->serverid);
	set->opened_at = GetCurrentTimestamp();
	set->generation = setup->statement->generation;
	set->attended_at = GetCurrentTimestamp();
	size_set(set);
	set->active = MemoryContextAllocZero(context,
										 sizeof(ChainRun *) * set->max_active);
	return set;
}

/* Cancels what is under way and frees everything. */
void
chains_close(ChainSet *set)
{
	MemoryContextDelete(set->context);
}

static void
drop_chain(ChainSet *set, int i)
{
	MemoryContextDelete(set->active[i]->context);
	set->active[i] = set->active[--set->nactive];
}

/* Starts again from the first page of the first chain. */
static void
restart(ChainSet *set)
{
	while (set->nactive > 0)
		drop_chain(set, set->nactive - 1);
	set->reading = NULL;
	set->next_number = 0;
	set->current = 0;
	set->taken = 0;
	set->received = 0;
	set->ntotals = 0;
	set->total = 0;
	set->setup.counters->total = 0;
	set->setup.counters->has_total = false;
	set->generation = set->setup.statement->generation;
}

static void
fill_active(ChainSet *set)
{
	while (set->nactive < set->max_active &&
		   set->next_number < set->setup.request->nchains)
		set->active[set->nactive++] = start_chain(set);
}

/*
 * Somebody attends to the chains, for the first time since attended_at: as
 * long as that their requests have been alone.  Does not raise.
 */
void
chains_attend(ChainSet *set)
{
	TimestampTz now = GetCurrentTimestamp();

	for (int i = 0; i < set->nactive; i++)
	{
		ChainRun   *run = set->active[i];

		if (run->state == CHAIN_SENT)
			run->alone_ms += TimestampDifferenceMilliseconds(Max(run->sent_at,
																 set->attended_at),
															 now);
	}
	set->attended_at = now;
}

/* The chains were waited for since then.  Does not raise. */
void
chains_waited(ChainSet *set, TimestampTz since)
{
	set->attended_at = GetCurrentTimestamp();
	chain_count(set, waited_ms,
				TimestampDifferenceMilliseconds(since, set->attended_at));
}

/*
 * Moves all chains on, drops those that are done, and returns one with rows,
 * the current one if it has any.
 */
static ChainRun *
sweep(ChainSet *set)
{
	int			i = 0;

	chains_attend(set);
	fill_active(set);
	while (i < set->nactive)
	{
		ChainRun   *run = set->active[i];

		/* if it raises, it does not come back to take this off again */
		set->server->errors++;
		chain_step(set, run);
		set->server->errors--;
		if (set->generation != set->setup.statement->generation)
			return NULL;
		if (run->state == CHAIN_LAST_PAGE && !chain_has_rows(run))
		{
			drop_chain(set, i);
			fill_active(set);
		}
		else
			i++;
	}
	for (i = 0; i < set->nactive; i++)
	{
		int			k = (set->current + i) % set->nactive;

		if (chain_has_rows(set->active[k]))
		{
			set->current = k;
			return set->active[k];
		}
	}
	return NULL;
}

/*
 * When chains_try() may find more than it did, but for replies still to come:
 * CHAINS_NOW, the end of a chain's pause, or DT_NOEND.  Does not raise.
 */
TimestampTz
chains_due(const ChainSet *set)
{
	TimestampTz due = DT_NOEND;

	if (set->generation != set->setup.statement->generation ||
		(set->nactive < set->max_active &&
		 set->next_number < set->setup.request->nchains))
		return CHAINS_NOW;
	for (int i = 0; i < set->nactive; i++)
	{
		const ChainRun *run = set->active[i];

		if (chain_has_rows(run) || run->state == CHAIN_READY_TO_SEND ||
			run->state == CHAIN_LAST_PAGE ||
			(run->state == CHAIN_SENT && http_reply(run->transfer)))
			return CHAINS_NOW;
		if (run->state == CHAIN_WAITING)
			due = Min(due, run->resume_at);
	}
	return due;
}

static void
wait_for_chains(ChainSet *set)
{
	TimestampTz due = chains_due(set);
	TimestampTz start;

	if (due == CHAINS_NOW)
		return;
	start = GetCurrentTimestamp();
	http_wait(due);
	chains_waited(set, start);
}

/*
 * Moves the chains on as far as goes without waiting.  False if it takes
 * waiting to know how they go on; else "*chain" is as chains_next() has it.
 * Raises whatever goes wrong.
 */
bool
chains_try(ChainSet *set, Chain **chain)
{
	ChainRun   *run = set->reading;

	if (set->generation == set->setup.statement->generation &&
		run && chain_has_rows(run))
	{
		*chain = &run->public;
		return true;
	}
	do
	{
		if (set->generation != set->setup.statement->generation)
			restart(set);
		set->reading = run = sweep(set);
	} while (set->generation != set->setup.statement->generation);
	*chain = run ? &run->public : NULL;
	return run || set->nactive == 0;
}

/*
 * A chain whose page has rows not read yet, the same as before as long as it
 * has, or NULL when all chains are done.
 *
 * Waits as long as it takes, raises whatever goes wrong, and interrupts.  The
 * caller reads rows from chain->row on, telling chain_row_taken() of each;
 * they stay valid until it calls chains_next() with none left.
 */
Chain *
chains_next(ChainSet *set)
{
	Chain	   *chain;

	while (!chains_try(set, &chain))
		wait_for_chains(set);
	return chain;
}

/* The sum of the totals that first pages have told; returns how many have. */
int
chains_total(const ChainSet *set, int64 *total)
{
	*total = set->total;
	return set->ntotals;
}

/* May the next page be asked for ahead of need? */
static bool
may_prefetch(const ChainSet *set, const Chain *chain)
{
	int			left = chain->page->nrows - chain->row;

	return chain_within_budget(set) &&
		(set->setup.wanted == 0 || set->taken + left < set->setup.wanted);
}

/*
 * Notes that the row at chain->row was read.  When half of the page is, the
 * next one is asked for.
 */
void
chain_row_taken(ChainSet *set, Chain *chain)
{
	ChainRun   *run = chain->run;

	chain->row++;
	set->taken++;
	if (run->state == CHAIN_READY_TO_SEND && chain->row * 2 >= chain->page->nrows &&
		may_prefetch(set, chain))
		chain_send(set, run);
}
