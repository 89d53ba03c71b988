/*
 * texts.h: attributes that are composed rather than drawn from a dictionary.
 * Each function appends the raw text for a person who has that attribute.
 */
#ifndef SIM_TEXTS_H
#define SIM_TEXTS_H

#include "people.h"

typedef void (*TextWriter) (Buf *b, const Person *p);

extern void text_email(Buf *b, const Person *p);
extern void text_emails(Buf *b, const Person *p);
extern void text_personal_email(Buf *b, const Person *p);
extern void text_personal_emails(Buf *b, const Person *p);
extern void text_business_email(Buf *b, const Person *p);
extern void text_headline(Buf *b, const Person *p);
extern void text_photo_url(Buf *b, const Person *p);
extern void text_linkedin_url(Buf *b, const Person *p);
extern void text_address(Buf *b, const Person *p);
extern void text_zip(Buf *b, const Person *p);
extern void text_normal_title(Buf *b, const Person *p);
extern void text_company_zip(Buf *b, const Person *p);
extern void text_company_linkedin(Buf *b, const Person *p);
extern void text_description(Buf *b, const Person *p);
extern void text_phones(Buf *b, const Person *p);
extern void text_direct_numbers(Buf *b, const Person *p);
extern void text_mobile_phones(Buf *b, const Person *p);
extern void text_personal_phones(Buf *b, const Person *p);
extern void text_hem(Buf *b, const Person *p);
extern void text_email_hashes(Buf *b, const Person *p);
extern void text_all_email_hashes(Buf *b, const Person *p);

#endif
