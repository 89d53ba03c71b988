/*
 * log.h: what was asked: a bounded log of API requests, and counters.
 */
#ifndef SIM_LOG_H
#define SIM_LOG_H

#include "buf.h"

/* A TCP connection; counted once a generation, when it carries a request. */
typedef struct Connection
{
	uint64_t	id;
	uint64_t	generation;
} Connection;

typedef struct LogEntry
{
	uint64_t	number;			/* 1-based since reset */
	uint64_t	connection;
	double		at_ms;			/* since the simulator started */
	int			status;			/* 0: not answered (yet) */
	char	   *method;
	char	   *target;
	char	   *body;
	char	   *user_agent;		/* or NULL */
	const char *auth;			/* none, key, bearer, both */
} LogEntry;

/* Copies what it keeps of e; returns the request's number. */
extern uint64_t log_add(const LogEntry *e, Connection *c, int limit);
extern void log_status(uint64_t number, int status);

extern void log_clear(void);	/* entries and count */
extern void log_reset(void);	/* request numbers and connections as well */

extern uint64_t log_count(void);
extern uint64_t log_connections(void);

extern void log_json(Buf *b);

/* A line each: METHOD path body, the cursor's value replaced. */
extern void log_text(Buf *b, bool with_status);

#endif
