/*
 * http_socket.c
 *		The place that waits: sockets, timers and the latch.
 *
 * http.c enters here which sockets libcurl wants to hear of and when it wants
 * to be called; this file knows poll() and PostgreSQL's WaitEventSet, but not
 * libcurl.  Functions for libcurl's callbacks neither raise nor palloc.
 */
#include "compat.h"

#include <sys/stat.h>
#include <time.h>

#include "http_socket.h"

#include "miscadmin.h"
#include "storage/fd.h"
#include "storage/latch.h"
#include "utils/resowner.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

#define LONGEST_WAIT_MS		(3600 * 1000L)

/*
 * An open socket, known by its inode too: libcurl 7.88 closes sockets that
 * never came to be connected without telling, and then the number may be
 * another file's.
 */
typedef struct OpenSocket
{
	int			fd;
	ino_t		inode;
} OpenSocket;

static dlist_head tables = DLIST_STATIC_INIT(tables);
static int	open_sockets = 0;

static int64
monotonic_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64) now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Begin an empty table; it must stay where it is for the backend's life. */
void
http_sockets_init(HttpSockets *sockets)
{
	memset(sockets, 0, sizeof(HttpSockets));
	sockets->timer = HTTP_NEVER;
	dlist_push_tail(&tables, &sockets->link);
}

/* All sockets have been closed. */
void
http_sockets_clear(HttpSockets *sockets)
{
	free(sockets->fds);
	sockets->fds = NULL;
	sockets->nfds = sockets->maxfds = 0;
	open_sockets -= sockets->nopen;
	free(sockets->open);
	sockets->open = NULL;
	sockets->nopen = sockets->maxopen = 0;
	sockets->timer = HTTP_NEVER;
}

void
http_sockets_forget(HttpSockets *sockets, int fd)
{
	for (int i = 0; i < sockets->nfds; i++)
	{
		if (sockets->fds[i].fd == fd)
		{
			sockets->fds[i] = sockets->fds[--sockets->nfds];
			return;
		}
	}
}

/* Room for one more entry of an array; false without memory. */
static bool
make_room(void **array, int count, int *max, size_t entry)
{
	int			size = Max(16, 2 * *max);
	void	   *larger;

	if (count < *max)
		return true;
	larger = realloc(*array, size * entry);
	if (larger == NULL)
		return false;
	*array = larger;
	*max = size;
	return true;
}

/* Wait for these events of poll() on fd from now on; false without memory. */
bool
http_sockets_watch(HttpSockets *sockets, int fd, short events)
{
	int			i = 0;

	while (i < sockets->nfds && sockets->fds[i].fd != fd)
		i++;
	if (i == sockets->nfds)
	{
		if (!make_room((void **) &sockets->fds, sockets->nfds,
					   &sockets->maxfds, sizeof(struct pollfd)))
			return false;
		sockets->nfds++;
		sockets->fds[i].fd = fd;
		sockets->fds[i].revents = 0;
	}
	sockets->fds[i].events = events;
	return true;
}

/* The timer goes off in so many ms, once; a negative time stops it. */
void
http_sockets_set_timer(HttpSockets *sockets, long timeout_ms)
{
	sockets->timer = timeout_ms < 0 ? HTTP_NEVER :
		monotonic_us() + (int64) timeout_ms * 1000;
}

/* A socket has come to be; false without memory. */
bool
http_sockets_opened(HttpSockets *sockets, int fd)
{
	struct stat status;

	if (fstat(fd, &status) != 0 ||
		!make_room((void **) &sockets->open, sockets->nopen,
				   &sockets->maxopen, sizeof(OpenSocket)))
		return false;
	sockets->open[sockets->nopen].fd = fd;
	sockets->open[sockets->nopen].inode = status.st_ino;
	sockets->nopen++;
	open_sockets++;
	return true;
}

static void
forget_open(HttpSockets *sockets, int i)
{
	sockets->open[i] = sockets->open[--sockets->nopen];
	open_sockets--;
}

/*
 * A socket is being closed.  Leaving the other table here too makes sure that
 * no number stays there that is some file's by the next wait.
 */
void
http_sockets_closed(HttpSockets *sockets, int fd)
{
	int			i;

	http_sockets_forget(sockets, fd);
	for (i = 0; i < sockets->nopen; i++)
		if (sockets->open[i].fd == fd)
			break;
	if (i < sockets->nopen)
		forget_open(sockets, i);
}

/* Find out which sockets were closed without a word. */
void
http_sockets_recount(HttpSockets *sockets)
{
	struct stat status;

	for (int i = sockets->nopen - 1; i >= 0; i--)
		if (fstat(sockets->open[i].fd, &status) != 0 ||
			status.st_ino != sockets->open[i].inode)
			forget_open(sockets, i);
}

/*
 * Tell fd.c how many descriptors are ours, so that it keeps fewer files open
 * itself.  Apart from counting, since giving up files may log.
 */
void
http_sockets_account(void)
{
	static int	accounted = 0;

	for (; accounted < open_sockets; accounted++)
		ReserveExternalFD();
	for (; accounted > open_sockets; accounted--)
		ReleaseExternalFD();
}

/* Has the timer gone off?  That stops it. */
bool
http_sockets_timer_due(HttpSockets *sockets)
{
	if (sockets->timer == HTTP_NEVER || sockets->timer > monotonic_us())
		return false;
	sockets->timer = HTTP_NEVER;
	return true;
}

/* Is any socket ready?  Does not wait. */
bool
http_sockets_poll(HttpSockets *sockets)
{
	return sockets->nfds > 0 && poll(sockets->fds, sockets->nfds, 0) > 0;
}

/*
 * A socket that the last http_sockets_poll() found ready, each once; false
 * when there is none left.  The table may change between calls: what is ready
 * is kept with the entry.
 */
bool
http_sockets_next(HttpSockets *sockets, int *fd, int *ready)
{
	for (int i = 0; i < sockets->nfds; i++)
	{
		if (sockets->fds[i].revents == 0)
			continue;
		*fd = sockets->fds[i].fd;
		*ready = sockets->fds[i].revents;
		sockets->fds[i].revents = 0;
		return true;
	}
	return false;
}

/*
 * How long nothing will happen by itself: ms, rounded up lest the rest of a
 * millisecond is spent in a loop; 0 when something is due.
 */
long
http_sockets_quiet_ms(TimestampTz deadline)
{
	int64		now = monotonic_us();
	int64		us = HTTP_NEVER;
	dlist_iter	iter;

	if (deadline != DT_NOEND)
		us = deadline - GetCurrentTimestamp();
	dlist_foreach(iter, &tables)
	{
		HttpSockets *sockets = dlist_container(HttpSockets, link, iter.cur);

		if (sockets->busy && sockets->timer != HTTP_NEVER)
			us = Min(us, sockets->timer - now);
	}
	if (us <= 0)
		return 0;
	return (long) Min((us - 1) / 1000 + 1, LONGEST_WAIT_MS);
}

/*
 * Calls visit for each socket of the busy tables that is waited for, with the
 * events of poll(); false as soon as visit returns false.
 */
bool
http_sockets_visit(HttpSocketVisit visit, void *arg)
{
	dlist_iter	iter;

	dlist_foreach(iter, &tables)
	{
		HttpSockets *sockets = dlist_container(HttpSockets, link, iter.cur);

		for (int i = 0; sockets->busy && i < sockets->nfds; i++)
		{
			short		events = sockets->fds[i].events & (POLLIN | POLLOUT);

			if (events != 0 && !visit(sockets->fds[i].fd, events, arg))
				return false;
		}
	}
	return true;
}

static bool
count_socket(int fd, short events, void *arg)
{
	(*(int *) arg)++;
	return true;
}

static bool
add_socket(int fd, short events, void *arg)
{
	uint32		wanted = 0;

	if (events & POLLIN)
		wanted |= WL_SOCKET_READABLE;
	if (events & POLLOUT)
		wanted |= WL_SOCKET_WRITEABLE;
	AddWaitEventToSet((WaitEventSet *) arg, wanted, fd, NULL, NULL);
	return true;
}

static bool
any_busy(void)
{
	dlist_iter	iter;

	dlist_foreach(iter, &tables)
	{
		if (dlist_container(HttpSockets, link, iter.cur)->busy)
			return true;
	}
	return false;
}

/*
 * Wait for the latch, the postmaster's death, a socket or the timer of any
 * busy table, or the deadline.  Without a deadline and a busy table it returns
 * at once.  Interrupts are left to the caller: the set is built each time and
 * is gone on return, since until 16 nothing would close its descriptor when
 * serving them raises.
 */
void
http_sockets_wait(TimestampTz deadline)
{
	static uint32 wait_event = 0;
	long		timeout_ms = http_sockets_quiet_ms(deadline);
	int			count = 0;
	WaitEventSet *set;
	WaitEvent	event;
	int			happened;

	if (timeout_ms == 0 || (deadline == DT_NOEND && !any_busy()))
		return;
	if (wait_event == 0)
		wait_event = named_wait_event("IntentFdwHttp");

	(void) http_sockets_visit(count_socket, &count);
	set = make_wait_event_set(2 + count);
	AddWaitEventToSet(set, WL_LATCH_SET, PGINVALID_SOCKET, MyLatch, NULL);
	AddWaitEventToSet(set, WL_EXIT_ON_PM_DEATH, PGINVALID_SOCKET, NULL, NULL);
	(void) http_sockets_visit(add_socket, set);
	happened = WaitEventSetWait(set, timeout_ms, &event, 1, wait_event);
	FreeWaitEventSet(set);

	if (happened > 0 && (event.events & WL_LATCH_SET))
		ResetLatch(MyLatch);
}
