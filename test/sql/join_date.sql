-- Join clauses on data_date and audience_id, which only a request can tell:
-- they are sent, or it is an error.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
CREATE TABLE days (day date);
INSERT INTO days VALUES ('2026-11-20'), ('2026-11-22'), (NULL);
SELECT day, count(*) FROM days JOIN audience ON data_date = day WHERE topic_id = 110003 GROUP BY 1 ORDER BY 1;
SELECT day, count(hem) FROM days LEFT JOIN audience ON data_date = day AND topic_id = 110003 GROUP BY 1 ORDER BY 1;
SELECT day, n FROM days, LATERAL (SELECT count(*) AS n FROM audience WHERE data_date = day AND topic_id = 110003) a ORDER BY 1;
SELECT day, (SELECT count(*) FROM audience WHERE data_date = day - 1 AND topic_id = 110003) FROM days ORDER BY 1;
SELECT count(*) FROM audience WHERE topic_id = 110003 AND data_date IN (SELECT day FROM days);
SELECT sent();
SET enable_nestloop = off;
SELECT day, count(*) FROM days JOIN audience ON data_date = day WHERE topic_id = 110003 GROUP BY 1 ORDER BY 1;
RESET enable_nestloop;
SELECT request_count();
-- only the latest run would be read
SELECT failure('SELECT count(*) FROM days JOIN audience ON data_date > day WHERE topic_id = 110003');
SELECT failure('SELECT count(*) FROM days JOIN audience ON data_date <> day WHERE topic_id = 110003');
SELECT failure('SELECT count(*) FROM audience FULL JOIN days ON data_date = day');
SELECT failure('SELECT count(*) FROM (SELECT * FROM audience WHERE topic_id = 110003) a LEFT JOIN days ON data_date = day');
SELECT request_count();
-- unless a condition says which
SELECT count(*) FROM (SELECT * FROM audience WHERE topic_id = 110003 AND data_date = '2026-11-20') a LEFT JOIN days ON data_date = day;
SELECT count(*) FROM days JOIN audience ON data_date > day WHERE topic_id = 110003 AND data_date IN ('2026-11-21', '2026-11-22');
SELECT count(*) FROM days JOIN audience ON data_date BETWEEN day AND day + 1 WHERE topic_id = 110003;
SELECT sent();

CREATE TABLE saved (id uuid);
INSERT INTO saved VALUES ('11111111-2222-4333-8444-555555555555'), (NULL);
SELECT id, count(*) FROM saved JOIN audience ON audience_id = id GROUP BY 1;
SELECT id, (SELECT count(*) FROM audience WHERE audience_id = id) FROM saved ORDER BY 1;
SELECT count(*) FROM audience WHERE audience_id IN (SELECT id FROM saved);
SELECT sent();
SELECT failure('SELECT count(*) FROM (SELECT * FROM audience WHERE topic_id = 110003) a LEFT JOIN saved ON audience_id = id');
SELECT failure('SELECT count(*) FROM saved JOIN audience ON audience_id <> id WHERE topic_id = 110003');
SELECT request_count();
\i :dir/fixture/teardown.psql
