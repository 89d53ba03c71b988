/*
 * backend.h
 *		What a server gives the page room, without a server.
 */
#ifndef FUZZ_BACKEND_H
#define FUZZ_BACKEND_H

#include "postgres.h"

#include <setjmp.h>

/* Where what the room raises goes; error_state is its SQLSTATE. */
extern sigjmp_buf backend_raised;
extern const char *backend_sqlstate;

/* What GetDatabaseEncoding() says: PG_UTF8 or PG_LATIN1. */
extern int	backend_encoding;

/* What palloc() leaves in memory, other for each parse. */
extern int	backend_fill;

extern MemoryContext backend_context(void);
extern void backend_delete(MemoryContext context);

/* Ends the process with the text of what went wrong. */
extern void backend_wrong(const char *format,...) pg_attribute_printf(1, 2);

#endif							/* FUZZ_BACKEND_H */
