-- Conditions on topic_id: what is sent, and that rows are those of a local table.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql

SELECT ask($$ topic_id = 117801 $$);
SELECT ask($$ 117801 = topic_id $$);
SELECT ask($$ topic_id = 140000 $$);

-- a list that is a single topic after all
SELECT ask($$ topic_id IN (117801) $$);
SELECT ask($$ topic_id = ANY (ARRAY[117801, 117801]) $$);
SELECT ask($$ topic_id = ANY ('{117801,NULL}') $$);
SELECT ask($$ topic_id IN (117801, 102391) AND topic_id IN (102391, 110003) $$);
SELECT ask($$ topic_id = ANY (ARRAY[117801, 102391]) AND topic_id = 102391 $$);
SELECT ask($$ topic_id = 117801 OR topic_id = 117801 $$);
SELECT ask($$ (topic_id = 117801 OR topic_id = 110003) AND topic_id IN (110003, 110004) $$);
SELECT ask($$ topic_id = ANY (ARRAY(SELECT 117801)) $$);
SELECT ask($$ topic_id = (SELECT 117801) $$);

-- other number types: binary and widening casts are seen through
SELECT ask($$ topic_id = 117801::bigint $$);
SELECT ask($$ topic_id = 110::smallint $$);
SELECT ask($$ topic_id = 117801.0 $$);
SELECT ask($$ topic_id = 117801.5 $$);
SELECT ask($$ topic_id = 117801::float8 $$);
SELECT ask($$ topic_id = 'NaN'::numeric $$);
SELECT ask($$ topic_id = 'infinity'::float8 $$);
SELECT ask($$ topic_id = 99999999999999 $$);
SELECT ask($$ topic_id IN (117801, 99999999999999) $$);
SELECT ask($$ topic_id::text = '117801' $$);
SELECT ask($$ topic_id + 0 = 117801 $$);
SELECT ask($$ topic_id = 117801 AND topic_id + 0 = 117801 $$);

-- only equality is sent; the rest needs a topic to be checked on
SELECT ask($$ topic_id > 117800 AND topic_id < 117802 $$);
SELECT ask($$ topic_id BETWEEN 117801 AND 117801 $$);
SELECT ask($$ topic_id = 117801 AND topic_id > 5 $$);
SELECT ask($$ topic_id = 117801 AND topic_id <> 102391 $$);
SELECT ask($$ topic_id = 117801 AND topic_id NOT IN (102391) $$);
SELECT ask($$ topic_id = 117801 AND topic_id NOT IN (102391, NULL) $$);
SELECT ask($$ topic_id = 117801 AND topic_id IS NOT NULL $$);
SELECT ask($$ topic_id = 117801 AND topic_id <> ALL ('{1,2}') $$);
SELECT ask($$ topic_id = ALL (ARRAY[117801]) $$);
SELECT ask($$ topic_id IS NOT DISTINCT FROM 117801 $$);
SELECT ask($$ topic_id = 117801 AND topic_id IS NOT DISTINCT FROM 117801 $$);

-- nothing to ask for
SELECT ask($$ topic_id = NULL $$);
SELECT ask($$ topic_id IN (NULL, NULL) $$);
SELECT ask($$ topic_id = ANY ('{}') $$);
SELECT ask($$ topic_id = ANY (NULL::int[]) $$);
SELECT ask($$ topic_id = 117801 AND topic_id = 102391 $$);

-- the topic in another type
CREATE FOREIGN TABLE wide_topics (hem text, intent_score integer, topic_id bigint, email text, company text, job_title text) SERVER sim;
CREATE FOREIGN TABLE text_topics (hem text, intent_score integer, topic_id text, email text, company text, job_title text) SERVER sim;
CREATE FOREIGN TABLE small_topics (hem text, intent_score integer, topic_id smallint, email text, company text, job_title text) SERVER sim;
CREATE DOMAIN topic AS integer CHECK (VALUE > 0);
CREATE FOREIGN TABLE domain_topics (hem text, intent_score integer, topic_id topic, email text, company text, job_title text) SERVER sim;
SELECT ask($$ topic_id = 117801 $$, 'wide_topics');
SELECT ask($$ topic_id IN (117801, 99999999999999) $$, 'wide_topics');
SELECT ask($$ topic_id = 117801 $$, 'small_topics', '(SELECT * FROM people WHERE false) none');
SELECT ask($$ topic_id = 117801 $$, 'domain_topics');
SELECT ask($$ topic_id IN (117801::topic) $$, 'domain_topics');
SELECT ask($$ topic_id = 0 $$, 'domain_topics');
SELECT failure($$ SELECT * FROM text_topics WHERE topic_id = '117801' $$);
\i :dir/fixture/teardown.psql
