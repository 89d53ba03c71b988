/*
 * deliver.c: sending a reply, see deliver.h.
 *
 * Each connection has a thread of its own, so a slow reply simply sleeps.
 */
#define _GNU_SOURCE				/* POLLRDHUP, ppoll */
#include "deliver.h"

#include <poll.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>
#include <zlib.h>

#define GZIP_FROM 1024
#define BLOCK_SIZE 65536
#define TICKS_PER_SECOND 20

/* A body that is sent with pauses, or not to its end. */
typedef struct SlowBody
{
	Buf			body;
	size_t		cut_at;			/* beyond the body: not cut */
	int			bytes_per_second;
	int			stall_ms;		/* 0 once the pause was made */
	int			socket;
} SlowBody;

int
connection_socket(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
	MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	return info ? info->connect_fd : -1;
}

/* microseconds < 0: waits until the peer leaves. */
bool
wait_or_gone(int socket, int64_t microseconds)
{
	struct pollfd p = {.fd = socket,.events = POLLRDHUP};
	struct timespec left = {microseconds / 1000000, microseconds % 1000000 * 1000};

	return ppoll(&p, 1, microseconds < 0 ? NULL : &left, NULL) == 0;
}

static size_t
at_most(size_t a, size_t b)
{
	return a < b ? a : b;
}

static ssize_t
read_slow(void *cls, uint64_t position, char *to, size_t room)
{
	SlowBody   *s = cls;
	size_t		middle = s->body.len / 2;
	size_t		n = at_most(room, s->body.len - position);

	if (position >= s->cut_at)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	n = at_most(n, s->cut_at - position);
	if (s->stall_ms > 0 && position < middle)
		n = at_most(n, middle - position);
	else if (s->stall_ms > 0)
	{
		if (!wait_or_gone(s->socket, s->stall_ms * 1000LL))
			return MHD_CONTENT_READER_END_WITH_ERROR;
		s->stall_ms = 0;
	}
	if (s->bytes_per_second > 0)
	{
		n = at_most(n, (size_t) s->bytes_per_second / TICKS_PER_SECOND + 1);
		if (!wait_or_gone(s->socket, (int64_t) n * 1000000 / s->bytes_per_second))
			return MHD_CONTENT_READER_END_WITH_ERROR;
	}
	memcpy(to, s->body.data + position, n);
	return (ssize_t) n;
}

static void
free_slow(void *cls)
{
	SlowBody   *s = cls;

	buf_free(&s->body);
	free(s);
}

static struct MHD_Response *
slow_response(Exchange *x)
{
	Reply	   *r = &x->reply;
	SlowBody   *s = xcalloc(1, sizeof(*s));

	s->body = r->body;
	memset(&r->body, 0, sizeof(r->body));
	s->cut_at = r->cut_at >= 0 ? (size_t) r->cut_at : s->body.len + 1;
	s->bytes_per_second = r->bytes_per_second;
	s->stall_ms = r->stall_ms;
	s->socket = connection_socket(x->connection);
	return MHD_create_response_from_callback(s->body.len, BLOCK_SIZE, read_slow, s, free_slow);
}

static ssize_t
read_stream(void *cls, uint64_t position, char *to, size_t room)
{
	Stream	   *s = cls;
	size_t		n = s->read(s->state, to, room);

	(void) position;
	return n > 0 ? (ssize_t) n : MHD_CONTENT_READER_END_OF_STREAM;
}

static void
free_stream(void *cls)
{
	Stream	   *s = cls;

	s->free(s->state);
	free(s);
}

static struct MHD_Response *
stream_response(Exchange *x)
{
	Stream	   *s = xmalloc(sizeof(*s));

	*s = x->reply.stream;
	memset(&x->reply.stream, 0, sizeof(*s));
	return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_SIZE,
											 read_stream, s, free_stream);
}

/* "gzip" or "*" among the accepted codings, and not with q=0. */
static bool
accepts_gzip(const Exchange *x)
{
	const char *at = exchange_header(x, "Accept-Encoding");

	while (at && *at)
	{
		size_t		length = strcspn(at, ",");
		size_t		name = strcspn(at, ",; ");
		const char *zero = strstr(at, "q=0");

		if ((name == 4 && strncasecmp(at, "gzip", 4) == 0) || (name == 1 && *at == '*'))
			return !(zero && zero < at + length && (zero[3] != '.' || strspn(zero + 4, "0") == strcspn(zero + 4, ", ")));
		at += length;
		at += strspn(at, ", ");
	}
	return false;
}

static void
compress_body(Reply *r)
{
	z_stream	z = {0};
	Buf			packed = {0};

	deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
	buf_grow(&packed, deflateBound(&z, r->body.len));
	z.next_in = (Bytef *) r->body.data;
	z.avail_in = (uInt) r->body.len;
	z.next_out = (Bytef *) packed.data;
	z.avail_out = (uInt) packed.cap;
	deflate(&z, Z_FINISH);
	packed.len = z.total_out;
	deflateEnd(&z);
	buf_free(&r->body);
	r->body = packed;
	r->gzipped = true;
}

static struct MHD_Response *
make_response(Exchange *x)
{
	Reply	   *r = &x->reply;
	struct MHD_Response *response;

	if (r->stream.read)
		return stream_response(x);
	buf_grow(&r->body, 0);
	if (!r->plain && !r->gzipped && x->config->gzip && r->body.len > GZIP_FROM && accepts_gzip(x))
		compress_body(r);
	if (r->cut_at >= 0 || r->bytes_per_second > 0 || r->stall_ms > 0)
		return slow_response(x);
	response = MHD_create_response_from_buffer(r->body.len, r->body.data, MHD_RESPMEM_MUST_FREE);
	memset(&r->body, 0, sizeof(r->body));
	return response;
}

static void
add_headers(const Reply *r, struct MHD_Response *response)
{
	MHD_add_response_header(response, "Content-Type",
							r->content_type ? r->content_type : "application/json; charset=utf-8");
	if (r->gzipped)
		MHD_add_response_header(response, "Content-Encoding", "gzip");
	for (int i = 0; i < r->header_count; i++)
	{
		char	   *name = r->headers[i].data;
		char	   *value = strchr(name, ':');

		if (value == NULL)
			continue;
		*value++ = '\0';
		MHD_add_response_header(response, name, value + strspn(value, " "));
	}
}

enum MHD_Result
deliver(Exchange *x)
{
	struct MHD_Response *response;
	enum MHD_Result queued;

	if (x->reply.stall)
		wait_or_gone(connection_socket(x->connection), -1);
	if (x->reply.stall || x->reply.close)
		return MHD_NO;
	response = make_response(x);
	if (response == NULL)
		return MHD_NO;
	add_headers(&x->reply, response);
	queued = MHD_queue_response(x->connection, (unsigned int) x->reply.status, response);
	MHD_destroy_response(response);
	return queued;
}
