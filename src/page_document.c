/*
 * page_document.c
 *		What an answer must look like: where its rows are, and what is around
 *		them.
 *
 * Part of page.c.  A document is an object with "data" and perhaps "meta"; a
 * resource says which member of it has the rows, in which form, and where the
 * status, the total and the like stand.  What is wrong with the rows is not
 * wrong with the page while its result is still being made.
 */
#include "postgres.h"

#include "page_private.h"

#include "iso8601.h"
#include "mb/pg_wchar.h"
#include "page_number.h"

/* Where each stands in a document, and of which type it must be. */
static const struct
{
	size_t		offset;			/* of its path in IntentDocument */
	PageValueKind kind;
	const char *article;
}			meta_members[META_MEMBERS] = {
	[META_STATUS] = {offsetof(IntentDocument, status), PAGE_VALUE_STRING, "a string"},
	[META_HAS_MORE] = {offsetof(IntentDocument, has_more), PAGE_VALUE_BOOL, "a boolean"},
	[META_NEXT_CURSOR] = {offsetof(IntentDocument, next_cursor), PAGE_VALUE_STRING, "a string"},
	[META_CACHE_KEY] = {offsetof(IntentDocument, cache_key), PAGE_VALUE_STRING, "a string"},
	[META_DATA_DATE] = {offsetof(IntentDocument, data_date), PAGE_VALUE_STRING, "a string"},
	[META_TOTAL_COUNT] = {offsetof(IntentDocument, total), PAGE_VALUE_NUMBER, "a number"},
};

/* The member's path, or NULL where the resource's answers have none. */
static const char *
meta_path(const PageLayout *layout, MetaMember member)
{
	return *(const char *const *) ((const char *) layout->document +
								   meta_members[member].offset);
}


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

/* Hang "data.x" or "meta.x" into the tree of what is around the rows. */
static void
add_outer(PageLayout *layout, const char *path, int index, PageWant want)
{
	bool		in_meta = strncmp(path, "meta.", 5) == 0;
	Target		target = {index, index, -1, want};

	Assert(in_meta || strncmp(path, "data.", 5) == 0);
	layout_path(in_meta ? layout->meta : layout->data, path + 5, target,
				layout->context);
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
		layout->places[i] = columns[i].want == PAGE_PRESENCE ||
			columns[i].is_outer ? -1 : kept++;
	for (int i = 0; i < layout->ncolumns; i++)
		if (layout->places[i] < 0)
			layout->places[i] = kept;
	layout->width = kept + 1;
}

static void
add_meta(PageLayout *layout, MetaMember member)
{
	const char *path = meta_path(layout, member);

	if (!path)
		return;
	add_outer(layout, path, member, PAGE_SCALAR);
	layout->needs_meta |= layout->document->paging != INTENT_PAGING_NONE &&
		strncmp(path, "meta.", 5) == 0;
}

/* The columns that show the two sides of a pair. */
static void
find_pair(PageLayout *layout)
{
	layout_member(layout->row, "$name", layout->context);
	layout->value = layout_member(layout->row, "$value", layout->context);
	layout->name = layout_member(layout->row, "$name", layout->context);
}

/*
 * Make a layout for pages of these columns, in context; the columns and their
 * paths are copied, the document is a constant.  A layout remembers the order
 * of members from page to page, so one layout must not be used by two
 * page_parse() at once.
 */
PageLayout *
page_layout(const IntentDocument *document, const PageColumn *columns,
			int ncolumns, MemoryContext context)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	PageLayout *layout = palloc0(sizeof(PageLayout));

	layout->context = context;
	layout->document = document;
	layout->ncolumns = ncolumns;
	layout->row = layout_level(context);
	layout->data = layout_level(context);
	layout->meta = layout_level(context);
	layout->choices = palloc(Max(ncolumns, 1) * sizeof(Choice));
	layout->whole = palloc(Max(ncolumns, 1) * sizeof(int));
	place_columns(layout, columns);
	for (int i = 0; i < ncolumns; i++)
	{
		if (columns[i].is_outer)
			add_outer(layout, columns[i].paths[0], META_MEMBERS + i, columns[i].want);
		else
			add_column(layout, &columns[i], i);
	}
	for (int i = 0; i < META_MEMBERS; i++)
		add_meta(layout, i);
	if (document->form == INTENT_ROWS_MEMBERS || document->form == INTENT_ROWS_LISTS)
		find_pair(layout);

	MemoryContextSwitchTo(old);
	return layout;
}


/*
 * Rows
 */

/* What messages call the rows. */
static char *
rows_name(const Parser *p)
{
	const char *rows = p->layout->document->rows;

	return rows ? psprintf("data.%s", rows) : pstrdup("data");
}

/* Note what is wrong with the rows, and pass over the value. */
static bool
skip_wrong(Parser *p, char *problem)
{
	if (p->data_problem == NULL)
		p->data_problem = problem;
	return reader_skip(&p->reader);
}

/* Consume an array of objects, each a row. */
static bool
read_array_rows(Parser *p)
{
	if (!reader_at(&p->reader, JSON_TOKEN_ARRAY_START))
		return skip_wrong(p, psprintf("\"%s\" is not an array", rows_name(p)));
	if (!reader_enter(&p->reader))
		return false;
	for (bool first = true; reader_next_element(&p->reader, first); first = false)
	{
		if (reader_at(&p->reader, JSON_TOKEN_OBJECT_START) && p->data_problem == NULL)
		{
			if (!page_read_row(p))
				return false;
		}
		else if (!skip_wrong(p, psprintf("element %d of \"%s\" is not an object",
										 p->page->nrows + 1, rows_name(p))))
			return false;
	}
	return p->reader.problem == NULL;
}

/* Consume an array each of whose elements is a row under the name. */
static bool
read_list(Parser *p, const PageValue *name)
{
	if (!reader_at(&p->reader, JSON_TOKEN_ARRAY_START))
		return skip_wrong(p, psprintf("a member of \"%s\" is not an array", rows_name(p)));
	if (!reader_enter(&p->reader))
		return false;
	for (bool first = true; reader_next_element(&p->reader, first); first = false)
		if (!page_read_pair(p, name))
			return false;
	return p->reader.problem == NULL;
}

/* Consume an object whose members are rows, or lists of them. */
static bool
read_pairs(Parser *p)
{
	bool		lists = p->layout->document->form == INTENT_ROWS_LISTS;
	Span		span;

	if (!reader_enter(&p->reader))
		return false;
	for (bool first = true; reader_next_member(&p->reader, first, &span); first = false)
	{
		PageValue	name = page_name_value(p, span);

		if (!(lists ? read_list(p, &name) : page_read_pair(p, &name)))
			return false;
	}
	return p->reader.problem == NULL;
}

/* Consume the value that has the rows. */
static bool
read_rows(Parser *p)
{
	IntentRowForm form = p->layout->document->form;

	if (p->has_rows)
		return skip_wrong(p, psprintf("\"%s\" occurs twice", rows_name(p)));
	p->has_rows = true;
	if (form == INTENT_ROWS_ARRAY)
		return read_array_rows(p);
	if (!reader_at(&p->reader, JSON_TOKEN_OBJECT_START))
		return skip_wrong(p, psprintf("\"%s\" is not an object", rows_name(p)));
	return form == INTENT_ROWS_OBJECT ? page_read_row(p) : read_pairs(p);
}


/*
 * Around the rows
 */

/* Consume an object of which only members around the rows are read. */
static bool
read_around(Parser *p, Level *level)
{
	bool	   *present = p->present;
	bool		done;

	p->cells = p->outer;
	p->present = NULL;
	done = page_read_object(p, level);
	p->present = present;
	return done;
}

/* Consume a member of "data" that is not the rows. */
static bool
read_beside_rows(Parser *p, Span name)
{
	Member	   *member = layout_find(p->layout->data, name, p->layout->context);
	bool	   *present = p->present;
	bool		done;

	if (!member)
		return reader_skip(&p->reader);
	p->cells = p->outer;
	p->present = NULL;
	done = page_read_value(p, member);
	p->present = present;
	return done;
}

/* Consume an object one of whose members has the rows. */
static bool
read_data_object(Parser *p)
{
	const char *rows = p->layout->document->rows;
	Span		name;

	if (!reader_at(&p->reader, JSON_TOKEN_OBJECT_START))
		return skip_wrong(p, pstrdup("\"data\" is not an object"));
	p->layout->data->next = 0;
	if (!reader_enter(&p->reader))
		return false;
	for (bool first = true; reader_next_member(&p->reader, first, &name); first = false)
	{
		bool		is_rows = name.len == strlen(rows) &&
		memcmp(name.text, rows, name.len) == 0;

		if (!(is_rows ? read_rows(p) : read_beside_rows(p, name)))
			return false;
	}
	return p->reader.problem == NULL;
}

/* Consume "data". */
static bool
read_data(Parser *p)
{
	if (p->has_data)
		return skip_wrong(p, pstrdup("\"data\" occurs twice"));
	p->has_data = true;
	return p->layout->document->rows ? read_data_object(p) : read_rows(p);
}

/* Consume "meta"; where nothing in it is needed, it may be anything. */
static bool
read_meta(Parser *p)
{
	bool		is_object = reader_at(&p->reader, JSON_TOKEN_OBJECT_START);

	if (!p->layout->needs_meta && !is_object)
		return reader_skip(&p->reader);
	if (p->has_meta)
		return reader_fail(&p->reader, pstrdup("\"meta\" occurs twice"));
	if (!is_object)
		return reader_fail(&p->reader, pstrdup("\"meta\" is not an object"));
	p->has_meta = true;
	return read_around(p, p->layout->meta);
}

/* Are they of the types that they must be of? */
static bool
check_meta(Parser *p)
{
	for (int i = 0; i < META_MEMBERS; i++)
		if (p->outer[i].kind > PAGE_VALUE_NULL &&
			p->outer[i].kind != meta_members[i].kind)
			return reader_fail(&p->reader, psprintf("\"%s\" is not %s",
													meta_path(p->layout, i),
													meta_members[i].article));
	return true;
}

static bool
is_among(const char *text, const char *const *words)
{
	while (*words && strcmp(*words, text) != 0)
		words++;
	return *words != NULL;
}

/* What the status says: with rows, or still being made. */
static bool
use_status(Parser *p)
{
	const IntentDocument *document = p->layout->document;
	const char *status = p->outer[META_STATUS].text;

	if (status == NULL || is_among(status, document->ready))
		return true;
	if (is_among(status, document->pending))
	{
		p->page->status = PAGE_STATUS_MATERIALIZING;
		return true;
	}
	return reader_fail(&p->reader, psprintf("\"%s\" is neither \"%s\" nor \"%s\"",
											document->status, document->ready[0],
											document->pending[0]));
}

/* Whether pages follow. */
static bool
use_paging(Parser *p)
{
	RowPage    *page = p->page;
	const PageValue *more = &p->outer[META_HAS_MORE];

	if (more->kind == PAGE_VALUE_BOOL)
		page->has_more = more->text[0] == 't';
	if (page->status != PAGE_STATUS_READY)
		return true;
	switch (p->layout->document->paging)
	{
		case INTENT_PAGING_NONE:
			if (page->has_more)
				return reader_fail(&p->reader, pstrdup("there is more than one answer holds, and no way to ask for it"));
			break;
		case INTENT_PAGING_CURSOR:
			if (more->kind != PAGE_VALUE_BOOL)
				return reader_fail(&p->reader, psprintf("\"%s\" is not a boolean",
														meta_path(p->layout, META_HAS_MORE)));
			break;
		case INTENT_PAGING_OFFSET:
			if (!page->has_total)
				return reader_fail(&p->reader, psprintf("\"%s\" is not a number",
														meta_path(p->layout, META_TOTAL_COUNT)));
			break;
	}
	return true;
}

/* Turn what is around the rows into the page's fields. */
static bool
use_meta(Parser *p)
{
	RowPage    *page = p->page;
	PageValue  *meta = p->outer;
	const PageValue *total = &meta[META_TOTAL_COUNT];

	/* of a document that is read leniently only true counts */
	if (p->layout->document->paging == INTENT_PAGING_NONE &&
		meta[META_HAS_MORE].kind != PAGE_VALUE_BOOL)
		meta[META_HAS_MORE].kind = PAGE_VALUE_ABSENT;
	if (!check_meta(p) || !use_status(p))
		return false;
	page->next_cursor = meta[META_NEXT_CURSOR].text;
	page->cache_key = meta[META_CACHE_KEY].text;
	page->data_date = meta[META_DATA_DATE].text;
	if (page->data_date && !iso8601_is_day(page->data_date))
		return reader_fail(&p->reader, psprintf("\"%s\" is not a date (YYYY-MM-DD)",
												meta_path(p->layout, META_DATA_DATE)));
	page->has_total = total->kind == PAGE_VALUE_NUMBER;
	if (!use_paging(p))
		return false;
	if (page->has_total &&
		(number_to_int64(total->text, &page->total) != NUMBER_FITS || page->total < 0))
		return reader_fail(&p->reader, psprintf("\"%s\" is not a count",
												meta_path(p->layout, META_TOTAL_COUNT)));
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

/* Are the rows there, all of them rows? */
static bool
check_rows(Parser *p)
{
	if (!p->has_data)
		return reader_fail(&p->reader, pstrdup("\"data\" is missing"));
	if (p->data_problem != NULL)
		return reader_fail(&p->reader, p->data_problem);
	if (!p->has_rows)
		return reader_fail(&p->reader, psprintf("\"%s\" is missing", rows_name(p)));
	return true;
}

/* Put the page together once all of the document was read. */
static bool
finish_page(Parser *p)
{
	RowPage    *page = p->page;

	if (!p->has_meta && p->layout->needs_meta)
		return reader_fail(&p->reader, pstrdup("\"meta\" is missing"));
	if (!use_meta(p))
		return false;
	if (page->status == PAGE_STATUS_MATERIALIZING)
	{
		page->nrows = 0;
		page->values = NULL;
		return true;
	}
	if (!check_rows(p))
		return false;

	/* what is not paged has as many rows as came */
	if (p->layout->document->paging == INTENT_PAGING_NONE)
	{
		page->has_total = true;
		page->total = page->nrows;
	}
	page->outer = p->outer + META_MEMBERS;
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
	p->outer = palloc0((META_MEMBERS + layout->ncolumns) * sizeof(PageValue));

	*problem = NULL;
	if (reader_open(&p->reader, text, len) && read_document(p) && finish_page(p))
		return p->page;
	*problem = p->reader.problem;
	return NULL;
}
