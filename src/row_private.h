/*
 * row_private.h
 *		What the parts of row.c share: a reader of rows.
 */
#ifndef INTENT_ROW_PRIVATE_H
#define INTENT_ROW_PRIVATE_H

#include "compat.h"

#include "convert.h"
#include "row.h"

/* Where a column of this chain's rows comes from. */
typedef enum RowOrigin
{
	ROW_FROM_MEMBER,
	ROW_FROM_META,				/* the page's date */
	ROW_FROM_OUTER,				/* the page, around its rows */
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
	int			score_index;	/* likewise with the score, where ranges of
								 * scores may be asked for */
	int			original_index; /* likewise with the whole row, where it can
								 * be changed; -1 */
	struct WrittenRows *written;	/* that notes it; or NULL */
	FmgrInfo	key_output;
	int			ncolumns;
	RowColumn  *columns;		/* those that the scan reads */
	RowColumn **by_attno;		/* NULL where it does not */

	/* of the table, as far as known */
	Bitmapset  *members;		/* attno - 1 of columns that are members */
	Bitmapset  *always;			/* those of them that are null where no row
								 * has them */
	bool		carried_known;
	Bitmapset  *carried;		/* attno - 1 */
	Bitmapset  *optional;		/* those of them that a row may leave out */
	bool		seen_rows;		/* this scan had a page with rows */

	/* of the request and the chain being read */
	const IntentRequest *request;
	int			chain_number;	/* -1: none prepared */
	const IntentField *topics;
	bool		score_raised;	/* rows name only the topics above minScore */
	int			nchecks;
	int		   *checks;			/* conditions to check on rows */
	int			nfans;
	RowFan	   *fans;

	/* of the row */
	bool		topic_unknown;
	bool		topic_in_doubt; /* unknown, but not where all rows are read */
	const RowColumn *converting;	/* for the error context */
	int			row_number;
	int			page_number;
	int64		checked;
	int64		removed;

	MemoryContext context;
	MemoryContext chain_context;	/* reset for each chain */
	MemoryContext row_context;	/* reset for each row */
	ExprContext *econtext;		/* for the checks */
};

/* row_chain.c */
extern void load_carried(RowReader *reader);
extern void learn_carried(RowReader *reader, const RowPage *page);
extern void prepare_chain(RowReader *reader, const IntentChainSpec *spec);
extern void not_carried_error(RowReader *reader, const IntentColumn *column);

#endif							/* INTENT_ROW_PRIVATE_H */
