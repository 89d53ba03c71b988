/*
 * render.c: pages to text, see render.h.
 *
 * Written by hand into one buffer: benchmarks run on the same machine, so a
 * page must cost the simulator far less than it costs its reader.
 */
#include "render.h"

#include "row_cache.h"

static const char *const meta_names[META_MEMBERS] = {
	"count", "totalCount", "nextCursor", "hasMore", "status", "cacheKey", "dataDate"
};

void
page_init(Page *p, const SimConfig *c, const Result *r)
{
	memset(p, 0, sizeof(*p));
	p->config = c;
	p->result = r;
	p->duplicate_row = p->drop_row = p->patch.row = -1;
}

void
page_free(Page *p)
{
	for (int m = 0; m < META_MEMBERS; m++)
		buf_free(&p->meta[m]);
	buf_free(&p->patch.text);
}

void
page_set(Page *p, MetaMember m, const char *json)
{
	p->meta[m].len = 0;
	buf_str(&p->meta[m], json);
}

void
page_set_string(Page *p, MetaMember m, const char *text)
{
	p->meta[m].len = 0;
	buf_json(&p->meta[m], text, strlen(text));
}

static void
matched_topics(Buf *b, uint64_t bits)
{
	char		before = '[';

	for (; bits; bits &= bits - 1)
	{
		buf_char(b, before);
		buf_uint(b, (uint64_t) topics[__builtin_ctzll(bits)].id);
		before = ',';
	}
	buf_char(b, ']');
}

static bool
topic_is_null(const Page *p, size_t position)
{
	int			every = p->config->null_topic_every;

	return every > 0 && (position + 1) % (size_t) every == 0;
}

/* The members that depend on the query. */
static void
query_member(Buf *b, const Page *p, size_t position, Attr a)
{
	const Hit  *hit = &p->result->hits[position];

	switch (a)
	{
		case ATTR_INTENT_SCORE:
			score_text(b, hit->tenths);
			break;
		case ATTR_TOPIC_OVERLAP:
			buf_uint(b, (uint64_t) __builtin_popcountll(hit->matched));
			break;
		case ATTR_MATCHED_TOPIC_IDS:
			matched_topics(b, hit->matched);
			break;
		default:
			if (topic_is_null(p, position))
				buf_str(b, "null");
			else if (a == ATTR_TOPIC_ID)
				buf_uint(b, (uint64_t) topics[hit->topic].id);
			else
				buf_json(b, topics[hit->topic].name, strlen(topics[hit->topic].name));
	}
}

static void
member_name(Buf *b, const char *name)
{
	if (b->data[b->len - 1] != '{')
		buf_char(b, ',');
	buf_char(b, '"');
	buf_str(b, name);
	buf_add(b, "\":", 2);
}

static bool
on_page(const PageMember *m, uint32_t page)
{
	return (int) page >= m->first_page && (int) page <= m->last_page;
}

static bool
is_dropped(const Page *p, const char *name)
{
	const PageMember *drop = &p->config->drop_member;

	return drop->name && !on_page(drop, p->number) && strcmp(drop->name, name) == 0;
}

static void
row_member(Buf *b, const Page *p, size_t position, const Person *person, Attr a)
{
	const char *name = attr_json_name(a);

	if (is_dropped(p, name))
		return;
	member_name(b, name);
	if (a < ATTR_FIRST_PERSONAL)
		query_member(b, p, position, a);
	else
		person_json(b, person, a);
}

static void
extra_member(Buf *b, const Page *p)
{
	const PageMember *extra = &p->config->extra_member;

	if (extra->name == NULL || !on_page(extra, p->number))
		return;
	member_name(b, extra->name);
	buf_str(b, extra->value);
}

/* The row member by member: when the page lacks one. */
static void
sparse_row(Buf *b, const Page *p, size_t position)
{
	const Attr *const runs[] = {seed_before, seed_query, seed_after};
	Person		person;

	person_make(p->result->hits[position].person, &person);
	for (int a = 0; p->config->live && a < ATTR_LIVE_COUNT; a++)
		row_member(b, p, position, &person, (Attr) a);
	for (int run = 0; !p->config->live && run < 3; run++)
		for (const Attr *a = runs[run]; *a != ATTR_COUNT; a++)
			row_member(b, p, position, &person, *a);
}

static void
full_row(Buf *b, const Page *p, size_t position)
{
	uint32_t	person = p->result->hits[position].person;
	bool		live = p->config->live;

	row_part(b, person, live, ROW_BEFORE);
	for (int a = 0; live && a < ATTR_FIRST_PERSONAL; a++)
		row_member(b, p, position, NULL, (Attr) a);
	for (const Attr *a = seed_query; !live && *a != ATTR_COUNT; a++)
		row_member(b, p, position, NULL, *a);
	row_part(b, person, live, ROW_AFTER);
}

static bool
is_masked(Attr a)
{
	return a == ATTR_EMAIL || a == ATTR_LAST_NAME || a == ATTR_LINKEDIN_URL ||
		a == ATTR_ADDRESS || (a >= ATTR_PHONES && a <= ATTR_BUSINESS_EMAILS) ||
		a == ATTR_EMAIL_HASHES || a == ATTR_ALL_EMAIL_HASHES;
}

/* A member of a live row as a saved audience's results have it: 55 of them. */
static void
saved_member(Buf *b, const Page *p, size_t position, const Person *person, Attr a)
{
	if (a == ATTR_EMAIL_HASHES || a == ATTR_ALL_EMAIL_HASHES)
		return;
	if (a != ATTR_COUNTRY)
	{
		row_member(b, p, position, person, a);
		return;
	}
	member_name(b, "companyCountry");
	person_json(b, person, a);
}

/* As a preview has it: what leads to the person is masked. */
static void
masked_member(Buf *b, const Page *p, size_t position, const Person *person, Attr a)
{
	if (!is_masked(a) || person->value[a] < 0)
	{
		row_member(b, p, position, person, a);
		return;
	}
	member_name(b, attr_json_name(a));
	buf_str(b, "\"***\"");
}

static void
styled_row(Buf *b, const Page *p, size_t position)
{
	Person		person;
	uint32_t	index = p->result->hits[position].person;

	person_make(index, &person);
	for (int a = 0; a < ATTR_LIVE_COUNT; a++)
	{
		if (p->style == ROW_SAVED)
			saved_member(b, p, position, &person, (Attr) a);
		else
			masked_member(b, p, position, &person, (Attr) a);
	}
	if (p->style == ROW_SAVED)
		buf_printf(b, ",\"personId\":\"p-%u\"", index);
	else
		buf_str(b, ",\"masked\":true");
}

static void
plain_row(Buf *b, const Page *p, size_t position)
{
	const PageMember *drop = &p->config->drop_member;

	buf_char(b, '{');
	if (p->style != ROW_PLAIN)
		styled_row(b, p, position);
	else if (drop->name && !on_page(drop, p->number))
		sparse_row(b, p, position);
	else
		full_row(b, p, position);
	extra_member(b, p);
	buf_char(b, '}');
}

/*
 * End of the value that starts at text, where the next member of a row or its
 * end follows.  Only for rows made by plain_row.
 */
static const char *
value_end(const char *text)
{
	int			depth = 0;
	bool		quoted = false;

	for (;; text++)
	{
		if (quoted && *text == '\\')
			text++;
		else if (*text == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (*text == '{' || *text == '[')
			depth++;
		else if (depth > 0 && (*text == '}' || *text == ']'))
			depth--;
		else if (depth == 0 && (*text == ',' || *text == '}'))
			return text;
	}
}

/* The row with the patch in place of the member's value, or added. */
static void
patched_row(Buf *b, const Page *p, size_t position)
{
	Buf			row = {0};
	Buf			key = {0};
	const char *at;
	const char *rest;

	plain_row(&row, p, position);
	buf_printf(&key, "\"%s\":", p->patch.member);
	at = strstr(row.data, key.data);
	rest = at ? value_end(at + key.len) : row.data + 1;
	buf_add(b, row.data, (size_t) ((at ? at : rest) - row.data));
	buf_add(b, key.data, key.len);
	buf_add(b, p->patch.text.data, p->patch.text.len);
	if (at == NULL && *rest != '}')
		buf_char(b, ',');
	buf_str(b, rest);
	buf_free(&row);
	buf_free(&key);
}

static void
one_row(Buf *b, const Page *p, int row)
{
	size_t		position = p->offset + (size_t) row;

	if (b->data[b->len - 1] != '[')
		buf_char(b, ',');
	if (p->first_row_broken && row == 0)
		buf_str(b, "\"not a row\"");
	else if (p->patch.row == row)
		patched_row(b, p, position);
	else
		plain_row(b, p, position);
}

void
page_render_rows(const Page *p, Buf *b)
{
	buf_char(b, '[');
	for (int row = 0; row < p->rows; row++)
	{
		if (row == p->drop_row)
			continue;
		one_row(b, p, row);
		if (row == p->duplicate_row)
			one_row(b, p, row);
	}
	buf_char(b, ']');
}

static void
data_member(Buf *b, const Page *p)
{
	buf_str(b, "\"data\":");
	if (p->data != NULL)
		buf_str(b, p->data);
	else
		page_render_rows(p, b);
}

static void
meta_member(Buf *b, const Page *p)
{
	buf_str(b, "\"meta\":{");
	for (int m = 0; m < META_MEMBERS; m++)
	{
		if (p->meta[m].len == 0)
			continue;
		member_name(b, meta_names[m]);
		buf_add(b, p->meta[m].data, p->meta[m].len);
	}
	buf_char(b, '}');
}

void
page_render(const Page *p, Buf *b)
{
	buf_grow(b, (size_t) p->rows * (p->config->live || p->style != ROW_PLAIN ? 2200 : 300) + 1024);
	buf_char(b, '{');
	for (int i = 0; i < (p->no_data ? 0 : p->data_twice ? 2 : 1); i++)
	{
		data_member(b, p);
		buf_char(b, ',');
	}
	if (!p->no_meta)
		meta_member(b, p);
	else if (b->data[b->len - 1] == ',')
		b->data[--b->len] = '\0';
	buf_char(b, '}');
}
