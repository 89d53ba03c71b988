/*
 * catalogue.h: what the API tells without people: topics, their trends and
 * movers, the legal values of filters.
 */
#ifndef SIM_CATALOGUE_H
#define SIM_CATALOGUE_H

#include "exchange.h"

extern void catalogue_topics(Exchange *x);
extern void catalogue_facets(Exchange *x);
extern void catalogue_search(Exchange *x);
extern void catalogue_trend(Exchange *x);
extern void catalogue_compare(Exchange *x);
extern void catalogue_movers(Exchange *x);
extern void catalogue_filters(Exchange *x);

/* A topic as the catalogue has it: a new reference. */
extern json_t *catalogue_topic(int topic);

#endif
