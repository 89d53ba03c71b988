/*
 * fuzz_page.c
 *		The page room under a coverage-guided fuzzer.
 *
 * An input is a letter for the resource, a letter for the columns that are
 * wanted, a line feed (any byte will do), and the text of an answer.  A text
 * with RS bytes (0x1E) is several answers, read one after the other with the
 * same layouts, as the pages of a scan are.
 *
 * Each answer is read with several layouts: all columns, some, and none; in
 * UTF-8, and for some inputs in LATIN1.  They must agree on whether it is an
 * answer and in what is wrong with it, a layout that has seen other answers
 * must read it as a new one does, and what is read must be what oracle.c says.
 */
#include "postgres.h"

#include <sys/mman.h>
#include <unistd.h>

#include "backend.h"
#include "mb/pg_wchar.h"
#include "oracle.h"
#include "page.h"

#define MAX_COLUMNS 128
#define RS 0x1E

/* Bytes of a text that is read where nothing can be read behind it. */
#define MAX_GUARDED 65536

typedef enum Selection
{
	SELECT_ALL,
	SELECT_SOME,
	SELECT_NONE,
	SELECTIONS
} Selection;

/* What users may ask for beside a resource's own columns. */
static const char *const more_paths[][3] = {
	{"a"}, {"a.b"}, {"a.b.c"}, {"emailHashes.md5"}, {"c", "a.b", "a"},
};

/* One document read with one layout. */
typedef struct Reading
{
	MemoryContext context;
	RowPage    *page;
	char	   *problem;
	const char *sqlstate;
} Reading;

typedef struct Setting
{
	const IntentResource *resource;
	PageColumn	columns[SELECTIONS][MAX_COLUMNS];
	int			ncolumns;
	MemoryContext context;		/* of the layouts */
	PageLayout *layouts[SELECTIONS];
} Setting;

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *guarded;			/* MAX_GUARDED bytes before a page that is not
								 * there */


/*
 * Columns
 */

static uint32
next_random(uint32 *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 16;
}

static PageWant
natural_want(const IntentColumnDef *def)
{
	if (def->source == INTENT_SOURCE_ROW)
		return PAGE_ROW;
	if (def->source == INTENT_SOURCE_META_DATE)
		return PAGE_PRESENCE;
	if (strstr(def->type, "[]"))
		return PAGE_ARRAY;
	return strncmp(def->type, "json", 4) == 0 ? PAGE_RAW : PAGE_SCALAR;
}

static void
add_column(Setting *setting, const char *const *paths, int npaths,
		   bool is_outer, PageWant want, uint32 *state)
{
	PageColumn	column = {paths, npaths, want, is_outer};
	static const PageWant wants[] = {PAGE_PRESENCE, PAGE_SCALAR, PAGE_RAW, PAGE_ARRAY};
	int			n = setting->ncolumns++;

	setting->columns[SELECT_ALL][n] = column;
	if (npaths > 0)
		column.want = wants[next_random(state) % lengthof(wants)];
	else if (next_random(state) % 2)
		column.want = PAGE_PRESENCE;
	setting->columns[SELECT_SOME][n] = column;
	column.want = PAGE_PRESENCE;
	setting->columns[SELECT_NONE][n] = column;
}

static void
add_columns(Setting *setting, uint32 seed)
{
	const IntentResource *resource = setting->resource;

	for (int i = 0; i < resource->ncolumns; i++)
	{
		const IntentColumnDef *def = &resource->columns[i];
		const char *const *paths = def->paths[0] ? def->paths : &def->key;
		int			npaths = 0;

		if (def->source == INTENT_SOURCE_MEMBER || def->source == INTENT_SOURCE_OUTER)
			do
				npaths++;
			while (def->paths[0] && npaths < INTENT_MAX_PATHS && paths[npaths]);
		add_column(setting, paths, npaths, def->source == INTENT_SOURCE_OUTER,
				   natural_want(def), &seed);
	}
	for (int i = 0; i < lengthof(more_paths); i++)
		add_column(setting, more_paths[i], more_paths[i][1] ? 3 : 1, false,
				   PAGE_SCALAR, &seed);
}

static void
make_setting(Setting *setting, uint8_t which, uint8_t seed)
{
	int			nresources = 0;

	while (resource_at(nresources) != NULL)
		nresources++;
	memset(setting, 0, sizeof(Setting));
	/* letters from 'a' on count resources from the first */
	setting->resource = resource_at((uint8_t) (which - 'a') % nresources);
	add_columns(setting, seed);
	setting->context = backend_context();
	for (int i = 0; i < SELECTIONS; i++)
		setting->layouts[i] = page_layout(&setting->resource->document, setting->columns[i],
										  setting->ncolumns, setting->context);
}


/*
 * Readings
 */

/* A copy of the text, with nothing behind it that may be read. */
static char *
place_text(const char *text, size_t len, bool at_guard)
{
	size_t		page = sysconf(_SC_PAGESIZE);

	if (!at_guard || len > MAX_GUARDED)
		return memcpy(malloc(len), text, len);
	if (guarded == NULL)
	{
		guarded = mmap(NULL, MAX_GUARDED + page, PROT_READ | PROT_WRITE,
					   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (guarded == MAP_FAILED || mprotect(guarded + MAX_GUARDED, page, PROT_NONE) != 0)
			backend_wrong("no guard page");
	}
	return memcpy(guarded + MAX_GUARDED - len, text, len);
}

static void
remove_text(char *copy, size_t len, const char *text)
{
	if (memcmp(copy, text, len) != 0)
		backend_wrong("the text was changed");
	if (guarded && copy == guarded + MAX_GUARDED - len)
		memset(copy, '?', len);
	else
		free(copy);
}

/*
 * Reads a document.  The text is gone when this returns, and memory that was
 * not set is different each time.
 */
static Reading
read_document(PageLayout *layout, const char *text, size_t len)
{
	static int	count;
	MemoryContext context = backend_context();
	Reading		reading = {context};
	char	   *copy = place_text(text, len, count % 2 == 0);

	backend_fill = 0x55 + count++ % 4 * 0x2B;
	CurrentMemoryContext = context;
	if (sigsetjmp(backend_raised, 0) == 0)
	{
		char	   *problem;
		RowPage    *page = page_parse(layout, copy, len, &problem);

		reading.page = page;
		reading.problem = problem;
	}
	else
		reading.sqlstate = backend_sqlstate;
	remove_text(copy, len, text);
	return reading;
}

/* What is said of a document that is refused: short, readable, no email. */
static void
check_problem(const char *problem)
{
	const char *at = strchr(problem, '@');
	size_t		len = strlen(problem);

	if (len == 0 || len > 300)
		backend_wrong("%zu bytes of problem", len);
	for (size_t i = 0; i < len; i++)
		if ((unsigned char) problem[i] < ' ')
			backend_wrong("control character in: %s", problem);
	if (pg_encoding_verifymbstr(PG_UTF8, problem, len) != len)
		backend_wrong("no UTF-8: %s", problem);
	if (at && (at[-1] != '"' || at[1] != '"'))
		backend_wrong("a string in: %s", problem);
}

/* Either rows or a reason. */
static void
check_outcome(const Reading *reading)
{
	if (reading->sqlstate != NULL)
	{
		if (backend_encoding == PG_UTF8 || strcmp(reading->sqlstate, "22P05") != 0)
			backend_wrong("raised %s", reading->sqlstate);
	}
	else if ((reading->page == NULL) != (reading->problem != NULL))
		backend_wrong("neither rows nor a problem, or both");
	else if (reading->problem != NULL)
		check_problem(reading->problem);
}

static bool
same_value(const PageValue *a, const PageValue *b)
{
	if (a->kind != b->kind || a->len != b->len)
		return false;
	if (a->kind == PAGE_VALUE_ARRAY)
	{
		for (int i = 0; i < a->len; i++)
			if (!same_value(&a->elements[i], &b->elements[i]))
				return false;
		return true;
	}
	return a->kind <= PAGE_VALUE_NULL || memcmp(a->text, b->text, a->len) == 0;
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Two readings of one document, all but the values of rows. */
static void
check_agreement(const Reading *a, const Reading *b)
{
	if (a->sqlstate || b->sqlstate)
		return;
	if (!same_text(a->problem, b->problem))
		backend_wrong("\"%s\" and \"%s\"", a->problem ? a->problem : "", b->problem ? b->problem : "");
	if (a->page && (a->page->nrows != b->page->nrows || a->page->status != b->page->status ||
					a->page->has_more != b->page->has_more ||
					a->page->has_total != b->page->has_total || a->page->total != b->page->total ||
					!same_text(a->page->next_cursor, b->page->next_cursor) ||
					!same_text(a->page->cache_key, b->page->cache_key) ||
					!same_text(a->page->data_date, b->page->data_date)))
		backend_wrong("pages do not agree");
}

/* Two readings with layouts of the same columns: everything. */
static void
check_same(const Setting *setting, const Reading *a, const Reading *b)
{
	check_agreement(a, b);
	if (!same_text(a->sqlstate, b->sqlstate))
		backend_wrong("raised %s and %s", a->sqlstate ? a->sqlstate : "", b->sqlstate ? b->sqlstate : "");
	if (a->page == NULL)
		return;
	for (int i = 0; i < a->page->nrows; i++)
		for (int j = 0; j < setting->ncolumns; j++)
			if (!setting->columns[0][j].is_outer &&
				!same_value(page_value(a->page, i, j), page_value(b->page, i, j)))
				backend_wrong("row %d, column %d: another value the second time", i, j);
}

static void
check_verdict(const Reading *reading, const Oracle *oracle)
{
	Verdict		verdict = oracle_verdict(oracle);

	if (reading->sqlstate || verdict == VERDICT_UNKNOWN)
		return;
	if (verdict == VERDICT_ROWS && reading->page == NULL)
		backend_wrong("refused: %s", reading->problem);
	if (verdict == VERDICT_REFUSED && reading->page != NULL)
		backend_wrong("taken, although: %s", oracle_reason(oracle));
}

/* A new layout reads a document as one that has seen others does. */
static void
check_fresh(const Setting *setting, Selection selection, const Reading *reading,
			const char *text, size_t len)
{
	MemoryContext context = backend_context();
	PageLayout *fresh = page_layout(&setting->resource->document, setting->columns[selection],
									setting->ncolumns, context);
	Reading		again = read_document(fresh, text, len);

	check_same(setting, reading, &again);
	backend_delete(again.context);
	backend_delete(context);
}

static void
check_document(const Setting *setting, const char *text, size_t len)
{
	Oracle	   *oracle = oracle_read(&setting->resource->document, text, len);
	Reading		readings[SELECTIONS];

	for (int i = 0; i < SELECTIONS; i++)
	{
		readings[i] = read_document(setting->layouts[i], text, len);
		check_outcome(&readings[i]);
		check_agreement(&readings[i], &readings[0]);
		check_verdict(&readings[i], oracle);
		if (readings[i].page)
			oracle_check(oracle, readings[i].page, setting->columns[i], setting->ncolumns);
	}
	check_fresh(setting, SELECT_ALL, &readings[SELECT_ALL], text, len);
	for (int i = 0; i < SELECTIONS; i++)
		backend_delete(readings[i].context);
	oracle_free(oracle);
}

/* What the fuzzer calls. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *) data + 3;
	const char *end = (const char *) data + size;
	Setting		setting;

	if (size < 3)
		return 0;
	backend_encoding = data[1] % 4 == 3 ? PG_LATIN1 : PG_UTF8;
	make_setting(&setting, data[0], data[1]);
	for (;;)
	{
		const char *stop = memchr(text, RS, end - text);

		check_document(&setting, text, (stop ? stop : end) - text);
		if (stop == NULL)
			break;
		text = stop + 1;
	}
	backend_delete(setting.context);
	return 0;
}
