-- Dates of answers are ISO 8601, whatever DateStyle and TimeZone are; others are errors, not another day.
\getenv dir PG_ABS_SRCDIR
\set rows live
\set tables 'audience, audience_runs, saved_audiences'
\i :dir/fixture/setup.psql
SET DateStyle = 'SQL, DMY';
-- the date of the run: malformed, also where nobody reads it
CREATE FUNCTION dated(data_date text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fault(json_build_object('data_date', data_date), '{}', 2);
  RETURN QUERY SELECT data_date || ' -> ' || l FROM failure('SELECT hem FROM audience WHERE topic_id = 135790') l WHERE l NOT LIKE '  detail:%';
  RETURN QUERY SELECT l FROM failure('SELECT hem, data_date FROM audience WHERE topic_id = 135790') l WHERE l NOT LIKE '  detail:%';
END $$;
SELECT dated(d) FROM unnest('{2024-02-29,0001-01-01,9999-12-31}'::text[]) d;
SELECT dated(d) FROM unnest('{today,"",infinity,03/11/2026,2026-11-3,20261103,2026-11-31,2023-02-29,0000-01-01,2026-00-01,2026-13-01,2026-11-00,2026-11-03T00:00:00Z," 2026-11-03","2026-11-03 BC",12026-11-03}'::text[]) d;
SELECT fault('{"data_date": "2026-11-03"}');
SELECT DISTINCT data_date, extract(month FROM data_date) AS month FROM audience WHERE topic_id = 135790;

-- members of rows
CREATE FOREIGN TABLE seen (topic_id integer, hem text, on_day date OPTIONS (key 'headline'), at_time timestamptz OPTIONS (key 'address'), local_time timestamp OPTIONS (key 'city'), days date[] OPTIONS (key 'phones')) SERVER sim;
CREATE DOMAIN birthday AS date;
CREATE FOREIGN TABLE born (topic_id integer, hem text, on_day birthday OPTIONS (key 'headline')) SERVER sim;
CREATE FUNCTION shown(member text, value json, col text, t text DEFAULT 'seen') RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  query text := format('SELECT %I FROM (SELECT hem, %I FROM %I WHERE topic_id = 135790 LIMIT 1) s', col, col, t);
  result text;
  detail text;
BEGIN
  PERFORM fault(json_build_object('row_patch', json_build_object('row', 0, 'member', member, 'value', value)));
  EXECUTE query INTO result;
  RETURN NEXT value || ' -> ' || coalesce(result, 'NULL');
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
  RETURN NEXT value || ' -> ' || SQLSTATE || ': ' || SQLERRM || ': ' || detail;
END $$;
SET TimeZone = 'Asia/Tokyo';
SELECT shown('headline', to_json(d), 'on_day') FROM unnest('{2026-11-03,2026-11-03T23:30:00Z,03/11/2026,11-03-2026,20261103,today,infinity,2026-02-30,November 3 2026}'::text[]) d;
SELECT shown('headline', to_json(d), 'on_day', 'born') FROM unnest('{2026-11-03,03/11/2026}'::text[]) d;
SELECT shown('headline', '20261103', 'on_day');
SELECT shown('headline', 'null', 'on_day');
SELECT shown('address', to_json(d), 'at_time') FROM unnest('{2026-11-03T10:30:00Z,2026-11-03T10:30:15.123+02:00,2026-11-03 10:30-0330,2026-11-03T10:30Z,2026-11-03T10:30:00+05,2026-11-03T10:30:00,2026-11-03,03/11/2026 10:30 UTC,now,2026-11-03T10:30:00 UTC,2026-11-03T10:30:00.Z,2026-11-03T10Z,2026-11-03T25:30Z,2026-11-03T10:30:00+02:0}'::text[]) d;
SELECT shown('city', to_json(d), 'local_time') FROM unnest('{2026-11-03T10:30:00,2026-11-03,03/11/2026 10:30}'::text[]) d;
SELECT shown('phones', '["2026-11-03"]', 'days');
SELECT shown('phones', '["03/11/2026"]', 'days');
\i :dir/fixture/teardown.psql
