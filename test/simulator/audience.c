/*
 * audience.c: from a validated request for people to a page: saved audience,
 * cursor, daily run, materialization, rows.
 */
#include "audience.h"

#include <ctype.h>
#include <stdio.h>

#include "arguments.h"
#include "cursor.h"
#include "hash.h"
#include "page_faults.h"
#include "render.h"
#include "runs.h"

typedef struct Turn
{
	Exchange   *x;
	Query		query;
	Cursor		at;				/* of the page asked for */
	bool		known;			/* there is a run of at.date */
	bool		saved;			/* results of a saved audience */
} Turn;

/* Saved audiences are found whatever the case of the uuid. */
const json_t *
audience_config(const SimConfig *c, const char *id)
{
	char		lower[64];
	size_t		i = 0;

	for (; id[i] && i < sizeof(lower) - 1; i++)
		lower[i] = (char) tolower((unsigned char) id[i]);
	lower[i] = '\0';
	return json_object_get(c->audiences, lower);
}

const json_t *
audience_of_path(Exchange *x)
{
	char		id[64];
	const json_t *config = NULL;

	if (path_segment(x, 3, id, sizeof(id)))
		config = audience_config(x->config, id);
	if (!config)
		reply_error(&x->reply, 404, "Audience not found");
	return config;
}

static bool
use_audience(Turn *t, Buf *error)
{
	const json_t *config;

	if (t->query.audience_id == NULL)
		return true;
	config = audience_config(t->x->config, t->query.audience_id);
	if (config != NULL)
		return query_apply_audience(config, &t->query, error);
	reply_error(&t->x->reply, 404, "Audience not found");
	return false;
}

static bool
read_query(Turn *t)
{
	Exchange   *x = t->x;
	Buf			error = {0};
	bool		good = false;

	if (!json_is_object(x->json))
		buf_str(&error, "request body must be a JSON object");
	else
		good = query_parse(x->json, &t->query, &error) && use_audience(t, &error);
	if (error.len > 0)
		reply_error(&x->reply, 400, error.data);
	buf_free(&error);
	return good;
}

/*
 * A cursor without a date in the body was made for the latest run of its
 * time.  When another one has landed since, on_new_run decides.
 */
static bool
meet_new_run(Turn *t, const char *latest)
{
	if (t->query.date != NULL || strcmp(t->at.date, latest) == 0)
		return true;
	if (t->x->config->on_new_run == NEW_RUN_EXPIRE)
	{
		reply_error(&t->x->reply, 410, "Cursor expired: a new daily run has landed");
		return false;
	}
	if (t->x->config->on_new_run == NEW_RUN_SWITCH)
		memcpy(t->at.date, latest, DATE_LEN);
	return true;
}

/* Where in which run the page asked for is. */
static bool
find_place(Turn *t)
{
	const Query *q = &t->query;
	char		latest[DATE_LEN + 1];

	runs_latest(t->x->config, latest);
	if (q->cursor == NULL)
	{
		t->at.chain = q->chain_hash;
		t->at.page = 1;
		memcpy(t->at.date, q->date ? q->date : latest, DATE_LEN);
	}
	else if (!cursor_parse(q->cursor, &t->at) || t->at.chain != q->chain_hash)
	{
		reply_error(&t->x->reply, 400, "cursor is invalid for this query");
		return false;
	}
	else if (!meet_new_run(t, latest))
		return false;
	t->known = q->cursor || runs_known(t->x->config, t->at.date);
	return true;
}

static void
set_cache_key(const Turn *t, Page *p)
{
	char		text[64];

	snprintf(text, sizeof(text), "aud_%016llx",
			 (unsigned long long) result_key(&t->query, t->at.date, t->x->config));
	page_set_string(p, META_CACHE_KEY, text);
}

static void
set_run(const Turn *t, Page *p)
{
	if (!t->saved)
		set_cache_key(t, p);
	page_set_string(p, META_DATA_DATE, t->at.date);
	if (t->x->config->null_date)
		page_set(p, META_DATA_DATE, "null");
}

static void
send_page(Turn *t, Page *p, int status)
{
	Reply	   *r = &t->x->reply;

	page_faults_apply(t->x->fault, p);
	r->status = status;
	page_render(p, &r->body);
	page_faults_spoil(t->x->fault, &r->body);
	page_free(p);
}

static void
send_materializing(Turn *t)
{
	Page		p;

	page_init(&p, t->x->config, NULL);
	p.number = t->at.page;
	p.no_data = t->saved;
	if (!t->saved)
	{
		page_set(&p, META_TOTAL_COUNT, "0");
		page_set(&p, META_NEXT_CURSOR, "null");
		page_set(&p, META_HAS_MORE, "false");
	}
	page_set_string(&p, META_STATUS, "materializing");
	set_run(t, &p);
	send_page(t, &p, t->x->config->materialize_as_200 ? 200 : 202);
}

static void
set_next_cursor(const Turn *t, Page *p)
{
	Cursor		next = t->at;
	bool		more = p->offset + (size_t) p->rows < p->result->count;
	Buf			text = {0};

	next.offset += (uint32_t) p->rows;
	next.page++;
	more = page_faults_turn(t->x->fault, p, &next, t->query.limit) || more;
	cursor_text(&next, &text);
	page_set_string(p, META_NEXT_CURSOR, text.data);
	buf_free(&text);
	if (!more)
		page_set(p, META_NEXT_CURSOR, "null");
	page_set(p, META_HAS_MORE, more ? "true" : "false");
	page_faults_cursor(t->x->fault, p, t->query.cursor);
}

static void
send_rows(Turn *t)
{
	const SimConfig *c = t->x->config;
	Result	   *r = result_get(&t->query, t->at.date, t->known, c);
	Page		p;
	char		total[32];

	page_init(&p, c, r);
	p.style = t->saved ? ROW_SAVED : ROW_PLAIN;
	p.number = t->at.page;
	p.offset = t->at.offset < r->count ? t->at.offset : r->count;
	p.rows = t->query.limit;
	if ((size_t) p.rows > r->count - p.offset)
		p.rows = (int) (r->count - p.offset);
	snprintf(total, sizeof(total), "%zu", r->count);
	page_set(&p, META_TOTAL_COUNT, c->null_total ? "null" : total);
	page_set_string(&p, META_STATUS, "ready");
	set_next_cursor(t, &p);
	set_run(t, &p);
	send_page(t, &p, 200);
	result_release(r);
}

/* A page beyond the first belongs to a result that was ready once. */
static bool
is_materializing(const Turn *t)
{
	const SimConfig *c = t->x->config;

	if (json_is_true(json_object_get(t->x->fault, "endless_202")))
		return true;
	return t->query.cursor == NULL &&
		runs_materializing(c, result_key(&t->query, t->at.date, c));
}

static void
answer(Turn *t)
{
	if (!find_place(t))
		return;
	if (is_materializing(t))
		send_materializing(t);
	else
		send_rows(t);
}

/* POST /v1/intent/audiences/query */
void
audience_query(Exchange *x)
{
	Turn		t = {.x = x};

	runs_count_request(x->config);
	if (read_query(&t))
		answer(&t);
}

/* GET /v1/intent/audiences/{id}/results */
void
audience_results(Exchange *x)
{
	static const Argument arguments[] = {
		{.name = "date",.is_date = true},
		{.name = "limit",.low = 1,.high = 100},
		{.name = "cursor",.max_length = 200},
		{0}
	};
	Turn		t = {.x = x,.saved = true};
	const json_t *config = audience_of_path(x);
	Buf			error = {0};

	runs_count_request(x->config);
	if (!config || !arguments_check(x, arguments))
		return;
	query_apply_audience(config, &t.query, &error);
	t.query.limit = argument_integer(x, "limit", 50);
	t.query.date = exchange_argument(x, "date");
	t.query.cursor = exchange_argument(x, "cursor");
	t.query.chain_hash = mix64(hash_bytes(x->path, strlen(x->path), 5) ^
							   (t.query.date ? date_seed(t.query.date) : 0)) + (uint64_t) t.query.limit;
	answer(&t);
	buf_free(&error);
}

/* The sample of a preview in its envelope. */
static void
send_preview(Turn *t)
{
	Result	   *r = result_get(&t->query, t->at.date, true, t->x->config);
	Buf		   *b = &t->x->reply.body;
	Page		p;

	page_init(&p, t->x->config, r);
	p.style = ROW_MASKED;
	p.number = 1;
	p.rows = r->count < 50 ? (int) r->count : 50;
	t->x->reply.status = 200;
	buf_printf(b, "{\"data\":{\"totalCount\":%zu,\"sample\":", r->count);
	page_render_rows(&p, b);
	buf_printf(b, ",\"previewKey\":\"pre_%016llx\",\"dataDate\":\"%s\"}}",
			   (unsigned long long) r->key, t->at.date);
	page_faults_spoil(t->x->fault, b);
	page_free(&p);
	result_release(r);
}

/* POST /v1/intent/audiences/preview */
void
audience_preview(Exchange *x)
{
	static const char *const others[] = {"audienceId", "date", "limit", "cursor"};
	Turn		t = {.x = x};

	for (int i = 0; i < 4; i++)
	{
		if (!json_object_get(x->json, others[i]))
			continue;
		reply_error(&x->reply, 400, "unrecognized key: not one of a preview");
		return;
	}
	if (!read_query(&t))
		return;
	runs_latest(x->config, t.at.date);
	send_preview(&t);
}
