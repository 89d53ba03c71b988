/*
 * http_private.h
 *		What http.c shares with http_request.c and http_reply.c.
 *
 * Shows libcurl's types, so nobody else includes it.
 */
#ifndef INTENT_HTTP_PRIVATE_H
#define INTENT_HTTP_PRIVATE_H

#include "http.h"
#include "http_socket.h"

#include <curl/curl.h>

StaticAssertDecl(LIBCURL_NEW_ENOUGH, "libcurl is too old");

/* Easy handles kept for the next transfer; each holds a receive buffer. */
#define HTTP_SPARE_HANDLES 8

struct HttpPool
{
	dlist_node	link;			/* in pools */
	CURLM	   *multi;			/* NULL: not opened yet, or closed */
	bool		closing;		/* close when no transfer is under way */
	HttpSockets sockets;
	dlist_head	running;		/* HttpTransfer.pool_link */
	CURL	   *spare[HTTP_SPARE_HANDLES];
	int			nspare;
	HttpPoolInfo info;			/* the figures */
};

struct HttpTransfer
{
	HttpPool   *pool;
	dlist_node	owner_link;

	/* while under way */
	CURL	   *easy;			/* NULL when given back to the pool */
	bool		added;			/* to the multi and to pool->running */
	dlist_node	pool_link;
	struct curl_slist *headers;

	/* the body as it grows; what libcurl calls may not palloc */
	char	   *body;
	size_t		len;
	size_t		capacity;
	size_t		max_body;
	char		refused[48];	/* why it was not taken, if it was not */

	bool		ended;
	HttpReply	reply;
	char		reason[CURL_ERROR_SIZE];
	char		request_body[FLEXIBLE_ARRAY_MEMBER];
};

extern const curl_version_info_data *http_curl;

pg_noreturn extern void http_out_of_memory(void);
extern void http_set_options(HttpTransfer *transfer,
							 const HttpRequest *request);
extern void http_make_reply(HttpTransfer *transfer, CURLcode code,
							const char *reason);

#endif							/* INTENT_HTTP_PRIVATE_H */
