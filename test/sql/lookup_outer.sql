-- Batched lookups in outer, semi and anti joins give the rows of the same join
-- on a local table, and of a nested loop.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql
\i :dir/fixture/lookup.psql

-- left: with conditions on both sides, above the join, and two of them
SELECT joins($$ SELECT c.id, a.email FROM crm c LEFT JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 $$);
SELECT joins($$ SELECT c.id, a.email FROM crm c LEFT JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 AND c.id % 2 = 0 $$);
SELECT joins($$ SELECT c.id, a.email FROM crm c LEFT JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 WHERE a.email IS NULL OR c.id < 20 $$);
SELECT joins($$ SELECT c.id, a.email FROM crm c LEFT JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 WHERE coalesce(a.intent_score, 0) < 60 $$);
SELECT joins($$ SELECT c.id, a.email, d.id AS d FROM crm c LEFT JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 LEFT JOIN crm d ON d.dom = a.company_domain AND d.id < 30 $$);
SELECT joins($$ SELECT c.id, d.id AS d, a.email FROM crm c LEFT JOIN crm d ON d.id = c.id + 1 AND d.id % 3 = 0 LEFT JOIN audience a ON a.company_domain = d.dom AND a.topic_id = 117801 $$);
SELECT joins($$ SELECT c.id, a.email, b.email AS b FROM crm c LEFT JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 LEFT JOIN audience b ON b.company_domain = c.dom AND b.topic_id = 110003 $$);
-- an expression below an outer join (PlaceHolderVar)
SELECT joins($$ SELECT c.id, s.x, s.email FROM crm c LEFT JOIN (SELECT a.email, a.company_domain, coalesce(a.state, 'none') AS x FROM audience a WHERE a.topic_id = 117801) s ON s.company_domain = c.dom $$);
SELECT joins($$ SELECT c.id, s.x, a.email FROM crm c LEFT JOIN (SELECT id, coalesce(dom, 'acme.example') AS x FROM crm) s ON s.id = c.id - 5 LEFT JOIN audience a ON a.company_domain = s.x AND a.topic_id = 117801 $$);

-- semi and anti; the other way round too
SELECT joins($$ SELECT c.id, c.dom FROM crm c WHERE EXISTS (SELECT FROM audience a WHERE a.company_domain = c.dom AND a.topic_id = 117801) $$);
SELECT joins($$ SELECT c.id, c.dom FROM crm c WHERE EXISTS (SELECT FROM audience a WHERE a.company_domain = c.dom AND a.topic_id = 117801 AND a.intent_score > c.least) $$);
SELECT joins($$ SELECT c.id, c.dom FROM crm c WHERE NOT EXISTS (SELECT FROM audience a WHERE a.company_domain = c.dom AND a.topic_id = 117801) $$);
SELECT joins($$ SELECT c.id, c.dom FROM crm c LEFT JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 WHERE a.topic_id IS NULL $$);
SELECT joins($$ SELECT a.email FROM audience a WHERE a.company_domain IN (SELECT dom FROM crm) AND a.topic_id = 117801 $$);
SELECT joins($$ SELECT a.email FROM audience a WHERE a.company_domain IN (SELECT name || '.example' FROM crm) AND a.topic_id = 117801 $$);
SELECT plan($$ SELECT a.email FROM audience a WHERE a.company_domain IN (SELECT dom FROM crm) AND a.topic_id = 117801 $$);
\i :dir/fixture/teardown.psql
