-- Conditions on the filters that take a list of strings: one request, values
-- ORed by the API, and checked on the rows.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql

SELECT ask($$ topic_id = 117801 AND seniority = 'vp' $$);
SELECT ask($$ topic_id = 117801 AND seniority IN ('vp', 'director') $$);
SELECT ask($$ topic_id = 117801 AND seniority = ANY ('{vp,director}') $$);
SELECT ask($$ topic_id = 117801 AND (seniority = 'vp' OR seniority = 'director') $$);
SELECT ask($$ topic_id = 117801 AND company_industry IN ('software development', 'banking') $$);
SELECT ask($$ topic_id = 117801 AND company_size IN ('51 to 100', '101 to 250') $$);
SELECT ask($$ topic_id = 117801 AND department = 'marketing' $$);
SELECT ask($$ topic_id = 117801 AND company_revenue_range = '10 million to 25 million' $$);
SELECT ask($$ topic_id = 117801 AND age_range IN ('25-34', '35-44') $$);
SELECT ask($$ topic_id = 117801 AND seniority IN ('vp', 'director') AND department = 'sales' AND company_size = '1 to 10' $$);

-- several conditions on one column intersect
SELECT ask($$ topic_id = 117801 AND seniority IN ('vp', 'director') AND seniority IN ('director', 'cxo') $$);
SELECT ask($$ topic_id = 117801 AND seniority IN ('vp', 'director') AND seniority = 'cxo' $$);

-- a NULL is left out, values come once, in whatever order
SELECT ask($$ topic_id = 117801 AND seniority IN ('vp', NULL, 'vp', 'cxo') $$);
SELECT ask($$ topic_id = 117801 AND seniority IN (NULL) $$);
SELECT ask($$ topic_id = 117801 AND seniority = ANY ('{}'::text[]) $$);
SELECT ask($$ topic_id = 117801 AND seniority = ANY (NULL::text[]) $$);
SELECT ask($$ topic_id = 117801 AND seniority = NULL $$);
SELECT ask($$ topic_id = 117801 AND seniority = ANY (ARRAY[['vp', 'cxo'], ['owner', NULL]]) $$);

-- an empty string is not sent, and neither are those beside it
SELECT ask($$ topic_id = 117801 AND department = '' $$);
SELECT ask($$ topic_id = 117801 AND department IN ('', 'legal') $$);
SELECT ask($$ topic_id = 117801 AND seniority = 'no such' $$);
SELECT ask($$ topic_id = 117801 AND seniority = E'quo"te\\back\nline \u00e9' $$);

-- only checked
SELECT ask($$ topic_id = 117801 AND seniority <> 'vp' $$);
SELECT ask($$ topic_id = 117801 AND seniority NOT IN ('vp', 'director') $$);
SELECT ask($$ topic_id = 117801 AND seniority NOT IN ('vp', NULL) $$);
SELECT ask($$ topic_id = 117801 AND seniority IS NULL $$);
SELECT ask($$ topic_id = 117801 AND (seniority = 'vp') IS NOT TRUE $$);
SELECT ask($$ topic_id = 117801 AND seniority > 'm' $$);
SELECT ask($$ topic_id = 117801 AND seniority LIKE '%vp' $$);
SELECT ask($$ topic_id = 117801 AND seniority LIKE 'vp' $$);
SELECT ask($$ topic_id = 117801 AND upper(seniority) = 'VP' $$);
SELECT ask($$ topic_id = 117801 AND seniority IS NOT DISTINCT FROM 'vp' $$);
SELECT ask($$ topic_id = 117801 AND seniority = job_title $$);

-- a server that matches wider than equality changes nothing
SELECT config('{"match": "wide"}');
SELECT ask($$ topic_id = 117801 AND seniority = 'vp' $$);
SELECT ask($$ topic_id = 117801 AND seniority IN ('vp', 'director') $$);
SELECT ask($$ topic_id = 117801 AND company_industry IN ('software', 'banking') $$);
SELECT ask($$ topic_id = 117801 AND department IN ('marketing', 'product marketing') $$);
\i :dir/fixture/teardown.psql
