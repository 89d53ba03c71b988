/*
 * page_reader.c
 *		One JSON text, token by token, with the lexer of common/jsonapi.h.
 *
 * Goes from one token to the other instead of handing callbacks to
 * pg_parse_json(): so it can stop anywhere on every major, counts its own
 * depth, and allocates nothing for what nobody wants.  The tokens that pages
 * are made of are told here, strings eight bytes at a time; all that is not
 * plain is left to json_lex(), which alone says what is an error.
 *
 * The text is read as the UTF-8 it came in.  json_lex() leaves escapes alone;
 * strings that have some are resolved here, also those that nobody wants.
 *
 * Assumes that CurrentMemoryContext outlives the Reader and dies soon.  What
 * the members are called and what they mean is left to page.c.
 */
#include "postgres.h"

#include "page_reader.h"

#include "mb/pg_wchar.h"
#include "port/pg_bitutils.h"
#include "port/pg_bswap.h"
#include "utils/memutils.h"

/* The API nests four deep; a parser that recurses needs some bound. */
#define READER_MAX_DEPTH 64

/* Bytes of the lexer's own words in a description of a problem. */
#define READER_MAX_DETAIL 120

static bool skip_object(Reader *r);
static bool skip_array(Reader *r);


/*
 * Problems
 */

/* Note a problem, palloc'd; the first one stays.  Returns false. */
bool
reader_fail(Reader *r, char *problem)
{
	if (r->problem == NULL)
		r->problem = problem;
	return false;
}

/*
 * What the lexer says of an error, cut short, printable, a copy.  Numbers and
 * words are shown, strings never: they may be somebody's name.
 */
static char *
error_detail(Reader *r, JsonParseErrorType error)
{
	bool		shows_token = (error != JSON_ESCAPING_REQUIRED &&
							   error != JSON_UNICODE_ESCAPE_FORMAT);
	char	   *detail;
	int			len;

	if (shows_token && reader_start(r) != NULL && *reader_start(r) == '"')
		return pstrdup(error == JSON_INVALID_TOKEN ?
					   "a string has no end" : "unexpected string");

	detail = pstrdup(json_errdetail(error, r->lex));
	len = strlen(detail);
	if (len > READER_MAX_DETAIL)
		detail[pg_encoding_mbcliplen(PG_UTF8, detail, len, READER_MAX_DETAIL)] = '\0';
	for (char *c = detail; *c != '\0'; c++)
		if ((unsigned char) *c < ' ' ||
			(IS_HIGHBIT_SET(*c) && GetDatabaseEncoding() != PG_UTF8))
			*c = '?';
	return detail;
}

/* Describe what the lexer or the grammar did not accept. */
static bool
fail_syntax(Reader *r, JsonParseErrorType error)
{
	const char *at = reader_start(r) ? reader_start(r) : r->end;

	return reader_fail(r, psprintf("not valid JSON at byte %zu: %s",
								   (size_t) (at - r->text) + 1,
								   error_detail(r, error)));
}

/* The current token is none that the grammar allows here. */
bool
reader_unexpected(Reader *r, JsonParseErrorType error)
{
	if (reader_at(r, JSON_TOKEN_END))
		error = JSON_EXPECTED_MORE;
	return fail_syntax(r, error);
}


/*
 * Tokens
 */

#define EACH_BYTE(c) (PG_UINT64_MAX / 255 * (c))

/* The high bit of the first byte that is zero, and perhaps of some after it. */
#define ZERO_BYTES(word) (((word) - EACH_BYTE(1)) & ~(word) & EACH_BYTE(0x80))

/*
 * Past the bytes at s that stand for themselves in a string: up to a quote, a
 * backslash, a control character, or the end.
 */
static inline const char *
skip_plain(const char *s, const char *end)
{
	for (; end - s >= sizeof(uint64); s += sizeof(uint64))
	{
		uint64		word;
		uint64		found;

		memcpy(&word, s, sizeof(uint64));
#ifdef WORDS_BIGENDIAN
		word = pg_bswap64(word);
#endif
		found = ZERO_BYTES(word ^ EACH_BYTE('"')) |
			ZERO_BYTES(word ^ EACH_BYTE('\\')) |
			((word - EACH_BYTE(' ')) & ~word & EACH_BYTE(0x80));
		if (found != 0)
			return s + pg_rightmost_one_pos64(found) / BITS_PER_BYTE;
	}
	while (s < end && *s != '"' && *s != '\\' && (unsigned char) *s >= ' ')
		s++;
	return s;
}

/* Does a number or a word end before s, where its container goes on? */
static inline bool
ends_scalar(const char *s, const char *end)
{
	return s < end && (*s == ',' || *s == '}' || *s == ']');
}

/* Past the word at s and its letters, or NULL: something else stands there. */
static inline const char *
skip_word(const char *s, const char *end, const char *word, int len)
{
	if (end - s <= len || memcmp(s, word, len) != 0 || !ends_scalar(s + len, end))
		return NULL;
	return s + len;
}

/* Past the digits of a whole number at s, or NULL: it is more than that. */
static inline const char *
skip_digits(const char *s, const char *end)
{
	while (s < end && *s >= '0' && *s <= '9')
		s++;
	return ends_scalar(s, end) ? s : NULL;
}

/*
 * The end of the token at s and its type, if it is one of those that pages
 * are made of and nothing about it is unusual, else NULL.
 */
static inline const char *
plain_token(const char *s, const char *end, JsonTokenType *type)
{
	switch (*s)
	{
		case '"':
			*type = JSON_TOKEN_STRING;
			s = skip_plain(s + 1, end);
			return s < end && *s == '"' ? s + 1 : NULL;
		case ',':
			*type = JSON_TOKEN_COMMA;
			return s + 1;
		case ':':
			*type = JSON_TOKEN_COLON;
			return s + 1;
		case '{':
			*type = JSON_TOKEN_OBJECT_START;
			return s + 1;
		case '}':
			*type = JSON_TOKEN_OBJECT_END;
			return s + 1;
		case '[':
			*type = JSON_TOKEN_ARRAY_START;
			return s + 1;
		case ']':
			*type = JSON_TOKEN_ARRAY_END;
			return s + 1;
		case 'n':
			*type = JSON_TOKEN_NULL;
			return skip_word(s, end, "null", 4);
		case 't':
			*type = JSON_TOKEN_TRUE;
			return skip_word(s, end, "true", 4);
		case 'f':
			*type = JSON_TOKEN_FALSE;
			return skip_word(s, end, "false", 5);
		default:
			*type = JSON_TOKEN_NUMBER;
			return *s >= '1' && *s <= '9' ? skip_digits(s, end) : NULL;
	}
}

/* Consume the current token the usual way. */
static bool
advance_lexer(Reader *r)
{
	JsonLexContext *lex = r->lex;
	JsonParseErrorType result = json_lex(lex);

	if (unlikely(result != JSON_SUCCESS))
		return fail_syntax(r, result);
	r->escaped = lex->token_type == JSON_TOKEN_STRING &&
		memchr(lex->token_start, '\\', lex->token_terminator - lex->token_start) != NULL;
	return true;
}

/*
 * Consume the current token.  A plain one that follows is noted in lex as
 * json_lex() would, except that lines are not counted.
 */
static inline bool
advance(Reader *r)
{
	JsonLexContext *lex = r->lex;
	const char *start = lex->token_terminator;
	const char *end;
	JsonTokenType type;

	while (start < r->end && (*start == ' ' || *start == '\n' ||
							  *start == '\t' || *start == '\r'))
		start++;
	if (start == r->end || (end = plain_token(start, r->end, &type)) == NULL)
		return advance_lexer(r);

	lex->prev_token_terminator = lex->token_terminator;
	lex->token_start = unconstify(char *, start);
	lex->token_terminator = unconstify(char *, end);
	lex->token_type = type;
	r->escaped = false;
	return true;
}

/* Consume the current token. */
bool
reader_advance(Reader *r)
{
	return advance(r);
}

/* The first backslash, else end. */
static const char *
find_backslash(const char *start, const char *end)
{
	const char *found = memchr(start, '\\', end - start);

	return found ? found : end;
}

/* Four hexadecimal digits, which the lexer has checked. */
static pg_wchar
hex4(const char *s)
{
	char		digits[5] = {s[0], s[1], s[2], s[3], '\0'};

	return (pg_wchar) strtoul(digits, NULL, 16);
}

/*
 * The character of the \u at s; the number of source bytes that make it in
 * *used.  What PostgreSQL cannot hold fails and gives 0.
 */
static pg_wchar
unicode_escape(Reader *r, const char *s, const char *end, int *used)
{
	pg_wchar	c = hex4(s + 2);

	*used = 6;
	if (is_utf16_surrogate_first(c))
	{
		if (end - s >= 12 && s[6] == '\\' && s[7] == 'u' &&
			is_utf16_surrogate_second(hex4(s + 8)))
		{
			*used = 12;
			return surrogate_pair_to_codepoint(c, hex4(s + 8));
		}
	}
	else if (c != 0 && !is_utf16_surrogate_second(c))
		return c;

	reader_fail(r, psprintf("not valid JSON at byte %zu: %s",
							(size_t) (s - r->text) + 1,
							c == 0 ? "\\u0000 cannot be converted to text" :
							"half of a Unicode surrogate pair"));
	return 0;
}

/* Resolve one escape at s to out; returns the end of what was written. */
static char *
resolve_escape(Reader *r, const char *s, const char *end, char *out, int *used)
{
	static const char from[] = "bfnrt";
	static const char to[] = "\b\f\n\r\t";
	const char *letter;

	*used = 2;
	if (s[1] == 'u')
	{
		pg_wchar	c = unicode_escape(r, s, end, used);

		if (c == 0)
			return out;
		unicode_to_utf8(c, (unsigned char *) out);
		return out + pg_utf_mblen((unsigned char *) out);
	}
	letter = strchr(from, s[1]);
	*out = letter ? to[letter - from] : s[1];
	return out + 1;
}

/* Resolve all escapes; the result is never longer, and valid until the next. */
static bool
unescape(Reader *r, const char *s, const char *end, Span *span)
{
	char	   *out;

	if ((size_t) (end - s) > r->unescaped_size)
	{
		if (r->unescaped != NULL)
			pfree(r->unescaped);
		r->unescaped_size = Max(end - s, 1024);
		r->unescaped = palloc(r->unescaped_size);
	}
	out = r->unescaped;

	while (s < end)
	{
		const char *escape = find_backslash(s, end);
		size_t		plain = escape - s;
		int			used = 0;

		memcpy(out, s, plain);
		out += plain;
		if (escape < end)
			out = resolve_escape(r, escape, end, out, &used);
		s += plain + used;
	}

	span->text = r->unescaped;
	span->len = out - r->unescaped;
	return r->problem == NULL;
}

/*
 * The string that is the current token, which is not consumed.  The span is
 * valid until the next string is read or skipped.
 */
bool
reader_string(Reader *r, Span *span)
{
	const char *start = r->lex->token_start + 1;
	const char *end = r->lex->token_terminator - 1;

	if (unlikely(r->escaped))
		return unescape(r, start, end, span);
	span->text = start;
	span->len = end - start;
	return true;
}


/*
 * Objects and arrays
 */

/* Consume the bracket that opens. */
bool
reader_enter(Reader *r)
{
	if (++r->depth > READER_MAX_DEPTH)
		return reader_fail(r, psprintf("nested deeper than %d levels", READER_MAX_DEPTH));
	return reader_advance(r);
}

/* Consume the bracket that closes. */
static bool
leave(Reader *r)
{
	r->depth--;
	return reader_advance(r);
}

/* Consume a member's name; the colon becomes the current token, or is passed. */
static inline bool
pass_colon(Reader *r)
{
	JsonLexContext *lex = r->lex;

	if (lex->token_terminator < r->end && *lex->token_terminator == ':')
	{
		lex->token_terminator++;
		return true;
	}
	if (!reader_advance(r))
		return false;
	if (!reader_at(r, JSON_TOKEN_COLON))
		return reader_unexpected(r, JSON_EXPECTED_COLON);
	return true;
}

/*
 * Go on to the next member of an object just entered (first) or whose last
 * value was consumed: its name into *name, the current token its value's first.
 * False at the object's end, which is consumed, and for a problem.
 */
bool
reader_next_member(Reader *r, bool first, Span *name)
{
	if (reader_at(r, JSON_TOKEN_OBJECT_END))
	{
		leave(r);
		return false;
	}
	if (!first)
	{
		if (!reader_at(r, JSON_TOKEN_COMMA))
			return reader_unexpected(r, JSON_EXPECTED_OBJECT_NEXT);
		if (!reader_advance(r))
			return false;
	}
	if (!reader_at(r, JSON_TOKEN_STRING))
		return reader_unexpected(r, first ? JSON_EXPECTED_OBJECT_FIRST : JSON_EXPECTED_STRING);
	return reader_string(r, name) && pass_colon(r) && advance(r);
}

/* The same for an array; the current token is the element's first. */
bool
reader_next_element(Reader *r, bool first)
{
	if (reader_at(r, JSON_TOKEN_ARRAY_END))
	{
		leave(r);
		return false;
	}
	if (first)
		return true;
	if (!reader_at(r, JSON_TOKEN_COMMA))
		return reader_unexpected(r, JSON_EXPECTED_ARRAY_NEXT);
	return reader_advance(r);
}

/* Check and consume an object that nobody wants. */
static bool
skip_object(Reader *r)
{
	Span		name;

	if (!reader_enter(r))
		return false;
	for (bool first = true; reader_next_member(r, first, &name); first = false)
		if (!reader_skip(r))
			return false;
	return r->problem == NULL;
}

static bool
skip_array(Reader *r)
{
	if (!reader_enter(r))
		return false;
	for (bool first = true; reader_next_element(r, first); first = false)
		if (!reader_skip(r))
			return false;
	return r->problem == NULL;
}

/* Check and consume a value that nobody wants. */
bool
reader_skip(Reader *r)
{
	Span		unused;

	switch (r->lex->token_type)
	{
		case JSON_TOKEN_STRING:
			return (!r->escaped || reader_string(r, &unused)) && reader_advance(r);
		case JSON_TOKEN_NUMBER:
		case JSON_TOKEN_TRUE:
		case JSON_TOKEN_FALSE:
		case JSON_TOKEN_NULL:
			return reader_advance(r);
		case JSON_TOKEN_OBJECT_START:
			return skip_object(r);
		case JSON_TOKEN_ARRAY_START:
			return skip_array(r);
		default:
			return reader_unexpected(r, JSON_EXPECTED_JSON);
	}
}

/*
 * Start reading a text; the first token becomes the current one.  Text that is
 * no UTF-8 or has a zero byte is a problem before any token is.
 */
bool
reader_open(Reader *r, const char *text, size_t len)
{
	memset(r, 0, sizeof(Reader));
	r->text = text;
	r->end = text + len;

	if (len >= MaxAllocSize)
		return reader_fail(r, psprintf("%zu bytes are too many", len));
	if (!pg_verify_mbstr(PG_UTF8, text, (int) len, true))
		return reader_fail(r, pstrdup(memchr(text, '\0', len) ?
									  "a zero byte in the text" : "not valid UTF-8"));
	r->lex = json_lexer_make(text, len);
	return reader_advance(r);
}

/* Is the text at its end?  Anything that follows is a problem. */
bool
reader_close(Reader *r)
{
	if (r->problem == NULL && !reader_at(r, JSON_TOKEN_END))
		return reader_unexpected(r, JSON_EXPECTED_END);
	return r->problem == NULL;
}
