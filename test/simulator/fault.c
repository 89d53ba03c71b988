/*
 * fault.c: the list of faults, see fault.h.  The first one that matches a
 * request and is not used up is that request's fault.
 */
#include "fault.h"

#include <pthread.h>
#include <stdlib.h>

typedef struct Fault
{
	const json_t *match;
	json_t	   *what;
	int			times;			/* left; negative: for ever */
} Fault;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static json_t *loaded;
static Fault *list;
static size_t list_length;

static const char *const fault_keys[] = {
	"status", "retry_after", "body", "content_type", "shape", "message", "code",
	"cut_body", "close", "stall", "slow_body", "json", "member", "row",
	"cursor", "data_date", "cache_key", "total", "row_patch", "duplicate_row",
	"drop_row", "oversize", "gzip_bomb", "redirect", "endless_202", "header",
	"latency_ms", "lose_reply", NULL
};

static const char *const match_keys[] = {
	"page", "request", "from", "every", "at", "contains", "path", "method", NULL
};

static const char *const entry_keys[] = {"match", "times", "fault", NULL};

static bool
known_keys(const json_t *object, const char *const *names, Buf *error)
{
	const char *key;
	json_t	   *value;

	if (!json_is_object(object))
	{
		buf_str(error, "a fault, its match and its fault must be objects");
		return false;
	}
	json_object_foreach((json_t *) object, key, value)
	{
		int			i = 0;

		while (names[i] && strcmp(names[i], key) != 0)
			i++;
		if (names[i] == NULL)
		{
			buf_printf(error, "unknown key \"%s\" in faults", key);
			return false;
		}
	}
	return true;
}

bool
faults_check(const json_t *faults, Buf *error)
{
	size_t		i;
	json_t	   *entry;

	if (!json_is_array(faults))
		buf_str(error, "faults must be an array");
	json_array_foreach(faults, i, entry)
	{
		const json_t *match = json_object_get(entry, "match");

		if (!known_keys(entry, entry_keys, error) ||
			(match && !known_keys(match, match_keys, error)) ||
			!known_keys(json_object_get(entry, "fault"), fault_keys, error))
			return false;
	}
	return error->len == 0;
}

/* Once, but faults that only make sense repeated are there for ever. */
static int
default_times(const json_t *what)
{
	const char *cursor = json_string_value(json_object_get(what, "cursor"));

	if (json_is_true(json_object_get(what, "endless_202")) || (cursor && strcmp(cursor, "missing") != 0))
		return -1;
	return 1;
}

void
faults_load(const json_t *faults)
{
	size_t		i;
	json_t	   *entry;

	pthread_mutex_lock(&lock);
	json_decref(loaded);
	loaded = json_deep_copy(faults);
	list_length = json_array_size(loaded);
	list = xrealloc(list, (list_length + 1) * sizeof(Fault));
	json_array_foreach(loaded, i, entry)
	{
		const json_t *times = json_object_get(entry, "times");

		list[i].match = json_object_get(entry, "match");
		list[i].what = json_object_get(entry, "fault");
		list[i].times = times ? (int) json_integer_value(times) : default_times(list[i].what);
	}
	pthread_mutex_unlock(&lock);
}

static bool
integer_matches(const json_t *match, const char *name, uint64_t actual)
{
	const json_t *wanted = json_object_get(match, name);

	return !wanted || (uint64_t) json_integer_value(wanted) == actual;
}

/* Is it each "every"th request, counted from "at", and none before "from"? */
static bool
turn_matches(const json_t *match, uint64_t request)
{
	json_int_t	every = json_integer_value(json_object_get(match, "every"));
	json_int_t	at = json_integer_value(json_object_get(match, "at"));

	if (request < (uint64_t) json_integer_value(json_object_get(match, "from")))
		return false;
	return every <= 0 || request % (uint64_t) every == (uint64_t) at % (uint64_t) every;
}

static bool
matches(const json_t *match, const FaultRequest *r)
{
	const char *contains = json_string_value(json_object_get(match, "contains"));
	const char *path = json_string_value(json_object_get(match, "path"));
	const char *method = json_string_value(json_object_get(match, "method"));

	return integer_matches(match, "page", (uint64_t) r->page) &&
		integer_matches(match, "request", r->request) &&
		turn_matches(match, r->request) &&
		(!contains || strstr(r->body, contains)) &&
		(!method || strcmp(r->method, method) == 0) &&
		(!path || strncmp(r->path, path, strlen(path)) == 0);
}

json_t *
fault_take(const FaultRequest *r)
{
	json_t	   *found = NULL;

	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < list_length && !found; i++)
	{
		if (list[i].times == 0 || !matches(list[i].match, r))
			continue;
		if (list[i].times > 0)
			list[i].times--;
		found = json_incref(list[i].what);
	}
	pthread_mutex_unlock(&lock);
	return found;
}
