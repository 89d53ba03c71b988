/*
 * stats.c
 *		Functions that tell about the extension itself.
 */
#include "compat.h"

#include "fmgr.h"
#include "funcapi.h"
#include "resource.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

/* The release; the extension's version in SQL is its major and minor. */
#ifndef INTENT_VERSION
#define INTENT_VERSION "1.0.0"
#endif

PG_FUNCTION_INFO_V1(intent_fdw_version);
PG_FUNCTION_INFO_V1(intent_fdw_filters);

/*
 * What a condition on a filter compares with, and whether the API's answer to
 * it is the answer when rows do not carry the column.  For strings that is as
 * exact as the API's own matching (option match 'exact'), for a range when
 * the column is an integer.  A minimum answers >= and > but not =, which the
 * extension checks on the rows itself.
 */
typedef struct FilterKindInfo
{
	const char *value_type;
	bool		exact;
} FilterKindInfo;

static const FilterKindInfo kinds[] = {
	[INTENT_FILTER_TOPICS] = {"integer[]", true},
	[INTENT_FILTER_RANGE] = {"integer", true},
	[INTENT_FILTER_MINIMUM] = {"integer", false},
	[INTENT_FILTER_STRINGS] = {"text[]", true},
	[INTENT_FILTER_STRING] = {"text", true},
	[INTENT_FILTER_YN] = {"boolean", true},
	[INTENT_FILTER_BOOLEAN] = {"boolean", true},
	[INTENT_FILTER_DATE] = {"date", true},
	[INTENT_FILTER_AUDIENCE] = {"uuid", true},
	[INTENT_FILTER_INTEGER] = {"integer", true},
};

/* Columns of intent_fdw_filters */
enum
{
	FILTERS_RESOURCE,
	FILTERS_COLUMN,
	FILTERS_FIELD,
	FILTERS_OPERATORS,
	FILTERS_VALUE_TYPE,
	FILTERS_EXACT,
	FILTERS_NATTS,
};

Datum
intent_fdw_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(INTENT_VERSION));
}

/* The request fields of a filter: "minScore, maxScore". */
static Datum
filter_fields(const IntentFilter *filter)
{
	if (filter->upper_field)
		return CStringGetTextDatum(psprintf("%s, %s", filter->field,
											filter->upper_field));
	return CStringGetTextDatum(filter->field);
}

/* One row, for a column that has a filter. */
static void
put_filter(ReturnSetInfo *rsinfo, const IntentResource *resource,
		   const IntentColumnDef *column)
{
	Datum		values[FILTERS_NATTS];
	bool		nulls[FILTERS_NATTS] = {0};
	const IntentFilter *filter;

	filter = &resource->filters[resource_filter(resource, column->filter)];
	values[FILTERS_RESOURCE] = CStringGetTextDatum(resource->name);
	values[FILTERS_COLUMN] = CStringGetTextDatum(column->name);
	values[FILTERS_FIELD] = filter_fields(filter);
	values[FILTERS_OPERATORS] = CStringGetTextDatum(filter->operators);
	values[FILTERS_VALUE_TYPE] = CStringGetTextDatum(kinds[filter->kind].value_type);
	values[FILTERS_EXACT] = BoolGetDatum(kinds[filter->kind].exact &&
										 !filter->contains_only);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* The filters of all resources, in the order of the columns. */
Datum
intent_fdw_filters(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	const IntentResource *resource;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; (resource = resource_at(i)) != NULL; i++)
	{
		for (int j = 0; j < resource->ncolumns; j++)
		{
			const char *filter = resource->columns[j].filter;

			if (filter && resource_filter(resource, filter) >= 0)
				put_filter(rsinfo, resource, &resource->columns[j]);
		}
	}
	return (Datum) 0;
}
