/*
 * row_chain.c
 *		What the rows of a chain carry, show and are checked against.
 *
 * Part of row.c.  Which members rows carry is learned from the first page
 * with rows and remembered for the table; the rest follows for each chain.
 */
#include "row_private.h"

#include "catalog/pg_type_d.h"
#include "utils/datetime.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

/* ---- what rows carry ---- */

/* What this and other scans of the backend have seen so far. */
void
load_carried(RowReader *reader)
{
	MemoryContext old = MemoryContextSwitchTo(reader->context);

	reader->carried_known = table_carried(reader->table->relid,
										  &reader->carried,
										  &reader->optional);
	MemoryContextSwitchTo(old);
}

/* Another form of row than before: what was planned and returned is off. */
static void
rows_changed(RowReader *reader, int attno, const char *message)
{
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg_internal(message, reader->table->name,
							 table_column(reader->table, attno)->name),
			 errdetail("It was otherwise in the rows received before, and the statement counts on that."),
			 errhint("Run the statement again.")));
}

/*
 * A column that the scan reads is missing from all rows of its first page,
 * although rows of other scans carried it: taken for null it could remove
 * rows that belong here.
 */
static void
check_missing(RowReader *reader, const Bitmapset *present)
{
	Bitmapset  *missing = bms_difference(reader->carried, present);
	int			i = -1;

	missing = bms_del_members(missing, reader->optional);
	while ((i = bms_next_member(missing, i)) >= 0)
	{
		if (!reader->by_attno[i])
			continue;
		table_forget_carried(reader->table->relid);
		rows_changed(reader, i + 1, "rows of table \"%s\" no longer carry column \"%s\"");
	}
}

/*
 * Adds to what rows are known to carry, here and for the scans to come; the
 * chain being read is prepared again.
 */
static void
add_carried(RowReader *reader, const Bitmapset *more, bool optional)
{
	MemoryContext old = MemoryContextSwitchTo(reader->context);

	table_add_carried(reader->table->relid, more, optional);
	reader->carried_known = table_carried(reader->table->relid,
										  &reader->carried, &reader->optional);
	reader->chain_number = -1;
	MemoryContextSwitchTo(old);
}

/*
 * Learns from the first page with rows what all rows carry.  Later ones must
 * not add a column that the scan reads; one that they lack is null there,
 * unless the scan begins without it.  Allocates in row memory.
 */
void
learn_carried(RowReader *reader, const RowPage *page)
{
	Bitmapset  *present = bms_union(bms_intersect(page->present, reader->members),
									reader->always);
	Bitmapset  *more;
	bool		first;
	bool		later = reader->seen_rows;
	int			i = -1;

	if (!reader->carried_known)
		load_carried(reader);
	first = !reader->carried_known;
	if (!first && !later)
		check_missing(reader, present);
	reader->seen_rows = true;
	more = bms_difference(present, reader->carried);
	if (!first && bms_is_empty(more))
		return;
	add_carried(reader, more, later);
	while (!first && (i = bms_next_member(more, i)) >= 0)
	{
		if (reader->by_attno[i])
			rows_changed(reader, i + 1, "rows of table \"%s\" now carry column \"%s\"");
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

/* Raises for a column that the statement needs and rows do not carry. */
void
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
		case INTENT_FILTER_INTEGER:
			return psprintf(INT64_FORMAT, field->values[0].integer);
		case INTENT_FILTER_YN:
			return pstrdup(field->values[0].integer ? "y" : "n");
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

static bool
is_fixed_source(const IntentColumn *column)
{
	return column->source != INTENT_SOURCE_MEMBER;
}

static RowOrigin
origin_of(const RowReader *reader, const RowColumn *rc)
{
	if (rc->column->source == INTENT_SOURCE_META_DATE)
		return ROW_FROM_META;
	if (rc->column->source == INTENT_SOURCE_OUTER)
		return ROW_FROM_OUTER;
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

/* Decides once for a chain where columns come from and what is checked. */
void
prepare_chain(RowReader *reader, const IntentChainSpec *spec)
{
	const IntentResource *resource = spec->resource;
	int			topics = resource_filter_of_kind(resource, INTENT_FILTER_TOPICS);
	MemoryContext old;

	MemoryContextReset(reader->chain_context);
	old = MemoryContextSwitchTo(reader->chain_context);
	reader->topics = topics < 0 ? NULL : &spec->fields[topics];
	reader->score_raised = request_raises_score(reader->table, spec->fields);
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
