-- intent_fdw_export and intent_fdw_wait: a saved audience as a file, and when
-- it is ready.
\getenv dir PG_ABS_SRCDIR
\set tables 'audience_runs'
\i :dir/fixture/setup.psql
\i :dir/fixture/resource.psql
\set a '\'11111111-2222-4333-8444-555555555555\''
SELECT config('{"audiences": {"11111111-2222-4333-8444-555555555555": {"topicIds": [117801, 102391], "minScore": 50}, "dddddddd-2222-4333-8444-555555555555": {"topicIds": [135790]}}}');
SELECT clear();

SELECT * FROM intent_fdw_export('sim', :a);
SELECT rows, data_date FROM intent_fdw_export('sim', audience_id => :a, data_date => '2026-11-20');
SELECT e.rows = r.total_count AS same_rows, r.data_date FROM audience_runs r, intent_fdw_export('sim', r.audience_id, r.data_date) e WHERE r.audience_id = :a ORDER BY 2;
SELECT intent_fdw_wait('sim', :a);
SELECT intent_fdw_wait('sim', :a, '2026-11-21', '1 day');
SELECT requests() ORDER BY 1;

-- what cannot be had; the link is in no message
SELECT failure($$ SELECT intent_fdw_export('sim', 'dddddddd-2222-4333-8444-555555555555') $$);
SELECT failure($$ SELECT intent_fdw_export('sim', '99999999-2222-4333-8444-555555555555') $$);
SELECT failure($$ SELECT intent_fdw_wait('sim', '99999999-2222-4333-8444-555555555555') $$);
SELECT failure($$ SELECT intent_fdw_wait('sim', NULL) $$);
SELECT failure($$ SELECT intent_fdw_wait('sim', gen_random_uuid(), 'infinity') $$);
SELECT failure($$ SELECT intent_fdw_wait('sim', gen_random_uuid(), timeout => '-1s') $$);
SELECT regexp_replace(f, '\d+ ms', 'n ms') FROM failure($$ SELECT intent_fdw_wait('sim', 'dddddddd-2222-4333-8444-555555555555', timeout => '30ms') $$) f;
SELECT request_count() > 2 AS asked_again;
CREATE FUNCTION answered(body text, statement text) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT fault(json_build_object('body', body), '{}', 1);
  SELECT failure(statement);
$$;
SELECT answered(b, $$ SELECT intent_fdw_export('sim', '11111111-2222-4333-8444-555555555555', '2026-11-20') $$) FROM unnest(ARRAY['{"data":{"downloadUrl":"https://x.example/?sig=5ecre7","rows":"https://x.example/?sig=5ecre7","dataDate":"2026-11-20"}}',
  '{"data":{"downloadUrl":"https://x.example/?sig=5ecre7","rows":1,"dataDate":"2026-11-21"}}', '{"data":["https://x.example/?sig=5ecre7"]}', '{"data":{"rows":1}}', '{"data":{}']) b;
SELECT answered('{"data":{"status":"failed"}}', $$ SELECT intent_fdw_wait('sim', '11111111-2222-4333-8444-555555555555') $$);
SELECT clear();
-- until it is ready, whatever else was the answer before
SELECT config('{"faults": [{"times": 2, "fault": {"body": "{\"data\":{\"status\":\"materializing\"}}"}}, {"times": 1, "fault": {"body": "{\"data\":{\"status\":null}}"}}, {"times": 1, "fault": {"status": 503, "retry_after": "0"}}]}');
SELECT intent_fdw_wait('sim', :a) > 0 AS ready, request_count();

-- users: USAGE on the server, and a mapping of one's own
CREATE ROLE saved_user;
GRANT USAGE ON SCHEMA fixture TO saved_user;
SET ROLE saved_user;
SELECT failure($$ SELECT intent_fdw_export('sim', '11111111-2222-4333-8444-555555555555') $$);
RESET ROLE;
GRANT USAGE ON FOREIGN SERVER sim TO saved_user;
SET ROLE saved_user;
SELECT failure($$ SELECT intent_fdw_wait('sim', '11111111-2222-4333-8444-555555555555') $$);
RESET ROLE;
CREATE USER MAPPING FOR saved_user SERVER sim OPTIONS (api_key 'sk_test_simulator');
SET ROLE saved_user;
SELECT rows > 0 FROM intent_fdw_export('sim', '11111111-2222-4333-8444-555555555555');
RESET ROLE;
DROP OWNED BY saved_user; DROP ROLE saved_user;
SELECT failure($$ SELECT intent_fdw_export('nosuch', '11111111-2222-4333-8444-555555555555') $$);
\i :dir/fixture/teardown.psql
