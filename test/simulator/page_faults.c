/*
 * page_faults.c: faults that change a page, see page_faults.h.
 */
#include "page_faults.h"

#include <stdio.h>
#include <stdlib.h>

#define DEEP_LEVELS 100000

typedef struct JsonFault
{
	const char *kind;
	void		(*page) (Page *p);	/* before the page is text */
	void		(*text) (Buf *b);	/* after */
	const char *patch;			/* raw value put into a member of a row */
} JsonFault;

static void
data_missing(Page *p)
{
	p->no_data = true;
}

static void
data_object(Page *p)
{
	p->data = "{}";
}

static void
data_null(Page *p)
{
	p->data = "null";
}

static void
data_twice(Page *p)
{
	p->data_twice = true;
}

static void
row_not_object(Page *p)
{
	p->first_row_broken = true;
}

static void
meta_missing(Page *p)
{
	p->no_meta = true;
}

static void
has_more_string(Page *p)
{
	page_set(p, META_HAS_MORE, "\"true\"");
}

static void
has_more_missing(Page *p)
{
	page_set(p, META_HAS_MORE, "");
}

static void
has_more_without_cursor(Page *p)
{
	page_set(p, META_HAS_MORE, "true");
	page_set(p, META_NEXT_CURSOR, "null");
}

static void
status_unknown(Page *p)
{
	page_set_string(p, META_STATUS, "half-baked");
}

static void
total_string(Page *p)
{
	Buf			text = {0};

	buf_printf(&text, "\"%s\"", p->meta[META_TOTAL_COUNT].data);
	page_set(p, META_TOTAL_COUNT, text.data);
	buf_free(&text);
}

static void
deep(Page *p)
{
	p->patch.text.len = 0;
	for (int i = 0; i < DEEP_LEVELS; i++)
		buf_char(&p->patch.text, '[');
	for (int i = 0; i < DEEP_LEVELS; i++)
		buf_char(&p->patch.text, ']');
}

static void
not_json(Buf *b)
{
	b->len = 0;
	buf_str(b, "<html><body>It works!</body></html>\n");
}

static void
truncated(Buf *b)
{
	b->len /= 2;
	b->data[b->len] = '\0';
}

static void
trailing_garbage(Buf *b)
{
	buf_str(b, " }garbage");
}

static const JsonFault json_faults[] = {
	{"not_json", NULL, not_json, NULL},
	{"truncated", NULL, truncated, NULL},
	{"trailing_garbage", NULL, trailing_garbage, NULL},
	{"data_missing", data_missing, NULL, NULL},
	{"data_object", data_object, NULL, NULL},
	{"data_null", data_null, NULL, NULL},
	{"duplicate_data", data_twice, NULL, NULL},
	{"row_not_object", row_not_object, NULL, NULL},
	{"meta_missing", meta_missing, NULL, NULL},
	{"has_more_string", has_more_string, NULL, NULL},
	{"has_more_missing", has_more_missing, NULL, NULL},
	{"has_more_without_cursor", has_more_without_cursor, NULL, NULL},
	{"status_unknown", status_unknown, NULL, NULL},
	{"total_string", total_string, NULL, NULL},
	{"bad_utf8", NULL, NULL, "\"bad \xc3\x28 byte\""},
	{"nul_escape", NULL, NULL, "\"nul \\u0000 byte\""},
	{"lone_surrogate", NULL, NULL, "\"half \\ud83d pair\""},
	{"deep", deep, NULL, "[]"},
	{0}
};

static const JsonFault *
json_fault(const json_t *fault)
{
	const char *kind = json_string_value(json_object_get(fault, "json"));

	for (const JsonFault *f = json_faults; kind && f->kind; f++)
		if (strcmp(f->kind, kind) == 0)
			return f;
	return NULL;
}

static bool
cursor_fault_is(const json_t *fault, const char *kind)
{
	const char *text = json_string_value(json_object_get(fault, "cursor"));

	return text && strcmp(text, kind) == 0;
}

bool
page_faults_turn(const json_t *fault, Page *p, Cursor *next, int limit)
{
	if (cursor_fault_is(fault, "loop3"))
	{
		next->page = p->number >= 4 ? 2 : p->number + 1;
		next->offset = (next->page - 1) * (uint32_t) limit;
		return true;
	}
	if (cursor_fault_is(fault, "empty_forever"))
	{
		next->offset -= (uint32_t) p->rows;
		p->rows = 0;
		return true;
	}
	return cursor_fault_is(fault, "repeat") || cursor_fault_is(fault, "missing");
}

void
page_faults_cursor(const json_t *fault, Page *p, const char *sent)
{
	if (cursor_fault_is(fault, "missing"))
		page_set(p, META_NEXT_CURSOR, "");
	if (cursor_fault_is(fault, "repeat") && sent)
		page_set_string(p, META_NEXT_CURSOR, sent);
}

static void
set_total(const json_t *total, Page *p)
{
	const char *text = json_string_value(total);
	long		actual = atol(p->meta[META_TOTAL_COUNT].data);
	char		changed[32];

	if (json_is_null(total))
	{
		page_set(p, META_TOTAL_COUNT, "null");
		return;
	}
	if (text)
		actual += strcmp(text, "plus1") == 0 ? 1 : -1;
	else
		actual = (long) json_integer_value(total);
	snprintf(changed, sizeof(changed), "%ld", actual);
	page_set(p, META_TOTAL_COUNT, changed);
}

/* Any JSON value for a meta member. */
static void
set_meta(const json_t *value, Page *p, MetaMember m)
{
	char	   *text;

	if (value == NULL)
		return;
	text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	page_set(p, m, text ? text : "null");
	free(text);
}

/* {"row": i, "member": name, "value": any JSON} or "raw": literal text. */
static void
set_patch(const json_t *patch, Page *p)
{
	const char *raw = json_string_value(json_object_get(patch, "raw"));
	const json_t *value = json_object_get(patch, "value");
	char	   *text = NULL;

	p->patch.row = (int) json_integer_value(json_object_get(patch, "row"));
	p->patch.member = json_string_value(json_object_get(patch, "member"));
	if (p->patch.member == NULL)
		p->patch.member = p->config->live ? "jobTitle" : "company";
	if (raw == NULL && value != NULL)
		text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	p->patch.text.len = 0;
	buf_str(&p->patch.text, raw ? raw : text ? text : "null");
	free(text);
}

static int
row_or_none(const json_t *fault, const char *name)
{
	const json_t *row = json_object_get(fault, name);

	return row ? (int) json_integer_value(row) : -1;
}

static void
apply_json(const json_t *fault, Page *p)
{
	const JsonFault *f = json_fault(fault);

	if (f && f->patch)
	{
		set_patch(fault, p);
		p->patch.text.len = 0;
		buf_str(&p->patch.text, f->patch);
	}
	if (f && f->page)
		f->page(p);
}

static void
set_count(Page *p)
{
	int			rows = p->rows;
	char		text[16];

	rows -= p->drop_row >= 0 && p->drop_row < p->rows;
	rows += p->duplicate_row >= 0 && p->duplicate_row < p->rows;
	snprintf(text, sizeof(text), "%d", rows);
	page_set(p, META_COUNT, text);
}

void
page_faults_apply(const json_t *fault, Page *p)
{
	p->drop_row = row_or_none(fault, "drop_row");
	p->duplicate_row = row_or_none(fault, "duplicate_row");
	set_count(p);
	set_meta(json_object_get(fault, "data_date"), p, META_DATA_DATE);
	set_meta(json_object_get(fault, "cache_key"), p, META_CACHE_KEY);
	if (json_object_get(fault, "total"))
		set_total(json_object_get(fault, "total"), p);
	if (json_object_get(fault, "row_patch"))
		set_patch(json_object_get(fault, "row_patch"), p);
	apply_json(fault, p);
}

void
page_faults_spoil(const json_t *fault, Buf *text)
{
	const JsonFault *f = json_fault(fault);

	if (f && f->text)
		f->text(text);
}

bool
page_faults_check(const json_t *fault, Buf *error)
{
	static const char *const cursors[] = {"repeat", "missing", "loop3", "empty_forever"};
	bool		known = json_object_get(fault, "cursor") == NULL;

	for (int i = 0; i < 4; i++)
		known = known || cursor_fault_is(fault, cursors[i]);
	if (!known)
		buf_str(error, "unknown cursor fault");
	if (json_object_get(fault, "json") && !json_fault(fault))
		buf_str(error, "unknown json fault");
	return error->len == 0;
}
