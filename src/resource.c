/*
 * resource.c
 *		The API's endpoints as constant tables: the list of them.
 *
 * The tables themselves stand in resource_audience.c and its like, a file for
 * each part of the API.
 */
#include "resource_private.h"

/* In the order of IMPORT FOREIGN SCHEMA. */
static const IntentResource *const resources[] = {
	&resource_audience,
	&resource_topics,
	&resource_topic_facets,
	&resource_topic_search,
	&resource_topic_trend,
	&resource_topic_compare,
	&resource_topic_movers,
	&resource_site_topics,
	&resource_filter_values,
	&resource_saved_audiences,
	&resource_saved_audience,
	&resource_audience_runs,
	&resource_audience_stats,
	&resource_audience_status,
	&resource_audience_results,
	&resource_audience_preview,
	&resource_audience_run_results,
};

/* The resource of that name, or NULL. */
const IntentResource *
resource_find(const char *name)
{
	for (int i = 0; i < lengthof(resources); i++)
	{
		if (strcmp(resources[i]->name, name) == 0)
			return resources[i];
	}
	return NULL;
}

/* The resources in order, NULL after the last. */
const IntentResource *
resource_at(int index)
{
	return index < lengthof(resources) ? resources[index] : NULL;
}

/*
 * Position of the filter of that name, or -1.  The names of a filter's
 * request fields are taken as well ("minScore" for the score).
 */
int
resource_filter(const IntentResource *resource, const char *name)
{
	for (int i = 0; i < resource->nfilters; i++)
	{
		const IntentFilter *filter = &resource->filters[i];

		if (strcmp(filter->name, name) == 0 ||
			strcmp(filter->field, name) == 0 ||
			(filter->upper_field && strcmp(filter->upper_field, name) == 0))
			return i;
	}
	return -1;
}

/* Position of the first filter of a kind, or -1. */
int
resource_filter_of_kind(const IntentResource *resource, IntentFilterKind kind)
{
	for (int i = 0; i < resource->nfilters; i++)
	{
		if (resource->filters[i].kind == kind)
			return i;
	}
	return -1;
}

/* The column that IMPORT FOREIGN SCHEMA gives that name, or NULL. */
const IntentColumnDef *
resource_column(const IntentResource *resource, const char *name)
{
	for (int i = 0; i < resource->ncolumns; i++)
	{
		if (strcmp(resource->columns[i].name, name) == 0)
			return &resource->columns[i];
	}
	return NULL;
}

/* The column whose role a key gives, or NULL for a member without one. */
const IntentColumnDef *
resource_column_by_key(const IntentResource *resource, const char *key)
{
	for (int i = 0; i < resource->ncolumns; i++)
	{
		if (strcmp(resource->columns[i].key, key) == 0)
			return &resource->columns[i];
	}
	return NULL;
}

/* The member of that path that changes can write, or NULL. */
const IntentMember *
resource_member(const IntentResource *resource, const char *path)
{
	const IntentChanges *changes = resource->changes;

	for (int i = 0; changes && i < changes->nmembers; i++)
	{
		if (strcmp(changes->members[i].path, path) == 0)
			return &changes->members[i];
	}
	return NULL;
}
