/*
 * plan_share.c
 *		What share of the rows received meets a scan's conditions.
 *
 * Part of plan.c.  Conditions that requests do not cover are checked on rows,
 * by the scan or by PostgreSQL.  How many rows pass is known after a run, and
 * remembered beside the totals under a name of the conditions, which this file
 * makes.  Values of other relations and of parameters count as the same, so
 * that the name stands for their average.
 */
#include "plan_private.h"

#include "common/hashfn.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "total.h"
#include "utils/lsyscache.h"

typedef struct NameContext
{
	Index		relid;			/* of the table */
	uint64		hash;
} NameContext;

static void
add_number(NameContext *context, uint64 number)
{
	context->hash = hash_bytes_extended((unsigned char *) &number,
										sizeof(number), context->hash);
}

static void
add_constant(NameContext *context, const Const *value)
{
	Oid			output;
	bool		varlena;
	char	   *text;

	add_number(context, value->consttype);
	if (value->constisnull)
		return;
	getTypeOutputInfo(value->consttype, &output, &varlena);
	text = OidOutputFunctionCall(output, value->constvalue);
	context->hash = hash_bytes_extended((unsigned char *) text,
										(int) strlen(text), context->hash);
}

/*
 * Adds what tells expressions apart in practice.  Two that get one name share
 * an estimate, no more.
 */
static bool
name_walker(Node *node, NameContext *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, RestrictInfo))
		return name_walker((Node *) ((RestrictInfo *) node)->clause, context);
	if (IsA(node, Var) && ((Var *) node)->varno == context->relid &&
		((Var *) node)->varlevelsup == 0)
		add_number(context, ((Var *) node)->varattno);
	else if (IsA(node, Var) || IsA(node, Param))
		add_number(context, T_Param);
	else
		add_number(context, nodeTag(node));
	if (IsA(node, Const))
		add_constant(context, (Const *) node);
	else if (IsA(node, OpExpr))
		add_number(context, ((OpExpr *) node)->opno);
	else if (IsA(node, ScalarArrayOpExpr))
		add_number(context, ((ScalarArrayOpExpr *) node)->opno);
	else if (IsA(node, FuncExpr))
		add_number(context, ((FuncExpr *) node)->funcid);
	else if (IsA(node, BoolExpr))
		add_number(context, ((BoolExpr *) node)->boolop);
	else if (IsA(node, NullTest))
		add_number(context, ((NullTest *) node)->nulltesttype);
	else if (IsA(node, BooleanTest))
		add_number(context, ((BooleanTest *) node)->booltesttype);
	return expression_tree_walker(node, name_walker, context);
}

static uint64
clause_name(const RelOptInfo *rel, Node *clause)
{
	NameContext context = {rel->relid};

	name_walker(clause, &context);
	return context.hash;
}

/*
 * The name of the conditions (IntentCond) and clauses of a scan, whatever
 * their order.  "key" is the column of a batch's key, which is not among them,
 * or 0.  palloc'd.
 */
char *
plan_share_name(const RelOptInfo *rel, List *sent, List *local, int key)
{
	NameContext context = {rel->relid};
	uint64		sum;
	ListCell   *lc;

	add_number(&context, key);
	sum = context.hash;
	foreach(lc, sent)
		sum += clause_name(rel, (Node *) ((IntentCond *) lfirst(lc))->clause);
	foreach(lc, local)
		sum += clause_name(rel, lfirst(lc));
	return psprintf("share " UINT64_FORMAT, sum);
}

/*
 * Rows that a scan gives: as large a share of those received as before.
 * False, and nothing set, when no scan with such conditions has been run.
 */
bool
plan_recall_rows(const RelOptInfo *rel, List *sent, List *local, int key,
				 double received, double *rows)
{
	const IntentRel *irel = rel->fdw_private;
	TotalOwner	owner = {irel->table->relid, irel->who.userid};
	double		share;

	if (!total_recall(owner, plan_share_name(rel, sent, local, key), &share))
		return false;
	*rows = clamp_row_est(received * share);
	return true;
}
