/*
 * option_value.c
 *		Texts of options to values.
 *
 * Numbers with units are read by the functions that read configuration
 * parameters, so '30s' and '16MB' mean what they mean there.
 */
#include "option_value.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <netinet/in.h>

#include "common/string.h"
#include "iso8601.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/varlena.h"

typedef struct ValueUnit
{
	int			size;
	const char *name;
} ValueUnit;

/* Largest first; the last fits any number. */
static const ValueUnit time_units[] = {
	{24 * 60 * 60 * 1000, "d"}, {60 * 60 * 1000, "h"}, {60 * 1000, "min"},
	{1000, "s"}, {1, "ms"},
};

static const ValueUnit size_units[] = {
	{1024 * 1024 * 1024, "GB"}, {1024 * 1024, "MB"}, {1024, "kB"}, {1, "B"},
};

/* A number in the largest unit that shows it without a fraction. */
static char *
show_in_units(int value, const ValueUnit *unit)
{
	if (value == 0)
		return "0";
	while (value % unit->size != 0)
		unit++;
	return psprintf("%d%s", value / unit->size, unit->name);
}

static bool
within(int value, const ValueLimits *limits)
{
	return value >= limits->lower && value <= limits->upper;
}

/* Every byte between first and last, and at least one of them. */
static bool
bytes_between(const char *text, unsigned char first, unsigned char last)
{
	for (const unsigned char *c = (const unsigned char *) text; *c; c++)
	{
		if (*c < first || *c > last)
			return false;
	}
	return *text != '\0';
}

/* Printable, in any language, and at least one byte. */
static bool
no_control_characters(const char *text)
{
	for (const unsigned char *c = (const unsigned char *) text; *c; c++)
	{
		if (*c < ' ' || *c == 0x7F)
			return false;
	}
	return *text != '\0';
}

static void
store_text(void *field, const char *text)
{
	*(char **) field = pstrdup(text);
}

/* A plain number: no fraction, which parse_int() would round, no unit. */
const char *
value_integer(const char *text, const ValueLimits *limits, void *field,
			  const char **hint)
{
	char	   *end;
	int			value;

	errno = 0;
	value = strtoint(text, &end, 10);
	if (end == text || *end != '\0' || errno != 0 || !within(value, limits))
		return psprintf("Accepted is an integer from %d to %d.",
						limits->lower, limits->upper);
	*(int *) field = value;
	return NULL;
}

/* Into milliseconds; a bare number is milliseconds. */
const char *
value_duration(const char *text, const ValueLimits *limits, void *field,
			   const char **hint)
{
	int			value;

	if (!parse_int(text, &value, GUC_UNIT_MS, hint) || !within(value, limits))
		return psprintf("Accepted is a duration from %s to %s; a number without a unit is milliseconds.",
						show_in_units(limits->lower, time_units),
						show_in_units(limits->upper, time_units));
	*(int *) field = value;
	return NULL;
}

/* Into bytes; a bare number is bytes. */
const char *
value_size(const char *text, const ValueLimits *limits, void *field,
		   const char **hint)
{
	int			value;

	if (!parse_int(text, &value, GUC_UNIT_BYTE, hint) || !within(value, limits))
		return psprintf("Accepted is a size from %s to %s; a number without a unit is bytes.",
						show_in_units(limits->lower, size_units),
						show_in_units(limits->upper, size_units));
	*(int *) field = value;
	return NULL;
}

/* Into the position of the name, in either case like a configuration's. */
const char *
value_enum(const char *text, const ValueLimits *limits, void *field,
		   const char **hint)
{
	StringInfoData accepted;

	initStringInfo(&accepted);
	for (int i = 0; limits->names[i]; i++)
	{
		if (pg_strcasecmp(limits->names[i], text) == 0)
		{
			*(int *) field = i;
			return NULL;
		}
		appendStringInfo(&accepted, "%s\"%s\"", i ? ", " : "", limits->names[i]);
	}
	return psprintf("Accepted is one of %s.", accepted.data);
}

const char *
value_boolean(const char *text, const ValueLimits *limits, void *field,
			  const char **hint)
{
	bool		value;

	if (!parse_bool(text, &value))
		return "Accepted is a boolean, true or false.";
	*(bool *) field = value;
	return NULL;
}

const char *
value_cost(const char *text, const ValueLimits *limits, void *field,
		   const char **hint)
{
	double		value;

	if (!parse_real(text, &value, 0, NULL) || isinf(value) || value < 0)
		return "Accepted is a number that is not negative.";
	*(double *) field = value;
	return NULL;
}

/* The value of a request header. */
const char *
value_header(const char *text, const ValueLimits *limits, void *field,
			 const char **hint)
{
	if (!bytes_between(text, ' ', '~') ||
		text[0] == ' ' || text[strlen(text) - 1] == ' ')
		return "Accepted is printable ASCII text that neither begins nor ends with a space.";
	store_text(field, text);
	return NULL;
}

/* A secret: a line end would let it write headers of its own. */
const char *
value_key(const char *text, const ValueLimits *limits, void *field,
		  const char **hint)
{
	if (!bytes_between(text, '!', '~') || strlen(text) > VALUE_MAX_KEY)
		return psprintf("Accepted are 1 to %d printable ASCII characters without spaces or line ends.",
						VALUE_MAX_KEY);
	store_text(field, text);
	return NULL;
}

/* Of a file of the server's machine.  It need not exist yet. */
const char *
value_path(const char *text, const ValueLimits *limits, void *field,
		   const char **hint)
{
	if (!is_absolute_path(text) || !no_control_characters(text))
		return "Accepted is an absolute path.";
	store_text(field, text);
	return NULL;
}

/* A member of a row: names joined by dots. */
const char *
value_member(const char *text, const ValueLimits *limits, void *field,
			 const char **hint)
{
	if (!no_control_characters(text) || strstr(text, "..") ||
		text[0] == '.' || text[strlen(text) - 1] == '.')
		return "Accepted is the name of a member, or several joined by dots (\"emailHashes.sha256\").";
	store_text(field, text);
	return NULL;
}

/* In every form that type uuid takes; stored in the form that it prints. */
const char *
value_uuid(const char *text, const ValueLimits *limits, void *field,
		   const char **hint)
{
	static const char *const accepted = "Accepted is a UUID.";
	char		canonical[37] = "........-....-....-....-............";
	const char *c = text;
	int			digits = 0;

	if (*c == '{')
		c++;
	for (char *to = canonical; *to; to++)
	{
		if (*to == '-')
			continue;
		if (!isxdigit((unsigned char) *c))
			return accepted;
		*to = pg_ascii_tolower((unsigned char) *c++);
		if (++digits % 4 == 0 && digits < 32 && *c == '-')
			c++;
	}
	if (strcmp(c, text[0] == '{' ? "}" : "") != 0)
		return accepted;
	store_text(field, canonical);
	return NULL;
}

/* Exactly as the API writes a date. */
const char *
value_date(const char *text, const ValueLimits *limits, void *field,
		   const char **hint)
{
	if (!iso8601_is_day(text))
		return "Accepted is a date written as YYYY-MM-DD.";
	store_text(field, text);
	return NULL;
}

static int
compare_int64(const void *a, const void *b)
{
	int64		x = *(const int64 *) a;
	int64		y = *(const int64 *) b;

	return (x > y) - (x < y);
}

/*
 * "3, 1,2" to 1, 2, 3: whole numbers, each once.  The array is palloc'd.
 */
const char *
value_int64_list(const char *text, int64 **numbers, int *count)
{
	static const char *const accepted = "Accepted are different integers, separated by commas.";
	int64	   *result = palloc(sizeof(int64) * (strlen(text) / 2 + 1));
	int			n = 0;

	for (const char *c = text;; c++)
	{
		char	   *end;

		errno = 0;
		result[n++] = strtoll(c, &end, 10);
		if (end == c || errno != 0)
			return accepted;
		c = end + strspn(end, " \t\n");
		if (*c == '\0')
			break;
		if (*c != ',')
			return accepted;
	}
	qsort(result, n, sizeof(int64), compare_int64);
	for (int i = 1; i < n; i++)
	{
		if (result[i] == result[i - 1])
			return accepted;
	}
	*numbers = result;
	*count = n;
	return NULL;
}

/* Length of one of the schemes with its "://" at the start, or 0. */
static int
scheme_length(const char *url, const char *const *schemes)
{
	for (; *schemes; schemes++)
	{
		int			len = strlen(*schemes);

		if (pg_strncasecmp(url, *schemes, len) == 0 &&
			strncmp(url + len, "://", 3) == 0)
			return len + 3;
	}
	return 0;
}

/*
 * The host of an authority ("host:port"), palloc'd, without the brackets of
 * an IPv6 address; NULL where it is missing or has a character that no host
 * has.  That refuses what clients are known to read differently: backslashes,
 * percent escapes, characters beyond ASCII.  after is set to what follows.
 */
static char *
authority_host(const char *authority, const char **after, bool *is_ipv6)
{
	const char *allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
	struct in6_addr address;
	char	   *host;

	*is_ipv6 = (*authority == '[');
	if (*is_ipv6)
	{
		authority++;
		allowed = "0123456789abcdefABCDEF:.";
	}
	host = pnstrdup(authority, strspn(authority, allowed));
	*after = authority + strlen(host);
	if (*is_ipv6)
	{
		if (**after != ']' || inet_pton(AF_INET6, host, &address) != 1)
			return NULL;
		(*after)++;
	}
	return *host ? host : NULL;
}

/* Nothing, or a port, up to the path or the end. */
static bool
is_port_and_path(const char *text)
{
	char	   *end;
	long		port;

	if (*text == ':')
	{
		if (!isdigit((unsigned char) text[1]))
			return false;
		port = strtol(text + 1, &end, 10);
		if (port < 1 || port > 65535)
			return false;
		text = end;
	}
	return *text == '\0' || *text == '/';
}

/* Of a server or a proxy.  Stored without the slashes at its end. */
const char *
value_url(const char *text, const ValueLimits *limits, void *field,
		  const char **hint)
{
	int			scheme = scheme_length(text, limits->names);
	const char *authority = text + scheme;
	const char *after;
	bool		is_ipv6;
	int			len = strlen(text);

	if (!bytes_between(text, '!', '~'))
		return "A URL is printable ASCII without spaces.";
	if (scheme == 0)
	{
		StringInfoData accepted;

		initStringInfo(&accepted);
		for (int i = 0; limits->names[i]; i++)
			appendStringInfo(&accepted, "%s%s://", i ? ", " : "", limits->names[i]);
		return psprintf("Accepted is a URL that begins with one of %s.", accepted.data);
	}
	if (memchr(authority, '@', strcspn(authority, "/?#")))
		return "The URL must not hold a user name or a password: all users can read it.";
	if (!authority_host(authority, &after, &is_ipv6))
		return "The URL lacks a valid host name or address.";
	if (strpbrk(after, "?#"))
		return "The URL must not have a query (\"?\") or a fragment (\"#\").";
	if (!is_port_and_path(after))
		return "After the host, only a port from 1 to 65535 and a path are accepted.";
	while (text[len - 1] == '/')
		len--;
	*(char **) field = pnstrdup(text, len);
	return NULL;
}

/* Would the key travel in clear text?  Takes what value_url() stored. */
bool
value_url_is_plain(const char *url)
{
	return pg_strncasecmp(url, "http://", 7) == 0;
}

/*
 * Does the URL's host never leave this machine?  Only the name "localhost"
 * and addresses written in full: "127.1" or "127.0.0.1.example" are not taken
 * for addresses.  Takes what value_url() stored.
 */
bool
value_url_is_loopback(const char *url)
{
	const char *after;
	bool		is_ipv6;
	char	   *host = authority_host(strstr(url, "://") + 3, &after, &is_ipv6);
	struct in_addr v4;
	struct in6_addr v6;

	if (is_ipv6)
		return inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
	if (inet_pton(AF_INET, host, &v4) == 1)
		return (ntohl(v4.s_addr) >> 24) == 127;
	return pg_strcasecmp(host, "localhost") == 0;
}

/*
 * The name that was most likely meant, or NULL when none is near: at most
 * four edits and half of the letters, as PostgreSQL 16 and later decide.
 */
const char *
value_closest(const char *wanted, List *names)
{
	const char *closest = NULL;
	int			len = strlen(wanted);
	int			best = Min(4, len / 2) + 1;
	ListCell   *lc;

	foreach(lc, names)
	{
		const char *name = lfirst(lc);
		int			distance;

		distance = varstr_levenshtein_less_equal(wanted, len, name, strlen(name),
												 1, 1, 1, best - 1, true);
		if (distance < best)
		{
			best = distance;
			closest = name;
		}
	}
	return closest;
}
