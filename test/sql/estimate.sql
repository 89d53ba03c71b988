-- Row counts and plans from the totals of earlier requests; planning asks nothing.
\getenv dir PG_ABS_SRCDIR
\set rows live
\set counts exact
\i :dir/fixture/setup.psql
-- joins here are lookups one by one, or none
SET intent_fdw.enable_batched_lookup = off;
\i :dir/fixture/people.psql

-- Estimated rows of the first scan or join of a plan.
CREATE FUNCTION planned(statement text, node text DEFAULT 'Foreign Scan') RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  line text;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN ' || statement LOOP
    IF line ~ node THEN RETURN substring(line, 'rows=(\d+)'); END IF;
  END LOOP;
END $$;

-- Estimated rows against those of the local copy: within a factor of two?
CREATE FUNCTION guess(condition text, t text DEFAULT 'audience') RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  estimated bigint := planned(format('SELECT * FROM %s WHERE %s', t, condition));
  actual bigint;
BEGIN
  EXECUTE format('SELECT greatest(count(*), 1) FROM people WHERE %s', condition) INTO actual;
  RETURN CASE WHEN estimated = actual THEN 'exact' WHEN estimated BETWEEN actual / 2 AND actual * 2 THEN 'near'
    ELSE 'far' END;
END $$;

-- first nothing is known, then the same request is, and one with more conditions
SELECT guess($$ topic_id = 102391 $$), planned($$ SELECT * FROM audience WHERE topic_id = 102391 $$);
SELECT requests();
SELECT count(*) FROM audience WHERE topic_id = 102391;
SELECT guess($$ topic_id = 102391 $$);
SELECT guess($$ topic_id IN (102391) $$), guess($$ topic_id IN (102391, 102391) AND intent_score >= 1 $$);
SELECT guess($$ topic_id = 102391 AND has_phone $$);
SELECT guess($$ topic_id = 102391 AND intent_score BETWEEN 1 AND 50 $$);
-- another topic is another request: as good as those seen
SELECT guess($$ topic_id = 117801 $$);
-- a scan teaches as well, also one that LIMIT ends
SELECT count(*) FROM (SELECT * FROM audience WHERE topic_id = 117801 AND seniority = 'director' LIMIT 1) q;
SELECT guess($$ topic_id = 117801 AND seniority = 'director' $$);
-- what is not sent is guessed on top
SELECT count(*) FROM audience WHERE topic_id IN (102391, 117801);
SELECT planned($$ SELECT * FROM audience WHERE topic_id IN (102391, 117801) AND intent_score <= 50 $$)
  BETWEEN planned($$ SELECT * FROM audience WHERE topic_id IN (102391, 117801) $$) * 0.4 AND planned($$ SELECT * FROM audience WHERE topic_id IN (102391, 117801) $$) * 0.6;
-- a contradiction has no rows
SELECT planned($$ SELECT * FROM audience WHERE topic_id = 102391 AND intent_score > 90 AND intent_score < 80 $$);

-- parameters: known to a custom plan, an average for a generic one
PREPARE p(integer) AS SELECT * FROM audience WHERE topic_id = $1;
SET plan_cache_mode = force_custom_plan;
SELECT planned($$ EXECUTE p(102391) $$) = (SELECT count(*) FROM people WHERE topic_id = 102391);
SET plan_cache_mode = force_generic_plan;
PREPARE q(integer) AS SELECT * FROM audience WHERE topic_id = $1 AND has_phone;
SELECT count(*) > 0 FROM people WHERE topic_id = 110003 AND has_phone;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) EXECUTE q(110003) \g /dev/null
DEALLOCATE q;
PREPARE q(integer) AS SELECT * FROM audience WHERE topic_id = $1 AND has_phone;
SELECT planned($$ EXECUTE q(110003) $$) = (SELECT count(*) FROM people WHERE topic_id = 110003 AND has_phone);
RESET plan_cache_mode;

-- ALTER of the table, its server or a mapping forgets
ALTER FOREIGN TABLE audience OPTIONS (ADD page_size '50');
SELECT guess($$ topic_id = 102391 $$);
SELECT count(*) > 0 FROM audience WHERE topic_id = 102391;
SELECT guess($$ topic_id = 102391 $$);
ALTER SERVER sim OPTIONS (ADD page_size '20');
SELECT guess($$ topic_id = 102391 $$);
SELECT count(*) > 0 FROM audience WHERE topic_id = 102391;
ALTER USER MAPPING FOR CURRENT_USER SERVER sim OPTIONS (SET api_key 'sk_test_simulator');
SELECT guess($$ topic_id = 102391 $$);

-- joins: lookups for few keys, a hash join for many, Memoize for repeated ones
CREATE TABLE few AS SELECT DISTINCT company_domain AS dom FROM people WHERE company_domain IS NOT NULL ORDER BY 1 LIMIT 20;
CREATE TABLE many AS SELECT 'a' || i || '.example' AS dom FROM generate_series(1, 50000) i;
CREATE TABLE repeated AS SELECT dom, i FROM few, generate_series(1, 50) i;
ANALYZE few, many, repeated;
CREATE FUNCTION join_plan(t text) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT regexp_replace(e, ' on .*', '') FROM explain(format('SELECT * FROM %I l JOIN audience a ON a.company_domain = l.dom WHERE a.topic_id = 102391', t), '->|Join|Loop') e $$;
SELECT join_plan('few');
SELECT join_plan('many');
SELECT join_plan('repeated');
SELECT request_count() > 0;
-- the second planning knows how many rows a lookup has, and with it the join
SELECT count(*) AS n FROM few l JOIN audience a ON a.company_domain = l.dom WHERE a.topic_id = 102391 \gset
SELECT planned($$ SELECT * FROM few l JOIN audience a ON a.company_domain = l.dom WHERE a.topic_id = 102391 $$) BETWEEN :n / 20.0 / 2 AND :n / 20.0 * 2 AS lookup,
  planned($$ SELECT * FROM few l JOIN audience a ON a.company_domain = l.dom WHERE a.topic_id = 102391 $$, 'Nested Loop') BETWEEN :n / 2 AND :n * 2 AS "join";

-- chains cost as many at a time as there are connections
CREATE FUNCTION cost(t text, topics integer[]) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE line text; BEGIN
  EXECUTE format('EXPLAIN SELECT * FROM %s WHERE topic_id = ANY (%L)', t, topics) INTO line;
  RETURN round(substring(line, '\.\.(\d+)')::numeric, -2);
END $$;
CREATE FOREIGN TABLE each (topic_id integer) SERVER sim OPTIONS (topic_mode 'each', page_size '100', max_connections '1');
SELECT cost('each', '{1}'), cost('each', '{1,2,3,4}');
ALTER FOREIGN TABLE each OPTIONS (SET max_connections '4');
SELECT cost('each', '{1}'), cost('each', '{1,2,3,4}');
\i :dir/fixture/teardown.psql
