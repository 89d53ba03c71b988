/*
 * option.c
 *		Options of servers, user mappings, tables and columns.
 *
 * The table "option_defs" is the only place that knows an option's name,
 * where it may stand, what it accepts and its default; validation and loading
 * walk through it.  How a text becomes a value is left to option_value.c.
 *
 * Secrets stand only in user mappings.  No message of this file repeats one,
 * nor a URL, which may hold one by mistake.
 */
#include "option.h"

#include <limits.h>
#include <sys/stat.h>

#include "access/reloptions.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_foreign_server.h"
#include "catalog/pg_foreign_table.h"
#include "catalog/pg_user_mapping.h"
#include "commands/defrem.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "option_value.h"
#include "storage/fd.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/syscache.h"

/* Where an option may stand: bits, in the order of "places". */
#define ON_SERVER	1
#define ON_TABLE	2
#define ON_COLUMN	4
#define ON_MAPPING	8

typedef struct OptionPlace
{
	int			bit;
	Oid			catalog;
	const char *name;
} OptionPlace;

static const OptionPlace places[] = {
	{ON_SERVER, ForeignServerRelationId, "foreign server"},
	{ON_TABLE, ForeignTableRelationId, "foreign table"},
	{ON_COLUMN, AttributeRelationId, "column"},
	{ON_MAPPING, UserMappingRelationId, "user mapping"},
};

/* flags */
#define SECRET			1		/* user mappings only; never shown */
#define UNSHOWN			2		/* may hold a secret by mistake */
#define SUPERUSER_ONLY	4
#define FILE_READER_ONLY 8		/* members of pg_read_server_files */

/* Options of a user mapping, as given. */
typedef struct Credentials
{
	char	   *api_key;
	char	   *bearer_token;
	char	   *api_key_file;
} Credentials;

/* What the options of one place are read into. */
typedef union OptionValues
{
	IntentOptions options;
	IntentColumnOptions column;
	Credentials credentials;
} OptionValues;

typedef struct OptionDef
{
	const char *name;
	int			places;
	size_t		offset;			/* into the member of OptionValues */
	ValueParser parse;
	ValueLimits limits;
	const char *initial;		/* text of the default, or NULL for zero */
	int			flags;
} OptionDef;

/* Names of enums, each in the order of its type in option.h. */
static const char *const verify_names[] = {"error", "warning", "off", NULL};
static const char *const count_names[] = {"exact", "trusted", "off", NULL};
static const char *const mode_names[] = {"any", "each", NULL};
static const char *const match_names[] = {"exact", "icase", "contains", NULL};

static const char *const base_schemes[] = {"https", "http", NULL};
static const char *const proxy_schemes[] = {"http", "https", "socks5", "socks5h", NULL};

static const char *parse_resource(const char *text, const ValueLimits *limits,
								  void *field, const char **hint);
static const char *parse_filter(const char *text, const ValueLimits *limits,
								void *field, const char **hint);
static const char *parse_topics(const char *text, const ValueLimits *limits,
								void *field, const char **hint);

static const char *parse_rate(const char *text, const ValueLimits *limits,
							  void *field, const char **hint);

#define IN_OPTIONS(member) offsetof(IntentOptions, member)
#define IN_COLUMN(member) offsetof(IntentColumnOptions, member)
#define IN_CREDENTIALS(member) offsetof(Credentials, member)
#define ON_BOTH (ON_SERVER | ON_TABLE)
#define DAY (24 * 60 * 60 * 1000)
#define KB 1024
#define MB (1024 * 1024)

/*
 * A bound of 1 GB on an answer is PostgreSQL's own for one piece of memory,
 * less some room for what surrounds the text.  A few limits of the resource
 * (topics, page size) are lower than here; option_load() applies them.
 */
static const OptionDef option_defs[] = {
	{"base_url", ON_SERVER, IN_OPTIONS(base_url), value_url, {.names = base_schemes}, "https://api.aws53.cloud", UNSHOWN},
	{"connect_timeout", ON_SERVER, IN_OPTIONS(connect_timeout), value_duration, {1, DAY}, "5s"},
	{"request_timeout", ON_SERVER, IN_OPTIONS(request_timeout), value_duration, {1, DAY}, "30s"},
	{"materialize_timeout", ON_SERVER, IN_OPTIONS(materialize_timeout), value_duration, {1, DAY}, "600s"},
	{"poll_interval", ON_SERVER, IN_OPTIONS(poll_interval), value_duration, {1, DAY}, "2500ms"},
	{"max_retries", ON_SERVER, IN_OPTIONS(max_retries), value_integer, {0, 100}, "4"},
	{"max_retry_delay", ON_SERVER, IN_OPTIONS(max_retry_delay), value_duration, {0, DAY}, "30s"},
	{"ca_file", ON_SERVER, IN_OPTIONS(ca_file), value_path, {0}, NULL, SUPERUSER_ONLY},
	{"proxy", ON_SERVER, IN_OPTIONS(proxy), value_url, {.names = proxy_schemes}, NULL, UNSHOWN | SUPERUSER_ONLY},
	{"allow_http", ON_SERVER, IN_OPTIONS(allow_http), value_boolean, {0}, NULL, SUPERUSER_ONLY},
	{"user_agent", ON_SERVER, IN_OPTIONS(user_agent), value_header, {0}, "intent_fdw/" INTENT_VERSION},

	{"page_size", ON_BOTH, IN_OPTIONS(page_size), value_integer, {1, 100}, "100"},
	{"max_connections", ON_BOTH, IN_OPTIONS(max_connections), value_integer, {1, 64}, "4"},
	{"max_chains", ON_BOTH, IN_OPTIONS(max_chains), value_integer, {1, 100000}, "1000"},
	{"max_topics", ON_BOTH, IN_OPTIONS(max_topics), value_integer, {1, 250}, "10"},
	{"max_requests", ON_BOTH, IN_OPTIONS(max_requests), value_integer, {0, INT_MAX}, "0"},
	{"max_response_size", ON_BOTH, IN_OPTIONS(max_response_size), value_size, {64 * KB, 1023 * MB}, "16MB"},
	{"verify_count", ON_BOTH, IN_OPTIONS(verify_count), value_enum, {.names = verify_names}, "error"},
	{"count_pushdown", ON_BOTH, IN_OPTIONS(count_pushdown), value_enum, {.names = count_names}, "exact"},
	{"rate_limit", ON_BOTH, IN_OPTIONS(rate_limit), parse_rate},
	{"updatable", ON_BOTH, IN_OPTIONS(updatable), value_boolean, {0}, "false"},
	{"fdw_startup_cost", ON_BOTH, IN_OPTIONS(startup_cost), value_cost, {0}, "100"},
	{"fdw_request_cost", ON_BOTH, IN_OPTIONS(request_cost), value_cost, {0}, "100"},
	{"fdw_tuple_cost", ON_BOTH, IN_OPTIONS(tuple_cost), value_cost, {0}, "0.01"},

	{"resource", ON_TABLE, IN_OPTIONS(resource), parse_resource, {0}, "audience"},
	{"topic_mode", ON_TABLE, IN_OPTIONS(topic_mode), value_enum, {.names = mode_names}, "any"},
	{"score_bands", ON_TABLE, IN_OPTIONS(score_bands), value_integer, {1, 64}, "1"},
	{"topic_ids", ON_TABLE, IN_OPTIONS(topic_ids), parse_topics},
	{"audience_id", ON_TABLE, IN_OPTIONS(audience_id), value_uuid},
	{"min_score", ON_TABLE, IN_OPTIONS(min_score), value_integer, {1, 100}},
	{"max_score", ON_TABLE, IN_OPTIONS(max_score), value_integer, {1, 100}},
	{"min_topic_overlap", ON_TABLE, IN_OPTIONS(min_topic_overlap), value_integer, {1, 10}},
	{"data_date", ON_TABLE, IN_OPTIONS(data_date), value_date},

	{"key", ON_COLUMN, IN_COLUMN(key), value_member},
	{"filter", ON_COLUMN, IN_COLUMN(filter), parse_filter},
	{"match", ON_COLUMN, IN_COLUMN(match), value_enum, {.names = match_names}, "exact"},

	{"api_key", ON_MAPPING, IN_CREDENTIALS(api_key), value_key, {0}, NULL, SECRET},
	{"bearer_token", ON_MAPPING, IN_CREDENTIALS(bearer_token), value_key, {0}, NULL, SECRET},
	{"api_key_file", ON_MAPPING, IN_CREDENTIALS(api_key_file), value_path, {0}, NULL, SECRET | FILE_READER_ONLY},
};

PG_FUNCTION_INFO_V1(intent_fdw_validator);

/* The option of that name that may stand at one of the places, or NULL. */
static const OptionDef *
find_option(const char *name, int at)
{
	for (int i = 0; i < lengthof(option_defs); i++)
	{
		if ((option_defs[i].places & at) && strcmp(option_defs[i].name, name) == 0)
			return &option_defs[i];
	}
	return NULL;
}

/* Into a pointer to the resource. */
static const char *
parse_resource(const char *text, const ValueLimits *limits, void *field,
			   const char **hint)
{
	const IntentResource *resource = resource_find(text);
	StringInfoData accepted;

	if (resource)
	{
		*(const IntentResource **) field = resource;
		return NULL;
	}
	initStringInfo(&accepted);
	for (int i = 0; (resource = resource_at(i)) != NULL; i++)
		appendStringInfo(&accepted, "%s\"%s\"", i ? ", " : "", resource->name);
	return psprintf("Accepted is one of %s.", accepted.data);
}

/*
 * The filter of any resource: which one the column's table reads is not known
 * when the column's options are checked.
 */
static const char *
parse_filter(const char *text, const ValueLimits *limits, void *field,
			 const char **hint)
{
	const IntentResource *resource;
	const char *closest;
	List	   *names = NIL;

	for (int i = 0; (resource = resource_at(i)) != NULL; i++)
	{
		if (resource_filter(resource, text) >= 0)
		{
			*(char **) field = pstrdup(text);
			return NULL;
		}
		for (int j = 0; j < resource->nfilters; j++)
			names = lappend(names, unconstify(char *, resource->filters[j].name));
	}
	closest = value_closest(text, names);
	if (closest)
		*hint = psprintf("Perhaps you meant the filter \"%s\".", closest);
	else
		*hint = "The view intent_fdw_filters lists the filters.";
	return "The API has no filter of that name.";
}

/* Into two members, the second of which is the field. */
static const char *
parse_topics(const char *text, const ValueLimits *limits, void *field,
			 const char **hint)
{
	IntentOptions *options;

	options = (IntentOptions *) ((char *) field - IN_OPTIONS(topic_ids));
	return value_int64_list(text, &options->topic_ids, &options->ntopic_ids);
}

/* "30/60s": requests in a span of time. */
static const char *
parse_rate(const char *text, const ValueLimits *limits, void *field,
		   const char **hint)
{
	static const ValueLimits counts = {1, 1000};
	static const ValueLimits spans = {1, DAY};
	IntentRate *rate = field;
	const char *slash = strchr(text, '/');

	if (slash &&
		!value_integer(pnstrdup(text, slash - text), &counts, &rate->requests, hint) &&
		!value_duration(slash + 1, &spans, &rate->span_ms, hint))
		return NULL;
	*hint = NULL;
	return "Accepted are 1 to 1000 requests in a span of time, as in \"30/60s\".";
}

/* Store the value of an option, or raise. */
static void
apply_option(const OptionDef *def, const char *text, void *values)
{
	const char *hint = NULL;
	const char *accepted = def->parse(text, &def->limits,
									  (char *) values + def->offset, &hint);

	if (accepted == NULL)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 (def->flags & (SECRET | UNSHOWN)) ?
			 errmsg("invalid value for option \"%s\"", def->name) :
			 errmsg("invalid value for option \"%s\": \"%s\"", def->name, text),
			 errdetail_internal("%s", accepted),
			 hint ? errhint("%s", _(hint)) : 0));
}

/* Fill in what an option has when nobody sets it. */
static void
apply_defaults(int at, void *values)
{
	for (int i = 0; i < lengthof(option_defs); i++)
	{
		if ((option_defs[i].places & at) && option_defs[i].initial)
			apply_option(&option_defs[i], option_defs[i].initial, values);
	}
}

/* "foreign server or foreign table" */
static char *
show_places(int bits)
{
	StringInfoData text;

	initStringInfo(&text);
	for (int i = 0; i < lengthof(places); i++)
	{
		if (places[i].bit & bits)
			appendStringInfo(&text, "%s%s", text.len ? " or " : "", places[i].name);
	}
	return text.data;
}

/* What to say about an option that no place has: what was likely meant. */
static const char *
unknown_option_hint(const char *name, int at)
{
	List	   *names = NIL;
	StringInfoData list;
	const char *closest;

	initStringInfo(&list);
	for (int i = 0; i < lengthof(option_defs); i++)
	{
		if (!(option_defs[i].places & at))
			continue;
		names = lappend(names, unconstify(char *, option_defs[i].name));
		appendStringInfo(&list, "%s%s", list.len ? ", " : "", option_defs[i].name);
	}
	closest = value_closest(name, names);
	if (closest)
		return psprintf("Perhaps you meant the option \"%s\".", closest);
	if (names)
		return psprintf("Valid options in this context are: %s", list.data);
	return "There are no valid options in this context.";
}

static void
raise_invalid_option(const char *name, int at)
{
	const OptionDef *elsewhere = find_option(name, ~0);
	const char *hint;

	if (elsewhere == NULL)
		hint = unknown_option_hint(name, at);
	else if (elsewhere->flags & SECRET)
		hint = "A secret belongs to a user mapping: all users can read the options of servers, tables and columns.";
	else
		hint = psprintf("It is an option of a %s.", show_places(elsewhere->places));

	ereport(ERROR,
			(errcode(ERRCODE_FDW_INVALID_OPTION_NAME),
			 errmsg("invalid option \"%s\"", name),
			 errhint("%s", hint)));
}

/* Raise unless the current user may set the option. */
static void
check_privilege(const OptionDef *def)
{
	const char *who;

	if ((def->flags & SUPERUSER_ONLY) && !superuser())
		who = "superusers";
	else if ((def->flags & FILE_READER_ONLY) &&
			 !has_privs_of_role(GetUserId(), ROLE_PG_READ_SERVER_FILES))
		who = "members of the role pg_read_server_files";
	else
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("permission denied to set option \"%s\"", def->name),
			 errdetail("Only %s may set this option.", who)));
}

/* Read the options given at a place over what values holds. */
static void
apply_options(List *options, int at, bool check, void *values)
{
	ListCell   *lc;

	foreach(lc, options)
	{
		DefElem    *elem = lfirst_node(DefElem, lc);
		const OptionDef *def = find_option(elem->defname, at);

		if (def == NULL)
			raise_invalid_option(elem->defname, at);
		if (check)
			check_privilege(def);
		apply_option(def, defGetString(elem), values);
	}
}

/* A key must not travel in clear text over a network. */
static void
check_server(const IntentOptions *options)
{
	if (options->base_url && !options->allow_http &&
		value_url_is_plain(options->base_url) &&
		!value_url_is_loopback(options->base_url))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("option \"base_url\" must begin with https://"),
				 errdetail("Keys and answers would travel in clear text to a host that is not this machine (127.0.0.0/8, [::1], localhost)."),
				 errhint("Superusers may set allow_http.")));
}

static void
raise_exclusive(const char *first, const char *second)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("options \"%s\" and \"%s\" exclude each other", first, second)));
}

static void
check_has_place(const IntentOptions *options, const char *option,
				bool is_set, bool has_place)
{
	const IntentResource *resource = options->resource;

	if (is_set && !has_place)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("option \"%s\" does not fit resource \"%s\"",
						option, resource->name),
				 errdetail("A request to %s %s has no place for it.",
						   resource->method, resource->path)));
}

static void
check_has_filter(const IntentOptions *options, const char *option,
				 bool is_set, IntentFilterKind kind)
{
	check_has_place(options, option, is_set,
					resource_filter_of_kind(options->resource, kind) >= 0);
}

/* What options fix, requests of the resource must be able to say. */
static void
check_fixed_inputs(const IntentOptions *options)
{
	check_has_filter(options, "topic_ids", options->ntopic_ids > 0,
					 INTENT_FILTER_TOPICS);
	check_has_filter(options, "audience_id", options->audience_id != NULL,
					 INTENT_FILTER_AUDIENCE);
	check_has_filter(options, "min_score", options->min_score > 0,
					 INTENT_FILTER_RANGE);
	check_has_filter(options, "max_score", options->max_score > 0,
					 INTENT_FILTER_RANGE);
	check_has_filter(options, "min_topic_overlap",
					 options->min_topic_overlap > 0, INTENT_FILTER_MINIMUM);
	check_has_filter(options, "data_date", options->data_date != NULL,
					 INTENT_FILTER_DATE);
	check_has_place(options, "score_bands", options->score_bands > 1,
					options->resource->score != NULL);
	if (options->updatable && !options->resource->changes)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("option \"updatable\" does not fit resource \"%s\"",
						options->resource->name),
				 errdetail("It can only be read.")));
}

/* A saved audience brings its own topics, scores and overlap. */
static void
check_table(IntentOptions *options)
{
	if (!options->resource)
		options->resource = resource_at(0);
	check_fixed_inputs(options);
	if (options->audience_id)
	{
		if (options->ntopic_ids)
			raise_exclusive("audience_id", "topic_ids");
		if (options->min_score)
			raise_exclusive("audience_id", "min_score");
		if (options->max_score)
			raise_exclusive("audience_id", "max_score");
		if (options->min_topic_overlap)
			raise_exclusive("audience_id", "min_topic_overlap");
		if (options->score_bands > 1)
			raise_exclusive("audience_id", "score_bands");
	}
	if (options->max_score && options->min_score > options->max_score)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("option \"min_score\" must not be greater than \"max_score\""),
				 errdetail("min_score is %d, max_score is %d.",
						   options->min_score, options->max_score)));
}

static void
check_credentials(const Credentials *credentials)
{
	if (credentials->api_key && credentials->bearer_token)
		raise_exclusive("api_key", "bearer_token");
	if (credentials->api_key && credentials->api_key_file)
		raise_exclusive("api_key", "api_key_file");
	if (credentials->bearer_token && credentials->api_key_file)
		raise_exclusive("bearer_token", "api_key_file");
}

/*
 * Raise unless the options may stand at the objects of a catalog.  They are
 * all that the object will have, also when ALTER changes one of them; so the
 * privilege for each is needed again whenever any is changed.
 */
void
option_validate(List *options, Oid catalog)
{
	OptionValues values;
	int			at = 0;

	for (int i = 0; i < lengthof(places); i++)
	{
		if (places[i].catalog == catalog)
			at = places[i].bit;
	}
	memset(&values, 0, sizeof(values));
	apply_options(options, at, true, &values);

	if (at == ON_SERVER)
		check_server(&values.options);
	else if (at == ON_TABLE)
		check_table(&values.options);
	else if (at == ON_MAPPING)
		check_credentials(&values.credentials);
}

/* CREATE and ALTER of server, user mapping, foreign table and column. */
Datum
intent_fdw_validator(PG_FUNCTION_ARGS)
{
	option_validate(untransformRelOptions(PG_GETARG_DATUM(0)), PG_GETARG_OID(1));
	PG_RETURN_VOID();
}

/* The resource's own limits over those of the options. */
static IntentOptions *
limit_options(IntentOptions *result)
{
	if (!result->resource->limit_field)
		result->page_size = PG_INT32_MAX;	/* a page is all there is */
	else if (result->resource->capped)
		result->page_size = result->resource->max_page_size;
	else
		result->page_size = Min(result->page_size, result->resource->max_page_size);
	result->max_topics = Min(result->max_topics, result->resource->max_topics);
	return result;
}

/*
 * The options of a server and, unless NULL, of one of its tables, in the
 * current memory context.  The resource's own limits are applied.
 */
IntentOptions *
option_load(ForeignServer *server, ForeignTable *table)
{
	IntentOptions *result = palloc0(sizeof(IntentOptions));

	apply_defaults(ON_SERVER | ON_TABLE, result);
	apply_options(server->options, ON_SERVER, false, result);
	if (table)
		apply_options(table->options, ON_TABLE, false, result);
	return limit_options(result);
}

/* Likewise of a server, for a resource that no table of it has. */
IntentOptions *
option_load_resource(ForeignServer *server, const IntentResource *resource)
{
	IntentOptions *result = palloc0(sizeof(IntentOptions));

	apply_defaults(ON_SERVER | ON_TABLE, result);
	apply_options(server->options, ON_SERVER, false, result);
	result->resource = resource;
	return limit_options(result);
}

/* The options of a column, strings in the current memory context. */
void
option_load_column(List *options, IntentColumnOptions *result)
{
	memset(result, 0, sizeof(*result));
	apply_defaults(ON_COLUMN, result);
	apply_options(options, ON_COLUMN, false, result);
}

/*
 * The mapping of the user or else of PUBLIC.  GetUserMapping() raises too
 * where there is none, but in words that differ between majors.
 */
static UserMapping *
find_user_mapping(Oid userid, ForeignServer *server, bool optional)
{
	Datum		serverid = ObjectIdGetDatum(server->serverid);

	if (SearchSysCacheExists2(USERMAPPINGUSERSERVER,
							  ObjectIdGetDatum(userid), serverid) ||
		SearchSysCacheExists2(USERMAPPINGUSERSERVER,
							  ObjectIdGetDatum(InvalidOid), serverid))
		return GetUserMapping(userid, server->serverid);
	if (!optional)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("user mapping not found for user \"%s\", server \"%s\"",
						MappingUserName(userid), server->servername),
				 errhint("Use CREATE USER MAPPING with option api_key.")));
	return NULL;
}

/*
 * The beginning of a file, at most size - 1 bytes, zero-terminated.  Returns
 * the number of bytes.  Only regular files: opening a pipe could wait for
 * ever, out of reach of a cancel.
 */
static size_t
read_beginning(const char *path, char *buffer, size_t size)
{
	struct stat status;
	FILE	   *file;
	size_t		len;

	if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("key file \"%s\" is not a regular file", path)));
	file = AllocateFile(path, PG_BINARY_R);
	if (file == NULL)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not open key file \"%s\": %m", path)));
	len = fread(buffer, 1, size - 1, file);
	if (ferror(file))
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not read key file \"%s\": %m", path)));
	FreeFile(file);
	buffer[len] = '\0';
	return len;
}

/* The first line of a file without blanks around it, palloc'd. */
static char *
read_key_file(const char *path)
{
	/* room for blanks and a line end beside the longest key */
	char		buffer[VALUE_MAX_KEY + 64];
	size_t		len = read_beginning(path, buffer, sizeof(buffer));
	char	   *end = buffer + strcspn(buffer, "\n");
	bool		whole = *end == '\n' || (end == buffer + len && len < sizeof(buffer) - 1);
	char	   *start = buffer + strspn(buffer, " \t");
	char	   *key;
	const char *hint = NULL;
	const char *accepted;

	while (end > start && strchr(" \t\r", end[-1]))
		end--;
	*end = '\0';
	accepted = value_key(start, NULL, &key, &hint);
	if (accepted || !whole)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION),
				 errmsg("first line of key file \"%s\" is not a key", path),
				 errdetail_internal("%s", accepted ? accepted : "The line is too long or holds a zero byte.")));
	return key;
}

/*
 * The header that proves who asks, palloc'd: "X-API-Key: ...".  NULL without
 * a key where one is optional.  userid is the user that the scan runs as.  Called for each execution, never while
 * planning, so that no plan keeps a secret; a key file is read each time, so
 * that a new key in it counts at once.
 */
char *
option_auth_header(Oid userid, ForeignServer *server, bool optional)
{
	UserMapping *mapping = find_user_mapping(userid, server, optional);
	OptionValues values;
	Credentials *credentials = &values.credentials;

	memset(&values, 0, sizeof(values));
	if (mapping)
		apply_options(mapping->options, ON_MAPPING, false, &values);

	if (credentials->bearer_token)
		return psprintf("Authorization: Bearer %s", credentials->bearer_token);
	if (credentials->api_key_file)
		credentials->api_key = read_key_file(credentials->api_key_file);
	if (credentials->api_key == NULL && optional)
		return NULL;
	if (credentials->api_key == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION),
				 errmsg("user mapping for user \"%s\", server \"%s\" has no key",
						MappingUserName(userid), server->servername),
				 errhint("Set option api_key of the user mapping.")));
	return psprintf("X-API-Key: %s", credentials->api_key);
}
