-- Prepared statements and PL/pgSQL: the same answer and the same requests from
-- the first execution to the tenth, with a generic and with a custom plan.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql
PREPARE q (int, int, text) AS SELECT count(*), min(email) FROM audience WHERE topic_id = $1 AND intent_score >= $2 AND seniority = $3;
PREPARE l (int, int, text) AS SELECT count(*), min(email) FROM people WHERE topic_id = $1 AND intent_score >= $2 AND seniority = $3;
-- ten times: the same rows and requests, the last of them by a generic plan
CREATE FUNCTION ten_times(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  r record;
BEGIN
  CREATE TEMP TABLE answers (answer text);
  FOR i IN 1..10 LOOP
    FOR r IN EXECUTE statement LOOP INSERT INTO answers VALUES (r::text); END LOOP;
  END LOOP;
  RETURN QUERY SELECT count(*) || ' times ' || answer FROM answers GROUP BY answer;
  RETURN QUERY SELECT count(*) || ' times ' || s FROM sent() s GROUP BY s;
  DROP TABLE answers;
END $$;

SELECT ten_times('EXECUTE q (117801, 50, ''vp'')');
EXECUTE l (117801, 50, 'vp');
SELECT generic_plans > 0 AS generic FROM pg_prepared_statements WHERE name = 'q';
SET plan_cache_mode = force_generic_plan;
SELECT ten_times('EXECUTE q (102391, 20, ''cxo'')');
EXECUTE l (102391, 20, 'cxo');
SELECT explain('EXECUTE q (102391, 20, ''cxo'')', 'Body');
SET plan_cache_mode = force_custom_plan;
SELECT ten_times('EXECUTE q (102391, 20, ''cxo'')');
SELECT explain('EXECUTE q (102391, 20, ''cxo'')', 'Body');
-- NULL parameters
EXECUTE q (NULL, 20, 'cxo');
EXECUTE q (102391, NULL, 'cxo');
EXECUTE q (102391, 20, NULL);
SET plan_cache_mode = force_generic_plan;
EXECUTE q (NULL, 20, 'cxo');
EXECUTE q (102391, NULL, 'cxo');
EXECUTE q (102391, 20, NULL);
SELECT request_count();
-- arrays, other types
PREPARE arrays (text[], text[], int[]) AS SELECT count(*) FROM audience WHERE topic_id = 102391 AND gender = ANY ($1) AND seniority = ANY ($2) AND intent_score = ANY ($3);
EXECUTE arrays ('{male,female}', '{vp,cxo,NULL}', '{50,60,70}');
SELECT count(*) FROM people WHERE topic_id = 102391 AND gender = ANY ('{male,female}') AND seniority = ANY ('{vp,cxo}') AND intent_score = ANY ('{50,60,70}');
EXECUTE arrays ('{male}', '{}', '{50}');
EXECUTE arrays (NULL, '{vp}', '{50}');
SELECT sent();
PREPARE typed (numeric, boolean, date, uuid) AS SELECT count(*) FROM audience WHERE topic_id = 102391 AND intent_score > $1 AND has_phone = $2 AND data_date = $3;
EXECUTE typed (70.5, true, '2026-11-22', NULL);
EXECUTE typed (70.5, false, '2026-11-22', NULL);
SELECT count(*) FILTER (WHERE has_phone), count(*) FILTER (WHERE NOT has_phone) FROM people WHERE topic_id = 102391 AND intent_score > 70.5;
SELECT sent();
-- a value that changes meaning with the parameter's type is compared as PostgreSQL does
PREPARE wide (bigint) AS SELECT count(*) FROM audience WHERE topic_id = $1;
EXECUTE wide (135790);
EXECUTE wide (4294967296 + 135790);
SELECT sent();
RESET plan_cache_mode;

-- PL/pgSQL: static statements, loops, dynamic
CREATE FUNCTION people_of(topic int, lowest int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  n bigint;
BEGIN
  SELECT count(*) INTO n FROM audience a WHERE a.topic_id = topic AND a.intent_score >= lowest;
  RETURN n;
END $$;
SELECT DISTINCT people_of(110003, 50) FROM generate_series(1, 10);
SELECT count(*) FROM people WHERE topic_id = 110003 AND intent_score >= 50;
SELECT count(*) || ' times ' || s FROM sent() s GROUP BY s;
DO $$
DECLARE
  r record;
  n int := 0;
BEGIN
  FOR i IN 1..10 LOOP
    FOR r IN SELECT hem FROM audience WHERE topic_id = 110003 AND intent_score >= 10 * i LOOP
      n := n + 1;
    END LOOP;
  END LOOP;
  RAISE NOTICE '% rows', n;
END $$;
SELECT sum(count) FROM (SELECT count(*) FROM generate_series(10, 100, 10) g, people WHERE topic_id = 110003 AND intent_score >= g GROUP BY g) x;
SELECT sent();
-- SQL functions, inlined and not
CREATE FUNCTION of_topic(int) RETURNS SETOF audience LANGUAGE sql STABLE AS 'SELECT * FROM audience WHERE topic_id = $1';
CREATE FUNCTION of_topic_strict(int) RETURNS SETOF text LANGUAGE sql VOLATILE AS 'SELECT hem FROM audience WHERE topic_id = $1';
SELECT count(*) FROM of_topic(110003) WHERE intent_score >= 50;
SELECT count(*) FROM of_topic_strict(110003);
SELECT sent();
-- the plan notices changes of table and server
PREPARE one_page AS SELECT count(*) FROM audience WHERE topic_id = 110003;
EXECUTE one_page;
ALTER FOREIGN TABLE audience OPTIONS (ADD page_size '40', ADD min_score '50');
EXECUTE one_page;
ALTER SERVER sim OPTIONS (ADD page_size '7');
ALTER FOREIGN TABLE audience OPTIONS (DROP page_size, DROP min_score, ADD data_date '2026-11-20');
EXECUTE one_page;
SELECT sent();
\i :dir/fixture/teardown.psql
