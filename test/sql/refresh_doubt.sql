-- intent_fdw_refresh(): "unchanged" is said only of what is certain.
\getenv dir PG_ABS_SRCDIR
\set tables audience, topics, audience_results
\i :dir/fixture/setup.psql
-- What two calls on a view of a query say, with the requests of the second;
-- then what the change does to a third.
CREATE FUNCTION twice(query text, change text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  said text;
BEGIN
  EXECUTE 'CREATE MATERIALIZED VIEW mv AS ' || query || ' WITH NO DATA';
  PERFORM public.intent_fdw_refresh('mv', 0, false);
  PERFORM request_count();
  said := public.intent_fdw_refresh('mv', 0, false);
  said := said || CASE WHEN said = 'unchanged' THEN ', requests: ' || request_count() ELSE '' END;
  IF change IS NOT NULL THEN
    EXECUTE change;
    said := said || '; changed: ' || public.intent_fdw_refresh('mv', 0, false) || ', then ' || public.intent_fdw_refresh('mv', 0, false);
  END IF;
  DROP MATERIALIZED VIEW mv;
  RETURN said;
END $$;
CREATE TABLE crm (topic integer, domain text);
INSERT INTO crm VALUES (110003, 'x');
CREATE FUNCTION users_own(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION users_topic() RETURNS integer LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN 110003; END';
CREATE VIEW nested AS SELECT hem, topic_id, intent_score FROM audience WHERE topic_id IN (110003, 135790);
CREATE VIEW nested_crm AS SELECT a.hem FROM audience a JOIN crm c ON c.topic = a.topic_id;
CREATE MATERIALIZED VIEW other AS SELECT hem FROM audience WHERE topic_id = 135790;
CREATE FOREIGN TABLE fixed (hem text, intent_score integer, data_date date) SERVER sim OPTIONS (topic_ids '135790', data_date '2026-11-21');
CREATE FOREIGN TABLE each (hem text, topic_id integer, intent_score integer) SERVER sim OPTIONS (topic_mode 'each');
CREATE FOREIGN TABLE parts_a (hem text, topic_id integer) SERVER sim OPTIONS (topic_ids '135790');
CREATE TABLE parts (hem text, topic_id integer) PARTITION BY LIST (topic_id);
ALTER TABLE parts ATTACH PARTITION parts_a FOR VALUES IN (135790);
CREATE FOREIGN TABLE saved (hem text) SERVER sim OPTIONS (audience_id '11111111-2222-4333-8444-555555555555');
CREATE FOREIGN TABLE unverified (hem text, topic_id integer) SERVER sim OPTIONS (verify_count 'warning');
-- certain: one request for each that was sent
SELECT twice('SELECT hem FROM audience WHERE topic_id = 135790');
SELECT twice('SELECT hem FROM audience WHERE topic_id = 135790 ORDER BY hem LIMIT 3');
SELECT twice('SELECT count(*), max(intent_score) FROM audience WHERE topic_id = 135790 AND lower(hem) > ''a''');
SELECT twice('SELECT hem, data_date FROM audience WHERE topic_id = 135790 AND data_date BETWEEN ''2026-11-20'' AND ''2026-11-22''');
SELECT twice('SELECT hem FROM fixed');
SELECT twice('SELECT * FROM each WHERE topic_id IN (135790, 110003, 140000)');
SELECT twice('SELECT * FROM nested WHERE intent_score > 60');
SELECT twice('SELECT * FROM parts');
SELECT twice('SELECT a.hem FROM audience a JOIN audience b USING (hem) WHERE a.topic_id = 135790 AND b.topic_id = 110003');
SELECT twice('SELECT hem FROM audience WHERE topic_id = 135790 UNION SELECT hem FROM fixed');
SELECT twice('WITH a AS MATERIALIZED (SELECT hem FROM audience WHERE topic_id = 135790) SELECT hem FROM a WHERE hem IN (SELECT hem FROM fixed)');
-- nothing is asked of what is never read
SELECT twice('SELECT hem FROM audience WHERE topic_id = 135790 AND intent_score > 200');
-- other relations
SELECT twice('SELECT a.hem FROM audience a JOIN crm c ON c.topic = a.topic_id');
SELECT twice('SELECT hem FROM nested_crm');
SELECT twice('SELECT hem FROM audience WHERE topic_id = 135790 AND hem NOT IN (SELECT domain FROM crm)');
SELECT twice('SELECT hem FROM other');
SELECT twice('SELECT hem, (SELECT count(*) FROM crm) FROM audience WHERE topic_id = 135790');
-- what is not the same at all times, or not for certain
SELECT twice('SELECT hem, now() FROM audience WHERE topic_id = 135790');
SELECT twice('SELECT hem FROM audience WHERE topic_id = 135790 AND data_date = date ''2026-11-21'' + (current_date - current_date)');
SELECT twice('SELECT hem, random() FROM audience WHERE topic_id = 135790');
SELECT twice('SELECT hem, users_own(1) FROM audience WHERE topic_id = 135790');
SELECT twice('SELECT hem FROM audience WHERE topic_id = users_topic()');
SELECT twice('SELECT hem, to_char(timestamptz ''2026-11-21 00:00Z'', ''HH'') FROM audience WHERE topic_id = 135790');
-- answers without a run
SELECT twice('SELECT topic_name FROM topics');
SELECT twice('SELECT hem FROM audience WHERE topic_id = ANY (ARRAY(SELECT topic_id FROM topics WHERE topic_id = 135790))');
SELECT twice('SELECT person_id FROM audience_results WHERE audience_id = ''11111111-2222-4333-8444-555555555555''');
-- a saved audience can be changed without a run
SELECT twice('SELECT hem FROM saved');
SELECT twice('SELECT hem FROM audience WHERE audience_id = ''11111111-2222-4333-8444-555555555555''');
-- rows that nobody counted
SELECT twice('SELECT hem FROM unverified WHERE topic_id = 135790');
-- values that come from rows are not kept
SELECT twice('SELECT hem FROM audience WHERE topic_id = 135790 AND company = (SELECT max(company) FROM audience WHERE topic_id = 110003)');
SELECT twice('SELECT b.hem FROM (SELECT DISTINCT company FROM audience WHERE topic_id = 110003 ORDER BY 1 LIMIT 2) a, LATERAL (SELECT hem FROM audience b WHERE b.topic_id = 110003 AND b.company = a.company OFFSET 0) b');
-- too many requests to ask again
SELECT twice('SELECT hem FROM audience WHERE topic_id = 135790 AND company_domain = ANY (string_to_array(repeat(''x '', 33) || ''acme.example'', '' ''))');
SELECT twice('SELECT hem FROM audience WHERE topic_id = 135790 AND company IN (' ||
  (SELECT string_agg(quote_literal('c' || i), ', ') FROM generate_series(1, 33) i) || ')');
-- changed since: the definition, the table, the server, the mapping, the owner
SELECT twice('SELECT * FROM nested', 'CREATE OR REPLACE VIEW nested AS SELECT hem, topic_id, intent_score FROM audience WHERE topic_id IN (135790)');
SELECT twice('SELECT hem FROM fixed', $$ALTER FOREIGN TABLE fixed OPTIONS (SET data_date '2026-11-20')$$);
SELECT twice('SELECT hem FROM fixed', $$ALTER FOREIGN TABLE fixed ALTER hem OPTIONS (ADD key 'email')$$);
SELECT twice('SELECT hem FROM fixed', $$ALTER SERVER sim OPTIONS (ADD page_size '70')$$);
SELECT twice('SELECT hem FROM fixed', $$ALTER USER MAPPING FOR CURRENT_USER SERVER sim OPTIONS (SET api_key 'sk_test_simulator')$$);
SELECT twice('SELECT hem FROM parts', 'ALTER TABLE parts DETACH PARTITION parts_a');
SELECT twice('SELECT hem FROM fixed', $$SET LOCAL TimeZone = 'Asia/Tokyo'$$);
SELECT twice('SELECT hem FROM fixed', 'SET LOCAL extra_float_digits = 0');
-- dropped and made again: of the old one nothing counts, and nothing is left of those that are gone
CREATE MATERIALIZED VIEW again AS SELECT hem FROM audience WHERE topic_id = 135790;
SELECT intent_fdw_refresh('again', concurrently => false);
SELECT intent_fdw_refresh('again', concurrently => false);
DROP MATERIALIZED VIEW again;
CREATE MATERIALIZED VIEW again AS SELECT hem FROM audience WHERE topic_id = 135790;
SELECT intent_fdw_refresh('again', concurrently => false);
SELECT view_name FROM intent_fdw_refresh_state;
-- what is said within REPEATABLE READ would be of another time
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT intent_fdw_refresh('again', concurrently => false);
COMMIT;
SELECT intent_fdw_refresh('again', concurrently => false);
-- rolled back
BEGIN;
SELECT config('{"advance_after": {"requests": 0, "date": "2026-11-23"}}');
SELECT intent_fdw_refresh('again', concurrently => false);
ROLLBACK;
SELECT intent_fdw_refresh('again', concurrently => false);
SELECT intent_fdw_refresh('again', concurrently => false);
-- the extension may move
CREATE SCHEMA moved;
ALTER EXTENSION intent_fdw SET SCHEMA moved;
SELECT moved.intent_fdw_refresh('again', concurrently => false);
ALTER EXTENSION intent_fdw SET SCHEMA public;
\i :dir/fixture/teardown.psql
