/*
 * render.h: a page of a result as JSON text.
 */
#ifndef SIM_RENDER_H
#define SIM_RENDER_H

#include "config.h"
#include "result.h"

typedef enum MetaMember
{
	META_COUNT,
	META_TOTAL_COUNT,
	META_NEXT_CURSOR,
	META_HAS_MORE,
	META_STATUS,
	META_CACHE_KEY,
	META_DATA_DATE,
	META_MEMBERS
} MetaMember;

/* One member of one row says something else. */
typedef struct RowPatch
{
	int			row;			/* -1: none */
	const char *member;
	Buf			text;			/* raw, put where the JSON value belongs */
} RowPatch;

/* How a row looks beside the form that the config says. */
typedef enum RowStyle
{
	ROW_PLAIN,
	ROW_SAVED,					/* of a saved audience's results */
	ROW_MASKED					/* of a preview */
} RowStyle;

/* A page before it becomes text; faults change it. */
typedef struct Page
{
	RowStyle	style;
	const SimConfig *config;
	const Result *result;
	size_t		offset;			/* of its first row in the result */
	int			rows;
	uint32_t	number;			/* 1-based in its chain */
	Buf			meta[META_MEMBERS]; /* JSON texts; empty: left out */
	int			duplicate_row;	/* -1: none */
	int			drop_row;		/* -1: none */
	RowPatch	patch;
	const char *data;			/* instead of the rows, or NULL */
	bool		no_data;
	bool		no_meta;
	bool		data_twice;
	bool		first_row_broken;	/* the first row is no object */
} Page;

extern void page_init(Page *p, const SimConfig *c, const Result *r);
extern void page_free(Page *p);
extern void page_set(Page *p, MetaMember m, const char *json);
extern void page_set_string(Page *p, MetaMember m, const char *text);
extern void page_render(const Page *p, Buf *b);

/* The array of rows alone. */
extern void page_render_rows(const Page *p, Buf *b);

#endif
