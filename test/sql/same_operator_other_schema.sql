-- Operators are told by their family: one that is only named "=" is not sent,
-- and PostgreSQL's own is, whatever the search path.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql
CREATE SCHEMA other;
CREATE FUNCTION other.not_equal(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 OPERATOR(pg_catalog.<>) $2';
CREATE FUNCTION other.not_equal(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 OPERATOR(pg_catalog.<>) $2';
CREATE OPERATOR other.= (LEFTARG = text, RIGHTARG = text, FUNCTION = other.not_equal, COMMUTATOR = OPERATOR(other.=));
CREATE OPERATOR other.= (LEFTARG = integer, RIGHTARG = integer, FUNCTION = other.not_equal, COMMUTATOR = OPERATOR(other.=));
CREATE FUNCTION other.slow(text, text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1 OPERATOR(pg_catalog.<>) $2; END';
CREATE OPERATOR other.~~ (LEFTARG = text, RIGHTARG = text, FUNCTION = other.slow);

SELECT ask($$ topic_id = 117801 AND seniority = 'vp' $$);
SELECT ask($$ topic_id = 117801 AND seniority OPERATOR(pg_catalog.=) 'vp' $$);
SELECT ask($$ topic_id = 117801 AND seniority OPERATOR(other.=) 'vp' $$);
SELECT ask($$ topic_id = 117801 AND seniority OPERATOR(other.=) ANY ('{vp,cxo}') $$);
SELECT ask($$ topic_id = 117801 AND 'vp' OPERATOR(other.=) seniority $$);
SELECT ask($$ topic_id OPERATOR(other.=) 117801 $$);
SELECT ask($$ topic_id = 117801 AND intent_score OPERATOR(other.=) 50 $$, 'audience', '(SELECT hem, intent_score::int, topic_id, email, company, job_title FROM people) p');
CREATE FOREIGN TABLE parts (hem text, intent_score integer, topic_id integer, email text, company text OPTIONS (match 'contains'), job_title text) SERVER sim;
SELECT ask($$ topic_id = 117801 AND company OPERATOR(other.~~) '%acme%' $$, 'parts');
-- a lower() that is another
CREATE FUNCTION other.lower(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1; END';
SELECT ask($$ topic_id = 117801 AND other.lower(company) = 'acme' $$, 'parts');

-- a search path with the other schema first
SET search_path = other, pg_catalog, fixture, public;
PREPARE odd AS SELECT count(*) FROM fixture.audience WHERE topic_id OPERATOR(pg_catalog.=) 117801 AND seniority = 'vp';
PREPARE odd_local AS SELECT count(*) FROM fixture.people WHERE topic_id OPERATOR(pg_catalog.=) 117801 AND seniority = 'vp';
EXECUTE odd;
EXECUTE odd_local;
SET search_path = fixture, public;
SELECT sent();
-- equality of another operator class: case does not count
CREATE FUNCTION other.ci_eq(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT lower($1) = lower($2)';
CREATE FUNCTION other.ci_lt(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT lower($1) < lower($2)';
CREATE FUNCTION other.ci_le(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT lower($1) <= lower($2)';
CREATE FUNCTION other.ci_ge(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT lower($1) >= lower($2)';
CREATE FUNCTION other.ci_gt(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT lower($1) > lower($2)';
CREATE FUNCTION other.ci_cmp(text, text) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT btrim_cmp FROM (SELECT bttextcmp(lower($1), lower($2)) AS btrim_cmp) x';
CREATE OPERATOR other.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = other.ci_eq, COMMUTATOR = OPERATOR(other.===));
CREATE OPERATOR other.<<< (LEFTARG = text, RIGHTARG = text, FUNCTION = other.ci_lt);
CREATE OPERATOR other.<<= (LEFTARG = text, RIGHTARG = text, FUNCTION = other.ci_le);
CREATE OPERATOR other.>>= (LEFTARG = text, RIGHTARG = text, FUNCTION = other.ci_ge);
CREATE OPERATOR other.>>> (LEFTARG = text, RIGHTARG = text, FUNCTION = other.ci_gt);
CREATE OPERATOR CLASS other.ci_ops FOR TYPE text USING btree AS
  OPERATOR 1 other.<<<, OPERATOR 2 other.<<=, OPERATOR 3 other.===, OPERATOR 4 other.>>=, OPERATOR 5 other.>>>, FUNCTION 1 other.ci_cmp(text, text);
SELECT ask($$ topic_id = 117801 AND company OPERATOR(other.===) 'acme' $$);
SET client_min_messages = warning;
DROP SCHEMA other CASCADE;
\i :dir/fixture/teardown.psql
