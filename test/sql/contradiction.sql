-- Conditions that contradict each other give no rows and send nothing, also
-- when the topic is missing.
\getenv dir PG_ABS_SRCDIR
\i :dir/fixture/setup.psql
SELECT count(*) FROM audience WHERE topic_id = 1 AND topic_id = 2;
SELECT count(*) FROM audience WHERE topic_id IN (1, 2) AND topic_id IN (3, 4);
SELECT count(*) FROM audience WHERE topic_id = 117801 AND intent_score > 90 AND intent_score < 80;
SELECT count(*) FROM audience WHERE topic_id = 117801 AND intent_score >= 150;
SELECT count(*) FROM audience WHERE topic_id = 99999999999;
SELECT count(*) FROM audience WHERE topic_id = 1.5;
SELECT count(*) FROM audience WHERE topic_id = 117801 AND seniority = 'vp' AND seniority = 'cxo';
SELECT count(*) FROM audience WHERE topic_id = 117801 AND gender = 'male' AND gender IN ('x', 'y');
SELECT count(*) FROM audience WHERE topic_id = 117801 AND has_phone AND NOT has_phone;
SELECT count(*) FROM audience WHERE topic_id = 117801 AND data_date = '2026-11-20' AND data_date = '2026-11-21';
SELECT count(*) FROM audience WHERE topic_id = 117801 AND topic_overlap >= 11;
SELECT count(*) FROM audience WHERE topic_id = 117801 AND topic_overlap > 9223372036854775807;
SELECT count(*) FROM audience WHERE topic_id = 117801 AND intent_score > 9223372036854775807;
SELECT count(*) FROM audience WHERE topic_id = 117801 AND intent_score < -9223372036854775808;
SELECT count(*) FROM audience WHERE topic_id = 117801 AND seniority = ANY ('{}');
SELECT count(*) FROM audience WHERE topic_id = 117801 AND 1 = 0;
-- without a topic
SELECT count(*) FROM audience WHERE intent_score > 90 AND intent_score < 80;
SELECT count(*) FROM audience WHERE intent_score = 'NaN'::float8;
SELECT count(*) FROM audience WHERE seniority = NULL;
SELECT count(*) FROM audience WHERE seniority = 'vp' AND seniority = 'cxo';
SELECT count(*) FROM audience WHERE data_date BETWEEN '2026-11-22' AND '2026-11-20';
SELECT count(*) FROM audience WHERE topic_id = ANY (NULL::int[]);
SELECT count(*) FROM audience WHERE is_b2b AND NOT is_b2b;
SELECT count(*) FROM audience WHERE audience_id = '11111111-2222-4333-8444-555555555555' AND audience_id = '22222222-2222-4333-8444-555555555555';
-- with everything else that would be an error
SELECT count(*) FROM audience WHERE topic_id = 1 AND topic_id = 2 AND data_date > '2026-11-20';
SELECT count(*) FROM audience WHERE topic_id = 1 AND topic_id = 2 AND has_phone IS NULL ORDER BY max(seniority);
-- decided at execution
PREPARE between_scores (float8, float8) AS SELECT count(*) FROM audience WHERE intent_score BETWEEN $1 AND $2 AND topic_id = ANY ('{117801}');
SET plan_cache_mode = force_generic_plan;
EXECUTE between_scores (90, 80);
EXECUTE between_scores ('NaN', 80);
EXECUTE between_scores (NULL, 80);
EXECUTE between_scores (100.5, 200);
RESET plan_cache_mode;
SELECT count(*) FROM audience WHERE topic_id = 117801 AND topic_id = (SELECT 5);
SELECT request_count();
SELECT explain('SELECT count(*) FROM audience WHERE topic_id = 1 AND intent_score > 100', 'Request|Body');
SELECT explain('SELECT count(*) FROM audience WHERE topic_id = 1 AND intent_score > 100', 'Intent (Req|Rows|Pages)', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF');
\i :dir/fixture/teardown.psql
