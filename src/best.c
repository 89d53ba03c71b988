/*
 * best.c
 *		A scan in the order of the score, by bands.
 *
 * band.c says which scores come next.  A band is read whole, sorted in
 * work_mem, and handed out; rows of equal score are never in two bands.  A
 * band of a single score needs no sorting and is handed out as it comes, or as
 * soon as it is certain that it will not have to be left for a larger one.
 *
 * A score may lie between two integers.  For a column that takes such scores
 * bands touch (70..100, 1..70), and rows on the bound, which come twice, are
 * known by their score.  For an integer column bands stand apart (71..100,
 * 1..70), but a score of 70.5 must be the error that it is in the plain scan.
 * So each band but the first is proven complete before a row of it is handed
 * out: the totalCount of all scores so far is asked for, and must be the
 * number of rows received.  Where totals are not to be relied upon, bands
 * touch as well.
 *
 * With several topics in one request only minScore may move (it does not
 * change who is strongest): bands are nested, and rows that an earlier one
 * gave are known by their score.  A row that does not tell its topic can only
 * be told by all the topics that it matches, so there the scores that are left
 * become one band with the statement's own minScore.
 *
 * Where neither is exact, there is one band, which is the plain scan, sorted.
 */
#include "best_private.h"
#include "best_score.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/tuplesort.h"
#include "utils/typcache.h"

/*
 * Makes what a scan by bands needs; sends nothing.  "plan" is a list of
 * integers, by BestPlan.  palloc'd in the current context, which must live as
 * long as the scan.
 */
BestFirst *
best_prepare(const IntentTable *table, List *plan, RowReader *reader,
			 TupleDesc desc)
{
	BestFirst  *best = palloc0(sizeof(BestFirst));

	best->table = table;
	best->attno = list_nth_int(plan, BEST_ATTNO);
	best->descending = list_nth_int(plan, BEST_DESCENDING);
	best->wanted = list_nth_int(plan, BEST_WANTED);
	best->sure = list_nth_int(plan, BEST_SURE);
	best->estimate = list_nth_int(plan, BEST_ESTIMATE);
	best->type = table_column(table, best->attno)->basetype;
	best->reader = reader;
	best->desc = desc;
	best->context = CurrentMemoryContext;
	best->band_context = AllocSetContextCreate(CurrentMemoryContext,
											   "intent_fdw band",
											   ALLOCSET_SMALL_SIZES);
	return best;
}

/* ---- start ---- */

/* Does minScore, and nothing but the scores, decide which rows come? */
static bool
may_nest(const BestFirst *best, const IntentRequest *request,
		 const IntentUse *use)
{
	const IntentResource *resource = best->table->resource;
	int			f = resource_filter_of_kind(resource, INTENT_FILTER_MINIMUM);

	return best->descending && !use->reads_by_scores &&
		(f < 0 || request->fields[f].lower <= resource->filters[f].lower);
}

static BandKind
choose_kind(const BestFirst *best, const IntentRequest *request,
			const IntentUse *use)
{
	if (!request->fields[best_score_filter(best)].set)
		return BAND_WHOLE;		/* a saved audience's config rules */
	if (request->several_topics)
		return may_nest(best, request, use) ? BAND_NESTED : BAND_WHOLE;
	return !best_score_has_fractions(best->type) &&
		best->table->options->verify_count == INTENT_VERIFY_ERROR ?
		BAND_APART : BAND_TOUCHING;
}

/* Forgets the band under way, with its chains and its rows. */
static void
drop_band(BestFirst *best)
{
	if (best->sort)
		tuplesort_end(best->sort);
	best->sort = NULL;
	best->chains = NULL;
	MemoryContextReset(best->band_context);
}

/* From the first band on, for the first time or because the run changed. */
static void
begin(BestFirst *best)
{
	drop_band(best);
	bands_start(&best->bands);
	best->generation = best->setup.statement->generation;
	best->received = 0;
	best->done = false;
}

/*
 * Starts reading; nothing is sent before best_fetch().  "setup" is that of
 * the plain scan's chains, what it points to must outlive the run.
 */
void
best_start(BestFirst *best, const ChainSetup *setup, const IntentUse *use)
{
	const IntentRequest *request = setup->request;
	const IntentField *score = &request->fields[best_score_filter(best)];
	Bands	   *bands = &best->bands;

	best->setup = *setup;
	best->setup.wanted = 0;
	bands->kind = choose_kind(best, request, use);
	bands->descending = best->descending;
	bands->lower = score->lower;
	bands->upper = score->upper;
	bands->nchains = request->nchains;
	bands->page_size = best->table->options->page_size;
	bands->wanted = best->wanted > 0 ? best->wanted : bands->page_size;
	bands->estimate = best->estimate;
	bands->known = best_recall_total(best, &bands->estimate);
	begin(best);
}

/* Breaks off what is under way. */
void
best_stop(BestFirst *best)
{
	drop_band(best);
	if (best->sorted)
		ExecDropSingleTupleTableSlot(best->sorted);
	best->sorted = NULL;
	best->done = true;
}

/* Bands asked for, for EXPLAIN ANALYZE; kept over rescans. */
int
best_bands(const BestFirst *best)
{
	return best->nbands;
}

/* ---- requests ---- */

static void
open_band(BestFirst *best)
{
	best_open_chains(best);
	best->rows = best->kept = best->at_bound = best->total = 0;
	best->told = 0;
	best->total_known = true;
}

/* ---- rows ---- */

static void
misplaced_row(const BestFirst *best, const Chain *chain, const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_FDW_UNABLE_TO_CREATE_REPLY),
			 errmsg("malformed answer: a row %s", what),
			 errdetail("Row %d of page %d of table \"%s\", scores from %d to %d were asked for.",
					   chain->row + 1, chain->page_number, best->table->name,
					   best->band.lower, best->band.upper),
			 errhint("Turn intent_fdw.enable_best_first off to have PostgreSQL sort the rows.")));
}

/*
 * Where the row in the slot belongs: true if this band is the first to give
 * it.  Raises for a row that no band would have.
 */
static bool
place_row(BestFirst *best, const Chain *chain, TupleTableSlot *slot)
{
	const Band *band = &best->band;
	int			bound = best->descending ? band->lower : band->upper;
	int			sign = best->descending ? 1 : -1;
	const PageValue *score = page_value(chain->page, chain->row,
										best->attno - 1);

	if (slot->tts_isnull[best->attno - 1])
		misplaced_row(best, chain, "has no score");
	if (!best->setup.request->fields[best_score_filter(best)].set)
		return true;
	if (score->kind != PAGE_VALUE_NUMBER)
		misplaced_row(best, chain, "has a score that is no number");
	if (best_score_compare(score, band->lower) < 0 ||
		best_score_compare(score, band->upper) > 0)
		misplaced_row(best, chain, "has another score than was asked for");
	if (best_score_compare(score, bound) == 0)
		best->at_bound++;
	return !band->has_given ||
		best_score_compare(score, band->given) * sign < 0;
}

/*
 * The next row of the band's chains; "*passes" tells whether it is handed
 * out.  The chain, or NULL when there are no more rows or all starts again.
 */
static Chain *
read_row(BestFirst *best, TupleTableSlot *slot, bool *passes)
{
	Chain	   *chain = chains_next(best->chains);

	if (best_restarted(best) || !chain)
		return NULL;
	*passes = rows_fill(best->reader, chain, slot);
	*passes = place_row(best, chain, slot) && *passes;
	best->rows++;
	best->kept += *passes;
	return chain;
}

/* ---- bands that are sorted ---- */

static Tuplesortstate *
begin_sort(const BestFirst *best)
{
	TypeCacheEntry *type = lookup_type_cache(best->type, TYPECACHE_LT_OPR |
											 TYPECACHE_GT_OPR);
	AttrNumber	attno = best->attno;
	Oid			op = best->descending ? type->gt_opr : type->lt_opr;
	Oid			collation = InvalidOid;
	bool		nulls_first = false;

	return tuplesort_begin_heap(best->desc, 1, &attno, &op, &collation,
								&nulls_first, work_mem, NULL, TUPLESORT_NONE);
}

/*
 * May the band still be read to its end?  Asked with the first row of a page.
 * Rows that LIMIT is sure to be content with will do, however many they are.
 */
static bool
may_go_on(BestFirst *best, const Chain *chain)
{
	const RowPage *page = chain->page;
	double		rows = best->rows - 1 + page->nrows;

	if (chain->page_number == 1 && page->has_total)
	{
		best->total += page->total;
		best->told++;
	}
	best->total_known &= page->has_total;
	if (best->band.look)
		return best->total_known && bands_fit(&best->bands, best->total);
	if (best->sure)
		return best->bands.kept + best->kept >= best->wanted ||
			bands_allow(&best->bands, &best->band, rows);
	return bands_allow(&best->bands, &best->band, Max(rows, best->total));
}

/*
 * Are the rows read so far as good as any of the band, and enough of them?
 * The others then follow as they come, if they are asked for at all; they must
 * not be where the band might have to be left for a larger one.
 */
static bool
is_enough(const BestFirst *best)
{
	return best->band.lower == best->band.upper && best->expected < 0 &&
		best->kept > 0 && best->bands.kept + best->kept >= best->wanted &&
		(best->sure || (best->total_known && best->bands.nchains == 1 &&
						best->bands.kind != BAND_NESTED));
}

/* Reads the band's rows into the sort, or as many as are enough. */
static BandOutcome
load_rows(BestFirst *best, TupleTableSlot *slot)
{
	Chain	   *chain;
	bool		passes;

	while (!is_enough(best) &&
		   (chain = read_row(best, slot, &passes)) != NULL)
	{
		if (chain->row == 0 && !may_go_on(best, chain))
			return best->band.look ? BAND_LOOKED_AT : BAND_TOO_LARGE;
		if (rows_in_doubt(best->reader))
			return BAND_TOO_LARGE;
		if (passes)
			tuplesort_puttupleslot(best->sort, slot);
		chain_row_taken(best->chains, chain);
		CHECK_FOR_INTERRUPTS();
	}
	return best_restarted(best) ? BAND_RESTARTED : BAND_COMPLETE;
}

/*
 * Not all rows counted are in this band or in those before: reads what lies
 * between them, which raises for scores that the column does not take.
 */
static BandOutcome
read_gap(BestFirst *best, TupleTableSlot *slot)
{
	Band		band = best->band;
	int64		rows = best->rows;

	chains_close(best->chains);
	best->band.lower = best->descending ? band.upper : band.lower - 1;
	best->band.upper = best->band.lower + 1;
	best_open_chains(best);
	if (load_rows(best, slot) == BAND_RESTARTED)
		return BAND_RESTARTED;
	ereport(ERROR,
			(errcode(ERRCODE_FDW_UNABLE_TO_CREATE_REPLY),
			 errmsg("the API counted %lld rows of table \"%s\" with scores from %d to %d, and sent %lld",
					(long long) best->expected, best->table->name, band.lower,
					band.upper, (long long) rows),
			 errhint("Run the statement again, or turn intent_fdw.enable_best_first off to have PostgreSQL sort the rows.")));
}

static BandOutcome
load_band(BestFirst *best, TupleTableSlot *slot)
{
	MemoryContext old = MemoryContextSwitchTo(best->context);
	BandOutcome outcome;

	best->sort = begin_sort(best);
	MemoryContextSwitchTo(old);
	outcome = load_rows(best, slot);
	if (outcome == BAND_COMPLETE && best->expected >= 0 &&
		best->rows != best->expected)
		outcome = read_gap(best, slot);
	if (outcome != BAND_COMPLETE)
		return outcome;
	if (!is_enough(best))
	{
		chains_close(best->chains);
		best->chains = NULL;
	}
	tuplesort_performsort(best->sort);
	return BAND_COMPLETE;
}

/* ---- bands that are handed out as they come ---- */

/* All rows have one score, and what proves that is in the first page. */
static bool
needs_no_sort(const BestFirst *best)
{
	return best->bands.kind == BAND_APART &&
		best->band.lower == best->band.upper && best->bands.nchains == 1;
}

/* Waits for the first page of the band; loads it if that proves nothing. */
static BandOutcome
peek_band(BestFirst *best, TupleTableSlot *slot)
{
	Chain	   *chain = chains_next(best->chains);

	if (best_restarted(best))
		return BAND_RESTARTED;
	if (best->expected < 0 ||
		(chain && chain->page->has_total && chain->page->total == best->expected))
		return BAND_COMPLETE;
	return load_band(best, slot);
}

/* ---- bands ---- */

/* Notes that all rows of the band have been handed out. */
static void
finish_band(BestFirst *best)
{
	drop_band(best);
	best->received += best->rows;
	bands_read(&best->bands, &best->band, best->rows, best->kept,
			   best->at_bound);
}

/* What is left to do when a band cannot be handed out. */
static void
repair(BestFirst *best, BandOutcome outcome)
{
	switch (outcome)
	{
		case BAND_COMPLETE:
			return;
		case BAND_TOO_LARGE:
			drop_band(best);
			bands_give_up(&best->bands);
			return;
		case BAND_LOOKED_AT:
			drop_band(best);
			bands_looked(&best->bands, best->told == 0 ? 0 :
						 (double) best->total / best->told * best->bands.nchains,
						 best->setup.counters->requests - best->requests);
			return;
		case BAND_UNPROVEN:
			drop_band(best);
			bands_touch(&best->bands, best->setup.counters->requests -
						best->requests);
			return;
		case BAND_RESTARTED:
			begin(best);
			return;
	}
}

/*
 * Proves what can be before the band is asked for.  False when there is no
 * need to ask: it has no rows, or all starts again.
 */
static bool
prove(BestFirst *best)
{
	best->expected = -1;
	if (best->bands.kind != BAND_APART || best->bands.nbands == 0)
		return true;
	do
		best_count_rows(best);
	while (best->expected > 0 &&
		   bands_narrow(&best->bands, &best->band, best->expected));
	if (best_restarted(best))
	{
		repair(best, BAND_RESTARTED);
		return false;
	}
	if (best->expected < 0)
	{
		repair(best, BAND_UNPROVEN);
		return false;
	}
	if (best->expected > 0)
		return true;
	best->rows = best->kept = best->at_bound = 0;
	finish_band(best);
	return false;
}

/*
 * The next band, ready to be handed out; false when there is none.  May leave
 * without one, to be called again.
 */
static bool
next_band(BestFirst *best, TupleTableSlot *slot)
{
	MemoryContext old;

	if (best->done || !bands_next(&best->bands, &best->band))
	{
		best->done = true;
		return false;
	}
	best->nbands++;
	best->requests = best->setup.counters->requests;
	old = MemoryContextSwitchTo(best->band_context);
	if (prove(best))
	{
		open_band(best);
		repair(best, needs_no_sort(best) ? peek_band(best, slot) :
			   load_band(best, slot));
	}
	MemoryContextSwitchTo(old);
	return true;
}

/* A row of a band handed out as it comes; false at its end. */
static bool
fetch_streamed(BestFirst *best, TupleTableSlot *slot)
{
	Chain	   *chain;
	bool		passes;

	while ((chain = read_row(best, slot, &passes)) != NULL)
	{
		if (rows_in_doubt(best->reader))
			misplaced_row(best, chain, "does not tell its topic");
		chain_row_taken(best->chains, chain);
		if (passes)
			return true;
		CHECK_FOR_INTERRUPTS();
	}
	if (best_restarted(best))
		begin(best);
	else
		finish_band(best);
	return false;
}

/* A row of a sorted band; false at its end, or where it goes on unsorted. */
static bool
fetch_sorted(BestFirst *best, TupleTableSlot *slot)
{
	if (!best->sorted)
	{
		MemoryContext old = MemoryContextSwitchTo(best->context);

		best->sorted = MakeSingleTupleTableSlot(best->desc, &TTSOpsMinimalTuple);
		MemoryContextSwitchTo(old);
	}
	if (tuplesort_gettupleslot(best->sort, true, false, best->sorted, NULL))
	{
		rows_show(slot, best->sorted);
		return true;
	}
	ExecClearTuple(best->sorted);
	if (!best->chains)
		finish_band(best);
	else
	{
		tuplesort_end(best->sort);
		best->sort = NULL;
	}
	return false;
}

/*
 * Puts the next row in order into the slot; false at the end.  Its values
 * stay valid until the next call.
 */
bool
best_fetch(BestFirst *best, TupleTableSlot *slot)
{
	for (;;)
	{
		if (best->sort)
		{
			if (fetch_sorted(best, slot))
				return true;
		}
		else if (best->chains)
		{
			if (fetch_streamed(best, slot))
				return true;
		}
		else if (!next_band(best, slot))
			return false;
	}
}
