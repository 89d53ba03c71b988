/*
 * values.c: the dictionaries that people are made of, see values.h.
 *
 * All names are invented, all domains end in .example (RFC 2606).  Many values
 * are parts of others ("male" of "female", "vp" of "svp", "1 to 10" of "51 to
 * 100") or differ from others in case only: a client that takes a wide match
 * for an exact one shows at once.  Some need escaping in JSON or CSV.
 */
#include "values.h"

Dict		dicts[DICT_COUNT];
int			known_companies;

static const char *const first_names[] = {
	"Anna", "Ben", "Carla", "Dmitri", "Elena", "Farid", "Grace", "Hugo",
	"Ingrid", "Jamal", "Katja", "Liam", "Mia", "Nadia", "Oscar", "Priya",
	"Quentin", "Rosa", "Sven", "Tariq", "Uma", "Victor", "Wen", "Ximena",
	"Yusuf", "Zoë", "José", "Łukasz", "Søren", "太郎", "Ольга", "Anne-Marie"
};

static const char *const last_names[] = {
	"Smith", "Müller", "Garcia", "Novak", "Rossi", "Tanaka", "O'Neil",
	"Van der Berg", "Kowalski", "Østergård", "Nguyen", "Haddad", "Silva",
	"Johnson", "Okafor", "Lindqvist", "\xd0\x9f\xd0\xb5\xd1\x82\xd1\x80\xd0\xbe\xd0\xb2", "山田", "Dubois", "Meyer",
	"Mc Allister", "Ivanova", "Costa", "Brandt", "Smithson", "de la Cruz"
};

static const char *const age_ranges[] = {
	"18-24", "25-34", "35-44", "45-54", "55-64", "65 and older"
};

static const char *const genders[] = {"male", "female", "female", "male", "nonbinary"};

static const char *const income_ranges[] = {
	"under 50k", "50k to 75k", "75k to 100k", "100k to 150k", "150k and over"
};

static const char *const net_worths[] = {
	"under 100k", "100k to 250k", "250k to 500k", "500k to 1m", "1m and over"
};

static const char *const yes_no[] = {"y", "n"};

static const char *const cities[] = {
	"springfield", "riverton", "lakewood", "São Bento", "mill valley",
	"Zürich West", "newport", "fairview", "oakdale", "port \"royal\""
};

static const char *const states[] = {
	"california", "new york", "texas", "kansas", "arkansas", "virginia",
	"west virginia", "washington", "florida", "illinois", "ohio", "New York",
	"île-de-france", ""
};

static const char *const countries[] = {
	"united states", "germany", "france", "japan", "united kingdom", "brazil"
};

static const char *const job_titles[] = {
	"vp sales", "senior vp sales", "VP Sales", "director of marketing",
	"director", "Director", "managing director", "ceo", "CEO",
	"chief executive officer", "head of growth", "software engineer",
	"senior software engineer", "Software Engineer", "marketing manager",
	"product marketing manager", "account executive", "cto", "cfo",
	"data analyst", "ingénieur logiciel", "Geschäftsführer", "営業部長",
	"sales", "vp of sales & marketing", "owner / founder", "intern",
	"100% remote recruiter", "team_lead", "team lead", "engineer \"II\"", ""
};

static const char *const seniorities[] = {
	"director", "vp", "svp", "cxo", "manager", "senior", "entry", "owner"
};

static const char *const departments[] = {
	"marketing", "product marketing", "sales", "engineering", "finance",
	"human resources", "operations", "it", "legal", ""
};

static const char *const subdepartments[] = {
	"demand generation", "field sales, inside sales", "devops", "payroll",
	"brand", "security, networks"
};

static const char *const job_functions[] = {
	"sales", "marketing", "engineering", "finance", "support", "research"
};

static const char *const industries[] = {
	"software development", "software", "banking", "investment banking",
	"retail", "advertising services", "hospitals and health care",
	"it services and it consulting", "manufacturing", "education", "law practice"
};

static const char *const company_sizes[] = {
	"1 to 10", "11 to 50", "51 to 100", "101 to 250", "251 to 500",
	"501 to 1000", "1001 to 5000", "10000+"
};

static const char *const revenue_ranges[] = {
	"under 1 million", "1 million to 5 million", "5 million to 10 million",
	"10 million to 25 million", "25 million to 50 million",
	"50 million to 100 million", "100 million to 500 million",
	"1 billion and over"
};

/* JSON numbers in several spellings: a client has to keep their digits. */
static const char *const revenues[] = {
	"750000", "1250000.50", "18250000", "42000000.00", "98765432109876543210",
	"2.5e7", "0", "123456.789012345678901234"
};

static const char *const naics[] = {"541511", "522110", "445110", "611310", "336111"};

static const char *const sics[] = {"7371", "6021", "5411", "8221", "0111"};

typedef struct Company
{
	const char *name;
	const char *domain;
} Company;

static const Company companies[] = {
	{"Acme Inc", "acme.example"}, {"acme", "acme.example"},
	{"ACME", "sub.acme.example"}, {"acme inc", "ACME.example"},
	{"Acme Inc.", "acme-inc.example"}, {"Acme Industries", "acme-industries.example"},
	{"Acme Holdings Inc", "holdings.acme.example"}, {"Acmeville", "acmeville.example"},
	{" acme ", "notacme.example"}, {"Müller GmbH", "mueller.example"},
	{"müller gmbh", "mueller.example"}, {"MÜLLER GMBH", "sub.mueller.example"},
	{"Müller", "muellerag.example"}, {"東京", "tokyo.example"},
	{"東京商事", "shoji.tokyo.example"}, {"O'Brien & Sons", "obrien.example"},
	{"Quote \"Q\" Ltd", "quote.example"}, {"Back\\slash Labs", "backslash.example"},
	{"100% Pure", "pure.example"}, {"under_score", "under.example"},
	{"under score", "underscore.example"}, {"Comma, Inc", "comma.example"},
	{"Tab\tand\nNewline", "tab.example"}, {"", "empty.example"},
	{"Œuvre & Co", "oeuvre.example"}, {"Globex", "globex.example"},
	{"globex", "shop.globex.example"}, {"Initech", "initech.example"},
	{"Umbrella \xf0\x9f\x8c\x82 Works", "umbrella.example"}, {"Łódź Systems", "lodz.example"}
};

static const char *const adjectives[] = {
	"blue", "bright", "calm", "clear", "crimson", "distant", "eager", "frosty",
	"gentle", "golden", "green", "hidden", "iron", "jolly", "keen", "lunar",
	"mellow", "noble", "open", "polar", "quiet", "rapid", "silver", "tall",
	"urban", "vivid", "warm", "young", "zesty", "ample"
};

static const char *const nouns[] = {
	"anchor", "bridge", "canyon", "delta", "engine", "forest", "garden",
	"harbor", "island", "juniper", "kernel", "lantern", "meadow", "needle",
	"orchard", "pillar", "quarry", "river", "summit", "tunnel", "valley",
	"willow", "yard", "zenith", "beacon", "compass", "dynamo", "ember",
	"falcon", "glacier"
};

static const char *const suffixes[] = {"", " Inc", " LLC", " inc", " GmbH", " Group"};

#define LENGTH(list) ((int) (sizeof(list) / sizeof((list)[0])))
#define LIST(list) {list, LENGTH(list)}

static const struct
{
	const char *const *list;
	int			count;
}			lists[DICT_COUNT] = {

	[DICT_FIRST_NAME] = LIST(first_names),
	[DICT_LAST_NAME] = LIST(last_names),
	[DICT_AGE_RANGE] = LIST(age_ranges),
	[DICT_GENDER] = LIST(genders),
	[DICT_INCOME_RANGE] = LIST(income_ranges),
	[DICT_NET_WORTH] = LIST(net_worths),
	[DICT_YES_NO] = LIST(yes_no),
	[DICT_CITY] = LIST(cities),
	[DICT_STATE] = LIST(states),
	[DICT_COUNTRY] = LIST(countries),
	[DICT_JOB_TITLE] = LIST(job_titles),
	[DICT_SENIORITY] = LIST(seniorities),
	[DICT_DEPARTMENT] = LIST(departments),
	[DICT_SUBDEPARTMENT] = LIST(subdepartments),
	[DICT_JOB_FUNCTION] = LIST(job_functions),
	[DICT_INDUSTRY] = LIST(industries),
	[DICT_COMPANY_SIZE] = LIST(company_sizes),
	[DICT_REVENUE_RANGE] = LIST(revenue_ranges),
	[DICT_REVENUE] = LIST(revenues),
	[DICT_NAICS] = LIST(naics),
	[DICT_SIC] = LIST(sics),
};

/* Code point of the lower-case letter, or the code point itself. */
static uint32_t
fold_code_point(uint32_t c)
{
	if ((c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) ||
		(c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F))
		return c + 32;
	if (c >= 0x400 && c <= 0x40F)
		return c + 80;
	if ((c >= 0x100 && c <= 0x137 && c != 0x130) || (c >= 0x14A && c <= 0x177))
		return c | 1;
	if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E))
		return (c & 1) ? c + 1 : c;
	return c;
}

/* All letters that fold are one or two bytes long, before and after. */
void
fold_case(Buf *b, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
	{
		unsigned char c = (unsigned char) text[i];

		if ((c & 0xE0) == 0xC0 && i + 1 < len)
		{
			uint32_t	f = fold_code_point((c & 0x1Fu) << 6 | (text[++i] & 0x3Fu));

			buf_char(b, (char) (0xC0 | f >> 6));
			buf_char(b, (char) (0x80 | (f & 0x3F)));
		}
		else if (c < 0x80)
			buf_char(b, (char) fold_code_point(c));
		else
			buf_char(b, text[i]);
	}
}

static void
value_set(Value *v, const char *text)
{
	Buf			json = {0};
	Buf			folded = {0};

	v->text = text;
	v->text_len = (uint32_t) strlen(text);
	buf_json(&json, text, v->text_len);
	v->json = json.data;
	v->json_len = (uint32_t) json.len;
	buf_grow(&folded, v->text_len);
	fold_case(&folded, text, v->text_len);
	v->folded = folded.data;
}

static void
made_up_company(int i, Value *name, Value *domain)
{
	const char *adjective = adjectives[i / LENGTH(nouns)];
	const char *noun = nouns[i % LENGTH(nouns)];
	Buf			b = {0};
	Buf			d = {0};

	buf_printf(&b, "%s %s%s", adjective, noun, suffixes[i % LENGTH(suffixes)]);
	buf_printf(&d, "%s%s%s.example", i % 9 == 0 ? "www." : "", adjective, noun);
	if (i % 4 == 0)
		b.data[0] = (char) (b.data[0] - 'a' + 'A');
	value_set(name, b.data);
	value_set(domain, d.data);
}

static void
companies_init(void)
{
	int			made_up = LENGTH(adjectives) * LENGTH(nouns);
	int			count = LENGTH(companies) + made_up;
	Dict	   *names = &dicts[DICT_COMPANY];
	Dict	   *domains = &dicts[DICT_DOMAIN];

	known_companies = LENGTH(companies);
	names->count = domains->count = count;
	names->values = xcalloc(count, sizeof(Value));
	domains->values = xcalloc(count, sizeof(Value));
	for (int i = 0; i < LENGTH(companies); i++)
	{
		value_set(&names->values[i], companies[i].name);
		value_set(&domains->values[i], companies[i].domain);
	}
	for (int i = 0; i < made_up; i++)
		made_up_company(i, &names->values[LENGTH(companies) + i],
						&domains->values[LENGTH(companies) + i]);
}

/* The dictionaries live as long as the process. */
void
values_init(void)
{
	for (int d = 0; d < DICT_COUNT; d++)
	{
		if (lists[d].count == 0)
			continue;
		dicts[d].count = lists[d].count;
		dicts[d].values = xcalloc(lists[d].count, sizeof(Value));
		for (int i = 0; i < lists[d].count; i++)
			value_set(&dicts[d].values[i], lists[d].list[i]);
	}
	companies_init();
}
