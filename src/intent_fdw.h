/*
 * intent_fdw.h
 *		The callbacks that the handler hands out, by the file they live in.
 *
 * Assumes and declares nothing else: what files tell each other stands in
 * their own headers.
 */
#ifndef INTENT_FDW_H
#define INTENT_FDW_H

#include "compat.h"

#include "foreign/fdwapi.h"
#include "nodes/parsenodes.h"

/* plan.c */
extern void intentGetForeignRelSize(PlannerInfo *root, RelOptInfo *baserel,
									Oid foreigntableid);
extern void intentGetForeignPaths(PlannerInfo *root, RelOptInfo *baserel,
								  Oid foreigntableid);
extern ForeignScan *intentGetForeignPlan(PlannerInfo *root, RelOptInfo *baserel,
										 Oid foreigntableid,
										 ForeignPath *best_path, List *tlist,
										 List *scan_clauses, Plan *outer_plan);

/* plan_count.c */
extern void intentGetForeignUpperPaths(PlannerInfo *root,
									   UpperRelationKind stage,
									   RelOptInfo *input_rel,
									   RelOptInfo *output_rel, void *extra);

/* scan.c */
extern void intentBeginForeignScan(ForeignScanState *node, int eflags);
extern TupleTableSlot *intentIterateForeignScan(ForeignScanState *node);
extern void intentReScanForeignScan(ForeignScanState *node);
extern void intentEndForeignScan(ForeignScanState *node);
extern bool intentRecheckForeignScan(ForeignScanState *node,
									 TupleTableSlot *slot);

/* scan_async.c, where HAVE_ASYNC_APPEND */
extern bool intentIsForeignPathAsyncCapable(ForeignPath *path);
extern void intentForeignAsyncRequest(AsyncRequest *request);
extern void intentForeignAsyncConfigureWait(AsyncRequest *request);
extern void intentForeignAsyncNotify(AsyncRequest *request);

/* explain.c */
extern void intentExplainForeignScan(ForeignScanState *node, ExplainState *es);

/* plan_modify.c */
extern void intentAddForeignUpdateTargets(PlannerInfo *root, Index rtindex,
										  RangeTblEntry *target_rte,
										  Relation target_relation);
extern List *intentPlanForeignModify(PlannerInfo *root, ModifyTable *plan,
									 Index resultRelation, int subplan_index);
extern int	intentIsForeignRelUpdatable(Relation rel);

/* modify.c */
extern void intentBeginForeignModify(ModifyTableState *mtstate,
									 ResultRelInfo *rinfo, List *fdw_private,
									 int subplan_index, int eflags);
extern TupleTableSlot *intentExecForeignInsert(EState *estate,
											   ResultRelInfo *rinfo,
											   TupleTableSlot *slot,
											   TupleTableSlot *planSlot);
extern TupleTableSlot *intentExecForeignUpdate(EState *estate,
											   ResultRelInfo *rinfo,
											   TupleTableSlot *slot,
											   TupleTableSlot *planSlot);
extern TupleTableSlot *intentExecForeignDelete(EState *estate,
											   ResultRelInfo *rinfo,
											   TupleTableSlot *slot,
											   TupleTableSlot *planSlot);
extern void intentEndForeignModify(EState *estate, ResultRelInfo *rinfo);
extern void intentBeginForeignInsert(ModifyTableState *mtstate,
									 ResultRelInfo *rinfo);
extern void intentEndForeignInsert(EState *estate, ResultRelInfo *rinfo);
extern void intentExplainForeignModify(ModifyTableState *mtstate,
									   ResultRelInfo *rinfo, List *fdw_private,
									   int subplan_index, ExplainState *es);

/* analyze.c */
extern bool intentAnalyzeForeignTable(Relation relation,
									  AcquireSampleRowsFunc *func,
									  BlockNumber *totalpages);

/* import.c */
extern List *intentImportForeignSchema(ImportForeignSchemaStmt *stmt,
									   Oid serverOid);

#endif							/* INTENT_FDW_H */
