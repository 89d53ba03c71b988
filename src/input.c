/*
 * input.c
 *		Evaluates the values of conditions.
 *
 * Assumes what plan.c puts into fdw_exprs.  Values are copied out of the
 * executor's per-tuple memory into one of two contexts that take turns, so
 * that a rescan can tell whether they are the ones of before.
 */
#include "input.h"

#include "body.h"
#include "executor/executor.h"
#include "nodes/nodeFuncs.h"
#include "total.h"
#include "utils/array.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/ruleutils.h"

static bool
params_walker(Node *node, void *unused)
{
	if (node == NULL)
		return false;
	if (IsA(node, Param) && ((Param *) node)->paramkind == PARAM_EXEC)
		return true;
	if (IsA(node, SubPlan))
		return true;
	return expression_tree_walker(node, params_walker, unused);
}

static bool
varying_walker(Node *node, void *unused)
{
	if (node == NULL)
		return false;
	if (IsA(node, Param) || IsA(node, SubPlan) || IsA(node, AlternativeSubPlan))
		return true;
	return expression_tree_walker(node, varying_walker, unused);
}

static void
prepare_one(InputSet *set, int i, ListCell **value, List *values, Expr *clause,
			PlanState *node)
{
	IntentCond *cond = set->conds[i];
	int			n = cond->nvalues + cond->nguards;

	cond->clause = clause;
	if (set->has_keys && i == 0)
		set->varying = bms_add_member(set->varying, i);
	set->states[i] = palloc(sizeof(ExprState *) * n);
	for (int k = 0; k < n; k++)
	{
		Expr	   *expr = lfirst(*value);

		cond->exprs = lappend(cond->exprs, expr);
		set->states[i][k] = ExecInitExpr(expr, node);
		set->has_params |= params_walker((Node *) expr, NULL);
		if (varying_walker((Node *) expr, NULL))
			set->varying = bms_add_member(set->varying, i);
		*value = lnext(values, *value);
	}
	set->checks[i] = ExecInitQual(list_make1(clause), node);
	set->inputs[i].cond = cond;
}

/*
 * Makes the set from what a plan holds.  Evaluates nothing.  palloc'd in the
 * current context, which must live as long as the scan.  With "has_keys" the
 * first condition gets its values from who runs the scan, in "keys".
 */
InputSet *
inputs_prepare(List *packed, List *values, List *clauses, bool has_keys,
			   PlanState *node)
{
	InputSet   *set = palloc0(sizeof(InputSet));
	ListCell   *value = list_head(values);

	set->n = list_length(packed);
	set->has_keys = has_keys;
	set->inputs = palloc0(sizeof(IntentInput) * Max(set->n, 1));
	set->conds = palloc(sizeof(IntentCond *) * Max(set->n, 1));
	set->checks = palloc(sizeof(ExprState *) * Max(set->n, 1));
	set->states = palloc(sizeof(ExprState **) * Max(set->n, 1));
	for (int i = 0; i < 2; i++)
		set->contexts[i] = AllocSetContextCreate(CurrentMemoryContext,
												 "intent_fdw values",
												 ALLOCSET_SMALL_SIZES);
	for (int i = 0; i < set->n; i++)
	{
		set->conds[i] = qual_unpack(list_nth(packed, i));
		prepare_one(set, i, &value, values, list_nth(clauses, i), node);
	}
	return set;
}

/* ---- values of one condition ---- */

static void
add_value(IntentInput *input, Datum value, Oid type)
{
	input->values[input->nvalues] = value;
	input->types[input->nvalues++] = type;
}

static void
make_room(IntentInput *input, int more)
{
	int			n = input->nvalues + more;

	input->values = input->values ?
		repalloc_huge(input->values, sizeof(Datum) * Max(n, 1)) :
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Datum) * Max(n, 1));
	input->types = input->types ?
		repalloc_huge(input->types, sizeof(Oid) * Max(n, 1)) :
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Oid) * Max(n, 1));
}

/* The elements of an array that are not NULL, copied. */
static void
add_array(IntentInput *input, Datum value)
{
	ArrayType  *array = DatumGetArrayTypePCopy(value);
	Oid			type = ARR_ELEMTYPE(array);
	int16		len;
	bool		byval;
	char		align;
	Datum	   *elements;
	bool	   *nulls;
	int			n;

	get_typlenbyvalalign(type, &len, &byval, &align);
	deconstruct_array(array, type, len, byval, align, &elements, &nulls, &n);
	make_room(input, n);
	for (int i = 0; i < n; i++)
	{
		if (!nulls[i])
			add_value(input, elements[i], getBaseType(type));
	}
}

static void
add_scalar(IntentInput *input, Datum value, Oid type)
{
	int16		len;
	bool		byval;

	get_typlenbyval(type, &len, &byval);
	make_room(input, 1);
	add_value(input, datumCopy(value, byval, len), getBaseType(type));
}

/* One more value that is not NULL, copied into the current context. */
void
input_add(IntentInput *input, Datum value, Oid type, bool is_array)
{
	if (is_array)
		add_array(input, value);
	else
		add_scalar(input, value, type);
}

/* The keys of a batch; their type is that of the value in the plan. */
static void
add_keys(InputSet *set, IntentInput *input)
{
	Oid			type = exprType(linitial(set->conds[0]->exprs));

	input->is_key = true;
	for (int k = 0; k < set->nkeys; k++)
		add_scalar(input, set->keys[k], type);
}

/* Evaluates into the current context, which outlives the scan's rows. */
static void
evaluate_one(InputSet *set, int i, ExprContext *econtext, IntentInput *input)
{
	const IntentCond *cond = set->conds[i];

	if (set->has_keys && i == 0)
	{
		add_keys(set, input);
		return;
	}
	for (int k = cond->nvalues; k < cond->nvalues + cond->nguards; k++)
	{
		bool		isnull;
		Datum		guard = ExecEvalExprSwitchContext(set->states[i][k],
													  econtext, &isnull);

		if (!isnull && DatumGetBool(guard))
			input->always = true;
	}
	for (int k = 0; k < cond->nvalues && !input->always; k++)
	{
		bool		isnull;
		Datum		value = ExecEvalExprSwitchContext(set->states[i][k],
													  econtext, &isnull);

		if (!isnull)
			input_add(input, value, exprType(list_nth(cond->exprs, k)),
					  bms_is_member(k, cond->arrays));
	}
}

static bool
same_values(const IntentInput *a, const IntentInput *b)
{
	if (a->always != b->always || a->nvalues != b->nvalues)
		return false;
	for (int i = 0; i < a->nvalues; i++)
	{
		int16		len;
		bool		byval;

		get_typlenbyval(a->types[i], &len, &byval);
		if (a->types[i] != b->types[i] ||
			!datumIsEqual(a->values[i], b->values[i], byval, len))
			return false;
	}
	return true;
}

/*
 * Evaluates all values anew, once after each (re)start of a scan.
 *
 * True if they are what they were before; then the inputs are left as they
 * are, for a request that refers to them.  Raises what the expressions raise.
 */
bool
inputs_evaluate(InputSet *set, ExprContext *econtext)
{
	IntentInput *inputs;
	bool		same = set->evaluated;
	MemoryContext spare = set->contexts[1 - set->current];
	MemoryContext old;

	MemoryContextReset(spare);
	old = MemoryContextSwitchTo(spare);
	inputs = palloc0(sizeof(IntentInput) * Max(set->n, 1));
	for (int i = 0; i < set->n; i++)
	{
		inputs[i].cond = set->conds[i];
		evaluate_one(set, i, econtext, &inputs[i]);
		same = same && same_values(&inputs[i], &set->inputs[i]);
	}
	MemoryContextSwitchTo(old);
	if (same)
		return true;
	set->current = 1 - set->current;
	set->inputs = inputs;
	set->evaluated = true;
	return false;
}

/* ---- EXPLAIN ---- */

/* Does the expression depend on what is known only while the plan runs? */
static bool
unknown_walker(Node *node, ParamListInfo params)
{
	if (node == NULL)
		return false;
	if (IsA(node, Param))
		return ((Param *) node)->paramkind != PARAM_EXTERN || params == NULL;
	if (IsA(node, SubPlan) || IsA(node, AlternativeSubPlan))
		return true;
	return expression_tree_walker(node, unknown_walker, params);
}

/* Can the expressions be evaluated without running the plan? */
bool
inputs_are_known(List *exprs, ParamListInfo params)
{
	return !unknown_walker((Node *) exprs, params);
}

static char *
symbol_for(Expr *expr, List *deparse_context)
{
	if (IsA(expr, Param))
		return psprintf("$%d", ((Param *) expr)->paramid);
	return deparse_expression((Node *) expr, deparse_context, false, false);
}

static void
describe_one(InputSet *set, int i, ExprContext *econtext, ParamListInfo params,
			 List *deparse_context)
{
	ListCell   *lc;

	if (set->has_keys && i == 0)
	{
		set->inputs[i].is_key = true;
		set->inputs[i].symbol = "$key";
		return;
	}
	foreach(lc, set->conds[i]->exprs)
	{
		if (!inputs_are_known(list_make1(lfirst(lc)), params))
		{
			set->inputs[i].symbol = symbol_for(lfirst(lc), deparse_context);
			return;
		}
	}
	evaluate_one(set, i, econtext, &set->inputs[i]);
}

/*
 * Fills the inputs for an EXPLAIN that does not run the plan: values that are
 * known already, and symbols for the others.
 */
void
inputs_describe(InputSet *set, ExprContext *econtext, ParamListInfo params,
				List *deparse_context)
{
	for (int i = 0; i < set->n; i++)
		describe_one(set, i, econtext, params, deparse_context);
}

/* ---- shape ---- */

/*
 * What the executions of a plan have in common: the body of its first chain
 * with the values left open that differ between them; "*nchains" is how many
 * chains it has then.  NULL when none does, or when there is no request.
 * palloc'd, as are its by-products.
 */
char *
inputs_shape(const InputSet *set, const IntentTable *table,
			 const IntentUse *use, int *nchains)
{
	IntentInput *inputs;
	IntentRequest *request;
	int			i = -1;

	if (bms_is_empty(set->varying))
		return NULL;
	inputs = palloc(sizeof(IntentInput) * set->n);
	memcpy(inputs, set->inputs, sizeof(IntentInput) * set->n);
	while ((i = bms_next_member(set->varying, i)) >= 0)
	{
		inputs[i].always = inputs[i].is_key = false;
		inputs[i].symbol = TOTAL_UNKNOWN_VALUE;
	}
	request = request_build(table, inputs, set->n, use);
	*nchains = request->nchains;
	if (request->nchains == 0)
		return NULL;
	return body_request(request_chain(request, 0), 0, NULL);
}

/* ---- EvalPlanQual ---- */

static bool
all_null(InputSet *set, int i, ExprContext *econtext)
{
	const IntentCond *cond = set->conds[i];

	for (int k = 0; k < cond->nvalues + cond->nguards; k++)
	{
		bool		isnull;

		(void) ExecEvalExprSwitchContext(set->states[i][k], econtext, &isnull);
		if (!isnull)
			return false;
	}
	return true;
}

/*
 * Does the row still meet the conditions with values of an outer row, which
 * may have changed since?  Others cannot have: the row is the one received.
 * Raises 40001 where the row does not carry the column.
 */
bool
inputs_recheck(InputSet *set, ExprContext *econtext, TupleTableSlot *slot,
			   const IntentTable *table)
{
	econtext->ecxt_scantuple = slot;
	for (int i = 0; i < set->n; i++)
	{
		const IntentCond *cond = set->conds[i];

		if (cond->origin == INTENT_FROM_STATEMENT)
			continue;
		if (all_null(set, i, econtext))
			return false;
		if (slot_attisnull(slot, cond->attno))
			ereport(ERROR,
					(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
					 errmsg("cannot check a changed row against column \"%s\" of table \"%s\"",
							table_column(table, cond->attno)->name, table->name),
					 errdetail("The row of the API does not carry the column."),
					 errhint("Run the statement again.")));
		if (!ExecQual(set->checks[i], econtext))
			return false;
	}
	return true;
}
