/*
 * table.h
 *		One foreign table: its columns with their roles, its options, and what
 *		the rows received so far have shown of it.
 *
 * Rows do not always carry every column: the seed's form of a row has six
 * members.  Which columns a table's rows carry is decided by the first page
 * that has rows and remembered here for the life of the backend, until the
 * table, its server or a user mapping changes.
 */
#ifndef INTENT_TABLE_H
#define INTENT_TABLE_H

#include "compat.h"

#include "nodes/bitmapset.h"
#include "option.h"
#include "resource.h"

typedef struct IntentColumn
{
	AttrNumber	attno;			/* 0: dropped */
	char	   *name;
	Oid			typid;
	Oid			basetype;		/* domains seen through */
	int32		typmod;
	int32		basetypmod;		/* of basetype: the column's or a domain's */
	char	   *key;
	IntentSource source;
	const char *const *paths;
	int			npaths;
	int			filter;			/* position in resource->filters, or -1 */
	IntentMatch match;
	bool		by_scores;		/* see IntentColumnDef */
	bool		optional;		/* likewise */
} IntentColumn;

typedef struct IntentTable
{
	Oid			relid;
	char	   *name;
	ForeignServer *server;
	IntentOptions *options;
	const IntentResource *resource;
	int			natts;
	IntentColumn *columns;		/* by attno - 1 */
} IntentTable;

extern IntentTable *table_load(Oid relid);
extern IntentTable *table_of_resource(const IntentResource *resource,
									  ForeignServer *server);
extern int	table_filter_column(const IntentTable *table, IntentFilterKind kind);
extern int	table_key_column(const IntentTable *table);
extern bool table_has_input(const IntentTable *table, const Bitmapset *given);

extern bool table_carried(Oid relid, Bitmapset **carried, Bitmapset **optional);
extern void table_add_carried(Oid relid, const Bitmapset *more,
							  bool optional);
extern void table_forget_carried(Oid relid);

#define table_column(table, attno) (&(table)->columns[(attno) - 1])
#define column_filter(table, column) \
	((column)->filter < 0 ? NULL : &(table)->resource->filters[(column)->filter])

#endif							/* INTENT_TABLE_H */
