/*
 * page_layout.c
 *		Which members of a row are wanted: the tree of all columns' paths.
 *
 * Rows of one API have their members in one order.  A level of the tree
 * therefore remembers the names it met, wanted or not, in that order, and the
 * place of the one that it expects next: one comparison decides what becomes
 * of nearly every member of nearly every row.
 *
 * Assumes names in UTF-8 and without escapes, as page_reader.c hands them out.
 */
#include "postgres.h"

#include "page_layout.h"

#include "mb/pg_wchar.h"

/* An empty level, in context. */
Level *
layout_level(MemoryContext context)
{
	return MemoryContextAllocZero(context, sizeof(Level));
}

/* The member of that name which some path goes to, else NULL. */
static Member *
wanted_member(const Level *level, Span name)
{
	for (int i = 0; i < level->nmembers; i++)
	{
		Member	   *member = &level->members[i];

		if (member->len == name.len &&
			memcmp(member->name, name.text, name.len) == 0)
			return member;
	}
	return NULL;
}

/* The member of that name, made if it is new. */
static Member *
make_member(Level *level, Span name, MemoryContext context)
{
	Member	   *member = wanted_member(level, name);
	char	   *copy;

	if (member != NULL)
		return member;

	if (level->members == NULL)
		level->members = MemoryContextAlloc(context, sizeof(Member));
	else
		level->members = repalloc(level->members,
								  (level->nmembers + 1) * sizeof(Member));
	copy = MemoryContextAlloc(context, name.len + 1);
	memcpy(copy, name.text, name.len);
	copy[name.len] = '\0';

	member = &level->members[level->nmembers++];
	memset(member, 0, sizeof(Member));
	member->name = copy;
	member->len = name.len;
	return member;
}

/*
 * The member of that name, with no targets if no path ends there.  Valid until
 * further paths are hung into the level.
 */
Member *
layout_member(Level *level, const char *name, MemoryContext context)
{
	Span		span = {name, strlen(name)};

	return make_member(level, span, context);
}

/* Hang a path, in the server encoding, and what is at its end into the tree. */
void
layout_path(Level *level, const char *path, Target target, MemoryContext context)
{
	Span		name = {pg_server_to_any(path, strlen(path), PG_UTF8)};
	Member	   *member;
	const char *dot;

	while ((dot = strchr(name.text, '.')) != NULL)
	{
		name.len = dot - name.text;
		member = make_member(level, name, context);
		if (member->below == NULL)
			member->below = layout_level(context);
		level = member->below;
		name.text = dot + 1;
	}

	name.len = strlen(name.text);
	member = make_member(level, name, context);
	if (member->targets == NULL)
		member->targets = MemoryContextAlloc(context, sizeof(Target));
	else
		member->targets = repalloc(member->targets,
								   (member->ntargets + 1) * sizeof(Target));
	member->targets[member->ntargets++] = target;
	member->wants |= want_bit(target.want);
}

/* Remember a name that this level has not met, and whose it is. */
static Member *
learn_member(Level *level, Span name, MemoryContext context)
{
	Member	   *member = wanted_member(level, name);
	Seen	   *seen;
	char	   *copy;

	if (level->nseen == LAYOUT_MAX_SEEN || name.len > LAYOUT_MAX_SEEN_LEN)
		return member;

	copy = MemoryContextAlloc(context, LAYOUT_MAX_SEEN_LEN);
	memcpy(copy, name.text, name.len);
	seen = &level->seen[level->nseen++];
	seen->name = copy;
	seen->len = name.len;
	seen->member = member;
	level->next = level->nseen;
	return member;
}

/*
 * The member of that name, NULL when no path goes there.  Looks at the name
 * expected next first, and from there on round all that are remembered.
 */
Member *
layout_find(Level *level, Span name, MemoryContext context)
{
	int			i = level->next;

	for (int tries = level->nseen; tries > 0; tries--, i++)
	{
		Seen	   *seen;

		if (i >= level->nseen)
			i = 0;
		seen = &level->seen[i];
		if (seen->len == name.len &&
			memcmp(seen->name, name.text, name.len) == 0)
		{
			level->next = i + 1;
			return seen->member;
		}
	}
	return learn_member(level, name, context);
}
