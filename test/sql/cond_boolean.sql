-- Conditions on boolean columns, in all the ways SQL has to write them.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql

-- is_b2b goes as "y" and "n", and rows carry it
SELECT ask($$ topic_id = 117801 AND is_b2b $$);
SELECT ask($$ topic_id = 117801 AND NOT is_b2b $$);
SELECT ask($$ topic_id = 117801 AND is_b2b = true $$);
SELECT ask($$ topic_id = 117801 AND is_b2b = false $$);
SELECT ask($$ topic_id = 117801 AND false = is_b2b $$);
SELECT ask($$ topic_id = 117801 AND is_b2b <> true $$);
SELECT ask($$ topic_id = 117801 AND is_b2b <> false $$);
SELECT ask($$ topic_id = 117801 AND is_b2b IS TRUE $$);
SELECT ask($$ topic_id = 117801 AND is_b2b IS FALSE $$);
SELECT ask($$ topic_id = 117801 AND is_b2b IN (true, false) $$);
SELECT ask($$ topic_id = 117801 AND is_b2b IN (false, NULL) $$);
SELECT ask($$ topic_id = 117801 AND (is_b2b OR NOT is_b2b) $$);
SELECT ask($$ topic_id = 117801 AND is_b2b AND NOT is_b2b $$);
SELECT ask($$ topic_id = 117801 AND is_b2b = NULL $$);
SELECT ask($$ topic_id = 117801 AND is_b2b <> NULL $$);
SELECT ask($$ topic_id = 117801 AND is_b2b = (SELECT true) $$);
-- only checked
SELECT ask($$ topic_id = 117801 AND is_b2b IS NULL $$);
SELECT ask($$ topic_id = 117801 AND is_b2b IS UNKNOWN $$);
SELECT ask($$ topic_id = 117801 AND is_b2b IS NOT NULL $$);
SELECT ask($$ topic_id = 117801 AND is_b2b IS NOT TRUE $$);
SELECT ask($$ topic_id = 117801 AND is_b2b IS NOT FALSE $$);
SELECT ask($$ topic_id = 117801 AND is_b2b IS DISTINCT FROM true $$);
SELECT ask($$ topic_id = 117801 AND is_b2b < true $$);
SELECT ask($$ topic_id = 117801 AND is_b2b = is_b2c $$);
SELECT ask($$ topic_id = 117801 AND is_b2c $$);

-- has_* rows do not carry: the API is trusted
SELECT ask($$ topic_id = 117801 AND has_business_email $$);
SELECT ask($$ topic_id = 117801 AND NOT has_business_email $$);
SELECT ask($$ topic_id = 117801 AND has_personal_email = true $$);
SELECT ask($$ topic_id = 117801 AND has_linkedin IS FALSE $$);
SELECT ask($$ topic_id = 117801 AND has_phone <> false AND has_linkedin $$);
SELECT ask($$ topic_id = 117801 AND has_phone IN (true, false) $$);
SELECT ask($$ topic_id = 117801 AND has_phone AND has_phone = false $$);
-- the column shows what was asked for
SELECT has_business_email, has_phone, has_linkedin, count(*) > 0 AS rows FROM audience
 WHERE topic_id = 117801 AND has_business_email AND NOT has_phone AND has_linkedin IN (true, false) GROUP BY 1, 2, 3 ORDER BY 3;
SELECT sent();
-- what was not sent can be checked nowhere
SELECT ask($$ topic_id = 117801 AND has_phone IS NOT TRUE $$);
SELECT ask($$ topic_id = 117801 AND (has_phone OR has_linkedin) $$);

-- "y" and "n" in a text column are strings, and no filter
CREATE FOREIGN TABLE yes_no (hem text, intent_score integer, topic_id integer, email text, company text, job_title text, is_b2b text) SERVER sim;
SELECT ask($$ topic_id = 117801 AND is_b2b = 'y' $$, 'yes_no', '(SELECT hem, intent_score, topic_id, email, company, job_title, CASE WHEN is_b2b THEN ''y'' WHEN NOT is_b2b THEN ''n'' END AS is_b2b FROM people) p');
\i :dir/fixture/teardown.psql
