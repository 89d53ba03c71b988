-- Table audience_run_results: two inputs in the path, pages by offset, nested
-- rows, an envelope with the state and the total.
\getenv dir PG_ABS_SRCDIR
\set rows live
\set tables 'audience_run_results, audience_runs, audience'
\i :dir/fixture/setup.psql
\i :dir/fixture/resource.psql
\set w 'audience_id = \'11111111-2222-4333-8444-555555555555\' AND run_id = \'run_2026-11-21\''
CREATE TABLE people AS SELECT * FROM audience WHERE audience_id = '11111111-2222-4333-8444-555555555555' AND data_date = '2026-11-21';
SELECT clear();

SELECT count(*), min(run_id), min(data_date), max(intent_score), min(audience_id::text) FROM audience_run_results WHERE :w;
SELECT requests();
SELECT same('SELECT hashed_email, first_name, email, company, company_domain, company_industry, intent_score, topic_overlap, seniority FROM audience_run_results WHERE ' || :'w' || c,
            'SELECT hem, first_name, email, company, company_domain, company_industry, intent_score, topic_overlap, seniority FROM people WHERE true' || c)
  FROM unnest(ARRAY['', ' AND company_industry = ''banking''', ' AND intent_score > 90', ' AND company IS NULL']) c;
SELECT jsonb_array_length(matched_topics) = topic_overlap, matched_topics->0 ? 'topicName' FROM audience_run_results WHERE :w GROUP BY 1, 2;
SELECT clear();
SELECT count(*) FROM (SELECT email FROM audience_run_results WHERE :w LIMIT 130) x;
SELECT requests();
SELECT explain('SELECT email FROM audience_run_results WHERE ' || :'w');

-- required, both; 404, 409, 202 and a 200 that says it is running
SELECT failure('SELECT email FROM audience_run_results' || c) FROM unnest(ARRAY['', ' WHERE run_id = ''x''', ' WHERE audience_id = ''11111111-2222-4333-8444-555555555555''', ' WHERE ' || replace(:'w', '2026-11-21', '1999/?#')]) c;
SELECT fault('{"status": 409, "message": "Run was cancelled"}');
SELECT failure('SELECT email FROM audience_run_results WHERE ' || :'w');
SELECT config('{"materialize_calls": 2, "faults": []}');
SELECT count(*) = (SELECT count(*) FROM people) FROM audience_run_results WHERE :w;
SELECT config('{"materialize_calls": 4, "materialize_as_200": true}');
SELECT explain('SELECT email FROM audience_run_results WHERE ' || :'w', 'Polls', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF');
SELECT config('{"materialize_calls": null, "materialize_as_200": null}');

-- envelopes that are none; an offset that leads nowhere
CREATE FUNCTION answered(body text) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT fault(json_build_object('body', body), '{}', 3);
  SELECT failure('SELECT email, data_date FROM audience_run_results WHERE audience_id = ''11111111-2222-4333-8444-555555555555'' AND run_id = ''x''');
$$;
SELECT answered(b) FROM unnest(ARRAY['{"data":{"results":[],"total":0,"state":"completed"}}', '{"data":{"results":[],"state":"completed"}}', '{"data":{"results":[],"total":3}}',
  '{"data":{"results":[{"email":"a"}],"total":3}}', '{"data":{"results":[{"email":"a"}],"total":0}}', '{"data":{"results":[],"total":"0"}}', '{"data":{"total":0}}',
  '{"data":{"results":[],"total":0,"state":"failed"}}', '{"data":{"results":[],"total":0,"run":null}}', '{"data":{"results":[],"total":-1}}', '{"data":{"results":[{"email":"a"}],"total":1,"run":{"dataDate":"x"}}}']) b;
SELECT config('{"faults": []}');

-- joined with the list of runs: both inputs from the outer row
SELECT r.data_date, count(*) = r.total_count FROM audience_runs r JOIN audience_run_results p ON p.audience_id = r.audience_id AND p.run_id = r.cache_key
 WHERE r.audience_id = '11111111-2222-4333-8444-555555555555' GROUP BY r.data_date, r.total_count ORDER BY 1;
\i :dir/fixture/teardown.psql
