/*
 * saved.h: saved audiences as documents: the list, runs, statistics, status.
 */
#ifndef SIM_SAVED_H
#define SIM_SAVED_H

#include "exchange.h"

extern void saved_list(Exchange *x);
extern void saved_runs(Exchange *x);
extern void saved_stats(Exchange *x);
extern void saved_status(Exchange *x);

#endif
