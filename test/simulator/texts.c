/*
 * texts.c: attributes that are composed, see texts.h.
 */
#include "texts.h"

#include <ctype.h>

#include "hash.h"

/* Appends the ASCII letters of text in lower case, "person" if there are none. */
static void
slug(Buf *b, const Value *v)
{
	size_t		before = b->len;

	for (uint32_t i = 0; i < v->text_len; i++)
		if (isalpha((unsigned char) v->text[i]))
			buf_char(b, (char) tolower((unsigned char) v->text[i]));
	if (b->len == before)
		buf_str(b, "person");
}

/* The names of the address are hidden ones: the row may not tell its own. */
static void
local_part(Buf *b, const Person *p)
{
	const Dict *names = &dicts[DICT_FIRST_NAME];

	slug(b, &names->values[(p->hash >> 40) % names->count]);
	buf_char(b, '.');
	buf_uint(b, p->index);
}

void
text_business_email(Buf *b, const Person *p)
{
	const Value *domain = &dicts[DICT_DOMAIN].values[p->company];

	local_part(b, p);
	buf_char(b, '@');
	buf_add(b, domain->text, domain->text_len);
}

void
text_personal_email(Buf *b, const Person *p)
{
	local_part(b, p);
	buf_str(b, p->hash & 1 ? "@mail.example" : "@post.example");
}

void
text_personal_emails(Buf *b, const Person *p)
{
	text_personal_email(b, p);
	buf_str(b, ", ");
	local_part(b, p);
	buf_str(b, "@old.mail.example");
}

void
text_email(Buf *b, const Person *p)
{
	if (p->value[ATTR_BUSINESS_EMAIL] >= 0)
		text_business_email(b, p);
	else
		text_personal_email(b, p);
}

void
text_emails(Buf *b, const Person *p)
{
	text_email(b, p);
	if (p->value[ATTR_BUSINESS_EMAIL] < 0 || p->value[ATTR_PERSONAL_EMAIL] < 0)
		return;
	buf_str(b, ", ");
	text_personal_email(b, p);
}

/* Some headlines need escaping: quotes, backslash, line break, emoji. */
void
text_headline(Buf *b, const Person *p)
{
	static const char *const tails[] = {
		"", " | \"Growth\" \\ Scale", "\nSpeaker, author", " \xf0\x9f\x9a\x80 hiring", "\tñandú"
	};
	const Dict *titles = &dicts[DICT_JOB_TITLE];

	buf_str(b, titles->values[(p->hash >> 24) % titles->count].text);
	buf_str(b, " at ");
	buf_str(b, dicts[DICT_COMPANY].values[p->company].text);
	buf_str(b, tails[(p->hash >> 8) % 5]);
}

void
text_photo_url(Buf *b, const Person *p)
{
	buf_str(b, "https://photos.example/p/");
	buf_uint(b, p->hash >> 20);
	buf_str(b, ".jpg");
}

void
text_linkedin_url(Buf *b, const Person *p)
{
	buf_str(b, "https://linkedin.example/in/");
	local_part(b, p);
}

void
text_address(Buf *b, const Person *p)
{
	static const char *const streets[] = {
		" main street", " oak avenue", " rue de l'Église", " 2nd street, apt \"B\"", " mill lane"
	};

	buf_uint(b, 1 + p->hash % 9999);
	buf_str(b, streets[(p->hash >> 16) % 5]);
}

/* Five digits, many of them with a leading zero. */
static void
zip_code(Buf *b, uint64_t hash)
{
	for (int i = 0; i < 5; i++)
		buf_char(b, (char) ('0' + (hash >> (i * 8)) % (i == 0 ? 3 : 10)));
}

void
text_zip(Buf *b, const Person *p)
{
	zip_code(b, p->hash);
}

void
text_company_zip(Buf *b, const Person *p)
{
	zip_code(b, mix64(p->company));
}

void
text_normal_title(Buf *b, const Person *p)
{
	const Value *v = &dicts[DICT_JOB_TITLE].values[p->value[ATTR_JOB_TITLE]];

	buf_str(b, v->folded);
}

void
text_company_linkedin(Buf *b, const Person *p)
{
	buf_str(b, "https://linkedin.example/company/");
	buf_uint(b, p->company);
}

void
text_description(Buf *b, const Person *p)
{
	static const char *const parts[] = {
		" builds things that other companies need, and looks after them for years.",
		" helps teams plan, measure and ship: \"less noise, more signal\".",
		" ist ein Familienbetrieb für Präzisionsteile; gegründet 1974.",
		" sells, rents and repairs equipment.\nOffices in three countries."
	};
	uint64_t	h = mix64(p->company);

	buf_str(b, dicts[DICT_COMPANY].values[p->company].text);
	buf_str(b, parts[h % 4]);
	buf_str(b, parts[(h >> 8) % 4]);
}

/* Numbers reserved for fiction: 555-0100 to 555-0199. */
static void
phone(Buf *b, const Person *p, int which)
{
	uint64_t	h = mix64(p->hash + (uint64_t) which);

	buf_str(b, "+1");
	buf_uint(b, 201 + h % 780);
	buf_str(b, "55501");
	buf_char(b, (char) ('0' + (h >> 20) % 10));
	buf_char(b, (char) ('0' + (h >> 30) % 10));
}

void
text_phones(Buf *b, const Person *p)
{
	phone(b, p, 1);
	if (p->hash & 4)
		return;
	buf_str(b, ", ");
	phone(b, p, 2);
}

void
text_direct_numbers(Buf *b, const Person *p)
{
	phone(b, p, 2);
}

void
text_mobile_phones(Buf *b, const Person *p)
{
	phone(b, p, 1);
}

void
text_personal_phones(Buf *b, const Person *p)
{
	phone(b, p, 1);
}

/* length hexadecimal digits that are the person's own. */
static void
hex_digits(Buf *b, const Person *p, uint64_t salt, int length)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t	h = 0;
	char		text[64];

	for (int i = 0; i < length; i++)
	{
		if (i % 16 == 0)
			h = mix64(p->hash + salt * 64 + (uint64_t) i);
		text[i] = digits[h >> 60];
		h <<= 4;
	}
	buf_add(b, text, (size_t) length);
}

/* The hash of the e-mail address; never null, so it identifies the person. */
void
text_hem(Buf *b, const Person *p)
{
	hex_digits(b, p, 1, 64);
}

static void
hash_member(Buf *b, const Person *p, const char *name, uint64_t salt, int length)
{
	buf_str(b, name);
	if (salt > 1 && (p->hash >> (8 * salt)) % 4 == 0)
	{
		buf_str(b, "null");
		return;
	}
	buf_char(b, '"');
	hex_digits(b, p, salt, length);
	buf_char(b, '"');
}

void
text_email_hashes(Buf *b, const Person *p)
{
	hash_member(b, p, "{\"sha256\":", 1, 64);
	hash_member(b, p, ",\"sha1\":", 2, 40);
	hash_member(b, p, ",\"md5\":", 3, 32);
	buf_char(b, '}');
}

void
text_all_email_hashes(Buf *b, const Person *p)
{
	hash_member(b, p, "{\"sha256\":", 4, 64);
	hash_member(b, p, ",\"sha1\":", 5, 40);
	hash_member(b, p, ",\"md5\":", 6, 32);
	buf_char(b, '}');
}
