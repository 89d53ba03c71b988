-- citext columns: their equality ignores case, so it is sent only where the
-- API is known to do so too.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql
SET client_min_messages = warning;
CREATE EXTENSION citext SCHEMA fixture;
RESET client_min_messages;
CREATE FOREIGN TABLE ci (hem text, intent_score integer, topic_id integer, email text, company citext,
  job_title citext OPTIONS (match 'icase'), gender text) SERVER sim;
CREATE TABLE ci_people AS SELECT hem, intent_score, topic_id, email, company::citext, job_title::citext, gender FROM people;

SELECT ask($$ topic_id = 102391 AND company = 'acme' $$, 'ci', 'ci_people');
SELECT ask($$ topic_id = 102391 AND company = 'acme'::citext $$, 'ci', 'ci_people');
SELECT ask($$ topic_id = 102391 AND company = 'acme'::text $$, 'ci', 'ci_people');
SELECT ask($$ topic_id = 102391 AND company IN ('acme', 'Globex') $$, 'ci', 'ci_people');
SELECT ask($$ topic_id = 102391 AND gender = 'male'::citext $$, 'ci', 'ci_people');
SELECT config('{"match": "wide"}');
SELECT ask($$ topic_id = 102391 AND company = 'acme' $$, 'ci', 'ci_people');
SELECT ask($$ topic_id = 102391 AND job_title = 'Director' $$, 'ci', 'ci_people');
SELECT ask($$ topic_id = 102391 AND job_title IN ('Director', 'DIRECTOR', 'ceo') $$, 'ci', 'ci_people');
SELECT ask($$ topic_id = 102391 AND job_title = 'Director'::text $$, 'ci', 'ci_people');
\i :dir/fixture/teardown.psql
