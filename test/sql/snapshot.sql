-- One run for one statement: a change of dataDate or cacheKey starts again
-- while nothing was returned, and is 40001 afterwards.
\getenv dir PG_ABS_SRCDIR
\i :dir/fixture/setup.psql
ALTER FOREIGN TABLE audience OPTIONS (ADD page_size '20');

-- the second page is of another run
SELECT fault('{"data_date": "2026-11-23"}', '{"page": 2}');
SELECT failure('SELECT hem, data_date FROM audience WHERE topic_id = 110003');
SELECT fault('{"cache_key": "another"}', '{"page": 2}');
SELECT failure('SELECT hem, data_date FROM audience WHERE topic_id = 110003');
-- the cursor expired, was refused, is not known
SELECT fault('{"status": 410}', '{"page": 2}');
SELECT failure('SELECT hem FROM audience WHERE topic_id = 110003');
SELECT fault('{"status": 404}', '{"page": 2}');
SELECT failure('SELECT hem FROM audience WHERE topic_id = 110003');
SELECT fault('{"status": 400, "message": "Invalid cursor"}', '{"page": 2}');
SELECT failure('SELECT hem FROM audience WHERE topic_id = 110003');
-- on the first page they are what they are elsewhere
SELECT fault('{"status": 410}');
SELECT failure('SELECT hem FROM audience WHERE topic_id = 110003');

-- nothing returned yet, since no row of the first pages has that company
SELECT config('{"faults": [], "match": "wide"}');
SELECT request_count() > 0;
SELECT count(*) FROM audience WHERE topic_id = 102391 AND company = 'cme';
SELECT request_count();
SELECT fault('{"cache_key": "another"}', '{"page": 2}');
SELECT count(*) FROM audience WHERE topic_id = 102391 AND company = 'cme';
SELECT request_count();
SELECT config('{"faults": [], "on_new_run": "switch", "advance_after": {"requests": 1, "date": "2026-11-23"}}');
SELECT count(*) FROM audience WHERE topic_id = 102391 AND company = 'cme';
SELECT request_count();
SELECT config('{"on_new_run": "expire", "advance_after": {"requests": 1, "date": "2026-11-24"}}');
SELECT failure('SELECT count(*) FROM audience WHERE topic_id = 102391 AND company = ''cme''');
SELECT config('{"on_new_run": "keep", "advance_after": {"requests": 1, "date": "2026-11-25"}}');
SELECT DISTINCT data_date FROM audience WHERE topic_id = 110003;
SELECT config('{"on_new_run": null, "advance_after": null, "dates": null}');
SELECT request_count() > 0;
-- at most three times
SELECT fault('{"cache_key": "another"}', '{"page": 2}', 3);
SELECT count(*) FROM audience WHERE topic_id = 102391 AND company = 'cme';
SELECT request_count();
SELECT fault('{"cache_key": "another"}', '{"page": 2}', 4);
SELECT failure('SELECT count(*) FROM audience WHERE topic_id = 102391 AND company = ''cme''');
SELECT request_count();
-- and not once PostgreSQL has seen a row, even if it drops it
SELECT fault('{"data_date": "2026-11-23"}', '{"page": 2}');
SELECT failure('SELECT count(*) FROM audience WHERE topic_id = 110003 AND email = ''nobody''');

-- scans of one statement see one run: the first one seen
SELECT config('{"faults": [], "advance_after": {"requests": 1, "date": "2026-11-23"}}');
SELECT failure($$ SELECT a.data_date, b.data_date FROM (SELECT data_date FROM audience WHERE topic_id = 135790 OFFSET 0) a, (SELECT data_date FROM audience WHERE topic_id = 137000 OFFSET 0) b $$);
SELECT data_date FROM audience WHERE topic_id = 135790;
SELECT config('{"advance_after": null, "dates": null}');
SELECT config('{"advance_after": {"requests": 1, "date": "2026-11-24"}}');
SELECT failure($$ SELECT (SELECT count(*) FROM audience WHERE topic_id = 135790), (SELECT count(*) FROM audience WHERE topic_id = 137000) $$);
-- scans of two servers have nothing to do with each other
SELECT config('{"advance_after": null, "dates": null}');
CREATE SERVER other FOREIGN DATA WRAPPER intent_fdw;
DO $$ BEGIN EXECUTE format('ALTER SERVER other OPTIONS (ADD base_url %L)', current_setting('intent_sim.url')); END $$;
CREATE USER MAPPING FOR CURRENT_USER SERVER other OPTIONS (api_key 'sk_test_simulator');
CREATE FOREIGN TABLE elsewhere (topic_id integer, data_date date) SERVER other;
SELECT config('{"advance_after": {"requests": 1, "date": "2026-11-24"}}');
SELECT (SELECT min(data_date) FROM audience WHERE topic_id = 135790), (SELECT min(data_date) FROM elsewhere WHERE topic_id = 137000);
SET client_min_messages = warning;
DROP SERVER other CASCADE;
RESET client_min_messages;
-- two statements may see two
SELECT config('{"advance_after": null, "dates": null}');
SELECT config('{"advance_after": {"requests": 1, "date": "2026-11-25"}}');
SELECT DISTINCT data_date FROM audience WHERE topic_id = 110003 AND intent_score > 95;
SELECT DISTINCT data_date FROM audience WHERE topic_id = 110003 AND intent_score > 95;
-- with a date there is nothing to compare
SELECT config('{"advance_after": null, "dates": null}');
SELECT data_date, count(*) FROM audience WHERE topic_id = 110003 AND data_date IN ('2026-11-20', '2026-11-22') GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM audience a JOIN audience b ON a.hem = b.hem WHERE a.topic_id = 110003 AND b.topic_id = 110003 AND a.data_date = '2026-11-20' AND b.data_date = '2026-11-22';
-- another run than the one asked for
SELECT fault('{"data_date": "2026-11-21"}');
SELECT l FROM failure($$ SELECT hem FROM audience WHERE topic_id = 110003 AND data_date = '2026-11-20' $$) l WHERE l NOT LIKE '  detail:%';
\i :dir/fixture/teardown.psql
