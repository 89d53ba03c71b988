/*
 * failure.c
 *		Statuses and broken transfers to PostgreSQL errors.
 *
 * Only here is it said what an HTTP status means.  Messages hold no secrets
 * and nobody's data: of a body that could not be read only the structure is
 * shown (body_excerpt).
 */
#include "failure.h"

#include "body.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"

/* Longest message of a server that an error repeats, in bytes. */
#define MESSAGE_LIMIT 500

/* As much of a body as errors look at, in bytes. */
#define BODY_LIMIT 65536

/* What the detail of an error shows. */
typedef enum DetailKind
{
	DETAIL_STATUS,				/* status, attempts, how long the server asked
								 * to wait, its message */
	DETAIL_MESSAGE,				/* the server's message */
	DETAIL_REQUEST,				/* the server's message and the request body */
	DETAIL_EXCERPT,				/* status and the beginning of the body */
} DetailKind;

typedef enum HintKind
{
	HINT_NONE,
	HINT_KEY,
	HINT_PATH,
	HINT_PLAN,
	HINT_LATER,
	HINT_REFUSED,
} HintKind;

typedef struct StatusRule
{
	int			status;			/* the rule's first status */
	int			last;			/* and its last */
	bool		transient;
	int			sqlstate;
	const char *message;
	DetailKind	detail;
	HintKind	hint;
} StatusRule;

/* First match counts; the last rule matches all. */
static const StatusRule status_rules[] = {
	{400, 400, false, ERRCODE_FDW_INVALID_ATTRIBUTE_VALUE,
	"the API refused the request", DETAIL_REQUEST, HINT_REFUSED},
	{422, 422, false, ERRCODE_FDW_INVALID_ATTRIBUTE_VALUE,
	"the API refused the request", DETAIL_REQUEST, HINT_REFUSED},
	{401, 401, false, ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION,
	"the API did not accept the key", DETAIL_MESSAGE, HINT_KEY},
	{403, 403, false, ERRCODE_INSUFFICIENT_PRIVILEGE,
	"the API denied access", DETAIL_MESSAGE, HINT_PLAN},
	{404, 404, false, ERRCODE_FDW_TABLE_NOT_FOUND,
	"the API knows no such audience or path", DETAIL_MESSAGE, HINT_PATH},
	{410, 410, false, ERRCODE_FDW_TABLE_NOT_FOUND,
	"the API no longer has that audience or path", DETAIL_MESSAGE, HINT_PATH},
	{429, 429, true, ERRCODE_CONFIGURATION_LIMIT_EXCEEDED,
	"the API limits the rate of requests", DETAIL_STATUS, HINT_LATER},
	{500, 500, true, ERRCODE_FDW_UNABLE_TO_CREATE_EXECUTION,
	"the API failed", DETAIL_STATUS, HINT_LATER},
	{502, 504, true, ERRCODE_FDW_UNABLE_TO_CREATE_EXECUTION,
	"the API failed", DETAIL_STATUS, HINT_LATER},
	{501, 599, false, ERRCODE_FDW_UNABLE_TO_CREATE_EXECUTION,
	"the API failed", DETAIL_STATUS, HINT_LATER},
	{0, 999, false, ERRCODE_FDW_UNABLE_TO_CREATE_REPLY,
	"the API answered with an unexpected status", DETAIL_EXCERPT, HINT_PATH},
};

/* 409 of a resource that can be in a state which does not serve it. */
static const StatusRule conflict_rule = {
	409, 409, false, ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
	"the API cannot serve this result in its present state", DETAIL_MESSAGE, HINT_NONE
};

typedef struct OutcomeRule
{
	bool		transient;
	int			sqlstate;
	const char *message;
	const char *hint;
} OutcomeRule;

/* By HttpOutcome; HTTP_DONE goes by status. */
static const OutcomeRule outcome_rules[] = {
	[HTTP_CONNECT_FAILED] = {
		true, ERRCODE_FDW_UNABLE_TO_ESTABLISH_CONNECTION,
		"could not connect to the API", NULL,
	},
	[HTTP_TLS_REFUSED] = {
		false, ERRCODE_FDW_UNABLE_TO_ESTABLISH_CONNECTION,
		"could not establish a secure connection to the API",
		"A private certificate authority is named by the server option \"ca_file\".",
	},
	[HTTP_CUT_SHORT] = {
		true, ERRCODE_FDW_UNABLE_TO_ESTABLISH_CONNECTION,
		"the connection to the API broke before the answer was complete", NULL,
	},
	[HTTP_TIMED_OUT] = {
		false, ERRCODE_FDW_UNABLE_TO_CREATE_EXECUTION,
		"request timeout: the API did not answer in time",
		"Raise the server option \"request_timeout\".",
	},
	[HTTP_TOO_LARGE] = {
		false, ERRCODE_FDW_UNABLE_TO_CREATE_REPLY,
		"the answer is larger than allowed",
		"Raise the option \"max_response_size\", or lower \"page_size\".",
	},
	[HTTP_NOT_HTTP] = {
		false, ERRCODE_FDW_UNABLE_TO_CREATE_REPLY,
		"the answer is not HTTP that can be read",
		"Check the server option \"base_url\".",
	},
};

static const StatusRule *
rule_for_status(int status)
{
	const StatusRule *rule = status_rules;

	while (status < rule->status || status > rule->last)
		rule++;
	return rule;
}

/* May the same request succeed when it is sent again? */
bool
failure_is_transient(const HttpReply *reply)
{
	if (reply->outcome != HTTP_DONE)
		return outcome_rules[reply->outcome].transient;
	return rule_for_status(reply->status)->transient;
}

static char *
attempts_text(int attempts)
{
	return psprintf(attempts == 1 ? "%d attempt" : "%d attempts", attempts);
}

/* The secret of "X-API-Key: ..." or "Authorization: Bearer ...", or NULL. */
static const char *
secret_of(const FailureContext *context)
{
	const char *space = context->auth_header ?
	strrchr(context->auth_header, ' ') : NULL;

	return space && space[1] != '\0' ? space + 1 : NULL;
}

/*
 * What the server sent, without the secret that it may repeat.  NULs become
 * spaces.
 */
static char *
conceal(const FailureContext *context, const char *text, size_t len)
{
	const char *secret = secret_of(context);
	size_t		width = secret ? strlen(secret) : 0;
	StringInfoData buf;

	initStringInfo(&buf);
	len = Min(len, BODY_LIMIT);
	for (size_t i = 0; i < len;)
	{
		if (secret && len - i >= width && memcmp(text + i, secret, width) == 0)
		{
			appendStringInfoString(&buf, "***");
			i += width;
		}
		else
		{
			appendStringInfoChar(&buf, text[i] ? text[i] : ' ');
			i++;
		}
	}
	return buf.data;
}

static char *
excerpt(const FailureContext *context, const HttpReply *reply)
{
	char	   *text = conceal(context, reply->body, reply->body_len);

	return body_excerpt(text, strlen(text));
}

/* How an answer begins that could not be used. */
static char *
begins(const FailureContext *context, const HttpReply *reply)
{
	char	   *text = excerpt(context, reply);

	return text[0] == '\0' ? "The answer is empty." :
		psprintf("The answer begins: %s", text);
}

/* The server's own words, or the beginning of what it sent instead. */
static char *
message_of(const FailureContext *context, const HttpReply *reply)
{
	char	   *message = body_error_message(reply->body, reply->body_len);

	if (!message)
		return excerpt(context, reply);
	message = conceal(context, message, strlen(message));
	return body_printable(message, strlen(message), MESSAGE_LIMIT);
}

/* " It said: ... .", or nothing; palloc'd or constant, never the secret */
char *
failure_said(const FailureContext *context, const HttpReply *reply)
{
	char	   *message = message_of(context, reply);
	size_t		len = strlen(message);

	if (len == 0)
		return "";
	return psprintf(" It said: %s%s", message,
					strchr(".!?", message[len - 1]) ? "" : ".");
}

/* What Retry-After said, or for a limited rate that it said nothing. */
static char *
asked_to_wait(const HttpReply *reply)
{
	if (reply->retry_after_ms >= 0)
		return psprintf(" It asked to wait %d s.",
						(int) ((reply->retry_after_ms + 999) / 1000));
	return reply->status == 429 ? " It did not say how long to wait." : "";
}

static char *
detail_text(DetailKind kind, const FailureContext *context,
			const HttpReply *reply)
{
	switch (kind)
	{
		case DETAIL_MESSAGE:
			return psprintf("Status %d.%s", reply->status, failure_said(context, reply));
		case DETAIL_REQUEST:
			return psprintf("Status %d.%s Request%s: %s", reply->status,
							failure_said(context, reply),
							resource_has_body(context->table->resource) ? " body" : "",
							context->request_body ? context->request_body : "none");
		case DETAIL_EXCERPT:
			return psprintf("Status %d. %s", reply->status,
							begins(context, reply));
		default:
			return psprintf("Status %d after %s.%s%s", reply->status,
							attempts_text(context->attempts), asked_to_wait(reply),
							failure_said(context, reply));
	}
}

static char *
hint_text(HintKind kind, const FailureContext *context)
{
	const ForeignServer *server = context->table->server;

	switch (kind)
	{
		case HINT_KEY:
			return psprintf("Check the api_key of the user mapping for user \"%s\" and server \"%s\".",
							GetUserNameFromId(context->userid, false),
							server->servername);
		case HINT_PATH:
			return psprintf("Check the audience asked for, and the option \"base_url\" of server \"%s\".",
							server->servername);
		case HINT_PLAN:
			return "The organisation behind the key may have expired, or its plan does not include this.";
		case HINT_LATER:
			return "Run the statement again later; the options \"max_retries\" and \"max_retry_delay\" say how long it keeps trying by itself.";
		case HINT_REFUSED:
			return "Check the values in WHERE against those that the API documents.";
		default:
			return NULL;
	}
}

pg_noreturn static void
raise_status(const FailureContext *context, const HttpReply *reply)
{
	const StatusRule *rule = reply->status == conflict_rule.status &&
	context->table->resource->conflicts ? &conflict_rule :
	rule_for_status(reply->status);
	char	   *hint = hint_text(rule->hint, context);

	/* the cursor was good when it was given: what it points into has gone */
	if (context->has_cursor && (reply->status == 400 || reply->status == 404 ||
								reply->status == 410))
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("the API no longer knows the cursor of page %d",
						context->page),
				 errdetail_internal("%s", detail_text(DETAIL_MESSAGE, context, reply)),
				 errhint("Run the statement again.")));
	ereport(ERROR,
			(errcode(rule->sqlstate),
			 errmsg_internal("%s", rule->message),
			 errdetail_internal("%s", detail_text(rule->detail, context, reply)),
			 hint ? errhint("%s", hint) : 0));
}

/* Raises what a reply that is no page ends in. */
void
failure_raise(const FailureContext *context, const HttpReply *reply)
{
	const OutcomeRule *rule;

	if (reply->outcome == HTTP_DONE)
		raise_status(context, reply);
	rule = &outcome_rules[reply->outcome];
	ereport(ERROR,
			(errcode(rule->sqlstate),
			 errmsg_internal("%s", rule->message),
			 errdetail_internal("%s (%s, page %d).", reply->reason,
								attempts_text(context->attempts), context->page),
			 rule->hint ? errhint("%s", rule->hint) : 0));
}

/* Raises for a reply whose document is not what the API promises. */
void
failure_malformed(const FailureContext *context, const HttpReply *reply,
				  const char *problem)
{
	ereport(ERROR,
			(errcode(ERRCODE_FDW_UNABLE_TO_CREATE_REPLY),
			 errmsg("malformed answer: %s", problem),
			 errdetail_internal("Page %d of table \"%s\", %zu bytes. %s",
								context->page, context->table->name,
								reply->body_len, begins(context, reply))));
}
