/*
 * change_answer.c
 *		What the API answers to a change, as a row.
 *
 * Part of change.c.  An answer of success that cannot be read leaves it open
 * whether the change was made: it may not be the API's own.
 */
#include "change.h"

#include "failure.h"

typedef struct Conversion
{
	const ChangeLayout *layout;
	const ChangeColumn *change;
} Conversion;

static void
conversion_context(void *arg)
{
	Conversion *conversion = arg;

	if (conversion->change)
		errcontext("column \"%s\" of foreign table \"%s\", answer to a change that was made",
				   conversion->change->column->name,
				   conversion->layout->table->name);
}

static void
fill_slot(const ChangeLayout *layout, const RowPage *page, TupleTableSlot *slot)
{
	Conversion	conversion = {layout, NULL};
	ErrorContextCallback callback;

	ExecClearTuple(slot);
	callback.callback = conversion_context;
	callback.arg = &conversion;
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	for (int i = 0; i < layout->table->natts; i++)
	{
		ChangeColumn *change = &layout->columns[i];

		slot->tts_values[i] = (Datum) 0;
		slot->tts_isnull[i] = true;
		if (!change->column)
			continue;
		conversion.change = change;
		slot->tts_values[i] = convert_value(&change->convert,
											page_value(page, 0, i),
											&slot->tts_isnull[i]);
	}
	error_context_stack = callback.previous;
	ExecStoreVirtualTuple(slot);
}

static RowPage *
parse(PageLayout *layout, const ChangeSender *sender,
	  const ChangeRequest *request, const HttpReply *reply)
{
	char	   *problem = NULL;
	RowPage    *page = page_parse(layout, reply->body, reply->body_len, &problem);

	if (!page || page->nrows != 1)
		failure_unknown_change(sender->table, http_method_name(request->method),
							   request->path, reply,
							   problem ? problem : "there is no object in it");
	return page;
}

/*
 * Puts the answer to a POST or PATCH into the slot; its values are palloc'd in
 * the current context.  "key" is the object that was changed, NULL for a new
 * one.  Raises where the answer is not about it, or a value does not fit.
 */
void
change_read(const ChangeLayout *layout, const ChangeSender *sender,
			const ChangeRequest *request, const HttpReply *reply,
			const char *key, TupleTableSlot *slot)
{
	RowPage    *page = parse(layout->answer, sender, request, reply);
	int			attno = layout->key_attno;

	fill_slot(layout, page, slot);
	if (attno == 0)
		return;
	if (slot->tts_isnull[attno - 1] ||
		(key && strcmp(key, change_key(layout, slot->tts_values[attno - 1], false)) != 0))
		failure_unknown_change(layout->table, http_method_name(request->method),
							   request->path, reply,
							   "it is about another object");
}

/* Raises unless the answer to a DELETE says so, or nothing. */
void
change_check_deleted(const ChangeLayout *layout, const ChangeSender *sender,
					 const ChangeRequest *request, const HttpReply *reply)
{
	const PageValue *value;

	if (reply->body_len == 0)
		return;
	value = page_value(parse(layout->deleted, sender, request, reply), 0, 0);
	if (value->kind != PAGE_VALUE_BOOL || strcmp(value->text, "true") != 0)
		failure_unknown_change(layout->table, http_method_name(request->method),
							   request->path, reply,
							   "it does not say that anything was deleted");
}
