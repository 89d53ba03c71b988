/*
 * input.h
 *		The conditions of a plan, and their values in this execution.
 *
 * Values are expressions until the first row is asked for; then, and after
 * each rescan, they are evaluated and copied.  Knows executor expressions;
 * nothing of requests.
 */
#ifndef INTENT_INPUT_H
#define INTENT_INPUT_H

#include "compat.h"

#include "request.h"

typedef struct InputSet
{
	int			n;
	IntentInput *inputs;		/* as last evaluated */
	IntentCond **conds;
	ExprState **checks;			/* by condition: the clause, as a qual */
	ExprState ***states;		/* by condition: values, then guards */
	bool		has_params;		/* a value changes within the statement */
	Bitmapset  *varying;		/* conditions with a value that differs
								 * between executions */

	/* of a batch: the first condition has these values, each by itself */
	bool		has_keys;
	int			nkeys;
	const Datum *keys;

	/* as evaluated before, to tell whether anything changed */
	MemoryContext contexts[2];
	int			current;
	bool		evaluated;
} InputSet;

extern void input_add(IntentInput *input, Datum value, Oid type,
					  bool is_array);
extern InputSet *inputs_prepare(List *packed, List *values, List *clauses,
								bool has_keys, PlanState *node);
extern bool inputs_evaluate(InputSet *set, ExprContext *econtext);
extern void inputs_describe(InputSet *set, ExprContext *econtext,
							ParamListInfo params, List *deparse_context);
extern bool inputs_are_known(List *exprs, ParamListInfo params);
extern char *inputs_shape(const InputSet *set, const IntentTable *table,
						  const IntentUse *use, int *nchains);
extern bool inputs_recheck(InputSet *set, ExprContext *econtext,
						   TupleTableSlot *slot, const IntentTable *table);

#endif							/* INTENT_INPUT_H */
