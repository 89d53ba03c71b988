/*
 * written.h
 *		What a statement knows of the rows that it changes through the API.
 *
 * The API has no transactions: a change is made when it is sent.  That a
 * statement still sees rows as they were before it, and changes none twice,
 * is kept here, for each resource that it writes; what the rows were when they
 * were read, as well, since a change may have to send more than its columns
 * hold.
 */
#ifndef INTENT_WRITTEN_H
#define INTENT_WRITTEN_H

#include "compat.h"

#include "resource.h"

typedef struct WrittenRows WrittenRows;

/* The longest key, in bytes. */
#define WRITTEN_MAX_KEY 255

extern WrittenRows *written_rows(WrittenRows **list,
								 const IntentResource *resource,
								 MemoryContext context);
extern void written_keep(WrittenRows *rows, const char *key, const char *row);
extern const char *written_original(WrittenRows *rows, const char *key);
extern bool written_touch(WrittenRows *rows, const char *key);
extern void written_begin(WrittenRows *rows);
extern bool written_by(const WrittenRows *list, const IntentResource *resource);

#endif							/* INTENT_WRITTEN_H */
