/*
 * match.h: the 16 filters of a query: their validation, and compiled to a
 * byte for each dictionary value so that a person costs one look-up a filter.
 */
#ifndef SIM_MATCH_H
#define SIM_MATCH_H

#include <jansson.h>

#include "people.h"

#define FILTERS_MAX 16

typedef struct Filter
{
	Attr		attr;
	bool		presence;		/* has*: tests for not null */
	bool		wanted;			/* has*: what it must be */
	uint8_t    *matches;		/* by dictionary value */
} Filter;

typedef struct FilterSet
{
	int			count;
	Filter		filters[FILTERS_MAX];
} FilterSet;

/* filters may be NULL (none).  False with a message in *error. */
extern bool filters_check(const json_t *filters, Buf *error);

/* wide: part of a string, ignoring case; else the whole string as it is. */
extern void filters_compile(const json_t *filters, bool wide, FilterSet *set);
extern void filters_free(FilterSet *set);

extern bool filters_match(const FilterSet *set, uint32_t person);

#endif
