-- Table topic_movers: a capped resource. The table is the API's answer to the
-- constant conditions; all other conditions are only checked on it.
\getenv dir PG_ABS_SRCDIR
\set tables topic_movers
\i :dir/fixture/setup.psql
\i :dir/fixture/resource.psql
CREATE FUNCTION movers(args text) RETURNS TABLE (topic_id int, topic_name text, type text, industry text, today_audience bigint, yesterday_audience bigint, pct_change numeric)
LANGUAGE sql AS $$
  SELECT r."topicId", r."topicName", r.type, r.industry, r."todayAudience", r."yesterdayAudience", r."pctChange"
    FROM jsonb_to_recordset(document('/v1/intent/topics/movers' || args)->'data')
      AS r ("topicId" int, "topicName" text, type text, industry text, "todayAudience" bigint, "yesterdayAudience" bigint, "pctChange" numeric)
$$;
CREATE TABLE up AS SELECT 'up' AS direction, m.* FROM movers('?limit=50') m;
CREATE TABLE down AS SELECT 'down' AS direction, m.* FROM movers('?limit=50&direction=down') m;
CREATE TABLE up_b2b AS SELECT NULL::text AS direction, m.* FROM movers('?limit=50&type=b2b') m;

SELECT * FROM topic_movers ORDER BY pct_change DESC, topic_id LIMIT 2;
SELECT requests();
-- the largest limit is asked for, whatever page_size says
ALTER SERVER sim OPTIONS (ADD page_size '3');
SELECT asks('SELECT topic_id, topic_name, type, industry, today_audience, yesterday_audience, pct_change FROM topic_movers', 'SELECT topic_id, topic_name, type, industry, today_audience, yesterday_audience, pct_change FROM up');
SELECT asks('SELECT * FROM topic_movers WHERE direction = ''down''', 'TABLE down');
SELECT asks('SELECT * FROM topic_movers WHERE direction IN (''up'', ''down'')', 'TABLE up UNION ALL TABLE down');
SELECT asks('SELECT * FROM topic_movers WHERE type = ''b2b''', 'TABLE up_b2b');
SELECT direction, count(*) > 0 FROM topic_movers WHERE direction IN ('up', 'down') GROUP BY 1 ORDER BY 1;
SELECT failure('SELECT count(*) FROM topic_movers WHERE direction <> ''up''');
SELECT failure('SELECT count(*) FROM topic_movers WHERE direction = ''sideways''');
SELECT clear();

-- LIMIT is the limit only where nothing can remove a row
SELECT count(*) FROM (SELECT topic_id FROM topic_movers LIMIT 4) x;
SELECT count(*) FROM (SELECT topic_id FROM topic_movers WHERE direction = 'down' LIMIT 2 OFFSET 1) x;
SELECT count(*) FROM (SELECT topic_id FROM topic_movers WHERE type = 'b2b' LIMIT 2) x;
SELECT count(*) FROM (SELECT topic_id FROM topic_movers WHERE pct_change > 0 LIMIT 2) x;
SELECT count(*) FROM (SELECT topic_id FROM topic_movers ORDER BY topic_id LIMIT 2) x;
SELECT count(*) FROM (SELECT topic_id FROM topic_movers LIMIT 400) x;
SELECT requests();

-- conditions of joins and outer rows are not sent: they would change the top
CREATE TABLE wanted (type text, industry text);
INSERT INTO wanted VALUES ('b2b', 'banking'), ('b2c', 'retail'), ('both', NULL);
ANALYZE wanted;
\set q 'SELECT m.topic_id, w.type FROM wanted w JOIN %s m ON m.type = w.type'
SELECT explain(format(:'q', 'topic_movers'), 'Intent');
SELECT asks(format(:'q', 'topic_movers'), format(:'q', 'up'));
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SELECT asks(format(:'q', 'topic_movers'), format(:'q', 'up'));
RESET enable_hashjoin;
RESET enable_mergejoin;
SELECT asks('SELECT (SELECT count(*) FROM topic_movers m WHERE m.type = w.type) FROM wanted w', 'SELECT (SELECT count(*) FROM up m WHERE m.type = w.type) FROM wanted w');
PREPARE p(text) AS SELECT * FROM topic_movers WHERE type = $1;
SET plan_cache_mode = force_generic_plan;
SELECT asks('EXECUTE p(''b2b'')', 'TABLE up_b2b');
SELECT explain('EXECUTE p(''b2b'')');
\i :dir/fixture/teardown.psql
