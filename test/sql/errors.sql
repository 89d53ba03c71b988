-- What each failure of the API becomes: SQLSTATE, detail, hint.
\getenv dir PG_ABS_SRCDIR
\i :dir/fixture/setup.psql
ALTER SERVER sim OPTIONS (ADD max_retries '1', ADD max_retry_delay '1s');
CREATE FUNCTION fails(fault json, times int DEFAULT -1) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fault(fault, '{}', times);
  RETURN QUERY SELECT failure('SELECT hem FROM audience WHERE topic_id = 135790');
  RETURN NEXT '  requests: ' || request_count();
END $$;

SELECT fails('{"status": 400, "message": "minScore must be an integer"}');
SELECT fails('{"status": 422, "message": "unprocessable"}');
SELECT fails('{"status": 401, "message": "Invalid API key"}');
SELECT fails('{"status": 403, "message": "Organization is expired"}');
SELECT fails('{"status": 403, "code": "SLOTS_FULL", "message": "No free slot"}');
SELECT fails('{"status": 404}');
SELECT fails('{"status": 410}');
SELECT fails('{"status": 418, "message": "teapot"}');
SELECT fails('{"status": 409, "shape": "plain", "message": "conflict"}');
SELECT fails('{"status": 501}');
SELECT fails('{"status": 505}');
SELECT fails('{"redirect": "http://127.0.0.1:1/elsewhere"}');
SELECT fails('{"status": 201, "body": "{}"}');
SELECT fails('{"status": 204, "shape": "empty"}');
-- retried, then an error
SELECT fails('{"status": 429, "retry_after": "0"}');
SELECT fails('{"status": 429, "retry_after": 3600, "message": "Slow down"}');
SELECT fails('{"status": 500}');
SELECT fails('{"status": 502, "shape": "plain", "message": "<html>Bad gateway</html>"}');
SELECT fails('{"status": 503, "retry_after": "0"}');
SELECT l FROM fails('{"status": 503, "retry_after": {"date_in": 3600}}') l WHERE l !~ 'detail';
SELECT fails('{"status": 504, "shape": "empty"}');
SELECT l FROM fails('{"close": true}') l WHERE l ~ '^HV';
SELECT l FROM fails('{"cut_body": 100}') l WHERE l !~ 'detail';
-- retried with success
SELECT fails('{"status": 429, "retry_after": "0"}', 1);
SELECT fails('{"status": 503, "retry_after": {"date_in": 1}}', 1);
SELECT fails('{"status": 500}', 1);
SELECT fails('{"cut_body": 100}', 1);
-- the shapes that a message can have
SELECT fails('{"status": 401, "shape": "message", "message": "as message"}');
SELECT fails('{"status": 401, "shape": "error_text", "message": "as error"}');
SELECT fails('{"status": 401, "shape": "detail", "message": "as detail"}');
SELECT fails('{"status": 401, "shape": "title", "message": "as title"}');
SELECT fails('{"status": 401, "shape": "plain", "message": "as text"}');
SELECT fails('{"status": 401, "shape": "empty"}');

-- a real one: the key, in neither form, nor in any error
ALTER USER MAPPING FOR CURRENT_USER SERVER sim OPTIONS (SET api_key 'sk_wrong_secret');
SELECT config('{"faults": []}');
SELECT failure('SELECT hem FROM audience WHERE topic_id = 135790');
ALTER USER MAPPING FOR CURRENT_USER SERVER sim OPTIONS (DROP api_key, ADD bearer_token 'bt_wrong_secret');
SELECT failure('SELECT hem FROM audience WHERE topic_id = 135790');
ALTER USER MAPPING FOR CURRENT_USER SERVER sim OPTIONS (SET bearer_token 'bt_test_simulator');
SELECT failure('SELECT hem FROM audience WHERE topic_id = 135790');
DROP USER MAPPING FOR CURRENT_USER SERVER sim;
SELECT failure('SELECT hem FROM audience WHERE topic_id = 135790');
CREATE USER MAPPING FOR CURRENT_USER SERVER sim;
SELECT failure('SELECT hem FROM audience WHERE topic_id = 135790');
-- an error leaves the session as it was
ALTER USER MAPPING FOR CURRENT_USER SERVER sim OPTIONS (ADD api_key 'sk_test_simulator');
SELECT fault('{"status": 403}');
BEGIN;
SAVEPOINT s;
SELECT hem FROM audience WHERE topic_id = 135790;
\echo :LAST_ERROR_SQLSTATE
ROLLBACK TO s;
SELECT count(*) FROM audience WHERE topic_id = 135790;
COMMIT;

-- nobody there; time is up
SELECT config('{"faults": []}');
ALTER SERVER sim OPTIONS (ADD request_timeout '200ms', SET max_retries '0');
SELECT fault('{"stall": true}');
SELECT l FROM failure('SELECT hem FROM audience WHERE topic_id = 135790') l WHERE l !~ 'detail';
ALTER SERVER sim OPTIONS (ADD materialize_timeout '100ms');
SELECT fault('{"endless_202": true}', '{}', -1);
SELECT l FROM failure('SELECT hem FROM audience WHERE topic_id = 135790') l WHERE l !~ 'detail';
SELECT config('{"faults": []}');
ALTER SERVER sim OPTIONS (SET base_url 'http://127.0.0.1:1');
SELECT l FROM failure('SELECT hem FROM audience WHERE topic_id = 135790') l WHERE l !~ 'detail';
\i :dir/fixture/teardown.psql
