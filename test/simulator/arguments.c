/*
 * arguments.c: query strings in, JSON documents out, see arguments.h.
 */
#include "arguments.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>

#include "page_faults.h"

typedef struct Check
{
	const Argument *list;
	Buf			error;
} Check;

static bool
is_integer(const char *text, int low, int high)
{
	char	   *end;
	long		n = strtol(text, &end, 10);

	return *text >= '0' && *text <= '9' && *end == '\0' && n >= low && n <= high;
}

static bool
is_word(const char *words, const char *text)
{
	Buf			wanted = {0};
	bool		found;

	buf_printf(&wanted, "|%s|", text);
	found = strstr(words, wanted.data) != NULL;
	buf_free(&wanted);
	return found;
}

static void
check_value(Check *c, const Argument *a, const char *value)
{
	if (a->max_length > 0 && (value[0] == '\0' || strlen(value) > (size_t) a->max_length))
		buf_printf(&c->error, "%s must have 1 to %d characters", a->name, a->max_length);
	if (a->high > 0 && !is_integer(value, a->low, a->high))
		buf_printf(&c->error, "%s must be an integer from %d to %d", a->name, a->low, a->high);
	if (a->words && !is_word(a->words, value))
		buf_printf(&c->error, "%s must be one of %s", a->name, a->words);
	if (a->is_date && !is_date(value))
		buf_printf(&c->error, "%s must be a date as YYYY-MM-DD", a->name);
}

static enum MHD_Result
check_one(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	Check	   *c = cls;
	const Argument *a = c->list;

	(void) kind;
	if (c->error.len > 0)
		return MHD_NO;
	while (a->name && strcmp(a->name, name) != 0)
		a++;
	if (a->name)
		check_value(c, a, value ? value : "");
	else
		buf_printf(&c->error, "unrecognized parameter: %s", name);
	return MHD_YES;
}

bool
arguments_check(Exchange *x, const Argument *list)
{
	Check		c = {list, {0}};
	bool		good;

	MHD_get_connection_values(x->connection, MHD_GET_ARGUMENT_KIND, check_one, &c);
	for (const Argument *a = list; a->name && c.error.len == 0; a++)
		if (a->required && !exchange_argument(x, a->name))
			buf_printf(&c.error, "%s is required", a->name);
	good = c.error.len == 0;
	if (!good)
		reply_error(&x->reply, 400, c.error.data);
	buf_free(&c.error);
	return good;
}

int
argument_integer(const Exchange *x, const char *name, int otherwise)
{
	const char *value = exchange_argument(x, name);

	return value ? atoi(value) : otherwise;
}

bool
path_segment(const Exchange *x, int i, char *room, size_t size)
{
	const char *at = x->path;
	size_t		length;

	for (; *at == '/' && i > 0; i--)
		at += 1 + strcspn(at + 1, "/");
	if (*at++ != '/')
		return false;
	length = strcspn(at, "/");
	if (length >= size)
		return false;
	memcpy(room, at, length);
	room[length] = '\0';
	return true;
}

void
reply_document(Exchange *x, int status, json_t *data, json_t *meta)
{
	json_t	   *document = meta ? json_pack("{s:o,s:o}", "data", data, "meta", meta) :
	json_pack("{s:o}", "data", data);
	char	   *text = json_dumps(document, JSON_COMPACT | JSON_REAL_PRECISION(8));

	x->reply.status = status;
	x->reply.body.len = 0;
	buf_str(&x->reply.body, text ? text : "");
	page_faults_spoil(x->fault, &x->reply.body);
	free(text);
	json_decref(document);
}
