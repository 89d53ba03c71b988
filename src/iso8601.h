/*
 * iso8601.h
 *		Dates and times as the API writes them.
 *
 * PostgreSQL's input functions take much more ("today", 03/11/2026 by
 * DateStyle), which must not decide what an answer says.
 */
#ifndef INTENT_ISO8601_H
#define INTENT_ISO8601_H

#include "compat.h"

extern bool iso8601_is_day(const char *text);
extern bool iso8601_is_moment(const char *text, bool *has_zone);

#endif							/* INTENT_ISO8601_H */
