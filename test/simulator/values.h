/*
 * values.h: the dictionaries that people are made of.
 *
 * Every attribute that a filter can name has its values here, so a filter is
 * compiled to one byte for each value and costs one look-up for each person.
 */
#ifndef SIM_VALUES_H
#define SIM_VALUES_H

#include "buf.h"

typedef enum DictId
{
	DICT_NONE,
	DICT_FIRST_NAME,
	DICT_LAST_NAME,
	DICT_AGE_RANGE,
	DICT_GENDER,
	DICT_INCOME_RANGE,
	DICT_NET_WORTH,
	DICT_YES_NO,
	DICT_CITY,
	DICT_STATE,
	DICT_COUNTRY,
	DICT_JOB_TITLE,
	DICT_SENIORITY,
	DICT_DEPARTMENT,
	DICT_SUBDEPARTMENT,
	DICT_JOB_FUNCTION,
	DICT_INDUSTRY,
	DICT_COMPANY_SIZE,
	DICT_REVENUE_RANGE,
	DICT_REVENUE,
	DICT_NAICS,
	DICT_SIC,
	DICT_COMPANY,				/* indexed by company */
	DICT_DOMAIN,				/* indexed by company */
	DICT_COUNT
} DictId;

typedef struct Value
{
	const char *text;
	const char *json;			/* quoted and escaped */
	const char *folded;			/* lower case, for wide matching */
	uint32_t	text_len;
	uint32_t	json_len;
} Value;

typedef struct Dict
{
	Value	   *values;
	int			count;
} Dict;

extern Dict dicts[DICT_COUNT];

/* Companies with a name of their own; those after them are put together. */
extern int	known_companies;

extern void values_init(void);

/* Appends text in lower case: ASCII, Latin, Greek and Cyrillic letters. */
extern void fold_case(Buf *b, const char *text, size_t len);

#endif
