/*
 * http_request.c
 *		A request as options of libcurl, and where its data goes.
 *
 * Every option that a transfer has is set here.  libcurl calls the functions
 * in the first part: they must not raise, palloc or check for interrupts,
 * since a longjmp through libcurl loses its state.  They work on malloc'd
 * memory, note what happened and return libcurl's abort value.
 */
#include "compat.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http_private.h"

/* One recv() a wake-up: libcurl's 16 kB would mean ten for a usual page. */
#define RECEIVE_BUFFER		(128 * 1024L)

/* ---- Called by libcurl ---- */

/*
 * CURLOPT_OPENSOCKETFUNCTION: counted, and not inherited by programs that the
 * backend may start (COPY ... TO PROGRAM).
 */
static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	HttpPool   *pool = arg;
	int			fd = socket(address->family, address->socktype,
							address->protocol);

	if (fd < 0)
		return CURL_SOCKET_BAD;
	(void) fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (http_sockets_opened(&pool->sockets, fd))
		return fd;
	close(fd);
	return CURL_SOCKET_BAD;
}

/* CURLOPT_CLOSESOCKETFUNCTION */
static int
close_socket(void *arg, curl_socket_t fd)
{
	HttpPool   *pool = arg;

	http_sockets_closed(&pool->sockets, fd);
	return close(fd);
}

/*
 * Make room for len more bytes and a NUL, which the caller has tested against
 * max_body.  Doubles, starting at the announced length (of the compressed
 * body, if it is compressed); false without memory.
 */
static bool
make_room(HttpTransfer *transfer, size_t len)
{
	size_t		size = transfer->len + len + 1;
	char	   *body;

	if (size <= transfer->capacity)
		return true;

	size = Max(size, 2 * transfer->capacity);
	if (transfer->body == NULL)
	{
		curl_off_t	announced = -1;

		(void) curl_easy_getinfo(transfer->easy,
								 CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
		if (announced > 0)
			size = Max(size, (size_t) announced + 1);
	}
	size = Min(size, transfer->max_body + 1);

	body = realloc(transfer->body, size);
	if (body == NULL)
		return false;
	transfer->body = body;
	transfer->capacity = size;
	return true;
}

/* CURLOPT_WRITEFUNCTION: a decompressed piece of the body. */
static size_t
receive_body(char *data, size_t size, size_t count, void *arg)
{
	HttpTransfer *transfer = arg;
	size_t		len = size * count;

	if (len > transfer->max_body - transfer->len)
	{
		snprintf(transfer->refused, sizeof(transfer->refused),
				 "the body is larger than %zu bytes", transfer->max_body);
		return CURL_WRITEFUNC_ERROR;
	}
	if (!make_room(transfer, len))
	{
		strlcpy(transfer->refused, "out of memory", sizeof(transfer->refused));
		return CURL_WRITEFUNC_ERROR;
	}
	memcpy(transfer->body + transfer->len, data, len);
	transfer->len += len;
	transfer->body[transfer->len] = '\0';
	return len;
}

/* ---- Options ---- */

/* For what cannot happen with the libcurl this was built for. */
static void
option_failed(HttpTransfer *transfer, const char *option, CURLcode code)
{
	http_release(transfer);
	if (code == CURLE_OUT_OF_MEMORY)
		http_out_of_memory();
	ereport(ERROR,
			(errcode(ERRCODE_FDW_ERROR),
			 errmsg("could not set libcurl's option %s: %s", option,
					curl_easy_strerror(code)),
			 errdetail("libcurl is version %s.", http_curl->version)));
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
set_surroundings(HttpTransfer *transfer)
{
	HttpPool   *pool = transfer->pool;

	SETOPT(transfer, CURLOPT_PRIVATE, transfer);
	SETOPT(transfer, CURLOPT_ERRORBUFFER, transfer->reason);
	SETOPT(transfer, CURLOPT_WRITEFUNCTION, receive_body);
	SETOPT(transfer, CURLOPT_WRITEDATA, transfer);
	SETOPT(transfer, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	SETOPT(transfer, CURLOPT_OPENSOCKETDATA, pool);
	SETOPT(transfer, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
	SETOPT(transfer, CURLOPT_CLOSESOCKETDATA, pool);
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
set_trust(HttpTransfer *transfer, const HttpRequest *request)
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
set_protocol(HttpTransfer *transfer, const HttpRequest *request)
{
	bool		http2 = (http_curl->features & CURL_VERSION_HTTP2) != 0;
	bool		gzip = (http_curl->features & CURL_VERSION_LIBZ) != 0;

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
		   (curl_off_t) transfer->max_body);
	if (request->fresh_connection)
	{
		SETOPT(transfer, CURLOPT_FRESH_CONNECT, 1L);
		SETOPT(transfer, CURLOPT_FORBID_REUSE, 1L);
	}
}

static void
add_header(HttpTransfer *transfer, const char *header)
{
	struct curl_slist *headers = curl_slist_append(transfer->headers, header);

	if (headers == NULL)
		option_failed(transfer, "CURLOPT_HTTPHEADER", CURLE_OUT_OF_MEMORY);
	transfer->headers = headers;
}

/* The request itself. */
static void
set_request(HttpTransfer *transfer, const HttpRequest *request)
{
	static const char *const custom[] = {
		[HTTP_PATCH] = "PATCH",
		[HTTP_DELETE] = "DELETE",
	};

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
		SETOPT(transfer, CURLOPT_CUSTOMREQUEST, custom[request->method]);

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
void
http_set_options(HttpTransfer *transfer, const HttpRequest *request)
{
	set_surroundings(transfer);
	set_trust(transfer, request);
	set_protocol(transfer, request);
	set_request(transfer, request);
}
