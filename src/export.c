/*
 * export.c
 *		Functions about one saved audience: its export, and when it is ready.
 *
 * They ask as a scan of a table with one row would, through the same chains;
 * the caller needs USAGE on the server, and its own user mapping is used.
 * A signed link gives access to people: it is in the result and nowhere else.
 */
#include "intent_fdw.h"

#include "access/htup_details.h"
#include "catalog/pg_foreign_server.h"
#include "chain.h"
#include "convert.h"
#include "fmgr.h"
#include "foreign/foreign.h"
#include "funcapi.h"
#include "http.h"
#include "miscadmin.h"
#include "throttle.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(intent_fdw_export);
PG_FUNCTION_INFO_V1(intent_fdw_wait);

/* Raises for a server that there is not, or of another wrapper, or not ours. */
static ForeignServer *
find_server(const char *name)
{
	ForeignServer *server = GetForeignServerByName(name, false);
	AclResult	privilege = server_privilege(server->serverid, GetUserId(), ACL_USAGE);

	if (privilege != ACLCHECK_OK)
		aclcheck_error(privilege, OBJECT_FOREIGN_SERVER, server->servername);
	if (GetFdwRoutineByServerId(server->serverid)->IterateForeignScan != intentIterateForeignScan)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("server \"%s\" is not one of intent_fdw",
						server->servername)));
	return server;
}

/* The answer to one question, and what of it has been received. */
typedef struct Question
{
	IntentTable *table;
	PageLayout *layout;
	Oid			userid;
	ChainCounters counters;
	MemoryContext context;		/* reset for each time it is asked */
} Question;

static PageLayout *
layout_of(const IntentTable *table)
{
	PageColumn *columns = palloc0(sizeof(PageColumn) * table->natts);

	for (int i = 0; i < table->natts; i++)
	{
		columns[i].paths = table->columns[i].paths;
		columns[i].npaths = table->columns[i].npaths;
		columns[i].want = PAGE_SCALAR;
	}
	return page_layout(&table->resource->document, columns, table->natts,
					   CurrentMemoryContext);
}

/* About an audience, on a date or (NULL) the latest. */
static Question *
make_question(const IntentResource *resource, ForeignServer *server,
			  const char *audience_id, const char *data_date)
{
	Question   *question = palloc0(sizeof(Question));

	question->table = table_of_resource(resource, server);
	question->table->options->audience_id = pstrdup(audience_id);
	question->table->options->data_date = data_date ? pstrdup(data_date) : NULL;
	question->layout = layout_of(question->table);
	question->userid = GetUserId();
	question->context = AllocSetContextCreate(CurrentMemoryContext,
											  "intent_fdw question",
											  ALLOCSET_DEFAULT_SIZES);
	return question;
}

/*
 * Asks, and returns the members of the only row, by the resource's columns.
 * They stay until it is asked again.
 */
static PageValue *
ask(Question *question)
{
	IntentTable *table = question->table;
	IntentUse	use = {0};
	ChainStatement statement = {0};
	ChainSetup	setup = {
		.table = table,.userid = question->userid,.layout = question->layout,
		.statement = &statement,.counters = &question->counters
	};
	PageValue  *values;
	ChainSet   *set;
	Chain	   *chain;
	MemoryContext old;

	MemoryContextReset(question->context);
	old = MemoryContextSwitchTo(question->context);
	values = palloc0(sizeof(PageValue) * table->natts);
	setup.request = request_build(table, NULL, 0, &use);
	request_raise(setup.request);
	set = chains_open(&setup, question->context);
	chain = chains_next(set);
	for (int i = 0; chain && i < table->natts; i++)
	{
		values[i] = *page_value(chain->page, 0, i);
		if (values[i].text)
			values[i].text = pstrdup(values[i].text);
	}
	chains_close(set);
	MemoryContextSwitchTo(old);
	return values;
}

/* The member that a column of the resource has. */
static const PageValue *
answer_of(const Question *question, const PageValue *values, const char *name)
{
	for (int i = 0; i < question->table->natts; i++)
	{
		if (strcmp(question->table->columns[i].name, name) == 0)
			return &values[i];
	}
	elog(ERROR, "resource \"%s\" has no column \"%s\"",
		 question->table->resource->name, name);
}

/* Raises for an answer that is not about what was asked for. */
static void
check_date(const Question *question, const PageValue *answer)
{
	const char *asked = question->table->options->data_date;
	const char *date = answer_of(question, answer, "data_date")->text;

	if (asked && date && strcmp(asked, date) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_UNABLE_TO_CREATE_REPLY),
				 errmsg("malformed answer: it is of another day than %s", asked)));
}

/* ---- arguments ---- */

static char *
uuid_argument(FunctionCallInfo fcinfo, int i)
{
	return DatumGetCString(DirectFunctionCall1(uuid_out, PG_GETARG_DATUM(i)));
}

/* A day as the API writes it, or NULL for the latest. */
static char *
date_argument(FunctionCallInfo fcinfo, int i)
{
	DateADT		day;
	int			year;
	int			month;
	int			mday;

	if (PG_ARGISNULL(i))
		return NULL;
	day = PG_GETARG_DATEADT(i);
	if (DATE_NOT_FINITE(day) || day < date2j(1, 1, 1) - POSTGRES_EPOCH_JDATE ||
		day > date2j(9999, 12, 31) - POSTGRES_EPOCH_JDATE)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("the API has no such day")));
	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &mday);
	return psprintf("%04d-%02d-%02d", year, month, mday);
}

/* Milliseconds of an interval; months count 30 days. */
static int64
interval_argument(FunctionCallInfo fcinfo, int i, int64 otherwise)
{
	const Interval *span;
	double		ms;

	if (PG_ARGISNULL(i))
		return otherwise;
	span = PG_GETARG_INTERVAL_P(i);
	ms = span->time / 1000.0 + (span->day + 30.0 * span->month) * 86400000.0;
	if (ms < 0 || ms > 1e12)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a time to wait must be from 0 to some thousand days")));
	return (int64) ms;
}

static void
need_arguments(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("server and audience_id must not be null")));
}

/* ---- the functions ---- */

/*
 * intent_fdw_export(server, audience_id, data_date): has the API write a run
 * into a file, and returns where it is.
 */
Datum
intent_fdw_export(PG_FUNCTION_ARGS)
{
	TupleDesc	desc;
	Question   *question;
	PageValue  *answer;
	Datum	   *values;
	bool	   *nulls;

	need_arguments(fcinfo);
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	question = make_question(&resource_audience_export,
							 find_server(NameStr(*PG_GETARG_NAME(0))),
							 uuid_argument(fcinfo, 1), date_argument(fcinfo, 2));
	answer = ask(question);
	check_date(question, answer);
	if (!answer_of(question, answer, "download_url")->text)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_UNABLE_TO_CREATE_REPLY),
				 errmsg("malformed answer: there is no link in it")));
	values = palloc(sizeof(Datum) * desc->natts);
	nulls = palloc(sizeof(bool) * desc->natts);
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);
		ConvertColumn column;

		convert_prepare(&column, att->atttypid, att->atttypmod, CurrentMemoryContext);
		values[i] = convert_value(&column, answer_of(question, answer, NameStr(att->attname)),
								  &nulls[i]);
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}

static void
raise_not_ready(const char *audience_id, const char *status, int64 waited_ms)
{
	ereport(ERROR,
			(errcode(ERRCODE_FDW_UNABLE_TO_CREATE_EXECUTION),
			 errmsg("saved audience %s is not ready", audience_id),
			 errdetail("Its status was \"%s\" after %lld ms.", status,
					   (long long) waited_ms),
			 errhint("Wait longer, or see whether it is active: a draft has no runs.")));
}

/* Raises where waiting does not help. */
static void
check_status(const char *audience_id, const char *status)
{
	if (strcmp(status, "failed") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the API could not make the result of saved audience %s",
						audience_id),
				 errhint("Wait for the next daily run, or save the audience again.")));
}

/*
 * intent_fdw_wait(server, audience_id, data_date, timeout): waits until a saved
 * audience's run is there, and returns its number of people.
 */
Datum
intent_fdw_wait(PG_FUNCTION_ARGS)
{
	TimestampTz start = GetCurrentTimestamp();
	Question   *question;
	const IntentOptions *options;
	char	   *audience_id;
	int64		timeout_ms;
	int			poll_ms;

	need_arguments(fcinfo);
	audience_id = uuid_argument(fcinfo, 1);
	question = make_question(resource_find("audience_status"),
							 find_server(NameStr(*PG_GETARG_NAME(0))),
							 audience_id, date_argument(fcinfo, 2));
	options = question->table->options;
	timeout_ms = interval_argument(fcinfo, 3, options->materialize_timeout);
	poll_ms = options->poll_interval;
	for (;;)
	{
		PageValue  *answer = ask(question);
		const char *status = answer_of(question, answer, "status")->text;
		const char *total = answer_of(question, answer, "total_count")->text;
		int64		waited_ms = TimestampDifferenceMilliseconds(start, GetCurrentTimestamp());
		TimestampTz next;

		check_date(question, answer);
		if (status && strcmp(status, "ready") == 0)
		{
			if (!total)
				PG_RETURN_NULL();
			return DirectFunctionCall1(int8in, CStringGetDatum(total));
		}
		check_status(audience_id, status ? status : "");
		if (waited_ms >= timeout_ms)
			raise_not_ready(audience_id, status ? status : "", waited_ms);
		next = TimestampTzPlusMilliseconds(GetCurrentTimestamp(),
										   Min(poll_ms, timeout_ms - waited_ms));
		while (GetCurrentTimestamp() < next)
			http_wait(next);
		poll_ms = throttle_next_poll(poll_ms, options->poll_interval);
	}
}
