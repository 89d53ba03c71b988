-- Saved audiences: their config rules, so that only the date is sent with
-- them; conditions on carried columns are checked on the rows.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql
-- a: topic 110003, scores 50 and more; b: topic 117801, whoever has a phone
SELECT config('{"audiences": {
  "aaaaaaaa-0000-4000-8000-000000000001": {"topicIds": [110003], "minScore": 50, "maxScore": 100},
  "aaaaaaaa-0000-4000-8000-000000000002": {"topicIds": [117801], "minScore": 1, "filters": {"hasPhone": true}}}}');
CREATE VIEW saved AS
  SELECT 'aaaaaaaa-0000-4000-8000-000000000001'::uuid AS audience_id, * FROM people WHERE topic_id = 110003 AND intent_score >= 50
  UNION ALL SELECT 'aaaaaaaa-0000-4000-8000-000000000002', * FROM people WHERE topic_id = 117801 AND has_phone;

SELECT ask($$ audience_id = 'aaaaaaaa-0000-4000-8000-000000000001' $$, 'audience', 'saved');
SELECT ask($$ audience_id = 'AAAAAAAA-0000-4000-8000-000000000001' $$, 'audience', 'saved');
SELECT ask($$ audience_id IN ('aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000002', NULL) $$, 'audience', 'saved');
SELECT ask($$ audience_id = 'aaaaaaaa-0000-4000-8000-000000000001' AND audience_id IN ('aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000002') $$, 'audience', 'saved');
SELECT ask($$ audience_id = 'aaaaaaaa-0000-4000-8000-000000000001' AND audience_id = 'aaaaaaaa-0000-4000-8000-000000000002' $$, 'audience', 'saved');
SELECT ask($$ audience_id = NULL $$, 'audience', 'saved');
-- only checked
SELECT ask($$ audience_id = 'aaaaaaaa-0000-4000-8000-000000000001' AND intent_score > 80 $$, 'audience', 'saved');
SELECT ask($$ audience_id = 'aaaaaaaa-0000-4000-8000-000000000001' AND intent_score < 60 AND topic_id = 110003 $$, 'audience', 'saved');
SELECT ask($$ audience_id = 'aaaaaaaa-0000-4000-8000-000000000001' AND topic_id = 117801 $$, 'audience', 'saved');
SELECT ask($$ audience_id = 'aaaaaaaa-0000-4000-8000-000000000001' AND topic_id IN (110003, 117801) $$, 'audience', 'saved');
SELECT ask($$ audience_id = 'aaaaaaaa-0000-4000-8000-000000000002' AND seniority IN ('vp', 'cxo') AND gender = 'male' AND is_b2b $$, 'audience', 'saved');
SELECT ask($$ audience_id = 'aaaaaaaa-0000-4000-8000-000000000002' AND gender IN ('male', 'female') AND topic_overlap >= 1 $$, 'audience', 'saved');
SELECT ask($$ audience_id = 'aaaaaaaa-0000-4000-8000-000000000001' AND data_date = '2026-11-22' $$, 'audience', 'saved');
-- the column shows what was asked for
SELECT audience_id, count(*) FROM audience WHERE audience_id IN ('aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000002') GROUP BY 1 ORDER BY 1;
SELECT count(*), min(audience_id::text) FROM audience WHERE audience_id = 'aaaaaaaa-0000-4000-8000-000000000001';
SELECT DISTINCT data_date FROM audience WHERE audience_id = 'aaaaaaaa-0000-4000-8000-000000000001' AND data_date IN ('2026-11-20', '2026-11-21') ORDER BY 1;
SELECT sent();

-- rows do not tell it
SELECT ask($$ audience_id = 'aaaaaaaa-0000-4000-8000-000000000002' AND has_phone $$, 'audience', 'saved');
SELECT ask($$ topic_id = 110003 AND audience_id <> 'aaaaaaaa-0000-4000-8000-000000000001' $$, 'audience', 'saved');
SELECT ask($$ topic_id = 110003 AND audience_id IS NULL $$, 'audience', 'saved');
SELECT ask($$ topic_id = 110003 AND audience_id::text LIKE 'a%' $$, 'audience', 'saved');
SELECT audience_id FROM audience WHERE topic_id = 135790;
SELECT failure($$ SELECT audience_id FROM audience WHERE topic_id = 135790 ORDER BY 1 $$);
-- one that there is not
SELECT failure($$ SELECT * FROM audience WHERE audience_id = 'aaaaaaaa-0000-4000-8000-00000000ffff' $$);
SELECT sent();

-- a table that is a saved audience
CREATE FOREIGN TABLE crm (hem text, intent_score integer, topic_id integer, email text, company text, job_title text, audience_id uuid) SERVER sim OPTIONS (audience_id 'aaaaaaaa-0000-4000-8000-000000000001');
SELECT ask('true', 'crm', $$ (SELECT * FROM saved WHERE audience_id = 'aaaaaaaa-0000-4000-8000-000000000001') s $$);
SELECT ask('intent_score > 80', 'crm', $$ (SELECT * FROM saved WHERE audience_id = 'aaaaaaaa-0000-4000-8000-000000000001') s $$);
SELECT ask($$ audience_id = 'aaaaaaaa-0000-4000-8000-000000000001' $$, 'crm', $$ (SELECT * FROM saved WHERE audience_id = 'aaaaaaaa-0000-4000-8000-000000000001') s $$);
SELECT ask($$ audience_id = 'aaaaaaaa-0000-4000-8000-000000000002' $$, 'crm', $$ (SELECT * FROM saved WHERE audience_id = 'aaaaaaaa-0000-4000-8000-000000000001') s $$);
SELECT count(*), min(audience_id::text) FROM crm;
-- a table with fixed topics cannot be asked for one
CREATE FOREIGN TABLE fixed (topic_id integer, audience_id uuid) SERVER sim OPTIONS (topic_ids '110003');
SELECT failure($$ SELECT * FROM fixed WHERE audience_id = 'aaaaaaaa-0000-4000-8000-000000000001' $$);
\i :dir/fixture/teardown.psql
