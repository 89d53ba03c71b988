-- Topics that come from an outer row: asked for when the statement names none
-- itself, else only checked. And rows that do not tell their topic.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql
CREATE TABLE topics (topic_id int, name text);
INSERT INTO topics VALUES (110003, 'postgres'), (135790, 'clocks'), (NULL, 'none'), (137000, 'japanese');

-- one query for each of them: rows are those of each topic alone
SELECT same('SELECT t.name, a.hem, a.topic_id, a.intent_score FROM topics t JOIN audience a USING (topic_id)',
            'SELECT t.name, a.hem, a.topic_id, a.intent_score::int FROM topics t JOIN people a USING (topic_id)');
SELECT sent();
SELECT same('SELECT t.name, a.hem FROM topics t JOIN LATERAL (SELECT * FROM audience x WHERE x.topic_id = t.topic_id AND intent_score > 50) a ON true',
            'SELECT t.name, a.hem FROM topics t JOIN people a USING (topic_id) WHERE intent_score > 50');
SELECT sent();
SELECT name, (SELECT count(*) FROM audience a WHERE a.topic_id = t.topic_id) FROM topics t;
SELECT sent();
SELECT same('SELECT t.name, a.hem FROM topics t LEFT JOIN audience a ON a.topic_id = t.topic_id', 'SELECT t.name, a.hem FROM topics t LEFT JOIN people a USING (topic_id)');
SELECT request_count();
SELECT name FROM topics t WHERE EXISTS (SELECT FROM audience a WHERE a.topic_id = t.topic_id AND intent_score >= 90) ORDER BY name;
SELECT name FROM topics t WHERE EXISTS (SELECT FROM people a WHERE a.topic_id = t.topic_id AND intent_score >= 90) ORDER BY name;
SELECT sent();

-- the statement names several: those are asked for, the outer row's is checked,
-- so that each person stays under the strongest
CREATE VIEW two AS SELECT DISTINCT ON (person) * FROM people WHERE topic_id IN (110003, 102391) ORDER BY person, intent_score DESC, topic_id;
SELECT same('SELECT t.name, a.hem, a.topic_id FROM topics t JOIN audience a USING (topic_id) WHERE a.topic_id IN (110003, 102391)',
            'SELECT t.name, a.hem, a.topic_id FROM topics t JOIN two a USING (topic_id)');
SELECT sent();
SELECT same('SELECT t.name, a.hem, a.topic_id FROM topics t, LATERAL (SELECT * FROM audience x WHERE x.topic_id IN (110003, 102391) AND x.topic_id = t.topic_id) a',
            'SELECT t.name, a.hem, a.topic_id FROM topics t JOIN two a USING (topic_id)');
SELECT sent();
SELECT name, (SELECT count(*) FROM audience a WHERE a.topic_id = t.topic_id AND a.topic_id IN (110003, 102391)) FROM topics t;
SELECT name, (SELECT count(*) FROM two a WHERE a.topic_id = t.topic_id) FROM topics t;
SELECT sent();
-- likewise the table's own topics
CREATE FOREIGN TABLE fixed (hem text, topic_id integer) SERVER sim OPTIONS (topic_ids '110003,102391');
SELECT same('SELECT t.name, a.hem, a.topic_id FROM topics t JOIN fixed a USING (topic_id)', 'SELECT t.name, a.hem, a.topic_id FROM topics t JOIN two a USING (topic_id)');
SELECT sent();
-- an outer row that brings several
SELECT same('SELECT l.n, a.hem, a.topic_id FROM (VALUES (1, ARRAY[110003, 102391]), (2, ARRAY[135790]), (3, NULL)) l(n, list) JOIN LATERAL (SELECT * FROM audience WHERE topic_id = ANY (list)) a ON true',
            'SELECT 1 AS n, hem, topic_id FROM two UNION ALL SELECT 2, hem, topic_id FROM people WHERE topic_id = 135790');
SELECT sent();

-- a null topicId: the one topic asked, or the first of matchedTopicIds that was
SELECT config('{"null_topic_every": 3}');
SELECT topic_id, count(*) FROM audience WHERE topic_id = 110003 GROUP BY 1;
SELECT topic_id IN (110003, 102391) AS asked, topic_id = ANY (matched_topic_ids) AS matched, count(*) FROM audience WHERE topic_id IN (110003, 102391) GROUP BY 1, 2;
SELECT count(*) FROM two;
-- in the seed's form nothing tells: a bare column reads NULL, the rest is refused
SELECT config('{"rows": "seed"}');
ALTER SERVER sim OPTIONS (ADD user_agent 'again');
SELECT topic_id FROM audience WHERE topic_id = 110003 AND topic_id IS NULL;
SELECT count(*) FROM audience WHERE topic_id IN (110003, 102391);
SELECT topic_id FROM audience WHERE topic_id IN (110003, 102391) LIMIT 3;
SELECT failure('SELECT topic_id, count(*) FROM audience WHERE topic_id IN (110003, 102391) GROUP BY 1');
SELECT failure('SELECT hem FROM audience WHERE topic_id IN (110003, 102391) AND topic_id > 5');
\i :dir/fixture/teardown.psql
