/*
 * people_csv.c: people as CSV for COPY, see people_csv.h.
 */
#include "people_csv.h"

#include <stdlib.h>

#include "people.h"
#include "topics.h"

typedef struct CsvState
{
	uint64_t	date;
	bool		fractional;
	uint32_t	person;			/* the next one */
	Buf			ready;			/* lines not yet sent */
	size_t		sent;			/* of them */
} CsvState;

/* has_* columns: true where that attribute is not null. */
static const struct
{
	const char *name;
	Attr		attr;
}			presences[] = {
	{"has_business_email", ATTR_BUSINESS_EMAIL},
	{"has_personal_email", ATTR_PERSONAL_EMAIL},
	{"has_linkedin", ATTR_LINKEDIN_URL},
	{"has_phone", ATTR_PHONES}
};

static void
header_line(Buf *b)
{
	buf_str(b, "person,topic_id,intent_score,topic_name");
	for (int a = ATTR_FIRST_PERSONAL; a < ATTR_COUNT; a++)
	{
		buf_char(b, ',');
		attr_csv_name((Attr) a, b);
	}
	for (int i = 0; i < 4; i++)
		buf_printf(b, ",%s", presences[i].name);
	buf_char(b, '\n');
}

/* The columns that are the same in all lines of a person. */
static void
person_columns(Buf *b, uint32_t person)
{
	Person		p;

	person_make(person, &p);
	for (int a = ATTR_FIRST_PERSONAL; a < ATTR_COUNT; a++)
	{
		buf_char(b, ',');
		person_csv(b, &p, (Attr) a);
	}
	for (int i = 0; i < 4; i++)
		buf_str(b, p.value[presences[i].attr] >= 0 ? ",t" : ",f");
	buf_char(b, '\n');
}

static void
person_lines(CsvState *s, uint32_t person)
{
	TopicScore	list[PERSON_TOPICS_MAX];
	int			n = person_topics(person, s->date, s->fractional, list);
	Buf			columns = {0};

	person_columns(&columns, person);
	for (int i = 0; i < n; i++)
	{
		const Topic *t = &topics[list[i].topic];

		buf_printf(&s->ready, "%u,%d,", person, t->id);
		score_text(&s->ready, list[i].tenths);
		buf_char(&s->ready, ',');
		buf_csv(&s->ready, t->name, strlen(t->name));
		buf_add(&s->ready, columns.data, columns.len);
	}
	buf_free(&columns);
}

static size_t
csv_read(void *state, char *to, size_t room)
{
	CsvState   *s = state;
	size_t		n;

	if (s->sent == s->ready.len)
		s->sent = s->ready.len = 0;
	while (s->ready.len < room && s->person < world.people)
		person_lines(s, s->person++);
	n = s->ready.len - s->sent;
	if (n > room)
		n = room;
	memcpy(to, s->ready.data + s->sent, n);
	s->sent += n;
	return n;
}

static void
csv_free(void *state)
{
	CsvState   *s = state;

	buf_free(&s->ready);
	free(s);
}

void
people_csv(Stream *stream, const char *date, bool fractional)
{
	CsvState   *s = xcalloc(1, sizeof(*s));

	s->date = date_seed(date);
	s->fractional = fractional;
	header_line(&s->ready);
	stream->read = csv_read;
	stream->free = csv_free;
	stream->state = s;
}
