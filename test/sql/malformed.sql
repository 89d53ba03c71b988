-- Answers that are not what the API promises are errors, never the end.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
CREATE FOREIGN TABLE few (hem text, topic_id integer, job_title text, intent_score integer) SERVER sim OPTIONS (page_size '30');
-- without the sizes and contents of the detail
CREATE FUNCTION bad(fault json, match json DEFAULT '{"page": 2}') RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fault(fault, match);
  RETURN QUERY SELECT regexp_replace(l, 'at byte .*', 'at byte N') FROM failure('SELECT hem, topic_id, job_title FROM few WHERE topic_id = 110003') l WHERE l NOT LIKE '  detail:%';
END $$;
SELECT failure('SELECT count(*) FROM few WHERE topic_id = 110003');

SELECT bad('{"json": "not_json"}');
SELECT bad('{"json": "truncated"}');
SELECT bad('{"json": "trailing_garbage"}');
SELECT bad('{"json": "data_missing"}');
SELECT bad('{"json": "data_object"}');
SELECT bad('{"json": "data_null"}');
SELECT bad('{"json": "duplicate_data"}');
SELECT bad('{"json": "row_not_object"}');
SELECT bad('{"json": "meta_missing"}');
SELECT bad('{"json": "has_more_string"}');
SELECT bad('{"json": "has_more_missing"}');
SELECT bad('{"json": "has_more_without_cursor"}');
SELECT bad('{"json": "status_unknown"}');
SELECT bad('{"json": "total_string"}');
SELECT bad('{"json": "bad_utf8"}');
SELECT bad('{"json": "nul_escape"}');
SELECT bad('{"json": "lone_surrogate"}');
SELECT bad('{"json": "deep"}');
SELECT bad('{"body": ""}');
SELECT bad('{"body": "null"}');
SELECT bad('{"body": "[]"}');
SELECT bad('{"body": "{}"}');
SELECT bad('{"body": "{\"data\":[]}"}');
SELECT bad('{"body": "<html>login</html>", "content_type": "text/html"}');
-- cursors
SELECT bad('{"cursor": "repeat"}');
SELECT bad('{"cursor": "missing"}', '{}');
DO $$ BEGIN PERFORM config('{"faults": [{"fault": {"cursor": "loop3"}}]}'); END $$;
SELECT l FROM failure('SELECT count(*) FROM few WHERE topic_id = 117801') l WHERE l NOT LIKE '  detail:%';
DO $$ BEGIN PERFORM config('{"faults": [{"fault": {"cursor": "empty_forever"}}]}'); PERFORM requests(); END $$;
SELECT l FROM failure('SELECT count(*) FROM few WHERE topic_id = 117801') l WHERE l NOT LIKE '  detail:%';
SELECT request_count();
-- the beginning of the answer is shown, people's data is not
SELECT fault('{"body": "<html>It works</html>"}');
SELECT regexp_replace(l, 'at byte .*', 'at byte N') FROM failure('SELECT hem FROM few WHERE topic_id = 110003') l;
SELECT fault('{"json": "has_more_string"}');
SELECT failure('SELECT hem FROM few WHERE topic_id = 135790') ~ '@|[0-9a-f]{64}' AS leaks;

-- a page is used whole or not at all
BEGIN;
SELECT fault('{"json": "data_null"}', '{"page": 2}');
DECLARE c CURSOR FOR SELECT hem FROM few WHERE topic_id = 110003;
MOVE 30 FROM c;
\set VERBOSITY terse
FETCH 1 FROM c;
\set VERBOSITY default
ROLLBACK;

-- values that do not fit their column
SELECT fault('{"row_patch": {"row": 3, "member": "topicId", "value": "x"}}');
SELECT failure('SELECT hem, topic_id FROM few WHERE topic_id = 110003', true);
SELECT fault('{"row_patch": {"row": 3, "member": "topicId", "value": 99999999999}}');
SELECT failure('SELECT hem, topic_id FROM few WHERE topic_id = 110003', true);
SELECT fault('{"row_patch": {"row": 3, "member": "intentScore", "value": 50.5}}', '{"page": 2}');
SELECT failure('SELECT hem, intent_score FROM few WHERE topic_id = 110003', true);
SELECT fault('{"row_patch": {"row": 3, "member": "intentScore", "value": true}}');
SELECT failure('SELECT hem, intent_score FROM few WHERE topic_id = 110003', true);
SELECT fault('{"row_patch": {"row": 3, "member": "intentScore", "value": [1]}}');
SELECT failure('SELECT hem, intent_score FROM few WHERE topic_id = 110003', true);
SELECT fault('{"row_patch": {"row": 3, "member": "intentScore", "value": {"a": 1}}}');
SELECT failure('SELECT hem, intent_score FROM few WHERE topic_id = 110003', true);
SELECT fault('{"row_patch": {"row": 3, "member": "intentScore", "value": ""}}');
SELECT failure('SELECT hem, intent_score FROM few WHERE topic_id = 110003', true);
-- what does fit: another spelling of the number, a string, a null
SELECT fault('{"row_patch": {"row": 0, "member": "intentScore", "raw": "5.0e1"}}');
SELECT intent_score FROM few WHERE topic_id = 135790;
SELECT fault('{"row_patch": {"row": 0, "member": "intentScore", "value": "50"}}');
SELECT intent_score FROM few WHERE topic_id = 135790;
SELECT fault('{"row_patch": {"row": 0, "member": "intentScore", "value": null}}');
SELECT intent_score FROM few WHERE topic_id = 135790;
-- a date that is none
CREATE FOREIGN TABLE dated (hem text, topic_id integer, data_date date) SERVER sim;
CREATE FOREIGN TABLE dated_text (hem text, topic_id integer, data_date text) SERVER sim;
SELECT fault('{"data_date": ""}');
SELECT l FROM failure('SELECT hem, data_date FROM dated WHERE topic_id = 135790') l WHERE l NOT LIKE '  detail:%';
SELECT fault('{"data_date": ""}');
SELECT l FROM failure('SELECT data_date FROM dated_text WHERE topic_id = 135790') l WHERE l NOT LIKE '  detail:%';
\i :dir/fixture/teardown.psql
