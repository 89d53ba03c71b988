-- Table audience_results: a saved audience's people by cursor over GET, against
-- what the query endpoint says of the same audience.
\getenv dir PG_ABS_SRCDIR
\set rows live
\set tables 'audience_results, audience, saved_audiences'
\i :dir/fixture/setup.psql
\i :dir/fixture/resource.psql
\set id '\'11111111-2222-4333-8444-555555555555\''
CREATE TABLE people AS SELECT * FROM audience WHERE audience_id = :id;
SELECT clear();

SELECT count(*), count(DISTINCT person_id), min(data_date) FROM audience_results WHERE audience_id = :id;
SELECT regexp_replace(r, 'cursor=\w+', 'cursor=...') FROM requests() r LIMIT 2;
SELECT same('SELECT intent_score, topic_id, email, matched_topic_ids, company_country, company_naics, is_b2c, data_date, audience_id FROM audience_results WHERE audience_id = ' || quote_literal(:id) || c,
            'SELECT intent_score, topic_id, email, matched_topic_ids, company_country, company_naics, is_b2c, data_date, audience_id FROM people WHERE true' || c)
  FROM unnest(ARRAY['', ' AND seniority = ''vp''', ' AND intent_score >= 80', ' AND company_country IS NULL', ' AND data_date = ''2026-11-22''', ' AND topic_id = 117801']) c;
SELECT count(*) FROM jsonb_object_keys((SELECT person FROM audience_results WHERE audience_id = :id LIMIT 1));
SELECT clear();
-- conditions on other columns are only checked; LIMIT and dates are sent
SELECT explain('SELECT email FROM audience_results WHERE seniority = ''vp'' AND audience_id = ' || quote_literal(:id), 'Intent|Filter');
SELECT count(*) FROM (SELECT email FROM audience_results WHERE audience_id = :id AND data_date = '2026-11-20' LIMIT 3) x;
SELECT requests();
SELECT same('SELECT data_date, email, intent_score FROM audience_results WHERE data_date BETWEEN ''2026-11-20'' AND ''2026-11-21'' AND audience_id = ' || quote_literal(:id),
            'SELECT data_date, email, intent_score FROM audience WHERE data_date BETWEEN ''2026-11-20'' AND ''2026-11-21'' AND audience_id = ' || quote_literal(:id));
SELECT clear();
-- count(*) from the total
ALTER SERVER sim OPTIONS (SET count_pushdown 'exact');
SELECT count(*) = (SELECT count(*) FROM people) FROM audience_results WHERE audience_id = :id;
SELECT requests();
ALTER SERVER sim OPTIONS (SET count_pushdown 'off');

-- 202 with a meta of two members, and 200 that says materializing
SELECT config('{"materialize_calls": 2}');
SELECT count(*) = (SELECT count(*) FROM people) FROM audience_results WHERE audience_id = :id;
SELECT explain('SELECT email FROM audience_results WHERE data_date = ''2026-11-21'' AND audience_id = ' || quote_literal(:id), 'Polls', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF');
SELECT config('{"materialize_calls": 4, "materialize_as_200": true}');
SELECT explain('SELECT email FROM audience_results WHERE data_date = ''2026-11-21'' AND audience_id = ' || quote_literal(:id), 'Polls', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF');
SELECT config('{"materialize_calls": null, "materialize_as_200": null}');

-- one run for a chain
SELECT config('{"advance_after": {"requests": 1, "date": "2026-11-23"}, "on_new_run": "switch"}');
SELECT failure('SELECT count(*) FROM audience_results WHERE audience_id = ' || quote_literal(:id));
SELECT config('{"advance_after": {"requests": 1, "date": "2026-11-23"}, "on_new_run": "expire"}');
SELECT failure('SELECT count(*) FROM audience_results WHERE audience_id = ' || quote_literal(:id));
SELECT config('{"advance_after": null, "on_new_run": null}');
SELECT fault('{"data_date": "2026-11-19"}', '{"page": 1}');
SELECT failure('SELECT email FROM audience_results WHERE data_date = ''2026-11-20'' AND audience_id = ' || quote_literal(:id));
SELECT fault('{"total": "plus1"}', '{}', -1);
SELECT failure('SELECT email FROM audience_results WHERE audience_id = ' || quote_literal(:id));
SELECT fault('{"cursor": "repeat"}', '{}', -1);
SELECT failure('SELECT email FROM audience_results WHERE audience_id = ' || quote_literal(:id));
SELECT config('{"faults": []}');
SELECT failure('SELECT * FROM audience_results WHERE seniority = ''vp''');
-- joined with the list as a lookup
SELECT s.name, count(*) = (SELECT count(*) FROM people) FROM saved_audiences s JOIN audience_results r ON r.audience_id = s.id GROUP BY 1;
\i :dir/fixture/teardown.psql
