/*
 * page_reader.h
 *		One JSON text, token by token.
 *
 * A pull parser around the lexer of PostgreSQL's common/jsonapi.h: its caller
 * asks for the next member or element and either reads the value or skips it.
 * Knows nothing of pages, rows or columns.
 */
#ifndef INTENT_PAGE_READER_H
#define INTENT_PAGE_READER_H

#include "compat.h"

#include "common/jsonapi.h"

/*
 * The current token, reader->lex, is the first that is not consumed.
 * Functions that return bool return false once problem is set.
 */
typedef struct Reader
{
	JsonLexContext *lex;
	const char *text;
	const char *end;
	bool		escaped;		/* the current token is a string with a
								 * backslash */
	int			depth;
	char	   *problem;		/* lower case, shows no string of the text */
	char	   *unescaped;		/* the latest string that had escapes */
	size_t		unescaped_size;
} Reader;

/* A string or a member name: UTF-8, no quotes, no escapes, no NUL at its end. */
typedef struct Span
{
	const char *text;
	int			len;
} Span;

extern bool reader_open(Reader *r, const char *text, size_t len);
extern bool reader_close(Reader *r);
extern bool reader_fail(Reader *r, char *problem);
extern bool reader_unexpected(Reader *r, JsonParseErrorType error);

extern bool reader_advance(Reader *r);
extern bool reader_string(Reader *r, Span *span);

extern bool reader_enter(Reader *r);
extern bool reader_next_member(Reader *r, bool first, Span *name);
extern bool reader_next_element(Reader *r, bool first);
extern bool reader_skip(Reader *r);

#define reader_at(r, type) ((r)->lex->token_type == (type))

/* Where the current token starts, where the one before it ended. */
#define reader_start(r) ((const char *) (r)->lex->token_start)
#define reader_before(r) ((const char *) (r)->lex->prev_token_terminator)

#endif							/* INTENT_PAGE_READER_H */
