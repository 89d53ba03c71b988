/*
 * stats.c
 *		Functions that tell about the extension itself.
 */
#include "compat.h"

#include "counter.h"
#include "fmgr.h"
#include "foreign/foreign.h"
#include "funcapi.h"
#include "http.h"
#include "resource.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(intent_fdw_version);
PG_FUNCTION_INFO_V1(intent_fdw_filters);
PG_FUNCTION_INFO_V1(intent_fdw_stats);
PG_FUNCTION_INFO_V1(intent_fdw_stats_reset);
PG_FUNCTION_INFO_V1(intent_fdw_connections);
PG_FUNCTION_INFO_V1(intent_fdw_disconnect);

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

/* The release, as the Makefile names it. */
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

/* ---- figures of this session ---- */

/* A row of figures of a server; none if the server is gone. */
static void
put_figures(ReturnSetInfo *rsinfo, Oid serverid, const int64 *figures, int n)
{
	ForeignServer *server = GetForeignServerExtended(serverid, FSV_MISSING_OK);
	NameData	name;
	Datum	   *values;
	bool	   *nulls;

	if (server == NULL)
		return;
	values = palloc(sizeof(Datum) * (n + 1));
	nulls = palloc0(sizeof(bool) * (n + 1));
	namestrcpy(&name, server->servername);
	values[0] = NameGetDatum(&name);
	for (int i = 0; i < n; i++)
		values[i + 1] = Int64GetDatum(figures[i]);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* What this session has asked of each server. */
Datum
intent_fdw_stats(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	ListCell   *lc;

	InitMaterializedSRF(fcinfo, 0);
	foreach(lc, counters_list())
	{
		const ServerCounters *c = lfirst(lc);
		const int64 figures[] = {
			c->scans, c->requests, c->pages, c->polls, c->retries,
			c->errors, c->rows, c->bytes, c->waited_ms
		};

		put_figures(rsinfo, c->serverid, figures, lengthof(figures));
	}
	return (Datum) 0;
}

Datum
intent_fdw_stats_reset(PG_FUNCTION_ARGS)
{
	counters_reset();
	PG_RETURN_VOID();
}

/* The connections that this session has. */
Datum
intent_fdw_connections(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int			n = http_pool_list(NULL, 0);
	HttpPoolInfo *pools = palloc(sizeof(HttpPoolInfo) * (n + 1));

	InitMaterializedSRF(fcinfo, 0);
	n = http_pool_list(pools, n);
	for (int i = 0; i < n; i++)
	{
		const int64 figures[] = {
			pools[i].sockets, pools[i].transfers, pools[i].opened,
			pools[i].requests
		};

		put_figures(rsinfo, pools[i].serverid, figures, lengthof(figures));
	}
	return (Datum) 0;
}

/*
 * Closes a server's connections, those in use when they are no longer; false
 * if there are none.  Raises when there is no such server.
 */
Datum
intent_fdw_disconnect(PG_FUNCTION_ARGS)
{
	ForeignServer *server = GetForeignServerByName(NameStr(*PG_GETARG_NAME(0)),
												   false);

	PG_RETURN_BOOL(http_pool_close(server->serverid));
}
