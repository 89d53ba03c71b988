-- LIMIT of a subquery, and of a LATERAL one for each outer row: the hint
-- reaches the scan under the same rules as at the top.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
CREATE TABLE wanted (t int);
INSERT INTO wanted VALUES (110003), (110004);
CREATE TABLE local (t int);
INSERT INTO local VALUES (110003), (110004);
-- What a query of a topic asks for, put into FROM and into LATERAL, with how
-- many rows it gives there; the limits that are sent.
CREATE FUNCTION inside(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  n bigint;
  how text;
BEGIN
  FOREACH how IN ARRAY ARRAY['SELECT count(*) FROM (%s) q', 'SELECT count(*) FROM wanted, LATERAL (%s) q'] LOOP
    EXECUTE format(how, replace(query, 'TOPIC', CASE WHEN how ~ 'LATERAL' THEN 'wanted.t' ELSE '110003' END)) INTO n;
    RETURN NEXT format('%s rows: %s', n, (SELECT string_agg(DISTINCT substring(r FROM '"limit":(\d+)'), ', ') FROM requests() r));
  END LOOP;
END $$;

-- reaches it
SELECT inside('SELECT hem FROM audience WHERE topic_id = TOPIC LIMIT 3');
SELECT inside('SELECT hem FROM audience WHERE topic_id = TOPIC LIMIT 3 OFFSET 4');
SELECT inside('SELECT hem FROM audience WHERE topic_id = TOPIC FETCH FIRST 3 ROWS ONLY');
PREPARE p(int, int) AS SELECT count(*) FROM wanted, LATERAL (SELECT hem FROM audience WHERE topic_id = wanted.t LIMIT $1 OFFSET $2) q;
SET plan_cache_mode = force_generic_plan;
EXECUTE p(3, 1);
EXECUTE p(5, 2);
SELECT DISTINCT substring(r FROM '"limit":(\d+)') FROM requests() r ORDER BY 1;
EXECUTE p(NULL, 0) \g /dev/null
SELECT DISTINCT substring(r FROM '"limit":(\d+)') FROM requests() r;
RESET plan_cache_mode;
-- does not
SELECT inside('SELECT hem FROM audience WHERE topic_id = TOPIC OFFSET 4') ~ ': 100$';
SELECT inside('SELECT hem FROM audience WHERE topic_id = TOPIC ORDER BY email FETCH FIRST 3 ROWS WITH TIES') ~ ': 100$';
SELECT inside('SELECT hem FROM audience WHERE topic_id = TOPIC ORDER BY email LIMIT 3');
SELECT inside('SELECT DISTINCT seniority FROM audience WHERE topic_id = TOPIC LIMIT 3');
SELECT inside('SELECT DISTINCT ON (seniority) hem FROM audience WHERE topic_id = TOPIC LIMIT 3');
SELECT inside('SELECT seniority FROM audience WHERE topic_id = TOPIC GROUP BY 1 LIMIT 3');
SELECT inside('SELECT sum(intent_score) FROM audience WHERE topic_id = TOPIC LIMIT 3');
SELECT inside('SELECT hem FROM audience WHERE topic_id = TOPIC GROUP BY hem HAVING count(*) = 1 LIMIT 3');
SELECT inside('SELECT hem, row_number() OVER () FROM audience WHERE topic_id = TOPIC LIMIT 3');
SELECT inside('SELECT unnest(matched_topic_ids) FROM audience WHERE topic_id = TOPIC LIMIT 3');
SELECT inside('SELECT hem FROM audience WHERE topic_id = TOPIC AND seniority <> ''vp'' LIMIT 3');
SELECT inside('SELECT hem FROM audience WHERE topic_id = TOPIC AND random() < 2 LIMIT 3');
SELECT inside('SELECT hem FROM audience WHERE topic_id = TOPIC LIMIT 3 FOR UPDATE');
SELECT inside('SELECT hem FROM audience JOIN local l ON l.t = audience.topic_id AND audience.topic_id = TOPIC LIMIT 3');
SELECT inside('SELECT hem FROM audience LEFT JOIN local l ON l.t = intent_score WHERE topic_id = TOPIC LIMIT 3');
SELECT inside('SELECT hem FROM audience a WHERE topic_id = TOPIC AND NOT EXISTS (SELECT FROM local WHERE t = a.intent_score) LIMIT 3');
SELECT inside('SELECT hem FROM audience WHERE topic_id = TOPIC UNION ALL SELECT hem FROM audience WHERE topic_id = TOPIC LIMIT 3');
SELECT inside('SELECT hem FROM audience WHERE topic_id = TOPIC LIMIT (SELECT 3)');
\i :dir/fixture/teardown.psql
