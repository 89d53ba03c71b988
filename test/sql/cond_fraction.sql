-- Scores with decimals: their columns, bounds that widen, and integer columns
-- that refuse to round.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
SELECT config('{"fractional": true}');
\i :dir/fixture/people.psql
CREATE FOREIGN TABLE numeric_score (hem text, intent_score numeric, topic_id integer, email text, company text, job_title text) SERVER sim;
CREATE FOREIGN TABLE double_score (hem text, intent_score double precision, topic_id integer, email text, company text, job_title text) SERVER sim;
CREATE FOREIGN TABLE text_score (hem text, intent_score text, topic_id integer, email text, company text, job_title text) SERVER sim;
CREATE FOREIGN TABLE real_score (hem text, intent_score real, topic_id integer, email text, company text, job_title text) SERVER sim;
SELECT count(*) > 0 AS fractions FROM people WHERE topic_id = 110003 AND intent_score % 1 <> 0;

SELECT ask($$ topic_id = 110003 AND intent_score >= 50.5 $$, 'numeric_score');
SELECT ask($$ topic_id = 110003 AND intent_score > 50 $$, 'numeric_score');
SELECT ask($$ topic_id = 110003 AND intent_score < 50 $$, 'numeric_score');
SELECT ask($$ topic_id = 110003 AND intent_score <= 50 $$, 'numeric_score');
SELECT ask($$ topic_id = 110003 AND intent_score BETWEEN 50.1 AND 60.9 $$, 'numeric_score');
SELECT ask($$ topic_id = 110003 AND intent_score > 50.2 AND intent_score < 50.8 $$, 'numeric_score');
SELECT ask($$ topic_id = 110003 AND intent_score > 90 AND intent_score < 91 $$, 'numeric_score');
SELECT ask($$ topic_id = 110003 AND intent_score >= 99.5 $$, 'numeric_score');
SELECT ask($$ topic_id = 110003 AND intent_score < 1.5 $$, 'numeric_score');
SELECT ask($$ topic_id = 110003 AND intent_score IN (50, 60.5) $$, 'numeric_score');
SELECT ask($$ topic_id = 110003 AND intent_score <= 'NaN' $$, 'numeric_score');
SELECT ask($$ topic_id = 110003 AND intent_score > 100 $$, 'numeric_score');
SELECT ask($$ topic_id = 110003 AND intent_score >= 100.01 $$, 'numeric_score');
SELECT ask($$ topic_id = 110003 AND intent_score >= 50.5 $$, 'double_score', '(SELECT hem, intent_score::float8, topic_id, email, company, job_title FROM people) p');
SELECT ask($$ topic_id = 110003 AND intent_score < 50::integer $$, 'double_score', '(SELECT hem, intent_score::float8, topic_id, email, company, job_title FROM people) p');
SELECT ask($$ topic_id = 110003 AND intent_score < 'NaN' AND intent_score > '-inf' $$, 'double_score', '(SELECT hem, intent_score::float8, topic_id, email, company, job_title FROM people) p');
-- the same values in a local column of that type
SELECT ask($$ topic_id = 110003 AND intent_score > '9' $$, 'text_score', '(SELECT hem, trim_scale(intent_score)::text intent_score, topic_id, email, company, job_title FROM people) p');
SELECT ask($$ topic_id = 110003 AND intent_score >= 50.5 $$, 'real_score', '(SELECT hem, intent_score::real, topic_id, email, company, job_title FROM people) p');

-- an integer column never rounds
\set SHOW_CONTEXT errors
SELECT intent_score FROM audience WHERE topic_id = 110003 AND intent_score > 50;
\echo :LAST_ERROR_SQLSTATE
\set SHOW_CONTEXT never
-- neither does a column that is not read
SELECT count(*) > 0 FROM (SELECT hem FROM audience WHERE topic_id = 110003) a;
SELECT request_count() > 0;
\i :dir/fixture/teardown.psql
