-- Saved audiences and what is known of each: the list, runs, statistics,
-- status; all but the list need an audience_id, which stands in the path.
\getenv dir PG_ABS_SRCDIR
\set tables 'saved_audiences, saved_audience, audience_runs, audience_stats, audience_status, audience'
\i :dir/fixture/setup.psql
\i :dir/fixture/resource.psql
SET timezone = 'UTC';
SELECT config('{"audiences": {
  "11111111-2222-4333-8444-555555555555": {"topicIds": [117801, 102391], "minScore": 50, "maxScore": 100, "minTopicOverlap": 1, "filters": {"hasBusinessEmail": true}},
  "bbbbbbbb-2222-4333-8444-555555555555": {"topicIds": [110003], "filters": {"seniority": ["vp", "director"]}},
  "dddddddd-2222-4333-8444-555555555555": {"topicIds": [135790], "minScore": 1}}}');
\set a '\'11111111-2222-4333-8444-555555555555\''
\set b '\'bbbbbbbb-2222-4333-8444-555555555555\''
\set d '\'dddddddd-2222-4333-8444-555555555555\''

-- the list; members of config by their paths, absent ones null
SELECT * FROM saved_audiences ORDER BY id;
SELECT requests() ORDER BY 1;
SELECT name FROM saved_audiences WHERE 117801 = ANY (topic_ids) AND last_refreshed_at > '2026-11-22' AND filters ? 'hasBusinessEmail';
SELECT status, sum(audience_size) FROM saved_audiences GROUP BY status ORDER BY status;
SELECT explain('SELECT * FROM saved_audiences WHERE status = ''active''', 'Intent|Filter');
SELECT clear();

-- one of them
SELECT * FROM saved_audience WHERE audience_id = :b;
SELECT s.name = o.name AND s.topic_ids = o.topic_ids AND s.updated_at = o.updated_at AS same, o.source_url, o.topics FROM saved_audiences s JOIN saved_audience o ON o.audience_id = s.id ORDER BY s.id;
SELECT failure('SELECT * FROM saved_audience WHERE audience_id = ''99999999-2222-4333-8444-555555555555''');
SELECT requests() ORDER BY 1;

-- runs
SELECT * FROM audience_runs WHERE audience_id = :a ORDER BY data_date;
SELECT count(*) FROM audience_runs WHERE audience_id = :d;
SELECT audience_id, max(total_count) FROM audience_runs WHERE audience_id IN (:a, :b) AND data_date < '2026-11-22' GROUP BY 1 ORDER BY 1;
SELECT requests() ORDER BY 1;
-- a run's total is that of the audience on that day
SELECT r.data_date, r.total_count = (SELECT count(*) FROM audience a WHERE a.audience_id = :a AND a.data_date = r.data_date) FROM audience_runs r WHERE audience_id = :a ORDER BY 1;
SELECT clear();

-- statistics: a row for each field, the date and the total on all of them
SELECT * FROM audience_stats WHERE audience_id = :a ORDER BY field;
SELECT field, percent FROM audience_stats WHERE audience_id = :a AND data_date = '2026-11-20' AND percent > 90 AND total > 100 ORDER BY field;
SELECT data_date, count(*), count(DISTINCT total) FROM audience_stats WHERE audience_id IN (:a, :b) AND data_date BETWEEN '2026-11-21' AND '2026-11-22' GROUP BY 1 ORDER BY 1;
SELECT requests() ORDER BY 1;
SELECT failure('SELECT * FROM audience_stats WHERE data_date > ''2026-11-20'' AND audience_id = ' || quote_literal(:a));
SELECT failure('SELECT * FROM audience_stats WHERE audience_id = ' || quote_literal(:d));
SELECT explain('SELECT * FROM audience_stats WHERE data_date = ''2026-11-20'' AND audience_id = ' || quote_literal(:a));
SELECT clear();
-- an answer of another day than asked for; documents that are none
CREATE FUNCTION answered(body text) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT fault(json_build_object('body', body), '{}', 1);
  SELECT failure('SELECT field, percent, total, data_date FROM audience_stats WHERE data_date = ''2026-11-20'' AND audience_id = ''11111111-2222-4333-8444-555555555555''');
$$;
SELECT answered(b) FROM unnest(ARRAY['{"data":{"fields":{"email":1},"total":1,"dataDate":"2026-11-21"}}', '{"data":{"fields":{"email":1}}}', '{"data":{"total":1}}',
  '{"data":{"fields":[1]}}', '{"data":[]}', '{"data":{"fields":{"email":"x"},"total":1,"dataDate":"2026-11-20"}}', '{"data":{"fields":{"email":1},"total":1.5}}', '{"data":{"fields":{},"fields":{}}}']) b;
SELECT clear();

-- status: an object is the row
SELECT * FROM audience_status WHERE audience_id = :a;
SELECT * FROM audience_status WHERE audience_id IN (:a, :d) AND data_date IN ('2026-11-20', '2026-01-01') ORDER BY 1, 4;
SELECT status, total_count FROM audience_status WHERE audience_id = :d;
SELECT requests() ORDER BY 1;

-- required; an id that nobody has; joins as lookups
SELECT failure('SELECT * FROM ' || t) FROM unnest('{saved_audience,audience_runs,audience_stats,audience_status}'::text[]) t;
SELECT failure('SELECT * FROM audience_runs WHERE audience_id = ''99999999-2222-4333-8444-555555555555''');
SELECT clear();
SELECT s.name, count(r.data_date), max(r.total_count) FROM saved_audiences s LEFT JOIN audience_runs r ON r.audience_id = s.id GROUP BY 1 ORDER BY 1;
SELECT s.name, t.status, t.run_id FROM saved_audiences s JOIN audience_status t ON t.audience_id = s.id WHERE s.status <> 'paused' ORDER BY 1;
SELECT requests() ORDER BY 1;
-- an audience fixed by the table's options
CREATE FOREIGN TABLE mine (audience_id uuid, data_date date, total_count numeric) SERVER sim OPTIONS (resource 'audience_runs', audience_id '11111111-2222-4333-8444-555555555555');
SELECT count(*), min(audience_id::text) FROM mine;
SELECT count(*) FROM mine WHERE audience_id = :b;
CREATE FOREIGN TABLE day (field text, data_date date) SERVER sim OPTIONS (resource 'audience_stats', audience_id '11111111-2222-4333-8444-555555555555', data_date '2026-11-20');
SELECT DISTINCT data_date FROM day;
SELECT requests() ORDER BY 1;
\i :dir/fixture/teardown.psql
