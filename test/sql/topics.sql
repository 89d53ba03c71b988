-- Table topics: the whole catalogue in one answer, no key needed.
\getenv dir PG_ABS_SRCDIR
\set tables topics
\i :dir/fixture/setup.psql
\i :dir/fixture/resource.psql
CREATE TABLE catalogue AS
  SELECT * FROM jsonb_to_recordset(document('/v1/intent/topics')->'data')
    AS t ("topicId" int, "topicName" text, type text, industry text, category text);
ALTER TABLE catalogue RENAME "topicId" TO topic_id;
ALTER TABLE catalogue RENAME "topicName" TO topic_name;

SELECT * FROM topics ORDER BY topic_id LIMIT 3;
SELECT explain('SELECT * FROM topics');
SELECT explain('SELECT * FROM topics WHERE topic_id > 5', 'Intent|Filter', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF');
SELECT requests();
SELECT asks('TABLE topics', 'TABLE catalogue');

-- what is sent: type, industry, category; all is checked again
SELECT asks('SELECT * FROM topics WHERE ' || c, 'SELECT * FROM catalogue WHERE ' || c)
  FROM unnest(ARRAY[$$type = 'b2b'$$, $$type IN ('b2b', 'both') AND category = 'data'$$, $$industry = 'Forschung & Lehre'$$,
    $$category = 'a/b + c?'$$, $$industry IS NULL$$, $$industry = ''$$, $$industry <> 'banking' AND type = 'b2c'$$,
    $$topic_name = 'PostgreSQL'$$, $$topic_name ILIKE '%data%'$$, $$topic_id = ANY ('{117801,5}')$$,
    $$type = 'b2b' OR category = 'home'$$, $$type = 'b2b' AND type = 'both'$$, $$category = NULL$$]) c;
-- the API would refuse a type that there is not: it is checked here
SELECT count(*) FROM topics WHERE type = 'b2x';
SELECT requests();
-- a server that matches more widely changes nothing
SELECT config('{"match": "wide"}');
SELECT asks('SELECT * FROM topics WHERE ' || c, 'SELECT * FROM catalogue WHERE ' || c)
  FROM unnest(ARRAY[$$type = 'b2b'$$, $$industry = 'software'$$, $$industry IN ('software', 'software development')$$]) c;
SELECT explain($$SELECT * FROM topics WHERE industry = 'software'$$, 'Intent Req|Removed', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF');
SELECT config('{"match": null}');

-- q is sent only where the user says that it finds parts
ALTER FOREIGN TABLE topics ALTER topic_name OPTIONS (ADD match 'contains');
SELECT clear();
SELECT asks('SELECT * FROM topics WHERE ' || c, 'SELECT * FROM catalogue WHERE ' || c)
  FROM unnest(ARRAY[$$topic_name ILIKE '%data%'$$, $$topic_name LIKE '%Intent Data%'$$, $$topic_name = 'PostgreSQL'$$,
    $$topic_name LIKE 'Intent%'$$, $$topic_name ILIKE '%a_a%'$$, $$topic_name ILIKE '%' || repeat('x', 101) || '%'$$]) c;
SELECT explain($$SELECT * FROM topics WHERE topic_name ILIKE '%&=?%'$$);
ALTER FOREIGN TABLE topics ALTER topic_name OPTIONS (DROP match);

-- parameters, lookups: the condition of a join may be sent
PREPARE by_type(text) AS SELECT count(*) FROM topics WHERE type = $1;
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE by_type('b2b');
EXECUTE by_type('b2b');
EXECUTE by_type(NULL);
SELECT requests();
RESET plan_cache_mode;
SELECT asks('SELECT t.topic_name, w FROM unnest(ARRAY[''data'', ''home'', NULL]) w JOIN topics t ON t.category = w',
            'SELECT t.topic_name, w FROM unnest(ARRAY[''data'', ''home'', NULL]) w JOIN catalogue t ON t.category = w') LIMIT 1;
-- LIMIT has no place in the request; count(*) reads the rows
SELECT clear();
SELECT count(*) FROM (SELECT topic_id FROM topics LIMIT 7) x;
SELECT count(*) FROM topics;
SELECT requests();

-- both forms of meta, none, anything; but not a hint that there is more
SELECT config('{"catalogue_meta": "openapi"}');
SELECT count(*) FROM topics;
SELECT config('{"catalogue_meta": null}');
CREATE FUNCTION answered(body text) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT fault(json_build_object('body', body), '{}', 1);
  SELECT failure('SELECT count(topic_name) FROM topics');
$$;
SELECT b, answered(b) FROM unnest(ARRAY['{"data":[{"topicId":1,"topicName":"x"}]}', '{"data":[{"topicId":1,"topicName":"x"}],"meta":null}',
  '{"meta":[],"data":[{"topicId":1,"topicName":"x"}]}', '{"meta":{"hasMore":"perhaps","total":9},"data":[]}', '{"data":[],"meta":{"hasMore":true}}',
  '{"data":{}}', '{"meta":{}}', '{"data":[],"data":[]}', '{"data":[1]}', '[]']) b;
SELECT clear();

-- without a key; ANALYZE
DROP USER MAPPING FOR CURRENT_USER SERVER sim;
SELECT count(*) FROM topics;
SELECT string_agg(l, '')::jsonb->-1->'auth' FROM sim('GET', '/_sim/log', '') l;
ANALYZE topics;
SELECT reltuples FROM pg_class WHERE oid = 'topics'::regclass;
-- inputs that this resource has no place for
CREATE FOREIGN TABLE wrong (topic_id int) SERVER sim OPTIONS (resource 'topics', topic_ids '1');
CREATE FOREIGN TABLE wrong (topic_id int) SERVER sim OPTIONS (resource 'topics', min_score '1');
\i :dir/fixture/teardown.psql
