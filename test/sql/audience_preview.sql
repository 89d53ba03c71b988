-- Table audience_preview: fifty masked rows and the total, a capped resource
-- with the conditions of audience.
\getenv dir PG_ABS_SRCDIR
\set tables 'audience_preview, audience'
\i :dir/fixture/setup.psql
\i :dir/fixture/resource.psql
\i :dir/fixture/people.psql

SELECT count(*), min(total_count), bool_and(masked), count(DISTINCT email), min(data_date) FROM audience_preview WHERE topic_id = 117801;
SELECT requests();
SELECT count(*) FROM people WHERE topic_id = 117801;
-- the total of what was asked, with one topic and with several
CREATE FUNCTION totals(condition text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  preview bigint;
  counted bigint;
BEGIN
  EXECUTE 'SELECT total_count FROM audience_preview WHERE ' || condition || ' LIMIT 1' INTO preview;
  RETURN QUERY SELECT requests();
  EXECUTE 'SELECT count(*) FROM audience WHERE ' || condition INTO counted;
  RETURN NEXT format('preview: %s, counted: %s', preview, counted);
  PERFORM requests();
END $$;
SELECT totals(c) FROM unnest(ARRAY['topic_id = 117801 AND intent_score >= 80', 'topic_id = 117801 AND seniority IN (''vp'', ''director'') AND has_phone AND is_b2b',
  'topic_id = 117801 AND company_domain = ''mueller.example''', 'topic_id IN (117801, 102391) AND intent_score BETWEEN 60 AND 100']) c;
-- with several topics in a request bounds are sent whatever is read
SELECT count(person), min(total_count) FROM audience_preview WHERE topic_id IN (117801, 102391) AND intent_score BETWEEN 60 AND 90 AND topic_overlap >= 2;
SELECT requests();
-- what rows carry is checked again, also on masked members
SELECT config('{"match": "wide"}');
SELECT count(*) < 50, count(*) = count(*) FILTER (WHERE seniority = 'vp') FROM audience_preview WHERE topic_id = 117801 AND seniority = 'vp';
SELECT config('{"match": null}');
SELECT count(*) FROM audience_preview WHERE topic_id = 117801 AND email = 'x@y.example';
SELECT requests();
-- conditions of joins and outer rows are only checked, those that say which topic are sent
CREATE TABLE wanted AS SELECT 117801 AS topic, 'vp' AS level UNION ALL SELECT 110003, 'director';
ANALYZE wanted;
SELECT w.level, count(*) > 0, bool_and(p.seniority = w.level) FROM wanted w JOIN audience_preview p ON p.topic_id = w.topic AND p.seniority = w.level GROUP BY 1 ORDER BY 1;
SELECT requests() ORDER BY 1;
-- no order by bands, no count by total, no limit
SELECT explain('SELECT * FROM audience_preview WHERE topic_id = 117801 ORDER BY intent_score DESC LIMIT 3', 'Intent|Sort');
ALTER SERVER sim OPTIONS (SET count_pushdown 'trusted');
SELECT explain('SELECT count(*) FROM audience_preview WHERE topic_id = 117801');
SELECT explain('SELECT email FROM audience_preview WHERE topic_id = 117801 LIMIT 3');
SELECT failure('SELECT * FROM audience_preview');
SELECT failure('SELECT has_phone, count(*) FROM audience_preview WHERE topic_id = 117801 GROUP BY 1');
\i :dir/fixture/teardown.psql
