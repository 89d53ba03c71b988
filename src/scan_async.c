/*
 * scan_async.c
 *		Scans that an Append runs at the same time.
 *
 * Part of scan.c.  Append asks each branch for a row; one that would have to
 * wait says so, and Append then waits for all of them at once.  Since all
 * scans share one pool of sockets, the branches of an Append form a group: one
 * of them, the leader, gives Append the one descriptor to wait for, and when
 * that is ready, answers for all that can go on.  So no reply that comes in
 * while another branch is looked after is overlooked.
 *
 * The descriptors belong to the group, which lives as long as the query's
 * memory, so they are closed however it ends.  Where none can be had, a branch
 * waits for its rows as it does in a plain scan.
 *
 * Append's set of events belongs to nobody while it is filled (until 16):
 * intentForeignAsyncConfigureWait() must not raise.
 */
#include "scan_private.h"

#ifdef HAVE_ASYNC_APPEND

#include "executor/execAsync.h"
#include "executor/instrument.h"
#include "executor/tuptable.h"
#include "http.h"
#include "intent_fdw.h"
#include "storage/latch.h"
#include "utils/timestamp.h"

/*
 * Branches of an Append that send at a time, each up to max_connections
 * requests; the others begin as these end.  A table of hundreds of partitions
 * would else use up the backend's descriptors and the API's patience.
 */
#define MAX_SENDING 16

typedef struct AsyncGroup
{
	dlist_node	link;			/* in groups */
	PlanState  *append;
	dlist_head	members;		/* AsyncMember.link */
	struct AsyncMember *leader; /* the one that had Append wait last */
	HttpWaker  *waker;			/* NULL: no descriptors */
	TimestampTz waiting_since;	/* since Append was told what to wait for */
	bool		waiting;		/* it did nothing else since */
	MemoryContextCallback callback;
} AsyncGroup;

typedef struct AsyncMember
{
	dlist_node	link;
	AsyncGroup *group;
	AsyncRequest *request;
	IntentScan *scan;
	bool		sending;		/* its turn had come */
	bool		has_row;		/* its last answer was a row */
} AsyncMember;

static dlist_head groups = DLIST_STATIC_INIT(groups);

/*
 * IsForeignPathAsyncCapable: what returns rows in an order, or runs for a
 * batch of keys, has something in fdw_private, and does not.
 */
bool
intentIsForeignPathAsyncCapable(ForeignPath *path)
{
	return path->fdw_private == NIL && path->path.pathkeys == NIL;
}

/* ---- groups ---- */

/* Reset callback; does not raise. */
static void
forget_group(void *arg)
{
	dlist_delete(&((AsyncGroup *) arg)->link);
}

/* The branches of an Append, in the memory of its query. */
static AsyncGroup *
group_of(PlanState *append)
{
	MemoryContext query = append->state->es_query_cxt;
	AsyncGroup *group;
	dlist_iter	iter;

	dlist_foreach(iter, &groups)
	{
		group = dlist_container(AsyncGroup, link, iter.cur);
		if (group->append == append)
			return group;
	}
	group = MemoryContextAllocZero(query, sizeof(AsyncGroup));
	group->append = append;
	dlist_init(&group->members);
	dlist_push_head(&groups, &group->link);
	group->callback.func = forget_group;
	group->callback.arg = group;
	MemoryContextRegisterResetCallback(query, &group->callback);
	group->waker = http_waker(query);
	return group;
}

/* The branch's place in its group, taken when it is asked first. */
static AsyncMember *
member_of(AsyncRequest *request)
{
	IntentScan *scan = ((ForeignScanState *) request->requestee)->fdw_state;
	AsyncMember *member = scan->member;

	if (member)
		return member;
	member = MemoryContextAllocZero(scan->context, sizeof(AsyncMember));
	member->group = group_of(request->requestor);
	member->request = request;
	member->scan = scan;
	dlist_push_tail(&member->group->members, &member->link);
	scan->member = member;
	return member;
}

/* ---- turns ---- */

/* Not so after a rescan, which may leave a branch out for now. */
static bool
is_sending(const AsyncMember *member)
{
	return member->sending && member->scan->started &&
		member->scan->chains != NULL &&
		member->request->requestee->chgParam == NULL;
}

/* May one more branch begin to send? */
static bool
has_room(AsyncGroup *group)
{
	int			sending = 0;
	dlist_iter	iter;

	dlist_foreach(iter, &group->members)
	{
		if (is_sending(dlist_container(AsyncMember, link, iter.cur)))
			sending++;
	}
	return sending < MAX_SENDING;
}

/* When a waiting branch can go on but for replies, as chains_due() has it. */
static TimestampTz
member_due(const AsyncMember *member, bool room)
{
	if (!is_sending(member))
		return room ? CHAINS_NOW : DT_NOEND;
	return chains_due(member->scan->chains);
}

/* ---- waiting ---- */

/*
 * Have the chains of the branches that wait been waited for, since Append was
 * told to, or have their requests been alone while it did other things?
 */
static void
note_wait(AsyncGroup *group)
{
	dlist_iter	iter;

	dlist_foreach(iter, &group->members)
	{
		AsyncMember *member = dlist_container(AsyncMember, link, iter.cur);

		if (!is_sending(member) ||
			!(member->request->callback_pending || member == group->leader))
			continue;
		if (group->waiting)
			chains_waited(member->scan->chains, group->waiting_since);
		else
			chains_attend(member->scan->chains);
	}
}

/*
 * Does Append wait only to be rid of its requests, before it runs again?  Some
 * minor releases do so.  Then it has forgotten the rows that it was given,
 * which else it asks for more of before it waits.
 */
static bool
is_draining(AsyncGroup *group)
{
	AppendState *append = (AppendState *) group->append;
	dlist_iter	iter;

	dlist_foreach(iter, &group->members)
	{
		AsyncMember *member = dlist_container(AsyncMember, link, iter.cur);
		AsyncRequest *request = member->request;

		if (member->has_row && request->request_complete && request->result &&
			append->as_nasyncresults == 0 &&
			!bms_is_member(request->request_index, append->as_needrequest))
			return true;
	}
	return false;
}

/* When the first of those that wait can go on, but for replies. */
static TimestampTz
group_due(AsyncGroup *group)
{
	bool		room = has_room(group);
	TimestampTz due = DT_NOEND;
	dlist_iter	iter;

	if (is_draining(group))
		return CHAINS_NOW;
	dlist_foreach(iter, &group->members)
	{
		AsyncMember *member = dlist_container(AsyncMember, link, iter.cur);

		if (member->request->callback_pending)
			due = Min(due, member_due(member, room));
	}
	return due;
}

/* ---- callbacks ---- */

/*
 * Tells Append the branch's next row, its end, or that it has to wait.  When
 * draining any answer will do, and the scan stays as it is.
 */
static void
answer(AsyncMember *member, bool draining)
{
	IntentScan *scan = member->scan;
	PlanState  *node = member->request->requestee;
	TupleTableSlot *slot;

	if (draining)
	{
		ExecAsyncRequestDone(member->request, NULL);
		return;
	}
	scan->must_not_wait = member->group->waker != NULL;
	scan->may_send = is_sending(member) || has_room(member->group);
	/* ExecProcNode() would count the row, which is up to Append here */
	slot = node->ExecProcNodeReal(node);
	scan->must_not_wait = false;
	member->sending = scan->may_send;
	member->has_row = !TupIsNull(slot);
	if (scan->blocked)
		ExecAsyncRequestPending(member->request);
	else
		ExecAsyncRequestDone(member->request, slot);
}

/* ForeignAsyncRequest: Append asks for a row. */
void
intentForeignAsyncRequest(AsyncRequest *request)
{
	AsyncMember *member = member_of(request);

	member->group->waiting = false;
	answer(member, false);
}

/*
 * ForeignAsyncConfigureWait: Append is about to wait, and asks each branch
 * that has no row.  The first of them leads, unless one that did before is
 * still among them.  Does not raise.
 */
void
intentForeignAsyncConfigureWait(AsyncRequest *request)
{
	AsyncMember *member = member_of(request);
	AsyncGroup *group = member->group;
	AppendState *append = (AppendState *) request->requestor;

	if (!group->leader || !group->leader->request->callback_pending)
		group->leader = member;
	if (group->leader != member)
		return;
	note_wait(group);
	/* as long as it has other branches to read, it only has a look */
	group->waiting = append->as_syncdone;
	group->waiting_since = GetCurrentTimestamp();
	AddWaitEventToSet(append->as_eventset, WL_SOCKET_READABLE,
					  http_waker_arm(group->waker, group_due(group)), NULL,
					  request);
}

/* Answers for another branch, as core would had that one been notified. */
static void
answer_unasked(AsyncMember *member, bool draining)
{
	PlanState  *node = member->request->requestee;

	member->request->callback_pending = false;
	answer(member, draining);
	ExecAsyncResponse(member->request);
	if (node->instrument)
		InstrUpdateTupleCount(node->instrument,
							  TupIsNull(member->request->result) ? 0.0 : 1.0);
}

/*
 * ForeignAsyncNotify: something has happened.  Core has taken back that the
 * leader waits, and looks at its answer afterwards.
 */
void
intentForeignAsyncNotify(AsyncRequest *request)
{
	AsyncMember *leader = member_of(request);
	AsyncGroup *group = leader->group;
	bool		draining = is_draining(group);
	bool		room = has_room(group);
	dlist_iter	iter;

	http_drive();
	note_wait(group);
	group->waiting = false;
	dlist_foreach(iter, &group->members)
	{
		AsyncMember *member = dlist_container(AsyncMember, link, iter.cur);

		if (!member->request->callback_pending ||
			(!draining && member_due(member, room) > GetCurrentTimestamp()))
			continue;
		answer_unasked(member, draining);
		room = has_room(group);
	}
	answer(leader, draining);
}

#endif							/* HAVE_ASYNC_APPEND */
