/*
 * people.c: people and their attributes, see people.h.
 *
 * The table attrs says for each member of a live row where its value comes
 * from and how often it is filled.  Members that depend on the query (score,
 * topic) are in the table for their names; render.c writes their values.
 */
#include "people.h"

#include <ctype.h>
#include <stdlib.h>

#include "hash.h"
#include "texts.h"

World		world = {2000, 1};

typedef enum AttrKind
{
	KIND_QUERY,					/* depends on the query */
	KIND_OWN,					/* drawn from a dictionary for the person */
	KIND_COMPANY,				/* the company itself: name, domain */
	KIND_OF_COMPANY,			/* drawn from a dictionary for the company */
	KIND_TEXT,					/* composed */
	KIND_EMAIL					/* composed, null without any address */
} AttrKind;

typedef enum AttrForm
{
	FORM_STRING,
	FORM_FLAG,					/* "y", "n"; t and f in CSV */
	FORM_NUMBER,				/* dictionary texts are JSON numbers */
	FORM_OBJECT					/* composed text is JSON */
} AttrForm;

typedef struct AttrDef
{
	const char *name;
	AttrKind	kind;
	DictId		dict;
	int			filled;			/* percent not null */
	TextWriter	text;
	Attr		needs;			/* null when that one is; 0: none */
	AttrForm	form;
} AttrDef;

#define QUERY(name) {name, KIND_QUERY, 0, 100, NULL, 0, 0}
#define EMAIL(name, text) {name, KIND_EMAIL, 0, 100, text, 0, FORM_STRING}
#define DRAWN(name, kind, dict, filled, form) {name, KIND_##kind, dict, filled, NULL, 0, FORM_##form}
#define TEXT(name, filled, text, needs) {name, KIND_TEXT, 0, filled, text, needs, FORM_STRING}
#define OBJECT(name, filled, text) {name, KIND_TEXT, 0, filled, text, 0, FORM_OBJECT}

static const AttrDef attrs[ATTR_COUNT] = {
	[ATTR_INTENT_SCORE] = QUERY("intentScore"),
	[ATTR_TOPIC_ID] = QUERY("topicId"),
	[ATTR_TOPIC_OVERLAP] = QUERY("topicOverlap"),
	[ATTR_MATCHED_TOPIC_IDS] = QUERY("matchedTopicIds"),
	[ATTR_TOPIC_NAME] = QUERY("topicName"),
	[ATTR_EMAIL] = EMAIL("email", text_email),
	[ATTR_FIRST_NAME] = DRAWN("firstName", OWN, DICT_FIRST_NAME, 68, STRING),
	[ATTR_LAST_NAME] = DRAWN("lastName", OWN, DICT_LAST_NAME, 67, STRING),
	[ATTR_AGE_RANGE] = DRAWN("ageRange", OWN, DICT_AGE_RANGE, 60, STRING),
	[ATTR_GENDER] = DRAWN("gender", OWN, DICT_GENDER, 65, STRING),
	[ATTR_HEADLINE] = TEXT("headline", 35, text_headline, 0),
	[ATTR_PHOTO_URL] = TEXT("photoUrl", 20, text_photo_url, 0),
	[ATTR_LINKEDIN_URL] = TEXT("linkedinUrl", 45, text_linkedin_url, 0),
	[ATTR_INCOME_RANGE] = DRAWN("incomeRange", OWN, DICT_INCOME_RANGE, 55, STRING),
	[ATTR_NET_WORTH] = DRAWN("netWorth", OWN, DICT_NET_WORTH, 50, STRING),
	[ATTR_HAS_CHILDREN] = DRAWN("hasChildren", OWN, DICT_YES_NO, 40, STRING),
	[ATTR_IS_HOMEOWNER] = DRAWN("isHomeowner", OWN, DICT_YES_NO, 45, STRING),
	[ATTR_IS_MARRIED] = DRAWN("isMarried", OWN, DICT_YES_NO, 45, STRING),
	[ATTR_ADDRESS] = TEXT("address", 50, text_address, 0),
	[ATTR_CITY] = DRAWN("city", OWN, DICT_CITY, 55, STRING),
	[ATTR_STATE] = DRAWN("state", OWN, DICT_STATE, 62, STRING),
	[ATTR_ZIP] = TEXT("zip", 54, text_zip, 0),
	[ATTR_PERSONAL_COUNTRY] = DRAWN("personalCountry", OWN, DICT_COUNTRY, 60, STRING),
	[ATTR_JOB_TITLE] = DRAWN("jobTitle", OWN, DICT_JOB_TITLE, 39, STRING),
	[ATTR_JOB_TITLE_NORMALIZED] = TEXT("jobTitleNormalized", 90, text_normal_title, ATTR_JOB_TITLE),
	[ATTR_SENIORITY] = DRAWN("seniority", OWN, DICT_SENIORITY, 45, STRING),
	[ATTR_DEPARTMENT] = DRAWN("department", OWN, DICT_DEPARTMENT, 40, STRING),
	[ATTR_SUBDEPARTMENTS] = DRAWN("subdepartments", OWN, DICT_SUBDEPARTMENT, 25, STRING),
	[ATTR_JOB_FUNCTIONS] = DRAWN("jobFunctions", OWN, DICT_JOB_FUNCTION, 30, STRING),
	[ATTR_COMPANY] = DRAWN("company", COMPANY, DICT_COMPANY, 46, STRING),
	[ATTR_COMPANY_DOMAIN] = DRAWN("companyDomain", COMPANY, DICT_DOMAIN, 50, STRING),
	[ATTR_COMPANY_INDUSTRY] = DRAWN("companyIndustry", OF_COMPANY, DICT_INDUSTRY, 50, STRING),
	[ATTR_COMPANY_SIZE] = DRAWN("companySize", OF_COMPANY, DICT_COMPANY_SIZE, 48, STRING),
	[ATTR_COMPANY_REVENUE_RANGE] = DRAWN("companyRevenueRange", OF_COMPANY, DICT_REVENUE_RANGE, 42, STRING),
	[ATTR_COMPANY_REVENUE] = DRAWN("companyRevenue", OF_COMPANY, DICT_REVENUE, 30, NUMBER),
	[ATTR_COMPANY_CITY] = DRAWN("companyCity", OF_COMPANY, DICT_CITY, 44, STRING),
	[ATTR_COMPANY_STATE] = DRAWN("companyState", OF_COMPANY, DICT_STATE, 44, STRING),
	[ATTR_COMPANY_ZIP] = TEXT("companyZip", 40, text_company_zip, 0),
	[ATTR_COUNTRY] = DRAWN("country", OF_COMPANY, DICT_COUNTRY, 45, STRING),
	[ATTR_COMPANY_LINKEDIN_URL] = TEXT("companyLinkedinUrl", 40, text_company_linkedin, 0),
	[ATTR_COMPANY_DESCRIPTION] = TEXT("companyDescription", 40, text_description, 0),
	[ATTR_COMPANY_NAICS] = DRAWN("companyNaics", OF_COMPANY, DICT_NAICS, 35, STRING),
	[ATTR_COMPANY_SIC] = DRAWN("companySic", OF_COMPANY, DICT_SIC, 35, STRING),
	[ATTR_PHONES] = TEXT("phones", 55, text_phones, 0),
	[ATTR_DIRECT_NUMBERS] = TEXT("directNumbers", 30, text_direct_numbers, ATTR_PHONES),
	[ATTR_MOBILE_PHONES] = TEXT("mobilePhones", 70, text_mobile_phones, ATTR_PHONES),
	[ATTR_PERSONAL_PHONES] = TEXT("personalPhones", 40, text_personal_phones, ATTR_PHONES),
	[ATTR_EMAILS] = EMAIL("emails", text_emails),
	[ATTR_PERSONAL_EMAIL] = TEXT("personalEmail", 60, text_personal_email, 0),
	[ATTR_PERSONAL_EMAILS] = TEXT("personalEmails", 80, text_personal_emails, ATTR_PERSONAL_EMAIL),
	[ATTR_BUSINESS_EMAIL] = TEXT("businessEmail", 50, text_business_email, 0),
	[ATTR_BUSINESS_EMAILS] = TEXT("businessEmails", 80, text_business_email, ATTR_BUSINESS_EMAIL),
	[ATTR_IS_B2B] = DRAWN("isB2b", OWN, DICT_YES_NO, 75, FLAG),
	[ATTR_IS_B2C] = DRAWN("isB2c", OWN, DICT_YES_NO, 70, FLAG),
	[ATTR_EMAIL_HASHES] = OBJECT("emailHashes", 100, text_email_hashes),
	[ATTR_ALL_EMAIL_HASHES] = OBJECT("allEmailHashes", 60, text_all_email_hashes),
	[ATTR_HEM] = TEXT("hem", 100, text_hem, 0),
};

const char *
attr_json_name(Attr a)
{
	return attrs[a].name;
}

/* The extension's column names: snake_case, but company_country. */
void
attr_csv_name(Attr a, Buf *b)
{
	if (a == ATTR_COUNTRY)
	{
		buf_str(b, "company_country");
		return;
	}
	for (const char *c = attrs[a].name; *c; c++)
	{
		if (isupper((unsigned char) *c))
			buf_char(b, '_');
		buf_char(b, (char) tolower((unsigned char) *c));
	}
}

const Dict *
attr_dict(Attr a)
{
	return attrs[a].dict ? &dicts[attrs[a].dict] : NULL;
}

static uint64_t
person_hash(uint32_t person)
{
	return mix64(world.seed * 0x100000001ULL + person);
}

/* A third of the people work at the companies that tests know by name. */
static int
person_company(uint64_t hash)
{
	uint64_t	h = mix64(hash ^ 0xC0FFEE);

	if (h % 100 < 33)
		return (int) ((h >> 20) % known_companies);
	return known_companies +
		(int) ((h >> 20) % (dicts[DICT_COMPANY].count - known_companies));
}

static int
drawn_value(uint64_t hash, int company, Attr a)
{
	const AttrDef *def = &attrs[a];
	uint64_t	h = mix64(hash + (uint64_t) a * 0x9e3779b97f4a7c15ULL);

	if ((int) (h % 100) >= def->filled)
		return -1;
	switch (def->kind)
	{
		case KIND_OWN:
			return (int) ((h >> 32) % dicts[def->dict].count);
		case KIND_COMPANY:
			return company;
		case KIND_OF_COMPANY:
			h = mix64((uint64_t) company * 1000 + a);
			return (int) ((h >> 32) % dicts[def->dict].count);
		default:
			return 0;
	}
}

static int
value_of(uint64_t hash, int company, Attr a)
{
	const AttrDef *def = &attrs[a];

	if (def->needs && value_of(hash, company, def->needs) < 0)
		return -1;
	if (def->kind == KIND_EMAIL &&
		drawn_value(hash, company, ATTR_BUSINESS_EMAIL) < 0 &&
		drawn_value(hash, company, ATTR_PERSONAL_EMAIL) < 0)
		return -1;
	return drawn_value(hash, company, a);
}

int
person_value(uint32_t person, Attr a)
{
	uint64_t	hash = person_hash(person);

	return value_of(hash, person_company(hash), a);
}

void
person_make(uint32_t person, Person *p)
{
	p->index = person;
	p->hash = person_hash(person);
	p->company = person_company(p->hash);
	for (int a = ATTR_FIRST_PERSONAL; a < ATTR_COUNT; a++)
		p->value[a] = (int16_t) value_of(p->hash, p->company, a);
}

static const Value *
person_dict_value(const Person *p, Attr a)
{
	return &dicts[attrs[a].dict].values[p->value[a]];
}

/* Composed in place: most texts need no escape and are quoted where they are. */
static void
text_json(Buf *b, const Person *p, TextWriter text)
{
	size_t		start = b->len;
	char	   *copy;

	buf_char(b, '"');
	text(b, p);
	if (json_is_plain(b->data + start + 1, b->len - start - 1))
	{
		buf_char(b, '"');
		return;
	}
	copy = xstrdup(b->data + start + 1);
	b->len = start;
	buf_json(b, copy, strlen(copy));
	free(copy);
}

void
person_json(Buf *b, const Person *p, Attr a)
{
	const AttrDef *def = &attrs[a];
	const Value *v;

	if (p->value[a] < 0)
		buf_add(b, "null", 4);
	else if (def->form == FORM_OBJECT)
		def->text(b, p);
	else if (def->text != NULL)
		text_json(b, p, def->text);
	else
	{
		v = person_dict_value(p, a);
		if (def->form == FORM_NUMBER)
			buf_add(b, v->text, v->text_len);
		else
			buf_add(b, v->json, v->json_len);
	}
}

void
person_csv(Buf *b, const Person *p, Attr a)
{
	const AttrDef *def = &attrs[a];
	const Value *v;

	if (p->value[a] < 0)
		return;
	if (def->text != NULL)
	{
		Buf			raw = {0};

		def->text(&raw, p);
		buf_csv(b, raw.data, raw.len);
		buf_free(&raw);
		return;
	}
	v = person_dict_value(p, a);
	if (def->form == FORM_FLAG)
		buf_char(b, v->text[0] == 'y' ? 't' : 'f');
	else
		buf_csv(b, v->text, v->text_len);
}
