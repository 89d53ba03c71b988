-- Conditions on intent_score: bounds, clamping, fractions, odd numbers.
-- minScore and maxScore are always sent: the API's own default would drop rows.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql

SELECT ask($$ topic_id = 117801 AND intent_score >= 80 $$);
SELECT ask($$ topic_id = 117801 AND intent_score > 80 $$);
SELECT ask($$ topic_id = 117801 AND intent_score <= 80 $$);
SELECT ask($$ topic_id = 117801 AND intent_score < 80 $$);
SELECT ask($$ topic_id = 117801 AND intent_score = 80 $$);
SELECT ask($$ topic_id = 117801 AND 80 < intent_score $$);
SELECT ask($$ topic_id = 117801 AND intent_score BETWEEN 30 AND 40 $$);
SELECT ask($$ topic_id = 117801 AND intent_score BETWEEN SYMMETRIC 40 AND 30 $$);
SELECT ask($$ topic_id = 117801 AND intent_score > 20 AND intent_score >= 50 AND intent_score < 60 AND intent_score < 90 $$);
SELECT ask($$ topic_id = 117801 AND intent_score IN (20, 90, NULL, 55) $$);
SELECT ask($$ topic_id = 117801 AND intent_score = ANY ('{20,90}') $$);
SELECT ask($$ topic_id = 117801 AND (intent_score = 20 OR intent_score = 90) $$);
-- only checked on the rows
SELECT ask($$ topic_id = 117801 AND intent_score < ANY ('{20,90}') $$);
SELECT ask($$ topic_id = 117801 AND intent_score > ALL ('{20,90}') $$);
SELECT ask($$ topic_id = 117801 AND (intent_score < 20 OR intent_score > 90) $$);
SELECT ask($$ topic_id = 117801 AND intent_score <> 80 $$);
SELECT ask($$ topic_id = 117801 AND intent_score NOT IN (80, 81) $$);
SELECT ask($$ topic_id = 117801 AND NOT intent_score >= 80 $$);
SELECT ask($$ topic_id = 117801 AND (intent_score >= 80) IS NOT TRUE $$);
SELECT ask($$ topic_id = 117801 AND intent_score % 2 = 0 $$);
SELECT ask($$ topic_id = 117801 AND -intent_score < -80 $$);

-- bounds of other types widen outward and are checked again
SELECT ask($$ topic_id = 117801 AND intent_score >= 79.5 $$);
SELECT ask($$ topic_id = 117801 AND intent_score > 79.0 $$);
SELECT ask($$ topic_id = 117801 AND intent_score <= 20.5 $$);
SELECT ask($$ topic_id = 117801 AND intent_score < 20.5 $$);
SELECT ask($$ topic_id = 117801 AND intent_score = 20.0 $$);
SELECT ask($$ topic_id = 117801 AND intent_score = 20.5 $$);
SELECT ask($$ topic_id = 117801 AND intent_score >= 79.5::float8 $$);
SELECT ask($$ topic_id = 117801 AND intent_score < 20::bigint $$);
SELECT ask($$ topic_id = 117801 AND intent_score < 20::smallint $$);
SELECT ask($$ topic_id = 117801 AND intent_score::real < 20 $$);

-- clamped to 1..100
SELECT ask($$ topic_id = 117801 AND intent_score >= -5 $$);
SELECT ask($$ topic_id = 117801 AND intent_score <= 1000 $$);
SELECT ask($$ topic_id = 117801 AND intent_score BETWEEN 0 AND 9999999999 $$);
SELECT ask($$ topic_id = 117801 AND intent_score <= 1e300 $$);
SELECT ask($$ topic_id = 117801 AND intent_score < 'NaN'::numeric $$);
SELECT ask($$ topic_id = 117801 AND intent_score < 'NaN'::float8 $$);
SELECT ask($$ topic_id = 117801 AND intent_score <= 'infinity'::numeric $$);
SELECT ask($$ topic_id = 117801 AND intent_score > '-infinity'::float8 $$);
SELECT ask($$ topic_id = 117801 AND intent_score >= 100 $$);
SELECT ask($$ topic_id = 117801 AND intent_score <= 1 $$);
SELECT ask($$ topic_id = 117801 AND intent_score IN (0, 101) $$);

-- no request: no score can meet it
SELECT ask($$ topic_id = 117801 AND intent_score > 100 $$);
SELECT ask($$ topic_id = 117801 AND intent_score >= 150 $$);
SELECT ask($$ topic_id = 117801 AND intent_score < 1 $$);
SELECT ask($$ topic_id = 117801 AND intent_score = 0 $$);
SELECT ask($$ topic_id = 117801 AND intent_score > 90 AND intent_score < 80 $$);
SELECT ask($$ topic_id = 117801 AND intent_score > 90.2 AND intent_score < 90.8 $$);
SELECT ask($$ topic_id = 117801 AND intent_score > 'NaN'::float8 $$);
SELECT ask($$ topic_id = 117801 AND intent_score = 'NaN'::numeric $$);
SELECT ask($$ topic_id = 117801 AND intent_score >= 'infinity'::float8 $$);
SELECT ask($$ topic_id = 117801 AND intent_score <= '-infinity'::float8 $$);
SELECT ask($$ topic_id = 117801 AND intent_score = 99999999999999 $$);
SELECT ask($$ topic_id = 117801 AND intent_score > NULL $$);
\i :dir/fixture/teardown.psql
