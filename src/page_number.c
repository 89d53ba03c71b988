/*
 * page_number.c
 *		The text of a JSON number to an integer, without loss.
 *
 * Works on the digits: no double loses some of them, and no numeric is made
 * of an exponent that somebody else chose.  Assumes text that the JSON lexer
 * took for a number.
 */
#include "postgres.h"

#include "page_number.h"

#include "common/int.h"

/*
 * Exponents are clamped here: no text is so long that its digits make up for
 * more, and sums stay far from overflow.
 */
#define NUMBER_MAX_EXPONENT INT64CONST(10000000000)

/*
 * The digits of a JSON number, stripped of zeros at both ends.  power is that
 * of the last digit: 1200 is 12 with power 2, 0.5 is 5 with power -1.
 */
typedef struct Decimal
{
	const char *first;
	const char *last;			/* both NULL for zero; a '.' may be between */
	int64		power_first;
	int64		power_last;
} Decimal;

static void
split_decimal(const char *digits, Decimal *decimal)
{
	const char *exponent = digits + strcspn(digits, "eE");
	const char *point = memchr(digits, '.', exponent - digits);
	int64		power = (point ? point : exponent) - digits - 1;

	if (*exponent != '\0')
		power += Min(Max(strtoll(exponent + 1, NULL, 10), -NUMBER_MAX_EXPONENT),
					 NUMBER_MAX_EXPONENT);

	memset(decimal, 0, sizeof(Decimal));
	for (const char *s = digits; s < exponent; s++)
	{
		if (*s == '.')
			continue;
		if (*s != '0' && decimal->first == NULL)
		{
			decimal->first = s;
			decimal->power_first = power;
		}
		if (*s != '0')
		{
			decimal->last = s;
			decimal->power_last = power;
		}
		power--;
	}
}

/* number_to_int64() for what has a point, an exponent, or many digits */
static NumberFit
decimal_to_int64(const char *digits, bool negative, int64 *result)
{
	Decimal		decimal;
	int64		n = 0;

	split_decimal(digits, &decimal);
	*result = 0;
	if (decimal.first == NULL)
		return NUMBER_FITS;
	if (decimal.power_last < 0)
		return NUMBER_FRACTION;
	if (decimal.power_first > 18)
		return NUMBER_RANGE;

	/* going down from zero reaches INT64_MIN */
	for (const char *s = decimal.first; s <= decimal.last; s++)
		if (*s != '.' && (pg_mul_s64_overflow(n, 10, &n) ||
						  pg_sub_s64_overflow(n, *s - '0', &n)))
			return NUMBER_RANGE;
	for (int64 i = 0; i < decimal.power_last; i++)
		if (pg_mul_s64_overflow(n, 10, &n))
			return NUMBER_RANGE;
	if (!negative && pg_mul_s64_overflow(n, -1, &n))
		return NUMBER_RANGE;
	*result = n;
	return NUMBER_FITS;
}

/*
 * The text of a JSON number to an integer, without loss: "80", "80.0" and
 * "8e1" are 80.  A value with a fraction and one too large are told apart;
 * neither sets *result to anything of use.
 */
NumberFit
number_to_int64(const char *number, int64 *result)
{
	bool		negative = *number == '-';
	const char *digits = number + (negative ? 1 : 0);
	const char *s = digits;
	int64		n = 0;

	/* 18 digits cannot overflow */
	for (; *s >= '0' && *s <= '9' && s - digits < 18; s++)
		n = n * 10 + (*s - '0');
	if (*s != '\0')
		return decimal_to_int64(digits, negative, result);
	*result = negative ? -n : n;
	return NUMBER_FITS;
}

/*
 * The largest integer that is not above the number, and whether it is the
 * number.  Where it does not fit *result is the nearest that does; one of 19
 * digits counts as too large if a fraction follows.
 */
NumberFit
number_floor(const char *number, int64 *result)
{
	bool		negative = *number == '-';
	Decimal		decimal;
	int64		n = 0;
	NumberFit	fit = number_to_int64(number, result);

	if (fit == NUMBER_FITS)
		return fit;
	split_decimal(number + (negative ? 1 : 0), &decimal);
	if (fit == NUMBER_RANGE || decimal.power_first > 17)
	{
		*result = negative ? PG_INT64_MIN : PG_INT64_MAX;
		return NUMBER_RANGE;
	}
	for (const char *s = decimal.first; decimal.power_first >= 0; s++)
	{
		if (*s == '.')
			continue;
		n = n * 10 + (*s - '0');
		decimal.power_first--;
	}
	*result = negative ? -n - 1 : n;
	return NUMBER_FRACTION;
}
