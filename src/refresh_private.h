/*
 * refresh_private.h
 *		What the parts of refresh.c share: what a view reads, and what was
 *		kept of its last refresh.
 */
#ifndef INTENT_REFRESH_PRIVATE_H
#define INTENT_REFRESH_PRIVATE_H

#include "compat.h"

#include "executor/spi.h"
#include "nodes/pg_list.h"
#include "trace.h"
#include "utils/rel.h"

/* What a view's contents are made from. */
typedef struct ViewReading
{
	List	   *relids;			/* of the view itself and all it reads */
	bool		in_doubt;		/* there is more than intent tables and what
								 * never changes */
} ViewReading;

/* A view's contents, known by the versions of its rows. */
typedef struct ViewContents
{
	int64		rows;
	uint64		hash;			/* of places and transactions */
} ViewContents;

/* The state row of a view; palloc'd. */
typedef struct RefreshState
{
	char	   *definition;		/* see refresh_definition() */
	char	   *contents;		/* see refresh_contents_name() */
	int			n;
	TraceEntry *entries;
} RefreshState;

/* refresh_view.c */
extern void refresh_read_view(Relation view, ViewReading *reading);
extern char *refresh_definition(const ViewReading *reading);
extern ViewContents refresh_contents(Relation view);
extern char *refresh_contents_name(const ViewContents *contents);

/* refresh_state.c */
extern uint64 refresh_query(const char *sql, int nargs, Oid *types,
							Datum *values, const char *nulls);
extern bool refresh_load(Oid state, Relation view, RefreshState *result);
extern void refresh_store(Oid state, Oid viewid, const char *definition,
						  const ViewContents *contents, const Trace *trace);

/* refresh_probe.c */
extern bool refresh_same_answers(const RefreshState *state);

#endif							/* INTENT_REFRESH_PRIVATE_H */
