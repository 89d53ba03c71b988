/*
 * result.c: computing and keeping results, see result.h.
 *
 * The people of the asked topics come from lists sorted by person, merged; so
 * a result is in order of person before it is shuffled.  Everything here is
 * under data_lock(): a second client that asks the same waits for the first.
 */
#include "result.h"

#include <stdlib.h>

#include "hash.h"

#define BYTES_KEPT ((size_t) 128 << 20)

typedef struct Head
{
	int			topic;
	const Posting *at;
	const Posting *end;
} Head;

static Result *newest;
static Result *oldest;
static size_t bytes_kept;

uint64_t
result_key(const Query *q, const char *date, const SimConfig *c)
{
	uint64_t	flags = (uint64_t) (c->wide | c->fractional << 1 | c->shuffle << 2);

	return mix64(q->result_hash ^ date_seed(date) ^ flags << 60);
}

static size_t
result_size(const Result *r)
{
	return sizeof(*r) + r->count * sizeof(Hit);
}

static void
unref(Result *r)
{
	if (--r->refs > 0)
		return;
	free(r->hits);
	free(r);
}

void
result_release(Result *r)
{
	data_lock();
	unref(r);
	data_unlock();
}

static void
unlink_result(Result *r)
{
	*(r->newer ? &r->newer->older : &newest) = r->older;
	*(r->older ? &r->older->newer : &oldest) = r->newer;
	r->newer = r->older = NULL;
	bytes_kept -= result_size(r);
}

static void
link_newest(Result *r)
{
	r->older = newest;
	*(newest ? &newest->newer : &oldest) = r;
	newest = r;
	bytes_kept += result_size(r);
}

/* Drops the oldest results beyond the limit, but never the newest. */
static void
trim(size_t limit)
{
	while (oldest != NULL && bytes_kept > limit && (oldest != newest || limit == 0))
	{
		Result	   *r = oldest;

		unlink_result(r);
		unref(r);
	}
}

void
results_forget(void)
{
	data_lock();
	trim(0);
	data_unlock();
}

static Result *
find(uint64_t key)
{
	for (Result *r = newest; r; r = r->older)
		if (r->key == key)
			return r;
	return NULL;
}

static void
add_hit(Result *r, size_t *room, Hit hit)
{
	if (r->count == *room)
	{
		*room = *room ? *room * 2 : 64;
		r->hits = xrealloc(r->hits, *room * sizeof(Hit));
	}
	r->hits[r->count++] = hit;
}

static int
open_heads(const Query *q, const DateIndex *index, Head *heads)
{
	for (int i = 0; i < q->topic_count; i++)
	{
		heads[i].topic = q->topics[i];
		heads[i].at = index->postings + index->start[q->topics[i]];
		heads[i].end = index->postings + index->start[q->topics[i] + 1];
	}
	return q->topic_count;
}

static bool
next_person(const Head *heads, int n, uint32_t *person)
{
	bool		found = false;

	for (int i = 0; i < n; i++)
	{
		if (heads[i].at == heads[i].end || (found && heads[i].at->person >= *person))
			continue;
		*person = heads[i].at->person;
		found = true;
	}
	return found;
}

/*
 * Moves the heads past a person and says what that person matches.  The
 * strongest topic wins, of equal ones the lowest id (heads ascend by id).
 */
static Hit
take_person(const Query *q, Head *heads, int n, uint32_t person, bool fractional)
{
	Hit			hit = {.person = person};

	for (int i = 0; i < n; i++)
	{
		int			tenths;

		if (heads[i].at == heads[i].end || heads[i].at->person != person)
			continue;
		tenths = fractional ? heads[i].at->tenths : heads[i].at->whole;
		heads[i].at++;
		if (tenths < q->min_score * 10 || tenths > q->max_score * 10)
			continue;
		hit.matched |= 1ULL << heads[i].topic;
		if (tenths <= hit.tenths)
			continue;
		hit.tenths = (uint16_t) tenths;
		hit.topic = (uint16_t) heads[i].topic;
	}
	return hit;
}

static void
shuffle(Result *r)
{
	uint64_t	h = r->key;

	for (size_t i = r->count; i > 1; i--)
	{
		size_t		other = (h = mix64(h)) % i;
		Hit			hit = r->hits[i - 1];

		r->hits[i - 1] = r->hits[other];
		r->hits[other] = hit;
	}
}

static void
compute(Result *r, const Query *q, const SimConfig *c)
{
	Head		heads[QUERY_TOPICS_MAX];
	int			n = open_heads(q, date_index(r->date), heads);
	FilterSet	filters;
	uint32_t	person = 0;
	size_t		room = 0;

	filters_compile(q->filters, c->wide, &filters);
	while (next_person(heads, n, &person))
	{
		Hit			hit = take_person(q, heads, n, person, c->fractional);

		if (hit.matched && __builtin_popcountll(hit.matched) >= q->min_overlap &&
			filters_match(&filters, person))
			add_hit(r, &room, hit);
	}
	filters_free(&filters);
	if (c->shuffle)
		shuffle(r);
}

Result *
result_get(const Query *q, const char *date, bool known, const SimConfig *c)
{
	uint64_t	key = result_key(q, date, c) ^ known;
	Result	   *r;

	data_lock();
	r = find(key);
	if (r != NULL)
		unlink_result(r);
	else
	{
		r = xcalloc(1, sizeof(*r));
		r->refs = 1;
		r->key = key;
		memcpy(r->date, date, DATE_LEN);
		if (known)
			compute(r, q, c);
	}
	link_newest(r);
	trim(BYTES_KEPT);
	r->refs++;
	data_unlock();
	return r;
}
