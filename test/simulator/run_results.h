/*
 * run_results.h: what needs more than a catalogue or a page: the analysis of a
 * site, and the results of a run by offset.
 */
#ifndef SIM_RUN_RESULTS_H
#define SIM_RUN_RESULTS_H

#include "exchange.h"

extern void site_analyze(Exchange *x);
extern void run_results(Exchange *x);

#endif
