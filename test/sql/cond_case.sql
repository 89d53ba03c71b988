-- Letters whose case is not everywhere the same: lower() makes an "i" of U+0130 and a "k" of U+212A, in
-- Turkish no "i" of "I". What contains them is not sent as ignoring case, unless the collation folds ASCII only.
\getenv dir PG_ABS_SRCDIR
SELECT current_database() AS here \gset
SET client_min_messages = warning;
DROP DATABASE IF EXISTS regress_intent_case;
CREATE DATABASE regress_intent_case ENCODING 'UTF8' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' TEMPLATE template0;
\c regress_intent_case
SET client_encoding = 'UTF8';
\set rows live
\i :dir/fixture/setup.psql
SELECT config('{"match": "wide"}');
\i :dir/fixture/people.psql
SET client_min_messages = warning;
CREATE EXTENSION citext SCHEMA fixture;
RESET client_min_messages;
CREATE FOREIGN TABLE icase (hem text, intent_score integer, topic_id integer, email text, company text OPTIONS (match 'icase'), job_title citext OPTIONS (match 'icase')) SERVER sim;
CREATE FOREIGN TABLE parts (hem text, intent_score integer, topic_id integer, email text, company text OPTIONS (match 'contains'), job_title citext OPTIONS (match 'contains')) SERVER sim;
CREATE TABLE ci_people AS SELECT hem, intent_score, topic_id, email, company, job_title::citext FROM people WHERE topic_id = 135790;
SELECT lower(U&'\212A') = 'k' AS kelvin, lower(U&'\0130') = 'i' AS dotted, U&'\212A' ILIKE 'k' AS ilike, U&'\212A'::citext = 'k' AS citext, lower('I' COLLATE "tr-x-icu") = 'i' AS turkish;

-- a row of theirs, as the API's first
SELECT count(*) > 0 AS rows FROM ci_people;
CREATE FUNCTION lettered(member text, col text, value text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fault(json_build_object('row_patch', json_build_object('row', 0, 'member', member, 'value', value)), times => -1);
  TRUNCATE ci_people;
  INSERT INTO ci_people SELECT hem, intent_score, topic_id, email, company, job_title FROM people WHERE topic_id = 135790;
  EXECUTE format('UPDATE ci_people SET %I = $1 WHERE hem = (SELECT hem FROM people WHERE topic_id = 135790 ORDER BY person LIMIT 1)', col) USING value;
  PERFORM requests();
END $$;
CREATE FUNCTION ask_case(condition text, t text DEFAULT 'icase') RETURNS SETOF text LANGUAGE sql AS $$
  SELECT ask('topic_id = 135790 AND ' || condition, t, 'ci_people')
$$;
SELECT lettered('company', 'company', U&'\212Aelv\0130n');
SELECT ask_case($$ lower(company) = 'kelvin' $$);
SELECT ask_case($$ company ILIKE 'KELVIN' $$);
SELECT ask_case($$ company ILIKE '%elvi%' $$, 'parts');
SELECT ask_case($$ company ILIKE '%K%' $$, 'parts');
SELECT ask_case($$ lower(company) = 'kelvin' COLLATE "C" $$);
SELECT ask_case($$ lower(company COLLATE "en-x-icu") = 'kelvin' $$);
SELECT ask_case($$ lower(company COLLATE "tr-x-icu") = 'kelvin' $$);
SELECT ask_case($$ (lower(company) COLLATE "C") = 'kelvin' $$);
-- ASCII only: the row is no match, and may be left out
SELECT ask_case($$ lower(company COLLATE "C") = 'kelvin' $$);
SELECT ask_case($$ company COLLATE "C" ILIKE '%KELVIN%' $$, 'parts');
-- nothing else has such a case
SELECT ask_case($$ lower(company) = 'acme' $$);
SELECT ask_case($$ company ILIKE '%ACME%' $$, 'parts');
-- with case the letters are what they are
SELECT ask_case($$ company = 'kelvin' $$);
SELECT ask_case($$ company LIKE '%Kelvin%' $$, 'parts');
-- Turkish: no "i" of "I"
SELECT lettered('company', 'company', 'ısı');
SELECT ask_case($$ company COLLATE "tr-x-icu" ILIKE 'ISI' $$);
-- citext
SELECT lettered('jobTitle', 'job_title', U&'\212Aing');
SELECT ask_case($$ job_title = 'king' $$);
SELECT ask_case($$ job_title IN ('king', 'ceo') $$);
SELECT ask_case($$ job_title = 'ceo' $$);
-- letters that are not ASCII are not sent: sigma at the end, sharp s
SELECT lettered('company', 'company', 'ΣΑΣ');
SELECT ask_case($$ lower(company) = 'σας' $$);
SELECT ask_case($$ lower(company COLLATE "el-x-icu") = 'σας' $$);
SELECT ask_case($$ company ILIKE 'ẞ' $$);
\i :dir/fixture/teardown.psql
\c :here
DROP DATABASE regress_intent_case;
