/*
 * page_layout.h
 *		Which members of a row are wanted: the tree of all columns' paths.
 *
 * Made once for a scan from the columns of page.h; layout_find() is what the
 * reading of a page asks for every name.  Knows nothing of JSON or of values.
 */
#ifndef INTENT_PAGE_LAYOUT_H
#define INTENT_PAGE_LAYOUT_H

#include "compat.h"

#include "page.h"
#include "page_reader.h"

/* Member names remembered for each level; the API's widest has 56. */
#define LAYOUT_MAX_SEEN 256
#define LAYOUT_MAX_SEEN_LEN 64

/* A set of PageWant */
#define want_bit(want) (1 << (want))

typedef struct Level Level;

/* A column, or an alternative of one, whose path ends at a member. */
typedef struct Target
{
	int			column;
	int			place;			/* of the column's value in its row */
	int			spare;			/* index, or -1: the column's own place */
	PageWant	want;
} Target;

/* A member that some path ends at or goes through. */
typedef struct Member
{
	const char *name;			/* UTF-8 */
	int			len;
	int			wants;			/* want_bit() of all targets */
	int			ntargets;
	Target	   *targets;
	Level	   *below;			/* where paths go on, or NULL */
} Member;

/* A member name in the order of an earlier row, wanted or not. */
typedef struct Seen
{
	const char *name;
	int			len;
	Member	   *member;			/* NULL: no path goes there */
} Seen;

/* An object in the tree of paths. */
struct Level
{
	int			nmembers;
	Member	   *members;
	int			next;			/* the name expected next, in seen */
	int			nseen;
	Seen		seen[LAYOUT_MAX_SEEN];
};

/* A column with several paths: its values wait in spares until the row ends. */
typedef struct Choice
{
	int			place;			/* of the column's value */
	int			first;			/* spare */
	int			count;
} Choice;

struct PageLayout
{
	MemoryContext context;
	const IntentDocument *document;
	int			ncolumns;
	int			width;			/* places of a row; the last stays absent */
	int		   *places;			/* by column */
	Level	   *row;
	Level	   *data;			/* around the rows: paths "data.x" */
	Level	   *meta;			/* and "meta.x" */
	bool		needs_meta;		/* of a page with rows */
	Member	   *name;			/* of pairs: the columns with "$name" */
	Member	   *value;			/* and with "$value" */
	int			nspares;
	int			nchoices;
	Choice	   *choices;
	int			nwhole;
	int		   *whole;			/* columns that want PAGE_ROW */
};

extern Member *layout_member(Level *level, const char *name,
							 MemoryContext context);
extern Level *layout_level(MemoryContext context);
extern void layout_path(Level *level, const char *path, Target target,
						MemoryContext context);
extern Member *layout_find(Level *level, Span name, MemoryContext context);

#endif							/* INTENT_PAGE_LAYOUT_H */
