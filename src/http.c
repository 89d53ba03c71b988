/*
 * http.c
 *		Requests in, replies out: transfers over libcurl's multi interface.
 *
 * A pool has one CURLM, which keeps connections alive and looked-up names.
 * Its sockets and its timer come to us through callbacks and go to
 * http_socket.c, which waits for them together with the latch.  What a request
 * is made of stands in http_request.c, what came of it in http_reply.c.
 *
 * Transfers are malloc'd, since libcurl's callbacks fill them and since they
 * are released by a reset callback of their owner's memory context, which runs
 * during abort.  Everything on that way neither raises nor pallocs.
 *
 * libcurl may start a thread for a name look-up.  PostgreSQL's signal handlers
 * must never run in it, so all signals are blocked around every call that
 * drives a transfer; the thread inherits that.
 */
#include "compat.h"

#include <signal.h>

#include "http_private.h"

#include "miscadmin.h"
#include "utils/memutils.h"

/*
 * Connections kept open in a pool.  libcurl's own limit is four times the
 * transfers that are just under way, which is four when the last one ends.
 */
#define KEPT_CONNECTIONS	64L

/* Rounds of one drive: a fast server must not keep interrupts away. */
#define DRIVE_ROUNDS		8

/*
 * The transfers that a memory context owns.  It lies in that context, one for
 * all its transfers: a reset callback cannot be taken back, and one for each
 * request would be a leak in a long scan.
 */
typedef struct HttpOwner
{
	MemoryContextCallback callback;
	MemoryContext context;
	dlist_node	link;			/* in owners */
	dlist_head	transfers;		/* HttpTransfer.owner_link */
} HttpOwner;

static dlist_head pools = DLIST_STATIC_INIT(pools);
static dlist_head owners = DLIST_STATIC_INIT(owners);
static int	live_transfers = 0;

const curl_version_info_data *http_curl = NULL; /* once initialised */

/*
 * Transfers that ended, and how many of them http_wait() has told about.  One
 * that ends while another is started is thus told by the next wait, once.
 */
static uint64 ended = 0;
static uint64 ended_told = 0;

static void
block_signals(sigset_t *saved)
{
	sigset_t	all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, saved);
}

static void
restore_signals(const sigset_t *saved)
{
	pthread_sigmask(SIG_SETMASK, saved, NULL);
}

/* ---- Called by libcurl: must not raise, palloc or serve interrupts ---- */

/* CURLMOPT_SOCKETFUNCTION: what to wait for on a socket has changed. */
static int
watch_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *unused)
{
	HttpPool   *pool = arg;
	short		events = 0;

	if (what & CURL_POLL_IN)
		events |= POLLIN;
	if (what & CURL_POLL_OUT)
		events |= POLLOUT;

	if (what == CURL_POLL_REMOVE)
		http_sockets_forget(&pool->sockets, fd);
	else if (!http_sockets_watch(&pool->sockets, fd, events))
		return -1;
	return 0;
}

/* CURLMOPT_TIMERFUNCTION: libcurl wants to be called in so many ms. */
static int
watch_timer(CURLM *multi, long timeout_ms, void *arg)
{
	HttpPool   *pool = arg;

	http_sockets_set_timer(&pool->sockets, timeout_ms);
	return 0;
}

/* ---- How a transfer ends; nothing here raises either ---- */

/* The pool's transfers under way have become one more, or one less. */
static void
count_transfers(HttpPool *pool, int change)
{
	pool->info.transfers += change;
	pool->sockets.busy = pool->info.transfers > 0;
}

/*
 * Take a transfer out of the multi.  Its connection stays alive if the reply
 * was complete; else libcurl closes it.  The handle is kept for another
 * transfer after a clean end only: what a failure leaves in it is not ours.
 */
static void
detach(HttpTransfer *transfer, bool clean)
{
	HttpPool   *pool = transfer->pool;
	CURL	   *easy = transfer->easy;

	if (transfer->added)
	{
		long		connects = 0;

		(void) curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connects);
		pool->info.opened += connects;
		(void) curl_multi_remove_handle(pool->multi, easy);
		if (connects > 0 || !clean)
			http_sockets_recount(&pool->sockets);
		dlist_delete(&transfer->pool_link);
		count_transfers(pool, -1);
		transfer->added = false;
	}
	if (easy != NULL)
	{
		/* a reset leaves TLS sessions for a later reconnect */
		curl_easy_reset(easy);
		if (clean && pool->nspare < HTTP_SPARE_HANDLES)
			pool->spare[pool->nspare++] = easy;
		else
			curl_easy_cleanup(easy);
		transfer->easy = NULL;
	}
	curl_slist_free_all(transfer->headers);
	transfer->headers = NULL;
}

/* Close a pool that is to be closed, unless transfers are under way. */
static void
settle(HttpPool *pool)
{
	if (!pool->closing || pool->info.transfers > 0)
		return;
	pool->closing = false;
	while (pool->nspare > 0)
		curl_easy_cleanup(pool->spare[--pool->nspare]);
	(void) curl_multi_cleanup(pool->multi);
	pool->multi = NULL;
	http_sockets_clear(&pool->sockets);
}

/* Make the reply of a transfer that ended with code, and detach it. */
static void
finish(HttpTransfer *transfer, CURLcode code, const char *reason)
{
	http_make_reply(transfer, code, reason);
	detach(transfer, code == CURLE_OK);
	transfer->ended = true;
	ended++;
}

/* ---- Driving; signals are blocked by the caller, nothing raises ---- */

/*
 * libcurl has given up the whole multi handle (out of memory): so do we.  The
 * transfers fail, and the next one starts with a new handle.
 */
static void
fail_pool(HttpPool *pool, CURLMcode code)
{
	pool->closing = true;
	while (!dlist_is_empty(&pool->running))
		finish(dlist_head_element(HttpTransfer, pool_link, &pool->running),
			   CURLE_FAILED_INIT, curl_multi_strerror(code));
}

static void
act(HttpPool *pool, curl_socket_t fd, int events)
{
	int			running;
	CURLMcode	code = curl_multi_socket_action(pool->multi, fd, events,
												&running);

	if (code != CURLM_OK)
		fail_pool(pool, code);
}

/* Hand ready sockets to libcurl. */
static void
act_on_ready(HttpPool *pool)
{
	int			fd;
	int			ready;

	while (http_sockets_next(&pool->sockets, &fd, &ready))
	{
		int			events = 0;

		/* libcurl finds out about an error by reading or writing */
		if (ready & (POLLIN | POLLHUP | POLLERR))
			events |= CURL_CSELECT_IN;
		if (ready & (POLLOUT | POLLERR))
			events |= CURL_CSELECT_OUT;

		if (ready & POLLNVAL)
			http_sockets_forget(&pool->sockets, fd);
		else
			act(pool, fd, events);
	}
}

/* Finish the transfers that libcurl reports as done. */
static void
collect(HttpPool *pool)
{
	CURLMsg    *message;
	int			left;

	while ((message = curl_multi_info_read(pool->multi, &left)) != NULL)
	{
		/* the message is gone once the handle has left the multi */
		CURLcode	code = message->data.result;
		char	   *transfer = NULL;

		(void) curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
								 &transfer);
		finish((HttpTransfer *) transfer, code, curl_easy_strerror(code));
	}
}

/* Make what progress is possible without waiting. */
static void
drive(HttpPool *pool)
{
	bool		progress = true;

	for (int i = 0; i < DRIVE_ROUNDS && progress && pool->sockets.busy; i++)
	{
		progress = false;
		if (http_sockets_timer_due(&pool->sockets))
		{
			/* libcurl sets the next one during the call, or none */
			act(pool, CURL_SOCKET_TIMEOUT, 0);
			progress = true;
		}
		if (http_sockets_poll(&pool->sockets))
		{
			act_on_ready(pool);
			progress = true;
		}
		collect(pool);
	}
	settle(pool);
}

/* ---- Pools ---- */

/* Once for a backend, and never undone: others may use libcurl too. */
static void
initialise_curl(void)
{
	CURLcode	code;
	sigset_t	saved;

	if (http_curl != NULL)
		return;
	block_signals(&saved);
	code = curl_global_init(CURL_GLOBAL_DEFAULT);
	restore_signals(&saved);
	if (code != CURLE_OK)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_ERROR),
				 errmsg("could not initialize libcurl: %s",
						curl_easy_strerror(code))));
	/* curl_version() would do, but may look up names */
	http_curl = curl_version_info(CURLVERSION_NOW);
}

/*
 * The pool of a server, made when missing.  It is never freed, so that the
 * pointer may be kept for the backend's life, also over http_pool_close().
 * Raises when libcurl cannot be initialised or memory is short.
 */
HttpPool *
http_pool(Oid serverid)
{
	dlist_iter	iter;
	HttpPool   *pool;

	dlist_foreach(iter, &pools)
	{
		pool = dlist_container(HttpPool, link, iter.cur);
		if (pool->info.serverid == serverid)
			return pool;
	}

	initialise_curl();
	pool = MemoryContextAllocZero(TopMemoryContext, sizeof(HttpPool));
	pool->info.serverid = serverid;
	http_sockets_init(&pool->sockets);
	dlist_init(&pool->running);
	dlist_push_tail(&pools, &pool->link);
	return pool;
}

/*
 * Close the kept-alive connections of a server's pool, if it has any.  While
 * transfers are under way that waits for their end.  Does not raise.
 */
void
http_pool_close(Oid serverid)
{
	dlist_iter	iter;

	dlist_foreach(iter, &pools)
	{
		HttpPool   *pool = dlist_container(HttpPool, link, iter.cur);

		if (pool->info.serverid == serverid && pool->multi != NULL)
		{
			pool->closing = true;
			settle(pool);
		}
	}
	http_sockets_account();
}

/*
 * Describe the open pools: fills at most size entries and returns how many
 * there are.  Does not raise.
 */
int
http_pool_list(HttpPoolInfo *info, int size)
{
	dlist_iter	iter;
	int			count = 0;

	dlist_foreach(iter, &pools)
	{
		HttpPool   *pool = dlist_container(HttpPool, link, iter.cur);

		if (pool->multi == NULL)
			continue;
		if (count < size)
		{
			info[count] = pool->info;
			info[count].sockets = pool->sockets.nopen;
		}
		count++;
	}
	return count;
}

/* Give a pool its multi handle, if it has none. */
static void
open_pool(HttpPool *pool)
{
	CURLM	   *multi;
	sigset_t	saved;

	if (pool->multi != NULL)
		return;
	/* later versions start threads here */
	block_signals(&saved);
	multi = curl_multi_init();
	restore_signals(&saved);
	if (multi == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_OUT_OF_MEMORY),
				 errmsg("out of memory"),
				 errdetail("libcurl could not make a multi handle.")));

	/* these cannot fail: options and types are known to every version */
	(void) curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	(void) curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, pool);
	(void) curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, watch_timer);
	(void) curl_multi_setopt(multi, CURLMOPT_TIMERDATA, pool);
	(void) curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, KEPT_CONNECTIONS);
	pool->multi = multi;
}

/* ---- Starting a transfer ---- */

/* Reset callback: runs during abort, so nothing on its way may raise. */
static void
release_owned(void *arg)
{
	HttpOwner  *owner = arg;

	while (!dlist_is_empty(&owner->transfers))
		http_release(dlist_head_element(HttpTransfer, owner_link,
										&owner->transfers));
	dlist_delete(&owner->link);
}

/* The context's HttpOwner, with its callback armed. */
static HttpOwner *
owner_of(MemoryContext context)
{
	dlist_iter	iter;
	HttpOwner  *owner;

	dlist_foreach(iter, &owners)
	{
		owner = dlist_container(HttpOwner, link, iter.cur);
		if (owner->context == context)
			return owner;
	}

	owner = MemoryContextAllocZero(context, sizeof(HttpOwner));
	owner->context = context;
	dlist_init(&owner->transfers);
	dlist_push_head(&owners, &owner->link);
	owner->callback.func = release_owned;
	owner->callback.arg = owner;
	MemoryContextRegisterResetCallback(context, &owner->callback);
	return owner;
}

void
http_out_of_memory(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_FDW_OUT_OF_MEMORY),
			 errmsg("out of memory"),
			 errdetail("An HTTP request could not be made.")));
}

/* A transfer that has its owner, its handle and a copy of the body. */
static HttpTransfer *
make_transfer(HttpPool *pool, const HttpRequest *request, HttpOwner *owner)
{
	size_t		body_len = request->body ? request->body_len : 0;
	HttpTransfer *transfer = calloc(1, offsetof(HttpTransfer, request_body) +
									body_len + 1);

	if (transfer == NULL)
		http_out_of_memory();
	transfer->pool = pool;
	dlist_push_tail(&owner->transfers, &transfer->owner_link);
	live_transfers++;

	transfer->max_body = Min(request->max_body, MaxAllocHugeSize);
	if (body_len > 0)
		memcpy(transfer->request_body, request->body, body_len);
	transfer->easy = pool->nspare > 0 ? pool->spare[--pool->nspare] :
		curl_easy_init();
	if (transfer->easy == NULL)
	{
		http_release(transfer);
		http_out_of_memory();
	}
	return transfer;
}

/*
 * Start a transfer and send as much as goes without waiting.  Everything is
 * copied.  The transfer is released with http_release() or, at the latest,
 * when owner is reset or deleted.  Failures of the transfer come back in its
 * reply; raises only when memory is short or libcurl lacks an option.
 */
HttpTransfer *
http_start(HttpPool *pool, const HttpRequest *request, MemoryContext owner)
{
	HttpTransfer *transfer;
	CURLMcode	code;
	sigset_t	saved;

	open_pool(pool);
	transfer = make_transfer(pool, request, owner_of(owner));
	http_set_options(transfer, request);

	block_signals(&saved);
	pool->info.requests++;
	code = curl_multi_add_handle(pool->multi, transfer->easy);
	if (code == CURLM_OK)
	{
		transfer->added = true;
		dlist_push_tail(&pool->running, &transfer->pool_link);
		count_transfers(pool, 1);
		drive(pool);
	}
	else
		finish(transfer, CURLE_FAILED_INIT, curl_multi_strerror(code));
	restore_signals(&saved);
	http_sockets_account();
	return transfer;
}

/* ---- Using a transfer ---- */

/*
 * The reply, or NULL while the transfer is under way.  It belongs to the
 * transfer.  Does not raise, and makes no progress by itself.
 */
const HttpReply *
http_reply(HttpTransfer *transfer)
{
	return transfer->ended ? &transfer->reply : NULL;
}

/*
 * Free a transfer and its reply; one under way is broken off without waiting
 * for anything.  Does not raise, so it may be called during abort.
 */
void
http_release(HttpTransfer *transfer)
{
	HttpPool   *pool = transfer->pool;
	sigset_t	saved;

	if (transfer->easy != NULL)
	{
		/* others of the multi may be moved on by this */
		block_signals(&saved);
		detach(transfer, false);
		settle(pool);
		restore_signals(&saved);
		http_sockets_account();
	}
	dlist_delete(&transfer->owner_link);
	live_transfers--;
	free(transfer->body);
	free(transfer);
}

/* Transfers that have not been released; for tests of leaks. */
int
http_live_handles(void)
{
	return live_transfers;
}

/* ---- Making progress ---- */

/* Move all transfers on as far as goes without waiting.  Does not raise. */
void
http_drive(void)
{
	dlist_iter	iter;
	sigset_t	saved;

	block_signals(&saved);
	dlist_foreach(iter, &pools)
	{
		drive(dlist_container(HttpPool, link, iter.cur));
	}
	restore_signals(&saved);
	http_sockets_account();
}

/*
 * Wait until something has happened to some transfer, whoever started it, or
 * the deadline has passed, or an interrupt was served; callers look at their
 * replies first and loop.  Also the way to sleep when nothing is under way;
 * without a deadline (DT_NOEND) it then returns at once.  A transfer that has
 * ended since the last call makes it return without waiting, once.
 *
 * Raises what CHECK_FOR_INTERRUPTS() raises.
 */
void
http_wait(TimestampTz deadline)
{
	CHECK_FOR_INTERRUPTS();
	http_drive();
	if (ended == ended_told)
	{
		http_sockets_wait(deadline);
		CHECK_FOR_INTERRUPTS();
		http_drive();
	}
	ended_told = ended;
}
