/*
 * fault.h: faults on demand: which request gets which, and their use.
 */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include <jansson.h>

#include "buf.h"

/* What a fault may be matched with. */
typedef struct FaultRequest
{
	const char *method;
	const char *path;
	const char *body;
	int			page;			/* 1-based, of its chain */
	uint64_t	request;		/* 1-based, since reset */
} FaultRequest;

extern bool faults_check(const json_t *faults, Buf *error);

/* Makes a checked list the current one, with its times full. */
extern void faults_load(const json_t *faults);

/* The "fault" object for a request, counted down; NULL if none.  Decref it. */
extern json_t *fault_take(const FaultRequest *r);

#endif
