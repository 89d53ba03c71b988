-- View intent_fdw_stats: what this session has asked of each server.
\getenv dir PG_ABS_SRCDIR
\i :dir/fixture/setup.psql
CREATE FOREIGN TABLE pages (hem text, topic_id integer, intent_score integer) SERVER sim OPTIONS (page_size '20');
CREATE VIEW figures AS SELECT server, scans, requests, pages, polls, retries, errors, "rows", bytes > 0 AS some_bytes FROM intent_fdw_stats;
SELECT * FROM figures;
-- planning, and what needs no request, does not count
SELECT count(*) FROM explain('SELECT hem FROM pages WHERE topic_id = 110003');
SELECT count(*) FROM pages WHERE topic_id = 110003 AND intent_score > 90 AND intent_score < 80;
SELECT * FROM figures;
SELECT count(*) FROM pages WHERE topic_id = 110003;
SELECT * FROM figures;
-- as the simulator saw it
SELECT requests = (SELECT request_count()) AS the_same FROM intent_fdw_stats;
-- a scan again, with other values
SELECT sum((SELECT count(*) FROM pages WHERE topic_id = t)) FROM generate_series(110003, 110004) t;
SELECT * FROM figures;

-- failures that pass, results still being made, errors
SELECT intent_fdw_stats_reset();
SELECT * FROM figures;
SELECT fault('{"status": 503, "retry_after": 0}', times => 2);
SELECT count(*) FROM pages WHERE topic_id = 110003;
SELECT config('{"materialize_calls": 3}');
SELECT count(*) FROM pages WHERE topic_id = 110003 AND intent_score > 20;
SELECT config('{"materialize_calls": 0}');
SELECT * FROM figures;
SELECT fault('{"status": 403}');
SELECT failure('SELECT hem FROM pages WHERE topic_id = 110003');
SELECT fault('{"json": "truncated"}', '{"page": 2}');
SELECT failure('SELECT hem FROM pages WHERE topic_id = 110003');
SELECT fault('{"total": "plus1"}', times => -1);
SELECT failure('SELECT hem FROM pages WHERE topic_id = 110003');
SELECT errors, scans FROM intent_fdw_stats;
-- errors of the statement are none of the API's
SELECT config('{"faults": []}');
SELECT failure('SELECT 1 / (topic_id - topic_id) FROM pages WHERE topic_id = 110003');
SELECT failure('SELECT hem FROM pages');
SELECT errors, scans FROM intent_fdw_stats;
SELECT fault('{"latency_ms": 30}');
SELECT intent_fdw_stats_reset();
SELECT count(*) FROM pages WHERE topic_id = 110003;
SELECT waited_ms BETWEEN 20 AND 20000 AS waited FROM intent_fdw_stats;

-- a read-only transaction counts too; so does a role that owns nothing
SELECT intent_fdw_stats_reset();
BEGIN READ ONLY;
SELECT count(*) FROM pages WHERE topic_id = 110003;
SELECT * FROM figures;
ROLLBACK;
SELECT * FROM figures;
CREATE ROLE regress_stats_reader;
SET ROLE regress_stats_reader;
SELECT scans, pages FROM intent_fdw_stats;
RESET ROLE;
DROP ROLE regress_stats_reader;

-- by server; one that is gone is not shown
CREATE SERVER sim2 FOREIGN DATA WRAPPER intent_fdw OPTIONS (base_url 'http://127.0.0.1:1', max_retries '0');
CREATE USER MAPPING FOR CURRENT_USER SERVER sim2 OPTIONS (api_key 'k');
CREATE FOREIGN TABLE nobody (hem text, topic_id integer) SERVER sim2;
SELECT split_part(failure('SELECT hem FROM nobody WHERE topic_id = 110003'), ':', 1) AS state LIMIT 1;
SELECT server, scans, requests, pages, errors, bytes FROM intent_fdw_stats WHERE server = 'sim2';
SELECT count(*) FROM intent_fdw_stats;
SET client_min_messages = warning;
DROP SERVER sim2 CASCADE;
RESET client_min_messages;
SELECT server FROM intent_fdw_stats;
