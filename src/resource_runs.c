/*
 * resource_runs.c
 *		The next generation of the API: results of a single run.
 *
 * Part of resource.c.  Rows are nested, and pages follow by offset.
 */
#include "resource_private.h"

static const char *const run_ready[] = {"ready", "completed", NULL};
static const char *const run_pending[] = {"queued", "running", "materializing", NULL};

/* ---- GET /v1/intent/audiences/{audienceId}/runs/{runId}/results ---- */

static const IntentFilter run_results_filters[] = {
	{"audienceId", INTENT_FILTER_AUDIENCE, "audienceId", NULL,
	0, 0, 0, 1.0, "=, IN, = ANY",.input_group = 1,.echo = true},
	{"runId", INTENT_FILTER_STRING, "runId", NULL,
	0, 0, 0, 1.0, "=, IN, = ANY",.input_group = 2,.echo = true},
};

static const IntentColumnDef run_results_columns[] = {
	{"audience_id", "uuid", "audienceId",.filter = "audienceId"},
	{"run_id", "text", "runId",.filter = "runId"},
	{"hashed_email", "text", "hashedEmail"},
	{"first_name", "text", "firstName"},
	{"last_name", "text", "lastName"},
	{"full_name", "text", "fullName"},
	{"business_email", "text", "businessEmail"},
	{"personal_email", "text", "personalEmail"},
	{"email", "text", "email"},
	{"phone", "text", "phone"},
	{"linkedin_url", "text", "linkedinUrl"},
	{"headline", "text", "headline"},
	{"job_title", "text", "jobTitle"},
	{"seniority", "text", "seniority"},
	{"department", "text", "department"},
	{"company", "text", "company.name"},
	{"company_domain", "text", "company.domain"},
	{"company_industry", "text", "company.industry"},
	{"intent_score", "integer", "intent.score"},
	{"topic_overlap", "integer", "intent.topicOverlap"},
	{"matched_topics", "jsonb", "intent.matchedTopics"},
	{"data_date", "date", "dataDate", INTENT_SOURCE_META_DATE},
	{"person", "jsonb", "person", INTENT_SOURCE_ROW},
};

const IntentResource resource_audience_run_results = {
	.name = "audience_run_results",
	.method = "GET",
	.path = "/v1/intent/audiences/{audienceId}/runs/{runId}/results",
	.document = {
		.paging = INTENT_PAGING_OFFSET,
		.rows = "results",
		.status = "data.state",
		.data_date = "data.run.dataDate",
		.total = "data.total",
		.ready = run_ready,
		.pending = run_pending,
	},
	.limit_field = "limit",
	.page_field = "offset",
	.max_page_size = 100,
	.conflicts = true,
	.filters = run_results_filters,
	.nfilters = lengthof(run_results_filters),
	.columns = run_results_columns,
	.ncolumns = lengthof(run_results_columns),
	.missing = "a saved audience and one of its runs",
	.example = "WHERE audience_id = '11111111-2222-4333-8444-555555555555' AND run_id = '...'",
	.rows = 10000,
};
