/*
 * http_transfer.c
 *		A transfer's memory: whose it is, the body as it comes, its end.
 *
 * Part of http.c, which sends it; this file does not know libcurl.  Transfers
 * are malloc'd, since libcurl's callbacks fill them and since they are
 * released by a reset callback of their owner's memory context, which runs
 * during abort.  Only http_transfer_make() raises and pallocs.
 */
#include "compat.h"

#include "http_private.h"

#include "utils/memutils.h"

/*
 * The transfers that a memory context owns.  It lies in that context, one for
 * all its transfers: a reset callback cannot be taken back, and one for each
 * request would be a leak in a long scan.
 */
typedef struct HttpOwner
{
	MemoryContextCallback callback;
	MemoryContext context;
	dlist_node	link;			/* in owners */
	dlist_head	transfers;		/* HttpTransfer.owner_link */
} HttpOwner;

static dlist_head owners = DLIST_STATIC_INIT(owners);
static int	live_transfers = 0;
static int64 ended = 0;

/* ---- Owners ---- */

/* Reset callback: runs during abort, so nothing on its way may raise. */
static void
release_owned(void *arg)
{
	HttpOwner  *owner = arg;

	while (!dlist_is_empty(&owner->transfers))
		http_release(dlist_head_element(HttpTransfer, owner_link,
										&owner->transfers));
	dlist_delete(&owner->link);
}

/* The context's HttpOwner, with its callback armed. */
static HttpOwner *
owner_of(MemoryContext context)
{
	dlist_iter	iter;
	HttpOwner  *owner;

	dlist_foreach(iter, &owners)
	{
		owner = dlist_container(HttpOwner, link, iter.cur);
		if (owner->context == context)
			return owner;
	}

	owner = MemoryContextAllocZero(context, sizeof(HttpOwner));
	owner->context = context;
	dlist_init(&owner->transfers);
	dlist_push_head(&owners, &owner->link);
	owner->callback.func = release_owned;
	owner->callback.arg = owner;
	MemoryContextRegisterResetCallback(context, &owner->callback);
	return owner;
}

/* ---- Beginning and end ---- */

void
http_out_of_memory(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_FDW_OUT_OF_MEMORY),
			 errmsg("out of memory"),
			 errdetail("An HTTP request could not be made.")));
}

/*
 * A transfer of size bytes, all zero behind what is known here, that is
 * released with its owner.  Raises when memory is short.
 */
HttpTransfer *
http_transfer_make(HttpPool *pool, size_t size, size_t max_body,
				   MemoryContext owner)
{
	HttpOwner  *its_owner = owner_of(owner);
	HttpTransfer *transfer = calloc(1, size);

	if (transfer == NULL)
		http_out_of_memory();
	transfer->pool = pool;
	transfer->max_body = Min(max_body, MaxAllocHugeSize);
	dlist_push_tail(&its_owner->transfers, &transfer->owner_link);
	live_transfers++;
	return transfer;
}

/*
 * Free a transfer and its reply; one under way is broken off without waiting
 * for anything.  Does not raise, so it may be called during abort.
 */
void
http_release(HttpTransfer *transfer)
{
	sigset_t	saved;

	/* others of the pool may be moved on by this */
	http_block_signals(&saved);
	http_curl_abandon(transfer);
	http_pool_settle(transfer->pool);
	http_restore_signals(&saved);
	http_sockets_account();

	dlist_delete(&transfer->owner_link);
	live_transfers--;
	free(transfer->body);
	free(transfer);
}

/* The reply is there. */
void
http_transfer_end(HttpTransfer *transfer)
{
	transfer->reply.body = transfer->body ? transfer->body : "";
	transfer->reply.body_len = transfer->len;
	transfer->ended = true;
	ended++;
}

/*
 * The reply, or NULL while the transfer is under way.  It belongs to the
 * transfer.  Does not raise, and makes no progress by itself.
 */
const HttpReply *
http_reply(HttpTransfer *transfer)
{
	return transfer->ended ? &transfer->reply : NULL;
}

const char *
http_method_name(HttpMethod method)
{
	static const char *const names[] = {
		[HTTP_GET] = "GET",
		[HTTP_POST] = "POST",
		[HTTP_PATCH] = "PATCH",
		[HTTP_DELETE] = "DELETE",
	};

	return names[method];
}

/* Transfers that have not been released; for tests of leaks. */
int
http_live_handles(void)
{
	return live_transfers;
}

/* Transfers that ended since the backend's start. */
int64
http_ended(void)
{
	return ended;
}

/* ---- The body; called from libcurl's callback ---- */

/*
 * Make room for len more bytes and a NUL, which the caller has tested against
 * max_body.  Doubles, starting at the announced length; false without memory.
 */
static bool
make_room(HttpTransfer *transfer, size_t len, int64 announced)
{
	size_t		size = transfer->len + len + 1;
	char	   *body;

	if (size <= transfer->capacity)
		return true;

	size = Max(size, 2 * transfer->capacity);
	if (transfer->body == NULL && announced > 0)
		size = Max(size, (size_t) announced + 1);
	size = Min(size, transfer->max_body + 1);

	body = realloc(transfer->body, size);
	if (body == NULL)
		return false;
	transfer->body = body;
	transfer->capacity = size;
	return true;
}

/*
 * Take a decompressed piece of the body; announced is the length that the
 * reply's head tells (of the compressed body, if it is compressed), or
 * negative.  False, with the reason noted, if it is too large.
 */
bool
http_transfer_receive(HttpTransfer *transfer, const char *data, size_t len,
					  int64 announced)
{
	if (len > transfer->max_body - transfer->len)
	{
		snprintf(transfer->refused, sizeof(transfer->refused),
				 "the body is larger than %zu bytes", transfer->max_body);
		return false;
	}
	if (!make_room(transfer, len, announced))
	{
		strlcpy(transfer->refused, "out of memory", sizeof(transfer->refused));
		return false;
	}
	memcpy(transfer->body + transfer->len, data, len);
	transfer->len += len;
	transfer->body[transfer->len] = '\0';
	return true;
}
