/*
 * query.h: the body of POST /v1/intent/audiences/query, validated as strictly
 * as the vendor's document allows.
 */
#ifndef SIM_QUERY_H
#define SIM_QUERY_H

#include <jansson.h>

#include "match.h"
#include "topics.h"

#define QUERY_TOPICS_MAX 10

typedef struct Query
{
	int			topics[QUERY_TOPICS_MAX];	/* catalogue indexes, ascending,
											 * known ones only */
	int			topic_count;
	int			min_score;
	int			max_score;
	int			min_overlap;
	int			limit;
	const json_t *filters;		/* borrowed from the body or saved audience */
	const char *date;			/* NULL: the latest */
	const char *cursor;			/* NULL: the first page */
	const char *audience_id;	/* NULL: none */
	uint64_t	chain_hash;		/* of the body without cursor */
	uint64_t	result_hash;	/* without cursor, limit and date */
} Query;

/*
 * Reads a request body into *q, which borrows from it.  Returns false with a
 * message for the client in *error.
 */
extern bool query_parse(const json_t *body, Query *q, Buf *error);

/* Reads a saved audience's config over the topics, scores and filters of *q. */
extern bool query_apply_audience(const json_t *config, Query *q, Buf *error);

#endif
