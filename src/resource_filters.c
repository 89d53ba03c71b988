/*
 * resource_filters.c
 *		Which values the API's filters know.
 *
 * Part of resource.c.
 */
#include "resource_private.h"

/* ---- GET /v1/intent/audiences/filters: {"seniority": ["vp", ...], ...} ---- */

static const IntentColumnDef filter_values_columns[] = {
	{"filter", "text", "filter",.paths = {"$name"}},
	{"value", "text", "value",.paths = {"$value"}},
};

const IntentResource resource_filter_values = {
	.name = "filter_values",
	.method = "GET",
	.path = "/v1/intent/audiences/filters",
	.document = {.form = INTENT_ROWS_LISTS,.has_more = "meta.hasMore"},
	.columns = filter_values_columns,
	.ncolumns = lengthof(filter_values_columns),
	.rows = 200,
};
