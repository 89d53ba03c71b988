/*
 * row.h
 *		Rows of pages to tuples.
 *
 * Fills the columns that the scan reads, from the row, from the page's meta
 * or from what the request knows, and checks conditions again where rows
 * carry their column.  Which columns those are is learned from the first page
 * that has rows.
 */
#ifndef INTENT_ROW_H
#define INTENT_ROW_H

#include "compat.h"

#include "chain.h"
#include "input.h"

typedef struct RowReader RowReader;

extern RowReader *rows_prepare(const IntentTable *table, List *retrieved,
							   List *needed, InputSet *inputs,
							   PlanState *node);
extern void rows_note_originals(RowReader *reader,
								struct WrittenRows *written);
extern PageLayout *rows_layout(RowReader *reader);
extern int	rows_score_index(const RowReader *reader);
extern void rows_start(RowReader *reader, const IntentRequest *request);
extern bool rows_fill(RowReader *reader, Chain *chain, TupleTableSlot *slot);
extern bool rows_in_doubt(const RowReader *reader);
extern int64 rows_removed(const RowReader *reader);
extern int64 rows_checked(const RowReader *reader);
extern void rows_show(TupleTableSlot *slot, TupleTableSlot *stored);

#endif							/* INTENT_ROW_H */
