/*
 * saved.h: saved audiences as documents: the list, runs, statistics, status,
 * export; and changes of the list.
 */
#ifndef SIM_SAVED_H
#define SIM_SAVED_H

#include "exchange.h"

#define SAVED_ID_SIZE 64

extern void saved_list(Exchange *x);
extern void saved_one(Exchange *x);
extern void saved_runs(Exchange *x);
extern void saved_stats(Exchange *x);
extern void saved_status(Exchange *x);
extern void saved_export(Exchange *x);

/* saved_write.c */
extern void saved_create(Exchange *x);
extern void saved_update(Exchange *x);
extern void saved_delete(Exchange *x);

/* The document of an audience with that config; a new reference. */
extern json_t *saved_audience(const SimConfig *c, const char *id, const json_t *config);
extern const char *saved_status_of(const SimConfig *c, const char *id);

/* The id in the path, in lower case; false if it is too long. */
extern bool saved_path_id(const Exchange *x, char id[SAVED_ID_SIZE]);

#endif
