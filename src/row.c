/*
 * row.c
 *		Rows of pages to tuples, checked again.
 *
 * A condition that was sent is checked on every row that carries its column.
 * A column that rows do not carry shows the one value that was asked for, or
 * NULL where the statement only puts it out; any other use of it raises.
 */
#include "row_private.h"

#include "catalog/pg_type_d.h"
#include "executor/executor.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "written.h"

/* ---- preparation ---- */

static void
prepare_column(RowReader *reader, RowColumn *rc, int attno, bool is_needed)
{
	rc->column = table_column(reader->table, attno);
	rc->filter = column_filter(reader->table, rc->column);
	rc->is_needed = is_needed;
	rc->fills_null = rc->filter && (rc->filter->kind == INTENT_FILTER_TOPICS ||
									rc->filter->kind == INTENT_FILTER_INTEGER ||
									rc->filter->kind == INTENT_FILTER_DATE);
	convert_prepare(&rc->convert, rc->column->typid, rc->column->typmod,
					reader->context);
	reader->by_attno[attno - 1] = rc;
}

static PageWant
want_of(const RowReader *reader, int i)
{
	const RowColumn *rc = reader->by_attno[i];

	if (!rc || rc->column->source == INTENT_SOURCE_META_DATE)
		return PAGE_PRESENCE;
	if (rc->column->source == INTENT_SOURCE_ROW)
		return PAGE_ROW;
	return convert_want(&rc->convert);
}

/* A column that no slot has: a member that the reader or the chains look at. */
static int
add_hidden(PageColumn *columns, int *n, const char *const *paths, int npaths,
		   PageWant want)
{
	columns[*n].paths = paths;
	columns[*n].npaths = npaths;
	columns[*n].want = want;
	return (*n)++;
}

/* The topics that a row matched, and the score for ranges of it. */
static void
add_hidden_columns(RowReader *reader, PageColumn *columns, int *n)
{
	const IntentTable *table = reader->table;
	const IntentResource *resource = table->resource;
	bool		matched = false;

	for (int i = 0; i < reader->ncolumns; i++)
		matched |= reader->columns[i].filter &&
			reader->columns[i].filter->kind == INTENT_FILTER_TOPICS;
	matched &= resource->matched_topics != NULL;
	reader->matched_index = add_hidden(columns, n, &resource->matched_topics,
									   matched ? 1 : 0,
									   matched ? PAGE_ARRAY : PAGE_PRESENCE);
	reader->score_index = table->options->score_bands < 2 ? -1 :
		add_hidden(columns, n, &resource->score, 1, PAGE_SCALAR);
	reader->original_index = !resource->changes ? -1 :
		add_hidden(columns, n, NULL, 0, PAGE_ROW);
}

/*
 * All columns of the table take part, so that a page shows which of them
 * rows carry; only those that the scan reads are kept.
 */
static PageLayout *
make_layout(RowReader *reader)
{
	const IntentTable *table = reader->table;
	PageColumn *columns = palloc0(sizeof(PageColumn) * (table->natts + 3));
	int			n = table->natts;

	for (int i = 0; i < table->natts; i++)
	{
		const IntentColumn *column = &table->columns[i];

		columns[i].want = column->attno > 0 ? want_of(reader, i) : PAGE_PRESENCE;
		if (column->attno <= 0)
			continue;
		columns[i].is_outer = column->source == INTENT_SOURCE_OUTER;
		if (columns[i].is_outer || column->source == INTENT_SOURCE_MEMBER)
		{
			columns[i].paths = column->paths;
			columns[i].npaths = column->npaths;
		}
		if (column->source == INTENT_SOURCE_MEMBER)
			reader->members = bms_add_member(reader->members, i);
		if (column->source == INTENT_SOURCE_MEMBER && column->optional)
			reader->always = bms_add_member(reader->always, i);
	}
	add_hidden_columns(reader, columns, &n);
	return page_layout(&table->resource->document, columns, n,
					   reader->context);
}

static void
prepare_memory(RowReader *reader, PlanState *node)
{
	reader->context = CurrentMemoryContext;
	reader->chain_context = AllocSetContextCreate(CurrentMemoryContext,
												  "intent_fdw chain values",
												  ALLOCSET_SMALL_SIZES);
	reader->row_context = AllocSetContextCreate(CurrentMemoryContext,
												"intent_fdw row",
												ALLOCSET_DEFAULT_SIZES);
	reader->econtext = CreateExprContext(node->state);
}

/*
 * Makes a reader for a scan.  "retrieved" and "needed" are attnos.  palloc'd
 * in the current context, which must live as long as the scan.
 */
RowReader *
rows_prepare(const IntentTable *table, List *retrieved, List *needed,
			 InputSet *inputs, PlanState *node)
{
	RowReader  *reader = palloc0(sizeof(RowReader));
	ListCell   *lc;

	reader->table = table;
	reader->inputs = inputs;
	reader->chain_number = -1;
	prepare_memory(reader, node);
	reader->columns = palloc0(sizeof(RowColumn) * Max(list_length(retrieved), 1));
	reader->by_attno = palloc0(sizeof(RowColumn *) * Max(table->natts, 1));
	reader->checks = palloc(sizeof(int) * Max(inputs->n, 1));
	reader->fans = palloc0(sizeof(RowFan) * Max(inputs->n, 1));
	foreach(lc, retrieved)
		prepare_column(reader, &reader->columns[reader->ncolumns++],
					   lfirst_int(lc), list_member_int(needed, lfirst_int(lc)));
	reader->layout = make_layout(reader);
	return reader;
}

/* From now on notes what rows were that may be changed, by their key. */
void
rows_note_originals(RowReader *reader, struct WrittenRows *written)
{
	int			attno = table_key_column(reader->table);
	Oid			output;
	bool		is_varlena;

	if (attno == 0 || !reader->by_attno[attno - 1])
		return;
	reader->written = written;
	getTypeOutputInfo(table_column(reader->table, attno)->typid, &output, &is_varlena);
	fmgr_info_cxt(output, &reader->key_output, reader->context);
}

static void
note_original(RowReader *reader, Chain *chain, TupleTableSlot *slot)
{
	int			k = table_key_column(reader->table) - 1;

	if (slot->tts_isnull[k])
		return;
	written_keep(reader->written,
				 OutputFunctionCall(&reader->key_output, slot->tts_values[k]),
				 page_value(chain->page, chain->row, reader->original_index)->text);
}

/* The layout of the pages that rows_fill() reads. */
PageLayout *
rows_layout(RowReader *reader)
{
	return reader->layout;
}

/* The page's column with the score, -1 if no ranges of it are read. */
int
rows_score_index(const RowReader *reader)
{
	return reader->score_index;
}

/* Rows that conditions checked again have removed so far. */
int64
rows_removed(const RowReader *reader)
{
	return reader->removed;
}

/* Rows that conditions were checked on, whether they passed or not. */
int64
rows_checked(const RowReader *reader)
{
	return reader->checked;
}

/* A new request: its chains are prepared as they come. */
void
rows_start(RowReader *reader, const IntentRequest *request)
{
	reader->request = request;
	reader->chain_number = -1;
	if (!reader->carried_known)
		load_carried(reader);
}

/* ---- rows ---- */

static bool
was_asked(const IntentField *topics, const char *text, int64 *topic)
{
	char	   *end;

	*topic = strtoll(text, &end, 10);
	if (*end != '\0')
		return false;
	for (int i = 0; i < topics->nvalues; i++)
	{
		if (topics->values[i].integer == *topic)
			return true;
	}
	return false;
}

/*
 * A row of several topics that does not say which: the first of its matched
 * topics that was asked for.  Under a raised minScore it names only some of
 * them, and another one might be the first.
 */
static bool
topic_from_matched(RowReader *reader, Chain *chain, RowColumn *rc, Datum *datum)
{
	const PageValue *matched = page_value(chain->page, chain->row,
										  reader->matched_index);

	if (!reader->topics || reader->topics->nvalues < 2 ||
		reader->score_raised || matched->kind != PAGE_VALUE_ARRAY)
		return false;
	for (int i = 0; i < matched->len; i++)
	{
		const PageValue *element = &matched->elements[i];
		int64		topic;

		if (element->kind == PAGE_VALUE_NUMBER &&
			was_asked(reader->topics, element->text, &topic))
		{
			*datum = convert_text(&rc->convert, psprintf(INT64_FORMAT, topic));
			return true;
		}
	}
	return false;
}

/* A row of several topics does not tell its own, and the statement needs it. */
static void
unknown_topic_error(RowReader *reader, const IntentColumn *column)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("column \"%s\" of table \"%s\" is null in a row of several topics, so it cannot be used here",
					column->name, reader->table->name),
			 errdetail(reader->score_raised ?
					   "It can be put out as it is, where it reads NULL. Under a condition on the score a row names only some of the topics that it matches." :
					   "It can be put out as it is, where it reads NULL. The row names none of the topics asked for among those it matches."),
			 errhint("Ask for one topic, or set the table option \"topic_mode\" to \"each\".")));
}

/* A null member where the request may know better. */
static Datum
fill_null(RowReader *reader, Chain *chain, RowColumn *rc, bool *isnull)
{
	Datum		datum = (Datum) 0;

	*isnull = false;
	if (rc->has_known)
		return rc->known;
	if (rc->filter->kind == INTENT_FILTER_TOPICS &&
		topic_from_matched(reader, chain, rc, &datum))
		return datum;
	*isnull = true;
	if (rc->filter->kind == INTENT_FILTER_TOPICS && reader->topics &&
		reader->topics->nvalues > 1)
	{
		reader->topic_unknown = true;
		reader->topic_in_doubt = reader->request->raised_by_band;
		if (rc->is_needed && !reader->topic_in_doubt)
			unknown_topic_error(reader, rc->column);
	}
	return datum;
}

/* meta.dataDate; converted once for as long as it stays the same */
static Datum
date_value(RowReader *reader, Chain *chain, RowColumn *rc, bool *isnull)
{
	const char *text = chain->page->data_date;
	MemoryContext old;

	*isnull = text == NULL;
	if (*isnull)
		return (Datum) 0;
	if (strlen(text) >= sizeof(rc->date_text))
		return convert_text(&rc->convert, pstrdup(text));
	/* "" is what nothing was converted from yet */
	if (text[0] == '\0' || strcmp(rc->date_text, text) != 0)
	{
		old = MemoryContextSwitchTo(reader->context);
		rc->date = convert_text(&rc->convert, pstrdup(text));
		strlcpy(rc->date_text, text, sizeof(rc->date_text));
		MemoryContextSwitchTo(old);
	}
	return rc->date;
}

/* A member around the rows, which all rows of the page share. */
static Datum
outer_value(RowReader *reader, Chain *chain, RowColumn *rc, bool *isnull)
{
	const PageValue *value = &chain->page->outer[rc->column->attno - 1];

	if (value->kind == PAGE_VALUE_ABSENT && rc->is_needed)
		not_carried_error(reader, rc->column);
	return convert_value(&rc->convert, value, isnull);
}

static Datum
column_value(RowReader *reader, Chain *chain, RowColumn *rc, bool *isnull)
{
	Datum		datum = (Datum) 0;

	*isnull = true;
	switch (rc->origin)
	{
		case ROW_FROM_MEMBER:
			datum = convert_value(&rc->convert,
								  page_value(chain->page, chain->row,
											 rc->column->attno - 1), isnull);
			break;
		case ROW_FROM_META:
			datum = date_value(reader, chain, rc, isnull);
			break;
		case ROW_FROM_OUTER:
			datum = outer_value(reader, chain, rc, isnull);
			break;
		case ROW_FROM_REQUEST:
			*isnull = false;
			return rc->known;
		case ROW_UNKNOWN:
			return datum;
	}
	if (*isnull && rc->fills_null)
		datum = fill_null(reader, chain, rc, isnull);
	return datum;
}

static void
conversion_context(void *arg)
{
	RowReader  *reader = arg;

	if (reader->converting)
		errcontext("column \"%s\" of foreign table \"%s\", row %d of page %d",
				   reader->converting->column->name, reader->table->name,
				   reader->row_number, reader->page_number);
}

static void
fill_slot(RowReader *reader, Chain *chain, TupleTableSlot *slot)
{
	ErrorContextCallback callback;

	ExecClearTuple(slot);
	memset(slot->tts_isnull, true,
		   sizeof(bool) * slot->tts_tupleDescriptor->natts);
	reader->topic_unknown = reader->topic_in_doubt = false;
	reader->row_number = chain->row + 1;
	reader->page_number = chain->page_number;

	callback.callback = conversion_context;
	callback.arg = reader;
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	for (int i = 0; i < reader->ncolumns; i++)
	{
		RowColumn  *rc = &reader->columns[i];
		int			k = rc->column->attno - 1;

		reader->converting = rc;
		slot->tts_values[k] = column_value(reader, chain, rc,
										   &slot->tts_isnull[k]);
	}
	reader->converting = NULL;
	error_context_stack = callback.previous;
	ExecStoreVirtualTuple(slot);
}

static bool
fan_matches(RowReader *reader, RowFan *fan, TupleTableSlot *slot)
{
	int			k = fan->attno - 1;
	Datum		datum = slot->tts_values[k];

	if (slot->tts_isnull[k])
		return false;
	switch (fan->kind)
	{
		case INTENT_FILTER_TOPICS:
		case INTENT_FILTER_INTEGER:
			switch (table_column(reader->table, fan->attno)->basetype)
			{
				case INT2OID:
					return DatumGetInt16(datum) == fan->value->integer;
				case INT4OID:
					return DatumGetInt32(datum) == fan->value->integer;
				default:
					return DatumGetInt64(datum) == fan->value->integer;
			}
		case INTENT_FILTER_YN:
		case INTENT_FILTER_BOOLEAN:
			return DatumGetBool(datum) == (fan->value->integer != 0);
		case INTENT_FILTER_DATE:
			return DatumGetDateADT(datum) == fan->value->integer;
		default:
			return DatumGetBool(FunctionCall2Coll(&fan->equal, fan->collation,
												  datum, fan->value->datum));
	}
}

static bool
is_topic_check(const RowReader *reader, int i)
{
	const IntentCond *cond = reader->inputs->conds[i];
	const RowColumn *rc = reader->by_attno[cond->attno - 1];

	return rc->filter->kind == INTENT_FILTER_TOPICS;
}

/*
 * Does the row meet the chain's own values and the conditions?  A row that
 * does not tell its topic is taken to meet topics that were asked.
 */
static bool
row_passes(RowReader *reader, TupleTableSlot *slot)
{
	for (int i = 0; i < reader->nfans; i++)
	{
		if (!fan_matches(reader, &reader->fans[i], slot))
			return false;
	}
	reader->econtext->ecxt_scantuple = slot;
	for (int k = 0; k < reader->nchecks; k++)
	{
		int			i = reader->checks[k];

		if (reader->topic_unknown && is_topic_check(reader, i))
		{
			if (reader->request->sent[i] == INTENT_SENT_EXACT ||
				reader->topic_in_doubt)
				continue;
			unknown_topic_error(reader,
								table_column(reader->table,
											 reader->inputs->conds[i]->attno));
		}
		if (!ExecQual(reader->inputs->checks[i], reader->econtext))
			return false;
	}
	return true;
}

/*
 * Does the row that rows_fill() saw last need to be read again, with the
 * scores of all that the statement asks for, before its topic can be told?
 */
bool
rows_in_doubt(const RowReader *reader)
{
	return reader->topic_in_doubt;
}

/*
 * Puts the row at chain->row into the slot; false if a condition removes it.
 *
 * The slot's values stay valid until the next call, and not beyond the page.
 * Raises for values that do not fit their column, and for columns that the
 * statement needs and rows do not carry.
 */
bool
rows_fill(RowReader *reader, Chain *chain, TupleTableSlot *slot)
{
	MemoryContext old;
	bool		passes;

	MemoryContextReset(reader->row_context);
	ResetExprContext(reader->econtext);
	old = MemoryContextSwitchTo(reader->row_context);
	if (chain->row == 0)
		learn_carried(reader, chain->page);
	if (reader->chain_number != chain->spec->number)
		prepare_chain(reader, chain->spec);
	fill_slot(reader, chain, slot);
	passes = row_passes(reader, slot);
	if (passes && reader->written)
		note_original(reader, chain, slot);
	MemoryContextSwitchTo(old);
	reader->checked++;
	if (!passes)
		reader->removed++;
	return passes;
}
