/*
 * people_csv.h: GET /_sim/people.csv, a local copy of what the API knows.
 */
#ifndef SIM_PEOPLE_CSV_H
#define SIM_PEOPLE_CSV_H

#include "exchange.h"

/* A line for each person and topic of the date; made while it is sent. */
extern void people_csv(Stream *stream, const char *date, bool fractional);

#endif
