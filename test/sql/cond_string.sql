-- Conditions on the filters that take one string: a list is one chain for
-- each value, and each chain's rows are checked against its own value.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql

SELECT ask($$ topic_id = 117801 AND state = 'new york' $$);
SELECT ask($$ topic_id = 117801 AND gender = 'male' $$);
SELECT ask($$ topic_id = 117801 AND company_domain = 'acme.example' $$);
SELECT ask($$ topic_id = 117801 AND company = 'Acme Inc' $$);
SELECT ask($$ topic_id = 117801 AND job_title = 'vp sales' $$);
SELECT ask($$ topic_id = 117801 AND company = ' acme ' $$);
SELECT ask($$ topic_id = 117801 AND company = E'Tab\tand\nNewline' $$);
SELECT ask($$ topic_id = 117801 AND company IN ('Back\slash Labs', 'Quote "Q" Ltd', 'O''Brien & Sons', '100% Pure') $$);
SELECT ask($$ topic_id = 102391 AND company IN ('Müller GmbH', '東京', 'Umbrella 🌂 Works') $$);

-- values come once, NULL not at all
SELECT ask($$ topic_id = 117801 AND gender IN ('male', NULL, 'female', 'male') $$);
SELECT ask($$ topic_id = 117801 AND gender = ANY ('{female,male}') $$);
SELECT ask($$ topic_id = 117801 AND (gender = 'male' OR gender = 'female') $$);
SELECT ask($$ topic_id = 117801 AND gender IN ('male', 'female') AND gender IN ('female', 'nonbinary') $$);
SELECT ask($$ topic_id = 117801 AND gender = ANY (ARRAY(SELECT 'male' UNION ALL SELECT 'female')) $$);

-- several lists: the product
SELECT ask($$ topic_id = 117801 AND gender IN ('male', 'female') AND state IN ('texas', 'ohio') AND seniority IN ('vp', 'cxo') $$);

-- empty and over-long strings are only checked
SELECT ask($$ topic_id = 102391 AND state = '' $$);
SELECT ask($$ topic_id = 102391 AND state IN ('', 'texas') $$);
SELECT ask(format($$ topic_id = 117801 AND company = %L $$, repeat('x', 255)));
SELECT ask(format($$ topic_id = 117801 AND company = %L $$, repeat('x', 256)));
SELECT ask(format($$ topic_id = 117801 AND company_domain = %L $$, repeat('x', 256)));
SELECT ask(format($$ topic_id = 117801 AND job_title = %L $$, repeat('ü', 200)));
SELECT ask(format($$ topic_id = 117801 AND job_title = %L $$, repeat('ü', 201)));
SELECT ask(format($$ topic_id = 117801 AND job_title = %L $$, repeat('🌂', 101)));

-- only checked
SELECT ask($$ topic_id = 117801 AND gender <> 'male' $$);
SELECT ask($$ topic_id = 117801 AND gender NOT IN ('male', 'female') $$);
SELECT ask($$ topic_id = 117801 AND (gender = 'male') IS NOT TRUE $$);
SELECT ask($$ topic_id = 117801 AND NOT (gender = 'male' OR gender = 'female') $$);
SELECT ask($$ topic_id = 117801 AND company LIKE 'Acme%' $$);
SELECT ask($$ topic_id = 117801 AND company ILIKE 'acme' $$);
SELECT ask($$ topic_id = 117801 AND lower(company) = 'acme' $$);
SELECT ask($$ topic_id = 117801 AND company || '' = 'acme' $$);
SELECT ask($$ topic_id = 117801 AND company ^@ 'Acme' $$);

-- a server that matches parts of strings, ignoring case: nobody comes twice
SELECT config('{"match": "wide"}');
SELECT ask($$ topic_id = 102391 AND company = 'acme' $$);
SELECT ask($$ topic_id = 102391 AND company IN ('acme', 'Acme Inc', 'ACME') $$);
SELECT ask($$ topic_id = 102391 AND gender IN ('male', 'female') $$);
SELECT ask($$ topic_id = 102391 AND state IN ('kansas', 'arkansas', 'virginia') AND gender IN ('male', 'female') $$);
SELECT ask($$ topic_id = 102391 AND company_domain IN ('acme.example', 'sub.acme.example') $$);
SELECT ask($$ topic_id = 102391 AND job_title IN ('director', 'Director', 'vp sales') $$);
\i :dir/fixture/teardown.psql
