/*
 * page_number.h
 *		The text of a JSON number to an integer, without loss.
 */
#ifndef INTENT_PAGE_NUMBER_H
#define INTENT_PAGE_NUMBER_H

#include "compat.h"

typedef enum NumberFit
{
	NUMBER_FITS,
	NUMBER_FRACTION,			/* a fraction that is not zero */
	NUMBER_RANGE,
} NumberFit;

extern NumberFit number_to_int64(const char *number, int64 *result);
extern NumberFit number_floor(const char *number, int64 *result);

#endif							/* INTENT_PAGE_NUMBER_H */
