/*
 * chain_run.c
 *		One chain as an explicit state machine.
 *
 * Part of chain.c.  Sends a request, and deals with its reply: a page, a
 * result still being made, something to try again, or an error.  Never waits.
 * A page is used whole or not at all: it is parsed when the one before has
 * been read.
 */
#include "chain_private.h"

#include "body.h"
#include "common/hashfn.h"
#include "failure.h"
#include "throttle.h"
#include "total.h"
#include "utils/datetime.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "written.h"

/* Restarts of a statement before it gives up on a moving run (DESIGN 2.3). */
#define MAX_RESTARTS 3

/* Pages without rows in a row, before a cursor counts as endless. */
#define MAX_EMPTY_PAGES 100

static void
fill_failure(ChainSet *set, ChainRun *run, FailureContext *context)
{
	context->table = set->setup.table;
	context->userid = set->setup.userid;
	context->request_body = run->body;
	context->auth_header = run->auth_header;
	context->has_cursor = run->cursor != NULL;
	context->attempts = run->attempts;
	context->page = run->public.page_number + 1;
}

/* May the scan send one more request? */
bool
chain_within_budget(const ChainSet *set)
{
	const IntentOptions *options = set->setup.table->options;

	return options->max_requests == 0 ||
		set->setup.counters->requests < options->max_requests;
}

static void
check_budget(const ChainSet *set)
{
	if (chain_within_budget(set))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("the scan of table \"%s\" has used up its %d requests",
					set->setup.table->name,
					set->setup.table->options->max_requests),
			 errhint("Narrow the query, or raise the option \"max_requests\" of the table or its server.")));
}

/*
 * A statement sees the rows as they were before it.  What it has changed
 * through the API it cannot read as it was.
 */
static void
check_not_written(const ChainSet *set)
{
	const IntentTable *table = set->setup.table;

	if (!written_by(set->setup.statement->written, table->resource))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("table \"%s\" cannot be read after the same statement has changed what it shows",
					table->name),
			 errhint("Read it in a statement of its own, before or after.")));
}

static void
wait_until(ChainRun *run, int64 ms)
{
	run->resume_at = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), ms);
	run->state = CHAIN_WAITING;
}

/* Would the request break the rate that the API sets?  Then it waits. */
static bool
must_keep_to_rate(ChainSet *set, ChainRun *run)
{
	const IntentOptions *options = set->setup.table->options;
	const IntentResource *resource = set->setup.table->resource;
	IntentRate	rate = run->auth_header ? resource->rate : resource->keyless_rate;
	int64		wait;

	if (options->rate_limit.requests > 0)
		rate = options->rate_limit;
	wait = throttle_wait(set->setup.table->server->serverid, resource, rate);
	if (wait == 0)
		return false;
	set->setup.counters->throttled_ms += wait;
	wait_until(run, wait);
	return true;
}

/* A request as the options of its table want it; what is asked is left open. */
HttpRequest
chain_new_request(const IntentOptions *options)
{
	HttpRequest request = {
		.connect_timeout_ms = options->connect_timeout,
		.timeout_ms = options->request_timeout,
		.max_body = options->max_response_size,
		.ca_file = options->ca_file,
		.proxy = options->proxy,
		.user_agent = options->user_agent,
	};

	return request;
}

/* Sends the request for the chain's next page, or lets it wait. */
void
chain_send(ChainSet *set, ChainRun *run)
{
	const IntentOptions *options = set->setup.table->options;
	const IntentResource *resource = set->setup.table->resource;
	MemoryContext old;
	const char *headers[4] = {"Accept: application/json"};
	int			nheaders = 1;
	HttpRequest request = chain_new_request(options);

	check_budget(set);
	check_not_written(set);
	MemoryContextReset(run->body_context);
	old = MemoryContextSwitchTo(run->body_context);
	run->body = body_request(run->public.spec, set->limit, run->cursor);
	run->auth_header = option_auth_header(set->setup.userid,
										  set->setup.table->server,
										  resource->key_optional);
	if (must_keep_to_rate(set, run))
	{
		MemoryContextSwitchTo(old);
		return;
	}
	request.url = psprintf("%s%s", options->base_url,
						   body_target(run->public.spec, set->limit, run->cursor));
	request.headers = headers;
	if (run->auth_header)
		headers[nheaders++] = run->auth_header;
	if (resource_is_get(resource))
		request.method = HTTP_GET;
	else
	{
		headers[nheaders++] = "Content-Type: application/json";
		request.method = HTTP_POST;
		request.body = resource_has_body(resource) ? run->body : "{}";
		request.body_len = strlen(request.body);
	}
	chain_count(set, requests, 1);
	run->attempts++;
	run->sent_at = GetCurrentTimestamp();
	run->away_ms = 0;
	run->transfer = http_start(set->pool, &request, run->context);
	run->state = CHAIN_SENT;
	set->nsent++;
	MemoryContextSwitchTo(old);
}

/* Gives the chain's transfer back, if it has one. */
void
chain_forget_transfer(ChainSet *set, ChainRun *run)
{
	if (!run->transfer)
		return;
	http_release(run->transfer);
	run->transfer = NULL;
	set->nsent--;
}

/*
 * Did a page get lost while the reader was away?  Nobody drove its transfer
 * then, so its time may have run out, or the server may have given up, although
 * nobody waited for it.
 */
static bool
was_lost_unattended(const ChainRun *run, const HttpReply *reply)
{
	return (reply->outcome == HTTP_TIMED_OUT ||
			reply->outcome == HTTP_CUT_SHORT ||
			reply->outcome == HTTP_CONNECT_FAILED) &&
		chain_was_left_alone(run);
}

/* Tries again what may pass; raises the rest. */
static void
handle_failure(ChainSet *set, ChainRun *run, const HttpReply *reply)
{
	const IntentOptions *options = set->setup.table->options;
	FailureContext context;
	int64		delay = reply->retry_after_ms;

	if (was_lost_unattended(run, reply))
	{
		run->attempts = 0;
		run->state = CHAIN_READY_TO_SEND;
		chain_count(set, retries, 1);
		return;
	}
	fill_failure(set, run, &context);
	if (!failure_is_transient(reply) || run->attempts > options->max_retries ||
		delay > options->max_retry_delay)
		failure_raise(&context, reply);
	if (delay >= 0)
		set->setup.counters->throttled_ms += delay;
	else
		delay = throttle_backoff(options->max_retry_delay, run->attempts);
	chain_count(set, retries, 1);
	wait_until(run, delay);
}

/* The result is still being made: asks again later. */
static void
poll_later(ChainSet *set, ChainRun *run)
{
	const IntentOptions *options = set->setup.table->options;
	TimestampTz now = GetCurrentTimestamp();
	int64		left;

	if (run->poll_since == 0)
	{
		run->poll_since = now;
		run->poll_ms = options->poll_interval;
	}
	left = options->materialize_timeout -
		TimestampDifferenceMilliseconds(run->poll_since, now);
	if (left <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_UNABLE_TO_CREATE_EXECUTION),
				 errmsg("materialize timeout: the API has not made the result in time"),
				 errdetail("Table \"%s\", %lld polls.", set->setup.table->name,
						   (long long) set->setup.counters->polls),
				 errhint("Raise the server option \"materialize_timeout\", or run the statement again: the API goes on making it.")));
	run->attempts = 0;
	chain_count(set, polls, 1);
	wait_until(run, Min(run->poll_ms, left));
	run->poll_ms = throttle_next_poll(run->poll_ms, options->poll_interval);
}

/* ---- snapshots ---- */

/*
 * The run changed.  As long as no scan of the statement has handed anything
 * on, all of them start again; later it is an error that schedulers retry.
 */
static void
snapshot_changed(ChainSet *set, const char *before, const char *now,
				 const char *date)
{
	ChainStatement *statement = set->setup.statement;

	if (statement->delivered || statement->restarts >= MAX_RESTARTS)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("the data of table \"%s\" changed while it was being read",
						set->setup.table->name),
				 errdetail("It was %s before and is %s now.", before, now),
				 errhint("Run the statement again.")));
	statement->restarts++;
	statement->generation++;
	if (set->setup.table->resource->one_run)
		strlcpy(statement->data_date, date ? date : "",
				sizeof(statement->data_date));
}

static bool
differs(const char *known, const char *seen)
{
	return known && known[0] != '\0' && seen && strcmp(known, seen) != 0;
}

/* The date that the request names, or NULL for the latest run. */
static char *
asked_date(const IntentChainSpec *spec)
{
	int			f = resource_filter_of_kind(spec->resource, INTENT_FILTER_DATE);
	int			year;
	int			month;
	int			day;

	if (f < 0 || !spec->fields[f].set)
		return NULL;
	j2date((int) spec->fields[f].values[0].integer + POSTGRES_EPOCH_JDATE,
		   &year, &month, &day);
	return psprintf("%04d-%02d-%02d", year, month, day);
}

/* Is it certain of which run the page is? */
bool
chain_tells_run(const ChainRun *run, const RowPage *page)
{
	return page->data_date || asked_date(run->public.spec) != NULL;
}

/*
 * Is the page of the run that the chain and the statement see?  False when
 * all starts again.
 */
static bool
check_snapshot(ChainSet *set, ChainRun *run, const RowPage *page,
			   const HttpReply *reply)
{
	ChainStatement *statement = set->setup.statement;
	char	   *asked = asked_date(run->public.spec);
	bool		shared = !asked && set->setup.table->resource->one_run;
	FailureContext context;

	fill_failure(set, run, &context);
	if (differs(asked, page->data_date))
		failure_malformed(&context, reply,
						  psprintf("the run of %s was asked for, another one came", asked));
	if (differs(run->data_date, page->data_date))
		snapshot_changed(set, psprintf("the run of %s", run->data_date),
						 psprintf("that of %s", page->data_date), page->data_date);
	else if (differs(run->cache_key, page->cache_key))
		snapshot_changed(set, "one result", "another one", page->data_date);
	else if (shared && differs(statement->data_date, page->data_date))
		snapshot_changed(set, psprintf("the run of %s", statement->data_date),
						 psprintf("that of %s", page->data_date), page->data_date);
	else if (run->group && !chain_tells_run(run, page))
		snapshot_changed(set, psprintf("the run of %s", statement->data_date),
						 "one without a date", NULL);
	if (set->generation != statement->generation)
		return false;

	if (shared && page->data_date)
		strlcpy(statement->data_date, page->data_date,
				sizeof(statement->data_date));
	if (!run->data_date && page->data_date)
		run->data_date = MemoryContextStrdup(run->context, page->data_date);
	if (!run->cache_key && page->cache_key)
		run->cache_key = MemoryContextStrdup(run->context, page->cache_key);
	return true;
}

/* ---- pages ---- */

/* Raises for a cursor seen before: following it would never end. */
static void
note_cursor(ChainSet *set, ChainRun *run, const RowPage *page,
			const HttpReply *reply)
{
	FailureContext context;
	uint64		hash;
	bool		found;

	fill_failure(set, run, &context);
	if (!page->next_cursor)
		failure_malformed(&context, reply, "more pages, but no cursor");
	if (!run->seen)
	{
		HASHCTL		ctl = {0};

		ctl.keysize = sizeof(uint64);
		ctl.entrysize = sizeof(uint64);
		ctl.hcxt = run->context;
		run->seen = hash_create("intent_fdw cursors", 64, &ctl,
								HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	hash = DatumGetUInt64(hash_any_extended((unsigned char *) page->next_cursor,
											strlen(page->next_cursor), 0));
	hash_search(run->seen, &hash, HASH_ENTER, &found);
	if (found)
		failure_malformed(&context, reply, "a cursor came twice");
	if (page->nrows == 0 && run->empty_pages >= MAX_EMPTY_PAGES)
		failure_malformed(&context, reply, "one page without rows after the other");
}

static void
note_total(ChainRun *run, const RowPage *page)
{
	if (!page->has_total)
		return;
	if (run->has_total && run->total != page->total)
		run->total_changed = true;
	run->has_total = true;
	run->total = page->total;
}

/*
 * Remembers a first page's total, for planning and for chains_total().  Of
 * requests whose values change from one execution to the next only the
 * average is kept: lookups would soon crowd out all else.
 */
static void
learn_total(ChainSet *set, ChainRun *run, const RowPage *page)
{
	const ChainSetup *setup = &set->setup;
	TotalOwner	owner = {setup->table->relid, setup->userid};

	if (run->public.page_number > 0 || !page->has_total || run->group)
		return;
	if (setup->totals_only && page->has_more != (page->total > page->nrows))
		return;					/* contradicts itself: rows are to be read */
	set->ntotals++;
	set->total += page->total;
	if (setup->partial)
		return;
	if (!setup->shape)
	{
		IntentChainSpec *open = request_open_chain(run->public.spec,
												   TOTAL_UNKNOWN_VALUE);

		total_average(owner, body_request(open, 0, NULL), page->total);
		total_remember(owner, body_request(run->public.spec, 0, NULL),
					   page->total);
	}
	else if (set->ntotals == setup->request->nchains)
		total_average(owner, setup->shape,
					  (double) set->total / setup->shape_parts);
}

/* The first page is all that was wanted. */
static void
end_with_total(ChainSet *set, ChainRun *run)
{
	run->state = CHAIN_LAST_PAGE;
	set->setup.counters->has_total |= run->has_total;
	set->setup.counters->total += run->total;
}

/* Raises or warns, by verify_count, if rows do not agree with totalCount. */
void
chain_verify(const ChainSet *set, int64 total, int64 rows, bool changed)
{
	const IntentTable *table = set->setup.table;
	int			verify = table->options->verify_count;

	if (verify == INTENT_VERIFY_OFF || (!changed && total == rows))
		return;
	ereport(verify == INTENT_VERIFY_ERROR ? ERROR : WARNING,
			(errcode(ERRCODE_FDW_UNABLE_TO_CREATE_REPLY),
			 errmsg("the API counted %lld rows for table \"%s\" and sent %lld",
					(long long) total, table->name, (long long) rows),
			 changed ? errdetail("The count changed from page to page.") : 0,
			 errhint("Run the statement again. The option \"verify_count\" of the table or its server can make this a warning, or turn the check off.")));
}

/* All pages are there: does their number of rows agree with totalCount? */
static void
verify_total(ChainSet *set, ChainRun *run)
{
	if (!run->has_total)
		return;
	if (!run->group)
	{
		set->setup.counters->has_total = true;
		set->setup.counters->total += run->total;
	}
	chain_verify(set, run->total, run->rows, run->total_changed);
}

static void
count_page(ChainSet *set, ChainRun *run, const RowPage *page)
{
	ChainCounters *counters = set->setup.counters;

	chain_count(set, pages, 1);
	chain_count(set, rows, page->nrows);
	set->received += page->nrows;
	if (page->data_date)
		strlcpy(counters->data_date, page->data_date, sizeof(counters->data_date));
	run->rows += page->nrows;
	run->empty_pages = page->nrows > 0 ? 0 : run->empty_pages + 1;
	run->attempts = 0;
	run->poll_since = 0;
	run->public.page_number++;
}

static void
set_cursor(ChainRun *run, const char *cursor)
{
	if (run->cursor)
		pfree(run->cursor);
	run->cursor = cursor ? MemoryContextStrdup(run->context, cursor) : NULL;
}

/*
 * By offset it is for us to tell whether more follows, and where: as the
 * cursor goes the number of rows so far.
 */
static void
find_offset(const ChainSet *set, const ChainRun *run, RowPage *page)
{
	if (set->setup.table->resource->document.paging != INTENT_PAGING_OFFSET)
		return;
	page->has_more = run->rows + page->nrows < page->total;
	page->next_cursor = psprintf(INT64_FORMAT, run->rows + page->nrows);
}

/* A page that can be used: its rows are the chain's next ones. */
static void
accept_page(ChainSet *set, ChainRun *run, RowPage *page, const HttpReply *reply)
{
	find_offset(set, run, page);
	if (!check_snapshot(set, run, page, reply))
		return;
	if (page->has_more)
		note_cursor(set, run, page, reply);
	note_total(run, page);
	learn_total(set, run, page);
	chain_trace(set, run, page);
	count_page(set, run, page);
	if (set->setup.totals_only)
	{
		end_with_total(set, run);
		return;
	}
	if (chain_split(set, run, page))
	{
		run->state = CHAIN_LAST_PAGE;
		return;
	}
	set_cursor(run, page->has_more ? page->next_cursor : NULL);
	run->state = page->has_more ? CHAIN_READY_TO_SEND : CHAIN_LAST_PAGE;
	if (!page->has_more)
		verify_total(set, run);
	chain_keep_rows(set, run, page);
	run->public.page = page;
	run->public.row = 0;
	chain_tell_progress(set);
}

static void
handle_document(ChainSet *set, ChainRun *run, const HttpReply *reply)
{
	FailureContext context;
	MemoryContext old;
	RowPage    *page;
	char	   *problem = NULL;

	MemoryContextReset(run->page_context);
	old = MemoryContextSwitchTo(run->page_context);
	page = page_parse(set->setup.layout, reply->body, reply->body_len, &problem);
	fill_failure(set, run, &context);
	if (!page)
		failure_malformed(&context, reply, problem);
	if (page->status == PAGE_STATUS_MATERIALIZING)
		poll_later(set, run);
	else
		accept_page(set, run, page, reply);
	MemoryContextSwitchTo(old);
}

/*
 * The transfer's reply.  It stays until it has been dealt with, so that
 * errors can show it, and goes with the chain's context if they are raised.
 */
static void
handle_reply(ChainSet *set, ChainRun *run, const HttpReply *reply)
{
	chain_count(set, bytes, reply->bytes_received);
	chain_log_request(set, run, reply);
	if (reply->outcome == HTTP_DONE && reply->status == 200)
		handle_document(set, run, reply);
	else if (reply->outcome == HTTP_DONE && reply->status == 202)
		poll_later(set, run);
	else
		handle_failure(set, run, reply);
	chain_forget_transfer(set, run);
}

/* Moves a chain on as far as it goes without waiting and without new rows. */
void
chain_step(ChainSet *set, ChainRun *run)
{
	const HttpReply *reply;

	if (chain_has_rows(run))
		return;
	if (run->state == CHAIN_WAITING && GetCurrentTimestamp() >= run->resume_at)
		run->state = CHAIN_READY_TO_SEND;
	if (run->state == CHAIN_READY_TO_SEND && chain_may_send(set, true))
		chain_send(set, run);
	if (run->state == CHAIN_SENT && (reply = http_reply(run->transfer)) != NULL)
	{
		run->public.page = NULL;
		handle_reply(set, run, reply);
	}
}
