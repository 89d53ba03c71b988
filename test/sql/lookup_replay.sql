-- A batched lookup that runs again with the same parameters returns its rows
-- again and sends nothing; with others it starts over.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql
\i :dir/fixture/lookup.psql
CREATE TABLE times AS SELECT n AS x FROM generate_series(1, 4) n;
ANALYZE times;
-- The same rows as of local tables? And how many lookups were sent for how many keys.
CREATE FUNCTION again(query text) RETURNS text
LANGUAGE plpgsql SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off SET enable_memoize = off AS $$
DECLARE
  result text;
BEGIN
  IF lookups(query) = 0 THEN RETURN 'NO LOOKUP'; END IF;
  PERFORM requests();
  result := same(query, replace(query, 'audience', 'people'));
  RETURN format('%s, %s lookups of %s companies', result, count(*), count(DISTINCT substring(r FROM 'companyDomain":"([^"]*)')))
    FROM requests() r WHERE r !~ 'cursor';
END $$;

-- announced: the inner side of a nested loop without parameters
SELECT again($$ SELECT t.x, s.* FROM times t JOIN (SELECT c.id, a.email FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 OFFSET 0) s ON t.x <> s.id $$);
SELECT again($$ SELECT t.x, s.* FROM times t JOIN (SELECT c.id, a.email FROM crm c LEFT JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 OFFSET 0) s ON t.x <> s.id $$);
SELECT again($$ SELECT t.x, s.* FROM times t JOIN (SELECT c.id FROM crm c WHERE EXISTS (SELECT FROM audience a WHERE a.company_domain = c.dom AND a.topic_id = 117801 AND a.intent_score > 50) OFFSET 0) s ON t.x <> s.id $$);
SELECT again($$ SELECT t.x, s.* FROM times t JOIN (SELECT c.id FROM crm c WHERE NOT EXISTS (SELECT FROM audience a WHERE a.company_domain = c.dom AND a.topic_id = 117801 AND a.intent_score > 50) OFFSET 0) s ON t.x <> s.id $$);
-- nothing to keep is kept as well
SELECT again($$ SELECT t.x, s.* FROM times t LEFT JOIN (SELECT c.id FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 140000 OFFSET 0) s ON t.x <> s.id $$);
-- on disk
SET work_mem = '64kB';
SELECT again($$ SELECT t.x, s.* FROM times t JOIN (SELECT c.id, a.email, a.company_description, a.emails, a.phones FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 OFFSET 0) s ON t.x <> s.id $$);
RESET work_mem;

-- not announced: rows are kept from the first rescan on
SELECT again($$ SELECT t.x, (SELECT count(*) FROM (SELECT c.id, a.email FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 OFFSET 0) s WHERE s.id > t.x) AS n FROM times t $$);
-- left early, and gone on with where it was left (24 outer rows; how many
-- were under way then varies)
ALTER FOREIGN TABLE audience OPTIONS (ADD max_connections '2');
SELECT again($$ SELECT t.x, EXISTS (SELECT FROM (SELECT c.id, a.intent_score FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 OFFSET 0) s WHERE s.id > t.x * 4 AND s.id < 100) AS n FROM times t $$) ~ '^same rows, (1\d|2[0-4]) lookups' AS few;
-- other parameters start over, for each of them once
SELECT again($$ SELECT o.x AS o, q.* FROM times o, LATERAL (SELECT t.x, s.* FROM times t JOIN (SELECT c.id, a.email FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 AND a.intent_score > o.x * 20 OFFSET 0) s ON t.x <> s.id OFFSET 0) q WHERE o.x < 4 $$);
SELECT again($$ SELECT o.x AS o, q.* FROM times o, LATERAL (SELECT t.x, s.* FROM times t JOIN (SELECT c.id, a.email FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 WHERE c.id = o.x OR c.id > 5 * o.x OFFSET 0) s ON t.x <> s.id OFFSET 0) q WHERE o.x < 4 $$);
\i :dir/fixture/teardown.psql
