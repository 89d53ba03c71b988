-- Batched lookups that run again, with other parameters or the same, in
-- prepared statements and functions, and while the data changes.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql
\i :dir/fixture/lookup.psql

-- parameters in the outer rows, in the inner conditions, in the key, in the join and in the filter
SELECT joins($$ SELECT o.id, s.n FROM crm o, LATERAL (SELECT count(a.email) AS n FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 WHERE c.id BETWEEN o.id AND o.id + 2) s WHERE o.id < 9 $$);
SELECT joins($$ SELECT o.id, s.n FROM crm o, LATERAL (SELECT count(a.email) AS n FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 AND a.intent_score > o.id * 9) s WHERE o.id < 9 $$);
SELECT joins($$ SELECT o.id, (SELECT count(a.email) FROM crm c JOIN audience a ON a.company_domain = c.name || o.s AND a.topic_id = 117801) AS n FROM (VALUES (1, '.example'), (2, '.nothing'), (3, NULL), (4, '.example')) o (id, s) $$);
SELECT joins($$ SELECT o.id, (SELECT count(a.email) FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 AND a.intent_score + c.id > o.id * 20) AS n FROM crm o WHERE o.id < 7 $$);
SELECT joins($$ SELECT o.id, (SELECT count(*) FROM crm c LEFT JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 WHERE coalesce(a.intent_score, 0) <= o.id * 12) AS n FROM crm o WHERE o.id < 7 $$);
SELECT joins($$ SELECT o.id, (SELECT count(*) FROM crm c WHERE c.id > o.id AND NOT EXISTS (SELECT FROM audience a WHERE a.company_domain = c.dom AND a.topic_id = 117801 AND a.intent_score > o.id * 10)) AS n FROM crm o WHERE o.id < 7 $$);
-- a topic from an outer query, a key from the join
SELECT joins($$ SELECT t.topic, s.n FROM (VALUES (117801), (140000), (NULL), (110003)) t (topic), LATERAL (SELECT count(a.email) AS n FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = t.topic) s $$);
-- the inner side of a nested loop without parameters
SET enable_material = off;
SELECT joins($$ SELECT o.id, s.id AS i, s.email FROM crm o JOIN (SELECT c.id, a.email FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 OFFSET 0) s ON o.id > s.id AND o.id < 5 $$);
RESET enable_material;
-- ended early, again and again
SELECT joins($$ SELECT o.id, (SELECT a.topic_id FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 WHERE c.id >= o.id LIMIT 1) AS n FROM crm o WHERE o.id < 7 $$);
SELECT joins($$ SELECT o.id, EXISTS (SELECT FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 AND a.intent_score > 12 * o.id OFFSET 3) AS n FROM crm o WHERE o.id < 9 $$);
-- two lookups, one above the other, and a lookup of lookups' rows
SELECT joins($$ SELECT c.id, a.email, b.email AS b FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 JOIN audience b ON b.company_domain = a.company_domain AND b.topic_id = 110003 $$);
SELECT joins($$ SELECT a.email, b.email AS b FROM audience a JOIN audience b ON b.company_domain = a.company_domain AND b.topic_id = 110003 WHERE a.topic_id = 110004 $$);
-- whole rows, system columns left alone
SELECT joins($$ SELECT c.id, (a).email IS NULL AS n, c IS NULL AS m FROM crm c LEFT JOIN (SELECT email, company_domain, topic_id FROM audience) a ON a.company_domain = c.dom AND a.topic_id = 117801 $$);
SELECT joins($$ SELECT c AS whole, a.email FROM crm c LEFT JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 $$);

-- the same plan many times
SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_nestloop = off;
PREPARE by_score(int, int) AS SELECT count(*) FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = $1 AND a.intent_score >= $2;
SET plan_cache_mode = force_generic_plan;
EXECUTE by_score(117801, 1);
EXECUTE by_score(117801, 70);
EXECUTE by_score(140000, 1);
EXECUTE by_score(NULL, 1);
RESET plan_cache_mode;
SELECT count(*) FROM crm c JOIN people a ON a.company_domain = c.dom AND a.topic_id = 117801;
SELECT count(*) FROM crm c JOIN people a ON a.company_domain = c.dom AND a.topic_id = 117801 AND a.intent_score >= 70;
CREATE FUNCTION each_time() RETURNS SETOF bigint LANGUAGE plpgsql AS $$
DECLARE n bigint; t int;
BEGIN
  FOR t IN SELECT generate_series(1, 8) LOOP
    SELECT count(*) INTO n FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 WHERE c.id <= t;
    RETURN NEXT n;
  END LOOP;
END $$;
SELECT array_agg(e) = (SELECT array_agg((SELECT count(*) FROM crm c JOIN people a ON a.company_domain = c.dom AND a.topic_id = 117801 WHERE c.id <= t) ORDER BY t) FROM generate_series(1, 8) t) FROM each_time() e;
SELECT count(*) > 0 FROM requests();

-- a run that changes before a row was returned starts all again, later it is an error
ALTER FOREIGN TABLE audience OPTIONS (ADD max_connections '1');
SELECT config('{"advance_after": {"requests": 1, "date": "2026-11-23"}}');
SELECT failure($$ SELECT count(*) FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 WHERE c.dom < 'ad' AND c.id < 100 $$);
SELECT request_count();
SELECT config('{"advance_after": {"requests": 3, "date": "2026-11-23"}, "dates": ["2026-11-22"]}');
SELECT count(*) FROM (VALUES ('nobody.example'), ('nowhere.example'), ('no.example'), ('none.example')) c (dom) JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801;
SELECT request_count();
SELECT config('{"advance_after": null, "dates": null}');
-- a budget of requests holds for the scan, batches and all
ALTER FOREIGN TABLE audience OPTIONS (ADD max_requests '5');
SELECT failure($$ SELECT count(*) FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 $$);
SELECT failure($$ SELECT c.dom FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 WHERE c.id < 5 $$);
\i :dir/fixture/teardown.psql
