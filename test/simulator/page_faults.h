/*
 * page_faults.h: faults that change a page: its rows, its meta, its text.
 * Each function does nothing when fault is NULL or of another kind.
 */
#ifndef SIM_PAGE_FAULTS_H
#define SIM_PAGE_FAULTS_H

#include <jansson.h>

#include "cursor.h"
#include "render.h"

/*
 * Changes what the next page is, or empties this one; true if there has to be
 * a next page.
 */
extern bool page_faults_turn(const json_t *fault, Page *p, Cursor *next, int limit);

/* Changes nextCursor; sent is the request's own cursor or NULL. */
extern void page_faults_cursor(const json_t *fault, Page *p, const char *sent);

/* Rows and meta; sets meta.count to the rows that will be there. */
extern void page_faults_apply(const json_t *fault, Page *p);

/* False with a message if its json or cursor is of no kind known here. */
extern bool page_faults_check(const json_t *fault, Buf *error);

/* The finished text. */
extern void page_faults_spoil(const json_t *fault, Buf *text);

#endif
