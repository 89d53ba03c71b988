/*
 * body.c
 *		JSON documents built and read with jansson.
 *
 * jansson allocates with malloc, so nothing may raise between making a value
 * and freeing it: strings are converted to UTF-8 before, copied into palloc'd
 * memory after, and what cannot happen but by lack of memory comes back as
 * NULL and is raised when everything is freed.
 *
 * The postgres executable exports an SQL function named json_object, which
 * wins the symbol look-up over jansson's: json_object() must not be called.
 * Its declaration is renamed while jansson.h is read, and objects are made by
 * json_pack("{}").
 */
#define json_object jansson_json_object_unusable
#include <jansson.h>
#undef json_object

#include "body_private.h"

#include "lib/stringinfo.h"
#include <ctype.h>

#include "mb/pg_wchar.h"
#include "utils/date.h"
#include "utils/datetime.h"

/* Bytes of a malformed answer that an error shows (DESIGN 4). */
#define EXCERPT_LIMIT 200

/* ---- requests ---- */

static char *
date_text(int64 day)
{
	int			year;
	int			month;
	int			mday;

	j2date((int) day + POSTGRES_EPOCH_JDATE, &year, &month, &mday);
	return psprintf("%04d-%02d-%02d", year, month, mday);
}

/* One value as a string in UTF-8, or NULL where it is not sent as a string. */
const char *
body_value_text(IntentFilterKind kind, const IntentScalar *value)
{
	if (value->symbolic)
		return value->text;
	switch (kind)
	{
		case INTENT_FILTER_STRINGS:
		case INTENT_FILTER_STRING:
		case INTENT_FILTER_AUDIENCE:
			return pg_server_to_any(value->text, strlen(value->text), PG_UTF8);
		case INTENT_FILTER_DATE:
			return date_text(value->integer);
		case INTENT_FILTER_YN:
			return value->integer ? "y" : "n";
		default:
			return NULL;
	}
}

/* The values of a field as strings; entries are NULL for other kinds. */
static const char **
utf8_texts(IntentFilterKind kind, const IntentField *field)
{
	const char **texts = palloc0(sizeof(char *) * Max(field->nvalues, 1));

	for (int i = 0; i < field->nvalues; i++)
		texts[i] = body_value_text(kind, &field->values[i]);
	return texts;
}

static json_t *
scalar_json(IntentFilterKind kind, const IntentScalar *value, const char *text)
{
	if (text)
		return json_string(text);
	if (kind == INTENT_FILTER_BOOLEAN)
		return json_boolean(value->integer);
	return json_integer(value->integer);
}

static json_t *
array_json(IntentFilterKind kind, const IntentField *field, const char **texts)
{
	json_t	   *array = json_pack("[]");

	for (int i = 0; i < field->nvalues; i++)
		json_array_append_new(array,
							  scalar_json(kind, &field->values[i], texts[i]));
	return array;
}

static json_t *
bound_json(int64 bound, const char *symbol)
{
	return symbol ? json_string(symbol) : json_integer(bound);
}

/*
 * Puts a value at a dotted path, making the objects on the way; takes the
 * reference.  -1 when memory is out.
 */
static int
put_at(json_t *object, const char *path, json_t *value)
{
	const char *dot = strchr(path, '.');
	char		name[NAMEDATALEN];
	json_t	   *inner;

	if (!dot)
		return json_object_set_new(object, path, value);
	strlcpy(name, path, Min(sizeof(name), (size_t) (dot - path) + 1));
	inner = json_object_get(object, name);
	if (!inner)
	{
		if (json_object_set_new(object, name, json_pack("{}")) != 0)
		{
			json_decref(value);
			return -1;
		}
		inner = json_object_get(object, name);
	}
	return put_at(inner, dot + 1, value);
}

static int
put_field(json_t *object, const IntentFilter *filter, const IntentField *field,
		  const char **texts)
{
	if (filter->kind == INTENT_FILTER_TOPICS ||
		filter->kind == INTENT_FILTER_STRINGS)
		return put_at(object, filter->field,
					  array_json(filter->kind, field, texts));
	if (filter->kind == INTENT_FILTER_RANGE)
		return put_at(object, filter->field,
					  bound_json(field->lower, field->lower_symbol)) |
			put_at(object, filter->upper_field,
				   bound_json(field->upper, field->upper_symbol));
	if (filter->kind == INTENT_FILTER_MINIMUM)
		return put_at(object, filter->field,
					  bound_json(field->lower, field->lower_symbol));
	return put_at(object, filter->field,
				  scalar_json(filter->kind, &field->values[0], texts[0]));
}

/* The document as malloc'd text, NULL when memory is out. */
static char *
dump_request(const IntentChainSpec *spec, const char ***texts, int limit,
			 const char *cursor)
{
	json_t	   *object = json_pack("{}");
	int			failed = object == NULL;
	char	   *text = NULL;

	for (int f = 0; f < spec->resource->nfilters && !failed; f++)
	{
		if (spec->fields[f].set)
			failed |= put_field(object, &spec->resource->filters[f],
								&spec->fields[f], texts[f]);
	}
	if (!failed && limit > 0 && spec->resource->limit_field)
		failed |= json_object_set_new(object, spec->resource->limit_field,
									  json_integer(limit));
	if (!failed && cursor)
		failed |= json_object_set_new(object, spec->resource->page_field,
									  json_string(cursor));
	if (!failed)
		text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	return text;
}

/*
 * The body of a chain's request, in UTF-8 and palloc'd; of one that has none,
 * what it asks for.
 *
 * "cursor" is as the server gave it, in UTF-8, or NULL on the first page;
 * a limit of 0 leaves the member out.  A chain that is asked again has its
 * body already, for one page.  Raises when memory is out.
 */
char *
body_request(const IntentChainSpec *spec, int limit, const char *cursor)
{
	const IntentResource *resource = spec->resource;
	const char ***texts = palloc0(sizeof(char **) * resource->nfilters);
	char	   *text;
	char	   *result;

	if (spec->body)
		return pstrdup(spec->body);
	if (!resource_has_body(resource))
		return body_target(spec, limit, cursor);
	for (int f = 0; f < resource->nfilters; f++)
		texts[f] = utf8_texts(resource->filters[f].kind, &spec->fields[f]);
	text = dump_request(spec, texts, limit, cursor);
	if (!text)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("could not build the request body")));
	result = MemoryContextAllocExtended(CurrentMemoryContext, strlen(text) + 1,
										MCXT_ALLOC_NO_OOM);
	if (result)
		strcpy(result, text);
	free(text);
	if (!result)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	return result;
}

/* ---- errors ---- */

/* Members that may hold a server's message, tried in this order. */
static const char *const message_paths[][2] = {
	{"error", "message"},
	{"message", NULL},
	{"error", NULL},
	{"detail", NULL},
	{"title", NULL},
};

static const char *
find_message(json_t *root)
{
	for (int i = 0; i < lengthof(message_paths); i++)
	{
		json_t	   *value = json_object_get(root, message_paths[i][0]);

		if (value && message_paths[i][1])
			value = json_object_get(value, message_paths[i][1]);
		if (json_is_string(value) && json_string_length(value) > 0)
			return json_string_value(value);
	}
	return NULL;
}

/*
 * Text of the server as an error may show it: printable, bounded, in the
 * server encoding, palloc'd.
 */
char *
body_printable(const char *text, size_t len, size_t limit)
{
	StringInfoData buf;
	bool		utf8 = pg_verify_mbstr(PG_UTF8, text, Min(len, limit), true);

	initStringInfo(&buf);
	if (len > limit)
		len = utf8 ? pg_encoding_mbcliplen(PG_UTF8, text, len, limit) : limit;
	for (size_t i = 0; i < len; i++)
	{
		unsigned char c = text[i];

		if (c < ' ' || c == 0x7f)
			appendStringInfoChar(&buf, ' ');
		else if (IS_HIGHBIT_SET(c) &&
				 (!utf8 || GetDatabaseEncoding() != PG_UTF8))
			appendStringInfoChar(&buf, '?');
		else
			appendStringInfoChar(&buf, c);
	}
	while (buf.len > 0 && buf.data[buf.len - 1] == ' ')
		buf.data[--buf.len] = '\0';
	return buf.data;
}

/* A copy in palloc'd memory, or NULL: nothing raises while a tree lives. */
static char *
copy_text(const char *text)
{
	char	   *copy = NULL;

	if (text)
		copy = MemoryContextAllocExtended(CurrentMemoryContext, strlen(text) + 1,
										  MCXT_ALLOC_NO_OOM);
	if (copy)
		strcpy(copy, text);
	return copy;
}

/*
 * The message in the body of an error reply, from JSON of the kinds seen, or
 * NULL; in UTF-8, whole, palloc'd.
 */
char *
body_error_message(const char *text, size_t len)
{
	json_t	   *root = json_loadb(text, len, JSON_DECODE_ANY, NULL);
	char	   *copy = copy_text(root ? find_message(root) : NULL);

	json_decref(root);
	return copy;
}

/* Likewise the API's own code of the error: {"error": {"code": ...}}. */
char *
body_error_code(const char *text, size_t len)
{
	json_t	   *root = json_loadb(text, len, JSON_DECODE_ANY, NULL);
	json_t	   *error = root ? json_object_get(root, "error") : NULL;
	char	   *copy = copy_text(json_string_value(json_object_get(error, "code")));

	json_decref(root);
	return copy;
}

/* A byte outside of strings and numbers, as an excerpt shows it. */
static char
structural(char c)
{
	return IS_HIGHBIT_SET(c) ? '?' : (unsigned char) c < ' ' || c == 0x7f ? ' ' : c;
}

/*
 * The beginning of an answer that could not be read, for an error's detail.
 *
 * Rows are people: of a JSON document only the structure is shown, strings
 * that are not member names as "..." and numbers as 0.  Anything else is a
 * proxy's page and shown as it is.  palloc'd.
 */
char *
body_excerpt(const char *text, size_t len)
{
	StringInfoData buf;
	size_t		i = 0;

	while (i < len && isspace((unsigned char) text[i]))
		i++;
	if (i == len || strchr("{[\"", text[i]) == NULL)
		return body_printable(text + i, len - i, EXCERPT_LIMIT);

	initStringInfo(&buf);
	while (i < len && buf.len < EXCERPT_LIMIT)
	{
		size_t		start = i;

		if (text[i] == '"')
		{
			for (i++; i < len && text[i] != '"'; i++)
				i += text[i] == '\\';
			i = Min(i + 1, len);
			if (i < len && text[i] == ':' && i - start < NAMEDATALEN)
				appendStringInfoString(&buf, body_printable(text + start, i - start,
															NAMEDATALEN));
			else
				appendStringInfoString(&buf, "\"...\"");
		}
		else if (isdigit((unsigned char) text[i]))
		{
			while (i < len && isdigit((unsigned char) text[i]))
				i++;
			appendStringInfoChar(&buf, '0');
		}
		else
			appendStringInfoChar(&buf, structural(text[i++]));
	}
	return buf.data;
}
