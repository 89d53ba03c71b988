/*
 * match.c: the filters of a query, see match.h.
 */
#include "match.h"

#include <stdlib.h>

typedef enum FilterKind
{
	FILTER_ARRAY,
	FILTER_STRING,
	FILTER_YES_NO,
	FILTER_PRESENCE
} FilterKind;

typedef struct FilterDef
{
	const char *name;
	FilterKind	kind;
	Attr		attr;
	int			max_length;		/* 0: no limit known */
} FilterDef;

static const FilterDef defs[] = {
	{"companyIndustry", FILTER_ARRAY, ATTR_COMPANY_INDUSTRY, 0},
	{"seniority", FILTER_ARRAY, ATTR_SENIORITY, 0},
	{"companySize", FILTER_ARRAY, ATTR_COMPANY_SIZE, 0},
	{"department", FILTER_ARRAY, ATTR_DEPARTMENT, 0},
	{"companyRevenueRange", FILTER_ARRAY, ATTR_COMPANY_REVENUE_RANGE, 0},
	{"ageRange", FILTER_ARRAY, ATTR_AGE_RANGE, 0},
	{"state", FILTER_STRING, ATTR_STATE, 0},
	{"gender", FILTER_STRING, ATTR_GENDER, 0},
	{"jobTitle", FILTER_STRING, ATTR_JOB_TITLE, 200},
	{"companyDomain", FILTER_STRING, ATTR_COMPANY_DOMAIN, 255},
	{"companyName", FILTER_STRING, ATTR_COMPANY, 255},
	{"isB2b", FILTER_YES_NO, ATTR_IS_B2B, 0},
	{"hasBusinessEmail", FILTER_PRESENCE, ATTR_BUSINESS_EMAIL, 0},
	{"hasPersonalEmail", FILTER_PRESENCE, ATTR_PERSONAL_EMAIL, 0},
	{"hasLinkedin", FILTER_PRESENCE, ATTR_LINKEDIN_URL, 0},
	{"hasPhone", FILTER_PRESENCE, ATTR_PHONES, 0},
	{0}
};

static const FilterDef *
find_filter(const char *name)
{
	for (const FilterDef *d = defs; d->name; d++)
		if (strcmp(d->name, name) == 0)
			return d;
	return NULL;
}

/* Length as JavaScript counts it, in UTF-16 units: that is what a limit means. */
static int
utf16_length(const char *text)
{
	int			n = 0;

	for (; *text; text++)
	{
		unsigned char c = (unsigned char) *text;

		n += (c & 0xC0) != 0x80;
		n += c >= 0xF0;
	}
	return n;
}

static bool
check_string(const FilterDef *d, const json_t *value, Buf *error)
{
	const char *text = json_string_value(value);

	if (text == NULL)
		buf_printf(error, "filters.%s must be a string", d->name);
	else if (text[0] == '\0')
		buf_printf(error, "filters.%s must not be empty", d->name);
	else if (d->max_length && utf16_length(text) > d->max_length)
		buf_printf(error, "filters.%s must be at most %d characters long",
				   d->name, d->max_length);
	return error->len == 0;
}

static bool
check_array(const FilterDef *d, const json_t *value, Buf *error)
{
	size_t		i;
	json_t	   *item;

	if (!json_is_array(value) || json_array_size(value) == 0)
	{
		buf_printf(error, "filters.%s must be an array of at least one string", d->name);
		return false;
	}
	json_array_foreach(value, i, item)
		if (!check_string(d, item, error))
		return false;
	return true;
}

static bool
check_yes_no(const FilterDef *d, const json_t *value, Buf *error)
{
	const char *text = json_string_value(value);

	if (text && (strcmp(text, "y") == 0 || strcmp(text, "n") == 0))
		return true;
	buf_printf(error, "filters.%s must be \"y\" or \"n\"", d->name);
	return false;
}

static bool
check_filter(const FilterDef *d, const json_t *value, Buf *error)
{
	switch (d->kind)
	{
		case FILTER_ARRAY:
			return check_array(d, value, error);
		case FILTER_STRING:
			return check_string(d, value, error);
		case FILTER_YES_NO:
			return check_yes_no(d, value, error);
		case FILTER_PRESENCE:
			if (!json_is_boolean(value))
				buf_printf(error, "filters.%s must be a boolean", d->name);
	}
	return error->len == 0;
}

bool
filters_check(const json_t *filters, Buf *error)
{
	const char *name;
	json_t	   *value;

	json_object_foreach((json_t *) filters, name, value)
	{
		const FilterDef *d = find_filter(name);

		if (d == NULL)
		{
			buf_printf(error, "unrecognized key: filters.%s", name);
			return false;
		}
		if (!check_filter(d, value, error))
			return false;
	}
	return true;
}

static void
mark_wide(const Dict *dict, const char *text, uint8_t *matches)
{
	Buf			folded = {0};

	buf_grow(&folded, strlen(text));
	fold_case(&folded, text, strlen(text));
	for (int i = 0; i < dict->count; i++)
		matches[i] |= strstr(dict->values[i].folded, folded.data) != NULL;
	buf_free(&folded);
}

static void
mark_exact(const Dict *dict, const char *text, uint8_t *matches)
{
	for (int i = 0; i < dict->count; i++)
		matches[i] |= strcmp(dict->values[i].text, text) == 0;
}

static void
compile_string(const FilterDef *d, const json_t *value, bool wide, Filter *f)
{
	const Dict *dict = attr_dict(d->attr);
	const char *text = json_string_value(value);

	if (wide && d->kind != FILTER_YES_NO)
		mark_wide(dict, text, f->matches);
	else
		mark_exact(dict, text, f->matches);
}

static void
compile_filter(const FilterDef *d, const json_t *value, bool wide, Filter *f)
{
	size_t		i;
	json_t	   *item;

	f->attr = d->attr;
	f->presence = d->kind == FILTER_PRESENCE;
	f->wanted = json_is_true(value);
	if (f->presence)
		return;
	f->matches = xcalloc((size_t) attr_dict(d->attr)->count, 1);
	if (d->kind != FILTER_ARRAY)
		compile_string(d, value, wide, f);
	else
		json_array_foreach(value, i, item)
			compile_string(d, item, wide, f);
}

void
filters_compile(const json_t *filters, bool wide, FilterSet *set)
{
	const char *name;
	json_t	   *value;

	memset(set, 0, sizeof(*set));
	json_object_foreach((json_t *) filters, name, value)
		compile_filter(find_filter(name), value, wide, &set->filters[set->count++]);
}

void
filters_free(FilterSet *set)
{
	for (int i = 0; i < set->count; i++)
		free(set->filters[i].matches);
}

bool
filters_match(const FilterSet *set, uint32_t person)
{
	for (int i = 0; i < set->count; i++)
	{
		const Filter *f = &set->filters[i];
		int			value = person_value(person, f->attr);

		if (f->presence ? (value >= 0) != f->wanted : value < 0 || !f->matches[value])
			return false;
	}
	return true;
}
