/*
 * body_query.c
 *		Paths with their placeholders filled, and query strings.
 *
 * Values are UTF-8 with all but unreserved characters escaped (RFC 3986), so
 * that none can end its place.  Symbols of EXPLAIN stand as they are.
 */
#include "body_private.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"

static bool
is_unreserved(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		(c >= '0' && c <= '9') || (c != '\0' && strchr("-._~", c));
}

static void
append_escaped(StringInfo buf, const char *text)
{
	for (; *text; text++)
	{
		if (is_unreserved(*text))
			appendStringInfoChar(buf, *text);
		else
			appendStringInfo(buf, "%%%02X", (unsigned char) *text);
	}
}

static void
append_value(StringInfo buf, IntentFilterKind kind, const IntentScalar *value)
{
	const char *text = body_value_text(kind, value);

	if (value->symbolic)
		appendStringInfoString(buf, value->text);
	else if (text)
		append_escaped(buf, text);
	else if (kind == INTENT_FILTER_BOOLEAN)
		appendStringInfoString(buf, value->integer ? "true" : "false");
	else
		appendStringInfo(buf, INT64_FORMAT, value->integer);
}

/* Begins "?name=" or "&name=". */
static void
begin_parameter(StringInfo buf, const char *name)
{
	appendStringInfo(buf, "%c%s=", strchr(buf->data, '?') ? '&' : '?', name);
}

static void
append_bound(StringInfo buf, const char *name, int64 bound, const char *symbol)
{
	begin_parameter(buf, name);
	if (symbol)
		appendStringInfoString(buf, symbol);
	else
		appendStringInfo(buf, INT64_FORMAT, bound);
}

static void
append_parameter(StringInfo buf, const IntentFilter *filter,
				 const IntentField *field)
{
	if (filter->kind == INTENT_FILTER_RANGE ||
		filter->kind == INTENT_FILTER_MINIMUM)
	{
		append_bound(buf, filter->field, field->lower, field->lower_symbol);
		if (filter->upper_field)
			append_bound(buf, filter->upper_field, field->upper,
						 field->upper_symbol);
		return;
	}
	for (int i = 0; i < field->nvalues; i++)
	{
		begin_parameter(buf, filter->field);
		append_value(buf, filter->kind, &field->values[i]);
	}
}

/* The filter whose field is "len" bytes long and stands at "name"; or -1. */
static int
placeholder_filter(const IntentResource *resource, const char *name, int len)
{
	for (int f = 0; f < resource->nfilters; f++)
	{
		const char *field = resource->filters[f].field;

		if (strlen(field) == len && memcmp(field, name, len) == 0)
			return f;
	}
	return -1;
}

/* The path; fills "placed" with the filters that stand in it. */
static void
append_path(StringInfo buf, const IntentChainSpec *spec, Bitmapset **placed)
{
	const IntentResource *resource = spec->resource;
	const char *at = resource->path;
	const char *open;

	while ((open = strchr(at, '{')) != NULL)
	{
		const char *close = strchr(open, '}');
		int			f = placeholder_filter(resource, open + 1, close - open - 1);

		Assert(f >= 0 && spec->fields[f].nvalues > 0);
		appendBinaryStringInfo(buf, at, open - at);
		append_value(buf, resource->filters[f].kind, spec->fields[f].values);
		*placed = bms_add_member(*placed, f);
		at = close + 1;
	}
	appendStringInfoString(buf, at);
}

/*
 * What a chain's request asks for: the path, and the query string of a GET.
 * ASCII, palloc'd.  "limit" and "cursor" are as for body_request().
 */
char *
body_target(const IntentChainSpec *spec, int limit, const char *cursor)
{
	const IntentResource *resource = spec->resource;
	Bitmapset  *placed = NULL;
	StringInfoData buf;

	initStringInfo(&buf);
	append_path(&buf, spec, &placed);
	if (resource_has_body(resource))
		return buf.data;
	for (int f = 0; f < resource->nfilters; f++)
	{
		if (spec->fields[f].set && !bms_is_member(f, placed))
			append_parameter(&buf, &resource->filters[f], &spec->fields[f]);
	}
	if (limit > 0 && resource->limit_field)
		append_bound(&buf, resource->limit_field, limit, NULL);
	if (cursor)
	{
		begin_parameter(&buf, resource->page_field);
		append_escaped(&buf, cursor);
	}
	return buf.data;
}

/*
 * A path with its one placeholder filled by a text in the server encoding.
 * ASCII, palloc'd.
 */
char *
body_item_target(const char *path, const char *value)
{
	const char *open = strchr(path, '{');
	const char *close = strchr(path, '}');
	StringInfoData buf;

	initStringInfo(&buf);
	appendBinaryStringInfo(&buf, path, open - path);
	append_escaped(&buf, pg_server_to_any(value, strlen(value), PG_UTF8));
	appendStringInfoString(&buf, close + 1);
	return buf.data;
}
