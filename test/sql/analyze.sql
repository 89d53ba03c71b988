-- ANALYZE samples a table whose options say what to ask for, and skips others.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql

CREATE FOREIGN TABLE phones (hem text, intent_score integer, topic_id integer, seniority text, has_phone boolean, data_date date)
  SERVER sim OPTIONS (topic_ids '102391', min_score '20');
CREATE TEMP VIEW reference AS SELECT * FROM people WHERE topic_id = 102391 AND intent_score >= 20;
ANALYZE phones;
SELECT count(*) > 1, bool_and(r LIKE '{"topicIds":[102391],"minScore":20,"maxScore":100,"limit":100%') FROM requests() r;
SELECT reltuples = (SELECT count(*) FROM reference), relpages > 0 FROM pg_class WHERE oid = 'phones'::regclass;
SELECT attname, n_distinct < 0 AS many, null_frac FROM pg_stats WHERE tablename = 'phones' AND attname IN ('hem', 'topic_id', 'has_phone', 'data_date') ORDER BY 1;
SELECT s.n_distinct IN (r.n, -r.n / r.rows) AS distinct_scores FROM pg_stats s, (SELECT count(DISTINCT intent_score)::real n, count(*)::real rows FROM reference) r
  WHERE tablename = 'phones' AND attname = 'intent_score';
SELECT abs(null_frac - r.f) < 0.001 AS null_fraction FROM pg_stats, (SELECT avg((seniority IS NULL)::int) f FROM reference) r
  WHERE tablename = 'phones' AND attname = 'seniority';

-- a small sample is a sample
SET default_statistics_target = 1;
ANALYZE phones (hem);
SELECT reltuples = (SELECT count(*) FROM reference) FROM pg_class WHERE oid = 'phones'::regclass;
RESET default_statistics_target;

-- several topics each for itself
CREATE FOREIGN TABLE each (topic_id integer, intent_score integer) SERVER sim OPTIONS (topic_ids '110003,110004', topic_mode 'each');
ANALYZE each;
SELECT reltuples = (SELECT count(*) FROM people WHERE topic_id IN (110003, 110004)) FROM pg_class WHERE oid = 'each'::regclass;

-- a saved audience
CREATE FOREIGN TABLE saved (hem text) SERVER sim OPTIONS (audience_id '11111111-2222-4333-8444-555555555555');
ANALYZE saved;
SELECT reltuples > 0 FROM pg_class WHERE oid = 'saved'::regclass;

-- an audience that nobody is in, and an answer without a total
CREATE FOREIGN TABLE nobody (hem text) SERVER sim OPTIONS (topic_ids '140000');
ANALYZE nobody;
SELECT config('{"null_total": true}');
ANALYZE phones;
SELECT reltuples = (SELECT count(*) FROM reference) FROM pg_class WHERE oid = 'phones'::regclass;
SELECT config('{"null_total": false}');
SELECT request_count() > 0;

-- the others are skipped, and nothing is asked
ANALYZE audience;
SELECT reltuples FROM pg_class WHERE oid = 'audience'::regclass;
CREATE TABLE parts (topic_id integer, intent_score integer) PARTITION BY LIST (topic_id);
CREATE FOREIGN TABLE part PARTITION OF parts FOR VALUES IN (110003) SERVER sim;
SET client_min_messages = error;
ANALYZE parts;
RESET client_min_messages;
SELECT requests();

-- errors are those of a scan
SELECT fault('{"status": 401}', times => -1);
SELECT f LIKE '28000:%' FROM failure('ANALYZE phones') f LIMIT 1;
SELECT config('{"faults": null}');
\i :dir/fixture/teardown.psql
