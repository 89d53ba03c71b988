/*
 * query.c: validation of a query's body, see query.h.
 *
 * Stricter than the document where it is silent and a client has no reason to
 * go: unknown members, empty filter arrays and empty filter strings are 400.
 */
#include "query.h"

#include <ctype.h>
#include <stdlib.h>

#include "hash.h"

typedef struct Field
{
	const char *name;
	bool		(*check) (const json_t *value, int low, int high);
	int			low;
	int			high;
	const char *rule;			/* what the error message asks for */
	bool		of_audience;	/* part of a saved audience's config too */
} Field;

static bool
check_integer(const json_t *value, int low, int high)
{
	return json_is_integer(value) && json_integer_value(value) >= low &&
		json_integer_value(value) <= high;
}

static bool
check_topics(const json_t *value, int low, int high)
{
	size_t		i;
	json_t	   *item;

	if (!json_is_array(value) || json_array_size(value) < (size_t) low ||
		json_array_size(value) > (size_t) high)
		return false;
	json_array_foreach(value, i, item)
		if (!json_is_integer(item))
		return false;
	return true;
}

/* A string whose characters are as in pattern: x hex digit, d digit. */
static bool
has_pattern(const json_t *value, const char *pattern)
{
	const char *s = json_string_value(value);

	if (s == NULL || json_string_length(value) != strlen(pattern))
		return false;
	for (size_t i = 0; pattern[i]; i++)
	{
		unsigned char c = (unsigned char) s[i];

		if (pattern[i] == 'x' ? !isxdigit(c) : pattern[i] == 'd' ? !isdigit(c) : c != pattern[i])
			return false;
	}
	return true;
}

static bool
check_uuid(const json_t *value, int low, int high)
{
	(void) low;
	(void) high;
	return has_pattern(value, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
}

static bool
check_date(const json_t *value, int low, int high)
{
	(void) low;
	(void) high;
	return has_pattern(value, "dddd-dd-dd");
}

static bool
check_object(const json_t *value, int low, int high)
{
	(void) low;
	(void) high;
	return json_is_object(value);
}

static bool
check_cursor(const json_t *value, int low, int high)
{
	(void) low;
	(void) high;
	return json_is_string(value) || json_is_null(value);
}

static const Field fields[] = {
	{"audienceId", check_uuid, 0, 0, "a uuid", false},
	{"topicIds", check_topics, 1, QUERY_TOPICS_MAX, "an array of 1 to 10 integers", true},
	{"minScore", check_integer, 1, 100, "an integer from 1 to 100", true},
	{"maxScore", check_integer, 1, 100, "an integer from 1 to 100", true},
	{"minTopicOverlap", check_integer, 1, 10, "an integer from 1 to 10", true},
	{"filters", check_object, 0, 0, "an object", true},
	{"date", check_date, 0, 0, "a date as YYYY-MM-DD", false},
	{"limit", check_integer, 1, 100, "an integer from 1 to 100", false},
	{"cursor", check_cursor, 0, 0, "a string or null", false},
	{0}
};

static const Field *
find_field(const char *name)
{
	for (const Field *f = fields; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

static bool
check_members(const json_t *body, bool audience, Buf *error)
{
	const char *name;
	json_t	   *value;

	json_object_foreach((json_t *) body, name, value)
	{
		const Field *f = find_field(name);

		if (audience && strcmp(name, "sourceUrl") == 0 && json_is_string(value))
			continue;
		if (f == NULL || (audience && !f->of_audience))
		{
			buf_printf(error, "unrecognized key: %s", name);
			return false;
		}
		if (!f->check(value, f->low, f->high))
		{
			buf_printf(error, "%s must be %s", name, f->rule);
			return false;
		}
	}
	return filters_check(json_object_get(body, "filters"), error);
}

static int
integer_or(const json_t *body, const char *name, int otherwise)
{
	const json_t *value = json_object_get(body, name);

	return value ? (int) json_integer_value(value) : otherwise;
}

static int
ascending(const void *a, const void *b)
{
	return *(const int *) a - *(const int *) b;
}

/* Unknown topics have no people; one named twice counts once. */
static void
read_topics(const json_t *ids, Query *q)
{
	size_t		i;
	json_t	   *id;
	int			n = 0;

	q->topic_count = 0;
	json_array_foreach(ids, i, id)
	{
		int			topic = topic_index(json_integer_value(id));

		if (topic >= 0)
			q->topics[n++] = topic;
	}
	qsort(q->topics, (size_t) n, sizeof(int), ascending);
	for (int k = 0; k < n; k++)
		if (k == 0 || q->topics[k] != q->topics[k - 1])
			q->topics[q->topic_count++] = q->topics[k];
}

/* minScore's default is the server's own, 70: clients fall into that trap. */
static void
read_conditions(const json_t *body, Query *q)
{
	read_topics(json_object_get(body, "topicIds"), q);
	q->min_score = integer_or(body, "minScore", 70);
	q->max_score = integer_or(body, "maxScore", 100);
	q->min_overlap = integer_or(body, "minTopicOverlap", 1);
	q->filters = json_object_get(body, "filters");
}

static uint64_t
hash_json(const json_t *value)
{
	char	   *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
	uint64_t	h = text ? hash_bytes(text, strlen(text), 3) : 0;

	free(text);
	return h;
}

static void
read_hashes(const json_t *body, Query *q)
{
	json_t	   *copy = json_copy((json_t *) body);

	json_object_del(copy, "cursor");
	q->chain_hash = hash_json(copy);
	json_object_del(copy, "limit");
	json_object_del(copy, "date");
	q->result_hash = hash_json(copy);
	json_decref(copy);
}

bool
query_parse(const json_t *body, Query *q, Buf *error)
{
	if (!check_members(body, false, error))
		return false;
	if (!json_object_get(body, "topicIds") && !json_object_get(body, "audienceId"))
	{
		buf_str(error, "topicIds is required unless audienceId is provided");
		return false;
	}
	read_conditions(body, q);
	q->limit = integer_or(body, "limit", 50);
	q->date = json_string_value(json_object_get(body, "date"));
	q->cursor = json_string_value(json_object_get(body, "cursor"));
	q->audience_id = json_string_value(json_object_get(body, "audienceId"));
	read_hashes(body, q);
	return true;
}

bool
query_apply_audience(const json_t *config, Query *q, Buf *error)
{
	if (!check_members(config, true, error))
		return false;
	if (!json_object_get(config, "topicIds"))
	{
		buf_str(error, "topicIds is required");
		return false;
	}
	read_conditions(config, q);
	q->result_hash = hash_json(config);
	return true;
}
