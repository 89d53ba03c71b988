-- Materialized views: filled, filled again, and kept when a refresh fails.
\getenv dir PG_ABS_SRCDIR
\i :dir/fixture/setup.psql
ALTER FOREIGN TABLE audience OPTIONS (ADD page_size '20');
CREATE MATERIALIZED VIEW mv AS SELECT hem, intent_score, topic_id, data_date FROM audience WHERE topic_id = 110003;
CREATE UNIQUE INDEX ON mv (hem, topic_id);
SELECT data_date, count(*) FROM mv GROUP BY 1;
REFRESH MATERIALIZED VIEW mv;
SELECT data_date, count(*) FROM mv GROUP BY 1;
SELECT request_count();
-- a new run
SELECT config('{"advance_after": {"requests": 0, "date": "2026-11-23"}}');
REFRESH MATERIALIZED VIEW CONCURRENTLY mv;
SELECT data_date, count(*) FROM mv GROUP BY 1;
-- a failing refresh keeps what is there
SELECT fault('{"status": 403, "message": "Organization is expired"}', '{"page": 3}');
REFRESH MATERIALIZED VIEW mv;
SELECT data_date, count(*) FROM mv GROUP BY 1;
SELECT fault('{"json": "truncated"}', '{"page": 3}');
\set VERBOSITY sqlstate
REFRESH MATERIALIZED VIEW CONCURRENTLY mv;
SELECT fault('{"drop_row": 1}', '{"page": 3}');
REFRESH MATERIALIZED VIEW mv;
SELECT fault('{"data_date": "2026-11-24"}', '{"page": 3}');
REFRESH MATERIALIZED VIEW mv;
\set VERBOSITY default
SELECT data_date, count(*) FROM mv GROUP BY 1;
-- an empty answer is an answer, an outage is none
CREATE MATERIALIZED VIEW nobody AS SELECT * FROM audience WHERE topic_id = 140000;
SELECT count(*) FROM nobody;
SELECT fault('{"status": 202, "body": "{\"data\":[],\"meta\":{\"status\":\"materializing\",\"hasMore\":false}}"}');
REFRESH MATERIALIZED VIEW mv;
SELECT count(*) FROM mv;
-- ANALYZE and VACUUM skip the foreign table
SELECT request_count() > 0;
ANALYZE audience;
VACUUM audience;
ANALYZE mv;
SELECT request_count();
\i :dir/fixture/teardown.psql
