/*
 * body.h
 *		Request bodies out, error bodies in.
 *
 * The only room that knows jansson.  Bodies are small; pages of rows are left
 * to page.h, which keeps the digits of numbers.
 */
#ifndef INTENT_BODY_H
#define INTENT_BODY_H

#include "compat.h"

#include "request.h"

/* body_query.c */
extern char *body_target(const IntentChainSpec *spec, int limit,
						 const char *cursor);

extern char *body_item_target(const char *path, const char *value);

/* body.c */
extern char *body_request(const IntentChainSpec *spec, int limit,
						  const char *cursor);
extern char *body_error_message(const char *text, size_t len);
extern char *body_error_code(const char *text, size_t len);
extern char *body_printable(const char *text, size_t len, size_t limit);
extern char *body_excerpt(const char *text, size_t len);

#endif							/* INTENT_BODY_H */
