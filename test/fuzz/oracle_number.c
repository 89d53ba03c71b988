/*
 * oracle_number.c
 *		What a number's text is as an integer, as one reckons on paper.
 */
#include "oracle.h"

#include <ctype.h>

#include "backend.h"
#include "page_number.h"

/* A fraction and out of range: which of them is said first is left open. */
#define FRACTION_OR_RANGE ((NumberFit) -1)

/* No integer that fits comes near. */
#define HUGE_WHOLE ((uint128) 1 << 100)

/*
 * The integer part of a number's text by schoolbook, for exponents that are
 * not out of this world: digits are laid out, then cut at the point.
 */
static NumberFit
long_way(const char *text, bool *negative, uint128 * whole)
{
	const char *exponent = strpbrk(text, "eE");
	const char *end = exponent ? exponent : text + strlen(text);
	long		shift = exponent ? strtol(exponent + 1, NULL, 10) : 0;
	bool		behind = false;
	bool		fraction = false;
	bool		huge = false;
	long		place;

	*negative = *text == '-';
	*whole = 0;
	for (place = 0; text + place < end && text[place] != '.'; place++)
		;
	shift += place;				/* digits before this index are whole */
	for (const char *s = text; s < end; s++)
	{
		long		index = s - text - behind;

		if (*s == '.')
			behind = true;
		if (!isdigit((unsigned char) *s))
			continue;
		if (index >= shift)
			fraction |= *s != '0';
		else if (*whole > HUGE_WHOLE)
			huge = true;
		else
			*whole = *whole * 10 + (*s - '0');
	}
	for (long index = end - text - behind; index < shift && *whole != 0 && !huge; index++)
	{
		*whole *= 10;
		huge = *whole > HUGE_WHOLE;
	}
	if (huge || *whole > (uint128) PG_INT64_MAX + *negative)
		return fraction ? FRACTION_OR_RANGE : NUMBER_RANGE;
	return fraction ? NUMBER_FRACTION : NUMBER_FITS;
}

/* The two functions that make integers, against the long way. */
void
oracle_check_number(const char *text)
{
	const char *exponent = strpbrk(text, "eE");
	bool		negative;
	uint128		whole;
	int64		value;
	int64		floored;
	NumberFit	fit = number_to_int64(text, &value);
	NumberFit	floor_fit = number_floor(text, &floored);
	NumberFit	expected;
	int64		exact;

	if (exponent && labs(strtol(exponent + 1, NULL, 10)) > 5000)
		return;
	expected = long_way(text, &negative, &whole);
	if (expected == FRACTION_OR_RANGE)
	{
		if (fit == NUMBER_FITS || floor_fit != NUMBER_RANGE ||
			floored != (negative ? PG_INT64_MIN : PG_INT64_MAX))
			backend_wrong("number %s: fits", text);
		return;
	}
	if (fit != expected)
		backend_wrong("number %s: %d, not %d", text, fit, expected);
	if (fit == NUMBER_RANGE)
	{
		if (floor_fit != NUMBER_RANGE || floored != (negative ? PG_INT64_MIN : PG_INT64_MAX))
			backend_wrong("number %s: floor %lld", text, (long long) floored);
		return;
	}
	exact = negative ? (int64) -whole : (int64) whole;
	if (fit == NUMBER_FITS && (value != exact || floored != exact))
		backend_wrong("number %s: %lld", text, (long long) value);
	if (fit == NUMBER_FRACTION && floor_fit == NUMBER_FRACTION && floored != exact - negative)
		backend_wrong("number %s: floor %lld", text, (long long) floored);
}
