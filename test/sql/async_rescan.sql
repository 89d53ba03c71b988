-- Asynchronous append that runs again: nested loops, LATERAL, partitions that
-- are pruned while it runs, cursors, subqueries; each with local rows to compare.
\getenv dir PG_ABS_SRCDIR
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql
CREATE TABLE parts (hem text, intent_score integer, topic_id integer, email text, company text, job_title text) PARTITION BY LIST (topic_id);
CREATE FOREIGN TABLE part_a PARTITION OF parts FOR VALUES IN (110003, 135790) SERVER sim OPTIONS (topic_mode 'each');
CREATE FOREIGN TABLE part_b PARTITION OF parts FOR VALUES IN (117801) SERVER sim;
CREATE FOREIGN TABLE part_c PARTITION OF parts FOR VALUES IN (102391) SERVER sim;
CREATE VIEW whole AS SELECT * FROM people WHERE topic_id IN (110003, 135790, 117801, 102391);
CREATE TABLE wanted AS SELECT * FROM (VALUES (1, 117801, 90), (2, 110003, 80), (3, 117801, 90), (4, 5, 1), (5, NULL, 7), (6, 102391, 95)) v (n, t, least);
ANALYZE wanted;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET enable_material = off;
SET enable_memoize = off;
SET intent_fdw.enable_batched_lookup = off;

-- pruned by the outer row's topic, and asked anew for each
SELECT explain('SELECT n, hem FROM wanted JOIN parts ON topic_id = t AND intent_score >= least', 'Loop|Append|Scan');
SELECT same('SELECT n, hem FROM wanted JOIN parts ON topic_id = t AND intent_score >= least', 'SELECT n, hem FROM wanted JOIN whole ON topic_id = t AND intent_score >= least');
-- the whole once more for each outer row: what was kept is read again
SELECT request_count() \g /dev/null
SELECT same('SELECT n, hem FROM wanted LEFT JOIN parts ON intent_score + 0 = least + 9', 'SELECT n, hem FROM wanted LEFT JOIN whole ON intent_score + 0 = least + 9');
SELECT sent();
-- branches with an outer row's values, several of them
\set lateral 'SELECT n, u.* FROM wanted, LATERAL (SELECT hem, 1 AS arm FROM audience WHERE topic_id = t AND intent_score >= least UNION ALL SELECT email, 2 FROM audience WHERE topic_id = 117801 AND intent_score >= least UNION ALL SELECT hem, 3 FROM audience WHERE topic_id = 110003) u'
SELECT explain(:'lateral', 'Loop|Append|Scan');
SELECT same(:'lateral', replace(:'lateral', 'audience', 'people'));
-- left before the end each time
SELECT same(replace('SELECT n, (SELECT count(*) FROM (SELECT 1 FROM (SELECT hem FROM audience WHERE topic_id = t UNION ALL SELECT hem FROM audience WHERE topic_id = 117801) a LIMIT 150 + n) b) AS c FROM wanted WHERE t <> 102391', 'audience', s.rel),
            'SELECT n, 150 + n FROM wanted WHERE t <> 102391') FROM (VALUES ('audience'), ('people')) s (rel);
SELECT same('SELECT n FROM wanted WHERE EXISTS (SELECT 1 FROM parts WHERE topic_id = t AND intent_score > 50 OFFSET 0)', 'SELECT n FROM wanted WHERE t <> 5');
-- more partitions than send at a time, others of them each time
CREATE TABLE many (hem text, topic_id integer, intent_score integer) PARTITION BY LIST (intent_score);
SELECT format('CREATE FOREIGN TABLE many_%s PARTITION OF many FOR VALUES IN (%s) SERVER sim', n, n) FROM generate_series(51, 100) n \gexec
SET enable_partition_pruning = on;
SELECT same('SELECT hem, intent_score FROM many WHERE topic_id = 102391', 'SELECT hem, intent_score FROM people WHERE topic_id = 102391 AND intent_score > 50');
SELECT same(format('SELECT g, hem FROM generate_series(0, 4) g, LATERAL (SELECT hem FROM %s WHERE topic_id = 102391 AND intent_score = ANY (ARRAY(SELECT 51 + (g * 7 + i) %% 50 FROM generate_series(0, 22) i)) LIMIT 2000) l', r),
            'SELECT g, hem FROM generate_series(0, 4) g, people WHERE topic_id = 102391 AND intent_score = ANY (ARRAY(SELECT 51 + (g * 7 + i) % 50 FROM generate_series(0, 22) i))')
  FROM (VALUES ('many'), ('people')) s (r);
SELECT same(format('SELECT g, count(*) FROM generate_series(0, 4) g, LATERAL (SELECT hem FROM %s WHERE topic_id = 102391 AND intent_score > 51 + g LIMIT 9 + g) l GROUP BY g', r),
            'SELECT g, 9 + g FROM generate_series(0, 4) g') FROM (VALUES ('many'), ('people')) s (r);

-- prepared, with a generic plan that prunes
SET plan_cache_mode = force_generic_plan;
PREPARE p (integer[], integer) AS SELECT count(*), count(DISTINCT topic_id) FROM parts WHERE topic_id = ANY ($1) AND intent_score >= $2;
EXECUTE p('{117801,102391}', 50);
EXECUTE p('{110003}', 90);
EXECUTE p('{}', 90);
EXECUTE p('{117801,102391,110003}', 99);
SELECT count(*), count(DISTINCT topic_id) FROM whole WHERE topic_id = ANY ('{117801,102391,110003}') AND intent_score >= 99;
RESET plan_cache_mode;

-- cursors: in pieces, backwards, beyond the transaction
BEGIN;
DECLARE c CURSOR FOR SELECT hem FROM parts WHERE intent_score > 60;
CREATE TEMP TABLE taken (hem text);
DO $$ DECLARE c refcursor := 'c'; h text; BEGIN
  LOOP FETCH c INTO h; EXIT WHEN NOT FOUND; INSERT INTO taken VALUES (h); END LOOP;
END $$;
SELECT same('TABLE taken', 'SELECT hem FROM whole WHERE intent_score > 60');
DECLARE s SCROLL CURSOR FOR SELECT hem FROM audience WHERE topic_id = 140000 UNION ALL SELECT hem FROM audience WHERE topic_id = 135790;
FETCH FORWARD ALL FROM s;
FETCH BACKWARD ALL FROM s;
DECLARE h CURSOR WITH HOLD FOR SELECT count(*) FROM parts WHERE intent_score > 97;
DECLARE left_open CURSOR FOR SELECT hem FROM parts;
MOVE 5 FROM left_open;
COMMIT;
FETCH h;
SELECT count(*) FROM whole WHERE intent_score > 97;
-- rows that are changed by what is read
UPDATE wanted SET least = 0 FROM parts WHERE topic_id = t AND intent_score = 100;
SELECT n FROM wanted WHERE least = 0 ORDER BY n;
SELECT count(*) FROM (SELECT w.n, p.hem FROM wanted w, parts p WHERE p.topic_id = w.t AND intent_score > 97 FOR UPDATE OF w) f;
SELECT count(*) FROM wanted w, whole p WHERE p.topic_id = w.t AND intent_score > 97;
\i :dir/fixture/teardown.psql
