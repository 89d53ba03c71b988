-- ORDER BY intent_score LIMIT n reads bands of scores from that end, not the
-- whole audience.  One topic in each request.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql
\i :dir/fixture/best.psql
ALTER TABLE people ALTER intent_score TYPE integer;

SELECT explain($$ SELECT email FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC LIMIT 10 $$, 'Sort|Best First');
SELECT explain($$ SELECT email FROM audience WHERE topic_id = 117801 ORDER BY intent_score, email LIMIT 10 $$, 'Sort|Best First');
-- the whole audience costs less at once
SELECT explain($$ SELECT email FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC $$, 'Sort|Best First');
-- a redundant order, an order of something else
SELECT explain($$ SELECT email FROM audience WHERE topic_id = 117801 AND intent_score = 50 ORDER BY intent_score LIMIT 10 $$, 'Sort|Best First');
SELECT explain($$ SELECT email FROM audience WHERE topic_id = 117801 ORDER BY -intent_score LIMIT 10 $$, 'Sort|Best First');
SELECT explain($$ SELECT email FROM audience WHERE topic_id = 117801 ORDER BY intent_score::text LIMIT 10 $$, 'Sort|Best First');
-- a saved audience's own rules
SELECT explain($$ SELECT email FROM audience WHERE audience_id = '11111111-2222-4333-8444-555555555555' ORDER BY intent_score DESC LIMIT 10 $$, 'Sort|Best First');

-- the rows
SELECT best('SELECT intent_score FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC LIMIT 10');
SELECT best('SELECT intent_score FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC LIMIT 100');
SELECT best('SELECT intent_score FROM audience WHERE topic_id = 117801 ORDER BY intent_score LIMIT 30');
SELECT best('SELECT intent_score, hem FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC, hem LIMIT 100');
SELECT best('SELECT intent_score, hem FROM audience WHERE topic_id = 117801 ORDER BY intent_score, hem DESC LIMIT 100');
SELECT best('SELECT intent_score, hem FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC NULLS LAST, hem LIMIT 5');
SELECT best('SELECT intent_score, hem FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC NULLS FIRST, hem LIMIT 5');
SELECT best('SELECT intent_score, hem FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC, hem LIMIT 20 OFFSET 90');
SELECT best('SELECT intent_score FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC FETCH FIRST 30 ROWS WITH TIES');
SELECT best('SELECT intent_score, count(*) FROM audience WHERE topic_id = 117801 GROUP BY intent_score ORDER BY intent_score DESC LIMIT 3');
SELECT best('SELECT max(intent_score) FROM audience WHERE topic_id = 117801');
SELECT best('SELECT min(intent_score) FROM audience WHERE topic_id = 117801');
SELECT best('SELECT max(intent_score), min(intent_score) FROM audience WHERE topic_id = 117801 AND intent_score < 80');
SELECT best('SELECT * FROM (SELECT intent_score, rank() OVER (ORDER BY intent_score DESC) FROM audience WHERE topic_id = 117801) r LIMIT 20');

-- conditions on the score narrow the bands; others may need more of them
SELECT best('SELECT intent_score FROM audience WHERE topic_id = 117801 AND intent_score < 70 ORDER BY intent_score DESC LIMIT 10');
SELECT best('SELECT intent_score FROM audience WHERE topic_id = 117801 AND intent_score BETWEEN 40 AND 43 ORDER BY intent_score LIMIT 1000');
SELECT best('SELECT intent_score FROM audience WHERE topic_id = 117801 AND intent_score BETWEEN 50 AND 40 ORDER BY intent_score LIMIT 10');
SELECT best($$ SELECT intent_score, hem FROM audience WHERE topic_id = 117801 AND company LIKE '%o' ORDER BY intent_score DESC, hem LIMIT 10 $$);
SELECT best($$ SELECT intent_score, hem FROM audience WHERE topic_id = 117801 AND seniority = 'director' ORDER BY intent_score DESC, hem LIMIT 10 $$);
SELECT best('SELECT intent_score FROM audience WHERE topic_id = 140000 ORDER BY intent_score DESC LIMIT 10');
-- several chains: all of a band's together
SELECT best($$ SELECT intent_score, hem FROM audience WHERE topic_id = 117801 AND state IN ('texas', 'california') ORDER BY intent_score DESC, hem LIMIT 10 $$);

-- the same with a generic plan, a cursor, in a subquery, under a join
PREPARE p(int, int) AS SELECT intent_score FROM audience WHERE topic_id = $1 ORDER BY intent_score DESC LIMIT $2;
SET plan_cache_mode = force_generic_plan;
EXECUTE p(117801, 3);
EXECUTE p(102391, 3);
SELECT bands();
RESET plan_cache_mode;
DEALLOCATE p;
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT intent_score FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC LIMIT 400;
MOVE FORWARD ALL IN c;
FETCH ABSOLUTE 1 FROM c;
FETCH ABSOLUTE 400 FROM c;
COMMIT;
SELECT bands();
SELECT best('SELECT t, s FROM (VALUES (117801), (102391), (NULL)) v(t), LATERAL (SELECT intent_score FROM audience WHERE topic_id = t ORDER BY intent_score DESC LIMIT 2) a(s)');
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SELECT best('SELECT a.intent_score, a.hem, v.x FROM audience a JOIN (VALUES (1), (2)) v(x) ON length(a.email) % 2 + 1 = v.x WHERE topic_id = 117801 ORDER BY intent_score DESC, hem LIMIT 5');
RESET enable_hashjoin;
RESET enable_mergejoin;

-- a whole scan by bands, and switched off
SET enable_sort = off;
SELECT best('SELECT intent_score FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC');
SELECT best('SELECT intent_score FROM audience WHERE topic_id = 117801 ORDER BY intent_score');
SET intent_fdw.enable_best_first = off;
SELECT best('SELECT intent_score FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC LIMIT 10');
\i :dir/fixture/teardown.psql
