/*
 * request_topics.c
 *		Which topics a request asks for.
 *
 * Part of request.c.  With several topics in one request a person comes once,
 * under the strongest of them, so which topics are asked changes the rows: it
 * is decided by rules that do not depend on the plan (DESIGN 2.2).
 */
#include "request_private.h"

/* Stands for conditions of any origin. */
#define ANY_ORIGIN (-1)

static bool
is_topic_input(const Builder *b, int i, int f, int origin)
{
	return concerns(b, i, f) &&
		(origin == ANY_ORIGIN || b->inputs[i].cond->origin == origin);
}

/*
 * Intersection of the topic conditions whose values are of that origin; false
 * when there are none.
 */
static bool
intersect_topics(Builder *b, int f, int origin, IntentField *result)
{
	memset(result, 0, sizeof(IntentField));
	for (int i = 0; i < b->ninputs; i++)
	{
		const IntentCond *cond = b->inputs[i].cond;
		Digest	   *digest = &b->digests[i];

		if (!is_topic_input(b, i, f, origin))
			continue;
		if (!result->set || result->values[0].symbolic)
			set_field(result, cond, digest);
		else if (!digest->values[0].symbolic)
			result->nvalues = intersect_values(result->values, result->nvalues,
											   digest->values, digest->nvalues,
											   compare_integers);
		if (result->nvalues == 0)
		{
			b->request->never = true;
			return true;
		}
	}
	return result->set;
}

static void
fixed_topics(Builder *b, IntentField *field)
{
	memset(field, 0, sizeof(IntentField));
	field->set = b->options->ntopic_ids > 0;
	field->exact = true;
	field->nvalues = b->options->ntopic_ids;
	field->values = palloc0(sizeof(IntentScalar) * Max(field->nvalues, 1));
	for (int i = 0; i < field->nvalues; i++)
		field->values[i].integer = b->options->topic_ids[i];
}

/* Conditions whose topics were asked for count as sent. */
static void
mark_topics(Builder *b, int f, int origin)
{
	for (int i = 0; i < b->ninputs; i++)
	{
		if (is_topic_input(b, i, f, origin))
			b->request->sent[i] = INTENT_SENT_EXACT;
	}
}

/*
 * Mode any: the topics decide who is whose strongest, so they are asked as
 * the table fixes them, else as the conditions of the statement have them,
 * else as a row of an outer query has them, else as the joined rows have
 * them.  Each of these is the same in every plan: a path that leaves out a
 * joined row's topics lacks an input (plan.c).
 */
static void
choose_topics_any(Builder *b, int f, const IntentField *fixed)
{
	IntentField *field = &b->request->fields[f];

	if (fixed->set)
	{
		*field = *fixed;
		return;
	}
	for (int origin = 0; origin < INTENT_ORIGINS; origin++)
	{
		if (intersect_topics(b, f, origin, field))
		{
			mark_topics(b, f, origin);
			return;
		}
	}
}

/* Mode each: topics are asked for one by one, so all conditions narrow. */
static void
choose_topics_each(Builder *b, int f, const IntentField *fixed)
{
	IntentField *field = &b->request->fields[f];

	if (!intersect_topics(b, f, ANY_ORIGIN, field))
		*field = *fixed;
	else if (fixed->set && !field->values[0].symbolic)
		field->nvalues = intersect_values(field->values, field->nvalues,
										  fixed->values, fixed->nvalues,
										  compare_integers);
	mark_topics(b, f, ANY_ORIGIN);
	field->fan = field->nvalues > 1 || is_keyed(b, f);
}

/* An unknown value may be a list, unless it is a plain topic_id = x. */
static bool
may_be_several(Builder *b, int f)
{
	for (int i = 0; i < b->ninputs; i++)
	{
		const IntentCond *cond = b->inputs[i].cond;

		if (concerns(b, i, f) && b->inputs[i].symbol &&
			(cond->nvalues > 1 || cond->arrays != NULL))
			return true;
	}
	return false;
}

/* topic_id = 1 AND topic_id = 2 has no rows, whichever topics are asked */
static void
check_topics_overlap(Builder *b, int f, const IntentField *fixed)
{
	IntentField all;

	if (!intersect_topics(b, f, ANY_ORIGIN, &all) || b->request->never)
		return;
	if (fixed->set && !all.values[0].symbolic &&
		intersect_values(all.values, all.nvalues, fixed->values,
						 fixed->nvalues, compare_integers) == 0)
		b->request->never = true;
}

/* The topics to ask for, and whether they are several in one request. */
void
gather_topics(Builder *b, int f)
{
	IntentField *field = &b->request->fields[f];
	IntentField fixed;
	int			most = b->options->max_topics;

	fixed_topics(b, &fixed);
	check_topics_overlap(b, f, &fixed);
	if (b->audience || b->request->never)
		return;
	if (b->options->topic_mode == INTENT_TOPICS_EACH)
	{
		choose_topics_each(b, f, &fixed);
		return;
	}
	choose_topics_any(b, f, &fixed);
	field->fan = is_keyed(b, f);
	if (field->fan)
		return;
	b->request->several_topics = field->nvalues > 1 || may_be_several(b, f);
	if (field->nvalues > most)
		set_problem(b, ERRCODE_PROGRAM_LIMIT_EXCEEDED,
					psprintf("%d topics are more than one request can take",
							 field->nvalues),
					psprintf("At most %d topics can be asked for at once, so that each person comes once, under the strongest of them.",
							 most),
					"Set the table option \"topic_mode\" to \"each\" to get one row for each person and topic, any number of topics.");
}
