/*
 * saved.c: saved audiences as documents, see saved.h.
 *
 * What neither the config nor its key "saved" says follows from the id: one
 * that begins with "d" is a draft, which has no runs; with "b" it is paused.
 */
#include "saved.h"

#include <ctype.h>
#include <stdio.h>

#include "arguments.h"
#include "audience.h"
#include "people.h"
#include "result.h"
#include "runs.h"

/* What was saved of an audience under that name, or NULL. */
static const char *
saved_text(const SimConfig *c, const char *id, const char *name)
{
	return json_string_value(json_object_get(json_object_get(c->saved, id), name));
}

const char *
saved_status_of(const SimConfig *c, const char *id)
{
	const char *status = saved_text(c, id, "status");

	return status ? status : id[0] == 'd' ? "draft" : id[0] == 'b' ? "paused" : "active";
}

/* The people of a saved audience on a date; release it. */
static Result *
people_of(const SimConfig *c, const json_t *config, const char *date)
{
	Query		q = {0};
	Buf			error = {0};
	Result	   *r;

	query_apply_audience(config, &q, &error);
	r = result_get(&q, date, true, c);
	buf_free(&error);
	return r;
}

static int
count_people(const SimConfig *c, const json_t *config, const char *date)
{
	Result	   *r = people_of(c, config, date);
	int			count = (int) r->count;

	result_release(r);
	return count;
}

static json_t *
topics_of(const json_t *config)
{
	json_t	   *list = json_array();
	json_t	   *id;
	size_t		i;

	json_array_foreach(json_object_get(config, "topicIds"), i, id)
	{
		int			t = topic_index(json_integer_value(id));

		json_array_append_new(list, json_pack("{s:O,s:s}", "id", id, "name",
											  t < 0 ? "?" : topics[t].name));
	}
	return list;
}

/* The text, or another where there is none. */
static const char *
either(const char *text, const char *other)
{
	return text ? text : other;
}

json_t *
saved_audience(const SimConfig *c, const char *id, const json_t *config)
{
	const char *status = saved_status_of(c, id);
	bool		draft = strcmp(status, "draft") == 0;
	const char *latest = c->dates[c->date_count - 1];
	char		name[32];
	char		refreshed[32];

	snprintf(name, sizeof(name), "Audience %.8s", id);
	snprintf(refreshed, sizeof(refreshed), "%sT05:30:00.000Z", latest);
	return json_pack("{s:s,s:s,s:s,s:O,s:o,s:o,s:o,s:s,s:s}",
					 "id", id, "name", either(saved_text(c, id, "name"), name),
					 "status", status,
					 "config", config, "topics", topics_of(config),
					 "audienceSize", draft ? json_null() : json_integer(count_people(c, config, latest)),
					 "lastRefreshedAt", draft ? json_null() : json_string(refreshed),
					 "createdAt", either(saved_text(c, id, "createdAt"), "2026-04-01T08:00:00.000Z"),
					 "updatedAt", either(saved_text(c, id, "updatedAt"), "2026-11-01T12:34:56.789Z"));
}

static const Argument no_arguments[] = {{0}};

static const Argument date_argument[] = {
	{.name = "date",.is_date = true},
	{0}
};

/* GET /v1/intent/audiences */
void
saved_list(Exchange *x)
{
	json_t	   *rows;
	const char *id;
	json_t	   *config;

	if (!arguments_check(x, no_arguments))
		return;
	rows = json_array();
	json_object_foreach((json_t *) x->config->audiences, id, config)
		json_array_append_new(rows, saved_audience(x->config, id, config));
	reply_document(x, 200, rows, NULL);
}

/* GET /v1/intent/audiences/{id} */
void
saved_one(Exchange *x)
{
	char		id[SAVED_ID_SIZE];
	const json_t *config = audience_of_path(x);

	if (config && saved_path_id(x, id) && arguments_check(x, no_arguments))
		reply_document(x, 200, saved_audience(x->config, id, config), NULL);
}

bool
saved_path_id(const Exchange *x, char id[SAVED_ID_SIZE])
{
	if (!path_segment(x, 3, id, SAVED_ID_SIZE))
		return false;
	for (char *c = id; *c; c++)
		*c = (char) tolower((unsigned char) *c);
	return true;
}

static bool
is_draft(const Exchange *x)
{
	char		id[SAVED_ID_SIZE];

	return saved_path_id(x, id) && strcmp(saved_status_of(x->config, id), "draft") == 0;
}

/* GET /v1/intent/audiences/{id}/runs */
void
saved_runs(Exchange *x)
{
	const json_t *config = audience_of_path(x);
	json_t	   *rows;

	if (!config || !arguments_check(x, no_arguments))
		return;
	rows = json_array();
	for (int i = 0; i < x->config->date_count && !is_draft(x); i++)
	{
		const char *date = x->config->dates[i];
		char		key[32];
		char		created[32];

		snprintf(key, sizeof(key), "run_%s", date);
		snprintf(created, sizeof(created), "%sT05:00:00Z", date);
		json_array_append_new(rows,
							  json_pack("{s:s,s:s,s:s,s:i,s:s,s:b}", "cacheKey", key,
										"dataDate", date, "status", "ready", "totalCount",
										count_people(x->config, config, date),
										"createdAt", created, "hasExport", i == 0));
	}
	reply_document(x, 200, rows, NULL);
}

/* The date asked for, else the latest; NULL if there is no such run. */
static const char *
asked_date(const Exchange *x)
{
	const char *date = exchange_argument(x, "date");

	if (is_draft(x))
		return NULL;
	if (!date)
		return x->config->dates[x->config->date_count - 1];
	return runs_known(x->config, date) ? date : NULL;
}

static json_t *
percent_filled(const Result *r, Attr a)
{
	size_t		filled = 0;

	for (size_t i = 0; i < r->count; i++)
		filled += person_value(r->hits[i].person, a) >= 0;
	return json_real(r->count ? (double) (long) (1000.0 * (double) filled / (double) r->count) / 10 : 0);
}

/* GET /v1/intent/audiences/{id}/stats */
void
saved_stats(Exchange *x)
{
	static const Attr attrs[] = {ATTR_EMAIL, ATTR_FIRST_NAME, ATTR_COMPANY, ATTR_JOB_TITLE, ATTR_PHONES};
	const json_t *config = audience_of_path(x);
	const char *date;
	json_t	   *fields;
	Result	   *r;

	if (!config || !arguments_check(x, date_argument))
		return;
	date = asked_date(x);
	if (!date)
	{
		reply_error(&x->reply, 404, "Audience is not materialized");
		return;
	}
	r = people_of(x->config, config, date);
	fields = json_object();
	for (size_t i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++)
		json_object_set_new(fields, attr_json_name(attrs[i]), percent_filled(r, attrs[i]));
	reply_document(x, 200, json_pack("{s:o,s:i,s:s}", "fields", fields, "total",
									 (int) r->count, "dataDate", date), NULL);
	result_release(r);
}

/* GET /v1/intent/audiences/{id}/status */
void
saved_status(Exchange *x)
{
	const json_t *config = audience_of_path(x);
	const char *date;
	char		run[32];

	if (!config || !arguments_check(x, date_argument))
		return;
	date = asked_date(x);
	if (!date)
	{
		reply_document(x, 200, json_pack("{s:s,s:i,s:n,s:n}", "status", "none",
										 "totalCount", 0, "dataDate", "runId"), NULL);
		return;
	}
	snprintf(run, sizeof(run), "run_%s", date);
	reply_document(x, 200, json_pack("{s:s,s:i,s:s,s:s}", "status", "ready", "totalCount",
									 count_people(x->config, config, date),
									 "dataDate", date, "runId", run), NULL);
}

/* POST /v1/intent/audiences/{id}/export?date=: the link has a signature */
void
saved_export(Exchange *x)
{
	const json_t *config = audience_of_path(x);
	const char *date;
	char		id[SAVED_ID_SIZE];
	Buf			link = {0};
	Buf			file = {0};

	if (!config || !saved_path_id(x, id) || !arguments_check(x, date_argument))
		return;
	date = asked_date(x);
	if (!date)
	{
		reply_error(&x->reply, 404, "Audience is not materialized");
		return;
	}
	buf_printf(&file, "audience-%.8s-%s.csv", id, date);
	buf_printf(&link, "https://files.leadpipe.example/%s?X-Signature=5ecre7&X-Expires=86400", file.data);
	reply_document(x, 200, json_pack("{s:s,s:s,s:i,s:s,s:i,s:b}", "downloadUrl", link.data,
									 "fileName", file.data, "rows", count_people(x->config, config, date),
									 "dataDate", date, "expiresIn", 86400, "cached", 0), NULL);
	buf_free(&link);
	buf_free(&file);
}
