/*
 * api.h: the vendor's API: route, key, content type, faults, log.
 */
#ifndef SIM_API_H
#define SIM_API_H

#include "exchange.h"
#include "log.h"

extern void api_dispatch(Exchange *x, Connection *c);

#endif
