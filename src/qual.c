/*
 * qual.c
 *		Clauses to conditions.
 *
 * Everything here works on expression trees at plan time.  Operators are
 * told by their family, never by name; a clause that is not understood is
 * simply not a condition, and PostgreSQL checks it.  What a value may be
 * (too long, empty, out of range) is left to request.c, which sees it.
 */
#include "qual.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/pg_operator_d.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

/* What is being classified, handed down the tree. */
typedef struct QualContext
{
	PlannerInfo *root;
	const IntentTable *table;
	Index		relid;
} QualContext;

static IntentCond *classify(QualContext *cxt, Expr *clause);

/* Casts of a column that lose nothing and keep its order. */
static bool
is_widening_cast(Oid funcid)
{
	switch (funcid)
	{
		case F_INT8_INT4:
		case F_INT8_INT2:
		case F_NUMERIC_INT2:
		case F_NUMERIC_INT4:
		case F_NUMERIC_INT8:
		case F_FLOAT8_INT2:
		case F_FLOAT8_INT4:
		case F_FLOAT8_INT8:
			return true;
		default:
			return false;
	}
}

/* The column's Var under binary casts and widening casts, or NULL. */
static Var *
strip_to_var(QualContext *cxt, Expr *expr)
{
	for (;;)
	{
		if (IsA(expr, RelabelType))
			expr = ((RelabelType *) expr)->arg;
		else if (IsA(expr, FuncExpr) &&
				 is_widening_cast(((FuncExpr *) expr)->funcid))
			expr = linitial(((FuncExpr *) expr)->args);
		else
			break;
	}
	if (IsA(expr, Var))
	{
		Var		   *var = (Var *) expr;

		if (var->varno == cxt->relid && var->varlevelsup == 0 &&
			var->varattno > 0)
			return var;
	}
	return NULL;
}

static bool
is_string_type(Oid type)
{
	return type == TEXTOID || type == VARCHAROID || type_is_enum(type);
}

/* citext: the type of that name that is binary coercible to text */
static bool
is_citext(Oid type)
{
	HeapTuple	tuple;
	bool		result;

	if (type < FirstNormalObjectId)
		return false;
	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	if (!HeapTupleIsValid(tuple))
		return false;
	result = strcmp(NameStr(((Form_pg_type) GETSTRUCT(tuple))->typname), "citext") == 0;
	ReleaseSysCache(tuple);
	return result && IsBinaryCoercible(type, TEXTOID);
}

/* May conditions on a column of this type go into that filter? */
static bool
type_fits_filter(IntentFilterKind kind, Oid type)
{
	switch (kind)
	{
		case INTENT_FILTER_TOPICS:
		case INTENT_FILTER_MINIMUM:
		case INTENT_FILTER_INTEGER:
			return type == INT2OID || type == INT4OID || type == INT8OID;
		case INTENT_FILTER_RANGE:
			return type == INT2OID || type == INT4OID || type == INT8OID ||
				type == NUMERICOID || type == FLOAT8OID;
		case INTENT_FILTER_STRINGS:
		case INTENT_FILTER_STRING:
			return is_string_type(type) || is_citext(type);
		case INTENT_FILTER_YN:
		case INTENT_FILTER_BOOLEAN:
			return type == BOOLOID;
		case INTENT_FILTER_DATE:
			return type == DATEOID;
		case INTENT_FILTER_AUDIENCE:
			return type == UUIDOID;
	}
	return false;
}

/* The column with a filter that the expression is, or NULL. */
static const IntentColumn *
match_column(QualContext *cxt, Expr *expr)
{
	Var		   *var = strip_to_var(cxt, expr);
	const IntentColumn *column;
	const IntentFilter *filter;

	if (!var)
		return NULL;
	column = table_column(cxt->table, var->varattno);
	filter = column_filter(cxt->table, column);
	if (!filter || !type_fits_filter(filter->kind, column->basetype))
		return NULL;
	return column;
}

static bool
mentions_rel(QualContext *cxt, Node *node)
{
	return bms_is_member(cxt->relid, pull_varnos(cxt->root, node));
}

/* Can the executor evaluate it before it reads a row of this table? */
static bool
is_value(QualContext *cxt, Node *node)
{
	return !mentions_rel(cxt, node) && !contain_volatile_functions(node);
}

/* Is the Param what an InitPlan of this query or of one around it gives? */
static bool
is_initplan_output(PlannerInfo *root, int paramid)
{
	for (; root; root = root->parent_root)
	{
		ListCell   *lc;

		foreach(lc, root->init_plans)
		{
			if (list_member_int(((SubPlan *) lfirst(lc))->setParam, paramid))
				return true;
		}
	}
	return false;
}

typedef struct OriginContext
{
	QualContext *qual;
	IntentOrigin origin;
} OriginContext;

static bool
origin_walker(Node *node, OriginContext *cxt)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
		cxt->origin = INTENT_FROM_JOIN;
	else if (IsA(node, Param) && ((Param *) node)->paramkind == PARAM_EXEC &&
			 !is_initplan_output(cxt->qual->root, ((Param *) node)->paramid))
		cxt->origin = Max(cxt->origin, INTENT_FROM_OUTER_QUERY);
	return expression_tree_walker(node, origin_walker, cxt);
}

/* Where an expression without columns of this table gets its value from. */
static IntentOrigin
origin_of(QualContext *qual, Node *node)
{
	OriginContext cxt = {qual, INTENT_FROM_STATEMENT};

	origin_walker(node, &cxt);
	return cxt.origin;
}

static IntentCond *
make_cond(QualContext *cxt, const IntentColumn *column, IntentOp op, Oid opno,
		  Oid collation, Expr *value, bool is_array)
{
	IntentCond *cond = palloc0(sizeof(IntentCond));

	cond->attno = column->attno;
	cond->op = op;
	cond->opno = opno;
	cond->collation = collation;
	cond->exprs = list_make1(value);
	cond->nvalues = 1;
	if (is_array)
		cond->arrays = bms_make_singleton(0);
	cond->origin = origin_of(cxt, (Node *) value);
	cond->exact = column->match == INTENT_MATCH_EXACT;
	cond->contains = column->match == INTENT_MATCH_CONTAINS;
	return cond;
}

/*
 * The operator's strategy in the default btree family of its left type, or 0:
 * that is what makes "=" an equality, whatever schema it stands in.
 */
static int
btree_strategy(Oid opno)
{
	Oid			left;
	Oid			right;
	TypeCacheEntry *entry;

	op_input_types(opno, &left, &right);
	entry = lookup_type_cache(left, TYPECACHE_BTREE_OPFAMILY);
	if (!OidIsValid(entry->btree_opf))
		return 0;
	return get_op_opfamily_strategy(opno, entry->btree_opf);
}

static bool
strategy_to_op(int strategy, IntentOp *op)
{
	switch (strategy)
	{
		case BTLessStrategyNumber:
			*op = INTENT_OP_LT;
			return true;
		case BTLessEqualStrategyNumber:
			*op = INTENT_OP_LE;
			return true;
		case BTEqualStrategyNumber:
			*op = INTENT_OP_EQ;
			return true;
		case BTGreaterEqualStrategyNumber:
			*op = INTENT_OP_GE;
			return true;
		case BTGreaterStrategyNumber:
			*op = INTENT_OP_GT;
			return true;
		default:
			return false;
	}
}

/* Which operators a filter knows at all. */
static bool
filter_takes_op(IntentFilterKind kind, IntentOp op)
{
	switch (kind)
	{
		case INTENT_FILTER_RANGE:
		case INTENT_FILTER_DATE:
			return true;
		case INTENT_FILTER_MINIMUM:
			return op == INTENT_OP_EQ || op == INTENT_OP_GT ||
				op == INTENT_OP_GE;
		default:
			return op == INTENT_OP_EQ;
	}
}

static bool
collation_is_exact(Oid collation)
{
	return !OidIsValid(collation) || get_collation_isdeterministic(collation);
}

/*
 * Does the operator compare values of such types as the filter sends?  A cast
 * that costs nothing may still bring in another idea of what is equal: for
 * char(n) blanks at the end do not count, and oid is no number here.
 */
static bool
operands_fit_filter(IntentFilterKind kind, Oid left, Oid right)
{
	switch (kind)
	{
		case INTENT_FILTER_TOPICS:
		case INTENT_FILTER_RANGE:
		case INTENT_FILTER_MINIMUM:
			return type_fits_filter(INTENT_FILTER_RANGE, left) &&
				(right == FLOAT4OID ||
				 type_fits_filter(INTENT_FILTER_RANGE, right));
		case INTENT_FILTER_STRINGS:
		case INTENT_FILTER_STRING:
			return left == TEXTOID || left == ANYENUMOID || is_citext(left);
		default:
			return true;
	}
}

/*
 * A comparison by a btree operator, the column on the left.  With citext the
 * operator ignores case, so the API must be known to do so as well.
 */
static IntentCond *
classify_comparison(QualContext *cxt, const IntentColumn *column, Oid opno,
					Oid collation, Expr *value, bool is_array)
{
	const IntentFilter *filter = column_filter(cxt->table, column);
	IntentCond *cond;
	IntentOp	op;
	Oid			left;
	Oid			right;
	bool		nocase;

	if (!strategy_to_op(btree_strategy(opno), &op) ||
		!filter_takes_op(filter->kind, op) ||
		!collation_is_exact(collation))
		return NULL;
	op_input_types(opno, &left, &right);
	if (!operands_fit_filter(filter->kind, left, right))
		return NULL;
	nocase = is_citext(left);
	if (nocase && column->match == INTENT_MATCH_EXACT)
		return NULL;
	cond = make_cond(cxt, column, op, opno, collation, value, is_array);
	cond->nocase = nocase;
	return cond;
}

/* column <> value is column = NOT value where the column is boolean */
static IntentCond *
classify_boolean_ne(QualContext *cxt, const IntentColumn *column, OpExpr *op,
					Expr *value)
{
	if (op->opno != BooleanNotEqualOperator)
		return NULL;
	return make_cond(cxt, column, INTENT_OP_EQ, BooleanEqualOperator,
					 InvalidOid, make_notclause(value), false);
}

/* lower(column) = value, for a server known to ignore case */
static IntentCond *
classify_lower(QualContext *cxt, Expr *left, OpExpr *op, Expr *value)
{
	FuncExpr   *func;
	const IntentColumn *column;

	if (IsA(left, RelabelType))
		left = ((RelabelType *) left)->arg;
	func = (FuncExpr *) left;
	if (!IsA(func, FuncExpr) || func->funcid != F_LOWER_TEXT ||
		op->opno != TextEqualOperator ||
		!collation_is_exact(op->inputcollid) ||
		!collation_is_exact(func->inputcollid))
		return NULL;
	column = match_column(cxt, linitial(func->args));
	if (!column || column->match == INTENT_MATCH_EXACT)
		return NULL;
	return make_cond(cxt, column, INTENT_OP_LOWER, op->opno, func->inputcollid,
					 value, false);
}

/* column LIKE pattern, as far as the API's match is known to be that wide */
static IntentCond *
classify_like(QualContext *cxt, const IntentColumn *column, OpExpr *op,
			  Expr *value)
{
	IntentMatch needed;
	IntentOp	kind;

	if (op->opno == OID_TEXT_LIKE_OP)
	{
		kind = INTENT_OP_LIKE;
		needed = INTENT_MATCH_CONTAINS;
	}
	else if (op->opno == OID_TEXT_ICLIKE_OP)
	{
		kind = INTENT_OP_ILIKE;
		needed = INTENT_MATCH_ICASE;
	}
	else
		return NULL;
	if (column->match < needed || !collation_is_exact(op->inputcollid))
		return NULL;
	return make_cond(cxt, column, kind, op->opno, op->inputcollid, value,
					 false);
}

static IntentCond *
classify_sides(QualContext *cxt, OpExpr *op, Oid opno, Expr *left, Expr *right)
{
	const IntentColumn *column;
	IntentCond *cond;

	if (!OidIsValid(opno) || !is_value(cxt, (Node *) right))
		return NULL;
	column = match_column(cxt, left);
	if (!column)
		return classify_lower(cxt, left, op, right);
	cond = classify_comparison(cxt, column, opno, op->inputcollid, right, false);
	if (!cond && column->basetype == BOOLOID)
		cond = classify_boolean_ne(cxt, column, op, right);
	if (!cond && opno == op->opno)
		cond = classify_like(cxt, column, op, right);
	return cond;
}

static IntentCond *
classify_op(QualContext *cxt, OpExpr *op)
{
	Expr	   *left;
	Expr	   *right;

	if (list_length(op->args) != 2)
		return NULL;
	left = linitial(op->args);
	right = lsecond(op->args);
	if (mentions_rel(cxt, (Node *) left))
		return classify_sides(cxt, op, op->opno, left, right);
	return classify_sides(cxt, op, get_commutator(op->opno), right, left);
}

static IntentCond *
classify_any(QualContext *cxt, ScalarArrayOpExpr *op)
{
	const IntentColumn *column = match_column(cxt, linitial(op->args));
	Expr	   *array = lsecond(op->args);
	IntentCond *cond;

	if (!op->useOr || !column || !is_value(cxt, (Node *) array))
		return NULL;
	cond = classify_comparison(cxt, column, op->opno, op->inputcollid, array,
							   true);
	return cond && cond->op == INTENT_OP_EQ ? cond : NULL;
}

/* A boolean column by itself, or its negation. */
static IntentCond *
classify_boolean(QualContext *cxt, Expr *expr, bool value)
{
	const IntentColumn *column = match_column(cxt, expr);

	if (!column || column->basetype != BOOLOID)
		return NULL;
	return make_cond(cxt, column, INTENT_OP_EQ, BooleanEqualOperator,
					 InvalidOid, (Expr *) makeBoolConst(value, false), false);
}

/*
 * Is the other arm the same test on the same column, with other values?
 * Values of several types may stand together where request.c turns them into
 * integers or days anyway; strings are compared by the operator itself.
 */
static bool
arms_agree(QualContext *cxt, const IntentCond *a, const IntentCond *b)
{
	Oid			type = table_column(cxt->table, a->attno)->basetype;

	return a->attno == b->attno && a->op == INTENT_OP_EQ &&
		b->op == INTENT_OP_EQ && a->collation == b->collation &&
		a->nguards == 0 && b->nguards == 0 &&
		(a->opno == b->opno || !(is_string_type(type) || is_citext(type)));
}

static void
add_arm(IntentCond *cond, const IntentCond *arm)
{
	int			i = -1;

	while ((i = bms_next_member(arm->arrays, i)) >= 0)
		cond->arrays = bms_add_member(cond->arrays, cond->nvalues + i);
	cond->exprs = list_concat(cond->exprs, arm->exprs);
	cond->nvalues += arm->nvalues;
	cond->origin = Max(cond->origin, arm->origin);
}

/* Arms on one column join their values; arms without columns are guards. */
static IntentCond *
classify_or(QualContext *cxt, BoolExpr *expr)
{
	IntentCond *cond = NULL;
	List	   *guards = NIL;
	ListCell   *lc;

	foreach(lc, expr->args)
	{
		Expr	   *arm = lfirst(lc);
		IntentCond *other;

		if (is_value(cxt, (Node *) arm))
		{
			guards = lappend(guards, arm);
			continue;
		}
		other = classify(cxt, arm);
		if (!other || (cond && !arms_agree(cxt, cond, other)))
			return NULL;
		if (cond)
			add_arm(cond, other);
		else
			cond = other;
	}
	if (!cond || (guards != NIL && cond->nguards > 0))
		return NULL;
	cond->exprs = list_concat(cond->exprs, guards);
	cond->nguards += list_length(guards);
	cond->origin = Max(cond->origin, origin_of(cxt, (Node *) guards));
	return cond;
}

static IntentCond *
classify_bool_expr(QualContext *cxt, BoolExpr *expr)
{
	switch (expr->boolop)
	{
		case OR_EXPR:
			return classify_or(cxt, expr);
		case NOT_EXPR:
			return classify_boolean(cxt, linitial(expr->args), false);
		default:
			return NULL;
	}
}

static IntentCond *
classify_boolean_test(QualContext *cxt, BooleanTest *test)
{
	switch (test->booltesttype)
	{
		case IS_TRUE:
			return classify_boolean(cxt, test->arg, true);
		case IS_FALSE:
			return classify_boolean(cxt, test->arg, false);
		default:
			return NULL;
	}
}

static IntentCond *
classify(QualContext *cxt, Expr *clause)
{
	check_stack_depth();
	switch (nodeTag(clause))
	{
		case T_OpExpr:
			return classify_op(cxt, (OpExpr *) clause);
		case T_ScalarArrayOpExpr:
			return classify_any(cxt, (ScalarArrayOpExpr *) clause);
		case T_BoolExpr:
			return classify_bool_expr(cxt, (BoolExpr *) clause);
		case T_BooleanTest:
			return classify_boolean_test(cxt, (BooleanTest *) clause);
		default:
			return classify_boolean(cxt, clause, true);
	}
}

/* Of a capped resource's conditions those of joined rows are only checked. */
static bool
may_define(const IntentTable *table, const IntentCond *cond)
{
	return !table->resource->capped || cond->origin == INTENT_FROM_STATEMENT ||
		column_filter(table, table_column(table, cond->attno))->input_group > 0;
}

/*
 * The condition that a clause is, or NULL when it can only be checked here.
 *
 * Vars of other relations count as values: the caller sees to it that the
 * path supplies them.  palloc'd in the current context; raises nothing.
 */
IntentCond *
qual_classify(PlannerInfo *root, const IntentTable *table, Index relid,
			  Expr *clause)
{
	QualContext cxt = {root, table, relid};
	IntentCond *cond = classify(&cxt, clause);

	if (!cond || !may_define(table, cond))
		return NULL;
	cond->clause = clause;
	return cond;
}

typedef struct MentionContext
{
	const IntentTable *table;
	Index		relid;
	IntentFilterKind kind;
} MentionContext;

static bool
mention_walker(Node *node, MentionContext *cxt)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
	{
		Var		   *var = (Var *) node;
		const IntentFilter *filter;

		if (var->varno != cxt->relid || var->varlevelsup != 0 ||
			var->varattno <= 0)
			return false;
		filter = column_filter(cxt->table,
							   table_column(cxt->table, var->varattno));
		return filter && filter->kind == cxt->kind;
	}
	return expression_tree_walker(node, mention_walker, cxt);
}

/* Does the clause read a column of this table with a filter of that kind? */
bool
qual_mentions(Node *clause, Index relid, const IntentTable *table,
			  IntentFilterKind kind)
{
	MentionContext cxt = {table, relid, kind};

	return mention_walker(clause, &cxt);
}

/* Positions in a packed condition; the array positions follow. */
enum
{
	PACKED_ATTNO,
	PACKED_OP,
	PACKED_OPNO,
	PACKED_COLLATION,
	PACKED_NOCASE,
	PACKED_CONTAINS,
	PACKED_EXACT,
	PACKED_ORIGIN,
	PACKED_NVALUES,
	PACKED_NGUARDS,
	PACKED_ARRAYS,
};

/*
 * What the executor needs of a condition besides its expressions, as a list
 * of integers that a plan can hold.
 */
List *
qual_pack(const IntentCond *cond)
{
	List	   *packed = NIL;
	int			i = -1;

	packed = lappend_int(packed, cond->attno);
	packed = lappend_int(packed, cond->op);
	packed = lappend_int(packed, (int) cond->opno);
	packed = lappend_int(packed, (int) cond->collation);
	packed = lappend_int(packed, cond->nocase);
	packed = lappend_int(packed, cond->contains);
	packed = lappend_int(packed, cond->exact);
	packed = lappend_int(packed, cond->origin);
	packed = lappend_int(packed, cond->nvalues);
	packed = lappend_int(packed, cond->nguards);
	while ((i = bms_next_member(cond->arrays, i)) >= 0)
		packed = lappend_int(packed, i);
	return packed;
}

/* The reverse; expressions and clause are left for the caller to fill in. */
IntentCond *
qual_unpack(List *packed)
{
	IntentCond *cond = palloc0(sizeof(IntentCond));
	ListCell   *lc;

	cond->attno = list_nth_int(packed, PACKED_ATTNO);
	cond->op = list_nth_int(packed, PACKED_OP);
	cond->opno = (Oid) list_nth_int(packed, PACKED_OPNO);
	cond->collation = (Oid) list_nth_int(packed, PACKED_COLLATION);
	cond->nocase = list_nth_int(packed, PACKED_NOCASE);
	cond->contains = list_nth_int(packed, PACKED_CONTAINS);
	cond->exact = list_nth_int(packed, PACKED_EXACT);
	cond->origin = list_nth_int(packed, PACKED_ORIGIN);
	cond->nvalues = list_nth_int(packed, PACKED_NVALUES);
	cond->nguards = list_nth_int(packed, PACKED_NGUARDS);
	for_each_from(lc, packed, PACKED_ARRAYS)
		cond->arrays = bms_add_member(cond->arrays, lfirst_int(lc));
	return cond;
}
