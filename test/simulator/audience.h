/*
 * audience.h: people: queries, previews, and the results of saved audiences.
 */
#ifndef SIM_AUDIENCE_H
#define SIM_AUDIENCE_H

#include "exchange.h"

extern void audience_query(Exchange *x);
extern void audience_results(Exchange *x);
extern void audience_preview(Exchange *x);

/* The config of a saved audience, whatever the case of its id; or NULL. */
extern const json_t *audience_config(const SimConfig *c, const char *id);

/* That of /v1/intent/audiences/{id}/...; NULL with a 404 in the reply. */
extern const json_t *audience_of_path(Exchange *x);

#endif
