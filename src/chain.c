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

/*
 * The next chain: a range of one that is read by ranges, or one of the
 * request's; NULL if there is none to begin now.
 */
static ChainRun *
start_chain(ChainSet *set)
{
	SplitRange	range = {0};
	ChainPart	part = CHAIN_WHOLE;
	ChainGroup *group = chain_next_range(set, &range, &part);
	MemoryContext context;
	MemoryContext old;
	ChainRun   *run;

	if (!group && set->next_number >= set->setup.request->nchains)
		return NULL;
	context = AllocSetContextCreate(set->context, "intent_fdw chain",
									ALLOCSET_SMALL_SIZES);
	old = MemoryContextSwitchTo(context);
	run = palloc0(sizeof(ChainRun));
	run->context = context;
	run->page_context = AllocSetContextCreate(context, "intent_fdw page",
											  ALLOCSET_DEFAULT_SIZES);
	run->body_context = AllocSetContextCreate(context, "intent_fdw request",
											  ALLOCSET_SMALL_SIZES);
	run->group = group;
	run->part = part;
	run->range = range;
	run->public.spec = group ? chain_range_spec(group, &range, part) :
		request_chain(set->setup.request, set->next_number++);
	/* a restart's chains are others, and so are ranges */
	run->public.spec->number = set->started++;
	run->public.run = run;
	MemoryContextSwitchTo(old);
	return run;
}

/* Chains that may run at once: those there are, or ranges of them. */
static int
chains_at_once(const ChainSet *set)
{
	const ChainSetup *setup = &set->setup;
	double		most = setup->request->nchains;

	if (setup->bands > 1 && !setup->totals_only)
		most *= setup->bands;
	/* LIMIT asks for less: then one at a time is enough */
	if (setup->wanted > 0 && (setup->bands < 2 ||
							  setup->wanted < 2 * SPLIT_LEAST_PAGES * set->limit))
		return 1;
	return Max(1, Min(setup->table->options->max_connections, most));
}

/*
 * The limit of each request: the page size, or less where LIMIT asks for
 * less.
 */
static void
size_set(ChainSet *set)
{
	set->limit = set->setup.table->options->page_size;
	if (set->setup.wanted > 0)
		set->limit = Min(set->limit, set->setup.wanted);
	if (set->setup.totals_only)
		set->limit = 1;
	set->max_active = chains_at_once(set);
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
	ChainRun   *run = set->active[i];

	chain_forget_transfer(set, run);
	MemoryContextDelete(run->context);
	set->active[i] = set->active[--set->nactive];
}

/* Starts again from the first page of the first chain. */
static void
restart(ChainSet *set)
{
	while (set->nactive > 0)
		drop_chain(set, set->nactive - 1);
	chain_drop_groups(set);
	set->reading = NULL;
	set->next_number = 0;
	set->current = 0;
	set->taken = 0;
	set->received = 0;
	set->dropped = 0;
	set->ntotals = 0;
	set->total = 0;
	set->setup.counters->total = 0;
	set->setup.counters->has_total = false;
	set->generation = set->setup.statement->generation;
}

/* Begins chains until as many run as may; returns the first one's position. */
static int
fill_active(ChainSet *set)
{
	int			first = set->nactive;
	ChainRun   *run;

	while (set->nactive < set->max_active && (run = start_chain(set)) != NULL)
		set->active[set->nactive++] = run;
	return first;
}

/*
 * Moves the chains from a position on as far as they go, and drops those that
 * are done.  False when all starts again.
 */
static bool
step_chains(ChainSet *set, int i)
{
	while (i < set->nactive)
	{
		ChainRun   *run = set->active[i];
		bool		done;

		/* if it raises, it does not come back to take this off again */
		set->server->errors++;
		chain_step(set, run);
		done = set->generation == set->setup.statement->generation &&
			run->state == CHAIN_LAST_PAGE && !chain_has_rows(run);
		if (done)
			chain_range_done(set, run);
		set->server->errors--;
		if (set->generation != set->setup.statement->generation)
			return false;
		if (done)
			drop_chain(set, i);
		else
			i++;
	}
	return true;
}

/*
 * Moves all chains on and returns one with rows, or NULL.  Chains take turns,
 * so that each goes on asking for its next page.  New ones are begun when all
 * that has come is known, since it says which ranges there will be.
 */
static ChainRun *
sweep(ChainSet *set)
{
	int			first = 0;

	do
	{
		if (!step_chains(set, first))
			return NULL;
		first = fill_active(set);
	} while (first < set->nactive);
	for (int i = 1; i <= set->nactive; i++)
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
 * May one more page be asked for?  Not when LIMIT will be content with what
 * has come or is on its way; "needed": unless there is nothing of either.
 */
bool
chain_may_send(const ChainSet *set, bool needed)
{
	int64		unread = 0;

	if (set->setup.wanted == 0)
		return true;
	for (int i = 0; i < set->nactive; i++)
	{
		const ChainRun *run = set->active[i];

		if (chain_has_rows(run))
			unread += run->public.page->nrows - run->public.row;
	}
	unread += (int64) set->nsent * set->limit;
	return (needed && unread == 0) ||
		set->taken + unread < set->setup.wanted;
}

/*
 * When chains_try() may find more than it did, but for replies still to come:
 * CHAINS_NOW, the end of a chain's pause, or DT_NOEND.  Does not raise.
 */
TimestampTz
chains_due(const ChainSet *set)
{
	TimestampTz due = DT_NOEND;

	if (set->generation != set->setup.statement->generation || set->nactive == 0)
		return CHAINS_NOW;
	for (int i = 0; i < set->nactive; i++)
	{
		const ChainRun *run = set->active[i];

		if (chain_has_rows(run) || run->state == CHAIN_LAST_PAGE ||
			(run->state == CHAIN_READY_TO_SEND && chain_may_send(set, true)) ||
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
	chains_attend(set);
	do
	{
		if (set->generation != set->setup.statement->generation)
			restart(set);
		set->reading = run = sweep(set);
	} while (set->generation != set->setup.statement->generation);
	*chain = run ? &run->public : NULL;
	if (!run && set->nactive == 0 && set->groups)
		elog(ERROR, "scores of table \"%s\" were left unread",
			 set->setup.table->name);
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

/*
 * Notes that the row at chain->row was read.  When half of the page is, the
 * next one is asked for; what is on its way is moved on.
 */
void
chain_row_taken(ChainSet *set, Chain *chain)
{
	ChainRun   *run = chain->run;

	chain->row++;
	set->taken++;
	if (run->state == CHAIN_READY_TO_SEND && chain->row * 2 >= chain->page->nrows &&
		chain_within_budget(set) && chain_may_send(set, false))
		chain_send(set, run);
	chain_drive(set);
}
