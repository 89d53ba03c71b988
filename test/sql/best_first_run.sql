-- All bands of a best-first scan are of one run, as all pages of one chain are.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/best.psql
ALTER FOREIGN TABLE audience OPTIONS (ADD page_size '20');

-- a new run before a row was returned: all bands start again
SELECT config('{"advance_after": {"requests": 1, "date": "2026-11-23"}}');
SELECT count(*), min(data_date), max(data_date)
  FROM (SELECT data_date FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC LIMIT 10) a;
SELECT bands();
-- later: an error that schedulers retry
SELECT config('{"advance_after": {"requests": 1, "date": "2026-11-24"}}');
SELECT failure('SELECT hem FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC LIMIT 100');
SELECT bands();
-- a date that was asked for stays
SELECT config('{"advance_after": {"requests": 1, "date": "2026-11-25"}}');
SELECT count(*), min(data_date), max(data_date)
  FROM (SELECT data_date FROM audience WHERE topic_id = 117801 AND data_date = '2026-11-22' ORDER BY intent_score DESC LIMIT 10) a;
SELECT bands();
-- results that are still being made are waited for, and retries are as ever
SELECT config('{"materialize_calls": 2, "advance_after": null}');
SELECT explain('SELECT hem FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC LIMIT 10', 'Bands|Polls|Rows Received', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF');
SELECT fault('{"status": 503}', match => '{"contains": "\"maxScore\":100"}');
SELECT explain('SELECT hem FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC LIMIT 10', 'Bands|Retries|Rows Received', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF');
-- a budget of requests holds for all bands together
ALTER FOREIGN TABLE audience OPTIONS (max_requests '2');
SELECT failure('SELECT hem FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC LIMIT 10');
\i :dir/fixture/teardown.psql
