/*
 * config.c: the simulator's settings, see config.h.
 *
 * default_text has every key with its default; the table keys says what each
 * may be and where it goes.  Unknown keys are refused: a test with a typing
 * error must not pass.
 */
#include "config.h"

#include <ctype.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>

#include "fault.h"
#include "page_faults.h"
#include "query.h"

static const char default_text[] =
"{\"api_key\":\"sk_test_simulator\",\"bearer_token\":\"bt_test_simulator\","
"\"rows\":\"seed\",\"match\":\"exact\",\"fractional\":false,\"shuffle\":false,"
"\"null_topic_every\":0,\"drop_member\":null,\"extra_member\":null,"
"\"null_date\":false,\"null_total\":false,\"catalogue_meta\":\"live\","
"\"dates\":[\"2026-11-20\",\"2026-11-21\",\"2026-11-22\"],"
"\"advance_after\":null,\"on_new_run\":\"keep\","
"\"materialize_calls\":0,\"materialize_as_200\":false,"
"\"latency_ms\":0,\"slow_body\":null,\"stall_body_ms\":0,\"gzip\":true,"
"\"log_limit\":100000,\"audiences\":{\"11111111-2222-4333-8444-555555555555\":"
"{\"topicIds\":[117801,102391],\"minScore\":50,\"maxScore\":100,"
"\"minTopicOverlap\":1,\"filters\":{\"hasBusinessEmail\":true}}},"
"\"saved\":{},\"slots\":1000,\"faults\":[]}";

typedef bool (*KeyReader) (SimConfig *c, const json_t *value, Buf *error);

typedef enum KeyKind
{
	KEY_BOOL,
	KEY_COUNT,					/* integer, 0 or more */
	KEY_TEXT,					/* string or null */
	KEY_CHOICE,					/* one of words; stored as int or bool */
	KEY_CUSTOM
} KeyKind;

typedef struct Key
{
	const char *name;
	KeyKind		kind;
	size_t		offset;
	const char *words[3];
	KeyReader	read;
} Key;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static SimConfig *current;
static json_t *initial;

bool
is_date(const char *text)
{
	static const char pattern[] = "dddd-dd-dd";

	if (text == NULL || strlen(text) != DATE_LEN)
		return false;
	for (int i = 0; i < DATE_LEN; i++)
		if (pattern[i] == 'd' ? !isdigit((unsigned char) text[i]) : text[i] != '-')
			return false;
	return true;
}

static bool
read_dates(SimConfig *c, const json_t *value, Buf *error)
{
	size_t		i;
	json_t	   *item;

	if (json_array_size(value) < 1 || json_array_size(value) > DATES_MAX)
		goto refuse;
	json_array_foreach(value, i, item)
	{
		if (!is_date(json_string_value(item)))
			goto refuse;
		memcpy(c->dates[c->date_count++], json_string_value(item), DATE_LEN);
	}
	return true;
refuse:
	buf_printf(error, "dates must be an array of 1 to %d dates", DATES_MAX);
	return false;
}

static bool
read_advance(SimConfig *c, const json_t *value, Buf *error)
{
	const json_t *requests = json_object_get(value, "requests");

	c->advance_requests = -1;
	if (json_is_null(value))
		return true;
	c->advance_date = json_string_value(json_object_get(value, "date"));
	if (json_is_integer(requests) && json_integer_value(requests) >= 0 && is_date(c->advance_date))
	{
		c->advance_requests = (int) json_integer_value(requests);
		return true;
	}
	buf_str(error, "advance_after must be {\"requests\": n, \"date\": \"YYYY-MM-DD\"} or null");
	return false;
}

static bool
read_slow_body(SimConfig *c, const json_t *value, Buf *error)
{
	const json_t *speed = json_object_get(value, "bytes_per_second");

	if (json_is_null(value))
		return true;
	c->slow_body = (int) json_integer_value(speed);
	if (c->slow_body > 0)
		return true;
	buf_str(error, "slow_body must be {\"bytes_per_second\": n} or null");
	return false;
}

/*
 * {"name": n, "after_page": k} or {"name": n, "only_after_page": k}: pages
 * after k lack a dropped member, or are the only ones that have it.
 */
static bool
read_page_member(const json_t *value, PageMember *m)
{
	const json_t *after = json_object_get(value, "after_page");
	const json_t *only = json_object_get(value, "only_after_page");

	m->name = json_string_value(json_object_get(value, "name"));
	m->first_page = only ? (int) json_integer_value(only) + 1 : 1;
	m->last_page = only ? INT_MAX : (int) json_integer_value(after);
	return m->name != NULL && (!after || json_is_integer(after)) && (!only || json_is_integer(only));
}

static bool
read_drop_member(SimConfig *c, const json_t *value, Buf *error)
{
	if (json_is_null(value) || read_page_member(value, &c->drop_member))
		return true;
	buf_str(error, "drop_member must be {\"name\": text, \"after_page\" or \"only_after_page\": n} or null");
	return false;
}

/* An extra member is on all pages unless only_after_page says otherwise. */
static bool
read_extra_member(SimConfig *c, const json_t *value, Buf *error)
{
	const json_t *what = json_object_get(value, "value");

	if (json_is_null(value))
		return true;
	if (read_page_member(value, &c->extra_member) && what != NULL)
	{
		if (json_object_get(value, "after_page"))
			c->extra_member.first_page = c->extra_member.last_page + 1;
		c->extra_member.last_page = INT_MAX;
		c->extra_member.value = json_dumps(what, JSON_COMPACT | JSON_ENCODE_ANY);
		return true;
	}
	buf_str(error, "extra_member must be {\"name\": text, \"value\": any} or null");
	return false;
}

static bool
read_audiences(SimConfig *c, const json_t *value, Buf *error)
{
	const char *id;
	json_t	   *audience;
	Query		q;

	if (!json_is_object(value))
		buf_str(error, "audiences must be an object");
	json_object_foreach((json_t *) value, id, audience)
		if (error->len == 0 && !query_apply_audience(audience, &q, error))
		break;
	c->audiences = value;
	return error->len == 0;
}

/* What is known of audiences beside their config; saved.c fills it. */
static bool
read_saved(SimConfig *c, const json_t *value, Buf *error)
{
	if (!json_is_object(value))
		buf_str(error, "saved must be an object");
	c->saved = value;
	return error->len == 0;
}

static bool
read_faults(SimConfig *c, const json_t *value, Buf *error)
{
	size_t		i;
	json_t	   *entry;

	c->faults = value;
	if (!faults_check(value, error))
		return false;
	json_array_foreach(value, i, entry)
		if (!page_faults_check(json_object_get(entry, "fault"), error))
		return false;
	return true;
}

#define AT(member) offsetof(SimConfig, member)

static const Key keys[] = {
	{"api_key", KEY_TEXT, AT(api_key), {0}, NULL},
	{"bearer_token", KEY_TEXT, AT(bearer_token), {0}, NULL},
	{"rows", KEY_CHOICE, AT(live), {"seed", "live"}, NULL},
	{"match", KEY_CHOICE, AT(wide), {"exact", "wide"}, NULL},
	{"fractional", KEY_BOOL, AT(fractional), {0}, NULL},
	{"shuffle", KEY_BOOL, AT(shuffle), {0}, NULL},
	{"null_topic_every", KEY_COUNT, AT(null_topic_every), {0}, NULL},
	{"drop_member", KEY_CUSTOM, 0, {0}, read_drop_member},
	{"extra_member", KEY_CUSTOM, 0, {0}, read_extra_member},
	{"null_date", KEY_BOOL, AT(null_date), {0}, NULL},
	{"null_total", KEY_BOOL, AT(null_total), {0}, NULL},
	{"catalogue_meta", KEY_CHOICE, AT(catalogue_openapi), {"live", "openapi"}, NULL},
	{"dates", KEY_CUSTOM, 0, {0}, read_dates},
	{"advance_after", KEY_CUSTOM, 0, {0}, read_advance},
	{"on_new_run", KEY_CHOICE, AT(on_new_run), {"keep", "switch", "expire"}, NULL},
	{"materialize_calls", KEY_COUNT, AT(materialize_calls), {0}, NULL},
	{"materialize_as_200", KEY_BOOL, AT(materialize_as_200), {0}, NULL},
	{"latency_ms", KEY_COUNT, AT(latency_ms), {0}, NULL},
	{"slow_body", KEY_CUSTOM, 0, {0}, read_slow_body},
	{"stall_body_ms", KEY_COUNT, AT(stall_body_ms), {0}, NULL},
	{"gzip", KEY_BOOL, AT(gzip), {0}, NULL},
	{"log_limit", KEY_COUNT, AT(log_limit), {0}, NULL},
	{"audiences", KEY_CUSTOM, 0, {0}, read_audiences},
	{"saved", KEY_CUSTOM, 0, {0}, read_saved},
	{"slots", KEY_COUNT, AT(slots), {0}, NULL},
	{"faults", KEY_CUSTOM, 0, {0}, read_faults},
	{0}
};

static const Key *
find_key(const char *name)
{
	for (const Key *k = keys; k->name; k++)
		if (strcmp(k->name, name) == 0)
			return k;
	return NULL;
}

static bool
read_choice(const Key *k, void *target, const json_t *value)
{
	const char *text = json_string_value(value);

	for (int i = 0; i < 3 && text && k->words[i]; i++)
	{
		if (strcmp(text, k->words[i]) != 0)
			continue;
		if (k->words[2])
			*(int *) target = i;
		else
			*(bool *) target = i == 1;
		return true;
	}
	return false;
}

static bool
read_plain(const Key *k, void *target, const json_t *value)
{
	switch (k->kind)
	{
		case KEY_BOOL:
			*(bool *) target = json_is_true(value);
			return json_is_boolean(value);
		case KEY_COUNT:
			*(int *) target = (int) json_integer_value(value);
			return json_is_integer(value) && json_integer_value(value) >= 0 &&
				json_integer_value(value) <= INT_MAX;
		case KEY_TEXT:
			*(const char **) target = json_string_value(value);
			return json_is_string(value) || json_is_null(value);
		default:
			return read_choice(k, target, value);
	}
}

static bool
read_key(SimConfig *c, const char *name, const json_t *value, Buf *error)
{
	const Key  *k = find_key(name);

	if (k == NULL)
	{
		buf_printf(error, "unknown config key \"%s\"", name);
		return false;
	}
	if (k->kind == KEY_CUSTOM)
		return k->read(c, value, error);
	if (read_plain(k, (char *) c + k->offset, value))
		return true;
	buf_printf(error, "bad value for config key \"%s\"", name);
	return false;
}

static void
config_free(SimConfig *c)
{
	free(c->extra_member.value);
	json_decref(c->json);
	free(c);
}

/* Takes json over; NULL with a message if it is no config. */
static SimConfig *
config_parse(json_t *json, Buf *error)
{
	SimConfig  *c = xcalloc(1, sizeof(*c));
	const char *name;
	json_t	   *value;

	c->refs = 1;
	c->json = json;
	json_object_foreach(json, name, value)
		if (!read_key(c, name, value, error))
	{
		config_free(c);
		return NULL;
	}
	return c;
}

static void
config_swap(SimConfig *c)
{
	SimConfig  *old;

	pthread_mutex_lock(&lock);
	old = current;
	current = c;
	pthread_mutex_unlock(&lock);
	if (old)
		config_release(old);
}

SimConfig *
config_acquire(void)
{
	SimConfig  *c;

	pthread_mutex_lock(&lock);
	c = current;
	c->refs++;
	pthread_mutex_unlock(&lock);
	return c;
}

void
config_release(SimConfig *c)
{
	bool		last;

	pthread_mutex_lock(&lock);
	last = --c->refs == 0;
	pthread_mutex_unlock(&lock);
	if (last)
		config_free(c);
}

/* base with update over it; keys that update has as null are the initial ones. */
static json_t *
merge(const json_t *base, const json_t *update)
{
	json_t	   *merged = json_deep_copy(base);
	const char *name;
	json_t	   *value;

	json_object_foreach((json_t *) update, name, value)
	{
		json_t	   *back = initial ? json_object_get(initial, name) : NULL;

		if (json_is_null(value) && back)
			json_object_set_new(merged, name, json_deep_copy(back));
		else
			json_object_set_new(merged, name, json_deep_copy(value));
	}
	return merged;
}

bool
config_init(const char *text, Buf *error)
{
	json_t	   *defaults = json_loads(default_text, 0, NULL);
	json_t	   *given = json_loads(text ? text : "{}", JSON_REJECT_DUPLICATES, NULL);
	SimConfig  *c = NULL;

	if (!json_is_object(given))
		buf_str(error, "--config must be a JSON object");
	else
		c = config_parse(merge(defaults, given), error);
	json_decref(defaults);
	json_decref(given);
	if (c == NULL)
		return false;
	initial = json_deep_copy(c->json);
	config_swap(c);
	return true;
}

bool
config_update(const json_t *update, Buf *error)
{
	SimConfig  *base = config_acquire();
	SimConfig  *c = config_parse(merge(base->json, update), error);

	config_release(base);
	if (c != NULL)
		config_swap(c);
	return c != NULL;
}

void
config_reset(void)
{
	Buf			error = {0};

	config_swap(config_parse(json_deep_copy(initial), &error));
}
