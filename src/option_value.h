/*
 * option_value.h
 *		Texts of options to values.
 *
 * Each parser stores the value of a text in a field and returns NULL, or
 * leaves the field alone and returns a sentence that says what is accepted.
 * That sentence never repeats the text, which may be a secret.  Nothing here
 * knows which options there are, and nothing here raises.
 */
#ifndef INTENT_OPTION_VALUE_H
#define INTENT_OPTION_VALUE_H

#include "compat.h"

#include "nodes/pg_list.h"

/* What a parser needs to know beside the text. */
typedef struct ValueLimits
{
	int			lower;			/* both inclusive, in the field's own unit */
	int			upper;
	const char *const *names;	/* of an enum in order of its values, or the
								 * schemes of a URL; NULL at the end */
} ValueLimits;

/* hint may be set where there is more to say than what is accepted. */
typedef const char *(*ValueParser) (const char *text, const ValueLimits *limits,
									void *field, const char **hint);

/* The longest key, and the longest first line of a key file. */
#define VALUE_MAX_KEY 4096

/* into an int */
extern const char *value_integer(const char *text, const ValueLimits *limits,
								 void *field, const char **hint);
extern const char *value_duration(const char *text, const ValueLimits *limits,
								  void *field, const char **hint);
extern const char *value_size(const char *text, const ValueLimits *limits,
							  void *field, const char **hint);
extern const char *value_enum(const char *text, const ValueLimits *limits,
							  void *field, const char **hint);

/* into a bool, a double */
extern const char *value_boolean(const char *text, const ValueLimits *limits,
								 void *field, const char **hint);
extern const char *value_cost(const char *text, const ValueLimits *limits,
							  void *field, const char **hint);

/* into a char *, palloc'd */
extern const char *value_header(const char *text, const ValueLimits *limits,
								void *field, const char **hint);
extern const char *value_key(const char *text, const ValueLimits *limits,
							 void *field, const char **hint);
extern const char *value_path(const char *text, const ValueLimits *limits,
							  void *field, const char **hint);
extern const char *value_member(const char *text, const ValueLimits *limits,
								void *field, const char **hint);
extern const char *value_uuid(const char *text, const ValueLimits *limits,
							  void *field, const char **hint);
extern const char *value_date(const char *text, const ValueLimits *limits,
							  void *field, const char **hint);
extern const char *value_url(const char *text, const ValueLimits *limits,
							 void *field, const char **hint);

extern const char *value_int64_list(const char *text, int64 **numbers, int *count);

extern bool value_url_is_plain(const char *url);
extern bool value_url_is_loopback(const char *url);
extern const char *value_closest(const char *wanted, List *names);

#endif							/* INTENT_OPTION_VALUE_H */
