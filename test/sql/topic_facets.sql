-- Tables topic_facets (lists of objects: each is a row) and topic_search (a
-- text that rows do not carry, and the top of what the API finds).
\getenv dir PG_ABS_SRCDIR
\set tables 'topic_facets, topic_search, topics'
\i :dir/fixture/setup.psql
\i :dir/fixture/resource.psql
CREATE TABLE catalogue AS SELECT * FROM topics;
SELECT clear();

SELECT * FROM topic_facets ORDER BY facet, topics DESC, value LIMIT 5;
SELECT asks('SELECT facet, value, topics FROM topic_facets', $$ SELECT 'types', type, count(*) FROM catalogue GROUP BY 2
  UNION ALL SELECT 'industries', industry, count(*) FROM catalogue WHERE industry IS NOT NULL GROUP BY 2 UNION ALL SELECT 'categories', category, count(*) FROM catalogue GROUP BY 2 $$);
SELECT asks('SELECT value FROM topic_facets WHERE facet = ''types'' AND topics > 13', 'SELECT type FROM catalogue GROUP BY 1 HAVING count(*) > 13');
SELECT explain('SELECT * FROM topic_facets WHERE facet = ''types''', 'Intent|Filter');
CREATE FUNCTION answered(body text) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT fault(json_build_object('body', body), '{}', 1);
  SELECT failure('SELECT * FROM topic_facets');
$$;
SELECT answered(b) FROM unnest(ARRAY['{"data":{}}', '{"data":{"types":[{"value":"x"}]}}', '{"data":[]}', '{"data":{"types":[{"value":"x","count":"y"}]}}', '{"data":{"types":{"x":1}}}']) b;
-- a row's facet is the list's name, whatever members the row has
SELECT fault('{"body": "{\"data\":{\"types\":[{\"$name\":\"x\",\"value\":\"b2b\",\"count\":1}]}}"}', '{}', 1);
SELECT facet, value, topics FROM topic_facets;
SELECT clear();

-- a type that there is not is checked here: the API would refuse it
SELECT same('SELECT t.topic_id, f.value FROM topic_facets f JOIN topics t ON t.type = f.value WHERE f.facet <> ''industries''', 'SELECT topic_id, type FROM catalogue');
SELECT clear();
SELECT asks('SELECT topic_id FROM topics WHERE type IN (''b2c'', ''B2B'')', 'SELECT topic_id FROM catalogue WHERE type = ''b2c''');
-- the search: required; one request for each text; checked again where rows tell
SELECT q, topic_name FROM topic_search WHERE q = 'data' ORDER BY topic_id;
SELECT asks('SELECT topic_id, topic_name, type FROM topic_search WHERE q = ''DATA'' AND type = ''b2b''', 'SELECT topic_id, topic_name, type FROM catalogue WHERE topic_name ILIKE ''%data%'' AND type = ''b2b''');
SELECT asks('SELECT q, topic_id FROM topic_search WHERE q IN (''data'', ''cloud'') AND category = ''data''', 'SELECT q, topic_id FROM catalogue, unnest(ARRAY[''data'', ''cloud'']) q WHERE topic_name ILIKE ''%'' || q || ''%'' AND category = ''data''');
SELECT asks('SELECT c.q, s.topic_id FROM (VALUES (''data''), (''cloud'')) c (q) JOIN topic_search s ON s.q = c.q', 'SELECT q, topic_id FROM catalogue, unnest(ARRAY[''data'', ''cloud'']) q WHERE topic_name ILIKE ''%'' || q || ''%''');
SELECT count(*) FROM (SELECT FROM topic_search WHERE q = 'a' LIMIT 3) x;
SELECT explain('SELECT * FROM topic_search WHERE q = ''a'' LIMIT 3');
SELECT requests();
SELECT failure('SELECT * FROM topic_search' || c) FROM unnest(ARRAY['', ' WHERE q LIKE ''x%''', ' WHERE q = ''''', ' WHERE q = repeat(''x'', 101)']) c;
SELECT count(*) FROM topic_search WHERE q = 'nosuchtopic';
\i :dir/fixture/teardown.psql
