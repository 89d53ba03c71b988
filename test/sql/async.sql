-- Branches of UNION ALL and partitions run at the same time: plans, the same
-- rows as one after the other, and what is sent when.
\getenv dir PG_ABS_SRCDIR
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql

-- a query against its local twin, with asynchronous append and without
CREATE FUNCTION twin(query text, reference text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  result text := '';
  setting text;
BEGIN
  reference := coalesce(reference, regexp_replace(query, 'audience|parts', 'people', 'g'));
  FOREACH setting IN ARRAY '{on,off}'::text[] LOOP
    PERFORM set_config('enable_async_append', setting, true);
    result := result || format(' %s%s: %s', setting, (SELECT format(' (%s async)', count(*)) FROM explain(query, 'Async')), same(query, reference));
  END LOOP;
  PERFORM set_config('enable_async_append', 'on', true), requests();
  RETURN btrim(result);
END $$;
-- how many requests came before any answer can have: within the latency after the first
CREATE FUNCTION together(latency int) RETURNS text
LANGUAGE sql AS $$
  WITH entry AS (SELECT (e ->> 'at_ms')::float8 AS at
    FROM (SELECT string_agg(l, '') AS log FROM sim('GET', '/_sim/log', '', 'DELETE', '/_sim/log', '') l) s, json_array_elements(log::json) e)
  SELECT format('%s of %s', count(*) FILTER (WHERE at < first + latency), count(*)) FROM entry, (SELECT min(at) AS first FROM entry) f
$$;
CREATE TABLE parts (hem text, intent_score integer, topic_id integer, email text, company text, job_title text) PARTITION BY LIST (topic_id);
CREATE FOREIGN TABLE part_a PARTITION OF parts FOR VALUES IN (110003, 135790) SERVER sim OPTIONS (topic_mode 'each');
CREATE FOREIGN TABLE part_b PARTITION OF parts FOR VALUES IN (117801) SERVER sim;
CREATE TABLE part_c PARTITION OF parts DEFAULT;

-- plans
\set four 'SELECT hem FROM audience WHERE topic_id = 117801 UNION ALL SELECT hem FROM audience WHERE topic_id = 102391 UNION ALL SELECT hem FROM audience WHERE topic_id = 110003 UNION ALL SELECT hem FROM audience WHERE topic_id = 135790'
SELECT explain(:'four', 'Append|Scan');
SELECT explain('SELECT hem FROM parts', 'Append|Scan');
SELECT explain('SELECT count(*) FROM parts WHERE topic_id = 117801', 'Append|Scan');
SELECT explain('(SELECT intent_score FROM audience WHERE topic_id = 117801) UNION ALL SELECT intent_score FROM audience WHERE topic_id = 102391 ORDER BY 1 DESC LIMIT 3', 'Append|Scan');
SET enable_async_append = off;
SELECT explain(:'four', 'Append|Scan');
RESET enable_async_append;

-- the same rows
SELECT twin(:'four');
SELECT twin('SELECT hem, topic_id FROM parts', 'SELECT hem, topic_id FROM people WHERE topic_id IN (110003, 135790, 117801)');
INSERT INTO part_c VALUES ('x', 50, 5, 'x@y', 'X', 'x');
SELECT twin('SELECT hem FROM parts WHERE intent_score > 90 AND hem > ''5''', 'SELECT hem FROM people WHERE topic_id IN (110003, 135790, 117801) AND intent_score > 90 AND hem > ''5''');
SELECT twin('SELECT hem, 1 AS n FROM audience WHERE topic_id = 117801 AND hem < ''2'' UNION ALL SELECT email, 2 FROM audience WHERE topic_id = 102391 AND left(email, 1) = ''a''');
SELECT twin('SELECT count(*) FROM (' || :'four' || ' LIMIT 150) l');
-- an arm of which not all columns are used is a subquery to PostgreSQL, and waits its turn
SELECT twin('SELECT n, count(*), min(hem) FROM (SELECT hem, 1 AS n FROM audience WHERE topic_id = 117801 UNION ALL SELECT hem, 2 FROM audience WHERE topic_id = 110003 UNION ALL SELECT hem, 3 FROM people WHERE topic_id = 5) u WHERE hem > ''3'' GROUP BY n');
SELECT twin('SELECT hem FROM (' || :'four' || ') u ORDER BY hem OFFSET 7 LIMIT 20');

-- requests of all branches are out before the first answer, and not more
SELECT config('{"latency_ms": 1000}');
SELECT count(*) FROM parts WHERE topic_id = 135790 OR topic_id = 110003 AND intent_score > 98 OR topic_id = 117801 AND intent_score > 99;
SELECT together(1000);
SELECT count(hem) FROM (:four) u \g /dev/null
SELECT together(1000) ~ '^4 of';
SELECT count(hem) FROM (SELECT hem FROM audience WHERE topic_id = 140000 UNION ALL SELECT hem FROM audience WHERE topic_id = 140000 AND intent_score < 7 UNION ALL SELECT hem FROM audience WHERE topic_id = 140000 AND intent_score < 5 AND intent_score > 7) u;
SELECT together(1000);
SET enable_async_append = off;
SELECT count(hem) FROM (SELECT hem FROM audience WHERE topic_id = 140000 UNION ALL SELECT hem FROM audience WHERE topic_id = 140000 AND intent_score < 7) u;
SELECT together(1000);
RESET enable_async_append;

-- sixteen branches send at a time
SELECT 'SELECT count(hem) FROM (' || string_agg(format('SELECT hem FROM audience WHERE topic_id = 140000 AND intent_score > %s', n), ' UNION ALL ') || ') u' AS twenty FROM generate_series(1, 20) n \gset
:twenty;
SELECT together(1000);
SELECT config('{"latency_ms": 0}');
SELECT twin('SELECT topic_id, n FROM (' || string_agg(format('SELECT topic_id, %s AS n FROM audience WHERE topic_id = 110003 AND intent_score > %s', n, n + 60), ' UNION ALL ') || ') u') FROM generate_series(1, 35) n;

-- counts
ALTER SERVER sim OPTIONS (SET count_pushdown 'exact');
\set counts 'SELECT count(*) FROM audience WHERE topic_id = 117801 UNION ALL SELECT count(*) FROM audience WHERE topic_id = 102391 AND intent_score > 60 UNION ALL SELECT count(*) FROM audience WHERE topic_id = 140000 UNION ALL SELECT count(*) FROM audience WHERE topic_id = 1 AND topic_id = 2'
SELECT twin(:'counts');
:counts \g /dev/null
SELECT request_count();
SELECT config('{"null_total": true, "materialize_calls": 2}');
SELECT twin(:'counts');
SELECT config('{"null_total": false, "materialize_calls": 0}');

-- errors: of a branch, of one without an input, and none from a branch that is not run
SELECT fault('{"status": 403}', '{"contains": "135790"}', -1);
SELECT failure(:'four');
SELECT config('{"faults": []}');
SELECT failure('SELECT hem FROM audience WHERE topic_id = 117801 UNION ALL SELECT hem FROM audience');
SELECT failure('SELECT hem FROM audience WHERE topic_id = 117801 UNION ALL SELECT hem FROM audience WHERE false');
SELECT failure('SELECT hem FROM audience WHERE topic_id = 117801 UNION ALL SELECT hem FROM audience LIMIT 0');
SELECT twin(:'four');
\i :dir/fixture/teardown.psql
