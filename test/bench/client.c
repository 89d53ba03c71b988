/*
 * client.c
 *		The bare client: what reading an audience costs without PostgreSQL.
 *
 * Follows the cursor of POST /v1/intent/audiences/query and prints six
 * columns of each row as COPY would, in the obvious way: one easy handle, kept
 * alive, one page at a time, a jansson tree for each page.  The limit that
 * test/bench/run compares the extension with; nothing here is retried.
 *
 *		client URL KEY BODY [PAGES]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <jansson.h>

typedef struct
{
	char	   *data;
	size_t		len;
	size_t		size;
} Reply;

static const char *const columns[] = {
	"email", "company", "jobTitle", "intentScore", "topicId"
};

#define NCOLUMNS (sizeof(columns) / sizeof(columns[0]))

static void
die(const char *what, const char *why)
{
	fprintf(stderr, "client: %s: %s\n", what, why);
	exit(1);
}

/* libcurl's write callback: the reply grows by doubling. */
static size_t
receive(char *data, size_t size, size_t n, void *arg)
{
	Reply	   *reply = arg;
	size_t		len = size * n;

	if (reply->len + len > reply->size)
	{
		reply->size = (reply->len + len) * 2;
		reply->data = realloc(reply->data, reply->size);
		if (reply->data == NULL)
			return 0;
	}
	memcpy(reply->data + reply->len, data, len);
	reply->len += len;
	return len;
}

static void
print_text(const char *text)
{
	for (; *text; text++)
	{
		switch (*text)
		{
			case '\t':
				fputs("\\t", stdout);
				break;
			case '\n':
				fputs("\\n", stdout);
				break;
			case '\r':
				fputs("\\r", stdout);
				break;
			case '\\':
				fputs("\\\\", stdout);
				break;
			default:
				putchar_unlocked(*text);
		}
	}
}

static void
print_value(const json_t *value)
{
	if (json_is_string(value))
		print_text(json_string_value(value));
	else if (json_is_integer(value))
		printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		printf("%.17g", json_real_value(value));
	else
		fputs("\\N", stdout);
}

/* The seed's rows have hem, the live ones emailHashes.sha256. */
static const json_t *
hashed_email(const json_t *row)
{
	const json_t *hem = json_object_get(row, "hem");

	if (hem == NULL)
		hem = json_object_get(json_object_get(row, "emailHashes"), "sha256");
	return hem;
}

static void
print_rows(const json_t *rows)
{
	size_t		i;
	const json_t *row;

	json_array_foreach(rows, i, row)
	{
		for (size_t c = 0; c < NCOLUMNS; c++)
		{
			print_value(json_object_get(row, columns[c]));
			putchar_unlocked('\t');
		}
		print_value(hashed_email(row));
		putchar_unlocked('\n');
	}
}

static CURL *
open_client(const char *url, const char *key, Reply *reply)
{
	CURL	   *curl = curl_easy_init();
	struct curl_slist *headers = NULL;
	char		line[1024];

	if (curl == NULL)
		die("libcurl", "no handle");
	snprintf(line, sizeof(line), "X-API-Key: %s", key);
	headers = curl_slist_append(headers, "Content-Type: application/json");
	headers = curl_slist_append(headers, "Expect:");
	headers = curl_slist_append(headers, line);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, reply);
	return curl;
}

/*
 * The reply's document.  Once a number was too big for jansson's integers, all
 * are read as doubles.
 */
static json_t *
parse(const Reply *reply)
{
	static size_t flags = 0;
	json_error_t error;
	json_t	   *page = json_loadb(reply->data, reply->len, flags, &error);

	if (page == NULL && flags == 0 &&
		json_error_code(&error) == json_error_numeric_overflow)
	{
		flags = JSON_DECODE_INT_AS_REAL;
		page = json_loadb(reply->data, reply->len, flags, &error);
	}
	if (page == NULL)
		die("answer", error.text);
	return page;
}

/* The next page's document, to be released by the caller. */
static json_t *
fetch(CURL *curl, const json_t *body, Reply *reply)
{
	char	   *text = json_dumps(body, JSON_COMPACT);
	CURLcode	result;
	long		status = 0;

	reply->len = 0;
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text);
	result = curl_easy_perform(curl);
	if (result != CURLE_OK)
		die("request", curl_easy_strerror(result));
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	if (status != 200)
	{
		fprintf(stderr, "client: status %ld: %.*s\n", status,
				(int) reply->len, reply->data);
		exit(1);
	}
	free(text);
	return parse(reply);
}

int
main(int argc, char **argv)
{
	Reply		reply = {0};
	json_error_t error;
	json_t	   *body;
	CURL	   *curl;
	long		pages;

	if (argc < 4)
		die("usage", "client URL KEY BODY [PAGES]");
	body = json_loads(argv[3], 0, &error);
	if (body == NULL)
		die("body", error.text);
	pages = argc > 4 ? atol(argv[4]) : -1;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	curl = open_client(argv[1], argv[2], &reply);

	while (pages-- != 0)
	{
		json_t	   *page = fetch(curl, body, &reply);
		const json_t *meta = json_object_get(page, "meta");
		json_t	   *cursor = json_object_get(meta, "nextCursor");

		print_rows(json_object_get(page, "data"));
		json_object_set(body, "cursor", cursor);
		pages = json_is_true(json_object_get(meta, "hasMore")) ? pages : 0;
		json_decref(page);
	}

	curl_easy_cleanup(curl);
	json_decref(body);
	free(reply.data);
	return 0;
}
