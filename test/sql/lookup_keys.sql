-- Which columns may be the key of a batched lookup, and what is sent for it.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql
\i :dir/fixture/lookup.psql
CREATE TABLE wanted (id int, topic int, big bigint, num numeric, day date, moment timestamp, audience uuid);
INSERT INTO wanted VALUES
  (1, 110003, 110003, 110003, '2026-11-22', '2026-11-22', '11111111-2222-4333-8444-555555555555'),
  (2, 110004, 110004, 110004.5, '2026-01-01', '2026-11-22 01:00', '22222222-2222-4333-8444-555555555555'),
  (3, 140000, 99999999999, 'NaN', NULL, NULL, NULL),
  (4, 110003, NULL, 110003.0, 'infinity', 'infinity', '11111111-2222-4333-8444-555555555555'),
  (5, NULL, 5, 1e20, '2026-11-22', '2026-01-01', NULL);
ANALYZE wanted;

-- topics: each a chain of its own, so that every row tells its own
SELECT plan($$ SELECT w.id, a.hem FROM wanted w JOIN audience a ON a.topic_id = w.topic $$);
SELECT joins($$ SELECT w.id, a.hem, a.topic_id, a.intent_score FROM wanted w JOIN audience a ON a.topic_id = w.topic $$);
SELECT joins($$ SELECT w.id, a.hem, a.topic_id FROM wanted w LEFT JOIN audience a ON a.topic_id = w.topic AND a.intent_score > 70 $$);
SELECT joins($$ SELECT w.id, a.hem, a.topic_id FROM wanted w LEFT JOIN audience a ON a.topic_id = w.big $$);
SELECT joins($$ SELECT w.id, a.hem, a.topic_id FROM wanted w LEFT JOIN audience a ON a.topic_id = w.num $$);
SELECT joins($$ SELECT w.id, a.hem FROM wanted w JOIN crm c ON c.id = w.id JOIN audience a ON a.topic_id = w.topic AND a.company_domain = c.dom $$);
SELECT count(*) > 0 FROM wanted w JOIN audience a ON a.topic_id = w.topic;
SELECT sent();
-- several topics of the statement itself: which is whose strongest must not depend on the join
SELECT joins($$ SELECT w.id, a.hem, a.topic_id FROM (VALUES (1, 117801), (2, 5)) w (id, topic) JOIN audience a ON a.topic_id = w.topic WHERE a.topic_id IN (117801, 102391) $$, 'strongest');
-- topic_mode each: any topic may be a key
CREATE FOREIGN TABLE audience_each (hem text, topic_id integer, intent_score integer) SERVER sim OPTIONS (topic_mode 'each');
CREATE VIEW people_each AS TABLE people;
SELECT joins($$ SELECT w.id, a.hem, a.topic_id FROM wanted w JOIN audience_each a ON a.topic_id = w.topic WHERE a.topic_id IN (110003, 110005) $$);
SELECT joins($$ SELECT w.id, a.hem, a.topic_id FROM wanted w JOIN audience_each a ON a.topic_id = w.topic $$);

-- days and saved audiences: rows of one run cannot tell, so a key is the only way besides a lookup
SELECT joins($$ SELECT w.id, a.hem, a.data_date FROM wanted w JOIN audience a ON a.data_date = w.day AND a.topic_id = 110003 $$);
SELECT joins($$ SELECT w.id, a.hem, a.data_date FROM wanted w JOIN audience a ON a.data_date = w.moment AND a.topic_id = 110003 $$);
SELECT joins($$ SELECT w.id, a.hem FROM wanted w LEFT JOIN audience a ON a.data_date = w.day AND a.topic_id = w.topic WHERE w.id < 3 $$);
SET enable_nestloop = off;
SELECT same($$ SELECT w.id, a.hem, a.audience_id FROM wanted w JOIN audience a ON a.audience_id = w.audience WHERE w.id IN (1, 4, 5) $$,
  $$ SELECT w, a.hem, a.audience_id FROM audience a, unnest('{1,4}'::int[]) w WHERE a.audience_id = '11111111-2222-4333-8444-555555555555' $$);
RESET enable_nestloop;
-- a saved audience rules over other filters: they are no keys beside it
SELECT plan($$ SELECT a.hem FROM crm c JOIN audience a ON a.company_domain = c.dom WHERE a.audience_id = '11111111-2222-4333-8444-555555555555' $$);

-- a server that matches more widely: rows are checked against their chain's key
SELECT config('{"match": "wide"}');
SELECT joins($$ SELECT c.id, a.hem FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 $$);
SELECT joins($$ SELECT c.id, a.hem FROM crm c LEFT JOIN audience a ON a.company = c.name AND a.topic_id = 117801 $$);
SELECT config('{"match": null}');

-- rows that do not carry the column: they show the key they were asked with
SELECT config('{"rows": "seed"}');
ALTER FOREIGN TABLE audience OPTIONS (ADD page_size '50');
SELECT joins($$ SELECT c.id, a.hem, a.company_domain FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 $$);
SELECT joins($$ SELECT c.id, a.hem, upper(a.company_domain) AS d FROM crm c LEFT JOIN audience a ON a.company_domain = c.dom AND a.topic_id = 117801 AND c.id > 3 $$);
SELECT joins($$ SELECT s.id, a.hem, a.seniority FROM sen s JOIN audience a ON a.seniority = s.sen AND a.topic_id = 117801 $$);
SELECT failure($$ SELECT c.id, a.hem FROM (VALUES ('')) c (id) JOIN audience a ON a.company_domain = c.id AND a.topic_id = 117801 $$);
-- a second condition on a column that is not carried: only lookups one by one send both;
-- the second time, rows are known to lack it
ALTER FOREIGN TABLE audience OPTIONS (SET page_size '60');
SELECT lookups($$ SELECT c.id, a.hem FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.state = c.st AND a.topic_id = 117801 WHERE c.st <> '' $$);
SELECT same($$ SELECT c.id, a.hem FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.state = c.st AND a.topic_id = 117801 WHERE c.st <> '' $$, $$ SELECT c.id, a.hem FROM crm c JOIN people a ON a.company_domain = c.dom AND a.state = c.st AND a.topic_id = 117801 WHERE c.st <> '' $$);
SELECT lookups($$ SELECT c.id, a.hem FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.state = c.st AND a.topic_id = 117801 WHERE c.st <> '' $$);
SELECT same($$ SELECT c.id, a.hem FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.state = c.st AND a.topic_id = 117801 WHERE c.st <> '' $$, $$ SELECT c.id, a.hem FROM crm c JOIN people a ON a.company_domain = c.dom AND a.state = c.st AND a.topic_id = 117801 WHERE c.st <> '' $$);
SELECT joins($$ SELECT c.id, a.hem FROM crm c JOIN audience a ON a.company_domain = c.dom AND a.intent_score > c.least AND a.topic_id = 117801 $$);
\i :dir/fixture/teardown.psql
