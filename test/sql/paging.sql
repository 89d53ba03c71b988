-- Pages: page_size, the same body but for the cursor, the end, totals.
\getenv dir PG_ABS_SRCDIR
\i :dir/fixture/setup.psql
SELECT count(*) FROM audience WHERE topic_id = 110003;
SELECT requests();
SELECT count(*) FROM audience WHERE topic_id = 117801 AND intent_score >= 50;
SELECT requests();
ALTER FOREIGN TABLE audience OPTIONS (ADD page_size '30');
SELECT count(*) FROM audience WHERE topic_id = 110003 AND seniority IN ('vp', 'cxo') AND data_date = '2026-11-22';
SELECT requests();
SELECT count(*), count(DISTINCT hem) FROM audience WHERE topic_id = 110003;
SELECT requests();
ALTER SERVER sim OPTIONS (ADD page_size '20');
ALTER FOREIGN TABLE audience OPTIONS (DROP page_size);
SELECT count(*) FROM audience WHERE topic_id = 110003;
SELECT requests();
-- one page exactly, one row a page, none
CREATE FOREIGN TABLE small (hem text, topic_id integer) SERVER sim OPTIONS (page_size '1');
SELECT count(*) FROM small WHERE topic_id IN (135790, 137000);
SELECT requests();
ALTER FOREIGN TABLE small OPTIONS (SET page_size '65');
SELECT count(*) FROM small WHERE topic_id = 110003;
SELECT requests();
SELECT count(*) FROM small WHERE topic_id = 140000;
SELECT requests();
ALTER FOREIGN TABLE small OPTIONS (SET page_size '30');

-- hasMore false ends, whatever nextCursor says; empty pages in between do not
SELECT fault('{"body": "{\"data\":[{\"hem\":\"a\",\"topicId\":1}],\"meta\":{\"hasMore\":false,\"nextCursor\":\"x\",\"totalCount\":1}}"}');
SELECT hem FROM small WHERE topic_id = 1;
DO $$ BEGIN PERFORM sim('POST', '/_sim/reset', ''); END $$;
SELECT config('{"faults": [
  {"match": {"request": 1}, "fault": {"body": "{\"data\":[],\"meta\":{\"hasMore\":true,\"nextCursor\":\"x\",\"totalCount\":1}}"}},
  {"match": {"contains": "\"x\""}, "fault": {"body": "{\"data\":[],\"meta\":{\"hasMore\":true,\"nextCursor\":\"y\",\"totalCount\":1}}"}},
  {"match": {"contains": "\"y\""}, "fault": {"body": "{\"data\":[{\"hem\":\"a\",\"topicId\":1}],\"meta\":{\"hasMore\":false}}"}}]}');
SELECT hem FROM small WHERE topic_id = 1;
SELECT request_count();
-- status absent, null members of meta
SELECT fault('{"body": "{\"data\":[{\"hem\":\"a\",\"topicId\":1}],\"meta\":{\"hasMore\":false,\"nextCursor\":null,\"totalCount\":null,\"dataDate\":null,\"cacheKey\":null}}"}');
SELECT hem FROM small WHERE topic_id = 1;

-- rows against totalCount
SELECT fault('{"total": "plus1"}', '{}', -1);
SELECT failure('SELECT count(*) FROM small WHERE topic_id = 110003');
SELECT failure('SELECT count(*) FROM small WHERE topic_id = 140000');
SELECT count(*) FROM (SELECT * FROM small WHERE topic_id = 110003 LIMIT 3) a;
SELECT fault('{"drop_row": 0}', '{"page": 2}');
SELECT failure('SELECT count(*) FROM small WHERE topic_id = 110003');
SELECT fault('{"duplicate_row": 0}', '{"page": 2}');
SELECT failure('SELECT count(*) FROM small WHERE topic_id = 110003');
SELECT fault('{"total": "plus1"}', '{"page": 2}');
SELECT failure('SELECT count(*) FROM small WHERE topic_id = 110003');
ALTER FOREIGN TABLE small OPTIONS (ADD verify_count 'warning');
SELECT fault('{"drop_row": 0}', '{"page": 2}');
SELECT count(*) FROM small WHERE topic_id = 110003;
ALTER FOREIGN TABLE small OPTIONS (SET verify_count 'off');
SELECT fault('{"drop_row": 0}', '{"page": 2}');
SELECT count(*) FROM small WHERE topic_id = 110003;
ALTER FOREIGN TABLE small OPTIONS (SET verify_count 'error');
SELECT config('{"faults": [], "null_total": true}');
SELECT count(*) FROM small WHERE topic_id = 110003;
SELECT config('{"null_total": null}');

-- 202 and status materializing: the same request again
SELECT request_count() > 0;
SELECT config('{"materialize_calls": 2}');
SELECT count(*) FROM small WHERE topic_id = 110003;
SELECT requests();
SELECT config('{"materialize_calls": 3, "materialize_as_200": true}');
SELECT count(*) FROM small WHERE topic_id = 117801 AND hem > 'f';
SELECT request_count() > 4;
\i :dir/fixture/teardown.psql
