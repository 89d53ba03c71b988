/*
 * topics.h: the topic catalogue, and who is interested in what on which date.
 */
#ifndef SIM_TOPICS_H
#define SIM_TOPICS_H

#include "buf.h"

#define TOPIC_COUNT 40			/* matched topics are bits of a uint64_t */
#define PERSON_TOPICS_MAX 5
#define DATE_LEN 10

typedef struct Topic
{
	int			id;
	const char *name;
	int			weight;
} Topic;

/* Scores are kept in tenths, so that fractional ones stay exact. */
typedef struct TopicScore
{
	int			topic;			/* index into the catalogue */
	int			tenths;
} TopicScore;

typedef struct Posting
{
	uint32_t	person;
	uint16_t	whole;			/* tenths without the fraction */
	uint16_t	tenths;			/* tenths with it */
} Posting;

/* Everybody's topics on one date: a list by person for each topic. */
typedef struct DateIndex
{
	char		date[DATE_LEN + 1];
	Posting    *postings;
	size_t		start[TOPIC_COUNT + 1];
	uint64_t	used;
} DateIndex;

/* Ascending by id. */
extern const Topic topics[TOPIC_COUNT];

extern void topics_init(void);

/* Index into the catalogue, -1 if there is no such topic. */
extern int	topic_index(int64_t id);

extern uint64_t date_seed(const char *date);

/* A person's topics on a date, ascending; returns how many. */
extern int	person_topics(uint32_t person, uint64_t date, bool fractional,
						  TopicScore *out);

/*
 * The index of a date, built on first use; the caller holds data_lock() as
 * long as it looks at it.
 */
extern const DateIndex *date_index(const char *date);
extern void data_lock(void);
extern void data_unlock(void);

extern void score_text(Buf *b, int tenths);

#endif
