-- Table filter_values: an object of arrays, each element a row.
\getenv dir PG_ABS_SRCDIR
\set tables filter_values
\i :dir/fixture/setup.psql
\i :dir/fixture/resource.psql
CREATE TABLE legal AS SELECT key AS filter, v AS value FROM jsonb_each(document('/v1/intent/audiences/filters')->'data'), jsonb_array_elements_text(value) v;

SELECT explain('SELECT * FROM filter_values WHERE filter = ''gender''', 'Intent|Filter:');
SELECT * FROM filter_values WHERE filter = 'gender' ORDER BY value COLLATE "C";
SELECT requests();
SELECT asks('TABLE filter_values', 'TABLE legal');
SELECT filter, count(*), min(value COLLATE "C") FROM filter_values GROUP BY filter ORDER BY filter COLLATE "C";
-- are these values legal?
SELECT v FROM unnest('{director,VP,vp,c-level}'::text[]) v
 WHERE NOT EXISTS (SELECT FROM filter_values f WHERE f.filter = 'seniority' AND f.value = v);
-- own names and types
CREATE FOREIGN TABLE own (f varchar(20) OPTIONS (key 'filter'), v json OPTIONS (key 'value'), x text) SERVER sim OPTIONS (resource 'filter_values');
SELECT f, v::text, x FROM own WHERE f = 'gender' ORDER BY v::text COLLATE "C";

-- documents: numbers, null, escapes, empty; what is no list
CREATE FUNCTION answered(body text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  r record;
BEGIN
  PERFORM fault(json_build_object('body', body), '{}', 1);
  FOR r IN SELECT * FROM filter_values LOOP
    RETURN NEXT format('%s: %s', r.filter, coalesce(r.value, 'NULL'));
  END LOOP;
EXCEPTION WHEN OTHERS THEN
  RETURN NEXT SQLSTATE || ': ' || SQLERRM;
END $$;
SELECT answered(b) FROM unnest(ARRAY['{"data":{"a":["x","y\u00e9"],"b\"\t":[],"c":[1.50,null,true,"",{"k":1}]}}', '{"data":{}}',
  '{"data":{"a":"x"}}', '{"data":{"a":null}}', '{"data":[]}', '{"data":null}', '{"meta":{"hasMore":true},"data":{}}', '{"data":{"a":["x"}}']) b;
-- a key is needed here
DROP USER MAPPING FOR CURRENT_USER SERVER sim;
SELECT failure('SELECT * FROM filter_values');
CREATE USER MAPPING FOR CURRENT_USER SERVER sim OPTIONS (api_key 'sk_wrong');
SELECT failure('SELECT * FROM filter_values');
\i :dir/fixture/teardown.psql
