/*
 * reply_faults.h: faults that replace a reply or change how it is sent.
 */
#ifndef SIM_REPLY_FAULTS_H
#define SIM_REPLY_FAULTS_H

#include "exchange.h"

/* True if the fault is the whole answer; *r is that answer. */
extern bool reply_faults_replace(const json_t *fault, Reply *r);

/* Changes the way a finished reply is sent. */
extern void reply_faults_apply(const json_t *fault, Reply *r);

#endif
