-- Best first where a third of the scores have a decimal: none falls between
-- two bands, since they share their bound.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
SELECT config('{"fractional": true}');
\i :dir/fixture/people.psql
\i :dir/fixture/best.psql
ALTER FOREIGN TABLE audience OPTIONS (ADD page_size '20');
ALTER FOREIGN TABLE audience ALTER intent_score TYPE numeric;

SELECT best('SELECT intent_score FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC LIMIT 10');
SELECT best('SELECT intent_score, hem FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC, hem LIMIT 120');
SELECT best('SELECT intent_score, hem FROM audience WHERE topic_id = 117801 ORDER BY intent_score, hem LIMIT 120');
SELECT best('SELECT intent_score, hem FROM audience WHERE topic_id = 117801 AND intent_score < 60.3 ORDER BY intent_score DESC, hem LIMIT 90');
SELECT best($$ SELECT intent_score, hem FROM audience WHERE topic_id = 117801 AND state IN ('texas', 'california') ORDER BY intent_score DESC, hem LIMIT 30 $$);
SET enable_sort = off;
SELECT best('SELECT intent_score FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC');
SELECT best('SELECT intent_score FROM audience WHERE topic_id = 117801 ORDER BY intent_score');
RESET enable_sort;

ALTER FOREIGN TABLE audience ALTER intent_score TYPE double precision;
SELECT best('SELECT intent_score, hem FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC, hem LIMIT 120');
SELECT best('SELECT intent_score, hem FROM audience WHERE topic_id = 117801 ORDER BY intent_score, hem LIMIT 120');

-- an integer column does not take such a score, in any plan
ALTER FOREIGN TABLE audience ALTER intent_score TYPE integer;
SELECT failure('SELECT hem FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC LIMIT 120');
-- ... also when it lies between two bands
ALTER FOREIGN TABLE audience OPTIONS (SET page_size '2');
SELECT failure('SELECT hem FROM audience WHERE topic_id = 102391 AND intent_score BETWEEN 98 AND 100 ORDER BY intent_score DESC, hem LIMIT 5');
SELECT bands();
SET intent_fdw.enable_best_first = off;
SELECT failure('SELECT hem FROM audience WHERE topic_id = 102391 AND intent_score BETWEEN 98 AND 100 ORDER BY intent_score DESC, hem LIMIT 5');
RESET intent_fdw.enable_best_first;
ALTER FOREIGN TABLE audience OPTIONS (SET page_size '20');

-- whole scores in a numeric column
SELECT config('{"fractional": false}');
DROP TABLE people;
\i :dir/fixture/people.psql
ALTER FOREIGN TABLE audience ALTER intent_score TYPE numeric;
SELECT best('SELECT intent_score, hem FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC, hem LIMIT 120');
-- totals that are not relied upon, or not there, prove nothing
ALTER FOREIGN TABLE audience ALTER intent_score TYPE smallint;
SELECT config('{"null_total": true}');
SELECT best('SELECT intent_score, hem FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC, hem LIMIT 120');
SELECT config('{"null_total": null}');
-- a count that is not of these rows
SELECT fault('{"total": 100}', match => '{"contains": "\"limit\":1}"}') FROM forget();
SELECT failure('SELECT hem FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC LIMIT 120');
ALTER FOREIGN TABLE audience OPTIONS (verify_count 'off');
SELECT best('SELECT intent_score, hem FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC, hem LIMIT 120');
SELECT best('SELECT intent_score, hem FROM audience WHERE topic_id = 117801 ORDER BY intent_score, hem LIMIT 120');

-- a wrong total is an error in a band as it is elsewhere
ALTER FOREIGN TABLE audience OPTIONS (SET verify_count 'error');
SELECT fault('{"total": "plus1"}', times => -1);
SELECT failure('SELECT hem FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC LIMIT 50');
-- a row without a score, or with one that was not asked for, has no place
SELECT fault('{"row_patch": {"row": 3, "member": "intentScore", "value": null}}');
SELECT failure('SELECT hem FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC LIMIT 50');
SELECT fault('{"row_patch": {"row": 3, "member": "intentScore", "value": 12}}');
SELECT failure('SELECT hem FROM audience WHERE topic_id = 117801 ORDER BY intent_score DESC LIMIT 50');
\i :dir/fixture/teardown.psql
