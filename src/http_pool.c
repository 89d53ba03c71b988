/*
 * http_pool.c
 *		The list of pools, their figures and sockets, and waiting for them.
 *
 * Part of http.c, which has their connections; this file does not know
 * libcurl.
 */
#include "compat.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http_private.h"

#include "miscadmin.h"

/* Rounds of one drive: a fast server must not keep interrupts away. */
#define DRIVE_ROUNDS		8

static dlist_head pools = DLIST_STATIC_INIT(pools);

/* How many ended transfers http_wait() has told about; see there. */
static int64 ended_told = 0;

/* ---- Pools ---- */

static HttpPool *
find_pool(Oid serverid)
{
	dlist_iter	iter;

	dlist_foreach(iter, &pools)
	{
		HttpPool   *pool = dlist_container(HttpPool, link, iter.cur);

		if (pool->info.serverid == serverid)
			return pool;
	}
	return NULL;
}

/*
 * The pool of a server, made when missing.  It is never freed, so that the
 * pointer may be kept for the backend's life, also over http_pool_close().
 * Raises when libcurl cannot be initialised or memory is short.
 */
HttpPool *
http_pool(Oid serverid)
{
	HttpPool   *pool = find_pool(serverid);

	if (pool != NULL)
		return pool;
	pool = http_curl_pool();
	pool->info.serverid = serverid;
	http_sockets_init(&pool->sockets);
	dlist_push_tail(&pools, &pool->link);
	return pool;
}

/* The pool's transfers under way have become one more, or one less. */
void
http_pool_count(HttpPool *pool, int change)
{
	pool->info.transfers += change;
	pool->sockets.busy = pool->info.transfers > 0;
}

/* Close a pool that is to be closed, unless transfers are under way. */
void
http_pool_settle(HttpPool *pool)
{
	if (!pool->closing || pool->info.transfers > 0)
		return;
	pool->closing = false;
	http_curl_close(pool);
	pool->open = false;
	http_sockets_clear(&pool->sockets);
}

/*
 * Close the kept-alive connections of a server's pool, or with InvalidOid
 * those of all.  While transfers of a pool are under way that waits for their
 * end.  False if there are none.  Does not raise.
 */
bool
http_pool_close(Oid serverid)
{
	dlist_iter	iter;
	bool		any = false;

	dlist_foreach(iter, &pools)
	{
		HttpPool   *pool = dlist_container(HttpPool, link, iter.cur);

		if (!pool->open || (OidIsValid(serverid) && pool->info.serverid != serverid))
			continue;
		any |= pool->sockets.nopen > 0;
		pool->closing = true;
		http_pool_settle(pool);
	}
	http_sockets_account();
	return any;
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

		if (!pool->open)
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

/* ---- For libcurl's callbacks: must not raise or palloc ---- */

/*
 * A new socket, counted, and not inherited by programs that the backend may
 * start (COPY ... TO PROGRAM); -1 if there is none.
 */
int
http_pool_socket(HttpPool *pool, int family, int type, int protocol)
{
	int			fd = socket(family, type, protocol);

	if (fd < 0)
		return -1;
	(void) fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (http_sockets_opened(&pool->sockets, fd))
		return fd;
	close(fd);
	return -1;
}

void
http_pool_close_socket(HttpPool *pool, int fd)
{
	http_sockets_closed(&pool->sockets, fd);
	(void) close(fd);
}

/* ---- Signals ---- */

void
http_block_signals(sigset_t *saved)
{
	sigset_t	all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, saved);
}

void
http_restore_signals(const sigset_t *saved)
{
	pthread_sigmask(SIG_SETMASK, saved, NULL);
}

/* ---- Making progress, and waiting for it ---- */

/* Hand ready sockets to libcurl. */
static void
act_on_ready(HttpPool *pool)
{
	int			fd;
	int			ready;

	while (http_sockets_next(&pool->sockets, &fd, &ready))
	{
		if (ready & POLLNVAL)
			http_sockets_forget(&pool->sockets, fd);
		else
			http_curl_ready(pool, fd, ready);
	}
}

/*
 * Make what progress is possible without waiting.  Signals are blocked by the
 * caller; nothing raises.
 */
void
http_pool_drive(HttpPool *pool)
{
	bool		progress = true;

	for (int i = 0; i < DRIVE_ROUNDS && progress && pool->sockets.busy; i++)
	{
		progress = false;
		if (http_sockets_timer_due(&pool->sockets))
		{
			http_curl_timer(pool);
			progress = true;
		}
		if (http_sockets_poll(&pool->sockets))
		{
			act_on_ready(pool);
			progress = true;
		}
		http_curl_collect(pool);
	}
	http_pool_settle(pool);
}

/* Move all transfers on as far as goes without waiting.  Does not raise. */
void
http_drive(void)
{
	dlist_iter	iter;
	sigset_t	saved;

	http_block_signals(&saved);
	dlist_foreach(iter, &pools)
	{
		http_pool_drive(dlist_container(HttpPool, link, iter.cur));
	}
	http_restore_signals(&saved);
	http_sockets_account();
}

/*
 * Wait until something has happened to some transfer, whoever started it, or
 * the deadline has passed, or an interrupt was served; callers look at their
 * replies first and loop.  Also the way to sleep when nothing is under way;
 * without a deadline (DT_NOEND) it then returns at once.  A transfer that has
 * ended since the last call, as one may while another is started, makes it
 * return without waiting, once.
 *
 * Raises what CHECK_FOR_INTERRUPTS() raises.
 */
void
http_wait(TimestampTz deadline)
{
	CHECK_FOR_INTERRUPTS();
	http_drive();
	if (http_ended() == ended_told)
	{
		http_sockets_wait(deadline);
		CHECK_FOR_INTERRUPTS();
		http_drive();
	}
	ended_told = http_ended();
}
