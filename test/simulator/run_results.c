/*
 * run_results.c: sites and runs, see run_results.h.
 *
 * Runs are named "run_" and their date.
 */
#include "run_results.h"

#include <stdio.h>

#include "arguments.h"
#include "audience.h"
#include "catalogue.h"
#include "hash.h"
#include "people.h"
#include "result.h"
#include "runs.h"

static json_t *
site_topic(uint64_t h, int i)
{
	int			t = (int) ((h + (uint64_t) i * 7) % TOPIC_COUNT);
	json_t	   *row = catalogue_topic(t);

	json_object_set_new(row, "similarity", json_real((double) (95 - i * 6) / 100));
	json_object_set_new(row, "matchedKeyword", i == 0 ? json_null() : json_string("intent data"));
	return row;
}

/* POST /v1/intent/topics/analyze */
void
site_analyze(Exchange *x)
{
	const char *url = json_string_value(json_object_get(x->json, "url"));
	json_t	   *rows;
	uint64_t	h;

	if (!url || json_object_size(x->json) != 1 || strlen(url) < 10 || strncmp(url, "http", 4) != 0)
	{
		reply_error(&x->reply, 400, "url must be a URI of at least 10 characters, and nothing else");
		return;
	}
	h = hash_bytes(url, strlen(url), 13);
	rows = json_array();
	for (int i = 0; i < 3 + (int) (h % 4); i++)
		json_array_append_new(rows, site_topic(h, i));
	reply_document(x, 200,
				   json_pack("{s:s,s:s,s:[s,s],s:o,s:s}", "company", "Keen Compass",
							 "summary", "They sell \"intent\".", "keywords", "intent data", "b2b",
							 "topics", rows, "contentHash", "c0ffee"), NULL);
}

static json_t *
text_of(const Person *p, Attr a)
{
	Buf			b = {0};
	json_t	   *value;

	person_json(&b, p, a);
	value = json_loadb(b.data, b.len, JSON_DECODE_ANY, NULL);
	buf_free(&b);
	return value ? value : json_null();
}

static json_t *
matched_topics(uint64_t bits)
{
	json_t	   *list = json_array();

	for (; bits; bits &= bits - 1)
		json_array_append_new(list, catalogue_topic(__builtin_ctzll(bits)));
	return list;
}

static json_t *
result_row(const Hit *hit)
{
	Person		p;

	person_make(hit->person, &p);
	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:{s:o,s:o,s:o},s:{s:i,s:i,s:o}}",
					 "hashedEmail", text_of(&p, ATTR_HEM), "firstName", text_of(&p, ATTR_FIRST_NAME),
					 "lastName", text_of(&p, ATTR_LAST_NAME), "email", text_of(&p, ATTR_EMAIL),
					 "jobTitle", text_of(&p, ATTR_JOB_TITLE), "seniority", text_of(&p, ATTR_SENIORITY),
					 "department", text_of(&p, ATTR_DEPARTMENT),
					 "company", "name", text_of(&p, ATTR_COMPANY), "domain", text_of(&p, ATTR_COMPANY_DOMAIN),
					 "industry", text_of(&p, ATTR_COMPANY_INDUSTRY),
					 "intent", "score", hit->tenths / 10, "topicOverlap", __builtin_popcountll(hit->matched),
					 "matchedTopics", matched_topics(hit->matched));
}

static json_t *
run_document(const char *run, const char *state, json_t *rows, size_t total, int limit, int offset)
{
	return json_pack("{s:{s:s,s:s,s:s},s:s,s:o,s:i,s:i,s:i}", "run", "id", run, "status", state,
					 "dataDate", run + 4, "state", state, "results", rows,
					 "total", (int) total, "limit", limit, "offset", offset);
}

static void
send_results(Exchange *x, const json_t *config, const char *run)
{
	int			limit = argument_integer(x, "limit", 50);
	int			offset = argument_integer(x, "offset", 0);
	Query		q = {0};
	Buf			error = {0};
	Result	   *r;
	json_t	   *rows = json_array();

	query_apply_audience(config, &q, &error);
	r = result_get(&q, run + 4, true, x->config);
	for (size_t i = (size_t) offset; i < r->count && i < (size_t) offset + (size_t) limit; i++)
		json_array_append_new(rows, result_row(&r->hits[i]));
	reply_document(x, 200, run_document(run, "completed", rows, r->count, limit, offset), NULL);
	result_release(r);
	buf_free(&error);
}

/* GET /v1/intent/audiences/{id}/runs/{runId}/results */
void
run_results(Exchange *x)
{
	static const Argument arguments[] = {
		{.name = "limit",.low = 1,.high = 100},
		{.name = "offset",.low = 0,.high = 100000000},
		{0}
	};
	const json_t *config = audience_of_path(x);
	char		run[64];

	if (!config || !arguments_check(x, arguments))
		return;
	if (!path_segment(x, 5, run, sizeof(run)) || strncmp(run, "run_", 4) != 0 ||
		!runs_known(x->config, run + 4))
		reply_error(&x->reply, 404, "Run not found");
	else if (!exchange_argument(x, "offset") &&
			 runs_materializing(x->config, hash_bytes(x->path, strlen(x->path), 17)))
		reply_document(x, x->config->materialize_as_200 ? 200 : 202,
					   run_document(run, "running", json_array(), 0, 0, 0), NULL);
	else
		send_results(x, config, run);
}
