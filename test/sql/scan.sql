-- Plain rows: every column in both forms of a row, own names and types, the
-- whole row as it came, numbers digit for digit.
\getenv dir PG_ABS_SRCDIR
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql

-- the seed's form
SELECT * FROM audience WHERE topic_id = 135790;
SELECT same('SELECT hem, intent_score, topic_id, email, company, job_title, data_date FROM audience WHERE topic_id = 117801',
            'SELECT hem, intent_score::int, topic_id, email, company, job_title, data_date FROM people WHERE topic_id = 117801');
SELECT jsonb_object_keys(person) FROM audience WHERE topic_id = 135790 ORDER BY 1;
-- as CSV, in another order, the same column twice, none at all
\copy (SELECT intent_score, hem, intent_score AS again FROM audience WHERE topic_id = 135790) TO stdout (FORMAT csv, HEADER)
SELECT FROM audience WHERE topic_id = 135790;
SELECT count(*) FROM (SELECT FROM audience WHERE topic_id = 110003) a;
SELECT tableoid::regclass, count(*) FROM audience WHERE topic_id = 135790 GROUP BY 1;
SELECT (a).hem = hem, a IS NOT DISTINCT FROM a FROM (SELECT a, hem FROM audience a WHERE topic_id = 135790) x LIMIT 0;

-- where nothing may be written
BEGIN READ ONLY ISOLATION LEVEL SERIALIZABLE;
SELECT count(*), min(email) FROM audience WHERE topic_id = 135790;
COMMIT;

-- the live form: 56 members
SELECT config('{"rows": "live"}');
ALTER SERVER sim OPTIONS (ADD user_agent 'again');
SELECT same((SELECT 'SELECT ' || string_agg(attname, ', ' ORDER BY attnum) || ' FROM audience WHERE topic_id = 117801' FROM pg_attribute WHERE attrelid = 'audience'::regclass AND attnum > 0 AND attname NOT IN ('person', 'audience_id', 'matched_topic_ids') AND attname !~ '^has_.*(email|linkedin|phone)$'),
            (SELECT 'SELECT ' || string_agg(CASE attname WHEN 'intent_score' THEN 'intent_score::int' ELSE attname END, ', ' ORDER BY attnum) || ' FROM people WHERE topic_id = 117801' FROM pg_attribute WHERE attrelid = 'audience'::regclass AND attnum > 0 AND attname NOT IN ('person', 'audience_id', 'matched_topic_ids') AND attname !~ '^has_.*(email|linkedin|phone)$'));
SELECT DISTINCT matched_topic_ids FROM audience WHERE topic_id = 117801;
SELECT count(*) FROM jsonb_object_keys((SELECT person FROM audience WHERE topic_id = 135790));
-- hem is the first of hem, hashedEmail, emailHashes.sha256 that is not null
SELECT count(*) FROM audience WHERE topic_id = 110003 AND hem = email_hashes->>'sha256';
SELECT fault('{"row_patch": {"row": 0, "member": "hashedEmail", "value": "second"}}');
SELECT hem FROM audience WHERE topic_id = 135790;
SELECT config('{"extra_member": {"name": "hem", "value": "first"}, "faults": [{"fault": {"row_patch": {"row": 0, "member": "hashedEmail", "value": "second"}}}]}');
SELECT hem FROM audience WHERE topic_id = 135790;
SELECT config('{"extra_member": {"name": "hem", "value": null}, "faults": [{"fault": {"row_patch": {"row": 0, "member": "emailHashes", "raw": "{\"sha256\":null,\"md5\":\"x\"}"}}}]}');
SELECT hem, email_hashes FROM audience WHERE topic_id = 135790;
SELECT config('{"extra_member": null, "faults": []}');

-- own tables: any subset, names and types; key names the member
CREATE TYPE size AS ENUM ('1 to 10', '11 to 50', '51 to 100', '101 to 250', '251 to 500', '501 to 1000', '1001 to 5000', '10000+');
CREATE DOMAIN percent AS numeric CHECK (VALUE BETWEEN 0 AND 100);
CREATE FOREIGN TABLE own (
  "Score" percent OPTIONS (key 'intentScore'), topic bigint OPTIONS (key 'topicId'), hash bytea OPTIONS (key 'emailHashes.md5'), sha1 text OPTIONS (key 'emailHashes.sha1'),
  revenue double precision OPTIONS (key 'companyRevenue'), digits text OPTIONS (key 'companyRevenue'), whole json OPTIONS (key 'person'), "day" text OPTIONS (key 'dataDate'),
  size size OPTIONS (key 'companySize'), "companyNaics" integer, company_sic char(6), list text OPTIONS (key 'matchedTopicIds'), ids bigint[] OPTIONS (key 'matchedTopicIds'),
  b2b text OPTIONS (key 'isB2b'), nothing text, score_text varchar(3) OPTIONS (key 'intentScore')) SERVER sim;
SELECT "Score", topic, revenue, digits, "day", size, "companyNaics", company_sic, list, ids, b2b, nothing, score_text FROM own WHERE topic = 135790;
SELECT whole->>'topicName', whole->'matchedTopicIds', sha1 = whole#>>'{emailHashes,sha1}' AS sha1, pg_typeof(hash) FROM own WHERE topic = 135790;
SELECT same('SELECT "Score", topic, size, "companyNaics", company_sic::text, digits::numeric FROM own WHERE topic = 117801 AND "Score" >= 50',
            'SELECT intent_score, topic_id::bigint, company_size::size, company_naics::int, company_sic, company_revenue FROM people WHERE topic_id = 117801 AND intent_score >= 50');
-- numbers keep their digits: as text, as numeric, in the whole row
SELECT DISTINCT digits COLLATE "C" FROM own WHERE topic IN (117801, 102391) AND digits IS NOT NULL ORDER BY 1;
SELECT DISTINCT company_revenue FROM audience WHERE topic_id = 102391 AND company_revenue IS NOT NULL ORDER BY 1;
SELECT fault('{"row_patch": {"row": 0, "member": "companyRevenue", "raw": "12345678901234567890.12345678901234567890"}}', '{}', 3);
SELECT digits, revenue, whole::text ~ ':12345678901234567890.12345678901234567890,' FROM own WHERE topic = 135790;
SELECT company_revenue, person->'companyRevenue' FROM audience WHERE topic_id = 135790;
SELECT fault('{"row_patch": {"row": 0, "member": "companyRevenue", "raw": "1e400"}}', '{}', 2);
SELECT digits FROM own WHERE topic = 135790;
SELECT failure('SELECT revenue FROM own WHERE topic = 135790', true);

-- member by member: escapes, empty strings, null, unknown members
SELECT fault('{"row_patch": {"row": 0, "member": "companyDescription", "raw": "\"tab\\tquote\\\"back\\\\slash\\/line\\nunicode \\u00e9 \\ud83c\\udf02\""}}');
SELECT company_description FROM audience WHERE topic_id = 135790;
SELECT fault('{"row_patch": {"row": 0, "member": "companyDescription", "value": {"a": [1, "x", null, true]}}}');
SELECT company_description FROM audience WHERE topic_id = 135790;
SELECT fault('{"row_patch": {"row": 0, "member": "companyDescription", "value": ""}}');
SELECT company_description = '' FROM audience WHERE topic_id = 135790;
SELECT fault('{"row_patch": {"row": 0, "member": "isB2b", "value": null}}');
SELECT is_b2b IS NULL FROM audience WHERE topic_id = 135790;
SELECT fault('{"row_patch": {"row": 0, "member": "isB2b", "value": true}}');
SELECT is_b2b FROM audience WHERE topic_id = 135790;
-- generated columns are refused
CREATE FOREIGN TABLE generated (topic_id integer, twice integer GENERATED ALWAYS AS (topic_id * 2) STORED) SERVER sim;
SELECT failure('SELECT topic_id FROM generated WHERE topic_id = 135790');
-- a dropped and an added column
ALTER FOREIGN TABLE audience DROP COLUMN company;
ALTER FOREIGN TABLE audience ADD COLUMN revenue_text text OPTIONS (key 'companyRevenue');
SELECT count(*), count(job_title), count(revenue_text) = count(company_revenue) FROM audience WHERE topic_id = 117801;
SELECT count(*), count(job_title) FROM people WHERE topic_id = 117801;
\i :dir/fixture/teardown.psql
