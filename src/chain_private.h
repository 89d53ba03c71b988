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
#include "utils/hsearch.h"

typedef enum ChainState
{
	CHAIN_READY_TO_SEND,		/* cursor says which page comes next */
	CHAIN_SENT,					/* a transfer is under way */
	CHAIN_WAITING,				/* until resume_at, then the same request */
	CHAIN_LAST_PAGE,			/* all pages received */
} ChainState;

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
	int64		alone_ms;		/* of the time since, nobody waited for it */
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
	int			nactive;
	int			max_active;
	int			current;		/* position in active */
	TimestampTz attended_at;	/* somebody waited until then */
	ChainRun  **active;
	ChainRun   *reading;		/* what chains_next() returned last */
	int64		taken;			/* rows read */
	int64		received;		/* rows that pages brought */
	int			ntotals;		/* chains whose first page told a total */
	int64		total;			/* their sum */
};

/* chain_run.c */
extern void chain_step(ChainSet *set, ChainRun *run);
extern bool chain_within_budget(const ChainSet *set);
extern void chain_send(ChainSet *set, ChainRun *run);

/* chain_log.c */
extern void chain_tell_progress(ChainSet *set);
extern void chain_log_request(const ChainSet *set, const ChainRun *run,
							  const HttpReply *reply);

/* Adds to a figure of the scan and to the same of its server. */
#define chain_count(set, figure, n) \
	((set)->setup.counters->figure += (n), (set)->server->figure += (n))

#define chain_has_rows(run) \
	((run)->public.page && (run)->public.row < (run)->public.page->nrows)

#endif							/* INTENT_CHAIN_PRIVATE_H */
