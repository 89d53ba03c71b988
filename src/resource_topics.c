/*
 * resource_topics.c
 *		The catalogue of topics, and how audiences of topics move.
 *
 * Part of resource.c.  None of this needs a key; with one the API allows more
 * requests.
 */
#include "resource_private.h"

static const char *const topic_types[] = {"b2b", "b2c", "both", NULL};

/* ---- GET /v1/intent/topics: the whole catalogue ---- */

/*
 * What "q" matches is not said, so a condition on the name goes into it only
 * where the user says that parts match.
 */
static const IntentFilter topics_filters[] = {
	{"type", INTENT_FILTER_STRING, "type", NULL,
	0, 0, 100, 0.5, "=, IN, = ANY",.values = topic_types},
	{"industry", INTENT_FILTER_STRING, "industry", NULL,
	0, 0, 100, 0.05, "=, IN, = ANY"},
	{"category", INTENT_FILTER_STRING, "category", NULL,
	0, 0, 100, 0.02, "=, IN, = ANY"},
	{"q", INTENT_FILTER_STRING, "q", NULL,
		0, 0, 100, 0.01, "=, IN, = ANY, LIKE, ILIKE under match 'contains'",
	.contains_only = true},
};

static const IntentColumnDef topics_columns[] = {
	{"topic_id", "integer", "topicId"},
	{"topic_name", "text", "topicName",.filter = "q"},
	{"type", "text", "type",.filter = "type"},
	{"industry", "text", "industry",.filter = "industry"},
	{"category", "text", "category",.filter = "category"},
};

const IntentResource resource_topics = {
	.name = "topics",
	.method = "GET",
	.path = "/v1/intent/topics",
	.document = {.has_more = "meta.hasMore"},
	.key_optional = true,
	.filters = topics_filters,
	.nfilters = lengthof(topics_filters),
	.columns = topics_columns,
	.ncolumns = lengthof(topics_columns),
	.rows = 20000,
};

/* ---- GET /v1/intent/topics/facets: {"types": [{value, count}, ...], ...} ---- */

static const IntentColumnDef facets_columns[] = {
	{"facet", "text", "facet",.paths = {"$name"}},
	{"value", "text", "value"},
	{"topics", "bigint", "count"},
};

const IntentResource resource_topic_facets = {
	.name = "topic_facets",
	.method = "GET",
	.path = "/v1/intent/topics/facets",
	.document = {.form = INTENT_ROWS_LISTS,.has_more = "meta.hasMore"},
	.key_optional = true,
	.columns = facets_columns,
	.ncolumns = lengthof(facets_columns),
	.rows = 200,
};

/* ---- GET /v1/intent/topics/search: the 50 topics that fit a text best ---- */

static const IntentFilter search_filters[] = {
	{"q", INTENT_FILTER_STRING, "q", NULL,
	0, 0, 100, 1.0, "=, IN, = ANY",.input_group = 1,.echo = true},
	{"type", INTENT_FILTER_STRING, "type", NULL,
	0, 0, 100, 0.5, "=, IN, = ANY",.values = topic_types},
	{"industry", INTENT_FILTER_STRING, "industry", NULL,
	0, 0, 100, 0.1, "=, IN, = ANY"},
};

static const IntentColumnDef search_columns[] = {
	{"q", "text", "q",.filter = "q"},
	{"topic_id", "integer", "topicId"},
	{"topic_name", "text", "topicName"},
	{"type", "text", "type",.filter = "type"},
	{"industry", "text", "industry",.filter = "industry"},
	{"category", "text", "category"},
};

const IntentResource resource_topic_search = {
	.name = "topic_search",
	.method = "GET",
	.path = "/v1/intent/topics/search",
	.document = {.has_more = "meta.hasMore"},
	.limit_field = "limit",
	.max_page_size = 50,
	.capped = true,
	.key_optional = true,
	.filters = search_filters,
	.nfilters = lengthof(search_filters),
	.columns = search_columns,
	.ncolumns = lengthof(search_columns),
	.missing = "a text to search for",
	.example = "WHERE q = 'data'",
	.rows = 20,
};

/* ---- GET /v1/intent/topics/{topicId}/trend ---- */

static const IntentFilter trend_filters[] = {
	{"topicId", INTENT_FILTER_INTEGER, "topicId", NULL,
	0, 0, 0, 1.0, "=, IN, = ANY",.input_group = 1,.echo = true},
};

static const IntentColumnDef trend_columns[] = {
	{"topic_id", "integer", "topicId",.filter = "topicId"},
	{"date", "date", "date"},
	{"topic_name", "text", "topicName"},
	{"type", "text", "type"},
	{"industry", "text", "industry"},
	{"category", "text", "category"},
	{"unique_audience", "bigint", "uniqueAudience"},
	{"total_signals", "bigint", "totalSignals"},
	{"avg_score", "numeric", "avgScore"},
	{"high_audience", "bigint", "highAudience"},
	{"medium_audience", "bigint", "mediumAudience"},
	{"low_audience", "bigint", "lowAudience"},
};

const IntentResource resource_topic_trend = {
	.name = "topic_trend",
	.method = "GET",
	.path = "/v1/intent/topics/{topicId}/trend",
	.document = {.has_more = "meta.hasMore"},
	.key_optional = true,
	.filters = trend_filters,
	.nfilters = lengthof(trend_filters),
	.columns = trend_columns,
	.ncolumns = lengthof(trend_columns),
	.missing = "a topic",
	.example = "WHERE topic_id = 117801",
	.rows = 30,
};

/* ---- POST /v1/intent/topics/compare: a row for each topic asked for ---- */

static const IntentFilter compare_filters[] = {
	{"topicIds", INTENT_FILTER_TOPICS, "topicIds", NULL,
	0, 0, 0, 1.0, "=, IN, = ANY",.input_group = 1},
};

static const IntentColumnDef compare_columns[] = {
	{"topic_id", "integer", "topicId",.filter = "topicIds"},
	{"topic_name", "text", "topicName"},
	{"days", "jsonb", "data"},
};

const IntentResource resource_topic_compare = {
	.name = "topic_compare",
	.method = "POST",
	.path = "/v1/intent/topics/compare",
	.document = {.has_more = "meta.hasMore"},
	.max_topics = 10,
	.key_optional = true,
	.filters = compare_filters,
	.nfilters = lengthof(compare_filters),
	.columns = compare_columns,
	.ncolumns = lengthof(compare_columns),
	.missing = "a topic",
	.example = "WHERE topic_id IN (117801, 102391)",
	.rows = 1,
};

/* ---- GET /v1/intent/topics/movers: the top 50 ---- */

static const IntentFilter movers_filters[] = {
	{"direction", INTENT_FILTER_STRING, "direction", NULL,
	0, 0, 0, 1.0, "=, IN, = ANY",.echo = true},
	{"type", INTENT_FILTER_STRING, "type", NULL,
	0, 0, 100, 0.5, "=, IN, = ANY",.values = topic_types},
	{"industry", INTENT_FILTER_STRING, "industry", NULL,
	0, 0, 100, 0.1, "=, IN, = ANY"},
};

static const IntentColumnDef movers_columns[] = {
	{"direction", "text", "direction",.filter = "direction"},
	{"topic_id", "integer", "topicId"},
	{"topic_name", "text", "topicName"},
	{"type", "text", "type",.filter = "type"},
	{"industry", "text", "industry",.filter = "industry"},
	{"today_audience", "bigint", "todayAudience"},
	{"yesterday_audience", "bigint", "yesterdayAudience"},
	{"pct_change", "numeric", "pctChange"},
};

const IntentResource resource_topic_movers = {
	.name = "topic_movers",
	.method = "GET",
	.path = "/v1/intent/topics/movers",
	.document = {.has_more = "meta.hasMore"},
	.limit_field = "limit",
	.max_page_size = 50,
	.capped = true,
	.key_optional = true,
	.filters = movers_filters,
	.nfilters = lengthof(movers_filters),
	.columns = movers_columns,
	.ncolumns = lengthof(movers_columns),
	.rows = 50,
};

/* ---- POST /v1/intent/topics/analyze: topics that a site is about ---- */

static const IntentFilter site_filters[] = {
	{"url", INTENT_FILTER_STRING, "url", NULL,
	0, 0, 0, 1.0, "=, IN, = ANY",.input_group = 1,.echo = true},
};

static const IntentColumnDef site_columns[] = {
	{"url", "text", "url",.filter = "url"},
	{"topic_id", "integer", "topicId"},
	{"topic_name", "text", "topicName"},
	{"type", "text", "type"},
	{"industry", "text", "industry"},
	{"category", "text", "category"},
	{"similarity", "numeric", "similarity"},
	{"matched_keyword", "text", "matchedKeyword"},
	{"company", "text", "company", INTENT_SOURCE_OUTER, {"data.company"}},
	{"summary", "text", "summary", INTENT_SOURCE_OUTER, {"data.summary"}},
	{"keywords", "text[]", "keywords", INTENT_SOURCE_OUTER, {"data.keywords"}},
	{"content_hash", "text", "contentHash", INTENT_SOURCE_OUTER, {"data.contentHash"}},
};

const IntentResource resource_site_topics = {
	.name = "site_topics",
	.method = "POST",
	.path = "/v1/intent/topics/analyze",
	.document = {.rows = "topics",.has_more = "meta.hasMore"},
	.capped = true,
	.key_optional = true,
	.rate = {30, 60000},
	.keyless_rate = {2, 60000},
	.filters = site_filters,
	.nfilters = lengthof(site_filters),
	.columns = site_columns,
	.ncolumns = lengthof(site_columns),
	.missing = "the address of a site",
	.example = "WHERE url = 'https://www.example.com'",
	.rows = 10,
};
