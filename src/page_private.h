/*
 * page_private.h
 *		What page.c and page_document.c share: a page being read.
 */
#ifndef INTENT_PAGE_PRIVATE_H
#define INTENT_PAGE_PRIVATE_H

#include "compat.h"

#include "page.h"
#include "page_layout.h"
#include "page_reader.h"

/* What a document tells beside its rows, in the order of page_document.c. */
typedef enum MetaMember
{
	META_STATUS,
	META_HAS_MORE,
	META_NEXT_CURSOR,
	META_CACHE_KEY,
	META_DATA_DATE,
	META_TOTAL_COUNT,
	META_MEMBERS
} MetaMember;

/* One page being read.  Functions that return bool return false on a problem. */
typedef struct Parser
{
	PageLayout *layout;
	Reader		reader;
	bool		convert;		/* the server encoding is not UTF-8 */

	PageValue  *cells;			/* of the row, or of what is around the rows */
	PageValue  *spares;			/* of layout->choices */
	bool	   *present;		/* by column; NULL while not in a row */

	RowPage    *page;
	int			capacity;		/* rows that page->values has room for */
	bool		has_data;
	bool		has_rows;
	bool		has_meta;
	char	   *data_problem;	/* counts unless the page is materializing */
	PageValue  *outer;			/* META_MEMBERS, then by column */
} Parser;

/* page.c */
extern bool page_read_object(Parser *p, Level *level);
extern bool page_read_value(Parser *p, const Member *member);
extern bool page_read_row(Parser *p);
extern PageValue page_name_value(const Parser *p, Span name);
extern bool page_read_pair(Parser *p, const PageValue *name);

#endif							/* INTENT_PAGE_PRIVATE_H */
