/*
 * chain_split.c
 *		A large chain read as ranges of scores, several at a time.
 *
 * Part of chain.c.  A chain's first page tells how many rows it has.  If they
 * are more than a connection's share of what is left to read, the chain is
 * given up and its scores are read by ranges instead (split.h says how they
 * are cut), each a chain of its own; a range whose first page tells that it is
 * still too large is split again.  No row of a page that is given up has been
 * handed on.
 *
 * No row may come twice or get lost.  Ranges are of one run, known by its
 * date: without one a chain is not split.  Ranges stand apart (1..50,
 * 51..100), and a score may lie between two integers: when all have been read
 * and the rows are fewer than the whole chain's total, what lies in the gaps
 * (50..51) is read too.  Once a score with a fraction has been seen, and where
 * totals are not relied upon (verify_count), ranges touch instead (1..51,
 * 51..100), and rows on the bound are taken from the upper one only.
 */
#include "chain_private.h"

#include <math.h>

#include "page_number.h"
#include "utils/memutils.h"

/* ---- what is left to read ---- */

static bool
is_live(const ChainGroup *group)
{
	return group->nactive + group->npending > 0;
}

static int
chains_not_begun(const ChainSet *set)
{
	return set->setup.request->nchains - set->next_number;
}

/*
 * What a chain may have whose total is not known yet.  Rather too little: a
 * chain that is split without need costs a request, one that is not split in
 * time is waited for at the end.
 */
static double
guess_total(const ChainSet *set)
{
	return set->ntotals > 0 ? set->total / set->ntotals / 2.0 : 0;
}

static double
run_rows_left(const ChainSet *set, const ChainRun *run)
{
	if (run->given_up || run->part == CHAIN_GAP)
		return 0;
	if (run->has_total)
		return Max(run->total - run->rows, 0);
	return run->group ? split_expect(&run->range) : guess_total(set);
}

static double
rows_left(const ChainSet *set)
{
	double		rows = chains_not_begun(set) * guess_total(set);

	for (int i = 0; i < set->nactive; i++)
		rows += run_rows_left(set, set->active[i]);
	for (ChainGroup *group = set->groups; group; group = group->next)
	{
		for (int i = 0; i < group->npending && !group->in_gaps; i++)
			rows += split_expect(&group->pending[i]);
	}
	if (set->setup.wanted > 0)
		rows = Min(rows, set->setup.wanted - set->taken);
	return rows;
}

/* Of what is left to read, the rows of one connection if all have as many. */
static double
share(const ChainSet *set)
{
	int			sources = chains_not_begun(set);

	for (int i = 0; i < set->nactive; i++)
		sources += set->active[i]->group == NULL;
	for (ChainGroup *group = set->groups; group; group = group->next)
		sources += is_live(group);
	return rows_left(set) / Max(1, Min((double) sources * set->setup.bands,
									   set->max_active));
}

/* May there be one more chain?  "max_chains" is never exceeded by ranges. */
static bool
may_add_range(const ChainSet *set)
{
	return set->setup.request->nchains + set->nranges <
		set->setup.table->options->max_chains;
}

/* Would what is left be read with "max_requests" even by ranges? */
static bool
can_afford(const ChainSet *set)
{
	int			most = set->setup.table->options->max_requests;

	return most == 0 || set->setup.counters->requests + 3 * set->setup.bands +
		ceil(rows_left(set) / set->limit) <= most;
}

/* ---- scores ---- */

/* A row's score: the integer not above it, and whether it is more than that. */
static bool
read_score(const ChainSet *set, const RowPage *page, int row, int64 *floor_,
		   bool *fraction)
{
	const PageValue *value = page_value(page, row, set->setup.score);
	NumberFit	fit;

	if (value->kind != PAGE_VALUE_NUMBER)
		return false;
	fit = number_floor(value->text, floor_);
	*fraction = fit == NUMBER_FRACTION;
	return fit != NUMBER_RANGE;
}

/* Has each row of the page a score? */
static bool
page_has_scores(const ChainSet *set, const RowPage *page, bool *fractions)
{
	int64		score;
	bool		fraction;

	*fractions = false;
	for (int row = 0; row < page->nrows; row++)
	{
		if (!read_score(set, page, row, &score, &fraction))
			return false;
		*fractions |= fraction;
	}
	return true;
}

static void
misplaced_row(const ChainSet *set, const ChainRun *run, int row,
			  const char *what)
{
	const IntentField *scores = &run->public.spec->fields[run->group->filter];

	ereport(ERROR,
			(errcode(ERRCODE_FDW_UNABLE_TO_CREATE_REPLY),
			 errmsg("malformed answer: a row %s", what),
			 errdetail("Row %d of page %d of table \"%s\", scores from %d to %d were asked for.",
					   row + 1, run->public.page_number, set->setup.table->name,
					   (int) scores->lower, (int) scores->upper),
			 errhint("Set the table option \"score_bands\" to 1 to have the rows as they come.")));
}

/*
 * Is the row one of the range's own, or does it come with another?  Raises for
 * one that was not asked for.
 */
static bool
belongs(const ChainSet *set, ChainRun *run, const RowPage *page, int row)
{
	const IntentField *scores = &run->public.spec->fields[run->group->filter];
	int64		score;
	bool		fraction;

	if (!read_score(set, page, row, &score, &fraction))
		misplaced_row(set, run, row, "has no score");
	if (score < scores->lower || score + fraction > scores->upper)
		misplaced_row(set, run, row, "has another score than was asked for");
	run->group->touching |= fraction;
	if (run->part == CHAIN_GAP)
		return fraction;
	return score <= run->range.upper;
}

/*
 * Leaves in the page the rows that the range hands on.  Those of a whole chain
 * are not looked at.
 */
void
chain_keep_rows(ChainSet *set, ChainRun *run, RowPage *page)
{
	size_t		width = page->width;
	int			kept = 0;

	if (!run->group)
		return;
	for (int row = 0; row < page->nrows; row++)
	{
		if (!belongs(set, run, page, row))
			continue;
		if (kept != row)
			memcpy(page->values + kept * width, page->values + row * width,
				   sizeof(PageValue) * width);
		kept++;
	}
	set->dropped += page->nrows - kept;
	page->nrows = kept;
	run->group->kept += kept;
}

/* ---- groups ---- */

/* A group for a chain of so many rows, all its scores still to be read. */
static ChainGroup *
make_group(ChainSet *set, const IntentChainSpec *spec, int filter,
		   int64 total)
{
	MemoryContext context = AllocSetContextCreate(set->context,
												  "intent_fdw score ranges",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	ChainGroup *group = palloc0(sizeof(ChainGroup));
	int			nfilters = spec->resource->nfilters;
	int			scores = spec->fields[filter].upper - spec->fields[filter].lower + 1;

	group->context = context;
	group->spec = palloc(sizeof(IntentChainSpec));
	*group->spec = *spec;
	group->spec->fields = palloc(sizeof(IntentField) * nfilters);
	memcpy(group->spec->fields, spec->fields, sizeof(IntentField) * nfilters);
	group->filter = filter;
	group->total = total;
	group->pending = palloc(sizeof(SplitRange) * scores);
	group->gaps = palloc(sizeof(int) * scores);
	group->next = set->groups;
	set->groups = group;
	MemoryContextSwitchTo(old);
	return group;
}

/* The scores are to be read by ranges that have so many rows together. */
static void
add_region(ChainGroup *group, int lower, int upper, double rows)
{
	SplitRegion *region = MemoryContextAlloc(group->context, sizeof(SplitRegion));
	SplitRange *range = &group->pending[group->npending++];

	region->rows = rows;
	region->scores = upper - lower + 1;
	range->lower = lower;
	range->upper = upper;
	range->region = region;
}

static void
drop_group(ChainSet *set, ChainGroup *group)
{
	ChainGroup **link = &set->groups;

	while (*link != group)
		link = &(*link)->next;
	*link = group->next;
	MemoryContextDelete(group->context);
}

/* Forgets all groups; no chain of theirs may be left. */
void
chain_drop_groups(ChainSet *set)
{
	while (set->groups)
		drop_group(set, set->groups);
	set->nranges = 0;
}

/* ---- is a chain to be split? ---- */

/*
 * Could the whole chain be read by ranges?  Their rows must be known by their
 * scores, to be of one run, and their number.
 */
static bool
whole_can_split(const ChainSet *set, const ChainRun *run, const RowPage *page,
				int filter, bool *fractions)
{
	const IntentField *scores = &run->public.spec->fields[filter];
	int64		wanted = set->setup.wanted;

	return scores->set && scores->upper > scores->lower &&
		(wanted == 0 || wanted - set->taken >= 2 * SPLIT_LEAST_PAGES * set->limit) &&
		chain_tells_run(run, page) && page_has_scores(set, page, fractions);
}

/* The whole chain has told its size: are ranges to take its place? */
static bool
split_whole(ChainSet *set, ChainRun *run, const RowPage *page)
{
	const IntentTable *table = set->setup.table;
	int			filter = resource_filter_of_kind(table->resource,
												 INTENT_FILTER_RANGE);
	const IntentField *scores = filter < 0 ? NULL : &run->public.spec->fields[filter];
	ChainGroup *group;
	SplitRange	all;
	bool		fractions;

	if (!scores || !page->has_total ||
		!whole_can_split(set, run, page, filter, &fractions))
		return false;
	all.lower = scores->lower;
	all.upper = scores->upper;
	if (!split_is_due(&all, page->total, share(set), set->limit))
		return false;
	group = make_group(set, run->public.spec, filter, page->total);
	group->touching = fractions ||
		table->options->verify_count != INTENT_VERIFY_ERROR;
	add_region(group, all.lower, all.upper, page->total);
	return true;
}

/* Notes that what lies above the range, below the next integer, is not read. */
static void
add_gap(ChainGroup *group, const ChainRun *run)
{
	if (run->part == CHAIN_APART &&
		run->range.upper < group->spec->fields[group->filter].upper)
		group->gaps[group->ngaps++] = run->range.upper;
}

/* A range has told its size: is it to be split again? */
static bool
split_range(ChainSet *set, ChainRun *run, const RowPage *page)
{
	ChainGroup *group = run->group;

	if (run->part == CHAIN_GAP)
		return false;
	if (page->has_total)
		split_counted(&run->range, page->total);
	if (!page->has_total || !may_add_range(set) || !can_afford(set) ||
		!split_is_due(&run->range, page->total, share(set), set->limit))
	{
		add_gap(group, run);
		return false;
	}
	add_region(group, run->range.lower, run->range.upper, page->total);
	return true;
}

/*
 * A page has been counted.  If it is a chain's first and tells that others had
 * better take the chain's place, it is given up: true.
 */
bool
chain_split(ChainSet *set, ChainRun *run, const RowPage *page)
{
	if (set->setup.bands < 2 || run->public.page_number != 1)
		return false;
	if (run->group)
		run->given_up = split_range(set, run, page);
	else
		run->given_up = may_add_range(set) && can_afford(set) &&
			split_whole(set, run, page);
	if (run->given_up)
		set->dropped += page->nrows;
	return run->given_up;
}

/* ---- which range comes next ---- */

static int
largest_pending(const ChainGroup *group)
{
	int			largest = 0;

	for (int i = 1; i < group->npending && !group->in_gaps; i++)
	{
		if (split_expect(&group->pending[i]) > split_expect(&group->pending[largest]))
			largest = i;
	}
	return largest;
}

/* The range to read next, cut to size; removed from those pending. */
static void
take_range(ChainSet *set, ChainGroup *group, SplitRange *range)
{
	const IntentFilter *filter = &group->spec->resource->filters[group->filter];
	SplitRange *pending = &group->pending[largest_pending(group)];
	double		target = split_target(share(set),
									  (double) group->total / set->setup.bands,
									  set->limit);

	if (!group->in_gaps && may_add_range(set) &&
		split_cut(pending, range, target, (filter->lower + filter->upper) / 2,
				  set->limit))
		return;
	*range = *pending;
	*pending = group->pending[--group->npending];
}

/* The next range to begin, and its group; NULL if there is none. */
ChainGroup *
chain_next_range(ChainSet *set, SplitRange *range, ChainPart *part)
{
	ChainGroup *group = set->groups;

	while (group && (group->npending == 0 || group->nactive >= set->setup.bands))
		group = group->next;
	if (!group)
		return NULL;
	take_range(set, group, range);
	group->nactive++;
	set->nranges++;
	set->setup.counters->bands++;
	*part = group->in_gaps ? CHAIN_GAP : CHAIN_APART;
	if (!group->in_gaps && group->touching &&
		range->upper < group->spec->fields[group->filter].upper)
		*part = CHAIN_TOUCHING;
	return group;
}

/* What a range's chain asks for; palloc'd in the current context. */
IntentChainSpec *
chain_range_spec(const ChainGroup *group, const SplitRange *range,
				 ChainPart part)
{
	int			nfilters = group->spec->resource->nfilters;
	IntentChainSpec *spec = palloc(sizeof(IntentChainSpec));

	*spec = *group->spec;
	spec->fields = palloc(sizeof(IntentField) * nfilters);
	memcpy(spec->fields, group->spec->fields, sizeof(IntentField) * nfilters);
	spec->fields[group->filter].lower = range->lower;
	spec->fields[group->filter].upper = range->upper + (part == CHAIN_TOUCHING);
	return spec;
}

/* ---- the end ---- */

/* Ranges have given fewer rows than there are: what lies between them? */
static void
begin_gaps(ChainGroup *group)
{
	for (int i = 0; i < group->ngaps; i++)
	{
		group->pending[i].lower = group->gaps[i];
		group->pending[i].upper = group->gaps[i] + 1;
		group->pending[i].region = NULL;
	}
	group->npending = group->ngaps;
	group->ngaps = 0;
	group->in_gaps = true;
}

/*
 * The chain has ended, or was given up, and its rows have been read.  When
 * that was the last of its group, the rows of all are proven to be as many as
 * the whole chain had; raises or warns, by verify_count, if they are not.
 */
void
chain_range_done(ChainSet *set, ChainRun *run)
{
	ChainGroup *group = run->group;

	if (!group)
		return;
	group->nactive--;
	if (is_live(group))
		return;
	if (group->kept < group->total && group->ngaps > 0)
	{
		begin_gaps(group);
		return;
	}
	set->setup.counters->has_total = true;
	set->setup.counters->total += group->total;
	chain_verify(set, group->total, group->kept, false);
	drop_group(set, group);
}
