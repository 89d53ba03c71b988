-- Best first with several topics: in one request only minScore may move, since
-- maxScore would change who is strongest; with topic_mode each, and under
-- UNION ALL, the bands of all topics are read together.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql
\i :dir/fixture/best.psql
ALTER TABLE people ALTER intent_score TYPE integer;
-- a person once, under the strongest of two topics
CREATE VIEW strongest AS
  SELECT hem, max(intent_score) AS intent_score FROM people WHERE topic_id IN (117801, 102391) GROUP BY hem;

SELECT best('SELECT intent_score FROM audience WHERE topic_id IN (117801, 102391) ORDER BY intent_score DESC LIMIT 10',
            'SELECT intent_score FROM strongest ORDER BY intent_score DESC LIMIT 10');
SELECT best('SELECT intent_score, hem FROM audience WHERE topic_id IN (117801, 102391) ORDER BY intent_score DESC, hem LIMIT 10',
            'SELECT intent_score, hem FROM strongest ORDER BY intent_score DESC, hem LIMIT 10');
SELECT best('SELECT intent_score, hem FROM audience WHERE topic_id IN (117801, 102391) ORDER BY intent_score DESC, hem LIMIT 300',
            'SELECT intent_score, hem FROM strongest ORDER BY intent_score DESC, hem LIMIT 300');
SELECT best('SELECT intent_score, hem FROM audience WHERE topic_id IN (117801, 102391) AND intent_score BETWEEN 50 AND 80 ORDER BY intent_score DESC, hem LIMIT 30',
            'SELECT intent_score, hem FROM strongest WHERE intent_score BETWEEN 50 AND 80 ORDER BY intent_score DESC, hem LIMIT 30');
SELECT best('SELECT max(intent_score) FROM audience WHERE topic_id IN (117801, 102391)', 'SELECT max(intent_score) FROM strongest');
SET enable_sort = off;
SELECT best('SELECT intent_score FROM audience WHERE topic_id IN (117801, 102391) ORDER BY intent_score DESC',
            'SELECT intent_score FROM strongest ORDER BY intent_score DESC');
RESET enable_sort;

-- not from the lower end, and not with columns that minScore changes
SELECT explain('SELECT hem FROM audience WHERE topic_id IN (117801, 102391) ORDER BY intent_score LIMIT 10', 'Sort|Best First');
SELECT explain('SELECT hem, topic_overlap FROM audience WHERE topic_id IN (117801, 102391) ORDER BY intent_score DESC LIMIT 10', 'Sort|Best First');
SELECT explain('SELECT matched_topic_ids FROM audience WHERE topic_id IN (117801, 102391) ORDER BY intent_score DESC LIMIT 10', 'Sort|Best First');
SELECT explain('SELECT hem FROM audience WHERE topic_id IN (117801, 102391) AND topic_overlap >= 2 ORDER BY intent_score DESC LIMIT 10', 'Sort|Best First');
SELECT best('SELECT max(intent_score), min(intent_score) FROM audience WHERE topic_id IN (117801, 102391)', 'SELECT max(intent_score), min(intent_score) FROM strongest');
-- how many there are is known when it runs
PREPARE p(int[]) AS SELECT intent_score, hem FROM audience WHERE topic_id = ANY ($1) ORDER BY intent_score DESC, hem LIMIT 3;
SET plan_cache_mode = force_generic_plan;
EXECUTE p('{117801,117801}');
SELECT intent_score, hem FROM people WHERE topic_id = 117801 ORDER BY intent_score DESC, hem LIMIT 3;
EXECUTE p('{117801,102391}');
SELECT intent_score, hem FROM strongest ORDER BY intent_score DESC, hem LIMIT 3;
EXECUTE p('{}');
SELECT bands();
RESET plan_cache_mode;

-- a row for each topic
CREATE FOREIGN TABLE each_topic (hem text, intent_score integer, topic_id integer) SERVER sim OPTIONS (resource 'audience', topic_mode 'each');
SELECT best('SELECT intent_score, topic_id, hem FROM each_topic WHERE topic_id IN (117801, 102391) ORDER BY intent_score DESC, topic_id, hem LIMIT 30',
            'SELECT intent_score, topic_id, hem FROM people WHERE topic_id IN (117801, 102391) ORDER BY intent_score DESC, topic_id, hem LIMIT 30');
SELECT best('SELECT intent_score, topic_id, hem FROM each_topic WHERE topic_id IN (117801, 102391) ORDER BY intent_score, topic_id, hem LIMIT 30',
            'SELECT intent_score, topic_id, hem FROM people WHERE topic_id IN (117801, 102391) ORDER BY intent_score, topic_id, hem LIMIT 30');

-- arms of a UNION ALL, and tables of one parent
SELECT explain('SELECT intent_score FROM audience WHERE topic_id = 117801 UNION ALL SELECT intent_score FROM audience WHERE topic_id = 102391 ORDER BY 1 DESC LIMIT 10', 'Append|Sort|Best First');
SELECT best('SELECT intent_score FROM audience WHERE topic_id = 117801 UNION ALL SELECT intent_score FROM audience WHERE topic_id = 102391 ORDER BY 1 DESC LIMIT 10');
CREATE TABLE parts (hem text, intent_score integer, topic_id integer) PARTITION BY LIST (topic_id);
CREATE FOREIGN TABLE part1 PARTITION OF parts FOR VALUES IN (117801) SERVER sim OPTIONS (resource 'audience');
CREATE FOREIGN TABLE part2 PARTITION OF parts FOR VALUES IN (102391) SERVER sim OPTIONS (resource 'audience');
SELECT explain('SELECT intent_score, hem FROM parts ORDER BY intent_score DESC LIMIT 10', 'Append|Sort|Best First');
SELECT best('SELECT intent_score FROM parts ORDER BY intent_score DESC LIMIT 10',
            'SELECT intent_score FROM people WHERE topic_id IN (117801, 102391) ORDER BY intent_score DESC LIMIT 10');
\i :dir/fixture/teardown.psql
