-- Score bands: a large chain is read as ranges of scores, several at a time. The rows are those of the
-- plain scan, whatever the ranges; which ones are asked for depends on when answers come.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql
\i :dir/fixture/bands.psql
ALTER FOREIGN TABLE few OPTIONS (ADD score_bands '4');

-- the whole is asked for first; then ranges that leave no score out
SELECT * FROM ranges('topic_id = 102391');
SELECT * FROM ranges('topic_id = 102391 AND intent_score >= 40');
SELECT * FROM ranges('topic_id = 102391 AND intent_score BETWEEN 20 AND 70 AND is_b2b');
SELECT * FROM ranges('topic_id = 102391 AND email LIKE ''%a%''');
-- conditions that rows are checked against, with an API that matches more widely
SELECT config('{"match": "wide", "shuffle": true}');
SELECT * FROM ranges('topic_id = 102391 AND gender = ''male''');
SELECT config('{"match": null, "shuffle": null}');
-- what is small is read as ever: nobody, few people, a single score
SELECT ask('topic_id = 140000', 'banded');
SELECT ask('topic_id = 135790', 'banded');
SELECT ask('topic_id = 102391 AND intent_score = 50', 'banded');
SELECT ask('topic_id = 102391 AND intent_score > 50 AND intent_score < 40', 'banded');
SELECT ask('topic_id = 117801', 'few');
-- a chain for each value is read by ranges if it is large
SELECT * FROM ranges('topic_id = 102391 AND has_phone IN (true, false)');
SELECT * FROM ranges('topic_id = 102391 AND gender IN (''male'', ''female'', ''none'')');
SELECT same('SELECT hem, data_date FROM banded WHERE topic_id = 102391 AND data_date IN (''2026-11-20'', ''2026-11-22'')',
            'SELECT hem, data_date FROM audience WHERE topic_id = 102391 AND data_date IN (''2026-11-20'', ''2026-11-22'')');
ALTER FOREIGN TABLE banded OPTIONS (ADD topic_mode 'each');
SELECT * FROM ranges('topic_id IN (102391, 117801, 135790, 140000)') r WHERE r !~ '117801';
SELECT * FROM ranges('topic_id IN (102391, 117801) AND intent_score > 30');
ALTER FOREIGN TABLE banded OPTIONS (DROP topic_mode);
-- a table that has fixed its scores
ALTER FOREIGN TABLE banded OPTIONS (ADD min_score '30', ADD max_score '80');
SELECT same('SELECT hem FROM banded WHERE topic_id = 102391', 'SELECT hem FROM people WHERE topic_id = 102391 AND intent_score BETWEEN 30 AND 80');
SELECT covers(30, 80);
ALTER FOREIGN TABLE banded OPTIONS (DROP min_score, DROP max_score);
-- a table without a score
CREATE FOREIGN TABLE without_score (hem text, topic_id integer, n numeric OPTIONS (key 'companyRevenue')) SERVER sim OPTIONS (score_bands '4', page_size '10');
SELECT same('SELECT hem, n FROM without_score WHERE topic_id = 102391', 'SELECT hem, company_revenue FROM people WHERE topic_id = 102391');
SELECT covers(1, 100);

-- not where a person could come twice, however few there are; EXPLAIN shows it
SELECT ask('topic_id IN (135790, 140000)', 'banded');
SELECT ask('audience_id = ''11111111-2222-4333-8444-555555555555''', 'banded');
SELECT failure('SELECT count(*) FROM banded WHERE topic_id IN (135790, 140000)');
SELECT failure('SELECT hem FROM banded WHERE topic_id IN (135790, 140000) ORDER BY intent_score DESC LIMIT 1');
SELECT failure('SELECT hem FROM banded');
SELECT explain('SELECT hem FROM banded WHERE topic_id IN (135790, 140000)');
PREPARE by_list (int[]) AS SELECT count(*) FROM banded WHERE topic_id = ANY ($1);
SET plan_cache_mode = force_generic_plan;
EXECUTE by_list ('{135790}');
SELECT failure('EXECUTE by_list (''{135790,117801}'')');
SELECT failure('CREATE FOREIGN TABLE x (hem text) SERVER sim OPTIONS (score_bands ''2'', audience_id ''11111111-2222-4333-8444-555555555555'')');
\i :dir/fixture/teardown.psql
