-- What rows carry is learnt from the first page with rows. Where a later page
-- shows otherwise the statement is refused with 40001, and the next one knows.
\getenv dir PG_ABS_SRCDIR
\i :dir/fixture/setup.psql
SELECT config('{"extra_member": {"name": "seniority", "value": "vp", "only_after_page": 1}}');
SELECT failure($$ SELECT seniority FROM audience WHERE topic_id = 117801 $$);
SELECT count(*), count(seniority) > 0 FROM audience WHERE topic_id = 117801;
-- a statement that does not read it is not concerned
SELECT config('{"extra_member": {"name": "gender", "value": "male", "only_after_page": 1}}');
SELECT count(*) FROM audience WHERE topic_id = 117801;
SELECT count(DISTINCT gender) FROM audience WHERE topic_id = 117801;

-- a member that some row of the first page has is carried by all: absent is null
ALTER SERVER sim OPTIONS (ADD user_agent 'again');
SELECT config('{"extra_member": null}');
SELECT fault('{"row_patch": {"row": 2, "member": "department", "value": "sales"}}');
SELECT department, count(*) FROM audience WHERE topic_id = 117801 GROUP BY 1 ORDER BY 1;
-- a scan whose first page has it no more cannot tell null from missing
SELECT failure($$ SELECT count(*) FROM audience WHERE topic_id = 117801 AND department = 'sales' $$);
SELECT count(*) FROM audience WHERE topic_id = 117801 AND department = 'sales';
SELECT failure($$ SELECT department, count(*) FROM audience WHERE topic_id = 117801 GROUP BY 1 $$);
-- ALTER of table, server or mapping: learnt anew
SELECT config('{"rows": "live"}');
ALTER FOREIGN TABLE audience OPTIONS (ADD page_size '50');
SELECT count(*) FROM audience WHERE topic_id = 117801 AND department = 'sales' AND seniority IS NOT NULL;
SELECT config('{"rows": "seed"}');
ALTER SERVER sim OPTIONS (SET user_agent 'and again');
SELECT count(*) FROM audience WHERE topic_id = 117801 AND department = 'sales';
SELECT config('{"rows": "live"}');
ALTER USER MAPPING FOR CURRENT_USER SERVER sim OPTIONS (SET api_key 'sk_test_simulator');
SELECT count(*) FROM audience WHERE topic_id = 117801 AND department = 'sales' AND seniority IS NOT NULL;

-- members missing on later pages: null
SELECT config('{"drop_member": {"name": "email", "after_page": 1}}');
SELECT count(*), count(email) BETWEEN 1 AND 50 AS some FROM audience WHERE topic_id = 117801;
SELECT count(*), count(email) BETWEEN 1 AND 50 AS some FROM audience WHERE topic_id = 117801;
SELECT count(*) > 0 FROM audience WHERE topic_id = 117801 AND email IS NULL;
SELECT config('{"drop_member": null, "rows": "seed"}');
-- an empty page tells nothing: the first one with rows does
ALTER SERVER sim OPTIONS (SET user_agent 'and again once more');
SELECT config('{"faults": [
  {"match": {}, "fault": {"body": "{\"data\":[],\"meta\":{\"hasMore\":true,\"nextCursor\":\"x\",\"totalCount\":1}}"}},
  {"match": {"contains": "\"x\""}, "fault": {"body": "{\"data\":[{\"hem\":\"a\",\"topicId\":1,\"seniority\":\"vp\"}],\"meta\":{\"hasMore\":false}}"}}]}');
SELECT seniority, count(*) FROM audience WHERE topic_id = 1 GROUP BY 1;
ALTER SERVER sim OPTIONS (SET user_agent 'and then');
SELECT config('{"faults": []}');
-- no rows, nothing learnt: no error either
ALTER FOREIGN TABLE audience OPTIONS (DROP page_size);
SELECT seniority FROM audience WHERE topic_id = 140000 ORDER BY seniority;
SELECT failure($$ SELECT seniority FROM audience WHERE topic_id = 135790 ORDER BY seniority $$);
\i :dir/fixture/teardown.psql
