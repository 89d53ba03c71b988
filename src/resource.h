/*
 * resource.h
 *		What the API offers, as constant tables.
 *
 * A resource is one endpoint that yields rows: where its requests go, which
 * filters they take, which columns its table has and which member of a row
 * fills each.  Everything that a new endpoint or a new filter needs stands
 * in these tables; the code in other rooms reads them and nothing else.
 * Knows nothing of any other room.
 */
#ifndef INTENT_RESOURCE_H
#define INTENT_RESOURCE_H

#include "compat.h"

/* What a filter takes and how it is written into a request. */
typedef enum IntentFilterKind
{
	INTENT_FILTER_TOPICS,		/* array of integers; several: a person once,
								 * under the strongest */
	INTENT_FILTER_RANGE,		/* two integers: field and upper_field */
	INTENT_FILTER_MINIMUM,		/* an integer: at least that many */
	INTENT_FILTER_STRINGS,		/* array of strings, ORed by the API */
	INTENT_FILTER_STRING,		/* one string */
	INTENT_FILTER_YN,			/* "y" or "n" for a boolean column */
	INTENT_FILTER_BOOLEAN,
	INTENT_FILTER_DATE,			/* "YYYY-MM-DD": one daily run */
	INTENT_FILTER_AUDIENCE,		/* uuid of a saved audience, whose config
								 * rules over all other filters but the date */
} IntentFilterKind;

typedef struct IntentFilter
{
	const char *name;			/* what column option "filter" takes */
	IntentFilterKind kind;
	const char *field;			/* dotted path in the request body */
	const char *upper_field;	/* of a range */
	int			lower;			/* range, minimum: the API's limits */
	int			upper;
	int			max_length;		/* strings: characters, 0 for no limit */
	double		fraction;		/* rows that one value lets through, when
								 * nothing better is known */
	const char *operators;		/* for intent_fdw_filters */
} IntentFilter;

/* Where a column's value stands in an answer. */
typedef enum IntentSource
{
	INTENT_SOURCE_MEMBER,		/* a member of the row */
	INTENT_SOURCE_META_DATE,	/* meta.dataDate */
	INTENT_SOURCE_ROW,			/* the row as a whole */
} IntentSource;

#define INTENT_MAX_PATHS 3

typedef struct IntentColumnDef
{
	const char *name;
	const char *type;			/* SQL type for IMPORT FOREIGN SCHEMA */
	const char *key;			/* what column option "key" takes */
	IntentSource source;
	const char *paths[INTENT_MAX_PATHS];	/* members tried in this order;
											 * all NULL: the key itself */
	const char *filter;			/* name of the filter, or NULL */
	bool		by_scores;		/* with several topics, a raised minScore
								 * changes its value */
} IntentColumnDef;

typedef struct IntentResource
{
	const char *name;			/* the table's name in IMPORT as well */
	const char *method;
	const char *path;			/* appended to base_url */
	int			max_page_size;
	int			max_topics;		/* most topics in one request */
	const char *score;			/* member that the score's filter is about */
	const char *matched_topics; /* member with all topics that a row matched */
	const char *person;			/* key that tells people apart */
	const IntentFilter *filters;
	int			nfilters;
	const IntentColumnDef *columns;
	int			ncolumns;
	const char *missing;		/* what a query without input lacks */
	const char *example;		/* a WHERE that supplies it */
	double		rows;			/* rows of one topic, when nothing is known */
} IntentResource;

extern const IntentResource *resource_find(const char *name);
extern const IntentResource *resource_at(int index);
extern int	resource_filter(const IntentResource *resource, const char *name);
extern int	resource_filter_of_kind(const IntentResource *resource,
									IntentFilterKind kind);
extern const IntentColumnDef *resource_column(const IntentResource *resource,
											  const char *name);
extern const IntentColumnDef *resource_column_by_key(const IntentResource *resource,
													 const char *key);

#endif							/* INTENT_RESOURCE_H */
