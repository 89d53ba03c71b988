-- A scan that is started again: with the same values it returns what it kept
-- and sends nothing, with other values it asks again.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
SET intent_fdw.enable_batched_lookup = off;
\i :dir/fixture/people.psql
ALTER FOREIGN TABLE audience OPTIONS (ADD page_size '20');
CREATE TABLE outers (n int, topic int, lowest int);
INSERT INTO outers VALUES (1, 110003, 1), (2, 110003, 1), (3, 110003, 50), (4, 140000, 1), (5, NULL, 1), (6, 135790, 1), (7, 110003, 50), (8, 110003, 1);
CREATE FUNCTION both_ways(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  RETURN NEXT same(query, replace(query, 'audience', 'people'));
  RETURN QUERY SELECT '  ' || count(*) || ' x ' || s FROM sent() s GROUP BY s ORDER BY s COLLATE "C";
END $$;
SET enable_memoize = off;
SET enable_material = off;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
-- inner side of a nested loop: none, one and many pages
SELECT both_ways($$ SELECT n, hem FROM outers, audience WHERE topic_id = 110003 $$);
SELECT both_ways($$ SELECT n, hem FROM outers, audience WHERE topic_id = 135790 $$);
SELECT both_ways($$ SELECT n, hem FROM outers LEFT JOIN audience ON topic_id = 140000 $$);
SELECT both_ways($$ SELECT n, hem FROM outers JOIN audience ON intent_score + 0 >= lowest WHERE topic_id = 110003 $$);
-- values of the outer row: neighbours with the same are not asked for again
SELECT both_ways($$ SELECT n, hem FROM outers JOIN audience ON topic_id = topic AND intent_score >= lowest $$);
SELECT both_ways($$ SELECT n, hem FROM outers LEFT JOIN audience ON topic_id = topic $$);
SELECT both_ways($$ SELECT n, (SELECT count(*) FROM audience WHERE topic_id = topic AND intent_score >= lowest) FROM outers $$);
SELECT both_ways($$ SELECT n, hem FROM outers, LATERAL (SELECT * FROM audience WHERE topic_id = topic AND email > chr(96 + n)) a $$);
SELECT both_ways($$ SELECT n FROM outers WHERE EXISTS (SELECT FROM audience WHERE topic_id = topic AND intent_score >= lowest + 49) $$);
SELECT both_ways($$ SELECT n FROM outers WHERE n NOT IN (SELECT intent_score FROM audience WHERE topic_id = topic) $$);
SELECT both_ways($$ SELECT n FROM outers WHERE n < ALL (SELECT intent_score FROM audience WHERE topic_id = 110003) $$);
-- left before its end, then started again
SELECT both_ways($$ SELECT n, (SELECT count(*) FROM (SELECT 1 FROM audience WHERE topic_id = topic LIMIT 25) a) FROM outers $$);
SELECT both_ways($$ SELECT n FROM outers WHERE EXISTS (SELECT FROM audience WHERE topic_id = 110003 AND intent_score + 0 > n * 12) $$);
SELECT both_ways($$ SELECT n FROM outers o WHERE EXISTS (SELECT FROM audience WHERE topic_id = 110003 AND (intent_score > n * 12) IS TRUE OFFSET 3) $$);
-- Memoize and Material above it
SET enable_memoize = on;
ANALYZE outers;
SELECT both_ways($$ SELECT n, hem FROM outers JOIN audience ON topic_id = topic $$);
SET enable_material = on;
SELECT both_ways($$ SELECT n, hem FROM outers, audience WHERE topic_id = 110003 $$);
-- what is kept goes to disk beyond work_mem
SET enable_material = off;
SET work_mem = '64kB';
SELECT count(*), count(DISTINCT hem), count(person) FROM outers, audience WHERE topic_id = 102391 AND n > -intent_score;
SELECT request_count() = ceil((SELECT count(*) FROM people WHERE topic_id = 102391) / 20.0) AS once;
RESET work_mem;
-- ... and nothing is kept where the plan cannot come back to it
CREATE FUNCTION spills(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  line text;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || query LOOP
    IF line ~ 'temp.* written=' THEN RETURN true; END IF;
  END LOOP;
  RETURN false;
END $$;
SET work_mem = '64kB';
SELECT spills('SELECT person FROM audience WHERE topic_id = 102391') AS plain, spills('SELECT person FROM outers LEFT JOIN audience ON topic_id = 102391') AS rescanned;
RESET work_mem;
SELECT request_count() > 0;
-- a volatile value is never sent
SELECT failure('SELECT count(*) FROM audience WHERE topic_id = (random() * 0)::int + 110003');
SELECT count(*) FROM audience WHERE topic_id = 110003 AND intent_score >= (random() * 0)::int + 50;
SELECT sent();
-- a recursive query runs the scan for each level
SELECT both_ways($$ WITH RECURSIVE r(n, score) AS (SELECT 0, 60 UNION ALL
  SELECT n + 1, a.score FROM r, LATERAL (SELECT min(intent_score)::int AS score FROM audience WHERE topic_id = 110003 AND intent_score > r.score) a WHERE a.score IS NOT NULL AND n < 4)
  SELECT * FROM r $$);
\i :dir/fixture/teardown.psql
