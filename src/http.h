/*
 * http.h
 *		Requests in, replies out.
 *
 * The only room that knows libcurl, and in it http.c alone; nothing here knows
 * JSON, SQL or foreign tables.  One pool of kept-alive connections for each server, any number of
 * transfers at once, one place that waits.  What goes wrong with a transfer
 * comes back as a value.  http_wait() raises for interrupts; http_pool() and
 * http_start() when memory is short or libcurl is not as it should be; the
 * others never, so that they may be called during abort.
 *
 * How it is used: start transfers, then
 *
 *		while ((reply = http_reply(transfer)) == NULL)
 *			http_wait(deadline);
 *
 * or look at all of them before each http_wait(), which returns when anything
 * has happened, be it to another scan's transfer.
 */
#ifndef INTENT_HTTP_H
#define INTENT_HTTP_H

#include "compat.h"

#include "datatype/timestamp.h"

typedef enum HttpMethod
{
	HTTP_GET,
	HTTP_POST,
	HTTP_PATCH,
	HTTP_DELETE,
} HttpMethod;

/* How a transfer ended. */
typedef enum HttpOutcome
{
	HTTP_DONE,					/* a whole reply with a status arrived */
	HTTP_CONNECT_FAILED,		/* name look-up, connect, proxy, handshake;
								 * also when time ran out before the request
								 * could be sent */
	HTTP_TLS_REFUSED,			/* certificate or TLS settings: no retry helps */
	HTTP_CUT_SHORT,				/* connection ended before the reply did */
	HTTP_TIMED_OUT,				/* timeout_ms passed (after connecting) */
	HTTP_TOO_LARGE,				/* body over max_body, stopped at once */
	HTTP_NOT_HTTP,				/* not HTTP, a broken content encoding, or a
								 * URL that is none: no retry helps */
} HttpOutcome;

/* All strings are copied by http_start(). */
typedef struct HttpRequest
{
	HttpMethod	method;
	const char *url;
	const char *const *headers; /* "Name: value", NULL at the end */
	const char *body;			/* NULL for none */
	size_t		body_len;
	int			connect_timeout_ms;
	int			timeout_ms;		/* of the whole transfer */
	size_t		max_body;		/* bytes after decompression */
	const char *ca_file;		/* instead of the system's; NULL: those */
	const char *proxy;			/* NULL: none; never from the environment */
	const char *user_agent;
	bool		fresh_connection;	/* writes: libcurl repeats a request on a
									 * dead kept-alive connection */
} HttpRequest;

/* Valid until http_release() of its transfer. */
typedef struct HttpReply
{
	HttpOutcome outcome;
	int			status;			/* 0 when no status line arrived */
	const char *reason;			/* what libcurl said in ASCII, never NULL */
	const char *body;			/* NUL-terminated, may hold NULs too */
	size_t		body_len;
	int64		retry_after_ms; /* -1 without a usable header */
	int64		bytes_received; /* headers and body, compressed as it came */
	int64		elapsed_ms;		/* from start to end, as far as driven */
	bool		new_connection; /* this transfer opened one */
	bool		may_be_received;	/* bytes of the request may have reached
									 * the server */
} HttpReply;

typedef struct HttpPool HttpPool;
typedef struct HttpTransfer HttpTransfer;
typedef struct HttpWaker HttpWaker;

/* A pool's figures, for the view of connections. */
typedef struct HttpPoolInfo
{
	Oid			serverid;
	int			transfers;		/* under way now */
	int			sockets;		/* open, kept alive or in use */
	int64		opened;			/* connections made since the start */
	int64		requests;		/* transfers started */
} HttpPoolInfo;

extern HttpPool *http_pool(Oid serverid);
extern bool http_pool_close(Oid serverid);
extern int	http_pool_list(HttpPoolInfo *info, int size);

extern HttpTransfer *http_start(HttpPool *pool, const HttpRequest *request,
								MemoryContext owner);
extern const HttpReply *http_reply(HttpTransfer *transfer);
extern void http_release(HttpTransfer *transfer);

extern void http_drive(void);
extern void http_wait(TimestampTz deadline);

extern const char *http_method_name(HttpMethod method);

/* where HAVE_ASYNC_APPEND */
extern HttpWaker *http_waker(MemoryContext owner);
extern int	http_waker_arm(HttpWaker *waker, TimestampTz deadline);

extern int	http_live_handles(void);

#endif							/* INTENT_HTTP_H */
