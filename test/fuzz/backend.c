/*
 * backend.c
 *		What a server gives the page room, without a server.
 *
 * Memory is malloc's, so that the address sanitizer sees each chunk's end and
 * each use after a context is gone.  Chunks move whenever they grow.  What is
 * raised is a jump to backend_raised.  Tokens come from PostgreSQL's own
 * lexer in libpgcommon.
 */
#include "backend.h"

#include <sanitizer/asan_interface.h>

#include "common/jsonapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/bitmapset.h"
#include "utils/datetime.h"
#include "utils/memutils.h"

/* Before each piece of memory, poisoned: nobody but these functions reads it. */
typedef struct Chunk
{
	struct Arena *arena;
	Size		index;			/* in arena->chunks */
	Size		size;
	Size		unused;
} Chunk;

/* What a MemoryContext points to here; nobody else looks into it. */
typedef struct Arena
{
	Size		nchunks;
	Size		room;
	Chunk	  **chunks;			/* NULL where one was freed */
} Arena;

#define BITS BITS_PER_BITMAPWORD

StaticAssertDecl(sizeof(Chunk) % MAXIMUM_ALIGNOF == 0, "alignment of a chunk");

sigjmp_buf	backend_raised;
const char *backend_sqlstate;
int			backend_encoding = PG_UTF8;
int			backend_fill;

MemoryContext CurrentMemoryContext;
volatile	sig_atomic_t InterruptPending;


/*
 * Ends
 */

void
backend_wrong(const char *format,...)
{
	va_list		args;

	va_start(args, format);
	fputs("WRONG: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	abort();
}

static void
raise_error(const char *sqlstate)
{
	backend_sqlstate = sqlstate;
	siglongjmp(backend_raised, 1);
}

#if PG_VERSION_NUM >= 160000
void
ExceptionalCondition(const char *condition, const char *file, int line)
#else
void
ExceptionalCondition(const char *condition, const char *type,
					 const char *file, int line)
#endif
{
	backend_wrong("%s:%d: assertion %s", file, line, condition);
	abort();
}

void
ProcessInterrupts(void)
{
}


/*
 * Memory
 */

MemoryContext
backend_context(void)
{
	return (MemoryContext) (void *) calloc(1, sizeof(Arena));
}

/* Forget a chunk and give its memory back. */
static void
free_chunk(Chunk *chunk)
{
	ASAN_UNPOISON_MEMORY_REGION(chunk, sizeof(Chunk));
	chunk->arena->chunks[chunk->index] = NULL;
	free(chunk);
}

void
backend_delete(MemoryContext context)
{
	Arena	   *arena = (Arena *) (void *) context;

	for (Size i = 0; i < arena->nchunks; i++)
		if (arena->chunks[i] != NULL)
			free_chunk(arena->chunks[i]);
	free(arena->chunks);
	free(arena);
}

static void *
allocate(Arena *arena, Size size)
{
	Chunk	   *chunk;

	/* a server raises XX000: nothing in an answer may lead to that */
	if (size > MaxAllocSize)
		backend_wrong("palloc of %zu bytes", size);
	if (arena->nchunks == arena->room)
	{
		arena->room = Max(2 * arena->room, 256);
		arena->chunks = realloc(arena->chunks, arena->room * sizeof(Chunk *));
	}
	chunk = malloc(sizeof(Chunk) + size);
	if (chunk == NULL || arena->chunks == NULL)
		backend_wrong("no memory for %zu bytes", size);
	chunk->arena = arena;
	chunk->index = arena->nchunks;
	chunk->size = size;
	arena->chunks[arena->nchunks++] = chunk;
	memset(chunk + 1, backend_fill, size);
	ASAN_POISON_MEMORY_REGION(chunk, sizeof(Chunk));
	return chunk + 1;
}

void *
MemoryContextAlloc(MemoryContext context, Size size)
{
	return allocate((Arena *) (void *) context, size);
}

void *
MemoryContextAllocZero(MemoryContext context, Size size)
{
	return memset(MemoryContextAlloc(context, size), 0, size);
}

void *
palloc(Size size)
{
	return MemoryContextAlloc(CurrentMemoryContext, size);
}

void *
palloc0(Size size)
{
	return MemoryContextAllocZero(CurrentMemoryContext, size);
}

void
pfree(void *pointer)
{
	free_chunk((Chunk *) pointer - 1);
}

/* Always moves. */
void *
repalloc(void *pointer, Size size)
{
	Chunk	   *chunk = (Chunk *) pointer - 1;
	void	   *new;

	ASAN_UNPOISON_MEMORY_REGION(chunk, sizeof(Chunk));
	new = allocate(chunk->arena, size);
	memcpy(new, pointer, Min(chunk->size, size));
	free_chunk(chunk);
	return new;
}

char *
pstrdup(const char *text)
{
	return strcpy(palloc(strlen(text) + 1), text);
}

/* One word for each 64 members, as many as needed. */
Bitmapset *
bms_add_member(Bitmapset *set, int x)
{
	int			words = x / BITS + 1;
	Size		size = offsetof(Bitmapset, words) + words * sizeof(bitmapword);

	if (set == NULL || set->nwords < words)
	{
		Bitmapset  *wider = palloc0(size);

		if (set != NULL)
			memcpy(wider->words, set->words, set->nwords * sizeof(bitmapword));
#if PG_VERSION_NUM >= 160000
		wider->type = T_Bitmapset;
#endif
		wider->nwords = words;
		set = wider;
	}
	set->words[x / BITS] |= (bitmapword) 1 << x % BITS;
	return set;
}


/*
 * Encodings
 */

int
GetDatabaseEncoding(void)
{
	return backend_encoding;
}

bool
pg_verify_mbstr(int encoding, const char *text, int len, bool no_error)
{
	return pg_encoding_verifymbstr(encoding, text, len) == len;
}

/* Bytes of the characters that are whole within the limit. */
int
pg_encoding_mbcliplen(int encoding, const char *text, int len, int limit)
{
	int			clipped = 0;

	while (clipped < len)
	{
		int			next = pg_encoding_mblen(encoding, text + clipped);

		if (clipped + next > limit)
			break;
		clipped += next;
	}
	return clipped;
}

/* UTF-8 to LATIN1; raises 22P05 where that has no such character. */
char *
pg_any_to_server(const char *text, int len, int encoding)
{
	char	   *result = palloc(len + 1);
	char	   *out = result;

	for (int i = 0; i < len; i += pg_utf_mblen((const unsigned char *) text + i))
	{
		pg_wchar	c = utf8_to_unicode((const unsigned char *) text + i);

		if (c > 0xFF)
			raise_error("22P05");
		*out++ = (char) c;
	}
	*out = '\0';
	return result;
}

/* Only names of members come here, and they are ASCII. */
char *
pg_server_to_any(const char *text, int len, int encoding)
{
	return unconstify(char *, text);
}


/*
 * The rest
 */

const int	day_tab[2][13] =
{
	{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0},
	{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0}
};

#if PG_VERSION_NUM < 160000
/* Until 15 the lexer outside a server has no words: these are a server's. */
char *
json_errdetail(JsonParseErrorType error, JsonLexContext *lex)
{
	switch (error)
	{
		case JSON_ESCAPING_REQUIRED:
			return psprintf("Character with value 0x%02x must be escaped.",
							(unsigned char) *lex->token_terminator);
		case JSON_UNICODE_ESCAPE_FORMAT:
			return pstrdup("\"\\u\" must be followed by four hexadecimal digits.");
		case JSON_EXPECTED_MORE:
			return pstrdup("The input string ended unexpectedly.");
		default:
			return psprintf("Token \"%.*s\" is invalid.",
							(int) (lex->token_terminator - lex->token_start),
							lex->token_start);
	}
}
#endif
