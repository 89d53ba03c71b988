/*
 * resource_audience.c
 *		People: audiences by topics and filters.
 *
 * Part of resource.c.  Facts come from the API's published description;
 * limits are its own.
 */
#include "resource_private.h"

/*
 * POST /v1/intent/audiences/query: people interested in topics.
 *
 * The fractions are guesses for planning where nothing has been seen yet:
 * a company's own domain is rare, half of the people have a phone.
 */
static const IntentFilter audience_filters[] = {
	{"topicIds", INTENT_FILTER_TOPICS, "topicIds", NULL,
	0, 0, 0, 1.0, "=, IN, = ANY",.input_group = 1},
	{"intentScore", INTENT_FILTER_RANGE, "minScore", "maxScore",
	1, 100, 0, 1.0, "=, <, <=, >, >=, BETWEEN, IN"},
	{"minTopicOverlap", INTENT_FILTER_MINIMUM, "minTopicOverlap", NULL,
	1, 10, 0, 0.3, "=, >, >="},
	{"companyIndustry", INTENT_FILTER_STRINGS, "filters.companyIndustry", NULL,
	0, 0, 0, 0.05, "=, IN, = ANY"},
	{"seniority", INTENT_FILTER_STRINGS, "filters.seniority", NULL,
	0, 0, 0, 0.1, "=, IN, = ANY"},
	{"companySize", INTENT_FILTER_STRINGS, "filters.companySize", NULL,
	0, 0, 0, 0.1, "=, IN, = ANY"},
	{"department", INTENT_FILTER_STRINGS, "filters.department", NULL,
	0, 0, 0, 0.1, "=, IN, = ANY"},
	{"state", INTENT_FILTER_STRING, "filters.state", NULL,
	0, 0, 0, 0.03, "=, IN, = ANY"},
	{"companyRevenueRange", INTENT_FILTER_STRINGS, "filters.companyRevenueRange", NULL,
	0, 0, 0, 0.1, "=, IN, = ANY"},
	{"ageRange", INTENT_FILTER_STRINGS, "filters.ageRange", NULL,
	0, 0, 0, 0.15, "=, IN, = ANY"},
	{"gender", INTENT_FILTER_STRING, "filters.gender", NULL,
	0, 0, 0, 0.4, "=, IN, = ANY"},
	{"isB2b", INTENT_FILTER_YN, "filters.isB2b", NULL,
	0, 0, 0, 0.5, "boolean"},
	{"jobTitle", INTENT_FILTER_STRING, "filters.jobTitle", NULL,
	0, 0, 200, 0.01, "=, IN, = ANY"},
	{"hasBusinessEmail", INTENT_FILTER_BOOLEAN, "filters.hasBusinessEmail", NULL,
	0, 0, 0, 0.5, "boolean"},
	{"hasPersonalEmail", INTENT_FILTER_BOOLEAN, "filters.hasPersonalEmail", NULL,
	0, 0, 0, 0.5, "boolean"},
	{"hasLinkedin", INTENT_FILTER_BOOLEAN, "filters.hasLinkedin", NULL,
	0, 0, 0, 0.5, "boolean"},
	{"hasPhone", INTENT_FILTER_BOOLEAN, "filters.hasPhone", NULL,
	0, 0, 0, 0.5, "boolean"},
	{"companyDomain", INTENT_FILTER_STRING, "filters.companyDomain", NULL,
	0, 0, 255, 0.001, "=, IN, = ANY"},
	{"companyName", INTENT_FILTER_STRING, "filters.companyName", NULL,
	0, 0, 255, 0.001, "=, IN, = ANY"},
	{"audienceId", INTENT_FILTER_AUDIENCE, "audienceId", NULL,
	0, 0, 0, 1.0, "=, IN, = ANY",.input_group = 1},
	{"date", INTENT_FILTER_DATE, "date", NULL,
	0, 0, 0, 1.0, "=, IN, = ANY, BETWEEN"},
};

/*
 * Members of a row that the query, the preview and the results of a saved
 * audience have alike.  The seed's six come first, then those of the live
 * form.  Filters that a resource has not are none there.
 */
#define PERSON_COLUMNS_TO_COUNTRY \
	{"intent_score", "integer", "intentScore", INTENT_SOURCE_MEMBER, {NULL}, "intentScore", false}, \
	{"topic_id", "integer", "topicId", INTENT_SOURCE_MEMBER, {NULL}, "topicIds", false}, \
	{"email", "text", "email", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"company", "text", "company", INTENT_SOURCE_MEMBER, {NULL}, "companyName", false}, \
	{"job_title", "text", "jobTitle", INTENT_SOURCE_MEMBER, {NULL}, "jobTitle", false}, \
	{"topic_overlap", "integer", "topicOverlap", INTENT_SOURCE_MEMBER, {NULL}, "minTopicOverlap", true}, \
	{"company_revenue", "numeric", "companyRevenue", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"matched_topic_ids", "integer[]", "matchedTopicIds", INTENT_SOURCE_MEMBER, {NULL}, NULL, true}, \
	{"topic_name", "text", "topicName", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"first_name", "text", "firstName", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"last_name", "text", "lastName", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"age_range", "text", "ageRange", INTENT_SOURCE_MEMBER, {NULL}, "ageRange", false}, \
	{"gender", "text", "gender", INTENT_SOURCE_MEMBER, {NULL}, "gender", false}, \
	{"headline", "text", "headline", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"photo_url", "text", "photoUrl", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"linkedin_url", "text", "linkedinUrl", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"income_range", "text", "incomeRange", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"net_worth", "text", "netWorth", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"has_children", "text", "hasChildren", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"is_homeowner", "text", "isHomeowner", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"is_married", "text", "isMarried", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"address", "text", "address", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"city", "text", "city", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"state", "text", "state", INTENT_SOURCE_MEMBER, {NULL}, "state", false}, \
	{"zip", "text", "zip", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"personal_country", "text", "personalCountry", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"job_title_normalized", "text", "jobTitleNormalized", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"seniority", "text", "seniority", INTENT_SOURCE_MEMBER, {NULL}, "seniority", false}, \
	{"department", "text", "department", INTENT_SOURCE_MEMBER, {NULL}, "department", false}, \
	{"subdepartments", "text", "subdepartments", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"job_functions", "text", "jobFunctions", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"company_domain", "text", "companyDomain", INTENT_SOURCE_MEMBER, {NULL}, "companyDomain", false}, \
	{"company_industry", "text", "companyIndustry", INTENT_SOURCE_MEMBER, {NULL}, "companyIndustry", false}, \
	{"company_size", "text", "companySize", INTENT_SOURCE_MEMBER, {NULL}, "companySize", false}, \
	{"company_revenue_range", "text", "companyRevenueRange", INTENT_SOURCE_MEMBER, {NULL}, "companyRevenueRange", false}, \
	{"company_city", "text", "companyCity", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"company_state", "text", "companyState", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"company_zip", "text", "companyZip", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}

#define PERSON_COLUMNS_FROM_COUNTRY \
	{"company_linkedin_url", "text", "companyLinkedinUrl", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"company_description", "text", "companyDescription", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"company_naics", "text", "companyNaics", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"company_sic", "text", "companySic", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"phones", "text", "phones", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"direct_numbers", "text", "directNumbers", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"mobile_phones", "text", "mobilePhones", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"personal_phones", "text", "personalPhones", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"emails", "text", "emails", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"personal_email", "text", "personalEmail", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"personal_emails", "text", "personalEmails", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"business_email", "text", "businessEmail", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"business_emails", "text", "businessEmails", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}, \
	{"is_b2b", "boolean", "isB2b", INTENT_SOURCE_MEMBER, {NULL}, "isB2b", false}, \
	{"is_b2c", "boolean", "isB2c", INTENT_SOURCE_MEMBER, {NULL}, NULL, false}

#define PERSON_HAS_COLUMNS \
	{"has_business_email", "boolean", "hasBusinessEmail", INTENT_SOURCE_MEMBER, {NULL}, "hasBusinessEmail", false}, \
	{"has_personal_email", "boolean", "hasPersonalEmail", INTENT_SOURCE_MEMBER, {NULL}, "hasPersonalEmail", false}, \
	{"has_linkedin", "boolean", "hasLinkedin", INTENT_SOURCE_MEMBER, {NULL}, "hasLinkedin", false}, \
	{"has_phone", "boolean", "hasPhone", INTENT_SOURCE_MEMBER, {NULL}, "hasPhone", false}

static const IntentColumnDef audience_columns[] = {
	{"hem", "text", "hem", INTENT_SOURCE_MEMBER,
	{"hem", "hashedEmail", "emailHashes.sha256"}, NULL, false},
	PERSON_COLUMNS_TO_COUNTRY,
	{"company_country", "text", "country", INTENT_SOURCE_MEMBER, {NULL}, NULL, false},
	PERSON_COLUMNS_FROM_COUNTRY,
	{"email_hashes", "jsonb", "emailHashes", INTENT_SOURCE_MEMBER, {NULL}, NULL, false},
	{"all_email_hashes", "jsonb", "allEmailHashes", INTENT_SOURCE_MEMBER, {NULL}, NULL, false},
	PERSON_HAS_COLUMNS,
	{"audience_id", "uuid", "audienceId", INTENT_SOURCE_MEMBER, {NULL}, "audienceId", false},
	{"data_date", "date", "dataDate", INTENT_SOURCE_META_DATE, {NULL}, "date", false},
	{"person", "jsonb", "person", INTENT_SOURCE_ROW, {NULL}, NULL, true},
};

const IntentResource resource_audience = {
	.name = "audience",
	.method = "POST",
	.path = "/v1/intent/audiences/query",
	.document = {
		.paging = INTENT_PAGING_CURSOR,
		.status = "meta.status",
		.has_more = "meta.hasMore",
		.next_cursor = "meta.nextCursor",
		.cache_key = "meta.cacheKey",
		.data_date = "meta.dataDate",
		.total = "meta.totalCount",
		.ready = resource_ready,
		.pending = resource_materializing,
	},
	.limit_field = "limit",
	.page_field = "cursor",
	.max_page_size = 100,
	.max_topics = 10,
	.audience_rules = true,
	.one_run = true,
	.total_counts = true,
	.score = "intentScore",
	.matched_topics = "matchedTopicIds",
	.person = "hem",
	.filters = audience_filters,
	.nfilters = lengthof(audience_filters),
	.columns = audience_columns,
	.ncolumns = lengthof(audience_columns),
	.missing = "a topic or a saved audience",
	.example = "WHERE topic_id = 117801 AND intent_score >= 80",
	.rows = 10000,
};

const char *const resource_ready[] = {"ready", NULL};
const char *const resource_materializing[] = {"materializing", NULL};

/* ---- GET /v1/intent/audiences/{audienceId}/results ---- */

static const IntentFilter results_filters[] = {
	{"audienceId", INTENT_FILTER_AUDIENCE, "audienceId", NULL,
	0, 0, 0, 1.0, "=, IN, = ANY",.input_group = 1,.echo = true},
	{"date", INTENT_FILTER_DATE, "date", NULL,
	0, 0, 0, 1.0, "=, IN, = ANY, BETWEEN"},
};

static const IntentColumnDef results_columns[] = {
	{"audience_id", "uuid", "audienceId",.filter = "audienceId"},
	{"person_id", "text", "personId"},
	PERSON_COLUMNS_TO_COUNTRY,
	{"company_country", "text", "companyCountry"},
	PERSON_COLUMNS_FROM_COUNTRY,
	{"data_date", "date", "dataDate", INTENT_SOURCE_META_DATE,.filter = "date"},
	{"person", "jsonb", "person", INTENT_SOURCE_ROW},
};

const IntentResource resource_audience_results = {
	.name = "audience_results",
	.method = "GET",
	.path = "/v1/intent/audiences/{audienceId}/results",
	.document = {
		.paging = INTENT_PAGING_CURSOR,
		.status = "meta.status",
		.has_more = "meta.hasMore",
		.next_cursor = "meta.nextCursor",
		.data_date = "meta.dataDate",
		.total = "meta.totalCount",
		.ready = resource_ready,
		.pending = resource_materializing,
	},
	.limit_field = "limit",
	.page_field = "cursor",
	.max_page_size = 100,
	.total_counts = true,
	.filters = results_filters,
	.nfilters = lengthof(results_filters),
	.columns = results_columns,
	.ncolumns = lengthof(results_columns),
	.missing = "a saved audience",
	.example = "WHERE audience_id = '11111111-2222-4333-8444-555555555555'",
	.rows = 10000,
};

/* ---- POST /v1/intent/audiences/preview: 50 masked rows of the audience ---- */

static const IntentColumnDef preview_columns[] = {
	{"hem", "text", "hem",.paths = {"hem", "hashedEmail", "emailHashes.sha256"}},
	PERSON_COLUMNS_TO_COUNTRY,
	{"company_country", "text", "country"},
	PERSON_COLUMNS_FROM_COUNTRY,
	{"email_hashes", "jsonb", "emailHashes"},
	{"all_email_hashes", "jsonb", "allEmailHashes"},
	PERSON_HAS_COLUMNS,
	{"masked", "boolean", "masked"},
	{"total_count", "bigint", "totalCount", INTENT_SOURCE_OUTER, {"data.totalCount"}},
	{"preview_key", "text", "previewKey", INTENT_SOURCE_OUTER, {"data.previewKey"}},
	{"data_date", "date", "dataDate", INTENT_SOURCE_META_DATE},
	{"person", "jsonb", "person", INTENT_SOURCE_ROW,.by_scores = true},
};

/* The filters of the query but the last two: its body less audience and date. */
const IntentResource resource_audience_preview = {
	.name = "audience_preview",
	.method = "POST",
	.path = "/v1/intent/audiences/preview",
	.document = {
		.rows = "sample",
		.data_date = "data.dataDate",
		.has_more = "meta.hasMore",
	},
	.max_topics = 10,
	.capped = true,
	.one_run = true,
	.matched_topics = "matchedTopicIds",
	.person = "hem",
	.filters = audience_filters,
	.nfilters = lengthof(audience_filters) - 2,
	.columns = preview_columns,
	.ncolumns = lengthof(preview_columns),
	.missing = "a topic",
	.example = "WHERE topic_id = 117801 AND intent_score >= 80",
	.rows = 50,
};
