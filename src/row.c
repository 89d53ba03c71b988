/*
 * row.c
 *		Rows of pages to tuples, checked again.
 *
 * A condition that was sent is checked on every row that carries its column.
 * A column that rows do not carry shows the one value that was asked for, or
 * NULL where the statement only puts it out; any other use of it raises.
 */
#include "row.h"

#include "convert.h"
#include "executor/executor.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

/* Where a column of this chain's rows comes from. */
typedef enum RowOrigin
{
	ROW_FROM_MEMBER,
	ROW_FROM_META,				/* the page's date */
	ROW_FROM_REQUEST,			/* the value asked for */
	ROW_UNKNOWN,				/* not carried, not known: NULL */
} RowOrigin;

typedef struct RowColumn
{
	const IntentColumn *column;
	const IntentFilter *filter; /* or NULL */
	ConvertColumn convert;
	RowOrigin	origin;
	bool		is_needed;
	bool		fills_null;		/* a null member shows the request's value */
	bool		has_known;
	Datum		known;			/* of the chain, in chain_context */
	char		date_text[12];	/* ROW_FROM_META: the last date that came, */
	Datum		date;			/* and what became of it */
} RowColumn;

/* A fanned-out condition: rows are checked against their chain's value. */
typedef struct RowFan
{
	int			attno;
	FmgrInfo	equal;			/* strings and uuids */
	Oid			collation;
	IntentFilterKind kind;
	const IntentScalar *value;
} RowFan;

struct RowReader
{
	const IntentTable *table;
	InputSet   *inputs;
	PageLayout *layout;
	int			matched_index;	/* of the hidden column with matched topics */
	int			ncolumns;
	RowColumn  *columns;		/* those that the scan reads */
	RowColumn **by_attno;		/* NULL where it does not */

	/* of the table, as far as known */
	Bitmapset  *members;		/* attno - 1 of columns that are members */
	bool		carried_known;
	Bitmapset  *carried;		/* attno - 1 */

	/* of the request and the chain being read */
	const IntentRequest *request;
	int			chain_number;	/* -1: none prepared */
	const IntentField *topics;
	int			nchecks;
	int		   *checks;			/* conditions to check on rows */
	int			nfans;
	RowFan	   *fans;

	/* of the row */
	bool		topic_unknown;
	const RowColumn *converting;	/* for the error context */
	int			row_number;
	int			page_number;
	int64		removed;

	MemoryContext context;
	MemoryContext chain_context;	/* reset for each chain */
	MemoryContext row_context;	/* reset for each row */
	ExprContext *econtext;		/* for the checks */
};

/* ---- preparation ---- */

static bool
is_fixed_source(const IntentColumn *column)
{
	return column->source != INTENT_SOURCE_MEMBER;
}

static void
prepare_column(RowReader *reader, RowColumn *rc, int attno, bool is_needed)
{
	rc->column = table_column(reader->table, attno);
	rc->filter = column_filter(reader->table, rc->column);
	rc->is_needed = is_needed;
	rc->fills_null = rc->filter && (rc->filter->kind == INTENT_FILTER_TOPICS ||
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

/*
 * All columns of the table take part, so that a page shows which of them
 * rows carry; only those that the scan reads are kept.  One hidden column
 * more holds the topics that a row matched.
 */
static PageLayout *
make_layout(RowReader *reader)
{
	const IntentTable *table = reader->table;
	PageColumn *columns = palloc0(sizeof(PageColumn) * (table->natts + 1));
	int			topic = table_filter_column(table, INTENT_FILTER_TOPICS);

	for (int i = 0; i < table->natts; i++)
	{
		const IntentColumn *column = &table->columns[i];

		columns[i].want = column->attno > 0 ? want_of(reader, i) : PAGE_PRESENCE;
		if (column->attno > 0 && column->source == INTENT_SOURCE_MEMBER)
		{
			columns[i].paths = column->paths;
			columns[i].npaths = column->npaths;
			reader->members = bms_add_member(reader->members, i);
		}
	}
	reader->matched_index = table->natts;
	columns[table->natts].want = PAGE_PRESENCE;
	if (topic > 0 && reader->by_attno[topic - 1] &&
		table->resource->matched_topics)
	{
		columns[table->natts].paths = &table->resource->matched_topics;
		columns[table->natts].npaths = 1;
		columns[table->natts].want = PAGE_ARRAY;
	}
	return page_layout(columns, table->natts + 1, reader->context);
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

/* The layout of the pages that rows_fill() reads. */
PageLayout *
rows_layout(RowReader *reader)
{
	return reader->layout;
}

/* Rows that conditions checked again have removed so far. */
int64
rows_removed(const RowReader *reader)
{
	return reader->removed;
}

/* What this and other scans of the backend have seen so far. */
static void
load_carried(RowReader *reader)
{
	MemoryContext old = MemoryContextSwitchTo(reader->context);

	reader->carried_known = table_carried(reader->table->relid,
										  &reader->carried);
	MemoryContextSwitchTo(old);
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

/* ---- what rows carry ---- */

static void
not_carried_before(RowReader *reader, int attno)
{
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("rows of table \"%s\" now carry column \"%s\"",
					reader->table->name,
					table_column(reader->table, attno)->name),
			 errdetail("Rows received before did not, and the statement counts on that."),
			 errhint("Run the statement again.")));
}

/*
 * Adds to what rows are known to carry, here and for the scans to come; the
 * chain being read is prepared again.
 */
static void
remember_carried(RowReader *reader, const Bitmapset *more)
{
	MemoryContext old = MemoryContextSwitchTo(reader->context);

	reader->carried = bms_add_members(reader->carried, more);
	reader->carried_known = true;
	reader->chain_number = -1;
	table_remember_carried(reader->table->relid, reader->carried);
	MemoryContextSwitchTo(old);
}

/*
 * Learns from the first page with rows what all rows carry; later ones must
 * not add a column that the scan reads.  Allocates in row memory.
 */
static void
learn_carried(RowReader *reader, const RowPage *page)
{
	Bitmapset  *more;
	bool		first;
	int			i = -1;

	if (!reader->carried_known)
		load_carried(reader);
	first = !reader->carried_known;
	more = bms_difference(bms_intersect(page->present, reader->members),
						  reader->carried);
	if (!first && bms_is_empty(more))
		return;
	remember_carried(reader, more);
	while (!first && (i = bms_next_member(more, i)) >= 0)
	{
		if (reader->by_attno[i])
			not_carried_before(reader, i + 1);
	}
}

/* What can be done instead with a column that rows do not carry. */
static char *
not_carried_hint(const IntentColumn *column, const IntentFilter *filter)
{
	if (!filter || column->match != INTENT_MATCH_EXACT)
		return psprintf("No condition gives \"%s\" a value. Leave it out, or put it out as it is.",
						column->name);
	if (column->basetype == BOOLOID)
		return psprintf("A condition that can be sent gives the column a value: \"%s\" or NOT \"%s\".",
						column->name, column->name);
	if (filter->kind == INTENT_FILTER_MINIMUM)
		return psprintf("Only > and >= on \"%s\" can be used then, beside putting it out as it is.",
						column->name);
	return psprintf("A condition with a single value can be sent and gives the column that value: %s on \"%s\". If the column comes out of a subquery or a CTE that does not need it, leave it out there.",
					filter->operators, column->name);
}

static void
not_carried_error(RowReader *reader, const IntentColumn *column)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("column \"%s\" of table \"%s\" is not in the rows of the API, so it cannot be used here",
					column->name, reader->table->name),
			 errdetail("Such a column can be put out as it is, where it reads NULL; what compares, joins, groups or sorts by it needs its value."),
			 errhint("%s", not_carried_hint(column,
											column_filter(reader->table, column)))));
}

/* ---- chains ---- */

/* Does the chain's value for a filter stand for this column? */
static bool
stands_for(const RowReader *reader, const IntentField *field,
		   const RowColumn *rc)
{
	if (!field->set || !field->exact)
		return false;
	if (rc->filter->kind == INTENT_FILTER_MINIMUM)
		return false;
	if (rc->filter->kind != INTENT_FILTER_RANGE && field->nvalues != 1)
		return false;
	return field->attno == 0 ||
		strcmp(table_column(reader->table, field->attno)->key,
			   rc->column->key) == 0;
}

/* The chain's value as text that a column's input function reads. */
static char *
known_text(const IntentFilter *filter, const IntentField *field)
{
	int			year;
	int			month;
	int			day;

	switch (filter->kind)
	{
		case INTENT_FILTER_RANGE:
			return psprintf(INT64_FORMAT, field->lower);
		case INTENT_FILTER_TOPICS:
			return psprintf(INT64_FORMAT, field->values[0].integer);
		case INTENT_FILTER_YN:
		case INTENT_FILTER_BOOLEAN:
			return pstrdup(field->values[0].integer ? "true" : "false");
		case INTENT_FILTER_DATE:
			j2date((int) field->values[0].integer + POSTGRES_EPOCH_JDATE,
				   &year, &month, &day);
			return psprintf("%04d-%02d-%02d", year, month, day);
		default:
			return pstrdup(field->values[0].text);
	}
}

static RowOrigin
origin_of(const RowReader *reader, const RowColumn *rc)
{
	if (rc->column->source == INTENT_SOURCE_META_DATE)
		return ROW_FROM_META;
	if (is_fixed_source(rc->column) ||
		bms_is_member(rc->column->attno - 1, reader->carried))
		return ROW_FROM_MEMBER;
	return rc->has_known ? ROW_FROM_REQUEST : ROW_UNKNOWN;
}

static void
set_origin(RowReader *reader, RowColumn *rc, const IntentChainSpec *spec)
{
	const IntentField *field = rc->filter ? &spec->fields[rc->column->filter] : NULL;

	rc->has_known = field && stands_for(reader, field, rc);
	rc->origin = origin_of(reader, rc);
	if (rc->has_known && (rc->origin == ROW_FROM_REQUEST || rc->fills_null))
		rc->known = convert_text(&rc->convert, known_text(rc->filter, field));
	if (rc->origin == ROW_UNKNOWN && rc->is_needed)
		not_carried_error(reader, rc->column);
}

/* Which conditions are checked on the chain's rows. */
static void
choose_checks(RowReader *reader)
{
	reader->nchecks = 0;
	for (int i = 0; i < reader->inputs->n; i++)
	{
		const IntentInput *input = &reader->inputs->inputs[i];
		const RowColumn *rc = reader->by_attno[input->cond->attno - 1];

		if (input->always)
			continue;
		if (rc->origin != ROW_UNKNOWN)
			reader->checks[reader->nchecks++] = i;
		else if (reader->request->sent[i] != INTENT_SENT_EXACT)
			not_carried_error(reader, rc->column);
	}
}

/* A field of which each chain has its own value, set by a condition. */
static void
add_fan(RowReader *reader, const IntentField *template,
		const IntentField *field, IntentFilterKind kind)
{
	RowFan	   *fan;
	const RowColumn *rc;

	if (!template->fan || template->attno == 0)
		return;
	rc = reader->by_attno[template->attno - 1];
	if (!rc || rc->origin == ROW_FROM_REQUEST || rc->origin == ROW_UNKNOWN)
		return;
	fan = &reader->fans[reader->nfans++];
	fan->attno = template->attno;
	fan->kind = kind;
	fan->collation = template->collation;
	fan->value = field->values;
	fmgr_info_cxt(get_opcode(template->opno), &fan->equal, reader->chain_context);
}

static void
prepare_chain(RowReader *reader, const IntentChainSpec *spec)
{
	const IntentResource *resource = spec->resource;
	int			topics = resource_filter_of_kind(resource, INTENT_FILTER_TOPICS);
	MemoryContext old;

	MemoryContextReset(reader->chain_context);
	old = MemoryContextSwitchTo(reader->chain_context);
	reader->topics = topics < 0 ? NULL : &spec->fields[topics];
	for (int i = 0; i < reader->ncolumns; i++)
		set_origin(reader, &reader->columns[i], spec);
	choose_checks(reader);
	reader->nfans = 0;
	for (int f = 0; f < resource->nfilters; f++)
		add_fan(reader, &reader->request->fields[f], &spec->fields[f],
				resource->filters[f].kind);
	MemoryContextSwitchTo(old);
	reader->chain_number = spec->number;
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
 * topics that was asked for.
 */
static bool
topic_from_matched(RowReader *reader, Chain *chain, RowColumn *rc, Datum *datum)
{
	const PageValue *matched = page_value(chain->page, chain->row,
										  reader->matched_index);

	if (!reader->topics || reader->topics->nvalues < 2 ||
		matched->kind != PAGE_VALUE_ARRAY)
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
		if (rc->is_needed)
			not_carried_error(reader, rc->column);
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
	if (strcmp(rc->date_text, text) != 0)
	{
		old = MemoryContextSwitchTo(reader->context);
		rc->date = convert_text(&rc->convert, pstrdup(text));
		strlcpy(rc->date_text, text, sizeof(rc->date_text));
		MemoryContextSwitchTo(old);
	}
	return rc->date;
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
	reader->topic_unknown = false;
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
			if (reader->request->sent[i] == INTENT_SENT_EXACT)
				continue;
			not_carried_error(reader,
							  table_column(reader->table,
										   reader->inputs->conds[i]->attno));
		}
		if (!ExecQual(reader->inputs->checks[i], reader->econtext))
			return false;
	}
	return true;
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
	MemoryContextSwitchTo(old);
	if (!passes)
		reader->removed++;
	return passes;
}
