-- Joins: lookups by what a join supplies, every join type, the same rows as
-- with a local table whatever plan is taken.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
SET intent_fdw.enable_batched_lookup = off;
\i :dir/fixture/people.psql
CREATE TABLE crm (id int, domain text, title text, vip boolean);
INSERT INTO crm VALUES (1, 'acme.example', 'ceo', true), (2, 'globex.example', NULL, false), (3, 'nobody.example', 'cto', NULL),
  (4, NULL, 'ceo', true), (5, 'acme.example', 'sales', false), (6, '', 'x', true);
ANALYZE crm;
-- the same query on both, and what was sent for the foreign table
CREATE FUNCTION both_ways(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  RETURN NEXT same(query, replace(query, 'audience', 'people'));
  RETURN QUERY SELECT DISTINCT '  ' || s COLLATE "C" FROM sent() s ORDER BY 1;
END $$;

-- a lookup for each domain: NULL asks for nothing, '' cannot be asked for
DELETE FROM crm WHERE domain = '';
SELECT both_ways($$ SELECT id, hem FROM crm JOIN audience a ON a.company_domain = domain WHERE topic_id = 102391 $$);
SELECT both_ways($$ SELECT id, hem FROM crm LEFT JOIN audience a ON a.company_domain = domain AND topic_id = 102391 $$);
SELECT both_ways($$ SELECT id FROM crm WHERE domain IN (SELECT company_domain FROM audience WHERE topic_id = 102391) $$);
SELECT both_ways($$ SELECT id FROM crm WHERE EXISTS (SELECT FROM audience WHERE company_domain = domain AND topic_id = 102391 AND intent_score > 50) $$);
SELECT both_ways($$ SELECT id FROM crm WHERE NOT EXISTS (SELECT FROM audience WHERE company_domain = domain AND topic_id = 102391) $$);
SELECT both_ways($$ SELECT id, (SELECT count(*) FROM audience WHERE company_domain = domain AND topic_id = 102391) FROM crm $$);
SELECT both_ways($$ SELECT id, hem FROM crm, LATERAL (SELECT hem FROM audience WHERE company_domain = domain AND topic_id = 102391 ORDER BY hem LIMIT 2) a $$);
-- more than one clause, an expression, another operator
SELECT both_ways($$ SELECT id, hem FROM crm JOIN audience a ON a.company_domain = domain AND a.job_title = title WHERE topic_id = 102391 $$);
SELECT both_ways($$ SELECT id, hem FROM crm JOIN audience a ON a.company_domain = lower(domain) || '' WHERE topic_id = 102391 $$);
SELECT both_ways($$ SELECT id, hem FROM crm JOIN audience a ON a.company_domain = domain AND a.intent_score > id * 10 WHERE topic_id = 102391 $$);
SELECT both_ways($$ SELECT id, hem FROM crm JOIN audience a ON a.is_b2b = vip AND a.company_domain = domain WHERE topic_id = 102391 $$);
-- rows that the whole table must be read for
INSERT INTO crm VALUES (6, '', 'x', true);
CREATE FUNCTION rows_only(query text) RETURNS text LANGUAGE sql AS $$ SELECT same(query, replace(query, 'audience', 'people')) $$;
SELECT rows_only($$ SELECT id, hem FROM crm JOIN audience a ON a.company_domain = domain WHERE topic_id = 102391 $$);
SELECT rows_only($$ SELECT id FROM crm WHERE domain NOT IN (SELECT company_domain FROM audience WHERE topic_id = 102391 AND company_domain IS NOT NULL) $$);
SELECT rows_only($$ SELECT id FROM crm WHERE domain NOT IN (SELECT company_domain FROM audience WHERE topic_id = 102391) $$);
SELECT rows_only($$ SELECT hem FROM audience WHERE topic_id = 102391 AND company_domain NOT IN (SELECT domain FROM crm WHERE domain IS NOT NULL) $$);
SELECT rows_only($$ SELECT hem FROM audience WHERE topic_id = 102391 AND company_domain IN (SELECT domain FROM crm) $$);
SELECT rows_only($$ SELECT hem, id FROM audience LEFT JOIN crm ON company_domain = domain WHERE topic_id = 102391 $$);
SELECT rows_only($$ SELECT hem, id FROM (SELECT * FROM audience WHERE topic_id = 102391) a FULL JOIN crm ON company_domain = domain $$);
SELECT rows_only($$ SELECT hem, id FROM audience a JOIN crm ON a.company_domain <> domain WHERE topic_id = 110003 $$);
SELECT rows_only($$ SELECT id, hem FROM crm LEFT JOIN (SELECT * FROM audience WHERE topic_id = 102391) a ON company_domain = domain WHERE hem IS NULL OR intent_score > 50 $$);
SELECT rows_only($$ SELECT id, hem, x FROM crm LEFT JOIN (SELECT *, coalesce(seniority, 'none') AS x FROM audience WHERE topic_id = 102391) a ON company_domain = domain $$);
SELECT rows_only($$ SELECT c.id, a.hem, d.id AS other FROM crm c LEFT JOIN audience a ON a.company_domain = c.domain AND a.topic_id = 102391 LEFT JOIN crm d ON d.title = a.job_title $$);
SELECT rows_only($$ SELECT a.hem, b.intent_score FROM audience a JOIN audience b ON a.hem = b.hem WHERE a.topic_id = 110003 AND b.topic_id = 102391 $$);
SELECT rows_only($$ SELECT a.hem, b.hem AS other FROM audience a JOIN audience b ON a.company_domain = b.company_domain AND b.topic_id = 117801 WHERE a.topic_id = 110003 $$);
SELECT request_count() > 0;

-- every way to join gives the same
CREATE FUNCTION every_plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  setting text;
BEGIN
  FOREACH setting IN ARRAY '{enable_seqscan,enable_nestloop,enable_hashjoin,enable_mergejoin,enable_material,enable_memoize,enable_sort}'::text[] LOOP
    PERFORM set_config(setting, 'off', true);
    RETURN NEXT setting || ' off: ' || rows_only(query);
  END LOOP;
END $$;
SELECT every_plan($$ SELECT id, hem FROM crm JOIN audience a ON a.company_domain = domain WHERE topic_id = 102391 $$);
SELECT every_plan($$ SELECT id, hem FROM crm LEFT JOIN audience a ON a.company_domain = domain AND topic_id = 102391 $$);
SELECT every_plan($$ SELECT t, hem FROM (VALUES (110003), (135790)) v(t) JOIN audience ON topic_id = t $$);

-- few outer rows: a lookup; many: the audience is read once
SELECT explain('SELECT id, hem FROM crm JOIN audience a ON a.company_domain = domain WHERE topic_id = 102391 AND id = 1', 'Join|Loop|Intent Body');
CREATE TABLE many AS SELECT 'company' || g || '.example' AS domain FROM generate_series(1, 20000) g;
ANALYZE many;
SELECT explain('SELECT hem FROM many JOIN audience a ON a.company_domain = domain WHERE topic_id = 102391', 'Join|Loop|Intent Body');
\i :dir/fixture/teardown.psql
