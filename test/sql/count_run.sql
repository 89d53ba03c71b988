-- Counting by totals while the statement runs: values that come late, rescans,
-- answers without a total, results still being made, limits, users.
\getenv dir PG_ABS_SRCDIR
\set counts exact
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql

SELECT explain($$ SELECT count(*) FROM audience WHERE topic_id = 102391 AND has_phone $$, 'Foreign|Relations|Intent');
SELECT explain($$ SELECT count(*) FROM audience WHERE topic_id = 102391 $$, 'Count|Requests', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF');

-- a generic plan: what is not covered is known only now
SET plan_cache_mode = force_generic_plan;
PREPARE c(integer[], integer) AS SELECT count(*) FROM audience WHERE topic_id = ANY ($1) AND intent_score <= $2;
SELECT explain($$ EXECUTE c(NULL, NULL) $$, 'Foreign|Intent Count');
SELECT request_count() \g /dev/null
EXECUTE c('{102391}', 95);
SELECT sent();
EXECUTE c('{102391,117801}', 20);
SELECT sent();
SELECT explain($$ EXECUTE c('{102391,117801}', 20) $$, 'Intent Count', 'ANALYZE, COSTS OFF, TIMING OFF');
SELECT explain($$ EXECUTE c('{102391}', 20) $$, 'Intent Count', 'ANALYZE, COSTS OFF, TIMING OFF');
SELECT request_count() > 1;
EXECUTE c('{}', 95);
EXECUTE c(NULL, 95);
EXECUTE c('{102391}', 0);
SELECT request_count();
PREPARE b(boolean) AS SELECT count(*) FROM audience WHERE topic_id = 102391 AND $1;
EXECUTE b(true);
EXECUTE b(false);
SELECT request_count();
PREPARE g(integer) AS SELECT count(*) FROM audience WHERE topic_id = 102391 AND ($1 IS NULL OR intent_score >= $1);
EXECUTE g(NULL);
EXECUTE g(70);
SELECT sent();
RESET plan_cache_mode;

-- correlated: one request for each value; for the same again, in turn, none
SELECT t, (SELECT count(*) FROM audience WHERE topic_id = t AND intent_score >= 50)
  = (SELECT count(*) FROM people WHERE topic_id = t AND intent_score >= 50) AS right
  FROM (VALUES (102391), (102391), (117801), (140000), (NULL)) v(t);
SELECT sent();
SELECT x, n FROM (VALUES (1), (2)) v(x), LATERAL (SELECT count(*) AS n FROM audience WHERE topic_id = 110003 AND x > 1) q;
SELECT sent();
SELECT count(*) FROM audience WHERE topic_id = (SELECT 110003);
SELECT sent();

-- core does the rest: expressions, windows, sets, subqueries
SELECT 'n: ' || count(*), count(*) OVER () FROM audience WHERE topic_id = 110003;
SELECT count(*) FROM audience WHERE topic_id = 110003 UNION ALL SELECT count(*) FROM audience WHERE topic_id = 110004 ORDER BY 1;
SELECT n FROM (SELECT count(*) AS n FROM audience WHERE topic_id = 110003 OFFSET 0) q WHERE n > 0;
DO $$ DECLARE n bigint; BEGIN
  FOR i IN 1..10 LOOP SELECT count(*) INTO n FROM audience WHERE topic_id = 110003 + i % 2; END LOOP;
END $$;
SELECT DISTINCT r LIKE '%"limit":1}' FROM requests() r;

-- an answer without a total, or with one that contradicts it: rows are counted
SELECT config('{"null_total": true}');
SELECT count(*) = (SELECT count(*) FROM people WHERE topic_id = 110003) FROM audience WHERE topic_id = 110003;
SELECT substring(r, '"limit".*') FROM requests() r;
-- a new run while they are: from zero again
SELECT config('{"on_new_run": "switch", "advance_after": {"requests": 2, "date": "2026-11-23"}}');
SELECT count(*) AS n FROM audience WHERE topic_id = 117801 \gset
SELECT count(*) = :n FROM (SELECT hem FROM audience WHERE topic_id = 117801 OFFSET 0) q;
SELECT count(*) FROM requests();
SELECT config('{"null_total": false, "on_new_run": null, "advance_after": null, "dates": null}');
SELECT fault('{"total": 1}');
SELECT count(*) = (SELECT count(*) FROM people WHERE topic_id = 110003) FROM audience WHERE topic_id = 110003;
SELECT substring(r, '"limit".*') FROM requests() r;
SELECT config('{"faults": null}');

-- what rows do not carry is as unknown in a count of rows
SELECT config('{"null_total": true}');
SELECT count(*) = (SELECT count(*) FROM people WHERE topic_id = 110003 AND has_phone) FROM audience WHERE topic_id = 110003 AND has_phone;
CREATE FOREIGN TABLE trusting (topic_id integer, topic_overlap integer) SERVER sim OPTIONS (count_pushdown 'trusted');
PREPARE o(integer) AS SELECT count(*) FROM trusting WHERE topic_id = 110003 AND topic_overlap = $1;
SET plan_cache_mode = force_generic_plan;
SELECT failure($$ EXECUTE o(1) $$);
RESET plan_cache_mode;
SELECT config('{"null_total": false}');

-- the result is still being made
SELECT config('{"materialize_calls": 2}');
SELECT count(*) > 0 FROM audience WHERE topic_id = 110003;
SELECT config('{"materialize_calls": 0}');
SELECT request_count() >= 3;

-- one run for a statement: counts take part in it
SELECT config('{"advance_after": {"requests": 1, "date": "2026-11-23"}}');
SELECT failure($$ SELECT (SELECT count(*) FROM audience WHERE topic_id = 110003) + (SELECT count(*) FROM audience WHERE topic_id = 110004) $$);
SELECT config('{"advance_after": null}');

-- max_requests holds for counts
CREATE FOREIGN TABLE few (topic_id integer, data_date date) SERVER sim OPTIONS (max_requests '2');
SELECT failure($$ SELECT count(*) FROM few WHERE topic_id = 110003 AND data_date BETWEEN '2026-11-20' AND '2026-11-22' $$);
SELECT count(*) > 0 FROM few WHERE topic_id = 110003 AND data_date BETWEEN '2026-11-21' AND '2026-11-22';

-- a partition's bound is a condition of its own
CREATE TABLE parts (topic_id integer, intent_score integer) PARTITION BY LIST (topic_id);
CREATE FOREIGN TABLE part_a PARTITION OF parts FOR VALUES IN (110003) SERVER sim;
CREATE FOREIGN TABLE part_b PARTITION OF parts FOR VALUES IN (110004) SERVER sim;
SELECT count(*) = (SELECT count(*) FROM people WHERE topic_id IN (110003, 110004)) FROM parts;
SELECT request_count() \g /dev/null
SELECT count(*) = (SELECT count(*) FROM people WHERE topic_id = 110003) FROM part_a;
SELECT sent();

-- the user of the view's owner, not of whoever reads it
CREATE ROLE reader;
GRANT USAGE ON SCHEMA fixture TO reader;
CREATE VIEW totals AS SELECT count(*) > 0 AS some FROM audience WHERE topic_id = 110003;
GRANT SELECT ON totals, audience TO reader;
SET ROLE reader;
SELECT * FROM totals;
SELECT failure($$ SELECT count(*) FROM fixture.audience WHERE topic_id = 110003 $$);
RESET ROLE;
DROP OWNED BY reader;
DROP ROLE reader;
\i :dir/fixture/teardown.psql
