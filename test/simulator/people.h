/*
 * people.h: the people that the simulator knows, and their attributes.
 *
 * A person is a number; each attribute is computed from (seed, person,
 * attribute) when it is asked for, so a million people need no memory.
 */
#ifndef SIM_PEOPLE_H
#define SIM_PEOPLE_H

#include "values.h"

/* The members of a live row, in their order there. */
typedef enum Attr
{
	ATTR_INTENT_SCORE,
	ATTR_TOPIC_ID,
	ATTR_TOPIC_OVERLAP,
	ATTR_MATCHED_TOPIC_IDS,
	ATTR_TOPIC_NAME,
	ATTR_FIRST_PERSONAL,		/* from here on: of the person alone */
	ATTR_EMAIL = ATTR_FIRST_PERSONAL,
	ATTR_FIRST_NAME,
	ATTR_LAST_NAME,
	ATTR_AGE_RANGE,
	ATTR_GENDER,
	ATTR_HEADLINE,
	ATTR_PHOTO_URL,
	ATTR_LINKEDIN_URL,
	ATTR_INCOME_RANGE,
	ATTR_NET_WORTH,
	ATTR_HAS_CHILDREN,
	ATTR_IS_HOMEOWNER,
	ATTR_IS_MARRIED,
	ATTR_ADDRESS,
	ATTR_CITY,
	ATTR_STATE,
	ATTR_ZIP,
	ATTR_PERSONAL_COUNTRY,
	ATTR_JOB_TITLE,
	ATTR_JOB_TITLE_NORMALIZED,
	ATTR_SENIORITY,
	ATTR_DEPARTMENT,
	ATTR_SUBDEPARTMENTS,
	ATTR_JOB_FUNCTIONS,
	ATTR_COMPANY,
	ATTR_COMPANY_DOMAIN,
	ATTR_COMPANY_INDUSTRY,
	ATTR_COMPANY_SIZE,
	ATTR_COMPANY_REVENUE_RANGE,
	ATTR_COMPANY_REVENUE,
	ATTR_COMPANY_CITY,
	ATTR_COMPANY_STATE,
	ATTR_COMPANY_ZIP,
	ATTR_COUNTRY,
	ATTR_COMPANY_LINKEDIN_URL,
	ATTR_COMPANY_DESCRIPTION,
	ATTR_COMPANY_NAICS,
	ATTR_COMPANY_SIC,
	ATTR_PHONES,
	ATTR_DIRECT_NUMBERS,
	ATTR_MOBILE_PHONES,
	ATTR_PERSONAL_PHONES,
	ATTR_EMAILS,
	ATTR_PERSONAL_EMAIL,
	ATTR_PERSONAL_EMAILS,
	ATTR_BUSINESS_EMAIL,
	ATTR_BUSINESS_EMAILS,
	ATTR_IS_B2B,
	ATTR_IS_B2C,
	ATTR_EMAIL_HASHES,
	ATTR_ALL_EMAIL_HASHES,
	ATTR_LIVE_COUNT,			/* the live row ends here */
	ATTR_HEM = ATTR_LIVE_COUNT,
	ATTR_COUNT
} Attr;

typedef struct Person
{
	uint32_t	index;
	uint64_t	hash;
	int			company;		/* also when the row does not say so */
	int16_t		value[ATTR_COUNT];	/* -1: null; else index, or presence */
} Person;

typedef struct World
{
	uint32_t	people;
	uint64_t	seed;
} World;

extern World world;

extern const char *attr_json_name(Attr a);
extern void attr_csv_name(Attr a, Buf *b);

/* The dictionary of an attribute, NULL when its text is composed. */
extern const Dict *attr_dict(Attr a);

/* Index into the dictionary (0 when composed), -1 when null. */
extern int	person_value(uint32_t person, Attr a);

extern void person_make(uint32_t person, Person *p);

/* Append the value: as JSON; as CSV, where NULL is nothing at all. */
extern void person_json(Buf *b, const Person *p, Attr a);
extern void person_csv(Buf *b, const Person *p, Attr a);

#endif
