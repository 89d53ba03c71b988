-- intent_fdw_refresh(): refreshes unless nothing has changed, and keeps what
-- is there if too little comes.
\getenv dir PG_ABS_SRCDIR
\i :dir/fixture/setup.psql
ALTER FOREIGN TABLE audience OPTIONS (ADD page_size '50');
-- Requests and the row's dates after a call.
CREATE FUNCTION refresh(view text, VARIADIC args text[] DEFAULT '{}') RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
  said text;
BEGIN
  EXECUTE format('SELECT public.intent_fdw_refresh(%L%s)', view,
                 CASE WHEN args <> '{}' THEN ', ' || array_to_string(args, ', ') END) INTO said;
  RETURN NEXT said || ', ' || request_count() || ' requests';
END $$;
CREATE MATERIALIZED VIEW mv AS SELECT hem, intent_score, data_date FROM audience WHERE topic_id = 110003 WITH NO DATA;
-- CONCURRENTLY needs an index, and one that will do
SELECT failure($$SELECT intent_fdw_refresh('mv')$$);
CREATE UNIQUE INDEX partly ON mv (hem) WHERE intent_score > 50;
CREATE UNIQUE INDEX expression ON mv ((hem || 'x'));
SELECT failure($$SELECT intent_fdw_refresh('mv')$$);
CREATE UNIQUE INDEX ON mv (hem);
SELECT request_count();
-- the first time it is filled
SELECT refresh('mv');
SELECT count(*), min(data_date), max(data_date) FROM mv;
-- one request tells that nothing has changed
SELECT refresh('mv');
SELECT refresh('mv', 'concurrently => false');
SELECT intent_fdw_refresh('mv');
SELECT requests();
SELECT view_schema, view_name, row_count, requests FROM intent_fdw_refresh_state;
-- a new run
SELECT config('{"advance_after": {"requests": 0, "date": "2026-11-23"}}');
SELECT refresh('mv');
SELECT data_date, count(*) FROM mv GROUP BY 1;
SELECT refresh('mv');
-- a run taken back
SELECT config('{"dates": ["2026-11-20", "2026-11-22"], "advance_after": null}');
SELECT refresh('mv');
SELECT data_date, count(*) FROM mv GROUP BY 1;
-- contents made by somebody else, of a run that was taken back meanwhile
SELECT config('{"dates": ["2026-11-20"]}');
REFRESH MATERIALIZED VIEW CONCURRENTLY mv;
SELECT data_date, count(*) FROM mv GROUP BY 1;
SELECT config('{"dates": ["2026-11-20", "2026-11-22"]}');
SELECT request_count() > 1;
SELECT refresh('mv');
SELECT data_date, count(*) FROM mv GROUP BY 1;
-- the same run and total under another key; without a key, without a date: not certain, so no
SELECT fault('{"cache_key": "another"}');
SELECT refresh('mv');
SELECT refresh('mv');
SELECT fault('{"cache_key": null}');
SELECT refresh('mv');
SELECT fault('{"cache_key": null}', '{}', -1);
SELECT refresh('mv');
SELECT config('{"faults": []}');
SELECT refresh('mv');
SELECT fault('{"total": "plus1"}');
SELECT refresh('mv');
-- rows of another form
SELECT config('{"rows": "live", "faults": []}');
SELECT failure($$SELECT intent_fdw_refresh('mv', concurrently => false)$$);
SELECT request_count() > 1;
SELECT refresh('mv');
-- too few rows are refused, and the contents stay
SELECT config('{"dates": ["2026-11-22", "2026-11-23"]}');
CREATE MATERIALIZED VIEW few AS SELECT hem, data_date FROM audience WHERE topic_id = 110003;
CREATE UNIQUE INDEX ON few (hem);
SELECT count(*) FROM few;
SELECT fault('{"body": "{\"data\":[],\"meta\":{\"totalCount\":0,\"hasMore\":false,\"status\":\"ready\",\"cacheKey\":\"x\",\"dataDate\":\"2026-11-23\"}}"}', '{}', -1);
SELECT failure($$SELECT intent_fdw_refresh('few')$$);
SELECT failure($$SELECT intent_fdw_refresh('few', 0.001, false)$$);
SELECT count(*) FROM few;
SELECT count(*) FROM intent_fdw_refresh_state WHERE view_name = 'few';
-- unless so few will do
SELECT request_count() > 1;
SELECT refresh('few', '0');
SELECT count(*) FROM few;
SELECT refresh('few');
SELECT config('{"faults": []}');
SELECT refresh('few');
SELECT count(*) FROM few;
-- an error keeps the contents, and so does the state
SELECT fault('{"status": 403, "message": "Organization is expired"}', '{"page": 2}', -1);
SELECT config('{"dates": ["2026-11-22"]}');
SELECT failure($$SELECT intent_fdw_refresh('few')$$);
SELECT count(*) FROM few;
SELECT config('{"dates": ["2026-11-22", "2026-11-23"]}');
SELECT request_count() > 1;
SELECT refresh('few');
-- 40001 is tried again, once
SELECT config('{"dates": ["2026-11-22"], "faults": []}');
SELECT fault('{"data_date": "2026-11-30"}', '{"page": 2}');
SELECT request_count();
SELECT refresh('few');
SELECT data_date, count(*) FROM few GROUP BY 1;
SELECT config('{"dates": ["2026-11-23"]}');
SELECT fault('{"data_date": "2026-11-30"}', '{"page": 2}', -1);
SELECT failure($$SELECT intent_fdw_refresh('few')$$);
SELECT data_date, count(*) FROM few GROUP BY 1;
-- arguments
SELECT failure($$SELECT intent_fdw_refresh('few', 1.5)$$);
SELECT failure($$SELECT intent_fdw_refresh('few', NULL)$$);
SELECT failure($$SELECT intent_fdw_refresh(NULL)$$);
SELECT failure($$SELECT intent_fdw_refresh('audience')$$);
SELECT failure($$SELECT intent_fdw_refresh('4294967295'::regclass)$$);
SET default_transaction_read_only = on;
SELECT intent_fdw_refresh('few');
RESET default_transaction_read_only;
\i :dir/fixture/teardown.psql
