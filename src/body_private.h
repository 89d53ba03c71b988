/*
 * body_private.h
 *		What bodies and query strings share: values as texts.
 */
#ifndef INTENT_BODY_PRIVATE_H
#define INTENT_BODY_PRIVATE_H

#include "compat.h"

#include "body.h"

/* body.c */
extern const char *body_value_text(IntentFilterKind kind,
								   const IntentScalar *value);

#endif							/* INTENT_BODY_PRIVATE_H */
