/*
 * reply_faults.c: faults of a whole reply, see reply_faults.h.
 */
#include "reply_faults.h"

#include <time.h>
#include <zlib.h>

typedef struct Shape
{
	const char *name;
	const char *content_type;
	const char *before;			/* NULL: no body at all */
	const char *after;
	bool		quoted;
} Shape;

static const Shape shapes[] = {
	{"message", "application/json", "{\"message\":", "}", true},
	{"error_text", "application/json", "{\"error\":", "}", true},
	{"detail", "application/json", "{\"detail\":", "}", true},
	{"title", "application/json", "{\"title\":", "}", true},
	{"plain", "text/plain", "", "\n", false},
	{"empty", "text/plain", NULL, NULL, false},
	{0}
};

static const char *
text_of(const json_t *fault, const char *name, const char *otherwise)
{
	const char *text = json_string_value(json_object_get(fault, name));

	return text ? text : otherwise;
}

static void
date_in(Buf *b, int seconds)
{
	time_t		when = time(NULL) + seconds;
	struct tm	parts;
	char		text[64];

	gmtime_r(&when, &parts);
	strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &parts);
	buf_str(b, text);
}

/* "2", 2, any text, or {"date_in": seconds} as an HTTP-date. */
static void
retry_after(const json_t *value, Reply *r)
{
	Buf			text = {0};

	if (value == NULL)
		return;
	if (json_is_object(value))
		date_in(&text, (int) json_integer_value(json_object_get(value, "date_in")));
	else if (json_is_integer(value))
		buf_printf(&text, "%lld", (long long) json_integer_value(value));
	else
		buf_str(&text, json_string_value(value) ? json_string_value(value) : "");
	reply_header(r, "Retry-After", text.data);
	buf_free(&text);
}

static void
shaped_body(const json_t *fault, Reply *r)
{
	const char *message = text_of(fault, "message", "simulated fault");
	const char *name = text_of(fault, "shape", "error");
	const Shape *s = shapes;

	while (s->name && strcmp(s->name, name) != 0)
		s++;
	if (s->name == NULL)
	{
		buf_printf(&r->body, "{\"error\":{\"code\":\"%s\",\"message\":",
				   text_of(fault, "code", error_code(r->status)));
		buf_json(&r->body, message, strlen(message));
		buf_str(&r->body, "}}");
		return;
	}
	r->content_type = s->content_type;
	if (s->before == NULL)
		return;
	buf_str(&r->body, s->before);
	if (s->quoted)
		buf_json(&r->body, message, strlen(message));
	else
		buf_str(&r->body, message);
	buf_str(&r->body, s->after);
}

static void
answer(const json_t *fault, Reply *r)
{
	const char *body = text_of(fault, "body", NULL);
	const json_t *status = json_object_get(fault, "status");

	r->status = status ? (int) json_integer_value(status) : 200;
	if (r->status < 200 || r->status > 599)
		r->status = 500;
	if (body)
		buf_str(&r->body, body);
	else
		shaped_body(fault, r);
	r->content_type = text_of(fault, "content_type", r->content_type);
}

bool
reply_faults_replace(const json_t *fault, Reply *r)
{
	const char *redirect = text_of(fault, "redirect", NULL);

	r->close = json_is_true(json_object_get(fault, "close"));
	r->stall = json_is_true(json_object_get(fault, "stall"));
	if (r->close || r->stall)
		return true;
	retry_after(json_object_get(fault, "retry_after"), r);
	if (redirect)
	{
		reply_text(r, 302, "");
		reply_header(r, "Location", redirect);
		return true;
	}
	if (!json_object_get(fault, "status") && !json_object_get(fault, "body"))
		return false;
	answer(fault, r);
	return true;
}

static void
pad(Buf *b, size_t to)
{
	if (to <= b->len)
		return;
	buf_grow(b, to - b->len);
	memset(b->data + b->len, ' ', to - b->len);
	b->len = to;
	b->data[to] = '\0';
}

/* One step of deflate; out grows by what comes out of it. */
static void
deflate_some(z_stream *z, const char *text, size_t len, int flush, Buf *out)
{
	z->next_in = (Bytef *) text;
	z->avail_in = (uInt) len;
	do
	{
		buf_grow(out, 65536);
		z->next_out = (Bytef *) out->data + out->len;
		z->avail_out = (uInt) (out->cap - out->len - 1);
		deflate(z, flush);
		out->len = (size_t) ((char *) z->next_out - out->data);
	} while (z->avail_out == 0);
}

/* The body as gzip, followed by spaces up to so many bytes when unpacked. */
static void
make_bomb(Reply *r, size_t bytes)
{
	static char spaces[1 << 16];
	z_stream	z = {0};
	Buf			packed = {0};

	memset(spaces, ' ', sizeof(spaces));
	deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
	deflate_some(&z, r->body.data, r->body.len, Z_NO_FLUSH, &packed);
	for (size_t at = r->body.len; at < bytes; at += sizeof(spaces))
		deflate_some(&z, spaces, sizeof(spaces), Z_NO_FLUSH, &packed);
	deflate_some(&z, spaces, 0, Z_FINISH, &packed);
	deflateEnd(&z);
	buf_free(&r->body);
	r->body = packed;
	r->gzipped = true;
}

static void
free_header(const json_t *fault, Reply *r)
{
	const char *header = text_of(fault, "header", NULL);

	if (header && r->header_count < REPLY_HEADERS_MAX)
		buf_str(&r->headers[r->header_count++], header);
}

void
reply_faults_apply(const json_t *fault, Reply *r)
{
	const json_t *cut = json_object_get(fault, "cut_body");
	const json_t *slow = json_object_get(fault, "slow_body");
	const json_t *oversize = json_object_get(fault, "oversize");
	const json_t *bomb = json_object_get(fault, "gzip_bomb");

	r->close = r->close || json_is_true(json_object_get(fault, "lose_reply"));
	free_header(fault, r);
	r->plain = r->plain || cut || slow || oversize;
	if (cut)
		r->cut_at = (long) json_integer_value(cut);
	if (slow)
		r->bytes_per_second = (int) json_integer_value(slow);
	if (oversize)
		pad(&r->body, (size_t) json_integer_value(oversize));
	if (bomb)
		make_bomb(r, (size_t) json_integer_value(bomb));
}
