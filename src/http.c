/*
 * http.c
 *		Requests in, replies out: transfers over libcurl's multi interface.
 *
 * All of libcurl is in this file.  A pool has one CURLM, which keeps
 * connections alive and looked-up names.  Its sockets and its timer come to us
 * through callbacks and go to http_socket.c, which waits for them together
 * with the latch.  What can be told of pools, transfers and replies without
 * libcurl stands in http_pool.c, http_transfer.c and http_reply.c.
 *
 * What goes wrong with a transfer is a value here and an error only with the
 * caller, who knows whether to try again.  Transfers are released by a reset
 * callback of their owner's memory context, which runs during abort.
 * Everything on that way neither raises nor pallocs.
 *
 * libcurl may start a thread for a name look-up.  PostgreSQL's signal handlers
 * must never run in it, so all signals are blocked around every call that
 * drives a transfer; the thread inherits that.
 */
#include "compat.h"

#include <curl/curl.h>

#include "http_private.h"

#include "utils/memutils.h"

StaticAssertDecl(LIBCURL_NEW_ENOUGH, "libcurl is too old");
StaticAssertDecl(HTTP_REASON_SIZE >= CURL_ERROR_SIZE, "no room for a reason");

/*
 * Connections kept open in a pool.  libcurl's own limit is four times the
 * transfers that are just under way, which is four when the last one ends.
 */
#define KEPT_CONNECTIONS	64L

/* Easy handles kept for the next transfer; each holds a receive buffer. */
#define SPARE_HANDLES		8

/* One recv() a wake-up: libcurl's 16 kB would mean ten for a usual page. */
#define RECEIVE_BUFFER		(128 * 1024L)

/* A pool with what libcurl has of it. */
typedef struct CurlPool
{
	HttpPool	base;			/* must be first */
	CURLM	   *multi;			/* NULL: not opened yet, or closed */
	CURLSH	   *share;			/* TLS sessions, of all handles */
	dlist_head	running;		/* CurlTransfer.link */
	CURL	   *spare[SPARE_HANDLES];
	int			nspare;
} CurlPool;

/* A transfer, likewise. */
typedef struct CurlTransfer
{
	HttpTransfer base;			/* must be first */
	CURL	   *easy;			/* NULL when given back to the pool */
	bool		added;			/* to the multi and to pool->running */
	dlist_node	link;
	struct curl_slist *headers;
	char		request_body[FLEXIBLE_ARRAY_MEMBER];
} CurlTransfer;

#define pool_of(transfer) ((CurlPool *) (transfer)->base.pool)

static const curl_version_info_data *curl = NULL;	/* once initialised */

/* ---- Called by libcurl: must not raise, palloc or serve interrupts ---- */

/* CURLMOPT_SOCKETFUNCTION: what to wait for on a socket has changed. */
static int
watch_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *unused)
{
	CurlPool   *pool = arg;
	short		events = 0;

	if (what & CURL_POLL_IN)
		events |= POLLIN;
	if (what & CURL_POLL_OUT)
		events |= POLLOUT;

	if (what == CURL_POLL_REMOVE)
		http_sockets_forget(&pool->base.sockets, fd);
	else if (!http_sockets_watch(&pool->base.sockets, fd, events))
		return -1;
	return 0;
}

/* CURLMOPT_TIMERFUNCTION: libcurl wants to be called in so many ms. */
static int
watch_timer(CURLM *multi, long timeout_ms, void *arg)
{
	CurlPool   *pool = arg;

	http_sockets_set_timer(&pool->base.sockets, timeout_ms);
	return 0;
}

/* CURLOPT_OPENSOCKETFUNCTION */
static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	CurlPool   *pool = arg;
	int			fd = http_pool_socket(&pool->base, address->family,
									  address->socktype, address->protocol);

	return fd < 0 ? CURL_SOCKET_BAD : fd;
}

/* CURLOPT_CLOSESOCKETFUNCTION */
static int
close_socket(void *arg, curl_socket_t fd)
{
	CurlPool   *pool = arg;

	http_pool_close_socket(&pool->base, fd);
	return 0;
}

/* CURLOPT_WRITEFUNCTION: a decompressed piece of the body. */
static size_t
receive_body(char *data, size_t size, size_t count, void *arg)
{
	CurlTransfer *transfer = arg;
	curl_off_t	announced = -1;

	if (transfer->base.body == NULL)
		(void) curl_easy_getinfo(transfer->easy,
								 CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
	if (!http_transfer_receive(&transfer->base, data, size * count, announced))
		return CURL_WRITEFUNC_ERROR;
	return size * count;
}

/* ---- What came of a transfer; nothing here raises either ---- */

/* What a libcurl code means to the caller; others are connection failures. */
static const struct
{
	CURLcode	code;
	HttpOutcome outcome;
}			outcomes[] =

{
	{CURLE_OK, HTTP_DONE},
	{CURLE_OPERATION_TIMEDOUT, HTTP_TIMED_OUT},
	{CURLE_SEND_ERROR, HTTP_CUT_SHORT},
	{CURLE_RECV_ERROR, HTTP_CUT_SHORT},
	{CURLE_GOT_NOTHING, HTTP_CUT_SHORT},
	{CURLE_PARTIAL_FILE, HTTP_CUT_SHORT},
	{CURLE_HTTP2, HTTP_CUT_SHORT},
	{CURLE_HTTP2_STREAM, HTTP_CUT_SHORT},
	{CURLE_SSL_SHUTDOWN_FAILED, HTTP_CUT_SHORT},
	{CURLE_SSL_ENGINE_NOTFOUND, HTTP_TLS_REFUSED},
	{CURLE_SSL_ENGINE_SETFAILED, HTTP_TLS_REFUSED},
	{CURLE_SSL_ENGINE_INITFAILED, HTTP_TLS_REFUSED},
	{CURLE_SSL_CERTPROBLEM, HTTP_TLS_REFUSED},
	{CURLE_SSL_CIPHER, HTTP_TLS_REFUSED},
	{CURLE_PEER_FAILED_VERIFICATION, HTTP_TLS_REFUSED},
	{CURLE_USE_SSL_FAILED, HTTP_TLS_REFUSED},
	{CURLE_SSL_CACERT_BADFILE, HTTP_TLS_REFUSED},
	{CURLE_SSL_CRL_BADFILE, HTTP_TLS_REFUSED},
	{CURLE_SSL_ISSUER_ERROR, HTTP_TLS_REFUSED},
	{CURLE_SSL_PINNEDPUBKEYNOTMATCH, HTTP_TLS_REFUSED},
	{CURLE_SSL_INVALIDCERTSTATUS, HTTP_TLS_REFUSED},
	{CURLE_SSL_CLIENTCERT, HTTP_TLS_REFUSED},
	{CURLE_FILESIZE_EXCEEDED, HTTP_TOO_LARGE},
	{CURLE_URL_MALFORMAT, HTTP_NOT_HTTP},
	{CURLE_UNSUPPORTED_PROTOCOL, HTTP_NOT_HTTP},	/* HTTP/0.9 too */
	{CURLE_LOGIN_DENIED, HTTP_NOT_HTTP},	/* user name in the URL */
	{CURLE_WEIRD_SERVER_REPLY, HTTP_NOT_HTTP},
	{CURLE_BAD_CONTENT_ENCODING, HTTP_NOT_HTTP},
};

static HttpOutcome
outcome_of(CurlTransfer *transfer, CURLcode code)
{
	HttpOutcome outcome = HTTP_CONNECT_FAILED;
	curl_off_t	pretransfer = 0;

	if (transfer->base.refused[0] != '\0')
		return HTTP_TOO_LARGE;
	if (code == CURLE_SSL_CONNECT_ERROR &&
		http_is_tls_refusal(transfer->base.reason))
		return HTTP_TLS_REFUSED;
	for (int i = 0; i < lengthof(outcomes); i++)
		if (outcomes[i].code == code)
			outcome = outcomes[i].outcome;

	/* the time before the request could be sent belongs to connecting */
	(void) curl_easy_getinfo(transfer->easy, CURLINFO_PRETRANSFER_TIME_T,
							 &pretransfer);
	if (pretransfer == 0 &&
		(outcome == HTTP_TIMED_OUT || outcome == HTTP_CUT_SHORT))
		outcome = HTTP_CONNECT_FAILED;
	return outcome;
}

/*
 * The Retry-After header, -1 without a usable one.  Not by
 * CURLINFO_RETRY_AFTER, which is 0 for "0", for no header and for a number
 * beyond its range.
 */
static int64
retry_after_ms(CURL *easy)
{
	struct curl_header *header;

	if (curl_easy_header(easy, "Retry-After", 0, CURLH_HEADER, -1,
						 &header) != CURLHE_OK)
		return -1;
	return http_retry_after_ms(header->value,
							   curl_getdate(header->value, NULL));
}

/*
 * Has sending begun?  What libcurl tells of it is never less than it sent, and
 * more where 8.x could not connect.
 */
static bool
was_sent(CURL *easy, CURLcode code)
{
	curl_off_t	pretransfer = 0;
	long		request_bytes = 0;

	if (code == CURLE_COULDNT_RESOLVE_PROXY ||
		code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT)
		return false;
	(void) curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &pretransfer);
	(void) curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request_bytes);
	return pretransfer > 0 || request_bytes > 0;
}

/*
 * Fill the reply of a transfer that ended with code, while it still has its
 * handle; reason is for when libcurl has left none in the error buffer.
 */
static void
make_reply(CurlTransfer *transfer, CURLcode code, const char *reason)
{
	HttpReply  *reply = &transfer->base.reply;
	CURL	   *easy = transfer->easy;
	long		status = 0;
	long		header_bytes = 0;
	curl_off_t	body_bytes = 0;
	curl_off_t	elapsed_us = 0;
	long		connects = 0;

	(void) curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	(void) curl_easy_getinfo(easy, CURLINFO_HEADER_SIZE, &header_bytes);
	(void) curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &body_bytes);
	(void) curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &elapsed_us);
	(void) curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connects);

	reply->outcome = outcome_of(transfer, code);
	reply->status = (int) status;
	reply->retry_after_ms = retry_after_ms(easy);
	reply->bytes_received = (int64) header_bytes + (int64) body_bytes;
	reply->elapsed_ms = (int64) elapsed_us / 1000;
	reply->new_connection = connects > 0;
	reply->may_be_received = was_sent(easy, code);
	http_settle_reason(&transfer->base, reason);
}

/* ---- How a transfer ends; nothing here raises either ---- */

/*
 * Take a transfer out of the multi.  Its connection stays alive if the reply
 * was complete; else libcurl closes it.  The handle is kept for another
 * transfer after a clean end only: what a failure leaves in it is not ours.
 */
static void
detach(CurlTransfer *transfer, bool clean)
{
	CurlPool   *pool = pool_of(transfer);
	CURL	   *easy = transfer->easy;

	if (transfer->added)
	{
		long		connects = 0;

		(void) curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connects);
		pool->base.info.opened += connects;
		(void) curl_multi_remove_handle(pool->multi, easy);
		if (connects > 0 || !clean)
			http_sockets_recount(&pool->base.sockets);
		dlist_delete(&transfer->link);
		http_pool_count(&pool->base, -1);
		transfer->added = false;
	}
	if (easy != NULL)
	{
		curl_easy_reset(easy);
		if (clean && pool->nspare < SPARE_HANDLES)
			pool->spare[pool->nspare++] = easy;
		else
			curl_easy_cleanup(easy);
		transfer->easy = NULL;
	}
	curl_slist_free_all(transfer->headers);
	transfer->headers = NULL;
}

static void
finish(CurlTransfer *transfer, CURLcode code, const char *reason)
{
	make_reply(transfer, code, reason);
	detach(transfer, code == CURLE_OK);
	http_transfer_end(&transfer->base);
}

/* Break off a transfer, if it is under way, without waiting for anything. */
void
http_curl_abandon(HttpTransfer *transfer)
{
	detach((CurlTransfer *) transfer, false);
}

/* ---- Driving; signals are blocked by the caller, nothing raises ---- */

/*
 * libcurl has given up the whole multi handle (out of memory): so do we.  The
 * transfers fail, and the next one starts with a new handle.
 */
static void
fail_pool(CurlPool *pool, CURLMcode code)
{
	pool->base.closing = true;
	while (!dlist_is_empty(&pool->running))
		finish(dlist_head_element(CurlTransfer, link, &pool->running),
			   CURLE_FAILED_INIT, curl_multi_strerror(code));
}

/* Let libcurl do what is due on a socket, or by its timer. */
static void
act(CurlPool *pool, curl_socket_t fd, int events)
{
	int			running;
	CURLMcode	code = curl_multi_socket_action(pool->multi, fd, events,
												&running);

	if (code != CURLM_OK)
		fail_pool(pool, code);
}

/* The timer has gone off; libcurl sets the next one during the call, if any. */
void
http_curl_timer(HttpPool *base)
{
	act((CurlPool *) base, CURL_SOCKET_TIMEOUT, 0);
}

/* A socket is ready in the words of poll(). */
void
http_curl_ready(HttpPool *base, int fd, int ready)
{
	int			events = 0;

	/* libcurl finds out about an error by reading or writing */
	if (ready & (POLLIN | POLLHUP | POLLERR))
		events |= CURL_CSELECT_IN;
	if (ready & (POLLOUT | POLLERR))
		events |= CURL_CSELECT_OUT;
	act((CurlPool *) base, fd, events);
}

/* Finish the transfers that libcurl reports as done. */
void
http_curl_collect(HttpPool *base)
{
	CurlPool   *pool = (CurlPool *) base;
	CURLMsg    *message;
	int			left;

	while ((message = curl_multi_info_read(pool->multi, &left)) != NULL)
	{
		/* the message is gone once the handle has left the multi */
		CURLcode	code = message->data.result;
		char	   *transfer = NULL;

		(void) curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
								 &transfer);
		finish((CurlTransfer *) transfer, code, curl_easy_strerror(code));
	}
}

/* ---- Options ---- */

/* For what cannot happen with the libcurl this was built for. */
static void
option_failed(CurlTransfer *transfer, const char *option, CURLcode code)
{
	http_release(&transfer->base);
	if (code == CURLE_OUT_OF_MEMORY)
		http_out_of_memory();
	ereport(ERROR,
			(errcode(ERRCODE_FDW_ERROR),
			 errmsg("could not set libcurl's option %s: %s", option,
					curl_easy_strerror(code)),
			 errdetail("libcurl is version %s.", curl->version)));
}

#define SETOPT(transfer, option, value) \
	do { \
		CURLcode	code_ = curl_easy_setopt((transfer)->easy, option, value); \
\
		if (code_ != CURLE_OK) \
			option_failed(transfer, #option, code_); \
	} while (0)

/* Where the data goes, and what libcurl must leave alone in a backend. */
static void
set_surroundings(CurlTransfer *transfer)
{
	CurlPool   *pool = pool_of(transfer);

	SETOPT(transfer, CURLOPT_PRIVATE, transfer);
	SETOPT(transfer, CURLOPT_ERRORBUFFER, transfer->base.reason);
	SETOPT(transfer, CURLOPT_WRITEFUNCTION, receive_body);
	SETOPT(transfer, CURLOPT_WRITEDATA, transfer);
	SETOPT(transfer, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	SETOPT(transfer, CURLOPT_OPENSOCKETDATA, pool);
	SETOPT(transfer, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
	SETOPT(transfer, CURLOPT_CLOSESOCKETDATA, pool);
	/* else a session is known to the handle only that made it */
	SETOPT(transfer, CURLOPT_SHARE, pool->share);
	SETOPT(transfer, CURLOPT_NOPROGRESS, 1L);
	/* SIGALRM is PostgreSQL's */
	SETOPT(transfer, CURLOPT_NOSIGNAL, 1L);
	/* else leaving during a name look-up waits for the look-up */
	SETOPT(transfer, CURLOPT_QUICK_EXIT, 1L);
	SETOPT(transfer, CURLOPT_TCP_NODELAY, 1L);
	SETOPT(transfer, CURLOPT_TCP_KEEPALIVE, 1L);
	/* refused while a used handle still has its buffer (HTTP/2, 7.88) */
	(void) curl_easy_setopt(transfer->easy, CURLOPT_BUFFERSIZE,
							RECEIVE_BUFFER);
}

/* Which servers it may talk to, and how they prove who they are. */
static void
set_trust(CurlTransfer *transfer, const HttpRequest *request)
{
	SETOPT(transfer, CURLOPT_PROTOCOLS_STR, "http,https");
	SETOPT(transfer, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	/* a redirect would carry the key to another host */
	SETOPT(transfer, CURLOPT_FOLLOWLOCATION, 0L);
	SETOPT(transfer, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
	SETOPT(transfer, CURLOPT_SSL_VERIFYPEER, 1L);
	SETOPT(transfer, CURLOPT_SSL_VERIFYHOST, 2L);
	if (request->ca_file != NULL)
	{
		/* instead of the system's certificates, not besides them */
		SETOPT(transfer, CURLOPT_CAINFO, request->ca_file);
		SETOPT(transfer, CURLOPT_CAPATH, NULL);
		SETOPT(transfer, CURLOPT_PROXY_CAINFO, request->ca_file);
		SETOPT(transfer, CURLOPT_PROXY_CAPATH, NULL);
	}

	/* empty texts keep the environment's http_proxy and no_proxy out */
	SETOPT(transfer, CURLOPT_PROXY, request->proxy ? request->proxy : "");
	SETOPT(transfer, CURLOPT_NOPROXY, "");
	SETOPT(transfer, CURLOPT_PROXY_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
	/* a tunnel's CONNECT must not show our headers to the proxy */
	SETOPT(transfer, CURLOPT_HEADEROPT, (long) CURLHEADER_SEPARATE);

	/* no credentials but those in the caller's headers */
	SETOPT(transfer, CURLOPT_HTTPAUTH, (long) CURLAUTH_NONE);
	SETOPT(transfer, CURLOPT_NETRC, (long) CURL_NETRC_IGNORED);
	SETOPT(transfer, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
}

/* How it speaks HTTP.  Cookies, HSTS and alt-svc stay off: nobody asks. */
static void
set_protocol(CurlTransfer *transfer, const HttpRequest *request)
{
	bool		http2 = (curl->features & CURL_VERSION_HTTP2) != 0;
	bool		gzip = (curl->features & CURL_VERSION_LIBZ) != 0;

	SETOPT(transfer, CURLOPT_HTTP_VERSION,
		   (long) (http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
	SETOPT(transfer, CURLOPT_HTTP09_ALLOWED, 0L);
	/* rather join a connection just being made than open one more */
	SETOPT(transfer, CURLOPT_PIPEWAIT,
		   pg_strncasecmp(request->url, "https:", 6) == 0 ? 1L : 0L);
	SETOPT(transfer, CURLOPT_ACCEPT_ENCODING, gzip ? "gzip, deflate" : NULL);
	SETOPT(transfer, CURLOPT_USERAGENT, request->user_agent);
	SETOPT(transfer, CURLOPT_CONNECTTIMEOUT_MS,
		   (long) request->connect_timeout_ms);
	SETOPT(transfer, CURLOPT_TIMEOUT_MS, (long) request->timeout_ms);
	/* refuses an announced length; receive_body() counts what comes */
	SETOPT(transfer, CURLOPT_MAXFILESIZE_LARGE,
		   (curl_off_t) transfer->base.max_body);
	if (request->fresh_connection)
	{
		SETOPT(transfer, CURLOPT_FRESH_CONNECT, 1L);
		SETOPT(transfer, CURLOPT_FORBID_REUSE, 1L);
	}
}

static void
add_header(CurlTransfer *transfer, const char *header)
{
	struct curl_slist *headers = curl_slist_append(transfer->headers, header);

	if (headers == NULL)
		option_failed(transfer, "CURLOPT_HTTPHEADER", CURLE_OUT_OF_MEMORY);
	transfer->headers = headers;
}

/* The request itself. */
static void
set_request(CurlTransfer *transfer, const HttpRequest *request)
{
	SETOPT(transfer, CURLOPT_URL, request->url);
	if (request->body != NULL || request->method == HTTP_POST ||
		request->method == HTTP_PATCH)
	{
		SETOPT(transfer, CURLOPT_POSTFIELDSIZE_LARGE,
			   (curl_off_t) (request->body ? request->body_len : 0));
		SETOPT(transfer, CURLOPT_POSTFIELDS, &transfer->request_body[0]);
	}
	else
		SETOPT(transfer, CURLOPT_HTTPGET, 1L);
	if (request->method >= HTTP_PATCH)
		SETOPT(transfer, CURLOPT_CUSTOMREQUEST,
			   http_method_name(request->method));

	/* 100-continue costs a second where a server ignores it */
	add_header(transfer, "Expect:");
	for (const char *const *header = request->headers;
		 header != NULL && *header != NULL; header++)
		add_header(transfer, *header);
	SETOPT(transfer, CURLOPT_HTTPHEADER, transfer->headers);
}

/*
 * Set all options of a transfer that has a handle and a copy of the body.
 * Raises when memory is short or libcurl does not know an option, and then
 * has released the transfer.
 */
static void
set_options(CurlTransfer *transfer, const HttpRequest *request)
{
	set_surroundings(transfer);
	set_trust(transfer, request);
	set_protocol(transfer, request);
	set_request(transfer, request);
}

/* ---- Pools ---- */

/* Once for a backend, and never undone: others may use libcurl too. */
static void
initialise(void)
{
	CURLcode	code;
	sigset_t	saved;

	if (curl != NULL)
		return;
	http_block_signals(&saved);
	code = curl_global_init(CURL_GLOBAL_DEFAULT);
	http_restore_signals(&saved);
	if (code != CURLE_OK)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_ERROR),
				 errmsg("could not initialize libcurl: %s",
						curl_easy_strerror(code))));
	/* curl_version() would do, but may look up names */
	curl = curl_version_info(CURLVERSION_NOW);
}

/*
 * A new pool, all zero as far as http_pool.c is concerned.  Raises when
 * libcurl cannot be initialised or memory is short.
 */
HttpPool *
http_curl_pool(void)
{
	CurlPool   *pool;

	initialise();
	pool = MemoryContextAllocZero(TopMemoryContext, sizeof(CurlPool));
	dlist_init(&pool->running);
	return &pool->base;
}

/* Give a pool its multi handle, if it has none. */
static void
open_pool(CurlPool *pool)
{
	CURLM	   *multi;
	CURLSH	   *share;
	sigset_t	saved;

	if (pool->multi != NULL)
		return;
	/* later versions start threads here */
	http_block_signals(&saved);
	multi = curl_multi_init();
	http_restore_signals(&saved);
	share = curl_share_init();
	if (multi == NULL || share == NULL)
	{
		(void) curl_multi_cleanup(multi);
		(void) curl_share_cleanup(share);
		http_out_of_memory();
	}

	/* these cannot fail: options and types are known to every version */
	(void) curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	(void) curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, pool);
	(void) curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, watch_timer);
	(void) curl_multi_setopt(multi, CURLMOPT_TIMERDATA, pool);
	(void) curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, KEPT_CONNECTIONS);
	(void) curl_share_setopt(share, CURLSHOPT_SHARE,
							 CURL_LOCK_DATA_SSL_SESSION);
	pool->multi = multi;
	pool->share = share;
	pool->base.open = true;
}

/* Close a pool's connections; no transfer is under way.  Does not raise. */
void
http_curl_close(HttpPool *base)
{
	CurlPool   *pool = (CurlPool *) base;

	while (pool->nspare > 0)
		curl_easy_cleanup(pool->spare[--pool->nspare]);
	(void) curl_multi_cleanup(pool->multi);
	pool->multi = NULL;
	/* refused while a handle uses it, and none is left */
	(void) curl_share_cleanup(pool->share);
	pool->share = NULL;
}

/* ---- Starting a transfer ---- */

/* A transfer that has its owner, its handle and a copy of the body. */
static CurlTransfer *
make_transfer(CurlPool *pool, const HttpRequest *request, MemoryContext owner)
{
	size_t		body_len = request->body ? request->body_len : 0;
	CurlTransfer *transfer;

	transfer = (CurlTransfer *)
		http_transfer_make(&pool->base, offsetof(CurlTransfer, request_body) +
						   body_len + 1, request->max_body, owner);
	if (body_len > 0)
		memcpy(transfer->request_body, request->body, body_len);
	transfer->easy = pool->nspare > 0 ? pool->spare[--pool->nspare] :
		curl_easy_init();
	if (transfer->easy == NULL)
	{
		http_release(&transfer->base);
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
http_start(HttpPool *base, const HttpRequest *request, MemoryContext owner)
{
	CurlPool   *pool = (CurlPool *) base;
	CurlTransfer *transfer;
	CURLMcode	code;
	sigset_t	saved;

	open_pool(pool);
	transfer = make_transfer(pool, request, owner);
	set_options(transfer, request);

	http_block_signals(&saved);
	base->info.requests++;
	code = curl_multi_add_handle(pool->multi, transfer->easy);
	if (code == CURLM_OK)
	{
		transfer->added = true;
		dlist_push_tail(&pool->running, &transfer->link);
		http_pool_count(base, 1);
		http_pool_drive(base);
	}
	else
		finish(transfer, CURLE_FAILED_INIT, curl_multi_strerror(code));
	http_restore_signals(&saved);
	http_sockets_account();
	return &transfer->base;
}
