/*
 * total.c
 *		Totals of requests, remembered by backend.
 *
 * Bounded in number and in time: a total is as old as the daily run it was
 * counted in, and is good for estimates only.  Bodies are kept as hashes, so
 * that nothing of a condition stays in memory.
 */
#include "total.h"

#include "common/hashfn.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

/* Requests remembered; the one not used for longest makes room. */
#define MAX_TOTALS 1000

/* How long a total is believed, in seconds. */
#define MAX_AGE 3600

/* An average follows what changes: the newest counts at least this much. */
#define MAX_AVERAGED 20

typedef struct TotalKey
{
	TotalOwner	owner;
	uint64		body;			/* hash */
} TotalKey;

typedef struct TotalEntry
{
	TotalKey	key;
	double		total;
	int			averaged;		/* totals in the average */
	TimestampTz learned;
	uint64		used;			/* tells what was used last */
} TotalEntry;

static HTAB *totals = NULL;
static uint64 uses = 0;

static TotalKey
key_of(TotalOwner owner, const char *body)
{
	TotalKey	key;

	memset(&key, 0, sizeof(key));
	key.owner = owner;
	key.body = hash_bytes_extended((const unsigned char *) body,
								   strlen(body), 0);
	return key;
}

static void
make_memory(void)
{
	HASHCTL		ctl = {0};

	ctl.keysize = sizeof(TotalKey);
	ctl.entrysize = sizeof(TotalEntry);
	ctl.hcxt = TopMemoryContext;
	totals = hash_create("intent_fdw totals", 64, &ctl,
						 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

static bool
is_too_old(const TotalEntry *entry)
{
	return TimestampDifferenceExceeds(entry->learned, GetCurrentTimestamp(),
									  MAX_AGE * 1000);
}

static void
make_room(void)
{
	HASH_SEQ_STATUS status;
	TotalEntry *entry;
	TotalEntry *oldest = NULL;

	if (hash_get_num_entries(totals) < MAX_TOTALS)
		return;
	hash_seq_init(&status, totals);
	while ((entry = hash_seq_search(&status)) != NULL)
	{
		if (!oldest || entry->used < oldest->used)
			oldest = entry;
	}
	hash_search(totals, &oldest->key, HASH_REMOVE, NULL);
}

/* The entry, emptied if it is new or was learned too long ago. */
static TotalEntry *
entry_for(TotalOwner owner, const char *body)
{
	TotalKey	key = key_of(owner, body);
	TotalEntry *entry;
	bool		found;

	if (!totals)
		make_memory();
	entry = hash_search(totals, &key, HASH_FIND, NULL);
	if (!entry)
		make_room();
	entry = hash_search(totals, &key, HASH_ENTER, &found);
	if (!found || is_too_old(entry))
		entry->averaged = 0;
	entry->learned = GetCurrentTimestamp();
	entry->used = ++uses;
	return entry;
}

/* The request has that total. */
void
total_remember(TotalOwner owner, const char *body, double total)
{
	TotalEntry *entry = entry_for(owner, body);

	entry->total = total;
	entry->averaged = 1;
}

/* A request of that shape had that total. */
void
total_average(TotalOwner owner, const char *body, double total)
{
	TotalEntry *entry = entry_for(owner, body);
	int			n = Min(entry->averaged, MAX_AVERAGED - 1);

	entry->total = n == 0 ? total : (entry->total * n + total) / (n + 1);
	entry->averaged = n + 1;
}

/* What is remembered of the request, or of its shape; false for nothing. */
bool
total_recall(TotalOwner owner, const char *body, double *total)
{
	TotalKey	key = key_of(owner, body);
	TotalEntry *entry;

	entry = totals ? hash_search(totals, &key, HASH_FIND, NULL) : NULL;
	if (!entry || is_too_old(entry))
		return false;
	entry->used = ++uses;
	*total = entry->total;
	return true;
}

/* Forgets what was learned of a table, or of all with InvalidOid. */
void
total_forget(Oid relid)
{
	HASH_SEQ_STATUS status;
	TotalEntry *entry;

	if (!totals)
		return;
	hash_seq_init(&status, totals);
	while ((entry = hash_seq_search(&status)) != NULL)
	{
		if (!OidIsValid(relid) || entry->key.owner.relid == relid)
			hash_search(totals, &entry->key, HASH_REMOVE, NULL);
	}
}
