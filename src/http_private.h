/*
 * http_private.h
 *		What the parts of http.c share.
 *
 * A pool and a transfer as far as they can be told without libcurl.  http.c
 * makes them: it puts what libcurl needs behind each, and nobody else knows.
 */
#ifndef INTENT_HTTP_PRIVATE_H
#define INTENT_HTTP_PRIVATE_H

#include "http.h"
#include "http_socket.h"

#include <signal.h>

/* Longest reason, with its NUL; libcurl asks for at least 256. */
#define HTTP_REASON_SIZE 256

struct HttpPool
{
	dlist_node	link;			/* in pools */
	bool		open;			/* may have connections */
	bool		closing;		/* close when no transfer is under way */
	HttpSockets sockets;
	HttpPoolInfo info;			/* the figures */
};

struct HttpTransfer
{
	HttpPool   *pool;
	dlist_node	owner_link;

	/* the body as it grows; what libcurl calls may not palloc */
	char	   *body;
	size_t		len;
	size_t		capacity;
	size_t		max_body;
	char		refused[48];	/* why it was not taken, if it was not */

	bool		ended;
	HttpReply	reply;
	char		reason[HTTP_REASON_SIZE];
};

/* http.c, which alone knows libcurl; only http_curl_pool() raises */
extern HttpPool *http_curl_pool(void);
extern void http_curl_close(HttpPool *pool);
extern void http_curl_timer(HttpPool *pool);
extern void http_curl_ready(HttpPool *pool, int fd, int ready);
extern void http_curl_collect(HttpPool *pool);
extern void http_curl_abandon(HttpTransfer *transfer);

/* http_pool.c; nothing here raises */
extern void http_pool_settle(HttpPool *pool);
extern void http_pool_count(HttpPool *pool, int change);
extern int	http_pool_socket(HttpPool *pool, int family, int type, int protocol);
extern void http_pool_close_socket(HttpPool *pool, int fd);
extern void http_pool_drive(HttpPool *pool);
extern void http_block_signals(sigset_t *saved);
extern void http_restore_signals(const sigset_t *saved);

/* http_transfer.c; the first two raise */
pg_noreturn extern void http_out_of_memory(void);
extern HttpTransfer *http_transfer_make(HttpPool *pool, size_t size,
										size_t max_body, MemoryContext owner);
extern bool http_transfer_receive(HttpTransfer *transfer, const char *data,
								  size_t len, int64 announced);
extern void http_transfer_end(HttpTransfer *transfer);
extern int64 http_ended(void);

/* http_reply.c; nothing there raises */
extern bool http_is_tls_refusal(const char *reason);
extern void http_settle_reason(HttpTransfer *transfer, const char *otherwise);
extern int64 http_retry_after_ms(const char *value, time_t date);

#endif							/* INTENT_HTTP_PRIVATE_H */
