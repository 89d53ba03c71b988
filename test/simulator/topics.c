/*
 * topics.c: the topic catalogue and its daily runs, see topics.h.
 *
 * The first topic holds half of all people; the others follow their weights.
 * From one date to the next a tenth of the memberships change and all scores
 * move a little.
 */
#include "topics.h"

#include <pthread.h>
#include <stdlib.h>

#include "hash.h"
#include "people.h"

#define DATES_KEPT 8			/* 21 MB each for a million people */

const Topic topics[TOPIC_COUNT] = {
	{102391, "Customer Relationship Management", 0},
	{103007, "Sales Automation", 900},
	{103120, "Lead Scoring", 500},
	{104455, "Account Based Marketing", 420},
	{105002, "Email Deliverability", 300},
	{106310, "Marketing Attribution", 260},
	{107744, "Data Warehousing", 400},
	{108001, "Business Intelligence", 380},
	{109256, "Data Governance", 150},
	{110003, "PostgreSQL", 240},
	{110004, "Foreign Data \"Wrappers\"", 20},
	{111222, "Cloud Migration", 330},
	{112358, "Kubernetes", 280},
	{113500, "Zero Trust Security", 210},
	{114001, "Endpoint Protection", 160},
	{115115, "Identity Management", 140},
	{116999, "Payroll Software", 120},
	{117801, "Intent Data", 1500},
	{117802, "Intent Data Pricing", 90},
	{118000, "Conversational AI", 350},
	{119420, "Large Language Models", 600},
	{120120, "Fleet Management", 60},
	{121212, "Solar Panels", 110},
	{122333, "Electric Vehicles", 230},
	{123456, "Home Insurance", 130},
	{124000, "Mortgage Refinancing", 100},
	{125250, "Travel Rewards", 170},
	{126001, "Électronique grand public", 40},
	{127127, "Industrial Robots", 30},
	{128128, "3D Printing", 35},
	{129000, "Supply Chain", 190},
	{130313, "Warehouse Automation", 45},
	{131072, "Quantum Computing", 10},
	{132000, "Carbon Accounting", 25},
	{133700, "Penetration Testing", 55},
	{134217, "Rust Programming", 65},
	{135790, "Antique Clocks", 3},
	{136136, "Beekeeping", 5},
	{137000, "日本語教育", 8},
	{140000, "A Topic Nobody Wants", 0}
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static DateIndex dates[DATES_KEPT];
static uint64_t clock_hand;
static int	total_weight;

void
topics_init(void)
{
	for (int t = 0; t < TOPIC_COUNT; t++)
		total_weight += topics[t].weight;
}

void
data_lock(void)
{
	pthread_mutex_lock(&lock);
}

void
data_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

static int
by_id(const void *key, const void *topic)
{
	int64_t		id = *(const int64_t *) key;
	int64_t		other = ((const Topic *) topic)->id;

	return (id > other) - (id < other);
}

int
topic_index(int64_t id)
{
	const Topic *t = bsearch(&id, topics, TOPIC_COUNT, sizeof(Topic), by_id);

	return t ? (int) (t - topics) : -1;
}

uint64_t
date_seed(const char *date)
{
	return hash_bytes(date, strlen(date), 7);
}

/* A topic other than the first, by weight. */
static int
draw_topic(uint64_t h)
{
	int			r = (int) (h % (uint64_t) total_weight);
	int			t = 1;

	while (t < TOPIC_COUNT - 2 && r >= topics[t].weight)
		r -= topics[t++].weight;
	return t;
}

static int
score_tenths(uint64_t h, uint64_t date, int topic, bool fractional)
{
	int			base = 1 + (int) (mix64(h + (uint64_t) topic) % 100);
	uint64_t	d = mix64(h ^ date ^ (uint64_t) topic << 50);
	int			score = base + (int) (d % 11) - 5;

	if (score < 1)
		score = 1;
	if (score >= 100)
		return 1000;
	if (fractional && (d >> 20) % 3 == 0)
		return score * 10 + 1 + (int) ((d >> 30) % 9);
	return score * 10;
}

/* Puts topic into the ascending list unless it is there. */
static int
add_topic(TopicScore *list, int n, int topic)
{
	int			at = n;

	while (at > 0 && list[at - 1].topic >= topic)
		at--;
	if (at < n && list[at].topic == topic)
		return n;
	memmove(list + at + 1, list + at, (size_t) (n - at) * sizeof(*list));
	list[at].topic = topic;
	return n + 1;
}

int
person_topics(uint32_t person, uint64_t date, bool fractional, TopicScore *out)
{
	uint64_t	h = mix64(world.seed * 0x200000003ULL + person);
	uint64_t	daily = mix64(h ^ date);
	int			slots = 1 + (int) ((h >> 8) % PERSON_TOPICS_MAX);
	int			n = 0;

	for (int s = 0; s < slots; s++)
	{
		bool		changed = (daily >> (s * 8)) % 10 == 0;
		uint64_t	draw = mix64((changed ? daily : h) + 77 + (uint64_t) s);

		if (s == 0 && draw & 1)
			n = add_topic(out, n, 0);
		else
			n = add_topic(out, n, draw_topic(draw >> 8));
	}
	for (int i = 0; i < n; i++)
		out[i].tenths = score_tenths(h, date, out[i].topic, fractional);
	return n;
}

static void
count_people(uint64_t seed, size_t *counts)
{
	TopicScore	list[PERSON_TOPICS_MAX];

	for (uint32_t p = 0; p < world.people; p++)
	{
		int			n = person_topics(p, seed, false, list);

		for (int i = 0; i < n; i++)
			counts[list[i].topic]++;
	}
}

static void
fill_postings(DateIndex *index, uint64_t seed)
{
	TopicScore	whole[PERSON_TOPICS_MAX];
	TopicScore	exact[PERSON_TOPICS_MAX];
	size_t		at[TOPIC_COUNT];

	memcpy(at, index->start, sizeof(at));
	for (uint32_t p = 0; p < world.people; p++)
	{
		int			n = person_topics(p, seed, false, whole);

		person_topics(p, seed, true, exact);
		for (int i = 0; i < n; i++)
			index->postings[at[whole[i].topic]++] = (Posting)
		{
			p, (uint16_t) whole[i].tenths, (uint16_t) exact[i].tenths
		};
	}
}

static void
build_index(DateIndex *index, const char *date)
{
	size_t		counts[TOPIC_COUNT] = {0};
	uint64_t	seed = date_seed(date);

	free(index->postings);
	memcpy(index->date, date, DATE_LEN);
	count_people(seed, counts);
	index->start[0] = 0;
	for (int t = 0; t < TOPIC_COUNT; t++)
		index->start[t + 1] = index->start[t] + counts[t];
	index->postings = xmalloc(index->start[TOPIC_COUNT] * sizeof(Posting));
	fill_postings(index, seed);
}

const DateIndex *
date_index(const char *date)
{
	DateIndex  *oldest = &dates[0];

	for (int i = 0; i < DATES_KEPT; i++)
	{
		if (strcmp(dates[i].date, date) == 0)
		{
			dates[i].used = ++clock_hand;
			return &dates[i];
		}
		if (dates[i].used < oldest->used)
			oldest = &dates[i];
	}
	build_index(oldest, date);
	oldest->used = ++clock_hand;
	return oldest;
}

void
score_text(Buf *b, int tenths)
{
	buf_uint(b, (uint64_t) (tenths / 10));
	if (tenths % 10 == 0)
		return;
	buf_char(b, '.');
	buf_char(b, (char) ('0' + tenths % 10));
}
