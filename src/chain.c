/*
 * chain.c
 *		The chains of a scan, several at a time, and what scans of one
 *		statement share.
 *
 * Nothing waits but chains_next(), and that through http_wait(), so that any
 * number of chains move on together and interrupts are noticed in every
 * state.
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
 * Moves all chains on, drops those that are done, and returns one with rows,
 * the current one if it has any.
 */
static ChainRun *
sweep(ChainSet *set)
{
	int			i = 0;

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

/* When the next pause of a chain ends, if none of them could go on now. */
static bool
must_wait(const ChainSet *set, TimestampTz *deadline)
{
	*deadline = DT_NOEND;
	for (int i = 0; i < set->nactive; i++)
	{
		const ChainRun *run = set->active[i];

		if (run->state == CHAIN_READY_TO_SEND ||
			(run->state == CHAIN_SENT && http_reply(run->transfer)))
			return false;
		if (run->state == CHAIN_WAITING)
			*deadline = Min(*deadline, run->resume_at);
	}
	return true;
}

static void
wait_for_chains(ChainSet *set)
{
	TimestampTz deadline;
	TimestampTz start;

	if (!must_wait(set, &deadline))
		return;
	start = GetCurrentTimestamp();
	http_wait(deadline);
	chain_count(set, waited_ms,
				TimestampDifferenceMilliseconds(start, GetCurrentTimestamp()));
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
	for (;;)
	{
		ChainRun   *run = set->reading;

		if (set->generation != set->setup.statement->generation)
			restart(set);
		else if (run && chain_has_rows(run))
			return &run->public;
		set->reading = run = sweep(set);
		if (run)
			return &run->public;
		if (set->generation != set->setup.statement->generation)
			continue;
		if (set->nactive == 0)
			return NULL;
		wait_for_chains(set);
	}
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
