/*
 * http_waker.c
 *		One descriptor for all that transfers wait for.
 *
 * For a caller that waits elsewhere, in a set of its own with room for one
 * descriptor.  It is an epoll instance, made anew for each wait, with the
 * sockets that libcurl wants to hear of and a timer.  Linux only.
 */
#include "compat.h"

#ifdef HAVE_ASYNC_APPEND

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "http.h"
#include "http_socket.h"

#include "storage/fd.h"

struct HttpWaker
{
	MemoryContextCallback callback;
	int			epoll;			/* the timer is always in it; -1: none */
	int			timer;			/* -1: none */
};

/* Reset callback: runs during abort, so it does not raise. */
static void
close_waker(void *arg)
{
	HttpWaker  *waker = arg;

	if (waker->timer >= 0)
	{
		close(waker->timer);
		ReleaseExternalFD();
	}
	if (waker->epoll >= 0)
	{
		close(waker->epoll);
		ReleaseExternalFD();
	}
}

static bool
add_descriptor(int epoll, int fd, short events)
{
	struct epoll_event event = {0};

	if (events & POLLIN)
		event.events |= EPOLLIN;
	if (events & POLLOUT)
		event.events |= EPOLLOUT;
	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool
add_socket(int fd, short events, void *arg)
{
	return add_descriptor(((HttpWaker *) arg)->epoll, fd, events);
}

/* An epoll instance with the timer in it, or -1. */
static int
make_epoll(int timer)
{
	int			epoll = epoll_create1(EPOLL_CLOEXEC);

	if (epoll < 0 || add_descriptor(epoll, timer, POLLIN))
		return epoll;
	close(epoll);
	return -1;
}

static void
make_descriptors(HttpWaker *waker)
{
	if (!AcquireExternalFD())
		return;
	waker->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (waker->timer < 0)
		ReleaseExternalFD();
	if (waker->timer < 0 || !AcquireExternalFD())
		return;
	waker->epoll = make_epoll(waker->timer);
	if (waker->epoll < 0)
		ReleaseExternalFD();
}

/*
 * A waker, gone with the memory context; NULL where no descriptors can be
 * had.  Raises only when memory is short.
 */
HttpWaker *
http_waker(MemoryContext owner)
{
	HttpWaker  *waker = MemoryContextAllocZero(owner, sizeof(HttpWaker));

	waker->epoll = waker->timer = -1;
	waker->callback.func = close_waker;
	waker->callback.arg = waker;
	MemoryContextRegisterResetCallback(owner, &waker->callback);
	make_descriptors(waker);
	return waker->epoll < 0 ? NULL : waker;
}

/*
 * A new instance each time: libcurl opens and closes sockets in between, and
 * so no number can stay that is another file's by now.  False if something is
 * not in it.
 */
static bool
gather(HttpWaker *waker)
{
	int			epoll = make_epoll(waker->timer);

	if (epoll < 0)
		return false;
	close(waker->epoll);
	waker->epoll = epoll;
	return http_sockets_visit(add_socket, waker);
}

/*
 * The descriptor to wait for, valid until the next call: it becomes readable
 * as soon as http_drive() has something to do, and at the deadline (DT_NOEND:
 * none).  Should the system lack something, it is readable at once, for the
 * caller to look and try again.  Neither raises nor pallocs.
 */
int
http_waker_arm(HttpWaker *waker, TimestampTz deadline)
{
	long		ms = gather(waker) ? http_sockets_quiet_ms(deadline) : 0;
	struct itimerspec timer = {{0}};

	timer.it_value.tv_sec = ms / 1000;
	/* zero would stop the timer */
	timer.it_value.tv_nsec = ms > 0 ? ms % 1000 * 1000000 : 1;
	(void) timerfd_settime(waker->timer, 0, &timer, NULL);
	return waker->epoll;
}

#endif							/* HAVE_ASYNC_APPEND */
