/*
 * compat.h
 *		Differences between PostgreSQL majors and libcurl versions.
 *
 * Every test of PG_VERSION_NUM and LIBCURL_VERSION_NUM stands here; other
 * files read as if there were one PostgreSQL and one libcurl.  Include it
 * after postgres.h and before anything of the project.
 */
#ifndef INTENT_COMPAT_H
#define INTENT_COMPAT_H

#include "postgres.h"

#if PG_VERSION_NUM < 150000
#error "intent_fdw needs PostgreSQL 15 or later"
#endif

#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#include "access/stratnum.h"
#include "nodes/execnodes.h"
#include "nodes/pathnodes.h"
#include "nodes/plannodes.h"
#if PG_VERSION_NUM >= 190000
#include "nodes/miscnodes.h"
#endif
#include "utils/date.h"

/*
 * common/jsonapi.h: page.c asks its lexer for one token after the other and
 * uses no callbacks, which differ more.  Escapes are left as they stand: the
 * lexer then has little to do and nothing to free.
 */
#if PG_VERSION_NUM >= 170000
#define json_lexer_make(text, len) \
	makeJsonLexContextCstringLen(NULL, (text), (len), PG_UTF8, false)
#else
#define json_lexer_make(text, len) \
	makeJsonLexContextCstringLen(unconstify(char *, (text)), (int) (len), \
								 PG_UTF8, false)
#endif

/* 18 says pg_noreturn, before the declaration. */
#ifndef pg_noreturn
#define pg_noreturn pg_attribute_noreturn()
#endif

/* The user that a foreign scan runs as; 0 is the current user. */
#if PG_VERSION_NUM >= 160000
#define foreign_scan_user(fscan, rte) ((fscan)->checkAsUser)
#else
#define foreign_scan_user(fscan, rte) ((rte)->checkAsUser)
#endif

/* The base relations of a foreign scan, those of an upper one included. */
#if PG_VERSION_NUM >= 160000
#define foreign_scan_relids(fscan) ((fscan)->fs_base_relids)
#else
#define foreign_scan_relids(fscan) ((fscan)->fs_relids)
#endif

/*
 * The user that changes of a result relation run as, and the columns that an
 * UPDATE sets.  Until 15 a partition that rows are routed to has no entry of
 * its own in the range table.
 */
#if PG_VERSION_NUM >= 160000
#define result_relation_user(rinfo, estate) \
	ExecGetResultRelCheckAsUser((rinfo), (estate))
#else
#define result_relation_user(rinfo, estate) \
	(exec_rt_fetch((rinfo)->ri_RangeTableIndex ? (rinfo)->ri_RangeTableIndex : \
				   (rinfo)->ri_RootResultRelInfo->ri_RangeTableIndex, \
				   (estate))->checkAsUser)
#endif

/* Privileges on a server: 16 has one function for all kinds of objects. */
#if PG_VERSION_NUM >= 160000
#define server_privilege(serverid, userid, mode) \
	object_aclcheck(ForeignServerRelationId, (serverid), (userid), (mode))
#else
#define server_privilege(serverid, userid, mode) \
	pg_foreign_server_aclcheck((serverid), (userid), (mode))
#endif

/* create_foreign_upper_path: the same additions as above for scans. */
#if PG_VERSION_NUM >= 180000
#define make_foreign_upper_path(root, rel, rows, startup, total) \
	create_foreign_upper_path((root), (rel), (rel)->reltarget, (rows), 0, \
							  (startup), (total), NIL, NULL, NIL, NIL)
#elif PG_VERSION_NUM >= 170000
#define make_foreign_upper_path(root, rel, rows, startup, total) \
	create_foreign_upper_path((root), (rel), (rel)->reltarget, (rows), \
							  (startup), (total), NIL, NULL, NIL, NIL)
#else
#define make_foreign_upper_path(root, rel, rows, startup, total) \
	create_foreign_upper_path((root), (rel), (rel)->reltarget, (rows), \
							  (startup), (total), NIL, NULL, NIL)
#endif

/* 17 adds fdw_restrictinfo, 18 adds disabled_nodes. */
#if PG_VERSION_NUM >= 180000
#define make_foreign_path(root, rel, target, rows, disabled, startup, total, \
						  pathkeys, outer, private) \
	create_foreignscan_path((root), (rel), (target), (rows), (disabled), \
							(startup), (total), (pathkeys), (outer), NULL, \
							NIL, (private))
#elif PG_VERSION_NUM >= 170000
#define make_foreign_path(root, rel, target, rows, disabled, startup, total, \
						  pathkeys, outer, private) \
	create_foreignscan_path((root), (rel), (target), (rows), \
							(startup), (total), (pathkeys), (outer), NULL, \
							NIL, (private))
#else
#define make_foreign_path(root, rel, target, rows, disabled, startup, total, \
						  pathkeys, outer, private) \
	create_foreignscan_path((root), (rel), (target), (rows), \
							(startup), (total), (pathkeys), (outer), NULL, \
							(private))
#endif

/* 18 counts disabled nodes; before, their cost tells. */
#if PG_VERSION_NUM >= 180000
#define path_copy_disabled(path, from) \
	((path)->disabled_nodes = (from)->disabled_nodes)
#else
#define path_copy_disabled(path, from) ((void) 0)
#endif

/*
 * JOIN_UNIQUE_OUTER: until 18 who joins makes a path unique-ified; 19 hands
 * over a relation all of whose paths are.
 */
#if PG_VERSION_NUM >= 190000
#define make_unique_path(root, rel, path, sjinfo) (path)
#else
#define make_unique_path(root, rel, path, sjinfo) \
	((Path *) create_unique_path((root), (rel), (path), (sjinfo)))
#endif

/*
 * Sort keys: 16 drops nullable_relids, 18 tells the direction by pk_cmptype
 * and keeps the members that children have apart.
 */
#if PG_VERSION_NUM >= 160000
#define make_expression_pathkey(root, expr, op, relids) \
	build_expression_pathkey((root), (expr), (op), (relids), true)
#else
#define make_expression_pathkey(root, expr, op, relids) \
	build_expression_pathkey((root), (expr), NULL, (op), (relids), true)
#endif

#if PG_VERSION_NUM >= 180000
#define pathkey_is_descending(key) ((key)->pk_cmptype == COMPARE_GT)
#define ClassMemberIterator EquivalenceMemberIterator
#define start_class_members(it, ec, relids) \
	setup_eclass_member_iterator((it), (ec), (relids))
#define next_class_member(it) eclass_member_iterator_next(it)
#else
#define pathkey_is_descending(key) \
	((key)->pk_strategy == BTGreaterStrategyNumber)
typedef struct ClassMemberIterator
{
	List	   *members;
	int			next;
} ClassMemberIterator;

#define start_class_members(it, ec, relids) \
	((it)->members = (ec)->ec_members, (it)->next = 0)
#define next_class_member(it) \
	((it)->next < list_length((it)->members) ? \
	 (EquivalenceMember *) list_nth((it)->members, (it)->next++) : NULL)
#endif

/* The relations that a statement changes; until 18 they are in a list. */
#if PG_VERSION_NUM >= 190000
#define result_relations(stmt) ((stmt)->resultRelationRelids)
#else
static inline Bitmapset *
result_relations(const PlannedStmt *stmt)
{
	Bitmapset  *result = NULL;
	ListCell   *lc;

	foreach(lc, stmt->resultRelations)
		result = bms_add_member(result, lfirst_int(lc));
	return result;
}
#endif

/* executor/instrument.h: counts the rows of a plan's node. */
#if PG_VERSION_NUM >= 190000
typedef struct NodeInstrumentation NodeCounter;

#define make_node_counter() InstrAllocNode(INSTRUMENT_ROWS, false)
#else
typedef struct Instrumentation NodeCounter;

#define make_node_counter() InstrAlloc(1, INSTRUMENT_ROWS, false)
#endif

/* access/tableam.h: 19 adds options. */
#if PG_VERSION_NUM >= 190000
#define begin_table_scan(rel, snapshot) \
	table_beginscan((rel), (snapshot), 0, NULL, SO_NONE)
#else
#define begin_table_scan(rel, snapshot) \
	table_beginscan((rel), (snapshot), 0, NULL)
#endif

/*
 * When a day begins in the session's time zone; an infinity if it is beyond
 * what a timestamp can be, as comparisons have it.
 */
static inline TimestampTz
date_to_timestamptz(DateADT day)
{
#if PG_VERSION_NUM >= 190000
	ErrorSaveContext overflow = {T_ErrorSaveContext};

	return date2timestamptz_safe(day, (Node *) &overflow);
#else
	int			overflow;

	return date2timestamptz_opt_overflow(day, &overflow);
#endif
}

/*
 * storage/latch.h: a WaitEventSet belongs to a memory context until 16, to a
 * resource owner from 17 on, which can also name an extension's waits.
 */
#if PG_VERSION_NUM >= 170000
#define make_wait_event_set(size) \
	CreateWaitEventSet(CurrentResourceOwner, (size))
#define named_wait_event(name) WaitEventExtensionNew(name)
#else
#define make_wait_event_set(size) \
	CreateWaitEventSet(CurrentMemoryContext, (size))
#define named_wait_event(name) PG_WAIT_EXTENSION
#endif

/*
 * Asynchronous append: epoll and timerfd make one descriptor of many, and the
 * minor releases of May 2025 made Append serve interrupts while it waits
 * (release notes of 15.13).
 */
#if defined(__linux__) && \
	(PG_VERSION_NUM >= 170005 || \
	 (PG_VERSION_NUM >= 160009 && PG_VERSION_NUM < 170000) || \
	 (PG_VERSION_NUM >= 150013 && PG_VERSION_NUM < 160000))
#define HAVE_ASYNC_APPEND 1
#endif

/*
 * utils/pg_locale.h wants ICU's headers, which need not be there to build
 * this.  What is used of it stands outside of what depends on them.
 */
#undef USE_ICU
#include "utils/pg_locale.h"

/* Does a collation leave the case of all but ASCII letters alone? */
#if PG_VERSION_NUM >= 180000
#define collation_ctype_is_c(collation) \
	(pg_newlocale_from_collation(collation)->ctype_is_c)
#else
#define collation_ctype_is_c(collation) lc_ctype_is_c(collation)
#endif

/* Who may refresh a materialized view: its owner, from 17 on MAINTAIN. */
#if PG_VERSION_NUM >= 170000
#define refresh_aclcheck(relid) \
	pg_class_aclcheck((relid), GetUserId(), ACL_MAINTAIN)
#elif PG_VERSION_NUM >= 160000
#define refresh_aclcheck(relid) \
	(object_ownercheck(RelationRelationId, (relid), GetUserId()) ? \
	 ACLCHECK_OK : ACLCHECK_NOT_OWNER)
#else
#define refresh_aclcheck(relid) \
	(pg_class_ownercheck((relid), GetUserId()) ? \
	 ACLCHECK_OK : ACLCHECK_NOT_OWNER)
#endif

/* libcurl 7.87 brings CURLOPT_QUICK_EXIT, the newest thing that http.c uses. */
#define LIBCURL_NEW_ENOUGH (LIBCURL_VERSION_NUM >= 0x075700)

/* 18 splits commands/explain.h. */
#if PG_VERSION_NUM >= 180000
#include "commands/explain_format.h"
#include "commands/explain_state.h"
#else
#include "commands/explain.h"
#endif

#endif							/* INTENT_COMPAT_H */
