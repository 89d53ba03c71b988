-- The seed's form of rows has six members. A column that rows do not carry
-- shows the one value that was sent for it, else NULL where it is only put out.
\getenv dir PG_ABS_SRCDIR
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql

-- bare output reads NULL
SELECT seniority, gender, is_b2b, has_phone, topic_overlap, matched_topic_ids, company_revenue, first_name, audience_id FROM audience WHERE topic_id = 135790;
SELECT seniority AS s, a.gender FROM audience a WHERE topic_id = 135790 LIMIT 1;
-- one value sent for a chain: the column shows it
SELECT seniority, gender, is_b2b, has_phone FROM audience WHERE topic_id = 117801 AND seniority = 'vp' AND gender = 'male' AND is_b2b AND has_phone LIMIT 1;
SELECT gender, count(*) FROM audience WHERE topic_id = 117801 AND gender IN ('male', 'female') GROUP BY gender ORDER BY gender;
SELECT gender, count(*) FROM people WHERE topic_id = 117801 AND gender IN ('male', 'female') GROUP BY gender ORDER BY gender;
SELECT upper(seniority), count(*) FROM audience WHERE topic_id = 117801 AND seniority IN ('vp', 'vp', NULL) GROUP BY seniority;
SELECT is_b2b, has_phone, count(*) FROM audience WHERE topic_id = 117801 AND is_b2b IN (true, false) AND has_phone <> true GROUP BY 1, 2 ORDER BY 1;
SELECT is_b2b, has_phone, count(*) FROM people WHERE topic_id = 117801 AND is_b2b IN (true, false) AND has_phone <> true GROUP BY 1, 2 ORDER BY 1;
-- as the API would have it, where another column reads the same member
CREATE FOREIGN TABLE both_ways (topic_id integer, b2b boolean OPTIONS (key 'isB2b'), yes_no text OPTIONS (key 'isB2b')) SERVER sim;
SELECT b2b, yes_no, count(*) > 0 FROM both_ways WHERE topic_id = 117801 AND b2b IN (true, false) GROUP BY 1, 2 ORDER BY 1;
SELECT count(*) = (SELECT count(*) FROM people WHERE topic_id = 117801 AND is_b2b) FROM both_ways WHERE topic_id = 117801 AND b2b AND yes_no = 'y';
-- a list on an array filter: which one matched is unknown
SELECT seniority FROM audience WHERE topic_id = 117801 AND seniority IN ('vp', 'cxo') LIMIT 1;
SELECT failure($$ SELECT seniority, count(*) FROM audience WHERE topic_id = 117801 AND seniority IN ('vp', 'cxo') GROUP BY 1 $$);
SELECT failure($$ SELECT 'x' || seniority FROM audience WHERE topic_id = 117801 AND seniority IN ('vp', 'cxo') $$);
-- conditions that are sent are trusted, whether the column is selected or not
SELECT request_count() > 0;
SELECT ask($$ topic_id = 117801 AND seniority = 'vp' $$);
SELECT ask($$ topic_id = 117801 AND seniority IN ('vp', 'cxo') AND gender IN ('male', 'female') $$);
SELECT ask($$ topic_id = 117801 AND is_b2b IS FALSE AND has_linkedin AND company_size = '1 to 10' $$);
SELECT ask($$ topic_id = 117801 AND topic_overlap >= 1 $$);
SELECT same('SELECT hem, topic_overlap FROM audience WHERE topic_id IN (117801, 102391) AND topic_overlap >= 2', 'SELECT hem, NULL::int FROM people WHERE topic_id IN (117801, 102391) GROUP BY hem HAVING count(*) = 2');
SELECT same('SELECT hem FROM audience WHERE topic_id IN (117801, 102391) AND topic_overlap > 1 AND intent_score >= 80', 'SELECT hem FROM people WHERE topic_id IN (117801, 102391) GROUP BY hem HAVING count(*) = 2 AND max(intent_score) >= 80');
SELECT sent();
SELECT count(*) = (SELECT count(*) FROM people WHERE topic_id = 117801 AND state = 'texas') FROM audience WHERE topic_id = 117801 AND state = 'texas';
SELECT sent();
-- carried columns are checked
SELECT ask($$ topic_id = 117801 AND company = 'acme' AND job_title IN ('ceo', 'CEO') AND intent_score > 20 $$);
SELECT config('{"match": "wide"}');
SELECT ask($$ topic_id = 117801 AND company = 'acme' $$);
SELECT ask($$ topic_id = 117801 AND company IN ('acme', 'Acme Inc') $$);
SELECT config('{"match": null}');
-- contradictions are not made true by the value that is shown
SELECT ask($$ topic_id = 117801 AND seniority = 'vp' AND seniority = 'cxo' $$);
SELECT ask($$ topic_id = 117801 AND seniority = 'vp' AND seniority <> 'vp' $$);
SELECT ask($$ topic_id = 117801 AND seniority = 'vp' AND seniority > 'a' $$);
SELECT ask($$ topic_id = 117801 AND is_b2b AND is_b2b IS NOT TRUE $$);
SELECT ask($$ topic_id = 117801 AND gender IN ('male', 'female') AND gender <> 'male' $$);

-- wider than the condition and not carried: an error
SELECT config('{"match": "wide"}');
CREATE FOREIGN TABLE widely (hem text, intent_score integer, topic_id integer, email text, company text, job_title text,
  topic_overlap integer, gender text OPTIONS (match 'icase'), state text OPTIONS (match 'contains')) SERVER sim;
SELECT ask($$ topic_id = 117801 AND topic_overlap = 1 $$, 'widely');
SELECT ask($$ topic_id = 117801 AND lower(gender) = 'male' $$, 'widely');
SELECT ask($$ topic_id = 117801 AND gender ILIKE 'male' $$, 'widely');
SELECT ask($$ topic_id = 117801 AND state LIKE '%exa%' $$, 'widely');
SELECT ask($$ topic_id = 117801 AND gender = 'male' $$, 'widely');
SELECT ask($$ topic_id = 117801 AND state = 'texas' $$, 'widely');
SELECT gender FROM widely WHERE topic_id = 135790;
\i :dir/fixture/teardown.psql
