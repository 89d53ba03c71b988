-- Table topic_trend: the topic stands in the path, so it is required and each
-- value is a request of its own; it joins with topics as a lookup.
\getenv dir PG_ABS_SRCDIR
\set tables 'topics, topic_trend, audience'
\i :dir/fixture/setup.psql
\i :dir/fixture/resource.psql
CREATE VIEW trend AS
  SELECT i AS topic_id, r."date", r."topicName" AS topic_name, r.type, r.industry, r.category, r."uniqueAudience" AS unique_audience,
         r."totalSignals" AS total_signals, r."avgScore" AS avg_score, r."highAudience" AS high_audience,
         r."mediumAudience" AS medium_audience, r."lowAudience" AS low_audience
    FROM unnest('{102391,117801,110003}'::int[]) i,
         jsonb_to_recordset(document('/v1/intent/topics/' || i || '/trend')->'data')
           AS r ("date" date, "topicName" text, type text, industry text, category text, "uniqueAudience" bigint, "totalSignals" bigint,
                 "avgScore" numeric, "highAudience" bigint, "mediumAudience" bigint, "lowAudience" bigint);
CREATE TABLE local_trend AS SELECT * FROM trend;

SELECT * FROM topic_trend WHERE topic_id = 117801;
SELECT requests() ORDER BY 1;
SELECT asks('SELECT * FROM topic_trend WHERE ' || c, 'SELECT * FROM local_trend WHERE ' || c)
  FROM unnest(ARRAY['topic_id = 117801', 'topic_id IN (117801, 102391) AND date >= ''2026-11-21''', 'topic_id = ANY (''{110003,NULL}'')',
    'topic_id = 117801 AND topic_id = 102391', 'topic_id = NULL', 'topic_id = 99999999999', 'topic_id = 117801 AND avg_score > 50.5',
    'topic_id IN (117801, 102391) AND topic_id > 110000']) c;
-- which topic a row is of is known from the request, whatever is done with it
SELECT topic_id, max(unique_audience) - min(unique_audience) AS spread FROM topic_trend WHERE topic_id IN (117801, 102391) GROUP BY topic_id ORDER BY topic_id;
SELECT count(*) FROM topic_trend WHERE topic_id IN (117801, 102391);
SELECT requests() ORDER BY 1;

-- required
SELECT failure(s) FROM unnest(ARRAY['SELECT * FROM topic_trend', 'SELECT * FROM topic_trend WHERE topic_id > 5',
  'SELECT * FROM topic_trend WHERE date = ''2026-11-22''', 'SELECT * FROM topic_trend LIMIT 0', 'SELECT * FROM topic_trend WHERE topic_id = 5']) s;
SELECT requests() ORDER BY 1;
SELECT explain('SELECT * FROM topic_trend WHERE date = ''2026-11-22''');
SELECT explain('SELECT * FROM topic_trend WHERE topic_id = ANY (ARRAY(SELECT 117801))');

-- joins: one request for each topic, one after the other or in batches
\set q 'SELECT t.topic_name, r.date, r.unique_audience FROM %s t JOIN %s r ON r.topic_id = t.topic_id WHERE t.topic_name IN (''PostgreSQL'', ''Intent Data'')'
SELECT explain(format(:'q', 'topics', 'topic_trend'), 'Intent (Req|Missing)');
SELECT asks(format(:'q', 'topics', 'topic_trend'), format(:'q', '(SELECT DISTINCT topic_id, topic_name FROM local_trend)', 'local_trend'));
SET intent_fdw.enable_batched_lookup = off;
SELECT asks(format(:'q', 'topics', 'topic_trend'), format(:'q', '(SELECT DISTINCT topic_id, topic_name FROM local_trend)', 'local_trend'));
SET enable_nestloop = off;
SELECT asks(format(:'q', 'topics', 'topic_trend'), format(:'q', '(SELECT DISTINCT topic_id, topic_name FROM local_trend)', 'local_trend'));
RESET enable_nestloop;
RESET intent_fdw.enable_batched_lookup;
SELECT asks('SELECT s.i, r.* FROM (VALUES (117801), (NULL), (110003)) s(i) LEFT JOIN LATERAL (SELECT date, low_audience FROM topic_trend t WHERE t.topic_id = s.i ORDER BY date DESC LIMIT 1) r ON true',
            'SELECT s.i, r.* FROM (VALUES (117801), (NULL), (110003)) s(i) LEFT JOIN LATERAL (SELECT date, low_audience FROM local_trend t WHERE t.topic_id = s.i ORDER BY date DESC LIMIT 1) r ON true');
-- trend next to audience: in the simulator both count the same people
SELECT r.date, r.unique_audience, count(*) FROM topic_trend r JOIN audience a ON a.topic_id = r.topic_id AND a.data_date = r.date
 WHERE r.topic_id = 110003 GROUP BY 1, 2 ORDER BY 1;

-- own types; a row that does say its topic is checked against it
CREATE FOREIGN TABLE own (topic bigint OPTIONS (key 'topicId'), date text, avg_score real, nothing int) SERVER sim OPTIONS (resource 'topic_trend');
SELECT * FROM own WHERE topic = 110003 ORDER BY date LIMIT 1;
SELECT fault('{"body": "{\"data\":[{\"topicId\":1,\"date\":\"2026-11-20\"},{\"topicId\":110003,\"date\":\"2026-11-21\"},{\"topicId\":null,\"date\":\"2026-11-22\"}]}"}');
SELECT failure('SELECT topic, date FROM own WHERE topic = 110003');
SELECT fault('{"body": "{\"data\":[{\"topicId\":1,\"date\":\"2026-11-20\"},{\"topicId\":110003,\"date\":\"2026-11-21\"},{\"topicId\":null,\"date\":\"2026-11-22\"}]}"}');
SELECT topic, date FROM own WHERE topic = 110003;
\i :dir/fixture/teardown.psql
