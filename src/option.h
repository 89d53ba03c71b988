/*
 * option.h
 *		Options of servers, user mappings, tables and columns.
 *
 * One table of options drives validation, defaults and parsing.  The secret
 * of a user mapping is read here, at execution, and handed out as a header.
 */
#ifndef INTENT_OPTION_H
#define INTENT_OPTION_H

#include "compat.h"

#include "foreign/foreign.h"
#include "nodes/pg_list.h"
#include "resource.h"

typedef enum IntentVerify
{
	INTENT_VERIFY_ERROR,
	INTENT_VERIFY_WARNING,
	INTENT_VERIFY_OFF,
} IntentVerify;

typedef enum IntentCountPushdown
{
	INTENT_COUNT_EXACT,
	INTENT_COUNT_TRUSTED,
	INTENT_COUNT_OFF,
} IntentCountPushdown;

typedef enum IntentTopicMode
{
	INTENT_TOPICS_ANY,
	INTENT_TOPICS_EACH,
} IntentTopicMode;

typedef enum IntentMatch
{
	INTENT_MATCH_EXACT,
	INTENT_MATCH_ICASE,
	INTENT_MATCH_CONTAINS,
} IntentMatch;

/* Options of a server and of one of its tables, defaults filled in. */
typedef struct IntentOptions
{
	/* server; times in milliseconds */
	char	   *base_url;		/* without a slash at the end */
	int			connect_timeout;
	int			request_timeout;
	int			materialize_timeout;
	int			poll_interval;
	int			max_retries;
	int			max_retry_delay;
	char	   *ca_file;
	char	   *proxy;
	bool		allow_http;
	char	   *user_agent;

	/* server, overridden by table */
	int			page_size;
	int			max_connections;
	int			max_chains;
	int			max_topics;
	int			max_requests;	/* 0: no bound */
	int			max_response_size;	/* bytes */
	int			verify_count;	/* IntentVerify */
	int			count_pushdown; /* IntentCountPushdown */
	IntentRate	rate_limit;		/* instead of the resource's; 0: that */
	double		startup_cost;
	double		request_cost;
	double		tuple_cost;
	bool		updatable;		/* where the resource has changes */

	/* table */
	const IntentResource *resource;
	int			topic_mode;		/* IntentTopicMode */
	int			score_bands;

	/* fixed inputs: they define the table, conditions narrow it */
	int			ntopic_ids;		/* 0: none fixed */
	int64	   *topic_ids;		/* ascending, distinct */
	char	   *audience_id;	/* canonical text, or NULL */
	int			min_score;		/* 0: not fixed, as the next two */
	int			max_score;
	int			min_topic_overlap;
	char	   *data_date;		/* YYYY-MM-DD, or NULL */
} IntentOptions;

/* Options of a column, as given; NULL and exact where missing. */
typedef struct IntentColumnOptions
{
	char	   *key;
	char	   *filter;
	IntentMatch match;
} IntentColumnOptions;

extern void option_validate(List *options, Oid catalog);
extern IntentOptions *option_load(ForeignServer *server, ForeignTable *table);
extern IntentOptions *option_load_resource(ForeignServer *server,
										   const IntentResource *resource);
extern void option_load_column(List *options, IntentColumnOptions *result);
extern char *option_auth_header(Oid userid, ForeignServer *server,
								bool optional);

#endif							/* INTENT_OPTION_H */
