/*
 * chain_log.c
 *		What a scan tells while it runs: its progress, and its requests.
 *
 * Part of chain.c.  Keys and people's data reach neither: of a request's body
 * only the names of members are told, since values may be names, e-mail
 * domains or cursors, and of its URL only the path.
 */
#include "chain_private.h"

#include <limits.h>

#include "lib/stringinfo.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

static int	progress_ms = 0;	/* 0: off */
static bool log_requests = false;

void
chain_define_settings(void)
{
	DefineCustomIntVariable("intent_fdw.progress",
							"Sets how often a long scan tells how far it is.",
							"Zero turns it off.",
							&progress_ms, 0, 0, INT_MAX, PGC_USERSET,
							GUC_UNIT_MS, NULL, NULL, NULL);
	DefineCustomBoolVariable("intent_fdw.log_requests",
							 "Logs each request to the API with its outcome.",
							 "Neither keys nor values of conditions are logged.",
							 &log_requests, false, PGC_SUSET,
							 0, NULL, NULL, NULL);
}

/* ---- progress ---- */

/* A count with commas; palloc'd. */
static char *
with_commas(int64 n)
{
	char	   *digits = psprintf("%lld", (long long) n);
	int			len = strlen(digits);
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < len; i++)
	{
		if (i > 0 && (len - i) % 3 == 0)
			appendStringInfoChar(&buf, ',');
		appendStringInfoChar(&buf, digits[i]);
	}
	return buf.data;
}

/*
 * A page has come: tell how far the scan is, if that is wanted and was not
 * told lately.  Of how many rows is told when all chains have told their
 * total, and the scan has read nothing but this set.
 */
void
chain_tell_progress(ChainSet *set)
{
	ChainCounters *counters = set->setup.counters;
	TimestampTz now;

	if (progress_ms == 0 || set->setup.totals_only)
		return;
	now = GetCurrentTimestamp();
	if (counters->told_at == 0)
		counters->told_at = set->opened_at;
	if (!TimestampDifferenceExceeds(counters->told_at, now, progress_ms))
		return;
	counters->told_at = now;
	if (set->ntotals == set->setup.request->nchains &&
		counters->rows == set->received)
		ereport(NOTICE,
				(errmsg("table \"%s\": %s of %s rows", set->setup.table->name,
						with_commas(set->received - set->dropped),
						with_commas(set->total))));
	else
		ereport(NOTICE,
				(errmsg("table \"%s\": %s rows so far", set->setup.table->name,
						with_commas(counters->rows))));
}

/* ---- requests ---- */

static void
add_name(StringInfo buf, const char *name)
{
	appendStringInfo(buf, "%s%s", buf->len > 0 ? ", " : "", name);
}

/* The members of a chain's next body, without their values; palloc'd. */
static char *
body_members(const ChainRun *run)
{
	const IntentChainSpec *spec = run->public.spec;
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < spec->resource->nfilters; i++)
	{
		const IntentFilter *filter = &spec->resource->filters[i];

		if (!spec->fields[i].set)
			continue;
		add_name(&buf, filter->field);
		if (filter->upper_field)
			add_name(&buf, filter->upper_field);
	}
	if (spec->resource->limit_field)
		add_name(&buf, spec->resource->limit_field);
	if (run->cursor)
		add_name(&buf, spec->resource->page_field);
	return buf.data;
}

/* A request of a chain is over, well or not. */
void
chain_log_request(const ChainSet *set, const ChainRun *run,
				  const HttpReply *reply)
{
	const IntentResource *resource = set->setup.table->resource;

	if (log_requests)
		chain_log_exchange(resource->method, resource->path, body_members(run),
						   reply);
}

/*
 * Any request is over, well or not.  "path" has placeholders instead of
 * values, "members" are names without values.
 */
void
chain_log_exchange(const char *method, const char *path, const char *members,
				   const HttpReply *reply)
{
	if (!log_requests)
		return;
	ereport(LOG,
			(errmsg("intent_fdw: %s %s: %s, %lld bytes, %lld ms",
					method, path,
					reply->status != 0 ? psprintf("status %d", reply->status) : "no status",
					(long long) reply->bytes_received,
					(long long) reply->elapsed_ms),
			 reply->outcome == HTTP_DONE ?
			 errdetail_log("Body: %s.", members) :
			 errdetail_log("Body: %s. Failed: %s.", members, reply->reason),
			 errhidestmt(true), errhidecontext(true)));
}
