-- Instants compared with data_date, in time zones that skip a day, begin one at one o'clock or change at midnight:
-- whatever date and timestamptz make of each other in PostgreSQL.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
CREATE FUNCTION runs(first date) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM config(json_build_object('dates', (SELECT json_agg(first + i) FROM generate_series(0, 4) i)));
  IF to_regclass('people') IS NOT NULL THEN DROP TABLE people; END IF;
  CREATE TABLE people AS SELECT hem, intent_score, topic_id, email, company, job_title, data_date FROM audience WHERE topic_id = 110003 AND data_date BETWEEN first AND first + 4;
  PERFORM requests();
END $$;
CREATE FUNCTION instant(condition text) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT CASE WHEN s LIKE '  %' THEN '  ' || substring(s FROM '"date":"(.*?)"') ELSE s END
    FROM ask('topic_id = 110003 AND ' || condition) s
$$;

-- no 30 December 2011 in Samoa: it begins at the same time as the 31st
SET TimeZone = 'Pacific/Apia';
SELECT runs('2011-12-28');
SELECT date '2011-12-30' = timestamptz '2011-12-30 10:00+00' AND date '2011-12-31' = timestamptz '2011-12-30 10:00+00' AS both;
SELECT instant($$ data_date = '2011-12-30 10:00+00'::timestamptz $$);
SELECT instant($$ data_date IN ('2011-12-30 10:00+00'::timestamptz, '2011-12-30 10:00+00'::timestamptz) $$);
SELECT instant($$ data_date = ANY ('{2011-12-30 10:00+00,2011-12-29 10:00+00,2011-12-29 11:00+00}'::timestamptz[]) $$);
SELECT instant($$ data_date >= '2011-12-30 10:00+00'::timestamptz AND data_date <= '2012-01-01' $$);
SELECT instant($$ data_date > '2011-12-30 10:00+00'::timestamptz AND data_date <= '2012-01-01' $$);
SELECT instant($$ data_date >= '2011-12-28' AND data_date <= '2011-12-30 10:00+00'::timestamptz $$);
SELECT instant($$ data_date >= '2011-12-28' AND data_date < '2011-12-30 10:00+00'::timestamptz $$);
SELECT instant($$ data_date >= '2011-12-30 10:00:01+00'::timestamptz AND data_date <= '2012-01-01' $$);
SELECT instant($$ data_date >= '2011-12-30 09:59:59+00'::timestamptz AND data_date < '2011-12-31 09:59:59+00'::timestamptz $$);
-- joined, where the batch of keys has one day for each
CREATE TABLE instants (t timestamptz, d date);
INSERT INTO instants VALUES ('2011-12-30 10:00+00', '2011-12-30'), ('2011-12-29 10:00+00', '2011-12-29'), ('2011-12-29 12:00+00', '2011-12-28');
ANALYZE instants;
SELECT same($$ SELECT t, hem, data_date FROM instants JOIN audience ON data_date = t WHERE topic_id = 110003 $$, $$ SELECT t, hem, data_date FROM instants JOIN people ON data_date = t $$);
SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_nestloop = off;
SELECT same($$ SELECT t, hem, data_date FROM instants JOIN audience ON data_date = t WHERE topic_id = 110003 $$, $$ SELECT t, hem, data_date FROM instants JOIN people ON data_date = t $$);
SELECT explain('SELECT hem FROM instants JOIN audience ON data_date = t WHERE topic_id = 110003', 'Lookup');
RESET enable_hashjoin; RESET enable_mergejoin; RESET enable_nestloop;
SELECT same($$ SELECT d, hem, data_date FROM instants JOIN audience ON data_date = d WHERE topic_id = 110003 $$, $$ SELECT d, hem, data_date FROM instants JOIN people ON data_date = d $$);

-- no 21 August 1993 on Kwajalein
SET TimeZone = 'Pacific/Kwajalein';
SELECT runs('1993-08-19');
SELECT instant($$ data_date = '1993-08-21 12:00+00'::timestamptz $$);
SELECT instant($$ data_date BETWEEN '1993-08-21 12:00+00'::timestamptz AND '1993-08-23'::date $$);
SELECT instant($$ data_date > '1993-08-19' AND data_date <= '1993-08-21 12:00+00'::timestamptz $$);
SELECT instant($$ data_date > '1993-08-19' AND data_date < '1993-08-21 12:00+00'::timestamptz $$);
-- a local time that does not exist is no instant of another kind
SELECT instant($$ data_date = '1993-08-21 00:00'::timestamptz $$);
SELECT instant($$ data_date = '1993-08-21 00:00'::timestamp $$);

-- a day that begins at one o'clock, and one whose first hour comes twice
SET TimeZone = 'America/Sao_Paulo';
SELECT runs('2018-11-02');
SELECT instant($$ data_date = '2018-11-04 03:00+00'::timestamptz $$);
SELECT instant($$ data_date BETWEEN '2018-11-04 03:00+00'::timestamptz AND '2018-11-05 02:00+00'::timestamptz $$);
SELECT instant($$ data_date >= '2018-11-02' AND data_date < '2018-11-04 03:00+00'::timestamptz $$);
SET TimeZone = 'America/Havana';
SELECT runs('2018-11-02');
SELECT instant($$ data_date = '2018-11-04 04:00+00'::timestamptz $$);
SELECT instant($$ data_date = '2018-11-04 05:00+00'::timestamptz $$);
SELECT instant($$ data_date BETWEEN '2018-11-04 04:30+00'::timestamptz AND '2018-11-05 05:00+00'::timestamptz $$);
SELECT instant($$ data_date >= '2018-11-02' AND data_date <= '2018-11-04 04:30+00'::timestamptz $$);

-- days from UTC as far as they come, and the ends of the calendar
SET TimeZone = '<+160>-160';
SELECT runs('2018-11-02');
SELECT instant($$ data_date BETWEEN '2018-10-27 08:00+00'::timestamptz AND '2018-10-28 08:00+00'::timestamptz $$);
SET TimeZone = '<-160>+160';
SELECT instant($$ data_date BETWEEN '2018-11-08 16:00+00'::timestamptz AND '2018-11-09 16:00+00'::timestamptz $$);
SET TimeZone = 'Pacific/Kiritimati';
SELECT instant($$ data_date BETWEEN '2018-11-05' AND '294276-12-31 23:59:59+00'::timestamptz $$);
SELECT instant($$ data_date > 'infinity'::timestamptz $$);
SELECT instant($$ data_date BETWEEN '4713-01-01 00:00+00 BC'::timestamptz AND '0001-01-02' $$);
\i :dir/fixture/teardown.psql
