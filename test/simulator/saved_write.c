/*
 * saved_write.c: saved audiences made, changed and deleted, see saved.h.
 *
 * The list is the config's: "audiences" has what an audience asks for, "saved"
 * its name, status and times. A change makes a new config, as PUT /_sim/config
 * does. What was deleted stays in "saved" as false, so that no id comes again.
 */
#include "saved.h"

#include <pthread.h>
#include <stdio.h>

#include "arguments.h"
#include "query.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const Argument no_arguments[] = {{0}};

/* Members that a request may have. */
#define MAY_NAME 1
#define MAY_CONFIG 2
#define MAY_STATUS 4

static size_t
characters(const char *text)
{
	size_t		n = 0;

	for (; *text; text++)
		n += ((unsigned char) *text & 0xC0) != 0x80;
	return n;
}

static void
check_name(const json_t *value, Buf *error)
{
	const char *name = json_string_value(value);

	if (!name || characters(name) < 1 || characters(name) > 255)
		buf_str(error, "name must be a string of 1 to 255 characters");
}

static void
check_status(const json_t *value, Buf *error)
{
	const char *status = json_string_value(value);

	if (!status || (strcmp(status, "draft") != 0 && strcmp(status, "active") != 0 &&
					strcmp(status, "paused") != 0))
		buf_str(error, "status must be draft, active or paused");
}

static void
check_config(const json_t *value, Buf *error)
{
	Query		q;

	if (!json_is_object(value))
		buf_str(error, "config must be an object");
	else
		query_apply_audience(value, &q, error);
}

/* False with a 400 in the reply if the body is not as it must be. */
static bool
check_body(Exchange *x, int may)
{
	Buf			error = {0};
	const char *name;
	json_t	   *value;
	bool		good;

	if (!json_is_object(x->json))
		buf_str(&error, "request body must be a JSON object");
	json_object_foreach(x->json, name, value)
	{
		if (error.len > 0)
			break;
		if ((may & MAY_NAME) && strcmp(name, "name") == 0)
			check_name(value, &error);
		else if ((may & MAY_CONFIG) && strcmp(name, "config") == 0)
			check_config(value, &error);
		else if ((may & MAY_STATUS) && strcmp(name, "status") == 0)
			check_status(value, &error);
		else
			buf_printf(&error, "unrecognized key: %s", name);
	}
	good = error.len == 0;
	if (!good)
		reply_error(&x->reply, 400, error.data);
	buf_free(&error);
	return good;
}

static int
count_active(const SimConfig *c)
{
	const char *id;
	json_t	   *config;
	int			n = 0;

	json_object_foreach((json_t *) c->audiences, id, config)
		n += strcmp(saved_status_of(c, id), "active") == 0;
	return n;
}

/* False with a 403 in the reply if the audience cannot become active. */
static bool
has_slot(Exchange *x, const SimConfig *c, const char *id)
{
	const char *wanted = json_string_value(json_object_get(x->json, "status"));

	if (!wanted || strcmp(wanted, "active") != 0 ||
		strcmp(saved_status_of(c, id), "active") == 0 || count_active(c) < c->slots)
		return true;
	x->reply.status = 403;
	x->reply.body.len = 0;
	buf_str(&x->reply.body, "{\"error\":{\"code\":\"SLOTS_FULL\",\"message\":\"All audience slots are in use\"}}");
	return false;
}

/* Puts an audience into the list: takes both; NULL config deletes it. */
static void
store(const SimConfig *c, const char *id, json_t *config, json_t *saved)
{
	json_t	   *audiences = json_deep_copy(c->audiences);
	json_t	   *all = json_deep_copy(c->saved);
	json_t	   *update;
	Buf			error = {0};

	if (config)
		json_object_set_new(audiences, id, config);
	else
		json_object_del(audiences, id);
	json_object_set_new(all, id, saved);
	update = json_pack("{s:o,s:o}", "audiences", audiences, "saved", all);
	config_update(update, &error);
	json_decref(update);
	buf_free(&error);
}

static void
reply_with(Exchange *x, int status, const char *id)
{
	SimConfig  *c = config_acquire();

	reply_document(x, status, saved_audience(c, id, json_object_get(c->audiences, id)), NULL);
	config_release(c);
}

static void
new_id(const SimConfig *c, char id[SAVED_ID_SIZE])
{
	int			n = 1;

	do
		snprintf(id, SAVED_ID_SIZE, "%08x-0000-4000-8000-000000000000", n++);
	while (json_object_get(c->audiences, id) || json_object_get(c->saved, id));
}

/* POST /v1/intent/audiences: a draft */
void
saved_create(Exchange *x)
{
	const json_t *name = json_object_get(x->json, "name");
	const json_t *config = json_object_get(x->json, "config");
	char		id[SAVED_ID_SIZE];
	SimConfig  *c;

	if (!arguments_check(x, no_arguments) || !check_body(x, MAY_NAME | MAY_CONFIG))
		return;
	if (!name || !config)
	{
		reply_error(&x->reply, 400, "name and config are required");
		return;
	}
	pthread_mutex_lock(&lock);
	c = config_acquire();
	new_id(c, id);
	store(c, id, json_deep_copy(config),
		  json_pack("{s:O,s:s,s:s,s:s}", "name", name, "status", "draft",
					"createdAt", "2026-11-23T09:00:00.000Z", "updatedAt", "2026-11-23T09:00:00.000Z"));
	config_release(c);
	pthread_mutex_unlock(&lock);
	reply_with(x, 201, id);
}

/* What is saved of an audience, with what the request says over it. */
static json_t *
merged(const Exchange *x, const SimConfig *c, const char *id)
{
	json_t	   *document = saved_audience(c, id, json_object_get(c->audiences, id));
	json_t	   *saved = json_object();
	static const char *const kept[] = {"name", "status", "createdAt", NULL};

	for (int i = 0; kept[i]; i++)
	{
		json_t	   *value = json_object_get(x->json, kept[i]);

		json_object_set(saved, kept[i], value ? value : json_object_get(document, kept[i]));
	}
	json_object_set_new(saved, "updatedAt", json_string("2026-11-23T10:00:00.000Z"));
	json_decref(document);
	return saved;
}

/* PATCH /v1/intent/audiences/{id}: a config takes the place of the old one */
void
saved_update(Exchange *x)
{
	const json_t *config = json_object_get(x->json, "config");
	char		id[SAVED_ID_SIZE];
	const json_t *old;
	SimConfig  *c;
	bool		good = false;

	if (!arguments_check(x, no_arguments) || !check_body(x, MAY_NAME | MAY_CONFIG | MAY_STATUS))
		return;
	pthread_mutex_lock(&lock);
	c = config_acquire();
	old = saved_path_id(x, id) ? json_object_get(c->audiences, id) : NULL;
	if (!old)
		reply_error(&x->reply, 404, "Audience not found");
	else if (has_slot(x, c, id))
	{
		store(c, id, json_deep_copy(config ? config : old), merged(x, c, id));
		good = true;
	}
	config_release(c);
	pthread_mutex_unlock(&lock);
	if (good)
		reply_with(x, 200, id);
}

/* DELETE /v1/intent/audiences/{id} */
void
saved_delete(Exchange *x)
{
	char		id[SAVED_ID_SIZE];
	SimConfig  *c;
	bool		good;

	if (!arguments_check(x, no_arguments))
		return;
	pthread_mutex_lock(&lock);
	c = config_acquire();
	good = saved_path_id(x, id) && json_object_get(c->audiences, id);
	if (good)
		store(c, id, NULL, json_false());
	config_release(c);
	pthread_mutex_unlock(&lock);
	if (good)
		reply_document(x, 200, json_pack("{s:b}", "deleted", 1), NULL);
	else
		reply_error(&x->reply, 404, "Audience not found");
}
