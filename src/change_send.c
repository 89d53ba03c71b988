/*
 * change_send.c
 *		Sending a change, at most once that the API can have received.
 *
 * Part of change.c.  A change goes over a connection of its own: libcurl would
 * send it again when one that was kept alive turns out dead.  It is tried again
 * only where it is known that nothing was done.
 */
#include "change.h"

#include "chain.h"
#include "counter.h"
#include "failure.h"
#include "throttle.h"
#include "utils/timestamp.h"

static void
check_budget(const ChangeSender *sender)
{
	const IntentOptions *options = sender->table->options;

	if (options->max_requests == 0 ||
		sender->counters.requests < options->max_requests)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("the changes of table \"%s\" have used up their %d requests",
					sender->table->name, options->max_requests),
			 errdetail("Those sent before have been made."),
			 errhint("Change fewer rows, or raise the option \"max_requests\" of the table or its server.")));
}

static void
pause_for(ChangeSender *sender, int64 ms)
{
	TimestampTz end = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), ms);

	while (GetCurrentTimestamp() < end)
		http_wait(end);
	sender->counters.waited_ms += ms;
}

static void
keep_to_rate(ChangeSender *sender, const char *auth_header)
{
	const IntentTable *table = sender->table;
	IntentRate	rate = auth_header ? table->resource->rate :
	table->resource->keyless_rate;
	int64		wait;

	if (table->options->rate_limit.requests > 0)
		rate = table->options->rate_limit;
	while ((wait = throttle_wait(table->server->serverid, table->resource, rate)) > 0)
		pause_for(sender, wait);
}

static HttpTransfer *
start(const ChangeSender *sender, const ChangeRequest *change, const char *auth_header)
{
	const IntentTable *table = sender->table;
	const IntentOptions *options = table->options;
	const char *headers[4] = {"Accept: application/json"};
	int			nheaders = 1;
	HttpRequest request = chain_new_request(options);

	if (auth_header)
		headers[nheaders++] = auth_header;
	if (change->body)
		headers[nheaders++] = "Content-Type: application/json";
	request.method = change->method;
	request.url = psprintf("%s%s", options->base_url, change->target);
	request.headers = headers;
	request.body = change->body;
	request.body_len = change->body ? strlen(change->body) : 0;
	request.fresh_connection = true;
	return http_start(http_pool(table->server->serverid), &request,
					  CurrentMemoryContext);
}

/* While the answer is waited for, a cancel leaves the outcome open. */
static void
waiting_context(void *arg)
{
	const ChangeRequest *change = arg;

	errcontext("waiting for the answer to %s %s; whether the API makes the change is not known",
			   http_method_name(change->method), change->path);
}

static const HttpReply *
wait_for_reply(ChangeSender *sender, const ChangeRequest *change,
			   HttpTransfer *transfer)
{
	TimestampTz since = GetCurrentTimestamp();
	ErrorContextCallback callback;
	const HttpReply *reply;
	int64		ms;

	callback.callback = waiting_context;
	callback.arg = unconstify(ChangeRequest *, change);
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	while ((reply = http_reply(transfer)) == NULL)
		http_wait(DT_NOEND);
	error_context_stack = callback.previous;
	ms = TimestampDifferenceMilliseconds(since, GetCurrentTimestamp());
	sender->counters.waited_ms += ms;
	counters_of(sender->table->server->serverid)->waited_ms += ms;
	return reply;
}

/* One attempt. */
static const HttpReply *
attempt(ChangeSender *sender, const ChangeRequest *change,
		const char *auth_header, HttpTransfer **transfer)
{
	ServerCounters *server = counters_of(sender->table->server->serverid);
	const HttpReply *reply;

	check_budget(sender);
	keep_to_rate(sender, auth_header);
	sender->counters.requests++;
	server->requests++;
	*transfer = start(sender, change, auth_header);
	reply = wait_for_reply(sender, change, *transfer);
	server->bytes += reply->bytes_received;
	chain_log_exchange(http_method_name(change->method), change->path,
					   change->members, reply);
	return reply;
}

/*
 * Sends a change and returns the answer of success, which belongs to the
 * current memory context.  Waits, can be interrupted, and raises whatever else
 * comes; not knowing whether the change was made is an error of its own.
 */
const HttpReply *
change_send(ChangeSender *sender, const ChangeRequest *change)
{
	const IntentTable *table = sender->table;
	ServerCounters *server = counters_of(table->server->serverid);
	char	   *auth_header = option_auth_header(sender->userid, table->server,
												 table->resource->key_optional);

	for (int attempts = 1;; attempts++)
	{
		HttpTransfer *transfer;
		const HttpReply *reply = attempt(sender, change, auth_header, &transfer);
		int64		delay = reply->retry_after_ms;

		if (reply->outcome == HTTP_DONE && reply->status >= 200 &&
			reply->status < 300)
			return reply;
		if (!failure_may_repeat_change(reply) ||
			attempts > table->options->max_retries ||
			delay > table->options->max_retry_delay)
		{
			FailureContext context = {
				.table = table,.userid = sender->userid,
				.request_body = change->members,.auth_header = auth_header,
				.attempts = attempts,.page = 1
			};

			server->errors++;
			failure_raise_change(&context, http_method_name(change->method),
								 change->path, reply);
		}
		if (delay < 0)
			delay = throttle_backoff(table->options->max_retry_delay, attempts);
		sender->counters.retries++;
		server->retries++;
		http_release(transfer);
		pause_for(sender, delay);
	}
}
