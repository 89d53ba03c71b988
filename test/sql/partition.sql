-- Foreign tables as partitions and as inheritance children: a partition's own
-- bound counts among its conditions, since PostgreSQL does not check it.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql
CREATE TABLE parts (hem text, intent_score integer, topic_id integer, email text, company text, job_title text) PARTITION BY LIST (topic_id);
CREATE FOREIGN TABLE part_a PARTITION OF parts FOR VALUES IN (110003, 135790) SERVER sim;
CREATE FOREIGN TABLE part_b PARTITION OF parts FOR VALUES IN (117801) SERVER sim;
CREATE TABLE part_c PARTITION OF parts DEFAULT;
INSERT INTO part_c VALUES ('x', 50, 5, 'x@y', 'X', 'x');
ALTER FOREIGN TABLE part_a OPTIONS (ADD topic_mode 'each');
CREATE VIEW whole AS SELECT * FROM people WHERE topic_id IN (110003, 135790, 117801);

SELECT ask('topic_id = 110003', 'parts');
SELECT ask('topic_id IN (110003, 117801)', 'parts');
SELECT ask('topic_id <> 5', 'parts', 'whole');
SELECT ask('topic_id > 0 AND hem <> ''x''', 'parts', 'whole');
SELECT ask('intent_score >= 60 AND topic_id <> 5', 'parts', 'whole');
SELECT ask('topic_id = 5', 'parts', '(SELECT * FROM part_c) c');
SELECT count(*), count(DISTINCT topic_id) FROM parts;
SELECT count(*) FROM part_a;
SELECT sent();
-- in a join
SELECT t, count(*) FROM (VALUES (110003), (135790), (5), (7)) v(t) JOIN parts ON topic_id = t GROUP BY 1 ORDER BY 1;
SELECT request_count() > 0;
PREPARE one (int) AS SELECT count(*) FROM parts WHERE topic_id = $1;
SET plan_cache_mode = force_generic_plan;
EXECUTE one (117801);
EXECUTE one (135790);
SELECT sent();
RESET plan_cache_mode;
-- by date
CREATE TABLE by_day (hem text, topic_id integer, data_date date) PARTITION BY RANGE (data_date);
CREATE FOREIGN TABLE day_20 PARTITION OF by_day FOR VALUES FROM ('2026-11-20') TO ('2026-11-21') SERVER sim;
CREATE FOREIGN TABLE day_21 PARTITION OF by_day FOR VALUES FROM ('2026-11-21') TO ('2026-11-23') SERVER sim;
SELECT data_date, count(*) FROM by_day WHERE topic_id = 110003 GROUP BY 1 ORDER BY 1;
SELECT data_date, count(*) FROM by_day WHERE topic_id = 110003 AND data_date > '2026-11-20' GROUP BY 1 ORDER BY 1;
SELECT data_date, count(*) FROM by_day WHERE topic_id = 110003 AND data_date = '2026-11-22' GROUP BY 1 ORDER BY 1;
SELECT data_date, count(*) FROM day_21 WHERE topic_id = 110003 AND data_date < '2026-11-22' GROUP BY 1 ORDER BY 1;
SELECT sent();
-- a bound on a column that rows do not carry, and cannot be sent: refused
SELECT config('{"rows": "seed"}');
CREATE TABLE by_city (hem text, topic_id integer, city text) PARTITION BY LIST (city);
CREATE FOREIGN TABLE springfield PARTITION OF by_city FOR VALUES IN ('springfield') SERVER sim;
SELECT failure('SELECT hem FROM by_city WHERE topic_id = 110003');
SELECT failure('SELECT hem FROM springfield WHERE topic_id = 110003');
CREATE TABLE by_gender (hem text, topic_id integer, gender text, seniority text) PARTITION BY LIST (gender);
CREATE FOREIGN TABLE men PARTITION OF by_gender FOR VALUES IN ('male') SERVER sim;
CREATE FOREIGN TABLE women (gender text, seniority text, topic_id integer, hem text) SERVER sim;
ALTER TABLE by_gender ATTACH PARTITION women FOR VALUES IN ('female');
SELECT gender, count(*) FROM by_gender WHERE topic_id = 117801 GROUP BY 1 ORDER BY 1;
SELECT gender, count(*) FROM people WHERE topic_id = 117801 AND gender IN ('male', 'female') GROUP BY 1 ORDER BY 1;
SELECT sent();
-- what is only put out, through the parent and in another order of columns
SELECT count(*) FROM (SELECT seniority, hem FROM by_gender WHERE topic_id = 135790) a;
-- (one after the other, so that it is always the same one that raises)
SET enable_async_append = off;
SELECT failure('SELECT count(seniority) FROM by_gender WHERE topic_id = 117801');
SELECT failure('SELECT hem FROM by_gender WHERE topic_id = 117801 ORDER BY seniority');
RESET enable_async_append;
SELECT request_count() > 0;
-- writing is refused
SELECT failure($$ INSERT INTO parts VALUES ('y', 1, 110003) $$);
SELECT failure($$ INSERT INTO part_a VALUES ('y', 1, 110003) $$);
SELECT failure($$ UPDATE part_a SET hem = 'y' WHERE topic_id = 110003 $$);
SELECT failure($$ DELETE FROM audience WHERE topic_id = 110003 $$);
SELECT failure($$ TRUNCATE audience $$);
SELECT request_count();
\i :dir/fixture/teardown.psql
