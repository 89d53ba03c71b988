/*
 * audience.h: POST /v1/intent/audiences/query.
 */
#ifndef SIM_AUDIENCE_H
#define SIM_AUDIENCE_H

#include "exchange.h"

extern void audience_query(Exchange *x);

#endif
