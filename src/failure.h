/*
 * failure.h
 *		What went wrong with a request, as PostgreSQL errors.
 *
 * One table for statuses and one for transfers that ended without one: which
 * are tried again, and which SQLSTATE, message and hint they end in.
 */
#ifndef INTENT_FAILURE_H
#define INTENT_FAILURE_H

#include "compat.h"

#include "http.h"
#include "table.h"

/* What an error tells besides the reply. */
typedef struct FailureContext
{
	const IntentTable *table;
	Oid			userid;
	const char *request_body;	/* of a GET its target; or NULL */
	const char *auth_header;	/* hidden where the server repeats its secret */
	bool		has_cursor;
	int			attempts;		/* requests sent for this page, this one too */
	int			page;			/* from 1 */
} FailureContext;

/* failure_change.c */
extern bool failure_may_repeat_change(const HttpReply *reply);
pg_noreturn extern void failure_raise_change(const FailureContext *context,
											 const char *method,
											 const char *path,
											 const HttpReply *reply);
pg_noreturn extern void failure_unknown_change(const IntentTable *table,
											   const char *method,
											   const char *path,
											   const HttpReply *reply,
											   const char *problem);

/* failure.c */
extern char *failure_said(const FailureContext *context, const HttpReply *reply);
extern bool failure_is_transient(const HttpReply *reply);
pg_noreturn extern void failure_raise(const FailureContext *context,
									  const HttpReply *reply);
pg_noreturn extern void failure_malformed(const FailureContext *context,
										  const HttpReply *reply,
										  const char *problem);

#endif							/* INTENT_FAILURE_H */
