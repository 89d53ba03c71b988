/*
 * failure_change.c
 *		What a change that was not answered with success ends in.
 *
 * Part of failure.c.  Only an answer of refusal, or that nothing was sent,
 * says that the API has not made the change; with anything else it is not
 * known, and neither is it tried again.
 */
#include "failure.h"

#include "body.h"

typedef struct ChangeRule
{
	int			status;
	const char *code;			/* the API's own; NULL: any */
	int			sqlstate;
	const char *message;
	const char *hint;
} ChangeRule;

/* First match counts; others are as they are for reading. */
static const ChangeRule rules[] = {
	{403, "SLOTS_FULL", ERRCODE_INSUFFICIENT_PRIVILEGE,
		"the API has no free slot for one more active audience",
	"Pause or delete another one first: UPDATE ... SET status = 'paused'."},
	{404, NULL, ERRCODE_FDW_TABLE_NOT_FOUND,
		"the row to change is no longer there",
	"Somebody else may have deleted it since it was read. Run the statement again."},
	{410, NULL, ERRCODE_FDW_TABLE_NOT_FOUND,
		"the row to change is no longer there",
	"Somebody else may have deleted it since it was read. Run the statement again."},
	{400, NULL, ERRCODE_FDW_INVALID_ATTRIBUTE_VALUE,
		"the API refused the change",
	"Check the values against those that the API documents; the table filter_values has those of filters."},
	{422, NULL, ERRCODE_FDW_INVALID_ATTRIBUTE_VALUE,
		"the API refused the change",
	"Check the values against those that the API documents; the table filter_values has those of filters."},
};

/* Is it known that nothing was done?  4xx refuse, and so do redirects here. */
static bool
was_not_made(const HttpReply *reply)
{
	if (reply->outcome != HTTP_DONE)
		return !reply->may_be_received;
	return (reply->status >= 300 && reply->status < 500) ||
		(reply->status == 503 && reply->retry_after_ms >= 0);
}

/* May the change be sent again? */
bool
failure_may_repeat_change(const HttpReply *reply)
{
	return was_not_made(reply) && failure_is_transient(reply);
}

static const ChangeRule *
find_rule(const HttpReply *reply)
{
	char	   *code = body_error_code(reply->body, reply->body_len);

	for (int i = 0; i < lengthof(rules); i++)
	{
		if (rules[i].status == reply->status &&
			(!rules[i].code || (code && strcmp(code, rules[i].code) == 0)))
			return &rules[i];
	}
	return NULL;
}

pg_noreturn static void
raise_unknown(const IntentTable *table, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_TRANSACTION_RESOLUTION_UNKNOWN),
			 errmsg("it is not known whether the API has made a change of table \"%s\"",
					table->name),
			 errdetail_internal("%s", detail),
			 errhint("Look at the table before you run the statement again.")));
}

/*
 * Raises for an answer that is no success.  "path" has a placeholder instead of
 * the key; context->request_body are the names of members, or NULL.
 */
void
failure_raise_change(const FailureContext *context, const char *method,
					 const char *path, const HttpReply *reply)
{
	const ChangeRule *rule;

	if (!was_not_made(reply))
		raise_unknown(context->table, reply->outcome == HTTP_DONE ?
					  psprintf("%s %s was answered with status %d.%s", method, path,
							   reply->status, failure_said(context, reply)) :
					  psprintf("%s %s was sent, and no answer came that can be read: %s.",
							   method, path, reply->reason));
	rule = reply->outcome == HTTP_DONE ? find_rule(reply) : NULL;
	if (!rule)
		failure_raise(context, reply);
	ereport(ERROR,
			(errcode(rule->sqlstate),
			 errmsg_internal("%s", rule->message),
			 errdetail_internal("%s %s: status %d.%s%s%s", method, path,
								reply->status, failure_said(context, reply),
								context->request_body ? " Members sent: " : "",
								context->request_body ?
								psprintf("%s.", context->request_body) : ""),
			 errhint("%s", rule->hint)));
}

/* Raises for an answer of success that is not what the API promises. */
void
failure_unknown_change(const IntentTable *table, const char *method,
					   const char *path, const HttpReply *reply,
					   const char *problem)
{
	const char *end = problem[strlen(problem) - 1] == '.' ? "" : ".";

	raise_unknown(table,
				  psprintf("%s %s was answered with status %d, but the answer cannot be used: %s%s",
						   method, path, reply->status, problem, end));
}
