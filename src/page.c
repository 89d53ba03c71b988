/*
 * page.c
 *		A page's text to rows.
 *
 * What the document must look like stands here: "data", "meta", and how the
 * value of a member becomes the value of a column.  Only what is kept is
 * converted to the server encoding, so that a character which the database
 * cannot hold matters only in a column that is read.
 *
 * Assumes that CurrentMemoryContext is the page's: hardly anything is freed.
 * Tokens and grammar are left to page_reader.c, names to page_layout.c, types to
 * convert.c, and what a page means to those after it to chain.c.
 */
#include "postgres.h"

#include "page.h"

#include "page_layout.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "page_number.h"
#include "page_reader.h"
#include "utils/memutils.h"

/*
 * Bytes of all values of a page, not counting their texts: a hundred columns
 * of 100,000 rows.  The API's pages have 100 rows, its largest list 20,000.
 */
#define PAGE_MAX_VALUES ((Size) 256 * 1024 * 1024)

/* "meta" is read like a row; this table names its columns. */
typedef enum MetaMember
{
	META_STATUS,
	META_HAS_MORE,
	META_NEXT_CURSOR,
	META_CACHE_KEY,
	META_DATA_DATE,
	META_TOTAL_COUNT,
	META_MEMBERS
} MetaMember;

static const struct
{
	const char *name;
	PageValueKind kind;
	const char *article;
}			meta_members[META_MEMBERS] = {
	[META_STATUS] = {"status", PAGE_VALUE_STRING, "a string"},
	[META_HAS_MORE] = {"hasMore", PAGE_VALUE_BOOL, "a boolean"},
	[META_NEXT_CURSOR] = {"nextCursor", PAGE_VALUE_STRING, "a string"},
	[META_CACHE_KEY] = {"cacheKey", PAGE_VALUE_STRING, "a string"},
	[META_DATA_DATE] = {"dataDate", PAGE_VALUE_STRING, "a string"},
	[META_TOTAL_COUNT] = {"totalCount", PAGE_VALUE_NUMBER, "a number"},
};

/* One page being read.  Functions that return bool return false on a problem. */
typedef struct Parser
{
	PageLayout *layout;
	Reader		reader;
	bool		convert;		/* the server encoding is not UTF-8 */

	PageValue  *cells;			/* of the row, or of meta */
	PageValue  *spares;			/* of layout->choices */
	bool	   *present;		/* by column; NULL while in meta */

	RowPage    *page;
	int			capacity;		/* rows that page->values has room for */
	bool		has_data;
	bool		has_meta;
	char	   *data_problem;	/* counts unless the page is materializing */
	PageValue	meta[META_MEMBERS];
} Parser;

static bool read_value(Parser *p, const Member *member);


/*
 * Layouts
 */

/* Hang a column's paths into the tree of rows. */
static void
add_column(PageLayout *layout, const PageColumn *column, int index)
{
	/* what is only present or not needs no choice of a value */
	bool		choose = column->npaths > 1 && column->want != PAGE_PRESENCE;

	if (column->want == PAGE_ROW)
	{
		layout->whole[layout->nwhole++] = index;
		return;
	}

	if (choose)
	{
		Choice		choice = {layout->places[index], layout->nspares, column->npaths};

		layout->choices[layout->nchoices++] = choice;
	}
	for (int i = 0; i < column->npaths; i++)
	{
		Target		target = {index, layout->places[index], -1, column->want};

		if (choose)
			target.spare = layout->nspares++;
		layout_path(layout->row, column->paths[i], target, layout->context);
	}
}

/*
 * Give each column that is kept a place in a row, so that rows are no wider
 * than what is read of them; all others share one where nothing is put.
 */
static void
place_columns(PageLayout *layout, const PageColumn *columns)
{
	int			kept = 0;

	layout->places = palloc(Max(layout->ncolumns, 1) * sizeof(int));
	for (int i = 0; i < layout->ncolumns; i++)
		layout->places[i] = columns[i].want == PAGE_PRESENCE ? -1 : kept++;
	for (int i = 0; i < layout->ncolumns; i++)
		if (layout->places[i] < 0)
			layout->places[i] = kept;
	layout->width = kept + 1;
}

/*
 * Make a layout for pages of these columns, in context; the columns and their
 * paths are copied.  A layout remembers the order of members from page to
 * page, so one layout must not be used by two page_parse() at once.
 */
PageLayout *
page_layout(const PageColumn *columns, int ncolumns, MemoryContext context)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	PageLayout *layout = palloc0(sizeof(PageLayout));

	layout->context = context;
	layout->ncolumns = ncolumns;
	layout->row = layout_level(context);
	layout->meta = layout_level(context);
	layout->choices = palloc(Max(ncolumns, 1) * sizeof(Choice));
	layout->whole = palloc(Max(ncolumns, 1) * sizeof(int));
	place_columns(layout, columns);
	for (int i = 0; i < ncolumns; i++)
		add_column(layout, &columns[i], i);
	for (int i = 0; i < META_MEMBERS; i++)
	{
		Target		target = {i, i, -1, PAGE_SCALAR};

		layout_path(layout->meta, meta_members[i].name, target, context);
	}

	MemoryContextSwitchTo(old);
	return layout;
}


/*
 * Values
 */

static inline PageValue *
target_cell(const Parser *p, const Target *target)
{
	return target->spare >= 0 ? &p->spares[target->spare] : &p->cells[target->place];
}

/* Keep bytes of the page, in the server encoding. */
static void
keep_text(const Parser *p, PageValue *value, const char *start, int len)
{
	char	   *copy = palloc(len + 1);

	memcpy(copy, start, len);
	copy[len] = '\0';
	if (p->convert)
	{
		copy = pg_any_to_server(copy, len, PG_UTF8);
		len = strlen(copy);
	}
	value->text = copy;
	value->len = len;
}

/* Keep and consume the scalar that is the current token, strings unescaped. */
static bool
read_scalar(Parser *p, PageValue *value)
{
	JsonLexContext *lex = p->reader.lex;
	Span		span = {lex->token_start, lex->token_terminator - lex->token_start};

	switch (lex->token_type)
	{
		case JSON_TOKEN_STRING:
			value->kind = PAGE_VALUE_STRING;
			if (!reader_string(&p->reader, &span))
				return false;
			break;
		case JSON_TOKEN_NUMBER:
			value->kind = PAGE_VALUE_NUMBER;
			break;
		case JSON_TOKEN_TRUE:
		case JSON_TOKEN_FALSE:
			value->kind = PAGE_VALUE_BOOL;
			break;
		case JSON_TOKEN_NULL:
			value->kind = PAGE_VALUE_NULL;
			return reader_advance(&p->reader);
		default:
			return reader_unexpected(&p->reader, JSON_EXPECTED_JSON);
	}
	keep_text(p, value, span.text, span.len);
	return reader_advance(&p->reader);
}

/* Keep the source text of a value just consumed. */
static void
keep_source(const Parser *p, PageValue *value, const char *start)
{
	value->kind = PAGE_VALUE_JSON;
	keep_text(p, value, start, reader_before(&p->reader) - start);
}

/* Keep and consume one element of an array. */
static bool
read_element(Parser *p, PageValue *value)
{
	const char *start = reader_start(&p->reader);

	if (!reader_at(&p->reader, JSON_TOKEN_OBJECT_START) &&
		!reader_at(&p->reader, JSON_TOKEN_ARRAY_START))
		return read_scalar(p, value);
	if (!reader_skip(&p->reader))
		return false;
	keep_source(p, value, start);
	return true;
}

/* Keep and consume the array that is the current token, element by element. */
static bool
read_array(Parser *p, PageValue *array)
{
	int			size = 8;

	array->kind = PAGE_VALUE_ARRAY;
	array->elements = palloc0(size * sizeof(PageValue));
	if (!reader_enter(&p->reader))
		return false;
	for (bool first = true; reader_next_element(&p->reader, first); first = false)
	{
		if (array->len == size)
		{
			if (size > (int) (MaxAllocSize / sizeof(PageValue) / 2))
				return reader_fail(&p->reader, pstrdup("an array is too long"));
			array->elements = repalloc(array->elements, 2 * size * sizeof(PageValue));
			memset(array->elements + size, 0, size * sizeof(PageValue));
			size *= 2;
		}
		if (!read_element(p, &array->elements[array->len++]))
			return false;
	}
	return p->reader.problem == NULL;
}

/* A parent that is null or comes twice leaves nothing of its members. */
static void
clear_below(Parser *p, const Level *level, bool present)
{
	for (int i = 0; i < level->nmembers; i++)
	{
		Member	   *member = &level->members[i];

		for (int j = 0; j < member->ntargets; j++)
		{
			memset(target_cell(p, &member->targets[j]), 0, sizeof(PageValue));
			if (present)
				p->present[member->targets[j].column] = true;
		}
		if (member->below != NULL)
			clear_below(p, member->below, present);
	}
}

/* Consume an object, keeping what the level's paths want. */
static bool
read_object(Parser *p, Level *level)
{
	Span		name;

	level->next = 0;
	if (!reader_enter(&p->reader))
		return false;
	for (bool first = true; reader_next_member(&p->reader, first, &name); first = false)
	{
		Member	   *member = layout_find(level, name, p->layout->context);

		if (!(member ? read_value(p, member) : reader_skip(&p->reader)))
			return false;
	}
	return p->reader.problem == NULL;
}

/*
 * Consume a value that some path goes through or ends at.  Into *value what
 * PAGE_SCALAR or PAGE_ARRAY make of it; left alone where its source text is
 * all that can be wanted.
 */
static bool
read_form(Parser *p, const Member *member, PageValue *value)
{
	switch (p->reader.lex->token_type)
	{
		case JSON_TOKEN_OBJECT_START:
			return member->below ? read_object(p, member->below) : reader_skip(&p->reader);
		case JSON_TOKEN_ARRAY_START:
			if (member->wants & want_bit(PAGE_ARRAY))
				return read_array(p, value);
			return reader_skip(&p->reader);
		case JSON_TOKEN_NULL:
			value->kind = PAGE_VALUE_NULL;
			return reader_advance(&p->reader);
		default:
			if (member->wants & (want_bit(PAGE_SCALAR) | want_bit(PAGE_ARRAY)))
				return read_scalar(p, value);
			return reader_skip(&p->reader);
	}
}

/* Is that form the value of such a target, or its source text? */
static inline bool
takes_form(PageWant want, PageValueKind form)
{
	switch (form)
	{
		case PAGE_VALUE_NULL:
			return true;
		case PAGE_VALUE_ABSENT:
			return false;
		case PAGE_VALUE_ARRAY:
			return want == PAGE_ARRAY;
		default:
			return want != PAGE_RAW;
	}
}

/* Consume the value of a member and put it where its targets want it. */
static bool
read_value(Parser *p, const Member *member)
{
	const char *start = reader_start(&p->reader);
	PageValue	form = {PAGE_VALUE_ABSENT};
	PageValue	source = {PAGE_VALUE_ABSENT};

	if (member->below != NULL)
		clear_below(p, member->below, reader_at(&p->reader, JSON_TOKEN_NULL) && p->present);
	if (!read_form(p, member, &form))
		return false;

	for (int i = 0; i < member->ntargets; i++)
	{
		const Target *target = &member->targets[i];

		if (p->present)
			p->present[target->column] = true;
		if (target->want == PAGE_PRESENCE)
			continue;
		if (takes_form(target->want, form.kind))
			*target_cell(p, target) = form;
		else
		{
			if (source.kind == PAGE_VALUE_ABSENT)
				keep_source(p, &source, start);
			*target_cell(p, target) = source;
		}
	}
	return true;
}


/*
 * Rows
 */

/* Make room for one more row; its values are absent. */
static bool
add_row(Parser *p)
{
	RowPage    *page = p->page;
	Size		row_size = page->width * sizeof(PageValue);

	if (page->nrows == p->capacity)
	{
		int			capacity = Max(2 * p->capacity, 64);

		if (capacity > PAGE_MAX_VALUES / row_size)
			return reader_fail(&p->reader, psprintf("more than %d rows", page->nrows));
		if (page->values == NULL)
			page->values = palloc(capacity * row_size);
		else
			page->values = repalloc(page->values, capacity * row_size);
		memset(&page->values[(Size) page->nrows * page->width], 0,
			   (capacity - p->capacity) * row_size);
		p->capacity = capacity;
	}
	p->cells = &page->values[(Size) page->nrows * page->width];
	page->nrows++;
	return true;
}

/* Of a column with several paths: the first value that is not null. */
static void
choose_values(Parser *p)
{
	for (int i = 0; i < p->layout->nchoices; i++)
	{
		const Choice *choice = &p->layout->choices[i];
		PageValue  *cell = &p->cells[choice->place];

		for (int j = 0; j < choice->count && cell->kind <= PAGE_VALUE_NULL; j++)
			if (p->spares[choice->first + j].kind != PAGE_VALUE_ABSENT)
				*cell = p->spares[choice->first + j];
	}
}

/* Consume one row. */
static bool
read_row(Parser *p)
{
	PageLayout *layout = p->layout;
	const char *start = reader_start(&p->reader);
	PageValue	whole = {PAGE_VALUE_ABSENT};

	CHECK_FOR_INTERRUPTS();
	if (!add_row(p))
		return false;
	if (layout->nspares > 0)
		memset(p->spares, 0, layout->nspares * sizeof(PageValue));
	if (!read_object(p, layout->row))
		return false;

	choose_values(p);
	if (layout->nwhole > 0)
		keep_source(p, &whole, start);
	for (int i = 0; i < layout->nwhole; i++)
	{
		p->cells[layout->places[layout->whole[i]]] = whole;
		p->present[layout->whole[i]] = true;
	}
	return true;
}

/* Consume "data".  What is wrong with it is not yet wrong with the page. */
static bool
read_data(Parser *p)
{
	if (p->has_data)
		p->data_problem = pstrdup("\"data\" occurs twice");
	else if (!reader_at(&p->reader, JSON_TOKEN_ARRAY_START))
		p->data_problem = pstrdup("\"data\" is not an array");
	p->has_data = true;
	if (p->data_problem != NULL)
		return reader_skip(&p->reader);

	if (!reader_enter(&p->reader))
		return false;
	for (bool first = true; reader_next_element(&p->reader, first); first = false)
	{
		if (reader_at(&p->reader, JSON_TOKEN_OBJECT_START) && p->data_problem == NULL)
		{
			if (!read_row(p))
				return false;
			continue;
		}
		if (p->data_problem == NULL)
			p->data_problem = psprintf("element %d of \"data\" is not an object",
									   p->page->nrows + 1);
		if (!reader_skip(&p->reader))
			return false;
	}
	return p->reader.problem == NULL;
}


/*
 * Meta
 */

/* Consume "meta". */
static bool
read_meta(Parser *p)
{
	bool	   *present = p->present;
	bool		done;

	if (p->has_meta)
		return reader_fail(&p->reader, pstrdup("\"meta\" occurs twice"));
	if (!reader_at(&p->reader, JSON_TOKEN_OBJECT_START))
		return reader_fail(&p->reader, pstrdup("\"meta\" is not an object"));
	p->has_meta = true;

	p->cells = p->meta;
	p->present = NULL;
	done = read_object(p, p->layout->meta);
	p->present = present;
	return done;
}

/* Are the members of "meta" of the types that they must be of? */
static bool
check_meta(Parser *p)
{
	for (int i = 0; i < META_MEMBERS; i++)
		if (p->meta[i].kind > PAGE_VALUE_NULL &&
			p->meta[i].kind != meta_members[i].kind)
			return reader_fail(&p->reader, psprintf("\"meta.%s\" is not %s",
													meta_members[i].name, meta_members[i].article));
	return true;
}

/* Turn the values of "meta" into the page's fields. */
static bool
use_meta(Parser *p)
{
	RowPage    *page = p->page;
	PageValue  *meta = p->meta;
	const char *status = meta[META_STATUS].text;

	if (!check_meta(p))
		return false;
	if (status != NULL && strcmp(status, "materializing") == 0)
		page->status = PAGE_STATUS_MATERIALIZING;
	else if (status != NULL && strcmp(status, "ready") != 0)
		return reader_fail(&p->reader, pstrdup("\"meta.status\" is neither \"ready\" nor \"materializing\""));

	if (meta[META_HAS_MORE].kind == PAGE_VALUE_BOOL)
		page->has_more = meta[META_HAS_MORE].text[0] == 't';
	else if (page->status == PAGE_STATUS_READY)
		return reader_fail(&p->reader, pstrdup("\"meta.hasMore\" is not a boolean"));

	page->next_cursor = meta[META_NEXT_CURSOR].text;
	page->cache_key = meta[META_CACHE_KEY].text;
	page->data_date = meta[META_DATA_DATE].text;

	page->has_total = meta[META_TOTAL_COUNT].kind == PAGE_VALUE_NUMBER;
	if (page->has_total &&
		(number_to_int64(meta[META_TOTAL_COUNT].text, &page->total) != NUMBER_FITS ||
		 page->total < 0))
		return reader_fail(&p->reader, pstrdup("\"meta.totalCount\" is not a count"));
	return true;
}


/*
 * Pages
 */

/* One member of the document, whose name was just read. */
static bool
read_part(Parser *p, Span name)
{
	if (name.len == 4 && memcmp(name.text, "data", 4) == 0)
		return read_data(p);
	if (name.len == 4 && memcmp(name.text, "meta", 4) == 0)
		return read_meta(p);
	return reader_skip(&p->reader);
}

/* The whole document: an object with "data" and "meta", and nothing after. */
static bool
read_document(Parser *p)
{
	Reader	   *r = &p->reader;
	Span		name;

	if (reader_at(r, JSON_TOKEN_END))
		return reader_fail(r, pstrdup("empty"));
	if (!reader_at(r, JSON_TOKEN_OBJECT_START))
		return reader_fail(r, pstrdup("not a JSON object"));
	if (!reader_enter(r))
		return false;
	for (bool first = true; reader_next_member(r, first, &name); first = false)
		if (!read_part(p, name))
			return false;
	return reader_close(r);
}

/* Put the page together once all of the document was read. */
static bool
finish_page(Parser *p)
{
	RowPage    *page = p->page;

	if (!p->has_meta)
		return reader_fail(&p->reader, pstrdup("\"meta\" is missing"));
	if (!use_meta(p))
		return false;
	if (page->status == PAGE_STATUS_MATERIALIZING)
	{
		page->nrows = 0;
		page->values = NULL;
		return true;
	}
	if (!p->has_data)
		return reader_fail(&p->reader, pstrdup("\"data\" is missing"));
	if (p->data_problem != NULL)
		return reader_fail(&p->reader, p->data_problem);

	for (int i = 0; i < p->layout->ncolumns; i++)
		if (p->present[i])
			page->present = bms_add_member(page->present, i);
	return true;
}

/*
 * Read a page from the body of a reply, len bytes of it.
 *
 * The page and all in it are allocated in CurrentMemoryContext and do not
 * point into text.  NULL for a malformed document, with a short description
 * in *problem, which shows no string of it.  Raises only for want of memory,
 * interrupts, and a character that a kept value needs and the server encoding
 * does not have (22P05).
 */
RowPage *
page_parse(PageLayout *layout, const char *text, size_t len, char **problem)
{
	Parser		parser = {layout};
	Parser	   *p = &parser;

	p->convert = GetDatabaseEncoding() != PG_UTF8;
	p->page = palloc0(sizeof(RowPage));
	p->page->width = layout->width;
	p->page->places = layout->places;
	p->spares = palloc(Max(layout->nspares, 1) * sizeof(PageValue));
	p->present = palloc0(Max(layout->ncolumns, 1) * sizeof(bool));

	*problem = NULL;
	if (reader_open(&p->reader, text, len) && read_document(p) && finish_page(p))
		return p->page;
	*problem = p->reader.problem;
	return NULL;
}
