/*
 * arguments.h: the query string of a GET, validated, and replies made of JSON.
 */
#ifndef SIM_ARGUMENTS_H
#define SIM_ARGUMENTS_H

#include "exchange.h"

typedef struct Argument
{
	const char *name;
	int			max_length;		/* of a text; 0: not a text */
	int			low;			/* of an integer; high 0: not an integer */
	int			high;
	const char *words;			/* "|up|down|": one of these, or NULL */
	bool		is_date;
	bool		required;
} Argument;

/*
 * Are all arguments of the request in the list (NULL name at its end) and as
 * it says?  Else false with a 400 in the reply.
 */
extern bool arguments_check(Exchange *x, const Argument *list);

extern int	argument_integer(const Exchange *x, const char *name, int otherwise);

/* Segment i (from 0) of the path, copied into room; false if it is too long. */
extern bool path_segment(const Exchange *x, int i, char *room, size_t size);

/* {"data": data, "meta": meta} with that status; takes both, meta may be NULL. */
extern void reply_document(Exchange *x, int status, json_t *data, json_t *meta);

#endif
