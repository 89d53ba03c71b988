-- Column option match: how wide the API's own match is known to be says which
-- patterns may be sent. Rows are checked again, so the answer stays exact.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
SELECT config('{"match": "wide"}');
\i :dir/fixture/people.psql
CREATE FOREIGN TABLE icase (hem text, intent_score integer, topic_id integer, email text, company text OPTIONS (match 'icase'), job_title varchar OPTIONS (match 'icase'), state text, seniority text OPTIONS (match 'icase')) SERVER sim;
CREATE FOREIGN TABLE parts (hem text, intent_score integer, topic_id integer, email text, company text OPTIONS (match 'contains'), job_title varchar OPTIONS (match 'contains'), state text, seniority text OPTIONS (match 'contains')) SERVER sim;

-- exact, the default: no pattern is sent
SELECT ask($$ topic_id = 102391 AND lower(company) = 'acme' $$);
SELECT ask($$ topic_id = 102391 AND company ILIKE 'acme' $$);
SELECT ask($$ topic_id = 102391 AND company LIKE '%acme%' $$);

-- icase: lower(), ILIKE without wildcards
SELECT ask($$ topic_id = 102391 AND company = 'acme' $$, 'icase');
SELECT ask($$ topic_id = 102391 AND company IN ('acme', 'ACME', 'Globex') $$, 'icase');
SELECT ask($$ topic_id = 102391 AND lower(company) = 'acme' $$, 'icase');
SELECT ask($$ topic_id = 102391 AND 'acme' = lower(company) $$, 'icase');
SELECT ask($$ topic_id = 102391 AND lower(company) = 'Acme' $$, 'icase');
SELECT ask($$ topic_id = 102391 AND lower(job_title) = 'ceo' $$, 'icase');
SELECT ask($$ topic_id = 102391 AND lower(seniority) = 'vp' $$, 'icase');
SELECT ask($$ topic_id = 102391 AND company ILIKE 'acme' $$, 'icase');
SELECT ask($$ topic_id = 102391 AND job_title ILIKE 'ceo' $$, 'icase');
SELECT ask($$ topic_id = 102391 AND company ILIKE 'acme%' $$, 'icase');
SELECT ask($$ topic_id = 102391 AND company LIKE '%acme%' $$, 'icase');
SELECT ask($$ topic_id = 102391 AND company LIKE 'acme' $$, 'icase');
SELECT ask($$ topic_id = 102391 AND company ILIKE 'under_score' $$, 'icase');
SELECT ask($$ topic_id = 102391 AND company ILIKE 'under\_score' $$, 'icase');
SELECT ask($$ topic_id = 102391 AND company ILIKE 'müller gmbh' $$, 'icase');
SELECT ask($$ topic_id = 102391 AND lower(company) IN ('acme', 'globex') $$, 'icase');
SELECT ask($$ topic_id = 102391 AND upper(company) = 'ACME' $$, 'icase');
SELECT ask($$ topic_id = 102391 AND lower(state) = 'new york' $$, 'icase');

-- contains: %literal%, of ASCII without wildcards inside
SELECT ask($$ topic_id = 102391 AND company LIKE '%acme%' $$, 'parts');
SELECT ask($$ topic_id = 102391 AND company ILIKE '%ACME%' $$, 'parts');
SELECT ask($$ topic_id = 102391 AND company LIKE 'Acme%' $$, 'parts');
SELECT ask($$ topic_id = 102391 AND company LIKE '%Inc' $$, 'parts');
SELECT ask($$ topic_id = 102391 AND company LIKE 'acme' $$, 'parts');
SELECT ask($$ topic_id = 102391 AND company LIKE '%100\% P%' $$, 'parts');
SELECT ask($$ topic_id = 102391 AND company LIKE '%er\_s%' $$, 'parts');
SELECT ask($$ topic_id = 102391 AND company LIKE '%Back\\slash%' $$, 'parts');
SELECT ask($$ topic_id = 102391 AND company LIKE 'A%e' $$, 'parts');
SELECT ask($$ topic_id = 102391 AND company LIKE '%c_e%' $$, 'parts');
SELECT ask($$ topic_id = 102391 AND company LIKE '%Müller%' $$, 'parts');
SELECT ask($$ topic_id = 102391 AND company ILIKE '%müller%' $$, 'parts');
SELECT ask($$ topic_id = 102391 AND company LIKE '%' $$, 'parts');
SELECT ask($$ topic_id = 102391 AND company LIKE '' $$, 'parts');
SELECT ask($$ topic_id = 102391 AND company LIKE NULL $$, 'parts');
SELECT ask(format($$ topic_id = 102391 AND company LIKE %L $$, '%' || repeat('x', 256) || '%'), 'parts');
SELECT ask($$ topic_id = 102391 AND company NOT LIKE '%acme%' $$, 'parts');
SELECT ask($$ topic_id = 102391 AND company LIKE ANY ('{%acme%,%lobe%}') $$, 'parts');
SELECT ask($$ topic_id = 102391 AND (company LIKE '%acme%' OR company LIKE '%lobe%') $$, 'parts');
SELECT ask($$ topic_id = 102391 AND company ~ 'acme' $$, 'parts');
SELECT ask($$ topic_id = 102391 AND seniority LIKE '%vp%' $$, 'parts');
SELECT ask($$ topic_id = 102391 AND lower(company) = 'acme' AND company LIKE '%acme%' $$, 'parts');
SELECT ask($$ topic_id = 102391 AND company = 'acme' AND company LIKE '%c%' $$, 'parts');
SELECT ask($$ topic_id = 102391 AND company LIKE '%acme%' AND company LIKE '%nc%' $$, 'parts');
SELECT ask($$ topic_id = 102391 AND company IN ('acme', 'Acme Inc') AND company ILIKE '%inc%' $$, 'parts');

-- through two columns on one filter: the first is sent, the other checked
CREATE FOREIGN TABLE twice (hem text, intent_score integer, topic_id integer, email text, company text, job_title text,
  same_company text OPTIONS (key 'company'), domain_as_company text OPTIONS (key 'companyDomain', filter 'companyName')) SERVER sim;
SELECT ask($$ topic_id = 102391 AND company IN ('acme', 'Globex') AND same_company IN ('Globex', 'Initech') $$, 'twice', '(SELECT *, company AS same_company FROM people) p');
SELECT ask($$ topic_id = 102391 AND company = 'acme' AND same_company = 'Globex' $$, 'twice', '(SELECT *, company AS same_company FROM people) p');
SELECT ask($$ topic_id = 102391 AND company = 'acme' AND domain_as_company = 'acme.example' $$, 'twice', '(SELECT *, company_domain AS domain_as_company FROM people) p');
\i :dir/fixture/teardown.psql
