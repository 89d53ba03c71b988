/*
 * intent_fdw.c
 *		Module and handler: the table of contents.
 */
#include "intent_fdw.h"

#include "fmgr.h"
#include "lookup_path.h"
#include "utils/guc.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(intent_fdw_handler);

void		_PG_init(void);

/* What is there once the module is loaded. */
void
_PG_init(void)
{
	/* lookup_path.c */
	lookup_register();

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

	/* scan.c */
	routine->BeginForeignScan = intentBeginForeignScan;
	routine->IterateForeignScan = intentIterateForeignScan;
	routine->ReScanForeignScan = intentReScanForeignScan;
	routine->EndForeignScan = intentEndForeignScan;
	routine->RecheckForeignScan = intentRecheckForeignScan;

	/* explain.c */
	routine->ExplainForeignScan = intentExplainForeignScan;

	/* import.c */
	routine->ImportForeignSchema = intentImportForeignSchema;

	PG_RETURN_POINTER(routine);
}
