-- Batched lookups: each join gives the rows of the same join on a local table,
-- and of the same join with batched lookups off.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql
\i :dir/fixture/lookup.psql

-- the plan tells the key, and that its values come one by one
SELECT plan($$ SELECT c.id, a.email FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 $$);

-- inner: NULL keys, keys nobody has, duplicate keys
SELECT joins($$ SELECT c.id, a.email FROM crm c JOIN audience a ON a.company_domain = c.dom WHERE a.topic_id = 117801 $$);
SELECT joins($$ SELECT c.id, a.email FROM crm c, audience a WHERE c.dom = a.company_domain AND a.topic_id = 117801 AND a.intent_score >= 50 AND NOT a.is_b2b $$);
-- each distinct key is one chain, however many outer rows have it
SELECT count(*) FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801;
SELECT sent();

-- further join conditions are checked on the pairs
SELECT joins($$ SELECT c.id, a.email FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.intent_score > c.least AND a.topic_id = 117801 $$);
SELECT joins($$ SELECT c.id, a.email FROM crm c JOIN audience a ON a.company_domain = c.dom AND (a.intent_score > c.least OR c.id = 3) AND a.topic_id = 117801 $$);
SELECT joins($$ SELECT c.id, a.email FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.state = c.st AND a.topic_id = 117801 $$);
-- the key is an expression
SELECT joins($$ SELECT c.id, a.email FROM crm c JOIN audience a ON a.company_domain = lower(c.dom) AND a.topic_id = 117801 $$);
SELECT joins($$ SELECT c.id, a.email FROM crm c JOIN audience a ON a.company_domain = c.name || '.example' AND a.topic_id = 117801 $$);
SELECT joins($$ SELECT c.id, a.email FROM crm c JOIN audience a ON a.company_domain = c.vc::varchar AND a.topic_id = 117801 $$);
-- a list of the query beside the keys
SELECT joins($$ SELECT c.id, a.email FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.company_domain IN ('acme.example', 'mueller.example') AND a.topic_id = 117801 $$);
SELECT joins($$ SELECT c.id, a.email FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.gender IN ('m', 'f', 'M', 'F', 'male', 'female') AND a.topic_id = 117801 $$);
-- several topics in one request
SELECT joins($$ SELECT c.id, a.email FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id IN (117801, 102391) $$, 'strongest');
-- a filter that takes a list: one chain for each key all the same
SELECT joins($$ SELECT s.id, a.email FROM sen s JOIN audience a ON a.seniority = s.sen AND a.topic_id = 117801 $$);
-- keys that the API does not take are looked up without their condition
SELECT joins($$ SELECT c.id, a.email FROM (SELECT id, dom FROM crm WHERE id < 9 UNION ALL SELECT 900, '' UNION ALL SELECT 901, repeat('x', 300) UNION ALL SELECT 902, '') c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 $$);
SELECT joins($$ SELECT c.id, a.email FROM (VALUES (1, ''), (2, ''), (3, NULL)) c (id, dom) LEFT JOIN audience a ON a.job_title = c.dom AND a.topic_id = 117801 $$);

\i :dir/fixture/teardown.psql
