/*
 * reply.c: the replies that several handlers make.
 */
#include "exchange.h"

static const struct
{
	int			status;
	const char *code;
}			codes[] = {
	{400, "VALIDATION_ERROR"},
	{401, "UNAUTHORIZED"},
	{403, "FORBIDDEN"},
	{404, "NOT_FOUND"},
	{405, "METHOD_NOT_ALLOWED"},
	{410, "CURSOR_EXPIRED"},
	{413, "PAYLOAD_TOO_LARGE"},
	{429, "RATE_LIMITED"},
	{0, "INTERNAL_ERROR"}
};

const char *
error_code(int status)
{
	int			i = 0;

	while (codes[i].status && codes[i].status != status)
		i++;
	return codes[i].code;
}

void
reply_header(Reply *r, const char *name, const char *value)
{
	if (r->header_count < REPLY_HEADERS_MAX)
		buf_printf(&r->headers[r->header_count++], "%s: %s", name, value);
}

void
reply_text(Reply *r, int status, const char *text)
{
	r->status = status;
	r->content_type = "text/plain; charset=utf-8";
	r->body.len = 0;
	buf_str(&r->body, text);
}

void
reply_error(Reply *r, int status, const char *message)
{
	r->status = status;
	r->body.len = 0;
	buf_printf(&r->body, "{\"error\":{\"code\":\"%s\",\"message\":", error_code(status));
	buf_json(&r->body, message, strlen(message));
	buf_str(&r->body, "}}");
}
