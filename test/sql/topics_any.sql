-- Several topics in one request (topic_mode any): a person comes once, under
-- the strongest of the topics asked. Conditions narrow that answer and never
-- change it.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql
-- the API's answer to these topics alone, as a local table
CREATE FUNCTION answer(VARIADIC topics int[]) RETURNS TABLE (hem text, intent_score numeric, topic_id int, email text, company text, job_title text,
  topic_overlap bigint, matched_topic_ids int[], seniority text, gender text, has_phone boolean) LANGUAGE sql AS $$
  SELECT DISTINCT ON (person) hem, intent_score, topic_id, email, company, job_title, count(*) OVER w, array_agg(topic_id) OVER w, seniority, gender, has_phone
    FROM people WHERE topic_id = ANY (topics)
  WINDOW w AS (PARTITION BY person) ORDER BY person, intent_score DESC, topic_id
$$;
CREATE VIEW two AS SELECT * FROM answer(117801, 102391);

SELECT ask($$ topic_id IN (117801, 102391) $$, 'audience', 'two');
SELECT ask($$ topic_id = ANY ('{102391,117801,117801,NULL}') $$, 'audience', 'two');
SELECT ask($$ (topic_id = 117801 OR topic_id = 102391) $$, 'audience', 'two');
SELECT same('SELECT hem, topic_overlap, (SELECT array_agg(m ORDER BY m) FROM unnest(matched_topic_ids) m) FROM audience WHERE topic_id IN (117801, 102391)',
            'SELECT hem, topic_overlap::int, (SELECT array_agg(m ORDER BY m) FROM unnest(matched_topic_ids) m) FROM two');
SELECT sent();

-- a score condition never becomes maxScore; minScore only if nothing that it
-- changes is read
SELECT ask($$ topic_id IN (117801, 102391) AND intent_score >= 80 $$, 'audience', 'two');
SELECT ask($$ topic_id IN (117801, 102391) AND intent_score <= 40 $$, 'audience', 'two');
SELECT ask($$ topic_id IN (117801, 102391) AND intent_score BETWEEN 40 AND 60 $$, 'audience', 'two');
SELECT ask($$ topic_id IN (117801, 102391) AND intent_score = 50 $$, 'audience', 'two');
SELECT same('SELECT hem, topic_overlap FROM audience WHERE topic_id IN (117801, 102391) AND intent_score >= 80',
            'SELECT hem, topic_overlap::int FROM two WHERE intent_score >= 80');
SELECT same('SELECT hem, cardinality(matched_topic_ids) FROM audience WHERE topic_id IN (117801, 102391) AND intent_score >= 80',
            'SELECT hem, cardinality(matched_topic_ids) FROM two WHERE intent_score >= 80');
SELECT same($$SELECT hem, (person->>'topicOverlap')::int FROM audience WHERE topic_id IN (117801, 102391) AND intent_score >= 80$$,
            'SELECT hem, topic_overlap::int FROM two WHERE intent_score >= 80');
SELECT sent();
-- minTopicOverlap only if minScore stays 1
SELECT ask($$ topic_id IN (117801, 102391) AND topic_overlap >= 2 $$, 'audience', 'two');
SELECT ask($$ topic_id IN (117801, 102391) AND topic_overlap > 1 $$, 'audience', 'two');
SELECT ask($$ topic_id IN (117801, 102391) AND topic_overlap = 2 $$, 'audience', 'two');
SELECT ask($$ topic_id IN (117801, 102391) AND topic_overlap = 1 $$, 'audience', 'two');
SELECT ask($$ topic_id IN (117801, 102391) AND topic_overlap < 2 $$, 'audience', 'two');
SELECT ask($$ topic_id IN (117801, 102391) AND topic_overlap >= 2 AND intent_score >= 80 $$, 'audience', 'two');
SELECT ask($$ topic_id IN (117801, 102391) AND topic_overlap >= 11 $$, 'audience', 'two');
SELECT ask($$ topic_id IN (117801, 102391) AND topic_overlap >= 0 $$, 'audience', 'two');
SELECT ask($$ topic_id IN (117801, 102391) AND seniority = 'vp' AND gender IN ('male', 'female') AND has_phone $$, 'audience', 'two');

-- which topics are asked: the intersection; what is not a list is only checked
SELECT ask($$ topic_id IN (117801, 102391, 110003) AND topic_id IN (117801, 102391, 118000) $$, 'audience', 'two');
SELECT ask($$ topic_id IN (117801, 102391) AND topic_id <> 102391 $$, 'audience', 'two');
SELECT ask($$ topic_id IN (117801, 102391) AND topic_id > 110000 $$, 'audience', 'two');
SELECT ask($$ topic_id IN (117801, 102391) AND topic_id + 0 = 117801 $$, 'audience', 'two');
-- table option topic_ids: conditions are then only checked
CREATE FOREIGN TABLE fixed (hem text, intent_score integer, topic_id integer, email text, company text, job_title text) SERVER sim OPTIONS (topic_ids '117801,102391');
SELECT ask('true', 'fixed', 'two');
SELECT ask('topic_id = 117801', 'fixed', 'two');
SELECT ask('topic_id IN (117801, 110003)', 'fixed', 'two');
SELECT ask('topic_id = 110003', 'fixed', 'two');
SELECT ask('intent_score >= 80', 'fixed', 'two');
-- fixed inputs define the table
CREATE FOREIGN TABLE narrow (hem text, intent_score integer, topic_id integer, email text, company text, job_title text, topic_overlap integer) SERVER sim OPTIONS (topic_ids '117801,102391', min_score '30', max_score '60', min_topic_overlap '2');
SELECT ask('true', 'narrow', $$ (SELECT DISTINCT ON (person) * FROM people p WHERE topic_id IN (117801, 102391) AND intent_score BETWEEN 30 AND 60
  AND (SELECT count(*) FROM people q WHERE q.person = p.person AND topic_id IN (117801, 102391) AND intent_score BETWEEN 30 AND 60) = 2 ORDER BY person, intent_score DESC, topic_id) p $$);
SELECT ask('intent_score > 50 AND topic_overlap >= 2', 'narrow', $$ (SELECT DISTINCT ON (person) hem, intent_score, topic_id, email, company, job_title, 2 AS topic_overlap FROM people p WHERE topic_id IN (117801, 102391) AND intent_score BETWEEN 30 AND 60
  AND (SELECT count(*) FROM people q WHERE q.person = p.person AND topic_id IN (117801, 102391) AND intent_score BETWEEN 30 AND 60) = 2 ORDER BY person, intent_score DESC, topic_id) p $$);
SELECT ask('intent_score > 60', 'narrow', $$ (SELECT *  FROM people WHERE false) p $$);

-- 'several' is decided at execution
PREPARE listed (int[], int) AS SELECT count(*) FROM audience WHERE topic_id = ANY ($1) AND intent_score <= $2;
SET plan_cache_mode = force_generic_plan;
EXECUTE listed ('{110003}', 50);
EXECUTE listed ('{110003,102391}', 50);
EXECUTE listed ('{}', 50);
SELECT requests();
RESET plan_cache_mode;
SELECT count(*) FILTER (WHERE t = 1), count(*) FILTER (WHERE t = 2) FROM (SELECT 1 AS t, intent_score FROM answer(110003) UNION ALL SELECT 2, intent_score FROM answer(110003, 102391)) a WHERE intent_score <= 50;

-- while planning, all but topic_id = x counts as several
SELECT explain('SELECT hem FROM audience WHERE topic_id = (SELECT 110003) AND intent_score <= 50', 'Body');
SELECT explain('SELECT hem FROM audience WHERE topic_id = ANY (ARRAY(SELECT 110003)) AND intent_score <= 50', 'Body');
SELECT explain('SELECT hem FROM audience WHERE topic_id IN ((SELECT 110003), (SELECT 110003)) AND intent_score <= 50', 'Body');

-- more than max_topics
SELECT ask(format('topic_id = ANY (%L)', (SELECT array_agg(DISTINCT topic_id) FROM (SELECT topic_id FROM people ORDER BY topic_id) p)));
SELECT same('SELECT hem FROM audience WHERE topic_id IN (103007, 103120, 104455, 105002, 106310, 107744, 108001, 109256, 110003, 110004)',
            'SELECT hem FROM answer(103007, 103120, 104455, 105002, 106310, 107744, 108001, 109256, 110003, 110004)');
ALTER FOREIGN TABLE audience OPTIONS (ADD max_topics '1');
SELECT failure('SELECT * FROM audience WHERE topic_id IN (117801, 102391)');
SELECT failure('SELECT hem FROM audience WHERE topic_id IN (117801, 117801)');
\i :dir/fixture/teardown.psql
