-- Score bands and the rest of a scan: one run, errors, LIMIT, budgets, rescans, counts, lookups, EXPLAIN.
\getenv dir PG_ABS_SRCDIR
\set rows live
\set counts exact
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql
\i :dir/fixture/bands.psql

-- a run that changes before a row was returned: all starts again; later it is an error
SELECT config('{"advance_after": {"requests": 1, "date": "2026-11-23"}}');
SELECT count(*) > 400 AS all_of_it, min(data_date), max(data_date) FROM (SELECT hem, data_date FROM banded WHERE topic_id = 102391 OFFSET 0) a;
SELECT config('{"advance_after": {"requests": 20, "date": "2026-11-24"}}');
SELECT failure('SELECT hem FROM banded WHERE topic_id = 102391');
SELECT config('{"advance_after": null}');
-- a range without a date, where the whole had one
SELECT fault('{"data_date": null}', '{"contains": "\"minScore\":1,", "page": 2}');
SELECT failure('SELECT hem FROM banded WHERE topic_id = 102391');
SELECT config('{"faults": []}');
-- a row without a score, or with one that was not asked for (where ranges are cut depends on which page comes first)
CREATE FUNCTION refused() RETURNS SETOF text LANGUAGE sql AS $$
  SELECT CASE WHEN f ~ 'counted \d+ rows' THEN regexp_replace(f, 'counted \d+ rows(.*) sent \d+', 'counted n rows\1 sent n' || difference)
         ELSE regexp_replace(f, 'scores from 1 to \d+ ', 'scores from 1 to n ') END
    FROM failure('SELECT hem FROM banded WHERE topic_id = 102391') f,
         LATERAL (SELECT to_char(substring(f FROM 'sent (\d+)')::int - substring(f FROM 'counted (\d+) rows')::int, 'SG9') AS difference) d;
$$;
SELECT fault('{"row_patch": {"row": 1, "member": "intentScore", "value": null}}', '{"contains": "\"minScore\":1,", "page": 2}');
SELECT refused();
SELECT fault('{"row_patch": {"row": 1, "member": "intentScore", "value": 99}}', '{"contains": "\"minScore\":1,", "page": 2}');
SELECT refused();
-- each range is compared with its own total, and all of them with the whole's
SELECT fault('{"total": "minus1"}', '{"contains": "\"minScore\":1,", "page": 2}');
SELECT refused();
SELECT fault('{"drop_row": 2}', '{"contains": "\"minScore\":1,", "page": 2}');
SELECT refused();
SELECT fault('{"total": "minus1"}', '{"contains": "\"minScore\":1,\"maxScore\":100,"}');
SELECT failure('SELECT hem FROM banded WHERE topic_id = 102391');
ALTER FOREIGN TABLE banded OPTIONS (ADD verify_count 'warning');
SELECT fault('{"total": "minus1"}', '{"contains": "\"minScore\":1,\"maxScore\":100,"}');
SELECT count(*) = (SELECT count(*) FROM people WHERE topic_id = 102391) AS same FROM (SELECT hem FROM banded WHERE topic_id = 102391 OFFSET 0) a;
ALTER FOREIGN TABLE banded OPTIONS (DROP verify_count);
-- what may pass is tried again, also for ranges
SELECT fault('{"status": 503}', '{"page": 2}', 3);
SELECT config('{"materialize_calls": 1}');
SELECT * FROM ranges('topic_id = 102391');
SELECT config('{"faults": [], "materialize_calls": 0}');
SELECT 1 FROM requests() WHERE false;

-- LIMIT: none for a few rows; otherwise no more pages than it takes
SELECT count(*) FROM (SELECT hem FROM banded WHERE topic_id = 102391 LIMIT 25) a;
SELECT max(ranges), sum(ranges) FROM covered();
SELECT count(*) FROM (SELECT hem FROM banded WHERE topic_id = 102391 LIMIT 120) a;
SELECT count(*) <= 13 + 4 AS enough FROM requests();
-- counts ask for the total; best first has its own way; ANALYZE reads pages as ever
SELECT count(*) = (SELECT count(*) FROM people WHERE topic_id = 102391) AS same FROM banded WHERE topic_id = 102391;
SELECT request_count();
SELECT count(*) FROM (SELECT hem FROM banded WHERE topic_id = 102391 ORDER BY intent_score DESC LIMIT 5) a;
SELECT count(*) < 5 AS few FROM requests();
-- budgets: neither is exceeded because of ranges
ALTER FOREIGN TABLE banded OPTIONS (ADD max_requests '60');
SELECT * FROM ranges('topic_id = 102391');
ALTER FOREIGN TABLE banded OPTIONS (DROP max_requests, ADD max_chains '3');
SELECT * FROM ranges('topic_id = 102391');
ALTER FOREIGN TABLE banded OPTIONS (SET max_chains '1');
SELECT * FROM ranges('topic_id = 102391');
ALTER FOREIGN TABLE banded OPTIONS (DROP max_chains, ADD max_connections '1');
SELECT * FROM ranges('topic_id = 102391');
ALTER FOREIGN TABLE banded OPTIONS (SET max_connections '2');
SELECT * FROM ranges('topic_id = 102391');
-- a cursor that is closed early, and one that goes back
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT intent_score BETWEEN 1 AND 100 FROM banded WHERE topic_id = 102391;
FETCH 2 FROM c;
FETCH BACKWARD 1 FROM c;
CLOSE c;
COMMIT;
SELECT request_count() < 10 AS few;
-- lookups: a key's few rows are one chain, many are not
CREATE TABLE wanted (topic int, dom text);
INSERT INTO wanted SELECT 102391, company_domain FROM people WHERE topic_id = 102391 AND company_domain > '' GROUP BY 2 ORDER BY count(*) DESC LIMIT 5;
ANALYZE wanted;
SELECT same('SELECT b.hem FROM wanted w JOIN banded b ON b.topic_id = w.topic AND b.company_domain = w.dom',
            'SELECT b.hem FROM wanted w JOIN people b ON b.topic_id = w.topic AND b.company_domain = w.dom');
SELECT DISTINCT ranges FROM covered();
SELECT same('SELECT b.hem FROM (VALUES (102391), (102391)) w(t), LATERAL (SELECT * FROM banded WHERE topic_id = t OFFSET 0) b',
            'SELECT b.hem FROM (VALUES (102391), (102391)) w(t), people b WHERE topic_id = t');
SELECT ranges > 1 AS by_ranges, lost FROM covered();
-- EXPLAIN
SELECT explain('SELECT hem FROM banded WHERE topic_id = 102391');
SELECT explain('SELECT hem FROM banded WHERE topic_id = 102391 LIMIT 10', 'Bands|Chains');
SELECT explain('SELECT hem FROM banded WHERE topic_id = 102391 ORDER BY intent_score DESC LIMIT 10', 'Bands|Chains');
SELECT regexp_replace(e, 'Bands: ([3-9]|1\d)$', 'Bands: some') FROM explain('SELECT hem FROM banded WHERE topic_id = 102391', 'Bands|Total', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF') e;
SELECT explain('SELECT hem FROM banded WHERE topic_id = 135790', 'Bands|Total', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF');
\i :dir/fixture/teardown.psql
