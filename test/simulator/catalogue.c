/*
 * catalogue.c: topics, trends, movers and filter values, see catalogue.h.
 */
#include "catalogue.h"

#include <stdlib.h>

#include "arguments.h"
#include "people.h"
#include "runs.h"
#include "topics.h"

static const char *const types[] = {"b2b", "b2c", "both"};

static const char *const industries[] = {
	"software development", "software", "banking", "retail",
	"Forschung & Lehre", "hospitals and health care", NULL
};

static const char *const categories[] = {"sales", "data", "security", "a/b + c?", "home"};

/* What a row says of a topic beside its id. */
static json_t *
describe_topic(int t)
{
	const char *industry = industries[t % 7];

	return json_pack("{s:s,s:s,s:o,s:s}", "topicName", topics[t].name,
					 "type", types[t * 5 % 3],
					 "industry", industry ? json_string(industry) : json_null(),
					 "category", categories[t % 5]);
}

json_t *
catalogue_topic(int t)
{
	json_t	   *row = json_pack("{s:i}", "topicId", topics[t].id);

	json_object_update_new(row, describe_topic(t));
	return row;
}

static bool
contains_folded(const char *text, const char *part)
{
	Buf			a = {0};
	Buf			b = {0};
	bool		found;

	buf_grow(&a, strlen(text));
	buf_grow(&b, strlen(part));
	fold_case(&a, text, strlen(text));
	fold_case(&b, part, strlen(part));
	found = strstr(a.data ? a.data : "", b.data ? b.data : "") != NULL;
	buf_free(&a);
	buf_free(&b);
	return found;
}

/* Does the topic have what the argument of that name asks for? */
static bool
topic_has(const Exchange *x, const json_t *row, const char *name)
{
	const char *wanted = exchange_argument(x, name);
	const char *text = json_string_value(json_object_get(row, name));

	if (!wanted)
		return true;
	if (!text)
		return false;
	if (!x->config->wide)
		return strcmp(text, wanted) == 0;
	return contains_folded(text, wanted) ||
		(strcmp(name, "type") == 0 && strcmp(text, "both") == 0);
}

static bool
topic_is_wanted(const Exchange *x, const json_t *row)
{
	const char *q = exchange_argument(x, "q");

	return topic_has(x, row, "type") && topic_has(x, row, "industry") &&
		topic_has(x, row, "category") &&
		(!q || contains_folded(json_string_value(json_object_get(row, "topicName")), q));
}

/* The topics that the query string asks for, no more than "most". */
static json_t *
topics_wanted(const Exchange *x, int most)
{
	json_t	   *rows = json_array();

	for (int t = 0; t < TOPIC_COUNT && (int) json_array_size(rows) < most; t++)
	{
		json_t	   *row = catalogue_topic(t);

		if (topic_is_wanted(x, row))
			json_array_append(rows, row);
		json_decref(row);
	}
	return rows;
}

/* The two forms of meta that have been seen; neither is that of people. */
static json_t *
topics_meta(const SimConfig *c, size_t count)
{
	if (c->catalogue_openapi)
		return json_pack("{s:i,s:i,s:i,s:b}", "total", (int) count, "page", 1,
						 "pageSize", (int) count, "hasMore", 0);
	return json_pack("{s:i,s:i,s:{}}", "count", (int) count, "total", TOPIC_COUNT, "filters");
}

/* GET /v1/intent/topics */
void
catalogue_topics(Exchange *x)
{
	static const Argument arguments[] = {
		{.name = "type",.words = "|b2b|b2c|both|"},
		{.name = "industry",.max_length = 100},
		{.name = "category",.max_length = 100},
		{.name = "q",.max_length = 100},
		{0}
	};
	json_t	   *rows;

	if (!arguments_check(x, arguments))
		return;
	rows = topics_wanted(x, TOPIC_COUNT);
	reply_document(x, 200, rows, topics_meta(x->config, json_array_size(rows)));
}

/* GET /v1/intent/topics/search: topics whose name holds q, as many as limit */
void
catalogue_search(Exchange *x)
{
	static const Argument arguments[] = {
		{.name = "q",.max_length = 100,.required = true},
		{.name = "type",.words = "|b2b|b2c|both|"},
		{.name = "industry",.max_length = 100},
		{.name = "limit",.low = 1,.high = 50},
		{0}
	};

	if (arguments_check(x, arguments))
		reply_document(x, 200, topics_wanted(x, argument_integer(x, "limit", 10)), NULL);
}

/* How many topics have each value of a member, in order of appearance. */
static json_t *
facet(const char *member)
{
	json_t	   *counts = json_object();
	json_t	   *list = json_array();
	const char *value;
	json_t	   *count;

	for (int t = 0; t < TOPIC_COUNT; t++)
	{
		json_t	   *row = catalogue_topic(t);
		const char *text = json_string_value(json_object_get(row, member));

		if (text)
			json_object_set_new(counts, text,
								json_integer(json_integer_value(json_object_get(counts, text)) + 1));
		json_decref(row);
	}
	json_object_foreach(counts, value, count)
		json_array_append_new(list, json_pack("{s:s,s:O}", "value", value, "count", count));
	json_decref(counts);
	return list;
}

/* GET /v1/intent/topics/facets */
void
catalogue_facets(Exchange *x)
{
	static const Argument none[] = {{0}};

	if (arguments_check(x, none))
		reply_document(x, 200, json_pack("{s:o,s:o,s:o}", "types", facet("type"),
										 "industries", facet("industry"),
										 "categories", facet("category")), NULL);
}

/* Scores of a topic on a date, counted. */
typedef struct Audience
{
	int			people;
	int			signals;
	double		sum;
	int			high;
	int			medium;
	int			low;
} Audience;

static Audience
count_audience(int topic, const char *date)
{
	Audience	a = {0};
	const DateIndex *index;

	data_lock();
	index = date_index(date);
	for (size_t i = index->start[topic]; i < index->start[topic + 1]; i++)
	{
		int			score = index->postings[i].whole / 10;

		a.people++;
		a.signals += 1 + score / 20;
		a.sum += score;
		a.high += score >= 80;
		a.medium += score >= 50 && score < 80;
		a.low += score < 50;
	}
	data_unlock();
	return a;
}

static json_t *
average(const Audience *a)
{
	return a->people ? json_real((double) (long) (a->sum / a->people * 100) / 100) : json_null();
}

/* What a topic's audience was on a date. */
static json_t *
day(int topic, const char *date)
{
	Audience	a = count_audience(topic, date);

	return json_pack("{s:s,s:i,s:i,s:o,s:i,s:i,s:i}", "date", date,
					 "uniqueAudience", a.people, "totalSignals", a.signals,
					 "avgScore", average(&a), "highAudience", a.high,
					 "mediumAudience", a.medium, "lowAudience", a.low);
}

/* GET /v1/intent/topics/{topicId}/trend */
void
catalogue_trend(Exchange *x)
{
	static const Argument none[] = {{0}};
	char		id[32];
	int			topic;
	json_t	   *rows;

	if (!arguments_check(x, none))
		return;
	topic = path_segment(x, 3, id, sizeof(id)) ? topic_index(atoll(id)) : -1;
	if (topic < 0)
	{
		reply_error(&x->reply, 404, "Topic not found");
		return;
	}
	rows = json_array();
	for (int i = 0; i < x->config->date_count; i++)
	{
		json_t	   *row = day(topic, x->config->dates[i]);

		json_object_update_new(row, describe_topic(topic));
		json_array_append_new(rows, row);
	}
	reply_document(x, 200, rows, NULL);
}

/* One topic of a comparison. */
static json_t *
compared(const SimConfig *c, int topic)
{
	json_t	   *days = json_array();

	for (int i = 0; i < c->date_count; i++)
		json_array_append_new(days, day(topic, c->dates[i]));
	return json_pack("{s:i,s:s,s:o}", "topicId", topics[topic].id,
					 "topicName", topics[topic].name, "data", days);
}

/* POST /v1/intent/topics/compare: topics that nobody knows have no row */
void
catalogue_compare(Exchange *x)
{
	json_t	   *ids = json_object_get(x->json, "topicIds");
	json_t	   *rows;
	json_t	   *id;
	size_t		i;

	if (json_object_size(x->json) != 1 || json_array_size(ids) < 1 || json_array_size(ids) > 10)
	{
		reply_error(&x->reply, 400, "topicIds must be an array of 1 to 10 integers");
		return;
	}
	rows = json_array();
	json_array_foreach(ids, i, id)
	{
		int			topic = topic_index(json_integer_value(id));

		if (topic >= 0)
			json_array_append_new(rows, compared(x->config, topic));
	}
	reply_document(x, 200, rows, NULL);
}

typedef struct Mover
{
	int			topic;
	int			today;
	int			yesterday;
	double		change;
} Mover;

static int
by_rise(const void *a, const void *b)
{
	double		x = ((const Mover *) a)->change;
	double		y = ((const Mover *) b)->change;

	return x < y ? 1 : x > y ? -1 : ((const Mover *) a)->topic - ((const Mover *) b)->topic;
}

static int
by_fall(const void *a, const void *b)
{
	return by_rise(b, a);
}

static int
find_movers(const Exchange *x, bool up, Mover *list)
{
	const SimConfig *c = x->config;
	int			n = 0;

	for (int t = 0; t < TOPIC_COUNT && c->date_count > 1; t++)
	{
		json_t	   *row = catalogue_topic(t);
		Mover		m = {
			t, count_audience(t, c->dates[c->date_count - 1]).people,
			count_audience(t, c->dates[c->date_count - 2]).people, 0
		};

		if (m.yesterday > 0 && topic_is_wanted(x, row))
		{
			m.change = (double) (long) ((m.today - m.yesterday) * 1000.0 / m.yesterday) / 10;
			if (up ? m.change > 0 : m.change < 0)
				list[n++] = m;
		}
		json_decref(row);
	}
	qsort(list, (size_t) n, sizeof(Mover), up ? by_rise : by_fall);
	return n;
}

/* GET /v1/intent/topics/movers */
void
catalogue_movers(Exchange *x)
{
	static const Argument arguments[] = {
		{.name = "limit",.low = 1,.high = 50},
		{.name = "direction",.words = "|up|down|"},
		{.name = "type",.words = "|b2b|b2c|both|"},
		{.name = "industry",.max_length = 100},
		{0}
	};
	const char *direction = exchange_argument(x, "direction");
	Mover		movers[TOPIC_COUNT];
	int			n;
	json_t	   *rows;

	if (!arguments_check(x, arguments))
		return;
	n = find_movers(x, !direction || strcmp(direction, "up") == 0, movers);
	rows = json_array();
	for (int i = 0; i < n && i < argument_integer(x, "limit", 20); i++)
	{
		json_t	   *row = catalogue_topic(movers[i].topic);

		json_object_del(row, "category");
		json_object_set_new(row, "todayAudience", json_integer(movers[i].today));
		json_object_set_new(row, "yesterdayAudience", json_integer(movers[i].yesterday));
		json_object_set_new(row, "pctChange", json_real(movers[i].change));
		json_array_append_new(rows, row);
	}
	reply_document(x, 200, rows, NULL);
}

/* Distinct values of a dictionary that a filter may name. */
static json_t *
legal_values(Attr attr)
{
	const Dict *dict = attr_dict(attr);
	json_t	   *values = json_array();

	for (int i = 0; i < dict->count; i++)
	{
		bool		again = dict->values[i].text_len == 0;

		for (int k = 0; k < i && !again; k++)
			again = strcmp(dict->values[k].text, dict->values[i].text) == 0;
		if (!again)
			json_array_append_new(values, json_string(dict->values[i].text));
	}
	return values;
}

/* GET /v1/intent/audiences/filters */
void
catalogue_filters(Exchange *x)
{
	static const Argument none[] = {{0}};

	if (!arguments_check(x, none))
		return;
	reply_document(x, 200,
				   json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}",
							 "seniority", legal_values(ATTR_SENIORITY),
							 "companyIndustry", legal_values(ATTR_COMPANY_INDUSTRY),
							 "companySize", legal_values(ATTR_COMPANY_SIZE),
							 "department", legal_values(ATTR_DEPARTMENT),
							 "companyRevenueRange", legal_values(ATTR_COMPANY_REVENUE_RANGE),
							 "ageRange", legal_values(ATTR_AGE_RANGE),
							 "gender", legal_values(ATTR_GENDER),
							 "state", legal_values(ATTR_STATE)), NULL);
}
