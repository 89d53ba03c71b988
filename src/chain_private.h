/*
 * chain_private.h
 *		What the parts of chain.c share: one chain and the set it runs in.
 */
#ifndef INTENT_CHAIN_PRIVATE_H
#define INTENT_CHAIN_PRIVATE_H

#include "compat.h"

#include "chain.h"
#include "counter.h"
#include "http.h"
#include "split.h"
#include "utils/hsearch.h"

typedef enum ChainState
{
	CHAIN_READY_TO_SEND,		/* cursor says which page comes next */
	CHAIN_SENT,					/* a transfer is under way */
	CHAIN_WAITING,				/* until resume_at, then the same request */
	CHAIN_LAST_PAGE,			/* all pages received */
} ChainState;

/* Which of the rows that a chain asks for it hands on. */
typedef enum ChainPart
{
	CHAIN_WHOLE,				/* all */
	CHAIN_APART,				/* 51..70: all, and no others may come; what
								 * lies between 70 and 71 is in no range */
	CHAIN_TOUCHING,				/* 51..71: those below 71 */
	CHAIN_GAP,					/* 70..71: those between */
} ChainPart;

/*
 * One chain that is read as several, by ranges of scores: what its own first
 * page told, and what is still to be read.  Lives in a context of its own.
 */
typedef struct ChainGroup
{
	IntentChainSpec *spec;		/* of the one chain */
	int			filter;			/* the score's */
	int64		total;			/* rows of all ranges */
	int64		kept;			/* of them, those received so far */
	bool		touching;		/* ranges begun from now on share a bound */
	int			nactive;		/* ranges being read */
	SplitRange *pending;		/* those not begun */
	int			npending;
	bool		in_gaps;		/* pending are gaps */
	int		   *gaps;			/* lower ends of gaps not read */
	int			ngaps;
	MemoryContext context;
	struct ChainGroup *next;
} ChainGroup;

typedef struct ChainRun
{
	Chain		public;
	ChainState	state;
	MemoryContext context;		/* the chain's own */
	MemoryContext page_context; /* reset for each page */
	HttpTransfer *transfer;
	char	   *body;			/* of the request under way, in its context */
	char	   *auth_header;	/* likewise; a secret */
	MemoryContext body_context;
	char	   *cursor;			/* of the page to ask for; NULL: the first */
	HTAB	   *seen;			/* hashes of cursors */
	int			attempts;		/* sent for this page since it last changed */
	TimestampTz sent_at;
	int64		away_ms;		/* since then, in which nobody drove it */
	TimestampTz resume_at;
	TimestampTz poll_since;		/* 0: not polling */
	int			poll_ms;
	int			empty_pages;
	int64		rows;
	bool		has_total;
	bool		total_changed;
	int64		total;
	char	   *data_date;		/* of the first page that told */
	char	   *cache_key;
	ChainGroup *group;			/* the range's; NULL for a whole chain */
	ChainPart	part;
	SplitRange	range;
	bool		given_up;		/* its rows are read by other chains */
} ChainRun;

struct ChainSet
{
	ChainSetup	setup;
	MemoryContext context;
	HttpPool   *pool;
	ServerCounters *server;
	TimestampTz opened_at;
	int			generation;
	int			limit;			/* page size to ask for */
	int			next_number;	/* of the chain to start next */
	int			started;		/* chains, over all restarts */
	int			nactive;
	int			max_active;
	int			nsent;			/* of them, those with a transfer under way */
	int			current;		/* position in active */
	int64		driven_at;		/* ms, see chain_drive() */
	ChainRun  **active;
	ChainRun   *reading;		/* what chains_next() returned last */
	int64		taken;			/* rows read */
	int64		received;		/* rows that pages brought */
	int64		dropped;		/* of them, those that come again with others */
	int			ntotals;		/* chains whose first page told a total */
	int64		total;			/* their sum */
	ChainGroup *groups;			/* chains that are read by ranges */
	int			nranges;		/* begun or given up, of all groups */
};

/* chain.c */
extern bool chain_may_send(const ChainSet *set, bool needed);

/* chain_run.c */
extern void chain_step(ChainSet *set, ChainRun *run);
extern bool chain_within_budget(const ChainSet *set);
extern void chain_send(ChainSet *set, ChainRun *run);
extern void chain_forget_transfer(ChainSet *set, ChainRun *run);
extern void chain_verify(const ChainSet *set, int64 total, int64 rows,
						 bool changed);
extern bool chain_tells_run(const ChainRun *run, const RowPage *page);

/* chain_drive.c */
extern void chain_drive(ChainSet *set);
extern bool chain_was_left_alone(const ChainRun *run);

/* chain_split.c */
extern ChainGroup *chain_next_range(ChainSet *set, SplitRange *range,
									ChainPart *part);
extern IntentChainSpec *chain_range_spec(const ChainGroup *group,
										 const SplitRange *range,
										 ChainPart part);
extern bool chain_split(ChainSet *set, ChainRun *run, const RowPage *page);
extern void chain_keep_rows(ChainSet *set, ChainRun *run, RowPage *page);
extern void chain_range_done(ChainSet *set, ChainRun *run);
extern void chain_drop_groups(ChainSet *set);

/* chain_log.c */
extern void chain_tell_progress(ChainSet *set);
extern void chain_log_request(const ChainSet *set, const ChainRun *run,
							  const HttpReply *reply);

/* chain_trace.c */
extern void chain_trace(const ChainSet *set, const ChainRun *run,
						const RowPage *page);

/* Adds to a figure of the scan and to the same of its server. */
#define chain_count(set, figure, n) \
	((set)->setup.counters->figure += (n), (set)->server->figure += (n))

#define chain_has_rows(run) \
	((run)->public.page && (run)->public.row < (run)->public.page->nrows)

#endif							/* INTENT_CHAIN_PRIVATE_H */
