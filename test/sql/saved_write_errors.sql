-- Changes that cannot be made: what is checked before anything is sent, and
-- what the API refuses.
\getenv dir PG_ABS_SRCDIR
\set tables 'saved_audiences, topics'
\i :dir/fixture/setup.psql
\i :dir/fixture/resource.psql
ALTER FOREIGN TABLE saved_audiences OPTIONS (ADD updatable 'true');
SELECT clear();

-- rows
CREATE FUNCTION refused(columns text, vals text) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT failure(format('INSERT INTO saved_audiences (%s) VALUES (%s)', columns, vals))
$$;
SELECT refused('name, topic_ids', r) FROM unnest(ARRAY['NULL, ''{1}''', '''x'', NULL', ''''', ''{1}''', 'repeat(''é'', 256), ''{1}''', '''x'', ''{}''', '''x'', ''{1,NULL}''', '''x'', ''{{1}}''', '''x'', array(SELECT generate_series(1, 11))']) r;
SELECT refused('name, topic_ids, ' || c, '''x'', ''{1}'', ' || v) FROM (VALUES ('min_score', '0'), ('min_score', '101'), ('max_score', '-5'), ('min_topic_overlap', '251'), ('min_score, max_score', '60, 50'), ('filters', '''[1]'''),
  ('filters', '''"vp"'''), ('id', '''11111111-2222-4333-8444-555555555555'''), ('audience_size', '5'), ('status', '''active''')) t (c, v);
SELECT failure('UPDATE saved_audiences SET ' || s) FROM unnest(ARRAY['name = NULL', 'status = ''deleted''', 'status = NULL', 'topic_ids = NULL', 'min_score = 101', 'max_score = min_score - 1', 'min_score = max_score + 1', 'id = gen_random_uuid()', 'created_at = now()', 'filters = ''null''']) s;
SELECT DISTINCT r FROM requests() r;
-- limits of the table's option, not of the code
ALTER FOREIGN TABLE saved_audiences OPTIONS (ADD max_topics '1');
SELECT refused('name, topic_ids', '''x'', ''{1,2}''');
ALTER FOREIGN TABLE saved_audiences OPTIONS (SET max_topics '250');
SELECT refused('name, topic_ids', '''x'', array(SELECT generate_series(1, 11))');

-- what the API refuses; a column that the table does not have
SELECT clear();
SELECT refused('name, topic_ids, filters', '''Secret Corp'', ''{1}'', ''{"seniority": []}''');
SELECT config('{"slots": 1}');
INSERT INTO saved_audiences (name, topic_ids) VALUES ('second', '{117801}');
SELECT failure('UPDATE saved_audiences SET status = ''active'' WHERE name = ''second''');
SELECT fault('{"status": 404, "message": "Audience not found"}', '{"method": "DELETE"}');
SELECT failure('DELETE FROM saved_audiences WHERE name = ''second''');
SELECT fault('{"status": 403, "message": "Organization is expired"}', '{"method": "DELETE"}');
SELECT failure('DELETE FROM saved_audiences WHERE name = ''second''');
SELECT fault('{"status": 401, "message": "Invalid API key"}', '{"method": "DELETE"}');
SELECT failure('DELETE FROM saved_audiences WHERE name = ''second''');
-- an error later undoes nothing
SELECT failure($$ INSERT INTO saved_audiences (name, topic_ids) SELECT CASE n WHEN 3 THEN NULL ELSE 'row ' || n END, '{117801}' FROM generate_series(1, 4) n $$);
BEGIN;
UPDATE saved_audiences SET name = 'third' WHERE name = 'second';
ROLLBACK;
SELECT name FROM saved_audiences ORDER BY name;
CREATE FOREIGN TABLE half (id uuid, name text) SERVER sim OPTIONS (resource 'saved_audiences', updatable 'true');
SELECT failure('INSERT INTO half (name) VALUES (''x'')');
CREATE FOREIGN TABLE keyless (name text, topics bigint[] OPTIONS (key 'config.topicIds')) SERVER sim OPTIONS (resource 'saved_audiences', updatable 'true');
SELECT failure('DELETE FROM keyless'), failure('UPDATE keyless SET name = ''x''');
INSERT INTO keyless VALUES ('by other names', '{117801}') RETURNING *;

-- what is not supported; read-only transactions
SELECT failure('INSERT INTO saved_audiences (name, topic_ids) VALUES (''x'', ''{1}'') ON CONFLICT DO NOTHING');
SELECT failure('INSERT INTO saved_audiences (name, topic_ids) VALUES (''x'', ''{1}'') ON CONFLICT (id) DO UPDATE SET name = ''y''');
SELECT failure('TRUNCATE saved_audiences');
SELECT failure('MERGE INTO saved_audiences USING (SELECT 1) x ON false WHEN NOT MATCHED THEN INSERT (name, topic_ids) VALUES (''x'', ''{1}'')');
BEGIN;
DECLARE c CURSOR FOR SELECT * FROM saved_audiences;
FETCH c \gset
DELETE FROM saved_audiences WHERE CURRENT OF c;
ROLLBACK;
BEGIN READ ONLY;
DELETE FROM saved_audiences;
ROLLBACK;

-- the option: only where there is something to change; the table's counts
ALTER FOREIGN TABLE topics OPTIONS (ADD updatable 'true');
ALTER FOREIGN TABLE saved_audiences OPTIONS (SET updatable 'maybe');
ALTER SERVER sim OPTIONS (ADD updatable 'true');
SELECT failure('DELETE FROM topics'), failure('INSERT INTO topics (topic_id) VALUES (1)');
DELETE FROM half WHERE name = 'row 1';
ALTER FOREIGN TABLE half OPTIONS (SET updatable 'false');
SELECT failure('DELETE FROM half');
SELECT substring(r FROM '^\w+'), count(*) FROM requests() r GROUP BY 1 ORDER BY 1;
-- nobody's budget
ALTER FOREIGN TABLE saved_audiences OPTIONS (ADD max_requests '2');
SELECT failure('UPDATE saved_audiences SET min_score = 7');
SELECT count(*) FROM saved_audiences WHERE min_score = 7;
-- answers that are none
ALTER FOREIGN TABLE saved_audiences OPTIONS (DROP max_requests);
CREATE FUNCTION answered(body text, method text, statement text) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT fault(json_build_object('body', body), json_build_object('method', method), 1);
  SELECT failure(statement);
$$;
SELECT answered(b, 'PATCH', 'UPDATE saved_audiences SET name = ''z'' WHERE id = ''11111111-2222-4333-8444-555555555555''') FROM unnest(ARRAY['', '{}', '{"data":[]}', '{"data":{"name":"z"}}', '{"data":{"id":"22222222-2222-4333-8444-555555555555","name":"z"}}']) b;
SELECT answered(b, 'DELETE', 'DELETE FROM saved_audiences WHERE id = ''11111111-2222-4333-8444-555555555555''') FROM unnest(ARRAY['<html>', '{"data":{"deleted":false}}', '{"data":{}}']) b;
\i :dir/fixture/teardown.psql
