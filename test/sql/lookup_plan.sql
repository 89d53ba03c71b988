-- Batched lookups: when they are chosen, when not offered, and what they send.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql
\i :dir/fixture/lookup.psql
CREATE TABLE accounts AS SELECT n AS id, 'a' || n || '.example' AS dom FROM generate_series(1, 50000) n;
ANALYZE accounts;

-- by cost: a nested loop for one outer row, batches for more, a hash join for very many
SELECT plan($$ SELECT c.id, a.email FROM accounts c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 WHERE c.id = 1 $$);
SELECT plan($$ SELECT c.id, a.email FROM accounts c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 WHERE c.id < 20 $$);
SELECT plan($$ SELECT c.id, a.email FROM accounts c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 $$);
SET intent_fdw.enable_batched_lookup = off;
SELECT plan($$ SELECT c.id, a.email FROM accounts c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 WHERE c.id < 20 $$);
RESET intent_fdw.enable_batched_lookup;

-- EXPLAIN and joins without outer rows send nothing
SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_nestloop = off;
SELECT a.email FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 WHERE c.id = -1;
SELECT a.email FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 WHERE c.dom IS NULL;
SELECT a.email FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = NULL LIMIT 0;
SELECT c.id, a.email FROM crm c LEFT JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 WHERE c.id IN (200, 201) ORDER BY 1;
SELECT request_count();
SELECT explain($$ SELECT c.id FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 $$, 'Lookup (Keys|Batches)|Requests', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF');
SELECT request_count();

-- few rows wanted, few requests: the first batch is as large as what is asked at once
SELECT count(*) FROM (SELECT c.id FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 LIMIT 1) x;
SELECT request_count();
SELECT EXISTS (SELECT FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801);
SELECT request_count();
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT c.id, a.company_domain = c.dom FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801;
MOVE 40 FROM c;
MOVE BACKWARD ALL FROM c;
MOVE ALL FROM c;
COMMIT;
SELECT request_count();

-- where rows would have to be checked again one by one, or there is no equality to send
SELECT lookups($$ SELECT c.id, a.email FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 $$);
SELECT lookups($$ SELECT c.id, a.email FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 FOR UPDATE OF c $$);
SELECT lookups($$ UPDATE crm c SET name = a.email FROM audience a WHERE a.company_domain = c.dom AND a.topic_id = 117801 $$);
SELECT lookups($$ DELETE FROM crm c USING audience a WHERE a.company_domain = c.dom AND a.topic_id = 117801 $$);
SELECT lookups($$ INSERT INTO crm SELECT c.id, a.email FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 $$);
SELECT lookups($$ SELECT c.id, a.email FROM crm c FULL JOIN (SELECT * FROM audience WHERE topic_id = 117801) a ON a.company_domain = c.dom $$);
SELECT lookups($$ SELECT c.id, a.email FROM crm c RIGHT JOIN (SELECT * FROM audience WHERE topic_id = 117801) a ON a.company_domain = c.dom $$);
SELECT lookups($$ SELECT c.id, a.email FROM crm c JOIN audience a ON a.company_domain > c.dom AND a.topic_id = 117801 $$);
SELECT lookups($$ SELECT c.id, a.email FROM crm c JOIN audience a ON a.company_domain IN (c.dom, c.name) AND a.topic_id = 117801 $$);
SELECT lookups($$ SELECT c.id, a.email FROM crm c JOIN audience a ON a.company_domain = c.dom || random() AND a.topic_id = 117801 $$);
SELECT lookups($$ SELECT c.id, a.email FROM crm c JOIN audience a ON a.intent_score = c.least AND a.topic_id = 117801 $$);
SELECT lookups($$ SELECT c.id, a.email FROM crm c JOIN audience a ON a.has_phone = (c.id > 3) AND a.topic_id = 117801 $$);
SELECT lookups($$ SELECT c.id, a.email FROM crm c JOIN audience a ON a.company_domain = c.dom $$);
-- ... or a clause that depends on neither side
PREPARE one_time(int) AS SELECT c.id FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 WHERE $1 = 1;
SET plan_cache_mode = force_generic_plan;
SELECT lookups('EXECUTE one_time(1)');
SELECT request_count();
\i :dir/fixture/teardown.psql
