/*
 * lookup_path.h
 *		Makes the planner consider batched lookups.
 */
#ifndef INTENT_LOOKUP_PATH_H
#define INTENT_LOOKUP_PATH_H

#include "compat.h"

extern void lookup_register(void);

#endif							/* INTENT_LOOKUP_PATH_H */
