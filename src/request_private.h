/*
 * request_private.h
 *		What the parts of request.c share: a request being built.
 */
#ifndef INTENT_REQUEST_PRIVATE_H
#define INTENT_REQUEST_PRIVATE_H

#include "compat.h"

#include "digest.h"
#include "request.h"

typedef struct Builder
{
	IntentRequest *request;
	const IntentTable *table;
	const IntentResource *resource;
	const IntentOptions *options;
	const IntentUse *use;
	const IntentInput *inputs;
	int			ninputs;
	Digest	   *digests;		/* by input */
	bool		audience;		/* a saved audience's config rules */
} Builder;

/* request_gather.c: lists of values, and what all kinds of filters need */
extern const IntentFilter *filter_at(const Builder *b, int f);
extern bool concerns(const Builder *b, int i, int f);
extern void set_problem(Builder *b, int sqlstate, char *message, char *detail,
						char *hint);
extern void too_many_chains(Builder *b, double n);
extern bool same_test(const Builder *b, const IntentField *field,
					  const IntentCond *cond, IntentFilterKind kind);
extern void set_field(IntentField *field, const IntentCond *cond,
					  const Digest *digest);
extern void fix_field(Builder *b, IntentField *field,
					  const IntentScalar *value, ScalarCompare compare);
extern bool is_keyed(const Builder *b, int f);
extern void gather_equalities(Builder *b, int f);
extern void gather_values(Builder *b, int f);

/* request_topics.c */
extern void gather_topics(Builder *b, int f);

/* request_bounds.c */
extern void gather_range(Builder *b, int f);
extern void gather_minimum(Builder *b, int f);
extern void gather_dates(Builder *b, int f);

#endif							/* INTENT_REQUEST_PRIVATE_H */
