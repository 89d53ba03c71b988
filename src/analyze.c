/*
 * analyze.c
 *		ANALYZE of a table whose options say what to ask for.
 *
 * Reads the first pages as any scan does and keeps a sample of their rows;
 * how many there are is told by the answers.  A column that rows do not carry
 * is null in all of them, as it is in a query.
 */
#include "intent_fdw.h"

#include "access/htup_details.h"
#include "chain.h"
#include "counter.h"
#include "executor/executor.h"
#include "input.h"
#include "miscadmin.h"
#include "row.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/sampling.h"

/* Pages that a sample is taken from, at most. */
#define MAX_SAMPLED_PAGES 100

/* Bytes of a row, for the size in pages that ANALYZE writes down. */
#define ROW_WIDTH 200

/* One sampling under way. */
typedef struct Sampler
{
	Relation	relation;
	IntentTable *table;
	IntentUse	use;
	IntentRequest *request;
	EState	   *estate;
	RowReader  *reader;
	TupleTableSlot *slot;
	ChainCounters counters;
	ChainSet   *chains;

	HeapTuple  *rows;			/* the sample */
	int			nrows;
	int			target;
	double		seen;			/* rows received */
	double		skip;			/* rows to pass over before the next is kept */
	ReservoirStateData reservoir;
	MemoryContext context;		/* of the sample */
} Sampler;

/* ---- what is read ---- */

static void
open_sampler(Sampler *sampler)
{
	PlanState  *node = (PlanState *) makeNode(ForeignScanState);
	TupleDesc	desc = RelationGetDescr(sampler->relation);
	List	   *attnos = NIL;
	ChainSetup	setup = {0};

	for (int i = 0; i < desc->natts; i++)
	{
		if (!TupleDescAttr(desc, i)->attisdropped)
			attnos = lappend_int(attnos, i + 1);
	}
	node->state = sampler->estate = CreateExecutorState();
	sampler->request = request_build(sampler->table, NULL, 0, &sampler->use);
	request_raise(sampler->request);
	sampler->reader = rows_prepare(sampler->table, attnos, NIL,
								   inputs_prepare(NIL, NIL, NIL, false, node), node);
	rows_start(sampler->reader, sampler->request);
	sampler->slot = MakeSingleTupleTableSlot(desc, &TTSOpsVirtual);

	setup.table = sampler->table;
	setup.request = sampler->request;
	setup.userid = sampler->relation->rd_rel->relowner;
	setup.layout = rows_layout(sampler->reader);
	setup.statement = chain_statement(sampler->estate->es_query_cxt,
									  sampler->table->server->serverid);
	setup.counters = &sampler->counters;
	sampler->chains = chains_open(&setup, CurrentMemoryContext);
	counters_of(sampler->table->server->serverid)->scans++;
}

static void
close_sampler(Sampler *sampler)
{
	chains_close(sampler->chains);
	ExecDropSingleTupleTableSlot(sampler->slot);
	FreeExecutorState(sampler->estate);
}

/* ---- which rows are kept ---- */

/* The place that the row gets in the sample, or -1. */
static int
choose_place(Sampler *sampler)
{
	if (sampler->nrows < sampler->target)
		return sampler->nrows++;
	if (sampler->skip < 0)
		sampler->skip = reservoir_get_next_S(&sampler->reservoir,
											 sampler->seen, sampler->target);
	if (sampler->skip-- > 0)
		return -1;
	return (int) (sampler->target *
				  sampler_random_fract(&sampler->reservoir.randstate));
}

static void
keep_row(Sampler *sampler, int place)
{
	MemoryContext old = MemoryContextSwitchTo(sampler->context);

	if (sampler->rows[place])
		heap_freetuple(sampler->rows[place]);
	sampler->rows[place] = ExecCopySlotHeapTuple(sampler->slot);
	MemoryContextSwitchTo(old);
}

static void
read_rows(Sampler *sampler)
{
	double		most = (double) MAX_SAMPLED_PAGES *
	sampler->table->options->page_size;
	Chain	   *chain;

	while (sampler->seen < most &&
		   (chain = chains_next(sampler->chains)) != NULL)
	{
		int			place = -1;

		if (rows_fill(sampler->reader, chain, sampler->slot))
			place = choose_place(sampler);
		if (place >= 0)
			keep_row(sampler, place);
		chain_row_taken(sampler->chains, chain);
		sampler->seen++;
		CHECK_FOR_INTERRUPTS();
	}
}

/* As the answers told, those not asked counting as the mean of the others. */
static double
count_rows(const Sampler *sampler)
{
	int64		total;
	int			told = chains_total(sampler->chains, &total);

	if (told == 0)
		return sampler->seen;
	return (double) total / told * sampler->request->nchains;
}

/* AcquireSampleRowsFunc */
static int
acquire_sample(Relation relation, int elevel, HeapTuple *rows, int targrows,
			   double *totalrows, double *totaldeadrows)
{
	Sampler		sampler = {relation};
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "intent_fdw sample",
												  ALLOCSET_DEFAULT_SIZES);

	sampler.context = MemoryContextSwitchTo(context);
	sampler.table = table_load(RelationGetRelid(relation));
	sampler.rows = rows;
	sampler.target = targrows;
	sampler.skip = -1;
	memset(rows, 0, sizeof(HeapTuple) * targrows);
	reservoir_init_selection_state(&sampler.reservoir, targrows);
	open_sampler(&sampler);
	read_rows(&sampler);
	*totalrows = count_rows(&sampler);
	*totaldeadrows = 0;
	close_sampler(&sampler);
	MemoryContextSwitchTo(sampler.context);
	MemoryContextDelete(context);
	ereport(elevel,
			(errmsg("\"%s\": read %.0f of %.0f rows, %d rows in sample",
					RelationGetRelationName(relation), sampler.seen,
					*totalrows, sampler.nrows)));
	return sampler.nrows;
}

/*
 * AnalyzeForeignTable: PostgreSQL says itself that it skips a table; why, it
 * leaves to us.
 */
bool
intentAnalyzeForeignTable(Relation relation, AcquireSampleRowsFunc *func,
						  BlockNumber *totalpages)
{
	IntentTable *table = table_load(RelationGetRelid(relation));
	const IntentOptions *options = table->options;

	if (!table_has_input(table, NULL))
	{
		ereport(NOTICE,
				(errmsg("table \"%s\" cannot be sampled without %s",
						table->name, table->resource->missing),
				 errhint("ANALYZE reads tables whose option \"topic_ids\" or \"audience_id\" says what to ask for.")));
		return false;
	}
	*func = acquire_sample;
	*totalpages = (BlockNumber) Max(1, table->resource->rows *
									Max(options->ntopic_ids, 1) * ROW_WIDTH / BLCKSZ);
	return true;
}
