/*
 * change.h
 *		One change to an object of the API: what is sent, and what comes back.
 *
 * A row becomes the body of a POST or PATCH, checked against the limits of the
 * resource before anything is sent; the answer becomes a row again.  A request
 * of which it is not known whether the API has received it is never sent
 * again.
 */
#ifndef INTENT_CHANGE_H
#define INTENT_CHANGE_H

#include "compat.h"

#include "convert.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "http.h"
#include "table.h"

/* A column of the table, as changes see it. */
typedef struct ChangeColumn
{
	const IntentColumn *column; /* NULL: dropped */
	const IntentMember *member; /* NULL: the API's own */
	FmgrInfo	output;
	int16		typlen;
	bool		typbyval;
	ConvertColumn convert;
} ChangeColumn;

typedef struct ChangeLayout
{
	const IntentTable *table;
	const IntentChanges *changes;
	ChangeColumn *columns;		/* by attno - 1 */
	int			key_attno;		/* 0: none */
	PageLayout *answer;			/* of POST and PATCH */
	PageLayout *deleted;		/* of DELETE */
} ChangeLayout;

/* One request; strings are the caller's. */
typedef struct ChangeRequest
{
	HttpMethod	method;
	const char *path;			/* with its placeholder, for messages */
	const char *target;
	const char *body;			/* UTF-8, or NULL */
	const char *members;		/* names, for messages */
} ChangeRequest;

/* Figures of one node of a plan. */
typedef struct ChangeCounters
{
	int64		requests;
	int64		retries;
	int64		waited_ms;
} ChangeCounters;

typedef struct ChangeSender
{
	const IntentTable *table;
	Oid			userid;
	ChangeCounters counters;
} ChangeSender;

/* change.c */
extern ChangeLayout *change_layout(const IntentTable *table);
extern const char *change_key(const ChangeLayout *layout, Datum key, bool isnull);
extern char *change_new(const ChangeLayout *layout, TupleTableSlot *slot,
						char **members);
extern char *change_row(const ChangeLayout *layout, TupleTableSlot *slot,
						TupleTableSlot *old, const char *original,
						char **members);

/* change_answer.c */
extern void change_read(const ChangeLayout *layout, const ChangeSender *sender,
						const ChangeRequest *request, const HttpReply *reply,
						const char *key, TupleTableSlot *slot);
extern void change_check_deleted(const ChangeLayout *layout,
								 const ChangeSender *sender,
								 const ChangeRequest *request,
								 const HttpReply *reply);

/* change_send.c */
extern const HttpReply *change_send(ChangeSender *sender,
									const ChangeRequest *request);

#endif							/* INTENT_CHANGE_H */
