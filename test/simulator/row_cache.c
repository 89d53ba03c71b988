/*
 * row_cache.c: texts of rows, see row_cache.h.  Bounded: each person has one
 * slot for each form of row, shared with all others of the same remainder.
 */
#include "row_cache.h"

#include <pthread.h>

#define SLOTS 131072			/* about 200 MB when all hold live rows */
#define LOCKS 64

typedef struct Slot
{
	bool		filled;
	uint32_t	person;
	size_t		split;			/* where ROW_AFTER begins */
	Buf			text;
} Slot;

/* The row in the seed's form, in three runs that end with ATTR_COUNT. */
const Attr	seed_before[] = {ATTR_HEM, ATTR_COUNT};
const Attr	seed_query[] = {ATTR_INTENT_SCORE, ATTR_TOPIC_ID, ATTR_COUNT};
const Attr	seed_after[] = {ATTR_EMAIL, ATTR_COMPANY, ATTR_JOB_TITLE, ATTR_COUNT};

static Slot slots[2][SLOTS];
static pthread_mutex_t locks[LOCKS];

/* Runs before main(): a range in an initializer is more than indent reads. */
static void
__attribute__((constructor))
make_locks(void)
{
	for (int i = 0; i < LOCKS; i++)
		pthread_mutex_init(&locks[i], NULL);
}

static void
add_member(Buf *b, const Person *p, Attr a)
{
	buf_char(b, '"');
	buf_str(b, attr_json_name(a));
	buf_add(b, "\":", 2);
	person_json(b, p, a);
}

static void
fill(Slot *s, uint32_t person, bool live)
{
	Person		p;

	person_make(person, &p);
	s->filled = true;
	s->person = person;
	s->text.len = 0;
	for (const Attr *a = seed_before; !live && *a != ATTR_COUNT; a++)
		add_member(&s->text, &p, *a);
	s->split = s->text.len;
	for (int a = ATTR_FIRST_PERSONAL; live && a < ATTR_LIVE_COUNT; a++)
	{
		buf_char(&s->text, ',');
		add_member(&s->text, &p, (Attr) a);
	}
	for (const Attr *a = seed_after; !live && *a != ATTR_COUNT; a++)
	{
		buf_char(&s->text, ',');
		add_member(&s->text, &p, *a);
	}
}

void
row_part(Buf *b, uint32_t person, bool live, RowPart part)
{
	Slot	   *s = &slots[live][person % SLOTS];
	pthread_mutex_t *lock = &locks[person % LOCKS];

	pthread_mutex_lock(lock);
	if (!s->filled || s->person != person)
		fill(s, person, live);
	if (part == ROW_BEFORE)
		buf_add(b, s->text.data, s->split);
	else
		buf_add(b, s->text.data + s->split, s->text.len - s->split);
	pthread_mutex_unlock(lock);
}
