-- Score bands with scores between two integers, and without totals: no row twice, none lost.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
SELECT config('{"fractional": true}');
\i :dir/fixture/people.psql
\i :dir/fixture/bands.psql
ALTER FOREIGN TABLE banded ALTER intent_score TYPE numeric;
ALTER FOREIGN TABLE few ALTER intent_score TYPE numeric, OPTIONS (ADD score_bands '4', ADD page_size '10');

-- fractions are seen on the first page: ranges touch, and a row on a bound comes from one of them
SELECT * FROM ranges('topic_id = 102391');
SELECT * FROM ranges('topic_id = 102391 AND intent_score > 20.5 AND intent_score <= 90.4');
SELECT * FROM ranges('topic_id = 102391 AND intent_score < 60.5');
-- the score is not read, or the table has none
SELECT same('SELECT hem FROM banded WHERE topic_id = 102391', 'SELECT hem FROM people WHERE topic_id = 102391');
CREATE FOREIGN TABLE without_score (hem text, topic_id integer) SERVER sim OPTIONS (score_bands '8', page_size '7', max_connections '8');
SELECT same('SELECT hem FROM without_score WHERE topic_id = 117801', 'SELECT hem FROM people WHERE topic_id = 117801');
-- none on the first page, some later: what lies between the ranges is read too
SELECT config('{"fractional": false}');
DROP TABLE people;
\i :dir/fixture/people.psql
SELECT fault('{"total": "plus1"}', '{"contains": "\"minScore\":1,\"maxScore\":100,"}');
SELECT failure('SELECT hem FROM banded WHERE topic_id = 102391');
SELECT count(*) > 2 AS gaps FROM asked() WHERE high = low + 1;
SELECT config('{"fractional": true, "faults": []}');
DROP TABLE people;
\i :dir/fixture/people.psql
SELECT fault('{"row_patch": {"row": 0, "member": "intentScore", "value": 50}}');
ALTER FOREIGN TABLE banded OPTIONS (SET page_size '1');
SELECT * FROM ranges('topic_id = 110003');

-- totals that are not relied upon: ranges touch from the start
SELECT config('{"fractional": false, "faults": []}');
DROP TABLE people;
\i :dir/fixture/people.psql
ALTER FOREIGN TABLE banded OPTIONS (SET page_size '10', ADD verify_count 'off');
SELECT * FROM ranges('topic_id = 102391');
SELECT fault('{"total": "minus1"}', '{"contains": "\"minScore\":1,\"maxScore\":100,"}');
SELECT * FROM ranges('topic_id = 102391');
-- no totals, no dates, no scores: nothing is split
SELECT config('{"faults": [], "null_total": true}');
SELECT * FROM ranges('topic_id = 102391');
SELECT config('{"null_total": false, "null_date": true}');
SELECT same('SELECT hem FROM banded WHERE topic_id = 102391', 'SELECT hem FROM people WHERE topic_id = 102391');
SELECT ranges FROM covered();
SELECT same('SELECT hem FROM banded WHERE topic_id = 102391 AND data_date = ''2026-11-22''', 'SELECT hem FROM people WHERE topic_id = 102391');
SELECT ranges > 1 AS with_a_date FROM covered();
SELECT config('{"null_date": false}');
SELECT fault('{"row_patch": {"row": 3, "member": "intentScore", "value": null}}');
SELECT same('SELECT hem FROM banded WHERE topic_id = 102391', 'SELECT hem FROM people WHERE topic_id = 102391');
SELECT ranges FROM covered();
\i :dir/fixture/teardown.psql
