/*
 * buf.c: a growing byte buffer, see buf.h.
 */
#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void *
or_die(void *p)
{
	if (p == NULL)
	{
		fputs("intent_simulator: out of memory\n", stderr);
		abort();
	}
	return p;
}

void *
xmalloc(size_t size)
{
	return or_die(malloc(size ? size : 1));
}

void *
xcalloc(size_t count, size_t size)
{
	return or_die(calloc(count ? count : 1, size));
}

void *
xrealloc(void *old, size_t size)
{
	return or_die(realloc(old, size));
}

char *
xstrdup(const char *text)
{
	return or_die(strdup(text));
}

void
buf_grow(Buf *b, size_t more)
{
	size_t		need = b->len + more + 1;
	size_t		cap = b->cap ? b->cap : 256;

	if (need <= b->cap)
		return;
	while (cap < need)
		cap *= 2;
	b->data = xrealloc(b->data, cap);
	b->cap = cap;
	b->data[b->len] = '\0';
}

void
buf_free(Buf *b)
{
	free(b->data);
	memset(b, 0, sizeof(*b));
}

void
buf_uint(Buf *b, uint64_t value)
{
	char		digits[20];
	int			n = sizeof(digits);

	do
	{
		digits[--n] = (char) ('0' + value % 10);
		value /= 10;
	} while (value > 0);
	buf_add(b, digits + n, sizeof(digits) - n);
}

void
buf_printf(Buf *b, const char *format,...)
{
	va_list		args;
	int			n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0)
		return;
	buf_grow(b, n);
	va_start(args, format);
	vsnprintf(b->data + b->len, n + 1, format, args);
	va_end(args);
	b->len += n;
}

/* The escape of one byte that JSON does not allow inside a string. */
static void
json_escape(Buf *b, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	char		text[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};

	switch (c)
	{
		case '"':
			buf_add(b, "\\\"", 2);
			break;
		case '\\':
			buf_add(b, "\\\\", 2);
			break;
		case '\n':
			buf_add(b, "\\n", 2);
			break;
		case '\t':
			buf_add(b, "\\t", 2);
			break;
		default:
			buf_add(b, text, 6);
	}
}

static bool
needs_escape(unsigned char c)
{
	return c < ' ' || c == '"' || c == '\\';
}

bool
json_is_plain(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (needs_escape((unsigned char) text[i]))
			return false;
	return true;
}

/* Appends text as a JSON string, quotes included. */
void
buf_json(Buf *b, const char *text, size_t len)
{
	size_t		start = 0;

	buf_grow(b, len + 2);
	buf_char(b, '"');
	for (size_t i = 0; i < len; i++)
	{
		unsigned char c = (unsigned char) text[i];

		if (!needs_escape(c))
			continue;
		buf_add(b, text + start, i - start);
		json_escape(b, c);
		start = i + 1;
	}
	buf_add(b, text + start, len - start);
	buf_char(b, '"');
}

/* Appends text as a CSV field, always quoted: unquoted empty would be NULL. */
void
buf_csv(Buf *b, const char *text, size_t len)
{
	buf_char(b, '"');
	for (size_t i = 0; i < len; i++)
	{
		if (text[i] == '"')
			buf_char(b, '"');
		buf_char(b, text[i]);
	}
	buf_char(b, '"');
}
