/*
 * page.c
 *		A page's text to rows.
 *
 * How the value of a member becomes the value of a column, and members a row.
 * Only what is kept is converted to the server encoding, so that a character which the database
 * cannot hold matters only in a column that is read.
 *
 * Assumes that CurrentMemoryContext is the page's: hardly anything is freed.
 * What the document must look like is left to page_document.c, tokens and
 * grammar to page_reader.c, names to page_layout.c, types to convert.c, and
 * what a page means to those after it to chain.c.
 */
#include "postgres.h"

#include "page_private.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/memutils.h"

/*
 * Bytes of all values of a page, not counting their texts: a hundred columns
 * of 100,000 rows.  The API's pages have 100 rows, its largest list 20,000.
 */
#define PAGE_MAX_VALUES ((Size) 256 * 1024 * 1024)


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
bool
page_read_object(Parser *p, Level *level)
{
	Span		name;

	level->next = 0;
	if (!reader_enter(&p->reader))
		return false;
	for (bool first = true; reader_next_member(&p->reader, first, &name); first = false)
	{
		Member	   *member = layout_find(level, name, p->layout->context);

		if (!(member ? page_read_value(p, member) : reader_skip(&p->reader)))
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
			return member->below ? page_read_object(p, member->below) : reader_skip(&p->reader);
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
bool
page_read_value(Parser *p, const Member *member)
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

/* Make room for one more row; its values are absent, and those to choose of. */
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
	if (p->layout->nspares > 0)
		memset(p->spares, 0, p->layout->nspares * sizeof(PageValue));
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
bool
page_read_row(Parser *p)
{
	PageLayout *layout = p->layout;
	const char *start = reader_start(&p->reader);
	PageValue	whole = {PAGE_VALUE_ABSENT};

	CHECK_FOR_INTERRUPTS();
	if (!add_row(p))
		return false;
	if (!page_read_object(p, layout->row))
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

/* The name of a member as a value of the row. */
static void
put_name(Parser *p, const Member *member, const PageValue *name)
{
	for (int i = 0; i < member->ntargets; i++)
	{
		const Target *target = &member->targets[i];

		p->present[target->column] = true;
		if (target->want != PAGE_PRESENCE)
			*target_cell(p, target) = *name;
	}
}

/* The name, which the next token would overwrite, as a value. */
PageValue
page_name_value(const Parser *p, Span name)
{
	PageValue	value = {PAGE_VALUE_STRING};

	keep_text(p, &value, name.text, name.len);
	return value;
}

/*
 * Consume a row that is a value under a name.  An object is read by its own
 * members, unless some column wants all of it; one of them that is called as
 * the name's path is does not count.
 */
bool
page_read_pair(Parser *p, const PageValue *name)
{
	const PageLayout *layout = p->layout;
	bool		by_members = layout->value->ntargets == 0 &&
	reader_at(&p->reader, JSON_TOKEN_OBJECT_START);

	CHECK_FOR_INTERRUPTS();
	if (!add_row(p))
		return false;
	if (!(by_members ? page_read_object(p, layout->row) : page_read_value(p, layout->value)))
		return false;
	choose_values(p);
	put_name(p, layout->name, name);
	return true;
}
