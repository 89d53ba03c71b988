/*
 * iso8601.c
 *		Dates and times as the API writes them.
 *
 * Tells the form only, and whether there is such a day; values are made by
 * whoever asks.
 */
#include "iso8601.h"

#include <ctype.h>

#include "utils/datetime.h"

/* What follows the form, in which a 9 is a digit; NULL if the text is not so. */
static const char *
skip_form(const char *text, const char *form)
{
	for (; *form; text++, form++)
	{
		if (*form == '9' ? !isdigit((unsigned char) *text) : *text != *form)
			return NULL;
	}
	return text;
}

/* What follows a day that is in the calendar, or NULL. */
static const char *
skip_day(const char *text)
{
	const char *rest = skip_form(text, "9999-99-99");
	int			year;
	int			month;
	int			day;

	if (!rest)
		return NULL;
	year = atoi(text);
	month = atoi(text + 5);
	day = atoi(text + 8);
	return year >= 1 && month >= 1 && month <= MONTHS_PER_YEAR && day >= 1 &&
		day <= day_tab[isleap(year)][month - 1] ? rest : NULL;
}

/* What follows 10:30, 10:30:15 or 10:30:15.123, or NULL. */
static const char *
skip_time(const char *text)
{
	const char *seconds;

	text = skip_form(text, "99:99");
	if (!text || *text != ':')
		return text;
	text = skip_form(text, ":99");
	if (!text || *text != '.')
		return text;
	seconds = ++text;
	while (isdigit((unsigned char) *text))
		text++;
	return text > seconds ? text : NULL;
}

/* Is it the end, or Z, +02, +0200 or +02:00 and the end? */
static bool
is_zone(const char *text, bool *has_zone)
{
	static const char *const forms[] = {"99", "9999", "99:99"};

	*has_zone = *text != '\0';
	if (*text == '\0' || strcmp(text, "Z") == 0)
		return true;
	if (*text != '+' && *text != '-')
		return false;
	for (int i = 0; i < lengthof(forms); i++)
	{
		const char *rest = skip_form(text + 1, forms[i]);

		if (rest && *rest == '\0')
			return true;
	}
	return false;
}

/* Is it a day, written YYYY-MM-DD? */
bool
iso8601_is_day(const char *text)
{
	const char *rest = skip_day(text);

	return rest && *rest == '\0';
}

/* Is it a day, or a day with a time, and does a time zone follow? */
bool
iso8601_is_moment(const char *text, bool *has_zone)
{
	const char *rest = skip_day(text);

	*has_zone = false;
	if (rest && (*rest == 'T' || *rest == ' '))
		rest = skip_time(rest + 1);
	return rest && is_zone(rest, has_zone);
}
