-- EXPLAIN sends nothing and tells what would be sent; with ANALYZE what was.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
SELECT explain($$ SELECT * FROM audience WHERE topic_id = 117801 AND intent_score >= 80 AND seniority IN ('vp', 'cxo') AND has_phone LIMIT 10 $$, 'Foreign|Intent (Req|Body|Chain)|Filter');
SELECT explain($$ SELECT * FROM audience WHERE topic_id = 117801 AND email LIKE 'a%' $$, 'Foreign|Intent|Filter');
SELECT explain($$ SELECT * FROM audience WHERE topic_id = 117801 AND gender IN ('male', 'female') AND state IN ('texas', 'ohio') $$, 'Chains');
SELECT explain($$ SELECT * FROM audience WHERE topic_id = 117801 AND data_date BETWEEN '2026-11-20' AND '2026-11-22' $$, 'Body|Chains');
SELECT explain($$ SELECT * FROM audience WHERE audience_id = '11111111-2222-4333-8444-555555555555' $$, 'Body|Chains');
SELECT explain($$ SELECT * FROM audience $$);
SELECT explain($$ SELECT * FROM audience WHERE topic_id = 1 AND intent_score > 100 $$, 'Request|Body');
SELECT explain($$ SELECT * FROM audience WHERE topic_id = 117801 AND data_date > '2026-11-20' $$, 'Missing');
-- values not known yet
SELECT explain($$ SELECT * FROM (VALUES (1)) v(t), LATERAL (SELECT * FROM audience WHERE topic_id = t + (random() * 0)::int LIMIT 1) a $$, 'Missing');
SELECT explain($$ SELECT (SELECT count(*) FROM audience WHERE topic_id = g AND intent_score > g) FROM generate_series(1, 2) g $$, 'Body|Chains');
PREPARE q (int, text[]) AS SELECT * FROM audience WHERE topic_id = $1 AND seniority = ANY ($2);
SET plan_cache_mode = force_generic_plan;
SELECT explain($$ EXECUTE q (117801, '{vp}') $$, 'Body|Chains');
RESET plan_cache_mode;
SELECT explain($$ SELECT * FROM audience WHERE topic_id = (SELECT 117801) $$, 'Body|Chains');
SELECT explain($$ SELECT * FROM audience WHERE topic_id = 117801 AND data_date = current_date - 1 $$, 'Chains');
-- no key, no url in any format
SELECT explain($$ SELECT * FROM audience WHERE topic_id = 117801 $$, 'sk_|127.0.0.1', 'VERBOSE, COSTS OFF');
SELECT count(*) FROM explain($$ SELECT * FROM audience WHERE topic_id = 117801 $$, 'Intent', 'FORMAT json');
SELECT count(*) FROM explain($$ SELECT * FROM audience WHERE topic_id = 117801 $$, 'Intent', 'FORMAT yaml, VERBOSE');
SELECT count(*) FROM explain($$ SELECT * FROM audience WHERE topic_id = 117801 $$, 'Intent', 'FORMAT xml');
SELECT request_count();

-- ANALYZE runs it
SELECT explain($$ SELECT hem FROM audience WHERE topic_id = 117801 $$, 'Intent (Body|Chains|Requ|Pages|Polls|Retries|Bytes|Rows|Total|Data)|Removed', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF');
SELECT request_count();
SELECT explain($$ SELECT hem FROM audience WHERE topic_id = 110003 AND gender IN ('male', 'female') AND intent_score > 50 $$, 'Intent (Body|Chains|Requ|Pages|Polls|Retries|Bytes|Rows|Total|Data)|Removed', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF');
SELECT config('{"match": "wide", "materialize_calls": 1}');
SELECT explain($$ SELECT hem FROM audience WHERE topic_id = 117801 AND company = 'acme' $$, 'Intent (Body|Chains|Requ|Pages|Polls|Retries|Bytes|Rows|Total|Data)|Removed', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF');
SELECT config('{"match": null, "materialize_calls": 0}');
SELECT fault('{"status": 503, "retry_after": "0"}');
SELECT explain($$ SELECT hem FROM audience WHERE topic_id = 110003 $$, 'Retries|Requests', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF');
SELECT regexp_replace(explain($$ SELECT hem FROM audience WHERE topic_id = 110003 $$, 'Throttled|Waited', 'ANALYZE, COSTS OFF, SUMMARY OFF'), '\d+(\.\d+)?', 'N');
-- a scan that is never run, and one that is run again
SELECT explain($$ SELECT hem FROM audience WHERE topic_id = 110003 LIMIT 0 $$, 'never|Intent Requests', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF');
SELECT explain($$ SELECT (SELECT count(*) FROM audience WHERE topic_id = g) FROM generate_series(110003, 110004) g $$, 'Intent (Requests|Rows|Pages)', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF');
-- a user who has no mapping may plan
CREATE ROLE regress_intent_planner;
GRANT USAGE ON SCHEMA fixture TO regress_intent_planner;
GRANT SELECT ON audience TO regress_intent_planner;
SET ROLE regress_intent_planner;
SELECT count(*) > 0 FROM explain('SELECT hem FROM audience WHERE topic_id = 110003');
SELECT hem FROM audience WHERE topic_id = 110003;
RESET ROLE;
DROP OWNED BY regress_intent_planner;
DROP ROLE regress_intent_planner;
\i :dir/fixture/teardown.psql
