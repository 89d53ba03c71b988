/*
 * written.c
 *		What a statement knows of the rows that it changes through the API.
 *
 * Lives in the statement's memory.  Keys are texts in the form that the type
 * of their column puts out.
 */
#include "written.h"

#include "utils/hsearch.h"

typedef struct WrittenRow
{
	char		key[WRITTEN_MAX_KEY + 1];	/* hash key */
	const char *original;		/* the row as read, JSON; or NULL */
	bool		touched;		/* changed or deleted by the statement */
} WrittenRow;

struct WrittenRows
{
	const IntentResource *resource;
	bool		begun;			/* a change was sent */
	HTAB	   *rows;
	MemoryContext context;
	struct WrittenRows *next;
};

/* Those of a resource in a statement's list; made when missing. */
WrittenRows *
written_rows(WrittenRows **list, const IntentResource *resource,
			 MemoryContext context)
{
	WrittenRows *entry = *list;
	HASHCTL		ctl = {0};

	while (entry && entry->resource != resource)
		entry = entry->next;
	if (entry)
		return entry;
	entry = MemoryContextAllocZero(context, sizeof(WrittenRows));
	entry->resource = resource;
	entry->context = context;
	ctl.keysize = WRITTEN_MAX_KEY + 1;
	ctl.entrysize = sizeof(WrittenRow);
	ctl.hcxt = context;
	entry->rows = hash_create("intent_fdw rows to change", 64, &ctl,
							  HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	entry->next = *list;
	*list = entry;
	return entry;
}

/* The row of a key, which is no longer than WRITTEN_MAX_KEY. */
static WrittenRow *
row_of(WrittenRows *rows, const char *key)
{
	bool		found;
	WrittenRow *row = hash_search(rows->rows, key, HASH_ENTER, &found);

	if (!found)
	{
		row->original = NULL;
		row->touched = false;
	}
	return row;
}

/* A row was read: as what, in JSON.  The first time counts. */
void
written_keep(WrittenRows *rows, const char *key, const char *row)
{
	WrittenRow *entry;

	if (strlen(key) > WRITTEN_MAX_KEY)
		return;
	entry = row_of(rows, key);
	if (!entry->original)
		entry->original = MemoryContextStrdup(rows->context, row);
}

/* The row as it was read, or NULL. */
const char *
written_original(WrittenRows *rows, const char *key)
{
	return row_of(rows, key)->original;
}

/* A row is to be changed; false if the statement has done so before. */
bool
written_touch(WrittenRows *rows, const char *key)
{
	WrittenRow *row = row_of(rows, key);
	bool		first = !row->touched;

	row->touched = true;
	return first;
}

/* From now on the statement can no longer read the rows as they were. */
void
written_begin(WrittenRows *rows)
{
	rows->begun = true;
}

/* Has a statement with that list sent a change to the resource? */
bool
written_by(const WrittenRows *list, const IntentResource *resource)
{
	while (list && list->resource != resource)
		list = list->next;
	return list && list->begun;
}
