/*
 * oracle.c
 *		What a document says, as another parser reads it.
 *
 * jansson's tree of the whole document, and the rules for answers once more in
 * its terms: shares nothing with the page room.  Where a name comes twice the
 * last one counts, as in the room; whether such a document is refused is left
 * open.  Doubles have less digits than the document: of a number's text it is
 * asked that it stands in the document and is that double.
 */
#include "oracle.h"

#include <ctype.h>
#include <jansson.h>
#include <math.h>

#include "backend.h"
#include "mb/pg_wchar.h"
#include "nodes/bitmapset.h"

#define MAX_DEPTH 64

struct Oracle
{
	const IntentDocument *document;
	const char *text;
	size_t		len;
	json_t	   *root;			/* NULL: not JSON, or not known to be */
	Verdict		verdict;
	const char *reason;
	bool		twice;			/* some name comes twice in an object */
	bool		odd_numbers;	/* some that a double does not hold */
	bool		pending;
	json_t	   *rows;			/* borrowed */
};


/*
 * Small questions
 */

/* Along a dotted path; NULL where it leads nowhere. */
static json_t *
at_path(json_t *value, const char *path)
{
	while (value != NULL && path != NULL)
	{
		const char *dot = strchr(path, '.');
		size_t		len = dot ? dot - path : strlen(path);

		value = json_object_getn(value, path, len);
		path = dot ? dot + 1 : NULL;
	}
	return value;
}

/* Does an object have the member, or a parent that is null? */
static bool
is_present(json_t *value, const char *path)
{
	while (path != NULL)
	{
		const char *dot = strchr(path, '.');
		size_t		len = dot ? dot - path : strlen(path);

		value = json_object_getn(value, path, len);
		if (value == NULL || json_is_null(value))
			return value != NULL;
		path = dot ? dot + 1 : NULL;
	}
	return true;
}

static int
depth_of(const json_t *value)
{
	int			below = 0;
	const char *name;
	json_t	   *member;
	size_t		i;

	if (!json_is_object(value) && !json_is_array(value))
		return 0;
	json_object_foreach((json_t *) value, name, member)
		below = Max(below, depth_of(member));
	json_array_foreach(value, i, member)
		below = Max(below, depth_of(member));
	return below + 1;
}

/* Is there a number of more digits than a double has, or with an exponent? */
static bool
has_odd_numbers(const char *text, size_t len)
{
	int			digits = 0;

	for (size_t i = 0; i < len; i++)
	{
		if (isdigit((unsigned char) text[i]))
			digits++;
		else if ((text[i] == 'e' || text[i] == 'E') && digits > 0)
			return true;
		else if (text[i] != '.')
			digits = 0;
		if (digits > 15)
			return true;
	}
	return false;
}

/* YYYY-MM-DD, of the Gregorian calendar. */
static bool
is_day(const char *text)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int			year;
	int			month;
	int			day;
	char		again[16];

	if (strlen(text) != 10 || sscanf(text, "%4d-%2d-%2d", &year, &month, &day) != 3)
		return false;
	if (year < 1 || month < 1 || month > 12 || day < 1)
		return false;
	snprintf(again, sizeof(again), "%04d-%02d-%02d", year % 10000, month % 100, day % 100);
	if (strcmp(again, text) != 0)
		return false;
	return day <= days[month - 1] + (month == 2 && year % 4 == 0 &&
									 (year % 100 != 0 || year % 400 == 0));
}

static bool
is_word(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(text, *words) == 0)
			return true;
	return false;
}


/*
 * The verdict
 */

static bool
refuse(Oracle *o, const char *reason)
{
	o->verdict = o->twice ? VERDICT_UNKNOWN : VERDICT_REFUSED;
	o->reason = reason;
	return false;
}

/* The value of a member around the rows; NULL for one that is null. */
static json_t *
around(const Oracle *o, const char *path)
{
	json_t	   *value = path ? at_path(o->root, path) : NULL;

	return json_is_null(value) ? NULL : value;
}

static bool
is_string_or_none(const json_t *value)
{
	return value == NULL || json_is_string(value);
}

/* Does the answer have a "meta" where its paging needs one? */
static bool
judge_meta(Oracle *o)
{
	const IntentDocument *d = o->document;
	const char *const paths[] = {d->status, d->has_more, d->next_cursor,
	d->cache_key, d->data_date, d->total};
	bool		needed = false;

	for (int i = 0; i < lengthof(paths); i++)
		needed |= d->paging != INTENT_PAGING_NONE && paths[i] &&
			strncmp(paths[i], "meta.", 5) == 0;
	if (needed && !json_is_object(json_object_get(o->root, "meta")))
		return refuse(o, "no meta");
	return true;
}

static bool
judge_total(Oracle *o)
{
	json_t	   *total = around(o, o->document->total);
	double		value = json_number_value(total);

	if (total == NULL)
		return o->pending || o->document->paging != INTENT_PAGING_OFFSET ||
			refuse(o, "no total");
	if (!json_is_number(total))
		return refuse(o, "total is no number");
	if (o->odd_numbers)
		o->verdict = VERDICT_UNKNOWN;
	else if (value < 0 || value != floor(value))
		return refuse(o, "total is no count");
	return true;
}

static bool
judge_more(Oracle *o)
{
	const IntentDocument *d = o->document;
	json_t	   *more = around(o, d->has_more);

	if (d->paging == INTENT_PAGING_NONE)
		return !json_is_true(more) || o->pending || refuse(o, "more that cannot be had");
	if (more != NULL && !json_is_boolean(more))
		return refuse(o, "hasMore is no boolean");
	if (more == NULL && d->paging == INTENT_PAGING_CURSOR && !o->pending)
		return refuse(o, "no hasMore");
	return true;
}

static bool
judge_around(Oracle *o)
{
	const IntentDocument *d = o->document;
	json_t	   *status = around(o, d->status);
	json_t	   *date = around(o, d->data_date);

	if (!judge_meta(o))
		return false;
	if (!is_string_or_none(status) || !is_string_or_none(date) ||
		!is_string_or_none(around(o, d->next_cursor)) ||
		!is_string_or_none(around(o, d->cache_key)))
		return refuse(o, "no string around the rows");
	if (status != NULL)
	{
		o->pending = is_word(json_string_value(status), d->pending);
		if (!o->pending && !is_word(json_string_value(status), d->ready))
			return refuse(o, "another status");
	}
	if (date != NULL && !is_day(json_string_value(date)))
		return refuse(o, "no date");
	return judge_more(o) && judge_total(o);
}

static bool
judge_rows(Oracle *o)
{
	const IntentDocument *d = o->document;
	const char *name;
	json_t	   *member;
	size_t		i;

	if (o->pending)
		return true;
	o->rows = json_object_get(o->root, "data");
	if (d->rows != NULL)
		o->rows = json_object_get(o->rows, d->rows);
	if (d->form == INTENT_ROWS_ARRAY ? !json_is_array(o->rows) : !json_is_object(o->rows))
		return refuse(o, "no rows");
	if (d->form == INTENT_ROWS_ARRAY)
		json_array_foreach(o->rows, i, member)
			if (!json_is_object(member))
			return refuse(o, "a row is no object");
	if (d->form == INTENT_ROWS_LISTS)
		json_object_foreach(o->rows, name, member)
			if (!json_is_array(member))
			return refuse(o, "a member is no array");
	return true;
}

static void
judge(Oracle *o)
{
	if (!json_is_object(o->root))
		refuse(o, "no object");
	else if (depth_of(o->root) > MAX_DEPTH)
	{
		/* deep or not, a name that comes twice hides what is in it */
		o->verdict = VERDICT_REFUSED;
		o->reason = "too deep";
	}
	else if (judge_around(o))
		judge_rows(o);
	if (o->twice && o->verdict == VERDICT_ROWS)
		o->verdict = VERDICT_UNKNOWN;
}

/* The text stays the caller's and must stay as it is. */
Oracle *
oracle_read(const IntentDocument *document, const char *text, size_t len)
{
	const size_t flags = JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL;
	Oracle	   *o = calloc(1, sizeof(Oracle));
	json_error_t error;
	json_t	   *once;

	o->document = document;
	o->text = text;
	o->len = len;
	o->odd_numbers = has_odd_numbers(text, len);
	o->root = json_loadb(text, len, flags, &error);
	if (o->root == NULL)
	{
		o->verdict = json_error_code(&error) == json_error_numeric_overflow ?
			VERDICT_UNKNOWN : VERDICT_REFUSED;
		o->reason = "no JSON";
		return o;
	}
	once = json_loadb(text, len, flags | JSON_REJECT_DUPLICATES, &error);
	o->twice = once == NULL;
	json_decref(once);
	judge(o);
	return o;
}

Verdict
oracle_verdict(const Oracle *o)
{
	return o->verdict;
}

const char *
oracle_reason(const Oracle *o)
{
	return o->reason ? o->reason : "rows";
}

void
oracle_free(Oracle *o)
{
	json_decref(o->root);
	free(o);
}


/*
 * Values
 */

static void
wrong_value(const char *what, const PageValue *value)
{
	backend_wrong("%s: the room has kind %d, %d bytes: %.200s", what, value->kind,
				  value->len, value->text ? value->text : "");
}

/* A value's text in UTF-8; malloc'd. */
static char *
as_utf8(const PageValue *value)
{
	char	   *copy = malloc(2 * value->len + 1);
	char	   *out = copy;

	for (int i = 0; i < value->len; i++)
	{
		unsigned char c = value->text[i];

		if (backend_encoding == PG_UTF8 || c < 0x80)
			*out++ = c;
		else
		{
			*out++ = 0xC0 | c >> 6;
			*out++ = 0x80 | (c & 0x3F);
		}
	}
	*out = '\0';
	return copy;
}

/* The text of a value as JSON. */
static void
check_source(const char *what, const PageValue *value, json_t *expected)
{
	char	   *text = as_utf8(value);
	json_t	   *tree = json_loadb(text, strlen(text), JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);

	if (tree == NULL || !json_equal(tree, expected))
		wrong_value(what, value);
	json_decref(tree);
	free(text);
}

/* The text of a string, a number, or a boolean. */
static void
check_text(const Oracle *o, const char *what, const PageValue *value, json_t *expected)
{
	char	   *text = as_utf8(value);
	char	   *end;

	switch (json_typeof(expected))
	{
		case JSON_STRING:
			if (strlen(text) != json_string_length(expected) ||
				memcmp(text, json_string_value(expected), strlen(text)) != 0)
				wrong_value(what, value);
			break;
		case JSON_REAL:
			if (strtod(text, &end) != json_real_value(expected) || *end != '\0' ||
				memmem(o->text, o->len, text, strlen(text)) == NULL)
				wrong_value(what, value);
			oracle_check_number(text);
			break;
		default:
			if (strcmp(text, json_is_true(expected) ? "true" : "false") != 0)
				wrong_value(what, value);
			break;
	}
	free(text);
}

static PageValueKind
kind_of(const json_t *value, PageWant want)
{
	if (value == NULL)
		return PAGE_VALUE_ABSENT;
	if (json_is_null(value))
		return PAGE_VALUE_NULL;
	if (want == PAGE_ARRAY && json_is_array(value))
		return PAGE_VALUE_ARRAY;
	if (want == PAGE_RAW || want == PAGE_ROW || json_is_object(value) || json_is_array(value))
		return PAGE_VALUE_JSON;
	return json_is_string(value) ? PAGE_VALUE_STRING :
		json_is_boolean(value) ? PAGE_VALUE_BOOL : PAGE_VALUE_NUMBER;
}

static void
check_value(const Oracle *o, const char *what, const PageValue *value,
			PageWant want, json_t *expected)
{
	if (want == PAGE_PRESENCE)
		expected = NULL;
	if (value->kind != kind_of(expected, want))
		wrong_value(what, value);
	switch (value->kind)
	{
		case PAGE_VALUE_ABSENT:
		case PAGE_VALUE_NULL:
			return;
		case PAGE_VALUE_ARRAY:
			if (value->len != json_array_size(expected))
				wrong_value(what, value);
			for (int i = 0; i < value->len; i++)
				check_value(o, what, &value->elements[i], PAGE_SCALAR,
							json_array_get(expected, i));
			return;
		default:
			break;
	}
	if (value->text[value->len] != '\0' || strlen(value->text) != value->len)
		wrong_value(what, value);
	if (value->kind == PAGE_VALUE_JSON)
		check_source(what, value, expected);
	else
		check_text(o, what, value, expected);
}


/*
 * Rows
 */

/* A row of a pair: what its columns are read of. */
typedef struct OracleRow
{
	json_t	   *row;			/* an object, or NULL */
	json_t	   *value;			/* of a pair, or NULL */
	const char *name;			/* of a pair */
} OracleRow;

static json_t *
column_value(const OracleRow *row, const PageColumn *column)
{
	json_t	   *found = NULL;

	for (int i = 0; i < column->npaths; i++)
	{
		json_t	   *value = at_path(row->row, column->paths[i]);

		if (value != NULL && !json_is_null(value))
			return value;
		if (found == NULL)
			found = value;
	}
	return found;
}

/* Notes in present (if it is not NULL) which columns the row has. */
static void
check_row(const Oracle *o, const RowPage *page, int nrow, const OracleRow *row,
		  const PageColumn *columns, int ncolumns, bool *present)
{
	json_t	   *name = row->name ? json_string(row->name) : NULL;
	bool		has_value = false;

	for (int i = 0; i < ncolumns; i++)
		has_value |= columns[i].npaths > 0 && strcmp(columns[i].paths[0], "$value") == 0;
	for (int i = 0; i < ncolumns; i++)
	{
		const PageColumn *column = &columns[i];
		const char *path = column->npaths > 0 ? column->paths[0] : "row";
		PageWant	want = column->want;
		json_t	   *expected;

		if (column->is_outer)
			continue;
		if (row->name && strcmp(path, "$name") == 0)
		{
			expected = name;	/* a string, whatever is wanted */
			want = want == PAGE_PRESENCE ? want : PAGE_SCALAR;
		}
		else if (row->name && has_value && strcmp(path, "$value") == 0)
			expected = row->value;
		else if (row->name && (has_value || !json_is_object(row->value)))
			continue;
		else if (column->want == PAGE_ROW)
			expected = row->row;
		else
			expected = column_value(row, column);
		check_value(o, path, page_value(page, nrow, i), want, expected);
		present[i] |= expected != NULL;
		for (int j = 0; j < column->npaths; j++)
			present[i] |= is_present(row->row, column->paths[j]);
	}
	json_decref(name);
}

static int
check_pairs(const Oracle *o, const RowPage *page, const PageColumn *columns,
			int ncolumns, bool *present)
{
	const char *name;
	json_t	   *member;
	json_t	   *element;
	size_t		i;
	int			n = 0;

	json_object_foreach(o->rows, name, member)
	{
		OracleRow	row = {json_is_object(member) ? member : NULL, member, name};

		if (o->document->form == INTENT_ROWS_MEMBERS)
		{
			if (n < page->nrows)
				check_row(o, page, n, &row, columns, ncolumns, present);
			n++;
			continue;
		}
		json_array_foreach(member, i, element)
		{
			row.row = json_is_object(element) ? element : NULL;
			row.value = element;
			if (n < page->nrows)
				check_row(o, page, n, &row, columns, ncolumns, present);
			n++;
		}
	}
	return n;
}

static bool
is_member(const Bitmapset *set, int i)
{
	int			word = i / BITS_PER_BITMAPWORD;

	return set && word < set->nwords && set->words[word] >> i % BITS_PER_BITMAPWORD & 1;
}

/* Returns the number of rows that there are. */
static int
check_rows(const Oracle *o, const RowPage *page, const PageColumn *columns,
		   int ncolumns, bool *present)
{
	json_t	   *element;
	size_t		i;
	OracleRow	row = {o->rows};

	switch (o->document->form)
	{
		case INTENT_ROWS_OBJECT:
			check_row(o, page, 0, &row, columns, ncolumns, present);
			return 1;
		case INTENT_ROWS_ARRAY:
			json_array_foreach(o->rows, i, element)
			{
				row.row = element;
				if (i < page->nrows)
					check_row(o, page, i, &row, columns, ncolumns, present);
			}
			return json_array_size(o->rows);
		default:
			return check_pairs(o, page, columns, ncolumns, present);
	}
}

static void
check_string(const Oracle *o, const char *path, const char *text)
{
	json_t	   *expected = around(o, path);
	PageValue	value = {text ? PAGE_VALUE_STRING : PAGE_VALUE_ABSENT,
	text ? strlen(text) : 0, unconstify(char *, text)};

	check_value(o, path ? path : "none", &value, PAGE_SCALAR, expected);
}

/* The page's own fields. */
static void
check_around(const Oracle *o, const RowPage *page)
{
	const IntentDocument *d = o->document;
	json_t	   *total = around(o, d->total);

	check_string(o, d->next_cursor, page->next_cursor);
	check_string(o, d->cache_key, page->cache_key);
	check_string(o, d->data_date, page->data_date);
	if (page->has_more != json_is_true(around(o, d->has_more)))
		backend_wrong("has_more is %d", page->has_more);
	if ((page->status == PAGE_STATUS_MATERIALIZING) != o->pending)
		backend_wrong("status is %d", page->status);
	if (o->pending)
		return;
	if (d->paging == INTENT_PAGING_NONE ? page->total != page->nrows :
		page->has_total != (total != NULL) ||
		(total && (double) page->total != json_number_value(total)))
		backend_wrong("total is %lld", (long long) page->total);
}

/*
 * Ends the process if a page is not what its document says.  Where a name
 * comes twice, what is around the rows is looked at only where it is needed,
 * and rows only where they are no pairs.
 */
void
oracle_check(const Oracle *o, const RowPage *page, const PageColumn *columns, int ncolumns)
{
	bool		present[256] = {false};
	bool		pairs = o->document->form == INTENT_ROWS_MEMBERS ||
	o->document->form == INTENT_ROWS_LISTS;

	if (o->root == NULL)
		return;
	if (!o->twice || o->document->paging == INTENT_PAGING_CURSOR)
		check_around(o, page);
	if (o->pending ? page->nrows != 0 : o->rows == NULL)
		backend_wrong("%d rows", page->nrows);
	if (o->pending || (o->twice && pairs))
		return;
	if (check_rows(o, page, columns, ncolumns, present) != page->nrows)
		backend_wrong("%d rows", page->nrows);
	for (int i = 0; i < ncolumns; i++)
	{
		const PageColumn *column = &columns[i];
		bool		is = is_member(page->present, i);

		if (column->is_outer)
			check_value(o, column->paths[0], &page->outer[i], column->want,
						at_path(o->root, column->paths[0]));
		else if (present[i] ? !is : is && !o->twice)
			backend_wrong("column %d (%s) is %s", i, column->npaths ? column->paths[0] : "row",
						  is ? "present" : "absent");
	}
}
