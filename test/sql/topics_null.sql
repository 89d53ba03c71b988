-- Rows of several topics that do not tell theirs: the first of the matched
-- topics that was asked for. A raised minScore leaves some of them out, so
-- then the topic is not known; whatever the plan, the same rows.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql
\i :dir/fixture/best.psql
SELECT config('{"null_topic_every": 1}');
CREATE VIEW two AS
  SELECT hem, max(intent_score) AS intent_score, min(topic_id) AS topic_id, count(*)::int AS topic_overlap
    FROM people WHERE topic_id IN (117801, 102391) GROUP BY hem;

SELECT same('SELECT hem, intent_score, topic_id FROM audience WHERE topic_id IN (117801, 102391)', 'SELECT hem, intent_score, topic_id FROM two');
SELECT same('SELECT topic_id, count(*) FROM audience WHERE topic_id IN (117801, 102391) GROUP BY topic_id', 'SELECT topic_id, count(*) FROM two GROUP BY topic_id');
SELECT sent();
-- whichever column reads it
CREATE FOREIGN TABLE another (hem text, topic bigint OPTIONS (key 'topicId'), topic_id integer) SERVER sim OPTIONS (topic_ids '117801,102391');
SELECT same('SELECT hem, topic_id FROM another', 'SELECT hem, topic_id FROM two');
SELECT same('SELECT hem, topic FROM another WHERE topic_id = 102391', 'SELECT hem, topic_id::bigint FROM two WHERE topic_id = 102391');

-- the statement's own bound is sent: the topic reads NULL, and cannot be used
SELECT same('SELECT hem, intent_score, topic_id FROM audience WHERE topic_id IN (117801, 102391) AND intent_score >= 80',
            'SELECT hem, intent_score, NULL::int FROM two WHERE intent_score >= 80');
SELECT failure('SELECT topic_id, count(*) FROM audience WHERE topic_id IN (117801, 102391) AND intent_score >= 80 GROUP BY topic_id');
SELECT failure('SELECT hem FROM audience WHERE topic_id IN (117801, 102391) AND topic_id <> 117801 AND intent_score >= 80');
-- not sent because topic_overlap is read, so the topic is known
SELECT same('SELECT hem, topic_id, topic_overlap FROM audience WHERE topic_id IN (117801, 102391) AND intent_score >= 80',
            'SELECT hem, topic_id, topic_overlap FROM two WHERE intent_score >= 80');
SELECT sent();
-- what the table fixes is no raised bound
CREATE FOREIGN TABLE upper_half (hem text, intent_score integer, topic_id integer) SERVER sim OPTIONS (resource 'audience', min_score '50');
SELECT same('SELECT hem, topic_id FROM upper_half WHERE topic_id IN (117801, 102391)',
            'SELECT hem, min(topic_id) FROM people WHERE topic_id IN (117801, 102391) AND intent_score >= 50 GROUP BY hem');
SELECT same('SELECT hem, topic_id FROM upper_half WHERE topic_id IN (117801, 102391) AND intent_score >= 50',
            'SELECT hem, min(topic_id) FROM people WHERE topic_id IN (117801, 102391) AND intent_score >= 50 GROUP BY hem');

-- a joined row's bound is sent by no plan
CREATE TABLE bounds AS SELECT 80 AS least;
ANALYZE bounds;
\set join 'SELECT hem, intent_score, topic_id FROM bounds JOIN audience ON intent_score >= least WHERE topic_id IN (117801, 102391)'
\set expected 'SELECT hem, intent_score, topic_id FROM two WHERE intent_score >= 80'
SELECT requests() WHERE false;
SELECT same(:'join', :'expected');
SET enable_material = off;
SELECT same(:'join', :'expected');
SET enable_nestloop = off;
SELECT same(:'join', :'expected');
RESET enable_nestloop;
RESET enable_material;
SELECT same('SELECT hem, intent_score, topic_id FROM bounds, LATERAL (SELECT * FROM audience WHERE topic_id IN (117801, 102391) AND intent_score >= least) a', :'expected');
SELECT DISTINCT sent();

-- best first: all scores at once, as soon as a row does not tell its topic
SELECT best('SELECT intent_score, topic_id, hem FROM audience WHERE topic_id IN (117801, 102391) ORDER BY intent_score DESC, hem LIMIT 10',
            'SELECT intent_score, topic_id, hem FROM two ORDER BY intent_score DESC, hem LIMIT 10');
SELECT best('SELECT intent_score, count(*) FROM (SELECT intent_score, topic_id FROM audience WHERE topic_id IN (117801, 102391) ORDER BY intent_score DESC LIMIT 10) q WHERE topic_id IS NOT NULL GROUP BY 1',
            'SELECT intent_score, count(*) FROM (SELECT intent_score FROM two ORDER BY intent_score DESC LIMIT 10) q GROUP BY 1');
SELECT same('SELECT intent_score, topic_id, hem FROM (SELECT * FROM audience WHERE topic_id IN (117801, 102391) AND intent_score >= 50 ORDER BY intent_score DESC, hem LIMIT 10) q',
            'SELECT intent_score, NULL::int, hem FROM (SELECT * FROM two WHERE intent_score >= 50 ORDER BY intent_score DESC, hem LIMIT 10) q');
SELECT bands();
BEGIN;
DECLARE c CURSOR FOR SELECT intent_score, topic_id IS NOT NULL AS told FROM audience WHERE topic_id IN (117801, 102391) ORDER BY intent_score DESC;
FETCH 3 FROM c;
COMMIT;
-- now and then a row that does not tell
SELECT config('{"null_topic_every": 150}');
SELECT best('SELECT intent_score, hem FROM audience WHERE topic_id IN (117801, 102391) ORDER BY intent_score DESC, hem LIMIT 200',
            'SELECT intent_score, hem FROM two ORDER BY intent_score DESC, hem LIMIT 200');
-- a single topic is known
SELECT config('{"null_topic_every": 2}');
SELECT best('SELECT intent_score, topic_id, hem FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC, hem LIMIT 10',
            'SELECT intent_score, topic_id, hem FROM people WHERE topic_id = 117801 ORDER BY intent_score DESC, hem LIMIT 10');
\i :dir/fixture/teardown.psql
