-- Settings: how far a long scan is, and who may log requests.
\getenv dir PG_ABS_SRCDIR
\i :dir/fixture/setup.psql
CREATE FOREIGN TABLE pages (hem text, topic_id integer, intent_score integer, data_date date) SERVER sim OPTIONS (page_size '20', max_connections '1');
SELECT name, setting, unit, context FROM pg_settings WHERE name LIKE 'intent\_fdw.%' AND name !~ 'enable' ORDER BY name;
SELECT config('{"latency_ms": 3}');
-- off
SELECT count(*) FROM pages WHERE topic_id = 110003;
-- longer than the scan takes
SET intent_fdw.progress = '1h';
SELECT count(*) FROM pages WHERE topic_id = 110003;
-- at each page, since each takes longer
SET intent_fdw.progress = '1ms';
SELECT count(*) FROM pages WHERE topic_id = 110003;
-- chains one after the other: of how many is known when the last one has begun
ALTER FOREIGN TABLE pages OPTIONS (SET page_size '100');
SELECT count(*) FROM pages WHERE topic_id = 102391 AND data_date BETWEEN '2026-11-20' AND '2026-11-22';
-- lookups: the whole is not known
SET intent_fdw.enable_batched_lookup = off;
SELECT sum((SELECT count(*) FROM pages WHERE topic_id = t)) FROM generate_series(110003, 110004) t;
-- counting sends no rows
ALTER SERVER sim OPTIONS (SET count_pushdown 'exact');
SELECT count(*) FROM pages WHERE topic_id = 110003;
-- who asks for no notices gets none
SET client_min_messages = warning;
SELECT count(hem) FROM pages WHERE topic_id = 110003;
RESET client_min_messages;
SELECT split_part(failure('SET intent_fdw.progress = -1'), ':', 1);
RESET intent_fdw.progress;

-- requests go into the server's log only by a superuser's word
CREATE ROLE regress_settings_reader;
SET ROLE regress_settings_reader;
SET intent_fdw.log_requests = on;
SET intent_fdw.progress = '5s';
SHOW intent_fdw.progress;
RESET ROLE;
DROP ROLE regress_settings_reader;
SET intent_fdw.nonsense = 1;
