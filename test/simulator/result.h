/*
 * result.h: the people that a query finds, computed once and kept, so that
 * page k costs no more than page 1.
 */
#ifndef SIM_RESULT_H
#define SIM_RESULT_H

#include "config.h"
#include "query.h"

typedef struct Hit
{
	uint32_t	person;
	uint16_t	tenths;			/* score of the strongest topic asked */
	uint16_t	topic;			/* that topic */
	uint64_t	matched;		/* all topics asked that are in range, as bits */
} Hit;

typedef struct Result
{
	uint64_t	key;
	size_t		count;
	Hit		   *hits;
	char		date[DATE_LEN + 1];
	int			refs;
	struct Result *newer;
	struct Result *older;
} Result;

/* Names what the query finds on that date under that config. */
extern uint64_t result_key(const Query *q, const char *date, const SimConfig *c);

/* The result; release it.  No people if known is false (no such run). */
extern Result *result_get(const Query *q, const char *date, bool known, const SimConfig *c);
extern void result_release(Result *r);

extern void results_forget(void);

#endif
