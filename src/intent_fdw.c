/*
 * intent_fdw.c
 *		Module and handler: the table of contents.
 */
#include "intent_fdw.h"

#include "chain.h"
#include "fmgr.h"
#include "lookup_path.h"
#include "order.h"
#include "plan.h"
#include "utils/guc.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(intent_fdw_handler);

extern PGDLLEXPORT void _PG_init(void);

/* Loading the library: its settings come to be, and its hooks. */
void
_PG_init(void)
{
	chain_define_settings();
	order_define_settings();
	lookup_register();
	plan_install_hooks();
	MarkGUCPrefixReserved("intent_fdw");
}

/* The callbacks, by the file they live in. */
Datum
intent_fdw_handler(PG_FUNCTION_ARGS)
{
	FdwRoutine *routine = makeNode(FdwRoutine);

	/* plan.c */
	routine->GetForeignRelSize = intentGetForeignRelSize;
	routine->GetForeignPaths = intentGetForeignPaths;
	routine->GetForeignPlan = intentGetForeignPlan;

	/* plan_count.c */
	routine->GetForeignUpperPaths = intentGetForeignUpperPaths;

	/* scan.c */
	routine->BeginForeignScan = intentBeginForeignScan;
	routine->IterateForeignScan = intentIterateForeignScan;
	routine->ReScanForeignScan = intentReScanForeignScan;
	routine->EndForeignScan = intentEndForeignScan;
	routine->RecheckForeignScan = intentRecheckForeignScan;

#ifdef HAVE_ASYNC_APPEND
	/* scan_async.c */
	routine->IsForeignPathAsyncCapable = intentIsForeignPathAsyncCapable;
	routine->ForeignAsyncRequest = intentForeignAsyncRequest;
	routine->ForeignAsyncConfigureWait = intentForeignAsyncConfigureWait;
	routine->ForeignAsyncNotify = intentForeignAsyncNotify;
#endif

	/* plan_modify.c */
	routine->AddForeignUpdateTargets = intentAddForeignUpdateTargets;
	routine->PlanForeignModify = intentPlanForeignModify;
	routine->IsForeignRelUpdatable = intentIsForeignRelUpdatable;

	/* modify.c */
	routine->BeginForeignModify = intentBeginForeignModify;
	routine->ExecForeignInsert = intentExecForeignInsert;
	routine->ExecForeignUpdate = intentExecForeignUpdate;
	routine->ExecForeignDelete = intentExecForeignDelete;
	routine->EndForeignModify = intentEndForeignModify;
	routine->BeginForeignInsert = intentBeginForeignInsert;
	routine->EndForeignInsert = intentEndForeignInsert;
	routine->ExplainForeignModify = intentExplainForeignModify;

	/* explain.c */
	routine->ExplainForeignScan = intentExplainForeignScan;

	/* analyze.c */
	routine->AnalyzeForeignTable = intentAnalyzeForeignTable;

	/* import.c */
	routine->ImportForeignSchema = intentImportForeignSchema;

	PG_RETURN_POINTER(routine);
}
