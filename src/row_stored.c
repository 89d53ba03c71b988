/*
 * row_stored.c
 *		Rows that were kept: in a tuplestore, or in a sort.
 *
 * Part of row.c.
 */
#include "row.h"

#include "executor/tuptable.h"

/*
 * Shows a kept row in the scan's own slot, which refers to "stored" until
 * either is filled anew.
 */
void
rows_show(TupleTableSlot *slot, TupleTableSlot *stored)
{
	slot_getallattrs(stored);
	ExecClearTuple(slot);
	for (int i = 0; i < stored->tts_tupleDescriptor->natts; i++)
	{
		slot->tts_values[i] = stored->tts_values[i];
		slot->tts_isnull[i] = stored->tts_isnull[i];
	}
	ExecStoreVirtualTuple(slot);
}
