/*
 * cursor.c: cursors to opaque text and back, see cursor.h.  They last as long
 * as the process, there is no state behind them.
 */
#include "cursor.h"

#include <stdio.h>

#include "hash.h"

#define BODY_FORMAT "%016llx%08x%08x%.4s%.2s%.2s"
#define BODY_LENGTH 40
#define CHECK_LENGTH 16

static void
append_check(Buf *b, const char *body)
{
	buf_printf(b, "%016llx", (unsigned long long) hash_bytes(body, BODY_LENGTH, 11));
}

void
cursor_text(const Cursor *c, Buf *b)
{
	Buf			body = {0};

	buf_printf(&body, BODY_FORMAT, (unsigned long long) c->chain, c->offset,
			   c->page, c->date, c->date + 5, c->date + 8);
	buf_add(b, body.data, BODY_LENGTH);
	append_check(b, body.data);
	buf_free(&body);
}

bool
cursor_parse(const char *text, Cursor *c)
{
	Buf			check = {0};
	unsigned long long chain;
	char		date[9];
	bool		good;

	if (strlen(text) != BODY_LENGTH + CHECK_LENGTH)
		return false;
	append_check(&check, text);
	good = strcmp(check.data, text + BODY_LENGTH) == 0 &&
		sscanf(text, "%16llx%8x%8x%8[0-9]", &chain, &c->offset, &c->page, date) == 4;
	buf_free(&check);
	if (!good)
		return false;
	c->chain = chain;
	snprintf(c->date, sizeof(c->date), "%.4s-%.2s-%.2s", date, date + 4, date + 6);
	return true;
}
