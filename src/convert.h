/*
 * convert.h
 *		One value of a page to one Datum of a column.
 *
 * What is looked up for a type is looked up once, at the start of a scan.
 * Numbers keep their digits; a fraction for an integer column is an error,
 * never rounded.  Knows nothing of HTTP, requests or plans.
 */
#ifndef INTENT_CONVERT_H
#define INTENT_CONVERT_H

#include "compat.h"

#include "fmgr.h"
#include "page.h"

/* By the base type: domains are seen through, and checked at the end. */
typedef enum ConvertKind
{
	CONVERT_TEXT,				/* text, varchar without length: made at once */
	CONVERT_INT2,
	CONVERT_INT4,
	CONVERT_INT8,
	CONVERT_BOOL,
	CONVERT_JSON,				/* json, jsonb: from JSON text */
	CONVERT_ARRAY,				/* elements, then construct_md_array */
	CONVERT_MOMENT,				/* date, timestamp: of a form checked before */
	CONVERT_INPUT,				/* anything else, from the scalar's text */
} ConvertKind;

typedef struct ConvertColumn
{
	ConvertKind kind;
	Oid			typid;			/* as declared, a domain perhaps */
	Oid			basetype;
	int32		typmod;			/* of basetype */
	const char *type_name;		/* of basetype, for errors */
	FmgrInfo	input;			/* of basetype; unset for CONVERT_ARRAY */
	Oid			ioparam;
	bool		is_domain;		/* the value passes domain_check() at the end */
	void	   *domain_extra;	/* what domain_check() looked up */
	MemoryContext context;		/* as long as this struct */
	struct ConvertColumn *element;	/* of CONVERT_ARRAY */
	int16		element_len;
	bool		element_byval;
	char		element_align;
} ConvertColumn;

extern void convert_prepare(ConvertColumn *column, Oid typid, int32 typmod,
							MemoryContext context);
extern PageWant convert_want(const ConvertColumn *column);
extern Datum convert_value(ConvertColumn *column, const PageValue *value,
						   bool *isnull);
extern Datum convert_text(ConvertColumn *column, char *text);

#endif							/* INTENT_CONVERT_H */
