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
	INTENT_FILTER_AUDIENCE,		/* uuid of a saved audience */
	INTENT_FILTER_INTEGER,		/* one integer */
} IntentFilterKind;

/*
 * A value goes where the resource's path has "{field}", else into the query
 * string of a GET or the body of a POST.
 */
typedef struct IntentFilter
{
	const char *name;			/* what column option "filter" takes */
	IntentFilterKind kind;
	const char *field;			/* parameter, or dotted path in the body */
	const char *upper_field;	/* of a range */
	int			lower;			/* range, minimum: the API's limits */
	int			upper;
	int			max_length;		/* strings: characters, 0 for no limit */
	double		fraction;		/* rows that one value lets through, when
								 * nothing better is known */
	const char *operators;		/* for intent_fdw_filters */
	int			input_group;	/* a request needs a filter of each group; 0:
								 * it can do without */
	bool		echo;			/* rows do not tell the value */
	bool		contains_only;	/* sent under match "contains" only */
	const char *const *values;	/* strings that it takes, others are an error
								 * to the API; NULL: any */
} IntentFilter;

/* Where a column's value stands in an answer. */
typedef enum IntentSource
{
	INTENT_SOURCE_MEMBER,		/* a member of the row */
	INTENT_SOURCE_META_DATE,	/* the page's data date */
	INTENT_SOURCE_ROW,			/* the row as a whole */
	INTENT_SOURCE_OUTER,		/* "data.x" or "meta.x", around the rows */
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
	bool		optional;		/* null where no row has the member; else it
								 * is then not known what its value is */
} IntentColumnDef;

/* At most so many requests in any span of that length; 0: no limit. */
typedef struct IntentRate
{
	int			requests;
	int			span_ms;
} IntentRate;

/* How rows stand in an answer. */
typedef enum IntentRowForm
{
	INTENT_ROWS_ARRAY,			/* an array of objects */
	INTENT_ROWS_OBJECT,			/* an object, which is the only row */
	INTENT_ROWS_MEMBERS,		/* an object: each member is a row, its name
								 * at path "$name", its value at "$value" */
	INTENT_ROWS_LISTS,			/* an object of arrays: each element is a row,
								 * likewise; members of an element that is an
								 * object by their own paths */
} IntentRowForm;

typedef enum IntentPaging
{
	INTENT_PAGING_NONE,			/* one answer has all there is */
	INTENT_PAGING_CURSOR,		/* the answer says whether and where it goes
								 * on */
	INTENT_PAGING_OFFSET,		/* rows before the page, up to the total */
} IntentPaging;

/*
 * An answer: where its rows are, and what else is read of it.  All but "rows"
 * are paths that begin with "meta" or "data"; NULL where the answer has no such
 * thing.
 */
typedef struct IntentDocument
{
	IntentRowForm form;
	IntentPaging paging;
	const char *rows;			/* member of "data"; NULL: "data" itself */
	const char *status;
	const char *has_more;
	const char *next_cursor;
	const char *cache_key;
	const char *data_date;
	const char *total;			/* of the chain's rows */
	const char *const *ready;	/* status of an answer with rows, and of one */
	const char *const *pending; /* still being made; NULL at the end */
} IntentDocument;

/* What a member of a change takes. */
typedef enum IntentMemberKind
{
	INTENT_MEMBER_TEXT,			/* a string of lower to upper characters */
	INTENT_MEMBER_INTEGER,		/* lower to upper */
	INTENT_MEMBER_TOPICS,		/* integers: lower to upper of them, and no
								 * more than option max_topics says */
	INTENT_MEMBER_OBJECT,		/* a JSON object */
} IntentMemberKind;

/* A member that a change writes; it belongs to the column with that key. */
typedef struct IntentMember
{
	const char *path;			/* "a" or "a.b"; of "a.b", "a" goes whole */
	IntentMemberKind kind;
	int			lower;
	int			upper;
	const char *const *values;	/* strings that it may be; NULL: any */
	const char *at_most;		/* the member that it must not be above */
	bool		required;
	bool		only_update;	/* a new object cannot have it */
} IntentMember;

/* How objects of a resource are made (POST), changed (PATCH), deleted. */
typedef struct IntentChanges
{
	const char *path;			/* of POST */
	const char *item_path;		/* of PATCH and DELETE, with "{key}" */
	const char *key;			/* member that names an object */
	const char *deleted;		/* member that says that it was deleted */
	const IntentMember *members;
	int			nmembers;
} IntentChanges;

typedef struct IntentResource
{
	const char *name;			/* the table's name in IMPORT as well */
	const char *method;			/* GET or POST */
	const char *path;			/* appended to base_url */
	IntentDocument document;
	const char *limit_field;	/* takes the page size; NULL: none does */
	const char *page_field;		/* takes the cursor or the offset */
	int			max_page_size;
	int			max_topics;		/* most topics in one request */
	bool		capped;			/* an answer is the top of something: the
								 * table is the API's answer to the constant
								 * conditions, and others are only checked */
	bool		audience_rules; /* a saved audience's config rules over all
								 * other filters but the date */
	bool		one_run;		/* scans of a statement without a date see the
								 * same run */
	bool		total_counts;	/* count(*) may be asked for by total */
	bool		key_optional;
	bool		in_query;		/* values go into the query string although it
								 * is a POST */
	bool		conflicts;		/* 409 says that its state does not allow it */
	IntentRate	rate;			/* that the API sets, with a key and without */
	IntentRate	keyless_rate;
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
	const IntentChanges *changes;	/* NULL: it can only be read */
} IntentResource;

#define resource_is_get(resource) ((resource)->method[0] == 'G')
#define resource_has_body(resource) \
	(!resource_is_get(resource) && !(resource)->in_query)

/* What functions ask for, and no table has. */
extern const IntentResource resource_audience_export;

extern const IntentResource *resource_find(const char *name);
extern const IntentResource *resource_at(int index);
extern int	resource_filter(const IntentResource *resource, const char *name);
extern int	resource_filter_of_kind(const IntentResource *resource,
									IntentFilterKind kind);
extern const IntentColumnDef *resource_column(const IntentResource *resource,
											  const char *name);
extern const IntentColumnDef *resource_column_by_key(const IntentResource *resource,
													 const char *key);
extern const IntentMember *resource_member(const IntentResource *resource,
										   const char *path);

#endif							/* INTENT_RESOURCE_H */
