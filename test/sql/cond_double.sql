-- double precision rounds what it receives: 79.99999999999999999999 is 80 there and
-- below 80 for the API. Bounds leave room for that; which band a row is of, the
-- number as received tells.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
SELECT config('{"fractional": true}');
\i :dir/fixture/people.psql
\i :dir/fixture/best.psql
CREATE DOMAIN heat AS double precision;
CREATE FOREIGN TABLE double_score (hem text, intent_score double precision, topic_id integer, email text, company text, job_title text) SERVER sim;
CREATE FOREIGN TABLE heat_score (hem text, intent_score heat, topic_id integer, email text, company text, job_title text) SERVER sim;
CREATE VIEW double_people AS SELECT person, hem, intent_score::float8, topic_id, email, company, job_title FROM people;
CREATE FUNCTION ask_double(condition text, t text DEFAULT 'double_score') RETURNS SETOF text LANGUAGE sql AS $$
  SELECT ask('topic_id = 110003 AND ' || condition, t, 'double_people')
$$;

-- only a bound that is an integer and lets that integer through is widened
SELECT ask_double('intent_score >= 80');
SELECT ask_double('intent_score > 80');
SELECT ask_double('intent_score <= 80');
SELECT ask_double('intent_score < 80');
SELECT ask_double('intent_score = 80');
SELECT ask_double('intent_score BETWEEN 40 AND 60');
SELECT ask_double('intent_score >= 80.5');
SELECT ask_double('intent_score <= 80.5');
SELECT ask_double('intent_score IN (50, 60.5)');
SELECT ask_double('intent_score = 100');
SELECT ask_double('intent_score <= 1');
SELECT ask_double('intent_score >= 80::numeric');
SELECT ask_double('intent_score >= 80::real');
SELECT ask_double('intent_score >= 80::bigint');
SELECT ask_double('intent_score >= 9007199254740992');
SELECT ask_double('intent_score <= 9007199254740992');
SELECT ask_double('intent_score > 100');
SELECT ask_double('intent_score < 1');
SELECT ask_double('intent_score >= 80', 'heat_score');

-- a row that becomes 80, in each kind of plan: the first below 80 of those from 79 on
SELECT min(n) - 1 AS nth FROM (SELECT row_number() OVER (ORDER BY person) AS n, intent_score FROM people WHERE topic_id = 102391 AND intent_score BETWEEN 79 AND 100) p WHERE intent_score < 80 \gset
SELECT :nth < 100 AS on_first_page;
UPDATE people SET intent_score = 80 WHERE topic_id = 102391 AND person = (SELECT person FROM people WHERE topic_id = 102391 AND intent_score BETWEEN 79 AND 100 ORDER BY person OFFSET :nth LIMIT 1);
\set patch '{"row_patch": {"row": ' :nth ', "member": "intentScore", "raw": "79.99999999999999999999"}}'
SELECT fault(:'patch', '{"contains": "\"minScore\":79,", "page": 1}', -1);
SELECT ask('topic_id = 102391 AND intent_score >= 80', 'double_score', 'double_people');
SELECT ask('topic_id = 102391 AND intent_score >= 80', 'heat_score', 'double_people');
SELECT same('SELECT count(*) FROM double_score WHERE topic_id = 102391 AND intent_score >= 80', 'SELECT count(*) FROM double_people WHERE topic_id = 102391 AND intent_score >= 80');
ALTER SERVER sim OPTIONS (SET count_pushdown 'trusted');
SELECT same('SELECT count(*) FROM double_score WHERE topic_id = 102391 AND intent_score >= 80', 'SELECT count(*) FROM double_people WHERE topic_id = 102391 AND intent_score >= 80');
ALTER SERVER sim OPTIONS (SET count_pushdown 'off');
PREPARE p(float8) AS SELECT count(*) FROM double_score WHERE topic_id = 102391 AND intent_score >= $1;
SET plan_cache_mode = force_generic_plan;
SELECT count(*) FROM double_people WHERE topic_id = 102391 AND intent_score >= 80;
EXECUTE p(80);
RESET plan_cache_mode;

-- best first: a row that shows the bound of two bands, and is of the second one
SELECT config('{"faults": []}');
ALTER FOREIGN TABLE double_score OPTIONS (ADD page_size '20');
ALTER FOREIGN TABLE double_score RENAME TO audience_double;
ALTER VIEW double_people RENAME TO people_double;
SELECT best('SELECT intent_score FROM audience_double WHERE topic_id = 117801 ORDER BY intent_score DESC LIMIT 120');
CREATE FUNCTION second_band(direction text) RETURNS TABLE (low int, high int) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM requests(), forget();
  PERFORM in_order(format('SELECT intent_score FROM audience_double WHERE topic_id = 117801 ORDER BY intent_score %s LIMIT 120', direction));
  RETURN QUERY SELECT split_part(b, '..', 1)::int, substring(b FROM '\.\.(\d+)')::int FROM bands() s, split_part(s, ', ', 3) b;
END $$;
SELECT low, high, high - 1 AS below FROM second_band('DESC') \gset
SELECT min(n) - 1 AS nth FROM (SELECT row_number() OVER (ORDER BY person) AS n, intent_score FROM people WHERE topic_id = 117801 AND intent_score BETWEEN :low AND :high) p WHERE intent_score < :high \gset
UPDATE people SET intent_score = :high WHERE topic_id = 117801 AND person = (SELECT person FROM people WHERE topic_id = 117801 AND intent_score BETWEEN :low AND :high ORDER BY person OFFSET :nth LIMIT 1);
\set patch '{"row_patch": {"row": ' :nth ', "member": "intentScore", "raw": "' :below '.99999999999999999999"}}'
\set match '{"contains": "\\"minScore\\":' :low ',\\"maxScore\\":' :high ',", "page": 1}'
SELECT fault(:'patch', :'match', -1);
SELECT l FROM best('SELECT intent_score FROM audience_double WHERE topic_id = 117801 ORDER BY intent_score DESC LIMIT 120') l WHERE l LIKE '%rows%';

-- score bands: 99.99999999999999999999 is of 99..100, and not above
SELECT config('{"faults": []}');
-- (the bands touch, since totals are not relied upon)
CREATE FOREIGN TABLE banded (hem text, intent_score double precision, topic_id integer) SERVER sim
  OPTIONS (score_bands '2', page_size '1', min_score '99', max_score '100', verify_count 'off');
SELECT min(n) AS page FROM (SELECT row_number() OVER (ORDER BY person) AS n, intent_score FROM people WHERE topic_id = 102391 AND intent_score BETWEEN 99 AND 100) p WHERE intent_score < 100 \gset
\set match '{"contains": "\\"minScore\\":99,\\"maxScore\\":100,", "page": ' :page '}'
SELECT fault('{"row_patch": {"row": 0, "member": "intentScore", "raw": "99.99999999999999999999"}}', :'match', -1);
SELECT same('SELECT hem FROM banded WHERE topic_id = 102391', 'SELECT hem FROM people WHERE topic_id = 102391 AND intent_score BETWEEN 99 AND 100');
SELECT substring(s FROM '"minScore":\d+,"maxScore":\d+') AS range FROM sent() s ORDER BY 1;
\i :dir/fixture/teardown.psql
