/*
 * control.h: the control interface under /_sim/, for tests.
 */
#ifndef SIM_CONTROL_H
#define SIM_CONTROL_H

#include "exchange.h"

extern void control_dispatch(Exchange *x);

/* Everything as after the start with this config: counters, log, results. */
extern void control_reset(void);

#endif
