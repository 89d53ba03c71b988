/*
 * resource_saved.c
 *		Saved audiences, their runs, and what is known of each.
 *
 * Part of resource.c.
 */
#include "resource_private.h"

/* ---- GET /v1/intent/audiences ---- */

static const IntentColumnDef saved_columns[] = {
	{"id", "uuid", "id"},
	{"name", "text", "name"},
	{"status", "text", "status"},
	{"topic_ids", "integer[]", "config.topicIds",.optional = true},
	{"min_score", "integer", "config.minScore",.optional = true},
	{"max_score", "integer", "config.maxScore",.optional = true},
	{"min_topic_overlap", "integer", "config.minTopicOverlap",.optional = true},
	{"filters", "jsonb", "config.filters",.optional = true},
	{"audience_size", "bigint", "audienceSize",.optional = true},
	{"last_refreshed_at", "timestamptz", "lastRefreshedAt",.optional = true},
	{"created_at", "timestamptz", "createdAt"},
	{"updated_at", "timestamptz", "updatedAt"},
};

static const char *const saved_statuses[] = {"draft", "active", "paused", NULL};

/*
 * The wider of the limits that the API's documents have; it may take less, and
 * says so.
 */
static const IntentMember saved_members[] = {
	{"name", INTENT_MEMBER_TEXT, 1, 255,.required = true},
	{"status", INTENT_MEMBER_TEXT, 1, 20, saved_statuses,
	.required = true,.only_update = true},
	{"config.topicIds", INTENT_MEMBER_TOPICS, 1, 250,.required = true},
	{"config.minScore", INTENT_MEMBER_INTEGER, 1, 100,.at_most = "config.maxScore"},
	{"config.maxScore", INTENT_MEMBER_INTEGER, 1, 100},
	{"config.minTopicOverlap", INTENT_MEMBER_INTEGER, 1, 250},
	{"config.filters", INTENT_MEMBER_OBJECT},
};

static const IntentChanges saved_changes = {
	.path = "/v1/intent/audiences",
	.item_path = "/v1/intent/audiences/{id}",
	.key = "id",
	.deleted = "deleted",
	.members = saved_members,
	.nmembers = lengthof(saved_members),
};

const IntentResource resource_saved_audiences = {
	.name = "saved_audiences",
	.method = "GET",
	.path = "/v1/intent/audiences",
	.document = {.has_more = "meta.hasMore"},
	.columns = saved_columns,
	.ncolumns = lengthof(saved_columns),
	.max_topics = 250,
	.rows = 20,
	.changes = &saved_changes,
};

/* ---- GET /v1/intent/audiences/{audienceId}: one of them ---- */

/* By the audience alone. */
static const IntentFilter by_id_filters[] = {
	{"audienceId", INTENT_FILTER_AUDIENCE, "audienceId", NULL,
	0, 0, 0, 1.0, "=, IN, = ANY",.input_group = 1,.echo = true},
};

static const IntentColumnDef one_columns[] = {
	{"audience_id", "uuid", "audienceId",.filter = "audienceId"},
	{"name", "text", "name"},
	{"status", "text", "status"},
	{"topic_ids", "integer[]", "config.topicIds",.optional = true},
	{"min_score", "integer", "config.minScore",.optional = true},
	{"max_score", "integer", "config.maxScore",.optional = true},
	{"min_topic_overlap", "integer", "config.minTopicOverlap",.optional = true},
	{"filters", "jsonb", "config.filters",.optional = true},
	{"source_url", "text", "config.sourceUrl",.optional = true},
	{"topics", "jsonb", "topics"},
	{"audience_size", "bigint", "audienceSize",.optional = true},
	{"last_refreshed_at", "timestamptz", "lastRefreshedAt",.optional = true},
	{"created_at", "timestamptz", "createdAt"},
	{"updated_at", "timestamptz", "updatedAt"},
};

const IntentResource resource_saved_audience = {
	.name = "saved_audience",
	.method = "GET",
	.path = "/v1/intent/audiences/{audienceId}",
	.document = {.form = INTENT_ROWS_OBJECT},
	.filters = by_id_filters,
	.nfilters = lengthof(by_id_filters),
	.columns = one_columns,
	.ncolumns = lengthof(one_columns),
	.missing = "a saved audience",
	.example = "WHERE audience_id = '11111111-2222-4333-8444-555555555555'",
	.rows = 1,
};

/* ---- GET /v1/intent/audiences/{audienceId}/runs ---- */

static const IntentColumnDef runs_columns[] = {
	{"audience_id", "uuid", "audienceId",.filter = "audienceId"},
	{"cache_key", "text", "cacheKey"},
	{"data_date", "date", "dataDate"},
	{"status", "text", "status"},
	{"total_count", "bigint", "totalCount"},
	{"created_at", "timestamptz", "createdAt"},
	{"has_export", "boolean", "hasExport"},
};

const IntentResource resource_audience_runs = {
	.name = "audience_runs",
	.method = "GET",
	.path = "/v1/intent/audiences/{audienceId}/runs",
	.document = {.has_more = "meta.hasMore"},
	.filters = by_id_filters,
	.nfilters = lengthof(by_id_filters),
	.columns = runs_columns,
	.ncolumns = lengthof(runs_columns),
	.missing = "a saved audience",
	.example = "WHERE audience_id = '11111111-2222-4333-8444-555555555555'",
	.rows = 30,
};

/* ---- GET /v1/intent/audiences/{audienceId}/stats: a row for each field ---- */

static const IntentFilter dated_filters[] = {
	{"audienceId", INTENT_FILTER_AUDIENCE, "audienceId", NULL,
	0, 0, 0, 1.0, "=, IN, = ANY",.input_group = 1,.echo = true},
	{"date", INTENT_FILTER_DATE, "date", NULL,
	0, 0, 0, 1.0, "=, IN, = ANY, BETWEEN"},
};

static const IntentColumnDef stats_columns[] = {
	{"audience_id", "uuid", "audienceId",.filter = "audienceId"},
	{"field", "text", "field",.paths = {"$name"}},
	{"percent", "numeric", "percent",.paths = {"$value"}},
	{"total", "bigint", "total", INTENT_SOURCE_OUTER, {"data.total"}},
	{"data_date", "date", "dataDate", INTENT_SOURCE_META_DATE,.filter = "date"},
};

const IntentResource resource_audience_stats = {
	.name = "audience_stats",
	.method = "GET",
	.path = "/v1/intent/audiences/{audienceId}/stats",
	.document = {
		.form = INTENT_ROWS_MEMBERS,
		.rows = "fields",
		.data_date = "data.dataDate",
	},
	.filters = dated_filters,
	.nfilters = lengthof(dated_filters),
	.columns = stats_columns,
	.ncolumns = lengthof(stats_columns),
	.missing = "a saved audience",
	.example = "WHERE audience_id = '11111111-2222-4333-8444-555555555555'",
	.rows = 50,
};

/* ---- GET /v1/intent/audiences/{audienceId}/status: one row ---- */

static const IntentColumnDef status_columns[] = {
	{"audience_id", "uuid", "audienceId",.filter = "audienceId"},
	{"status", "text", "status"},
	{"total_count", "bigint", "totalCount"},
	{"data_date", "date", "dataDate",.filter = "date"},
	{"run_id", "text", "runId"},
};

const IntentResource resource_audience_status = {
	.name = "audience_status",
	.method = "GET",
	.path = "/v1/intent/audiences/{audienceId}/status",
	.document = {.form = INTENT_ROWS_OBJECT},
	.filters = dated_filters,
	.nfilters = lengthof(dated_filters),
	.columns = status_columns,
	.ncolumns = lengthof(status_columns),
	.missing = "a saved audience",
	.example = "WHERE audience_id = '11111111-2222-4333-8444-555555555555'",
	.rows = 1,
};

/* ---- POST /v1/intent/audiences/{audienceId}/export: one row ---- */

static const IntentColumnDef export_columns[] = {
	{"download_url", "text", "downloadUrl"},
	{"rows", "bigint", "rows"},
	{"data_date", "date", "dataDate"},
	{"file_name", "text", "fileName"},
	{"expires_in", "bigint", "expiresIn"},
	{"cached", "boolean", "cached"},
};

const IntentResource resource_audience_export = {
	.name = "audience_export",
	.method = "POST",
	.path = "/v1/intent/audiences/{audienceId}/export",
	.document = {.form = INTENT_ROWS_OBJECT},
	.in_query = true,
	.filters = dated_filters,
	.nfilters = lengthof(dated_filters),
	.columns = export_columns,
	.ncolumns = lengthof(export_columns),
	.rows = 1,
};
