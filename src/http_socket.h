/*
 * http_socket.h
 *		What libcurl waits for: sockets and a timer for each pool.
 *
 * A side room of http.c that does not know libcurl.
 */
#ifndef INTENT_HTTP_SOCKET_H
#define INTENT_HTTP_SOCKET_H

#include "compat.h"

#include <poll.h>

#include "datatype/timestamp.h"
#include "lib/ilist.h"

/* One for each pool, for the backend's life; the tables are malloc'd. */
typedef struct HttpSockets
{
	dlist_node	link;
	bool		busy;			/* transfers are under way: wait for these */
	int64		timer;			/* monotonic us, or HTTP_NEVER */
	struct pollfd *fds;			/* to wait for */
	int			nfds;
	int			maxfds;
	struct OpenSocket *open;	/* all that exist, kept alive ones too */
	int			nopen;
	int			maxopen;
} HttpSockets;

#define HTTP_NEVER PG_INT64_MAX

/* What is done with each socket that is waited for; false ends the visit. */
typedef bool (*HttpSocketVisit) (int fd, short events, void *arg);

extern void http_sockets_init(HttpSockets *sockets);
extern void http_sockets_clear(HttpSockets *sockets);

/* These are for libcurl's callbacks. */
extern bool http_sockets_watch(HttpSockets *sockets, int fd, short events);
extern void http_sockets_forget(HttpSockets *sockets, int fd);
extern void http_sockets_set_timer(HttpSockets *sockets, long timeout_ms);
extern bool http_sockets_opened(HttpSockets *sockets, int fd);
extern void http_sockets_closed(HttpSockets *sockets, int fd);

extern void http_sockets_recount(HttpSockets *sockets);
extern void http_sockets_account(void);
extern bool http_sockets_timer_due(HttpSockets *sockets);
extern bool http_sockets_poll(HttpSockets *sockets);
extern bool http_sockets_next(HttpSockets *sockets, int *fd, int *ready);
extern long http_sockets_quiet_ms(TimestampTz deadline);
extern bool http_sockets_visit(HttpSocketVisit visit, void *arg);
extern void http_sockets_wait(TimestampTz deadline);

#endif							/* INTENT_HTTP_SOCKET_H */
