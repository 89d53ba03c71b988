/*
 * config.h: what PUT /_sim/config sets.  A SimConfig never changes: an update
 * makes a new one, requests under way keep theirs.
 */
#ifndef SIM_CONFIG_H
#define SIM_CONFIG_H

#include <jansson.h>

#include "buf.h"
#include "topics.h"

#define DATES_MAX 400

typedef enum NewRun
{
	NEW_RUN_KEEP,				/* a cursor goes on in its old run */
	NEW_RUN_SWITCH,				/* it goes on in the new run */
	NEW_RUN_EXPIRE				/* it answers 410 */
} NewRun;

/* A member that only some pages have: of extra_member and drop_member. */
typedef struct PageMember
{
	const char *name;			/* NULL: not set */
	char	   *value;			/* JSON text, extra_member only; owned */
	int			first_page;		/* the first page that has it */
	int			last_page;		/* the last one */
} PageMember;

typedef struct SimConfig
{
	int			refs;
	json_t	   *json;			/* the whole; the texts below are its */
	const char *api_key;
	const char *bearer_token;
	bool		wide;
	bool		live;
	bool		fractional;
	bool		shuffle;
	bool		null_date;
	bool		null_total;
	bool		catalogue_openapi;	/* form of the topics' meta */
	bool		gzip;
	bool		materialize_as_200;
	int			null_topic_every;
	int			materialize_calls;
	int			latency_ms;
	int			stall_body_ms;
	int			slow_body;		/* bytes per second, 0: at once */
	int			log_limit;
	int			on_new_run;
	int			advance_requests;	/* -1: never */
	const char *advance_date;
	const json_t *audiences;
	const json_t *saved;		/* {id: {name, status, createdAt, updatedAt}} */
	int			slots;			/* active audiences that there is room for */
	const json_t *faults;
	PageMember	drop_member;
	PageMember	extra_member;
	int			date_count;
	char		dates[DATES_MAX][DATE_LEN + 1];
} SimConfig;

/* Sets the command line's config: the state after POST /_sim/reset. */
extern bool config_init(const char *text, Buf *error);

/* Merges update over the current config; null takes a key back to default. */
extern bool config_update(const json_t *update, Buf *error);
extern void config_reset(void);

extern SimConfig *config_acquire(void);
extern void config_release(SimConfig *c);

extern bool is_date(const char *text);

#endif
