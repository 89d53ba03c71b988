/*
 * runs.h: the daily runs: which dates there are, when the next one lands, and
 * which queries are still materializing.
 */
#ifndef SIM_RUNS_H
#define SIM_RUNS_H

#include "config.h"

/* Starts the count-down of advance_after anew; no run has landed. */
extern void runs_arm(const SimConfig *c);

/* Forgets which queries have been called. */
extern void runs_forget(void);

/* Counts a query request; the run lands after the last one of advance_after. */
extern void runs_count_request(const SimConfig *c);

extern void runs_latest(const SimConfig *c, char date[DATE_LEN + 1]);
extern bool runs_known(const SimConfig *c, const char *date);

/* Counts a call of a query; true for its first materialize_calls ones. */
extern bool runs_materializing(const SimConfig *c, uint64_t query);

#endif
