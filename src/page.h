/*
 * page.h
 *		A page's text to rows.
 *
 * A layout says which members of a row are wanted and in which form; a page
 * holds their tokens, digit for digit, and the members of "meta".  Turning
 * tokens into Datums is left to convert.h; knows nothing of HTTP, plans or
 * requests.
 */
#ifndef INTENT_PAGE_H
#define INTENT_PAGE_H

#include "compat.h"

#include "nodes/bitmapset.h"
#include "resource.h"

/* In which form a member is kept. */
typedef enum PageWant
{
	PAGE_PRESENCE,				/* only whether rows have it */
	PAGE_SCALAR,				/* strings unescaped, numbers as sent, objects
								 * and arrays as their JSON text */
	PAGE_RAW,					/* the JSON text of whatever it is */
	PAGE_ARRAY,					/* an array's elements as PAGE_SCALAR */
	PAGE_ROW,					/* the JSON text of the whole row; no paths */
} PageWant;

/*
 * One column: where its value stands in a row.  With several paths the first
 * that is neither absent nor null wins.  A path is dotted: "company.name".
 */
typedef struct PageColumn
{
	const char *const *paths;
	int			npaths;
	PageWant	want;
	bool		is_outer;		/* the only path is "data.x" or "meta.x",
								 * around the rows */
} PageColumn;

typedef enum PageValueKind
{
	PAGE_VALUE_ABSENT,			/* zero: a cleared array is all absent */
	PAGE_VALUE_NULL,
	PAGE_VALUE_STRING,
	PAGE_VALUE_NUMBER,
	PAGE_VALUE_BOOL,			/* text is "true" or "false" */
	PAGE_VALUE_JSON,			/* text is JSON, from an object, an array, or
								 * anything under PAGE_RAW */
	PAGE_VALUE_ARRAY,
} PageValueKind;

typedef struct PageValue
{
	PageValueKind kind;
	int			len;			/* bytes of text, or number of elements */
	char	   *text;			/* server encoding, NUL-terminated */
	struct PageValue *elements;
} PageValue;

/* status of a page: absent counts as ready */
typedef enum PageStatus
{
	PAGE_STATUS_READY,
	PAGE_STATUS_MATERIALIZING,
} PageStatus;

/* One page of an answer.  ("Page" is PostgreSQL's own name for a disk block.) */
typedef struct RowPage
{
	/* strings are NULL where the member is absent or null */
	PageStatus	status;
	bool		has_more;
	char	   *next_cursor;
	char	   *cache_key;
	char	   *data_date;
	bool		has_total;		/* totalCount present and a number */
	int64		total;

	int			nrows;
	int			width;			/* values of a row: those wanted, and one more
								 * that is absent */
	const int  *places;			/* of each column in a row; the layout's */
	PageValue  *values;			/* nrows x width */
	PageValue  *outer;			/* by column: those around the rows */
	Bitmapset  *present;		/* columns (0-based) of which some row has a
								 * member, null or not; a null parent counts
								 * for the members in it */
} RowPage;

typedef struct PageLayout PageLayout;

extern PageLayout *page_layout(const IntentDocument *document,
							   const PageColumn *columns, int ncolumns,
							   MemoryContext context);
extern RowPage *page_parse(PageLayout *layout, const char *text, size_t len,
						   char **problem);

/* A column's value, absent under PAGE_PRESENCE. */
#define page_value(page, row, column) \
	(&(page)->values[(size_t) (row) * (page)->width + (page)->places[column]])

#endif							/* INTENT_PAGE_H */
