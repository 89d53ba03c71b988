-- LIMIT tells the API how many rows are wanted only where each row of the
-- scan is a row of the result. PostgreSQL's own Limit stays.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
CREATE TABLE local (t int);
INSERT INTO local VALUES (110003), (110003);
-- the query's rows, and the limits it sent
CREATE FUNCTION limits(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  n bigint;
BEGIN
  EXECUTE query;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n || ' rows: ' || (SELECT string_agg(substring(r FROM '"limit":\d+') || CASE WHEN r ~ 'cursor' THEN ' next' ELSE '' END, ', ') FROM requests() r);
END $$;

SELECT limits($$ SELECT hem FROM audience WHERE topic_id = 110003 LIMIT 10 $$);
SELECT limits($$ SELECT * FROM audience WHERE topic_id = 110003 AND seniority = 'vp' AND has_phone LIMIT 3 $$);
SELECT limits($$ SELECT hem FROM audience WHERE topic_id = 110003 LIMIT 10 OFFSET 5 $$);
SELECT limits($$ SELECT hem FROM audience WHERE topic_id = 110003 OFFSET 5 $$);
SELECT limits($$ SELECT hem FROM audience WHERE topic_id = 117801 LIMIT 250 $$);
SELECT limits($$ SELECT hem FROM audience WHERE topic_id = 117801 LIMIT 101 $$);
SELECT limits($$ SELECT hem FROM audience WHERE topic_id = 117801 LIMIT 90 OFFSET 60 $$);
SELECT limits($$ SELECT hem FROM audience WHERE topic_id = 110003 LIMIT NULL $$);
SELECT limits($$ SELECT hem FROM audience WHERE topic_id = 110003 LIMIT ALL OFFSET NULL $$);
SELECT limits($$ SELECT hem FROM audience WHERE topic_id = 110003 LIMIT 9223372036854775807 OFFSET 1 $$);
SELECT limits($$ SELECT hem FROM audience WHERE topic_id = 110003 FETCH FIRST 4 ROWS ONLY $$);
SELECT limits($$ SELECT upper(hem), 1, intent_score + 1 FROM audience WHERE topic_id = 110003 LIMIT 4 $$);
-- a hint only: PostgreSQL's Limit is there, and counts
SELECT explain('SELECT hem FROM audience WHERE topic_id = 110003 LIMIT 10 OFFSET 5', 'Limit|Intent Body');
SELECT fault('{"body": "{\"data\":[{\"hem\":\"a\",\"topicId\":1},{\"hem\":\"b\",\"topicId\":1},{\"hem\":\"c\",\"topicId\":1}],\"meta\":{\"hasMore\":false,\"totalCount\":3}}"}');
SELECT limits($$ SELECT hem FROM audience WHERE topic_id = 1 LIMIT 2 $$);
-- a check that drops rows: more pages follow, with the same limit
SELECT config('{"match": "wide"}');
SELECT limits($$ SELECT hem FROM audience WHERE topic_id = 102391 AND company = 'acme' LIMIT 5 $$) ;
SELECT config('{"match": null}');

-- evaluated at execution
PREPARE some_rows (int, int) AS SELECT hem FROM audience WHERE topic_id = 110003 LIMIT $1 OFFSET $2;
SET plan_cache_mode = force_generic_plan;
SELECT limits('EXECUTE some_rows (7, 0)');
SELECT limits('EXECUTE some_rows (NULL, NULL)');
SELECT limits('EXECUTE some_rows (7, 2)');
RESET plan_cache_mode;
SELECT limits('EXECUTE some_rows (8, 2)');
SELECT limits($$ SELECT hem FROM audience WHERE topic_id = 110003 LIMIT 2 + 3 $$);

-- not where more rows are needed
SELECT limits($$ SELECT hem FROM audience WHERE topic_id = 110003 AND email LIKE '%a%' LIMIT 3 $$);
SELECT limits($$ SELECT hem FROM audience WHERE topic_id = 110003 AND seniority <> 'vp' LIMIT 3 $$);
SELECT limits($$ SELECT hem FROM audience WHERE topic_id = 110003 AND department = '' LIMIT 1 $$);
SELECT limits($$ SELECT hem FROM audience WHERE topic_id = 110003 ORDER BY intent_score LIMIT 3 $$);
SELECT limits($$ SELECT hem FROM audience WHERE topic_id = 110003 ORDER BY email LIMIT 3 $$);
SELECT limits($$ SELECT DISTINCT seniority FROM audience WHERE topic_id = 110003 LIMIT 3 $$);
SELECT limits($$ SELECT DISTINCT ON (seniority) hem FROM audience WHERE topic_id = 110003 LIMIT 3 $$);
SELECT limits($$ SELECT count(*) FROM audience WHERE topic_id = 110003 LIMIT 3 $$);
SELECT limits($$ SELECT seniority FROM audience WHERE topic_id = 110003 GROUP BY 1 LIMIT 3 $$);
SELECT limits($$ SELECT max(intent_score) FROM audience WHERE topic_id = 110003 LIMIT 1 $$);
SELECT limits($$ SELECT hem, row_number() OVER () FROM audience WHERE topic_id = 110003 LIMIT 3 $$);
SELECT limits($$ SELECT hem, count(*) OVER () FROM audience WHERE topic_id = 110003 LIMIT 3 $$);
SELECT limits($$ SELECT generate_series(1, 0), hem FROM audience WHERE topic_id = 110003 LIMIT 3 $$);
SELECT limits($$ SELECT unnest(matched_topic_ids) FROM audience WHERE topic_id = 110003 LIMIT 3 $$);
SELECT limits($$ SELECT hem FROM audience WHERE topic_id = 110003 ORDER BY intent_score FETCH FIRST 3 ROWS WITH TIES $$) ~ '"limit":100$' AS whole;
SELECT limits($$ SELECT hem FROM audience WHERE topic_id = 110003 LIMIT 3 FOR UPDATE $$);
SELECT limits($$ SELECT hem FROM audience JOIN local ON t = topic_id LIMIT 3 $$);
SELECT limits($$ SELECT hem FROM audience, local WHERE topic_id = 110003 AND t = 1 LIMIT 3 $$);
SELECT limits($$ SELECT hem FROM audience LEFT JOIN local ON t = topic_id WHERE topic_id = 110003 LIMIT 3 $$);
SELECT limits($$ SELECT hem FROM audience a WHERE topic_id = 110003 AND EXISTS (SELECT FROM local WHERE t = a.intent_score) LIMIT 3 $$);
SELECT limits($$ SELECT hem FROM audience a WHERE topic_id = 110003 AND intent_score NOT IN (SELECT t FROM local) LIMIT 3 $$);
SELECT limits($$ SELECT hem FROM audience a WHERE topic_id = 110003 AND random() < 2 LIMIT 3 $$);
SET enable_async_append = off;
SELECT limits($$ SELECT hem FROM audience WHERE topic_id = 110003 UNION ALL SELECT hem FROM audience WHERE topic_id = 135790 LIMIT 3 $$);
RESET enable_async_append;
SELECT limits($$ SELECT * FROM (SELECT hem FROM audience WHERE topic_id = 110003) a WHERE hem > 'f' LIMIT 3 $$);
SELECT limits($$ SELECT hem FROM audience WHERE topic_id = 110003 LIMIT (SELECT 3) $$);
SELECT limits($$ SELECT hem FROM audience WHERE topic_id = 110003 LIMIT (random() * 0)::int + 3 $$);

-- in a subquery it is that query's own
SELECT limits($$ SELECT count(*) FROM (SELECT hem FROM audience WHERE topic_id = 110003 LIMIT 3) a $$);
SELECT limits($$ SELECT * FROM (SELECT hem FROM audience WHERE topic_id = 110003 LIMIT 3) a WHERE hem > 'f' $$) ~ '"limit":3$' AS three;
SELECT limits($$ SELECT a.hem FROM local, LATERAL (SELECT hem FROM audience WHERE topic_id = t LIMIT 3) a $$);
SELECT limits($$ SELECT (SELECT hem FROM audience WHERE topic_id = t LIMIT 1) FROM local $$);
SELECT limits($$ SELECT a.hem FROM (SELECT hem, topic_id FROM audience WHERE topic_id = 110003 OFFSET 0) a LIMIT 3 $$);
SELECT limits($$ (SELECT hem FROM audience WHERE topic_id = 110003 LIMIT 2) UNION ALL (SELECT hem FROM audience WHERE topic_id = 117801 LIMIT 3) $$);
SELECT limits($$ SELECT 1 WHERE EXISTS (SELECT FROM audience WHERE topic_id = 110003 LIMIT 1) $$);
\i :dir/fixture/teardown.psql
