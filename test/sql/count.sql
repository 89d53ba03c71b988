-- count(*) from the totals of answers: when it is, and when rows are read.
\getenv dir PG_ABS_SRCDIR
\set counts exact
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql

-- The count, that of the local copy, and what was sent: bodies and their number.
CREATE FUNCTION counts(condition text, what text DEFAULT 'count(*)', t text DEFAULT 'audience') RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
  n text;
  m text;
BEGIN
  EXECUTE format('SELECT (%s)::text FROM %s WHERE %s', what, t, condition) INTO n;
  EXECUTE format('SELECT (%s)::text FROM people WHERE %s', what, condition) INTO m;
  RETURN NEXT CASE WHEN n = m THEN 'right: ' ELSE 'WRONG: ' || m || ' ' END || n;
  RETURN QUERY SELECT CASE WHEN r LIKE '%"limit":1}' THEN '  total ' ELSE '  rows ' END || r FROM sent() r;
END $$;

-- topics, an integer score and the booleans that rows do not carry are the API's to decide
SELECT counts($$ topic_id = 102391 $$);
SELECT counts($$ topic_id = 102391 AND intent_score >= 70 $$);
SELECT counts($$ topic_id = 102391 AND intent_score > 50 AND intent_score <= 60 AND has_phone $$);
SELECT counts($$ topic_id = 102391 AND has_phone = false AND NOT has_linkedin $$);
SELECT counts($$ topic_id = 102391 AND has_phone IN (true, false) $$);
SELECT counts($$ topic_id = 102391 AND data_date = '2026-11-22' $$);
SELECT counts($$ topic_id = 102391 $$, 'count(intent_score)');
SELECT counts($$ topic_id = 102391 $$, 'count(*) + 1, count(*) * 2');
SELECT counts($$ topic_id = 140000 $$);

-- nothing to ask for
SELECT counts($$ topic_id = 102391 AND topic_id = 117801 $$);
SELECT counts($$ topic_id = 102391 AND intent_score > 90 AND intent_score < 80 $$);
SELECT counts($$ topic_id = NULL $$);
SELECT counts($$ topic_id = 102391 AND false $$);
SELECT failure($$ SELECT count(*) FROM audience $$);

-- what rows carry or may carry is checked on them
SELECT counts($$ topic_id = 102391 AND company = 'Globex' $$);
SELECT counts($$ topic_id = 102391 AND email LIKE 'a%' $$);
SELECT counts($$ topic_id = 102391 AND intent_score IN (60, 80) $$);
SELECT counts($$ topic_id = 102391 AND intent_score >= 70 AND intent_score <> 71 $$);
-- other things than counting
SELECT counts($$ topic_id = 102391 AND intent_score > 95 $$, 'count(DISTINCT intent_score)');
SELECT counts($$ topic_id = 102391 AND intent_score > 95 $$, 'count(*) FILTER (WHERE intent_score = 97)');
SELECT counts($$ topic_id = 102391 AND intent_score > 95 $$, 'count(email)');
SELECT counts($$ topic_id = 102391 AND intent_score > 95 $$, 'count(*), max(intent_score)');
SELECT counts($$ topic_id = 102391 AND intent_score > 95 GROUP BY topic_id $$);
SELECT counts($$ topic_id = 102391 AND intent_score > 95 HAVING count(*) > 3 $$);
SELECT count(*) = (SELECT count(*) FROM people p JOIN people q USING (hem) WHERE p.topic_id = 102391 AND q.topic_id = 102391 AND p.intent_score > 95 AND q.intent_score > 95)
  FROM audience a JOIN audience b USING (hem) WHERE a.topic_id = 102391 AND b.topic_id = 102391 AND a.intent_score > 95 AND b.intent_score > 95;
SELECT sent();
-- a group by a constant has no row when there is nothing to count
SELECT count(*) FROM audience WHERE topic_id = 140000 GROUP BY topic_id;
SELECT sent();

-- several topics: a person once; a lower bound can be sent, an upper one cannot
SELECT (SELECT count(*) FROM audience WHERE topic_id IN (102391, 117801)) = (SELECT count(DISTINCT person) FROM people WHERE topic_id IN (102391, 117801));
SELECT (SELECT count(*) FROM audience WHERE topic_id IN (102391, 117801) AND intent_score >= 90)
  = (SELECT count(DISTINCT person) FROM people WHERE topic_id IN (102391, 117801) AND intent_score >= 90);
SELECT sent();
SELECT (SELECT count(*) FROM audience WHERE topic_id IN (102391, 117801) AND intent_score <= 20)
  = (SELECT count(*) FROM (SELECT max(intent_score) s FROM people WHERE topic_id IN (102391, 117801) GROUP BY person) q WHERE s <= 20);
SELECT sent();

-- a chain for each day, each topic, each audience: totals are summed
SELECT count(*) = (SELECT sum(n) FROM (SELECT count(*) n FROM audience WHERE topic_id = 102391 AND data_date = '2026-11-21' UNION ALL
  SELECT count(*) FROM audience WHERE topic_id = 102391) q) FROM audience WHERE topic_id = 102391 AND data_date IN ('2026-11-21', '2026-11-22');
SELECT sent();
CREATE FOREIGN TABLE each (topic_id integer, intent_score integer, company text) SERVER sim OPTIONS (topic_mode 'each');
SELECT counts($$ topic_id IN (102391, 117801, 110003) AND intent_score < 50 $$, 'count(*)', 'each');

-- a saved audience; what it does not take is checked on rows
SELECT (SELECT count(*) FROM audience WHERE audience_id = '11111111-2222-4333-8444-555555555555') =
  (SELECT count(*) FROM (SELECT FROM audience WHERE audience_id = '11111111-2222-4333-8444-555555555555' OFFSET 0) q);
SELECT sent();
SELECT count(*) > 0 FROM audience WHERE audience_id = '11111111-2222-4333-8444-555555555555' AND intent_score > 60;
SELECT sent();

-- trusted: filters that rows carry count as well, if the request covers them
ALTER FOREIGN TABLE each OPTIONS (count_pushdown 'trusted');
SELECT counts($$ topic_id = 102391 AND company IN ('Acme', 'Globex') $$, 'count(*)', 'each');
SELECT counts($$ topic_id = 102391 AND company = '' $$, 'count(*)', 'each');
ALTER FOREIGN TABLE each OPTIONS (SET count_pushdown 'off');
SELECT counts($$ topic_id = 102391 AND intent_score > 95 $$, 'count(*)', 'each');

-- a score that need not be an integer
CREATE FOREIGN TABLE fractions (topic_id integer, intent_score numeric) SERVER sim;
SELECT counts($$ topic_id = 102391 AND intent_score > 95 $$, 'count(*)', 'fractions');
SELECT counts($$ topic_id = 102391 $$, 'count(*)', 'fractions');
\i :dir/fixture/teardown.psql
