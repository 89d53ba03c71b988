-- A query that lacks an input raises when it is run, and only then.
\getenv dir PG_ABS_SRCDIR
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql
CREATE TABLE topics (topic_id int);
INSERT INTO topics VALUES (110003), (135790);

SELECT * FROM audience;
\echo :LAST_ERROR_SQLSTATE
SELECT failure('SELECT count(*) FROM audience WHERE intent_score >= 80');
SELECT failure('SELECT count(*) FROM audience WHERE topic_id > 5');
SELECT failure('SELECT hem FROM audience WHERE topic_id = 110003 OR intent_score > 50');
SELECT failure('SELECT hem FROM audience LIMIT 1');
SELECT failure('CREATE TABLE t1 AS SELECT * FROM audience');
SELECT failure('COPY (SELECT hem FROM audience) TO ''/dev/null''');
SELECT request_count();

-- never run, never raised
SELECT * FROM audience LIMIT 0;
SELECT * FROM audience WHERE false;
SELECT hem FROM audience WHERE topic_id = NULL;
SELECT 1 AS one WHERE true OR EXISTS (SELECT FROM audience);
SELECT CASE WHEN true THEN 1 ELSE (SELECT count(*) FROM audience) END;
SELECT count(*) FROM topics t LEFT JOIN LATERAL (SELECT * FROM audience) a ON false;
SELECT count(*) FROM topics t, audience a WHERE t.topic_id < 0;
SELECT count(*) FROM (SELECT * FROM topics WHERE false) t JOIN audience a ON a.intent_score = t.topic_id;
SELECT coalesce(1, (SELECT intent_score FROM audience LIMIT 1));
CREATE TEMP TABLE empty AS SELECT * FROM audience WITH NO DATA;
CREATE MATERIALIZED VIEW unfilled AS SELECT * FROM audience WITH NO DATA;
CREATE VIEW everyone AS SELECT * FROM audience;
PREPARE all_of_it AS SELECT * FROM audience;
BEGIN;
DECLARE c CURSOR FOR SELECT * FROM audience;
CLOSE c;
COMMIT;
-- the view takes the condition in
SELECT count(*) FROM everyone WHERE topic_id = 135790;

-- EXPLAIN shows it and plans whatever the shape
SELECT explain('SELECT * FROM audience', 'Intent|Filter');
SELECT explain('SELECT * FROM audience WHERE seniority = ''vp'' AND email LIKE ''a%''', 'Intent Missing');
SELECT explain('SELECT * FROM topics FULL JOIN audience USING (topic_id)', 'Intent Missing');
SELECT explain('SELECT * FROM audience LEFT JOIN topics USING (topic_id)', 'Intent Missing');
SELECT failure('SELECT count(*) FROM topics FULL JOIN audience USING (topic_id)');
SELECT failure('SELECT count(*) FROM audience LEFT JOIN topics USING (topic_id)');
SELECT failure('SELECT count(*) FROM topics RIGHT JOIN audience USING (topic_id)');
SELECT failure('SELECT count(*) FROM audience a JOIN audience b USING (topic_id)');
SELECT request_count();

-- where a join can supply it, that plan is taken, whatever is disabled
SELECT count(*) FROM topics JOIN audience USING (topic_id);
SET enable_nestloop = off;
SELECT count(*) FROM topics JOIN audience USING (topic_id);
SELECT count(*) FROM topics LEFT JOIN audience USING (topic_id);
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SELECT count(*) FROM topics JOIN audience USING (topic_id);
RESET enable_nestloop;
RESET enable_hashjoin;
RESET enable_mergejoin;
SELECT count(*) FROM topics JOIN people USING (topic_id);
-- also through another table, and for both of two
SELECT count(*) FROM topics JOIN audience a USING (topic_id) JOIN audience b USING (topic_id, hem);
SELECT count(*) FROM topics JOIN audience USING (topic_id) WHERE intent_score > (SELECT 50);
SELECT count(*) FROM topics JOIN people USING (topic_id) WHERE intent_score > 50;
-- a large outer side does not change that
INSERT INTO topics SELECT g FROM generate_series(200000, 200300) g;
ANALYZE topics;
SELECT count(*) FROM topics JOIN audience USING (topic_id) WHERE topic_id < 200010;
\i :dir/fixture/teardown.psql
