-- Conditions on data_date: one daily run for each chain.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
SELECT config('{"dates": ["2026-11-20", "2026-11-21", "2026-11-22"]}');
-- rows of each run, and the requests
CREATE FUNCTION days(condition text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  detail text;
  hint text;
BEGIN
  BEGIN
    RETURN QUERY EXECUTE 'SELECT concat_ws('' '', data_date, count(*)) FROM audience WHERE topic_id = 110003 AND ' || condition || ' GROUP BY data_date ORDER BY data_date';
  EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN NEXT concat_ws(E'\n  ', SQLSTATE || ': ' || SQLERRM, nullif(detail, ''), nullif(hint, ''));
  END;
  RETURN QUERY SELECT '  ' || s FROM sent() s;
END $$;

-- without one: the latest run
SELECT days('true');
SELECT days($$ data_date = '2026-11-21' $$);
SELECT days($$ data_date IN ('2026-11-20', '2026-11-22', NULL, '2026-11-20') $$);
SELECT days($$ data_date = ANY ('{2026-11-20,2026-11-22}') $$);
SELECT days($$ (data_date = '2026-11-20' OR data_date = '2026-11-22') $$);
SELECT days($$ data_date IN ('2026-11-20', '2026-11-21') AND data_date IN ('2026-11-21', '2026-11-22') $$);
-- a day without a run has no rows
SELECT days($$ data_date = '2026-11-19' $$);
-- ranges with both ends: a chain for each day
SELECT days($$ data_date BETWEEN '2026-11-20' AND '2026-11-22' $$);
SELECT days($$ data_date >= '2026-11-20' AND data_date < '2026-11-22' $$);
SELECT days($$ data_date > '2026-11-19' AND data_date <= '2026-11-20' $$);
SELECT days($$ data_date BETWEEN '2026-11-20' AND '2026-11-22' AND data_date <> '2026-11-21' $$);
SELECT days($$ data_date IN ('2026-11-20', '2026-11-22') AND data_date > '2026-11-20' $$);
SELECT days($$ data_date = '2026-11-20' AND data_date < '2026-11-22' $$);
-- expressions, timestamps: rounded outward to days and checked again
SELECT days($$ data_date = date '2026-11-22' - 1 $$);
SELECT days($$ data_date = '2026-11-21'::timestamp $$);
SELECT days($$ data_date = '2026-11-21 12:00'::timestamp $$);
SELECT days($$ data_date BETWEEN '2026-11-20 12:00'::timestamp AND '2026-11-21 12:00'::timestamp $$);
SELECT days($$ data_date > '2026-11-20 23:59'::timestamp AND data_date < '2026-11-22 00:01'::timestamp $$);
SELECT days($$ data_date >= '2026-11-21 00:00+00'::timestamptz AND data_date < '2026-11-22 00:00+00'::timestamptz $$);
SET TimeZone = 'Asia/Tokyo';
SELECT days($$ data_date = '2026-11-20 15:00+00'::timestamptz $$);
SET TimeZone = 'America/New_York';
SELECT days($$ data_date = '2026-11-21 05:00+00'::timestamptz $$);
SELECT days($$ data_date BETWEEN '2026-11-21 05:00+00'::timestamptz AND '2026-11-22 04:59+00'::timestamptz $$);
RESET TimeZone;

-- nothing is asked for
SELECT days($$ data_date = '2026-11-20' AND data_date = '2026-11-21' $$);
SELECT days($$ data_date BETWEEN '2026-11-22' AND '2026-11-20' $$);
SELECT days($$ data_date IN ('2026-11-20') AND data_date > '2026-11-20' $$);
SELECT days($$ data_date = 'infinity' $$);
SELECT days($$ data_date = '-infinity' $$);
SELECT days($$ data_date > 'infinity' $$);
SELECT days($$ data_date = '0044-03-15 BC' $$);
SELECT days($$ data_date = '20000-01-01' $$);
SELECT days($$ data_date = NULL $$);
SELECT days($$ data_date = ANY ('{}') $$);
-- ranges end with the API's calendar
SELECT days($$ data_date BETWEEN '9999-12-31' AND '10000-01-02' $$);
SELECT days($$ data_date BETWEEN '0002-12-30 BC' AND '0001-01-01' $$);
SELECT days($$ data_date BETWEEN '10000-01-01' AND '20000-01-01' $$);

-- what can neither be sent nor checked
SELECT days($$ data_date > '2026-01-01' $$);
SELECT days($$ data_date <= '2026-11-21' $$);
SELECT days($$ data_date > '2026-01-01' AND data_date < 'infinity' $$);
SELECT days($$ data_date <> '2026-11-21' $$);
SELECT days($$ data_date NOT IN ('2026-11-21') $$);
SELECT days($$ extract(day FROM data_date) = 21 $$);
SELECT days($$ data_date::text = '2026-11-21' $$);
SELECT days($$ data_date IS NULL $$);
SELECT days($$ data_date IS NOT NULL $$);
SELECT days($$ (data_date = '2026-11-21' OR intent_score > 50) $$);
-- too many days
SELECT days($$ data_date BETWEEN '2020-01-01' AND '2026-11-22' $$);
-- together with a condition that is sent, everything else is checked
SELECT days($$ data_date = '2026-11-21' AND data_date::text LIKE '%21' $$);
SELECT days($$ data_date = '2026-11-21' AND extract(day FROM data_date) = 20 $$);

-- table option data_date
CREATE FOREIGN TABLE friday (topic_id integer, data_date date) SERVER sim OPTIONS (data_date '2026-11-20');
SELECT data_date, count(*) FROM friday WHERE topic_id = 110003 GROUP BY 1;
SELECT data_date, count(*) FROM friday WHERE topic_id = 110003 AND data_date > '2026-11-01' GROUP BY 1;
SELECT data_date, count(*) FROM friday WHERE topic_id = 110003 AND data_date > '2026-11-20' GROUP BY 1;
SELECT data_date, count(*) FROM friday WHERE topic_id = 110003 AND data_date IN ('2026-11-20', '2026-11-21') GROUP BY 1;
SELECT data_date, count(*) FROM friday WHERE topic_id = 110003 AND data_date = '2026-11-21' GROUP BY 1;
SELECT sent();

-- an API that does not tell the date: the one asked for is shown, or NULL
SELECT config('{"null_date": true}');
SELECT days($$ data_date = '2026-11-21' $$);
SELECT data_date FROM audience WHERE topic_id = 135790;
SELECT days('true');
\i :dir/fixture/teardown.psql
