/*
 * chain_trace.c
 *		Takes down what a scan asks, for a refresh that wants to ask it again.
 *
 * Part of chain.c.  An answer is known by its run, the key of the result, its
 * total and the members of its rows, and by the user mapping it was asked
 * with.  Where it does not tell all of that, or where the request does not
 * tell all that decides on the answer, nobody can know later whether it is
 * the same: then the trace is in doubt.  So it is where values come from rows:
 * they may be people's, and requests that are kept can be read by everyone.
 */
#include "chain_private.h"

#include "access/htup_details.h"
#include "body.h"
#include "catalog/pg_user_mapping.h"
#include "lib/stringinfo.h"
#include "trace.h"
#include "utils/syscache.h"

/*
 * Does the answer name its result?  A saved audience can be given other topics
 * without a new run.  Where rows are not counted against the total, contents
 * may lack some.
 */
static bool
is_certain(const ChainSet *set, const ChainRun *run, const RowPage *page)
{
	const IntentTable *table = set->setup.table;
	int			audience = resource_filter_of_kind(table->resource,
												   INTENT_FILTER_AUDIENCE);

	return page->data_date && page->cache_key && page->has_total &&
		!set->setup.values_vary &&
		table->options->verify_count == INTENT_VERIFY_ERROR &&
		(audience < 0 || !run->public.spec->fields[audience].set);
}

/* The user mapping, as it stands in its catalog now. */
static void
append_mapping(StringInfo buf, Oid userid, Oid serverid)
{
	HeapTuple	tuple = SearchSysCache2(USERMAPPINGUSERSERVER,
										ObjectIdGetDatum(userid),
										ObjectIdGetDatum(serverid));

	if (!HeapTupleIsValid(tuple))
		tuple = SearchSysCache2(USERMAPPINGUSERSERVER,
								ObjectIdGetDatum(InvalidOid),
								ObjectIdGetDatum(serverid));
	if (!HeapTupleIsValid(tuple))
		return;
	appendStringInfo(buf, " mapping %u/%u",
					 ((Form_pg_user_mapping) GETSTRUCT(tuple))->oid,
					 HeapTupleHeaderGetRawXmin(tuple->t_data));
	ReleaseSysCache(tuple);
}

/* The table's columns that the page's rows have a member for. */
static void
append_members(StringInfo buf, const IntentTable *table, const RowPage *page)
{
	appendStringInfoString(buf, " members");
	for (int i = 0; i < table->natts; i++)
	{
		if (table->columns[i].attno > 0 &&
			table->columns[i].source == INTENT_SOURCE_MEMBER &&
			bms_is_member(i, page->present))
			appendStringInfo(buf, " %d", i + 1);
	}
}

/* A page that was accepted; a chain is known by its first one. */
void
chain_trace(const ChainSet *set, const ChainRun *run, const RowPage *page)
{
	TraceEntry	entry = {set->setup.table->relid, set->setup.userid};
	StringInfoData answer;

	if (!trace_is_on() || run->public.page_number > 0)
		return;
	if (!is_certain(set, run, page))
	{
		trace_doubt();
		return;
	}
	initStringInfo(&answer);
	appendStringInfo(&answer, "date %s key %s total %lld", page->data_date,
					 page->cache_key, (long long) page->total);
	append_members(&answer, set->setup.table, page);
	append_mapping(&answer, entry.userid, set->setup.table->server->serverid);
	entry.request = body_request(run->public.spec, 1, NULL);
	entry.answer = answer.data;
	trace_add(&entry);
}
