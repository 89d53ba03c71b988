-- What rows carry is learnt from the first page with rows. A later row with a
-- member that the statement took for absent is 40001; the next statement knows.
\getenv dir PG_ABS_SRCDIR
\i :dir/fixture/setup.psql
SELECT config('{"extra_member": {"name": "seniority", "value": "vp", "only_after_page": 1}}');
SELECT failure($$ SELECT seniority FROM audience WHERE topic_id = 117801 $$);
SELECT count(*), count(seniority) > 0 FROM audience WHERE topic_id = 117801;
-- a statement that does not read it is not concerned
SELECT config('{"extra_member": {"name": "gender", "value": "male", "only_after_page": 1}}');
SELECT count(*) FROM audience WHERE topic_id = 117801;
SELECT count(DISTINCT gender) FROM audience WHERE topic_id = 117801;

-- a member that some rows of the first page have is carried by all: absent is null
ALTER SERVER sim OPTIONS (ADD user_agent 'again');
SELECT config('{"extra_member": null}');
SELECT fault('{"row_patch": {"row": 2, "member": "department", "value": "sales"}}');
SELECT department, count(*) FROM audience WHERE topic_id = 117801 GROUP BY 1 ORDER BY 1;
-- and stays carried: every row has a null now
SELECT department, count(*) FROM audience WHERE topic_id = 117801 GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM audience WHERE topic_id = 117801 AND department = 'sales';
-- until the table, its server or a mapping changes
ALTER FOREIGN TABLE audience OPTIONS (ADD page_size '50');
SELECT failure($$ SELECT department, count(*) FROM audience WHERE topic_id = 117801 GROUP BY 1 $$);
SELECT count(*) > 0 FROM audience WHERE topic_id = 117801 AND department = 'sales';

-- members missing on later pages: null
SELECT config('{"drop_member": {"name": "email", "after_page": 1}}');
SELECT count(*), count(email) < count(*) AS some_missing FROM audience WHERE topic_id = 117801;
-- a column that loses its member stays carried, the condition is checked
SELECT count(*) FROM audience WHERE topic_id = 117801 AND company = 'acme' AND email LIKE '%acme%';
SELECT config('{"drop_member": {"name": "email", "after_page": 0}}');
SELECT count(email) FROM audience WHERE topic_id = 117801;
-- no rows, nothing learnt: no error either
ALTER FOREIGN TABLE audience OPTIONS (DROP page_size);
SELECT seniority FROM audience WHERE topic_id = 140000 ORDER BY seniority;
SELECT failure($$ SELECT seniority FROM audience WHERE topic_id = 135790 ORDER BY seniority $$);
\i :dir/fixture/teardown.psql
