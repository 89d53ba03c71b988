/*
 * buf.h: a growing byte buffer, always NUL-terminated, and the escapes of
 * JSON and PostgreSQL's CSV.
 *
 * A zeroed Buf is empty and ready.  Running out of memory ends the process:
 * a simulator has nothing better to do.
 */
#ifndef SIM_BUF_H
#define SIM_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct Buf
{
	char	   *data;
	size_t		len;
	size_t		cap;
} Buf;

extern void *xmalloc(size_t size);
extern void *xcalloc(size_t count, size_t size);
extern void *xrealloc(void *old, size_t size);
extern char *xstrdup(const char *text);

extern void buf_grow(Buf *b, size_t more);
extern void buf_free(Buf *b);
extern void buf_uint(Buf *b, uint64_t value);
extern void buf_printf(Buf *b, const char *format,...)
			__attribute__((format(printf, 2, 3)));
extern void buf_json(Buf *b, const char *text, size_t len);

/* True if text can stand between quotes as it is. */
extern bool json_is_plain(const char *text, size_t len);
extern void buf_csv(Buf *b, const char *text, size_t len);

static inline void
buf_add(Buf *b, const char *text, size_t len)
{
	if (b->len + len + 1 > b->cap)
		buf_grow(b, len);
	memcpy(b->data + b->len, text, len);
	b->len += len;
	b->data[b->len] = '\0';
}

static inline void
buf_str(Buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

static inline void
buf_char(Buf *b, char c)
{
	buf_add(b, &c, 1);
}

#endif
