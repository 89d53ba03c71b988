/*
 * oracle.h
 *		What a document says, as another parser reads it.
 */
#ifndef FUZZ_ORACLE_H
#define FUZZ_ORACLE_H

#include "postgres.h"

#include "page.h"

typedef struct Oracle Oracle;

/* What the room must make of a document. */
typedef enum Verdict
{
	VERDICT_ROWS,
	VERDICT_REFUSED,
	VERDICT_UNKNOWN,			/* either: doubles do not tell, or names come
								 * twice */
} Verdict;

extern Oracle *oracle_read(const IntentDocument *document,
						   const char *text, size_t len);
extern Verdict oracle_verdict(const Oracle *oracle);
extern const char *oracle_reason(const Oracle *oracle);
extern void oracle_check(const Oracle *oracle, const RowPage *page,
						 const PageColumn *columns, int ncolumns);
extern void oracle_check_number(const char *text);
extern void oracle_free(Oracle *oracle);

#endif							/* FUZZ_ORACLE_H */
