/*
 * resource_private.h
 *		The resources, by the files that they stand in.
 */
#ifndef INTENT_RESOURCE_PRIVATE_H
#define INTENT_RESOURCE_PRIVATE_H

#include "compat.h"

#include "resource.h"

/* resource_audience.c */
extern const IntentResource resource_audience;
extern const IntentResource resource_audience_results;
extern const IntentResource resource_audience_preview;

/* what a status says of a result that is there, or is still being made */
extern const char *const resource_ready[];
extern const char *const resource_materializing[];

/* resource_topics.c */
extern const IntentResource resource_topics;
extern const IntentResource resource_topic_facets;
extern const IntentResource resource_topic_search;
extern const IntentResource resource_topic_trend;
extern const IntentResource resource_topic_compare;
extern const IntentResource resource_topic_movers;
extern const IntentResource resource_site_topics;

/* resource_filters.c */
extern const IntentResource resource_filter_values;

/* resource_saved.c */
extern const IntentResource resource_saved_audiences;
extern const IntentResource resource_saved_audience;
extern const IntentResource resource_audience_runs;
extern const IntentResource resource_audience_stats;
extern const IntentResource resource_audience_status;

/* resource_runs.c */
extern const IntentResource resource_audience_run_results;

#endif							/* INTENT_RESOURCE_PRIVATE_H */
