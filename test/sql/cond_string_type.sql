-- String conditions by the column's type and collation: what is sent is what
-- the column's own equality means.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql
CREATE TYPE gender AS ENUM ('female', 'male', 'nonbinary');
CREATE DOMAIN title AS varchar(200) CHECK (VALUE <> 'nobody');
CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE FOREIGN TABLE typed (hem text, intent_score integer, topic_id integer, email text, company varchar, job_title title,
  gender gender, state char(20), seniority name, company_domain text COLLATE nocase, department text COLLATE "C") SERVER sim;
CREATE TABLE typed_people AS SELECT hem, intent_score, topic_id, email, company::varchar, job_title::title,
  gender::gender, state::char(20), seniority::name, company_domain COLLATE nocase AS company_domain, department COLLATE "C" AS department FROM people;

SELECT ask($$ topic_id = 117801 AND company = 'acme' $$, 'typed', 'typed_people');
SELECT ask($$ topic_id = 117801 AND company = 'acme'::text $$, 'typed', 'typed_people');
SELECT ask($$ topic_id = 117801 AND company IN ('acme', 'ACME') $$, 'typed', 'typed_people');
SELECT ask($$ topic_id = 117801 AND job_title = 'ceo' $$, 'typed', 'typed_people');
SELECT ask($$ topic_id = 117801 AND job_title = 'ceo'::title $$, 'typed', 'typed_people');
SELECT ask($$ topic_id = 117801 AND job_title IN ('ceo', 'CEO') $$, 'typed', 'typed_people');
SELECT ask($$ topic_id = 117801 AND gender = 'male' $$, 'typed', 'typed_people');
SELECT ask($$ topic_id = 117801 AND gender IN ('male', 'female') $$, 'typed', 'typed_people');
SELECT ask($$ topic_id = 117801 AND gender > 'female' $$, 'typed', 'typed_people');
SELECT ask($$ topic_id = 117801 AND gender::text = 'male' $$, 'typed', 'typed_people');
SELECT ask($$ topic_id = 117801 AND department = 'sales' $$, 'typed', 'typed_people');
SELECT ask($$ topic_id = 117801 AND department = 'sales' COLLATE "POSIX" $$, 'typed', 'typed_people');

-- only checked: blanks do not count, names are cut, the collation ignores case
SELECT ask($$ topic_id = 117801 AND state = 'texas' $$, 'typed', 'typed_people');
SELECT ask($$ topic_id = 117801 AND state = 'texas     ' $$, 'typed', 'typed_people');
SELECT ask($$ topic_id = 117801 AND state::text = 'texas' $$, 'typed', 'typed_people');
SELECT ask($$ topic_id = 117801 AND seniority = 'vp' $$, 'typed', 'typed_people');
SELECT ask($$ topic_id = 117801 AND company_domain = 'Acme.Example' $$, 'typed', 'typed_people');
SELECT ask($$ topic_id = 117801 AND company_domain IN ('Acme.Example', 'x') $$, 'typed', 'typed_people');
SELECT ask($$ topic_id = 117801 AND company = 'acme' COLLATE nocase $$, 'typed', 'typed_people');
-- with another collation the comparison is an exact one again
SELECT ask($$ topic_id = 117801 AND company_domain = 'acme.example' COLLATE "C" $$, 'typed', 'typed_people');

-- a value that its column's type refuses
\set SHOW_CONTEXT errors
CREATE TYPE two AS ENUM ('female', 'male');
CREATE DOMAIN short AS text CHECK (length(VALUE) < 8);
CREATE FOREIGN TABLE refused (hem text, topic_id integer, gender two, job_title short, state varchar(5), seniority char(1)) SERVER sim;
SELECT gender FROM refused WHERE topic_id = 117801;
\echo :LAST_ERROR_SQLSTATE
SELECT job_title FROM refused WHERE topic_id = 117801;
\echo :LAST_ERROR_SQLSTATE
SELECT state FROM refused WHERE topic_id = 117801;
\echo :LAST_ERROR_SQLSTATE
SELECT gender FROM refused WHERE topic_id = 117801 AND gender = 'nonbinary';
\echo :LAST_ERROR_SQLSTATE
\i :dir/fixture/teardown.psql
