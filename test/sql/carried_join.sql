-- Joins on columns that rows do not carry: a lookup sends the value, any other
-- join needs it on the rows. Known from rows seen before, such plans are not made.
\getenv dir PG_ABS_SRCDIR
\i :dir/fixture/setup.psql
SET intent_fdw.enable_batched_lookup = off;
\i :dir/fixture/people.psql
CREATE TABLE crm AS SELECT g AS id, CASE WHEN g % 1000 = 0 THEN 'acme.example' WHEN g % 1000 = 1 THEN 'globex.example' ELSE 'none' || g % 7 || '.example' END AS domain FROM generate_series(1, 5000) g;
ANALYZE crm;
CREATE FUNCTION both_ways(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  RETURN NEXT same(query, replace(query, 'audience', 'people'));
  RETURN QUERY SELECT DISTINCT '  ' || s COLLATE "C" FROM sent() s ORDER BY 1;
END $$;
-- nothing seen yet: the plan may read the whole audience, and is refused
SET enable_nestloop = off;
SELECT failure('SELECT id, hem FROM crm JOIN audience ON company_domain = domain WHERE topic_id = 102391');
SELECT request_count() > 0;
-- now it is known
SELECT both_ways($$ SELECT id, hem FROM crm JOIN audience ON company_domain = domain WHERE topic_id = 102391 $$);
RESET enable_nestloop;
SELECT both_ways($$ SELECT id, hem FROM crm JOIN audience ON company_domain = domain WHERE topic_id = 102391 $$);
SELECT both_ways($$ SELECT id, hem FROM crm LEFT JOIN audience ON company_domain = domain AND topic_id = 102391 WHERE id BETWEEN 998 AND 1003 $$);
SELECT both_ways($$ SELECT id FROM crm WHERE domain IN (SELECT company_domain FROM audience WHERE topic_id = 102391) AND id < 1005 $$);
SELECT both_ways($$ SELECT id FROM crm WHERE EXISTS (SELECT FROM audience WHERE company_domain = domain AND topic_id = 102391) AND id < 1005 $$);
SELECT both_ways($$ SELECT id FROM crm WHERE NOT EXISTS (SELECT FROM audience WHERE company_domain = domain AND topic_id = 102391) AND id BETWEEN 990 AND 1005 $$);
SELECT both_ways($$ SELECT id, n FROM crm, LATERAL (SELECT count(*) AS n FROM audience WHERE company_domain = domain AND topic_id = 102391) a WHERE id BETWEEN 998 AND 1003 $$);
-- the looked-up value is known, and may be used
SELECT company_domain, upper(company_domain), count(*) FROM crm JOIN audience ON company_domain = domain WHERE topic_id = 102391 AND id IN (1000, 1001) GROUP BY 1 ORDER BY 1;
-- what no join can supply
SELECT failure('SELECT id FROM crm FULL JOIN (SELECT * FROM audience WHERE topic_id = 102391) a ON company_domain = domain');
SELECT failure('SELECT hem FROM (SELECT * FROM audience WHERE topic_id = 102391) a LEFT JOIN crm ON company_domain = domain');
SELECT failure('SELECT id FROM crm JOIN audience ON company_domain <> domain WHERE topic_id = 102391');
SELECT failure('SELECT id FROM crm WHERE domain NOT IN (SELECT company_domain FROM audience WHERE topic_id = 102391)');
SELECT failure('SELECT id FROM crm JOIN audience ON first_name = domain WHERE topic_id = 102391');
SELECT request_count() > 0;
-- a list and a join on the same column: each chain has its own value
SELECT both_ways($$ SELECT id, hem FROM crm JOIN audience ON company_domain = domain WHERE topic_id = 102391 AND company_domain IN ('acme.example', 'globex.example') $$);
\i :dir/fixture/teardown.psql
