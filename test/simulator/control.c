/*
 * control.c: the control interface, see control.h.  It needs no key, is not
 * logged, and no fault touches it.
 */
#include "control.h"

#include <stdlib.h>

#include "fault.h"
#include "log.h"
#include "people_csv.h"
#include "result.h"
#include "runs.h"

static void
reply_config(Exchange *x)
{
	SimConfig  *c = config_acquire();
	char	   *text = json_dumps(c->json, JSON_INDENT(1));

	x->reply.status = 200;
	buf_str(&x->reply.body, text ? text : "{}");
	free(text);
	config_release(c);
}

/* What has a life of its own starts anew only when its key is in the update. */
static void
restart_states(const json_t *update)
{
	SimConfig  *c = config_acquire();

	if (!update || json_object_get(update, "faults"))
		faults_load(c->faults);
	if (!update || json_object_get(update, "advance_after") || json_object_get(update, "dates"))
		runs_arm(c);
	config_release(c);
}

static void
put_config(Exchange *x)
{
	Buf			error = {0};
	json_error_t why;
	json_t	   *update = json_loadb(x->body.data, x->body.len, JSON_REJECT_DUPLICATES, &why);

	if (!json_is_object(update))
		reply_error(&x->reply, 400, update ? "config must be a JSON object" : why.text);
	else if (!config_update(update, &error))
		reply_error(&x->reply, 400, error.data);
	else
	{
		restart_states(update);
		reply_config(x);
	}
	json_decref(update);
	buf_free(&error);
}

void
control_reset(void)
{
	config_reset();
	restart_states(NULL);
	runs_forget();
	results_forget();
	log_reset();
}

static void
post_reset(Exchange *x)
{
	control_reset();
	reply_text(&x->reply, 200, "reset\n");
}

static bool
argument_is(const Exchange *x, const char *name, const char *value)
{
	const char *given = exchange_argument(x, name);

	return given && strcmp(given, value) == 0;
}

static void
get_log(Exchange *x)
{
	x->reply.status = 200;
	if (argument_is(x, "format", "text"))
	{
		reply_text(&x->reply, 200, "");
		log_text(&x->reply.body, argument_is(x, "what", "status"));
	}
	else
		log_json(&x->reply.body);
}

static void
delete_log(Exchange *x)
{
	log_clear();
	reply_text(&x->reply, 200, "cleared\n");
}

static void
reply_number(Exchange *x, uint64_t number)
{
	reply_text(&x->reply, 200, "");
	buf_printf(&x->reply.body, "%llu\n", (unsigned long long) number);
}

static void
get_count(Exchange *x)
{
	reply_number(x, log_count());
}

static void
get_connections(Exchange *x)
{
	reply_number(x, log_connections());
}

/* The argument date, or the latest run; false with a 400 if it is no date. */
static bool
date_argument(Exchange *x, char date[DATE_LEN + 1])
{
	const char *given = exchange_argument(x, "date");

	if (given == NULL)
		runs_latest(x->config, date);
	else if (is_date(given) && runs_known(x->config, given))
		memcpy(date, given, DATE_LEN + 1);
	else
	{
		reply_error(&x->reply, 400, "date must be one of the config's dates");
		return false;
	}
	return true;
}

static void
get_topics(Exchange *x)
{
	char		date[DATE_LEN + 1];
	const DateIndex *index;

	if (!date_argument(x, date))
		return;
	reply_text(&x->reply, 200, "");
	data_lock();
	index = date_index(date);
	for (int t = 0; t < TOPIC_COUNT; t++)
		buf_printf(&x->reply.body, "%d %zu\n", topics[t].id, index->start[t + 1] - index->start[t]);
	data_unlock();
}

static void
get_people(Exchange *x)
{
	char		date[DATE_LEN + 1];

	if (!date_argument(x, date))
		return;
	x->reply.status = 200;
	x->reply.content_type = "text/csv; charset=utf-8";
	people_csv(&x->reply.stream, date, x->config->fractional);
}

static void
get_health(Exchange *x)
{
	reply_text(&x->reply, 200, "ok\n");
}

static const struct
{
	const char *method;
	const char *path;
	void		(*handler) (Exchange *x);
}			routes[] = {
	{"GET", "/_sim/config", reply_config},
	{"PUT", "/_sim/config", put_config},
	{"POST", "/_sim/reset", post_reset},
	{"GET", "/_sim/log", get_log},
	{"DELETE", "/_sim/log", delete_log},
	{"GET", "/_sim/count", get_count},
	{"GET", "/_sim/connections", get_connections},
	{"GET", "/_sim/topics", get_topics},
	{"GET", "/_sim/people.csv", get_people},
	{"GET", "/_sim/health", get_health},
	{0}
};

void
control_dispatch(Exchange *x)
{
	for (int i = 0; routes[i].method; i++)
	{
		if (strcmp(routes[i].method, x->method) != 0 || strcmp(routes[i].path, x->path) != 0)
			continue;
		routes[i].handler(x);
		return;
	}
	reply_error(&x->reply, 404, "no such control path");
}
