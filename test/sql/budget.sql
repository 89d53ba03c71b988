-- Bounds on what one scan may do: requests, chains, topics, size of an answer.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
CREATE FOREIGN TABLE bounded (hem text, topic_id integer, intent_score integer, gender text, state text, is_b2b boolean, data_date date) SERVER sim OPTIONS (page_size '20', max_requests '3');
SELECT failure('SELECT hem FROM bounded WHERE topic_id = 110003');
SELECT request_count();
SELECT count(*) FROM bounded WHERE topic_id = 110003 AND intent_score > 50;
SELECT count(*) FROM (SELECT hem FROM bounded WHERE topic_id = 110003 LIMIT 45) a;
SELECT request_count();
-- for each scan, its rescans and retries included
SELECT failure('SELECT (SELECT count(*) FROM bounded WHERE topic_id = t) FROM generate_series(110003, 110007) t');
SELECT count(*) FROM bounded WHERE topic_id = 135790 UNION ALL SELECT count(*) FROM bounded WHERE topic_id = 137000 UNION ALL SELECT count(*) FROM bounded WHERE topic_id = 110003 AND intent_score > 60;
SELECT request_count();
-- 0: no bound; the table's option wins over the server's
ALTER SERVER sim OPTIONS (ADD max_requests '1');
ALTER FOREIGN TABLE bounded OPTIONS (SET max_requests '0');
SELECT count(*) FROM bounded WHERE topic_id = 110003;
ALTER FOREIGN TABLE bounded OPTIONS (DROP max_requests);
SELECT failure('SELECT hem FROM bounded WHERE topic_id = 110003');
ALTER SERVER sim OPTIONS (DROP max_requests);
SELECT request_count() > 0;

-- max_chains: an error before the first request
ALTER FOREIGN TABLE bounded OPTIONS (ADD max_chains '4');
SELECT count(*) FROM bounded WHERE topic_id = 110003 AND gender IN ('male', 'female') AND is_b2b IN (true, false);
SELECT count(*) FROM sent();
SELECT failure($$ SELECT count(*) FROM bounded WHERE topic_id = 110003 AND gender IN ('male', 'female') AND state IN ('texas', 'ohio', 'kansas') $$);
SELECT failure($$ SELECT count(*) FROM bounded WHERE topic_id = 110003 AND data_date BETWEEN '2026-11-18' AND '2026-11-22' $$);
SELECT failure($$ SELECT count(*) FROM bounded WHERE topic_id = 110003 AND gender = ANY (SELECT 'g' || g FROM generate_series(1, 5) g) $$);
SELECT failure($$ SELECT count(*) FROM bounded WHERE topic_id = 110003 AND gender = ANY (ARRAY(SELECT 'g' || g FROM generate_series(1, 5) g)) $$);
SELECT count(*) FROM sent();
ALTER FOREIGN TABLE bounded OPTIONS (DROP max_chains);
SELECT failure(format('SELECT count(*) FROM bounded WHERE topic_id = 110003 AND gender = ANY (%L)', (SELECT array_agg('g' || g) FROM generate_series(1, 1001) g)));
SELECT explain($$ SELECT * FROM bounded WHERE topic_id = 110003 AND data_date BETWEEN '2020-01-01' AND '2026-11-22' $$, 'Missing');
SELECT request_count();

-- max_response_size, with gzip too
ALTER FOREIGN TABLE bounded OPTIONS (ADD max_response_size '100kB');
SELECT fault('{"oversize": 200000}', '{"page": 2}');
SELECT l FROM failure('SELECT hem FROM bounded WHERE topic_id = 110003') l WHERE l !~ 'detail';
SELECT fault('{"gzip_bomb": 50000000}');
SELECT l FROM failure('SELECT hem FROM bounded WHERE topic_id = 110003') l WHERE l !~ 'detail';
SELECT fault('{"oversize": 90000}');
SELECT count(*) FROM bounded WHERE topic_id = 110003;
\i :dir/fixture/teardown.psql
