/*
 * runs.c: the daily runs, see runs.h.
 */
#include "runs.h"

#include <pthread.h>
#include <stdlib.h>

typedef struct Calls
{
	uint64_t	query;			/* 0: free */
	int			calls;
} Calls;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int	requests_left = -1; /* -1: no run is due */
static bool landed;
static Calls *table;			/* open addressing, size a power of two */
static size_t table_size;
static size_t table_used;

void
runs_arm(const SimConfig *c)
{
	pthread_mutex_lock(&lock);
	requests_left = c->advance_requests;
	landed = false;
	pthread_mutex_unlock(&lock);
}

void
runs_count_request(const SimConfig *c)
{
	pthread_mutex_lock(&lock);
	if (c->advance_requests >= 0 && requests_left >= 0 && requests_left-- == 0)
		landed = true;
	pthread_mutex_unlock(&lock);
}

static bool
has_landed(const SimConfig *c)
{
	bool		answer;

	pthread_mutex_lock(&lock);
	answer = landed && c->advance_date != NULL;
	pthread_mutex_unlock(&lock);
	return answer;
}

void
runs_latest(const SimConfig *c, char date[DATE_LEN + 1])
{
	const char *latest = has_landed(c) ? c->advance_date : c->dates[c->date_count - 1];

	memcpy(date, latest, DATE_LEN + 1);
}

bool
runs_known(const SimConfig *c, const char *date)
{
	for (int i = 0; i < c->date_count; i++)
		if (strcmp(c->dates[i], date) == 0)
			return true;
	return has_landed(c) && strcmp(c->advance_date, date) == 0;
}

static Calls *
find_slot(Calls *in, size_t size, uint64_t query)
{
	size_t		at = query & (size - 1);

	while (in[at].query != 0 && in[at].query != query)
		at = (at + 1) & (size - 1);
	return &in[at];
}

static void
table_grow(void)
{
	size_t		size = table_size ? table_size * 2 : 256;
	Calls	   *bigger = xcalloc(size, sizeof(Calls));

	for (size_t i = 0; i < table_size; i++)
		if (table[i].query)
			*find_slot(bigger, size, table[i].query) = table[i];
	free(table);
	table = bigger;
	table_size = size;
}

bool
runs_materializing(const SimConfig *c, uint64_t query)
{
	Calls	   *slot;
	bool		answer;

	if (c->materialize_calls == 0)
		return false;
	pthread_mutex_lock(&lock);
	if (table_used * 2 >= table_size)
		table_grow();
	slot = find_slot(table, table_size, query | 1);
	if (slot->query == 0)
	{
		slot->query = query | 1;
		table_used++;
	}
	answer = slot->calls < c->materialize_calls;
	slot->calls += answer;
	pthread_mutex_unlock(&lock);
	return answer;
}

void
runs_forget(void)
{
	pthread_mutex_lock(&lock);
	free(table);
	table = NULL;
	table_size = table_used = 0;
	pthread_mutex_unlock(&lock);
}
