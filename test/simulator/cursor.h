/*
 * cursor.h: the opaque text of meta.nextCursor.
 */
#ifndef SIM_CURSOR_H
#define SIM_CURSOR_H

#include "topics.h"

typedef struct Cursor
{
	uint64_t	chain;			/* hash of the body that it belongs to */
	uint32_t	offset;			/* rows before its page */
	uint32_t	page;			/* 1-based number of its page */
	char		date[DATE_LEN + 1]; /* the run that it goes through */
} Cursor;

extern void cursor_text(const Cursor *c, Buf *b);

/* False for any text that cursor_text did not make. */
extern bool cursor_parse(const char *text, Cursor *c);

#endif
