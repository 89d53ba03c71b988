-- Saved audiences made, changed and deleted: what is sent, what comes back.
\getenv dir PG_ABS_SRCDIR
\set tables 'saved_audiences'
\i :dir/fixture/setup.psql
\i :dir/fixture/resource.psql
SET timezone = 'UTC';
\set a '\'11111111-2222-4333-8444-555555555555\''
SELECT clear();

-- without the option PostgreSQL refuses, and nothing is sent
SELECT failure($$ INSERT INTO saved_audiences (name, topic_ids) VALUES ('x', '{117801}') $$);
SELECT failure($$ UPDATE saved_audiences SET name = 'x' $$);
SELECT failure($$ DELETE FROM saved_audiences $$);
SELECT is_insertable_into FROM information_schema.tables WHERE table_name = 'saved_audiences';
SELECT requests();
ALTER FOREIGN TABLE saved_audiences OPTIONS (ADD updatable 'true');
SELECT is_insertable_into FROM information_schema.tables WHERE table_name = 'saved_audiences';

-- INSERT: a draft, with what the API gives it
INSERT INTO saved_audiences (name, topic_ids) VALUES ('Widgets', '{117801}');
INSERT INTO saved_audiences (name, topic_ids, min_score, max_score, min_topic_overlap, filters)
  VALUES ('Ünï "quoted" \ name', '{117801,102391}', 60, 90, 2, '{"seniority": ["vp"], "hasPhone": true}') RETURNING *;
SELECT requests();
SELECT name, status, topic_ids, min_score, filters FROM saved_audiences ORDER BY created_at, id;
SELECT clear();

-- UPDATE: what has changed; config goes whole, with what no column shows
SELECT config('{"audiences": {"11111111-2222-4333-8444-555555555555": {"topicIds": [117801], "minScore": 50, "sourceUrl": "https://acme.example", "filters": {"hasPhone": true}},
                             "aaaaaaaa-2222-4333-8444-555555555555": {"topicIds": [110003]}}, "saved": {}}');
UPDATE saved_audiences SET name = 'Acme' WHERE id = :a RETURNING name, status, updated_at;
UPDATE saved_audiences SET min_score = min_score + 5, name = name WHERE id = :a RETURNING min_score, topic_ids, filters;
UPDATE saved_audiences SET filters = NULL, topic_ids = topic_ids || 102391, status = 'paused' WHERE id = :a RETURNING filters, topic_ids, status;
UPDATE saved_audiences SET min_score = NULL, filters = '{}' WHERE id = :a;
SELECT requests();
SELECT document('/v1/intent/audiences/11111111-2222-4333-8444-555555555555')->'data'->'config';
-- nothing changes: a row, no request
WITH u AS (UPDATE saved_audiences SET name = 'Acme', min_score = NULL WHERE id = :a RETURNING *) SELECT count(*) FROM u;
SELECT requests();
-- all rows, each once; NULL against a value is a change
UPDATE saved_audiences SET max_score = 95 RETURNING id, max_score;
SELECT requests();

-- DELETE
DELETE FROM saved_audiences WHERE name = 'Acme' RETURNING name, topic_ids, max_score, saved_audiences IS NOT NULL AS whole;
DELETE FROM saved_audiences WHERE name = 'nobody' RETURNING name;
DELETE FROM saved_audiences;
SELECT requests();
SELECT count(*) FROM saved_audiences;
SELECT clear();

-- COPY
COPY saved_audiences (name, topic_ids, min_score) FROM stdin;
One	{117801}	70
Two	{102391,110003}	\N
\.
SELECT requests();
SELECT name, topic_ids, min_score FROM saved_audiences ORDER BY name;

-- EXPLAIN sends nothing; the request of a row, without a value
SELECT clear();
SELECT explain('INSERT INTO saved_audiences (name, topic_ids) VALUES (''x'', ''{1}'')', 'Intent| on fixture|Filter', 'VERBOSE, COSTS OFF');
SELECT explain('UPDATE saved_audiences SET min_score = 5, status = ''draft'' WHERE name = ''x'' RETURNING id', 'Intent| on fixture|Filter', 'VERBOSE, COSTS OFF');
SELECT explain('DELETE FROM saved_audiences WHERE name = ''x''', 'Intent| on fixture|Filter', 'VERBOSE, COSTS OFF');
SELECT requests();
SELECT explain('UPDATE saved_audiences SET min_score = 5', 'Intent', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF');
SELECT explain('DELETE FROM saved_audiences', 'Intent', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF');
\i :dir/fixture/teardown.psql
