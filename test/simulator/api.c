/*
 * api.c: what all paths of the API have in common, see api.h.  A new path is
 * an entry in the table routes.
 */
#include "api.h"

#include <strings.h>

#include "audience.h"
#include "catalogue.h"
#include "cursor.h"
#include "fault.h"
#include "reply_faults.h"
#include "run_results.h"
#include "saved.h"

typedef struct Route
{
	const char *method;
	const char *path;			/* a segment "*" stands for any one */
	bool		needs_key;
	void		(*handler) (Exchange *x);
} Route;

/* The first one that matches. */
static const Route routes[] = {
	{"POST", "/v1/intent/audiences/query", true, audience_query},
	{"GET", "/v1/intent/topics", false, catalogue_topics},
	{"GET", "/v1/intent/topics/facets", false, catalogue_facets},
	{"GET", "/v1/intent/topics/search", false, catalogue_search},
	{"POST", "/v1/intent/topics/compare", false, catalogue_compare},
	{"GET", "/v1/intent/topics/movers", false, catalogue_movers},
	{"GET", "/v1/intent/topics/*/trend", false, catalogue_trend},
	{"POST", "/v1/intent/topics/analyze", false, site_analyze},
	{"GET", "/v1/intent/audiences/filters", true, catalogue_filters},
	{"POST", "/v1/intent/audiences/preview", true, audience_preview},
	{"GET", "/v1/intent/audiences", true, saved_list},
	{"POST", "/v1/intent/audiences", true, saved_create},
	{"GET", "/v1/intent/audiences/*", true, saved_one},
	{"PATCH", "/v1/intent/audiences/*", true, saved_update},
	{"DELETE", "/v1/intent/audiences/*", true, saved_delete},
	{"GET", "/v1/intent/audiences/*/runs", true, saved_runs},
	{"POST", "/v1/intent/audiences/*/export", true, saved_export},
	{"GET", "/v1/intent/audiences/*/stats", true, saved_stats},
	{"GET", "/v1/intent/audiences/*/status", true, saved_status},
	{"GET", "/v1/intent/audiences/*/results", true, audience_results},
	{"GET", "/v1/intent/audiences/*/runs/*/results", true, run_results},
	{0}
};

static bool
path_matches(const char *pattern, const char *path)
{
	while (*pattern && *path)
	{
		if (*pattern == '*')
		{
			size_t		segment = strcspn(path, "/");

			if (segment == 0)
				return false;
			path += segment;
			pattern++;
		}
		else if (*pattern++ != *path++)
			return false;
	}
	return *pattern == *path;
}

/* NULL with a 404 or 405 in the reply if there is none. */
static const Route *
find_route(Exchange *x)
{
	const char *allowed = NULL; /* path that takes another method */
	const char *method = NULL;

	for (const Route *r = routes; r->method; r++)
	{
		/* what has a name of its own is not an id */
		if (!path_matches(r->path, x->path) ||
			(allowed && strchr(r->path, '*') && !strchr(allowed, '*')))
			continue;
		if (strcmp(r->method, x->method) == 0)
			return r;
		allowed = r->path;
		method = r->method;
	}
	if (allowed)
	{
		reply_error(&x->reply, 405, "Method not allowed");
		reply_header(&x->reply, "Allow", method);
	}
	else
		reply_error(&x->reply, 404, "Route not found");
	return NULL;
}

static const char *
bearer_of(const char *authorization)
{
	if (authorization && strncasecmp(authorization, "Bearer ", 7) == 0)
		return authorization + 7;
	return "";
}

static bool
may_enter(Exchange *x)
{
	const char *key = exchange_header(x, "X-API-Key");
	const char *authorization = exchange_header(x, "Authorization");
	const SimConfig *c = x->config;

	if (key && authorization)
		reply_error(&x->reply, 400, "Send either X-API-Key or Authorization, not both");
	else if (key && c->api_key && strcmp(key, c->api_key) == 0)
		return true;
	else if (c->bearer_token && strcmp(bearer_of(authorization), c->bearer_token) == 0)
		return true;
	else
		reply_error(&x->reply, 401, "Invalid API key");
	return false;
}

static bool
is_json_request(Exchange *x)
{
	static const char wanted[] = "application/json";
	const char *type = exchange_header(x, "Content-Type");
	size_t		length = sizeof(wanted) - 1;

	if (strcmp(x->method, "POST") != 0 && strcmp(x->method, "PATCH") != 0)
		return true;
	if (type && strncasecmp(type, wanted, length) == 0 && strchr("; ", type[length]))
		return true;
	reply_error(&x->reply, 400, "Content-Type must be application/json");
	return false;
}

static void
answer(Exchange *x)
{
	const Route *r;

	if (x->body_too_large)
	{
		reply_error(&x->reply, 413, "Request body is too large");
		return;
	}
	r = find_route(x);
	if (r && (!r->needs_key || may_enter(x)) && is_json_request(x))
		r->handler(x);
}

static const char *
auth_kind(const Exchange *x)
{
	bool		key = exchange_header(x, "X-API-Key") != NULL;
	bool		other = exchange_header(x, "Authorization") != NULL;

	return key && other ? "both" : key ? "key" : other ? "bearer" : "none";
}

static void
write_log(Exchange *x, Connection *c)
{
	LogEntry	e = {
		.method = (char *) x->method,
		.target = x->target,
		.body = x->body.data,
		.user_agent = (char *) exchange_header(x, "User-Agent"),
		.auth = auth_kind(x)
	};

	x->log_number = log_add(&e, c, x->config->log_limit);
}

static void
take_fault(Exchange *x)
{
	const char *sent = json_string_value(json_object_get(x->json, "cursor"));
	const char *text = sent ? sent : exchange_argument(x, "cursor");
	Cursor		cursor = {0};
	FaultRequest request = {
		.method = x->method,
		.path = x->path,
		.body = x->body.data,
		.page = 1,
		.request = x->log_number
	};

	if (text && cursor_parse(text, &cursor))
		request.page = (int) cursor.page;
	x->fault = fault_take(&request);
}

static bool
wait_latency(Exchange *x)
{
	const json_t *more = json_object_get(x->fault, "latency_ms");
	int64_t		ms = x->config->latency_ms + json_integer_value(more);

	return ms == 0 || exchange_wait(x, ms * 1000);
}

/* A client that left gets nothing; the log shows its request with status 0. */
void
api_dispatch(Exchange *x, Connection *c)
{
	write_log(x, c);
	x->json = json_loadb(x->body.data, x->body.len, JSON_REJECT_DUPLICATES, NULL);
	take_fault(x);
	if (!wait_latency(x))
	{
		x->reply.close = true;
		return;
	}
	if (!reply_faults_replace(x->fault, &x->reply))
		answer(x);
	x->reply.bytes_per_second = x->config->slow_body;
	x->reply.stall_ms = x->config->stall_body_ms;
	x->reply.plain = x->reply.bytes_per_second > 0 || x->reply.stall_ms > 0;
	reply_faults_apply(x->fault, &x->reply);
	if (!x->reply.close && !x->reply.stall)
		log_status(x->log_number, x->reply.status);
}
