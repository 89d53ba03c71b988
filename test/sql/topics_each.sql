-- topic_mode each: one query for each topic, one row for each person and
-- topic, any number of topics.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql
ALTER FOREIGN TABLE audience OPTIONS (ADD topic_mode 'each');

SELECT ask($$ topic_id = 110003 $$);
SELECT ask($$ topic_id IN (110003, 117801) $$);
SELECT ask($$ topic_id IN (110003, 117801) AND intent_score BETWEEN 40 AND 60 $$);
SELECT ask($$ topic_id IN (110003, 117801) AND intent_score > 90 AND seniority IN ('vp', 'cxo') AND gender IN ('male', 'female') $$);
SELECT ask($$ topic_id IN (110003, 117801) AND topic_id <> 110003 $$);
SELECT ask($$ topic_id IN (110003, 117801) AND topic_overlap = 1 $$);
SELECT ask($$ topic_id IN (110003, 117801) AND topic_overlap >= 2 $$);
SELECT ask($$ topic_id IN (110003, 117801) AND topic_overlap < 2 $$);
-- any number
SELECT same('SELECT hem, topic_id, intent_score, topic_overlap FROM audience WHERE topic_id = ANY (ARRAY(SELECT DISTINCT topic_id FROM people))',
            'SELECT hem, topic_id, intent_score::int, 1 FROM people');
SELECT (SELECT count(DISTINCT topic_id) FROM people) = count(*) FROM sent();
-- topics of an outer row
SELECT same('SELECT v.t, hem FROM (VALUES (110003), (135790), (140000)) v(t) JOIN audience ON topic_id = t', 'SELECT v.t, hem FROM (VALUES (110003), (135790), (140000)) v(t) JOIN people ON topic_id = t');
SELECT sent();
SELECT same('SELECT v.t, hem FROM (VALUES (110003), (117801)) v(t) JOIN audience ON topic_id = t WHERE topic_id IN (110003, 135790)', 'SELECT v.t, hem FROM (VALUES (110003)) v(t) JOIN people ON topic_id = t');
SELECT request_count() > 0;
-- table option topic_ids: conditions narrow it
CREATE FOREIGN TABLE fixed (hem text, intent_score integer, topic_id integer, email text, company text, job_title text) SERVER sim OPTIONS (topic_mode 'each', topic_ids '110003,135790');
SELECT ask('topic_id IN (110003, 135790)', 'fixed');
SELECT ask('topic_id IN (110003, 117801)', 'fixed', '(SELECT * FROM people WHERE topic_id = 110003) p');
SELECT ask('topic_id = 117801', 'fixed', '(SELECT * FROM people WHERE false) p');
-- a null topicId is the chain's
SELECT config('{"null_topic_every": 2}');
SELECT topic_id, count(*) FROM audience WHERE topic_id IN (110003, 135790) GROUP BY 1 ORDER BY 1;
\i :dir/fixture/teardown.psql
