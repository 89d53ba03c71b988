/*
 * log.c: the log of API requests, see log.h: a ring that grows up to its
 * limit, then forgets the oldest.
 */
#include "log.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define BODY_KEPT 65536

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static LogEntry *ring;
static size_t ring_size;
static size_t first;
static size_t used;
static uint64_t since_clear;
static uint64_t since_reset;
static uint64_t connections;
static uint64_t generation = 1;

static double
now_ms(void)
{
	static double start;
	struct timespec t;
	double		now;

	clock_gettime(CLOCK_MONOTONIC, &t);
	now = (double) t.tv_sec * 1e3 + (double) t.tv_nsec / 1e6;
	if (start == 0)
		start = now;
	return now - start;
}

static LogEntry *
entry(size_t i)
{
	return &ring[(first + i) % ring_size];
}

static void
entry_free(LogEntry *e)
{
	free(e->method);
	free(e->target);
	free(e->body);
	free(e->user_agent);
}

static void
drop_oldest(void)
{
	entry_free(entry(0));
	first = (first + 1) % ring_size;
	used--;
}

static void
ring_grow(void)
{
	size_t		size = ring_size ? ring_size * 2 : 64;
	LogEntry   *bigger = xmalloc(size * sizeof(LogEntry));

	for (size_t i = 0; i < used; i++)
		bigger[i] = *entry(i);
	free(ring);
	ring = bigger;
	ring_size = size;
	first = 0;
}

static void
keep(const LogEntry *e, uint64_t connection)
{
	LogEntry   *kept;

	if (used == ring_size)
		ring_grow();
	kept = entry(used++);
	*kept = *e;
	kept->number = since_reset;
	kept->connection = connection;
	kept->at_ms = now_ms();
	kept->method = xstrdup(e->method);
	kept->target = xstrdup(e->target);
	kept->body = strndup(e->body, BODY_KEPT);
	kept->user_agent = e->user_agent ? xstrdup(e->user_agent) : NULL;
}

uint64_t
log_add(const LogEntry *e, Connection *c, int limit)
{
	uint64_t	number;

	pthread_mutex_lock(&lock);
	since_clear++;
	number = ++since_reset;
	if (c->generation != generation)
		connections++;
	c->generation = generation;
	while (used > 0 && used >= (size_t) limit)
		drop_oldest();
	if (limit > 0)
		keep(e, c->id);
	pthread_mutex_unlock(&lock);
	return number;
}

void
log_status(uint64_t number, int status)
{
	pthread_mutex_lock(&lock);
	if (used > 0 && number >= entry(0)->number && number - entry(0)->number < used)
		entry(number - entry(0)->number)->status = status;
	pthread_mutex_unlock(&lock);
}

static void
clear(void)
{
	while (used > 0)
		drop_oldest();
	since_clear = 0;
}

void
log_clear(void)
{
	pthread_mutex_lock(&lock);
	clear();
	pthread_mutex_unlock(&lock);
}

void
log_reset(void)
{
	pthread_mutex_lock(&lock);
	clear();
	since_reset = 0;
	connections = 0;
	generation++;
	pthread_mutex_unlock(&lock);
}

static uint64_t
read_counter(const uint64_t *counter)
{
	uint64_t	value;

	pthread_mutex_lock(&lock);
	value = *counter;
	pthread_mutex_unlock(&lock);
	return value;
}

uint64_t
log_count(void)
{
	return read_counter(&since_clear);
}

uint64_t
log_connections(void)
{
	return read_counter(&connections);
}

/* Text that may be anything a client sent, as JSON; NULL for no text. */
static json_t *
any_text(const char *text)
{
	json_t	   *value = text ? json_string(text) : json_null();

	return value ? value : json_string("(not UTF-8)");
}

static void
entry_json(Buf *b, const LogEntry *e)
{
	json_t	   *body = json_loads(e->body, 0, NULL);
	json_t	   *o = json_pack("{s:I,s:I,s:f,s:o,s:o,s:i,s:s,s:o,s:o}",
							  "n", (json_int_t) e->number,
							  "connection", (json_int_t) e->connection,
							  "at_ms", e->at_ms,
							  "method", any_text(e->method),
							  "path", any_text(e->target),
							  "status", e->status,
							  "auth", e->auth,
							  "user_agent", any_text(e->user_agent),
							  "body", body ? body : any_text(e->body));
	char	   *text = json_dumps(o, JSON_COMPACT);

	buf_str(b, text ? text : "null");
	free(text);
	json_decref(o);
}

void
log_json(Buf *b)
{
	buf_char(b, '[');
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < used; i++)
	{
		if (i > 0)
			buf_str(b, ",\n");
		entry_json(b, entry(i));
	}
	pthread_mutex_unlock(&lock);
	buf_str(b, "]\n");
}

/* The body on one line, in the client's order of members. */
static void
one_line(Buf *b, const char *body)
{
	json_t	   *json = json_loads(body, 0, NULL);
	char	   *text;

	if (json == NULL)
	{
		for (; *body; body++)
			buf_char(b, *body == '\n' || *body == '\r' ? ' ' : *body);
		return;
	}
	if (json_is_string(json_object_get(json, "cursor")))
		json_object_set_new(json, "cursor", json_string("<cursor>"));
	text = json_dumps(json, JSON_COMPACT);
	buf_str(b, text ? text : "");
	free(text);
	json_decref(json);
}

void
log_text(Buf *b, bool with_status)
{
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < used; i++)
	{
		const LogEntry *e = entry(i);

		if (with_status)
			buf_printf(b, "%d ", e->status);
		buf_printf(b, "%s %s", e->method, e->target);
		if (e->body[0])
			buf_char(b, ' ');
		one_line(b, e->body);
		buf_char(b, '\n');
	}
	pthread_mutex_unlock(&lock);
}
