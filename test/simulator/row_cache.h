/*
 * row_cache.h: the part of a row that depends on the person alone, as text
 * that is made once and then copied: a page of 100 live rows is 150 kB.
 */
#ifndef SIM_ROW_CACHE_H
#define SIM_ROW_CACHE_H

#include "people.h"

typedef enum RowPart
{
	ROW_BEFORE,					/* the members before those of the query */
	ROW_AFTER,					/* the members after them, led by a comma */
} RowPart;

extern const Attr seed_before[];
extern const Attr seed_query[];
extern const Attr seed_after[];

extern void row_part(Buf *b, uint32_t person, bool live, RowPart part);

#endif
