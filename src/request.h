/*
 * request.h
 *		Evaluated conditions to a list of chains.
 *
 * A chain is one request body and the pages that follow it.  Conditions are
 * intersected, clamped to the API's limits and, where a filter takes a single
 * value, spread over several chains.  For each condition it is told whether
 * the request covers it.  Knows nothing of HTTP, JSON or executor nodes.
 */
#ifndef INTENT_REQUEST_H
#define INTENT_REQUEST_H

#include "compat.h"

#include "digest.h"
#include "table.h"

/* How a request covers a condition. */
typedef enum IntentSent
{
	INTENT_SENT_NOT,			/* rows must carry the column */
	INTENT_SENT_WIDE,			/* sent, but rows may miss it: likewise */
	INTENT_SENT_EXACT,			/* the API is trusted where rows do not carry
								 * the column */
} IntentSent;

/* One filter of a request: of all its chains, or of one. */
typedef struct IntentField
{
	bool		set;
	bool		exact;			/* a single value stands for the column */
	bool		fan;			/* one chain for each value */
	int			attno;			/* the column whose condition set it, or 0 */
	Oid			opno;			/* its operator */
	Oid			collation;
	int			nvalues;
	IntentScalar *values;
	int64		lower;			/* range, minimum */
	int64		upper;
	char	   *lower_symbol;	/* EXPLAIN: bound not known yet */
	char	   *upper_symbol;
} IntentField;

/* Why a query cannot be asked; raised by the executor, not before. */
typedef struct IntentProblem
{
	int			sqlstate;
	char	   *message;
	char	   *detail;			/* or NULL */
	char	   *hint;
} IntentProblem;

typedef struct IntentRequest
{
	const IntentTable *table;
	bool		never;			/* contradiction: no rows, no request */
	IntentProblem *problem;		/* or NULL */
	bool		several_topics; /* one person once, under the strongest */
	bool		raised_by_band; /* minScore is raised for a part of the rows,
								 * not for all that the statement asks for */
	IntentSent *sent;			/* by input */
	IntentField *fields;		/* by filter */
	int			nchains;		/* 0 when never or with a problem */
	const char *body;			/* of its only chain, instead of fields; or
								 * NULL */
} IntentRequest;

typedef struct IntentChainSpec
{
	const IntentResource *resource;
	int			number;			/* tells the chains of a scan apart */
	IntentField *fields;		/* by filter; fanned ones have one value */
	const char *body;			/* as it was sent before; NULL: made of fields */
} IntentChainSpec;

/* What the plan knows of the statement that conditions do not tell. */
typedef struct IntentUse
{
	bool		reads_by_scores;	/* it reads a column that minScore changes */
	bool		date_local;		/* a condition on data_date is not sent */
	bool		audience_local; /* likewise audience_id */
	int			lacks_attno;	/* a join condition on that column is not
								 * sent, and rows of one run cannot tell */
} IntentUse;

extern IntentRequest *request_build(const IntentTable *table,
									const IntentInput *inputs, int ninputs,
									const IntentUse *use);
extern IntentChainSpec *request_chain(const IntentRequest *request, int number);
extern IntentChainSpec *request_open_chain(const IntentChainSpec *spec,
										   char *symbol);
extern bool request_raises_score(const IntentTable *table,
								 const IntentField *fields);
extern void request_raise(const IntentRequest *request);

#endif							/* INTENT_REQUEST_H */
