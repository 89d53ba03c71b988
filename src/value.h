/*
 * value.h
 *		One value of a condition, seen as the API sees it.
 *
 * Conditions compare a column with values of several types; requests know
 * integers, days and strings.  What cannot be equal to any row's value, or
 * is no bound at all, is told apart here.
 */
#ifndef INTENT_VALUE_H
#define INTENT_VALUE_H

#include "compat.h"

#include "datatype/timestamp.h"
#include "qual.h"

/* Days of the calendar that the API can be asked for: 0001-01-01 to 9999-12-31. */
#define VALUE_FIRST_DAY (1721426 - POSTGRES_EPOCH_JDATE)
#define VALUE_LAST_DAY (5373484 - POSTGRES_EPOCH_JDATE)

/* A value as sent.  Which member holds depends on the filter's kind. */
typedef struct IntentScalar
{
	int64		integer;		/* topic, boolean, day (as DateADT) */
	char	   *text;			/* string, uuid; or a symbol in EXPLAIN */
	char	   *compare;		/* strings: what tells equal ones */
	Datum		datum;			/* strings: as evaluated */
	bool		symbolic;		/* text stands for a value not yet known */
} IntentScalar;

/* How a value limits what is above and below it. */
typedef enum ValueLimit
{
	VALUE_FINITE,
	VALUE_ABOVE_ALL,			/* infinity, NaN, too large for an integer */
	VALUE_BELOW_ALL,
} ValueLimit;

/* A number or a day, rounded down. */
typedef struct ValueNumber
{
	ValueLimit	limit;
	int64		floor;
	bool		fraction;		/* the value lies above floor */
	bool		inexact;		/* a double too large to tell integers apart */
	int			ties;			/* so many days below floor equal the value,
								 * too */
} ValueNumber;

/* What a column makes of a number that a row has. */
typedef enum ValueGrain
{
	VALUE_INTEGERS,				/* it holds integers only */
	VALUE_FRACTIONS,			/* any number, as it is */
	VALUE_ROUNDED,				/* any number, rounded; integers as they are */
} ValueGrain;

/* Bounds that a comparison sets; "never" if no row can meet it. */
typedef struct ValueBounds
{
	bool		never;
	bool		has_lower;
	bool		has_upper;
	int64		lower;
	int64		upper;
	bool		wide;			/* lets through more than the comparison */
} ValueBounds;

extern ValueNumber value_number(Datum datum, Oid type);
extern ValueNumber value_day(Datum datum, Oid type);
extern ValueBounds value_bounds(IntentOp op, ValueNumber number,
								ValueGrain grain);
extern bool value_string(const IntentCond *cond, const IntentFilter *filter,
						 Datum datum, Oid type, IntentScalar *scalar);

#endif							/* INTENT_VALUE_H */
