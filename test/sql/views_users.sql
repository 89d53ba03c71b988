-- Whose key: the user that the scan runs as, read at execution.
\getenv dir PG_ABS_SRCDIR
\i :dir/fixture/setup.psql
CREATE ROLE regress_intent_owner;
CREATE ROLE regress_intent_reader;
CREATE ROLE regress_intent_other;
GRANT ALL ON SCHEMA fixture TO regress_intent_owner;
GRANT USAGE ON SCHEMA fixture TO regress_intent_reader, regress_intent_other;
GRANT SELECT ON audience TO regress_intent_owner, regress_intent_reader, regress_intent_other;
GRANT USAGE ON FOREIGN SERVER sim TO regress_intent_owner;
CREATE USER MAPPING FOR regress_intent_owner SERVER sim OPTIONS (api_key 'sk_test_simulator');
CREATE USER MAPPING FOR regress_intent_other SERVER sim OPTIONS (api_key 'sk_wrong_secret');

-- each user with their own mapping, or none
SET ROLE regress_intent_owner;
SELECT count(*) FROM audience WHERE topic_id = 135790;
SET ROLE regress_intent_reader;
SELECT count(*) FROM audience WHERE topic_id = 135790;
\echo :LAST_ERROR_SQLSTATE
SET ROLE regress_intent_other;
SELECT count(*) FROM audience WHERE topic_id = 135790;
\echo :LAST_ERROR_SQLSTATE

-- a view: the mapping of its owner
SET ROLE regress_intent_owner;
CREATE VIEW of_owner AS SELECT hem, topic_id, intent_score FROM audience;
CREATE VIEW outer_view AS SELECT * FROM of_owner WHERE topic_id = 135790;
CREATE VIEW joined AS SELECT t, hem FROM (VALUES (135790), (137000)) v(t) JOIN audience ON topic_id = t;
CREATE VIEW counted AS SELECT (SELECT count(*) FROM audience WHERE topic_id = 135790) AS n;
CREATE FUNCTION counting() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM fixture.audience WHERE topic_id = 135790';
CREATE FUNCTION counting_as_caller() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM fixture.audience WHERE topic_id = 135790';
CREATE VIEW by_function AS SELECT counting_as_caller() AS n;
CREATE VIEW of_caller WITH (security_invoker) AS SELECT hem, topic_id FROM audience;
GRANT SELECT ON of_owner, outer_view, joined, counted, by_function, of_caller TO regress_intent_reader, regress_intent_other;
SET ROLE regress_intent_reader;
SELECT count(*) FROM of_owner WHERE topic_id = 135790;
SELECT count(*) FROM outer_view;
SELECT count(*) FROM joined;
SELECT n FROM counted;
SELECT counting();
PREPARE q AS SELECT count(*) FROM of_owner WHERE topic_id = 135790;
EXECUTE q;
SELECT count(*) FROM of_caller WHERE topic_id = 135790;
SELECT counting_as_caller();
SELECT n FROM by_function;
SET ROLE regress_intent_other;
SELECT count(*) FROM of_owner WHERE topic_id = 135790;
SELECT count(*) FROM of_caller WHERE topic_id = 135790;

-- a plan holds no key: the same prepared statement for one user after the other
RESET ROLE;
PREPARE mine AS SELECT count(*) FROM audience WHERE topic_id = 135790;
SET plan_cache_mode = force_generic_plan;
SET ROLE regress_intent_owner;
EXECUTE mine;
SET ROLE regress_intent_other;
EXECUTE mine;
SET ROLE regress_intent_reader;
EXECUTE mine;
SET ROLE regress_intent_owner;
EXECUTE mine;
RESET ROLE;
RESET plan_cache_mode;
-- a changed mapping counts from the next statement on, for a plan made before
ALTER USER MAPPING FOR regress_intent_owner SERVER sim OPTIONS (SET api_key 'sk_gone');
SET ROLE regress_intent_owner;
EXECUTE mine;
RESET ROLE;
DROP USER MAPPING FOR regress_intent_owner SERVER sim;
CREATE USER MAPPING FOR PUBLIC SERVER sim OPTIONS (bearer_token 'bt_test_simulator');
SET ROLE regress_intent_reader;
SELECT count(*) FROM audience WHERE topic_id = 135790;
SELECT count(*) FROM of_owner WHERE topic_id = 135790;
RESET ROLE;
-- which header it was
SELECT sim->>'auth' AS auth, count(*) FROM (SELECT json_array_elements(string_agg(l, '')::json) AS sim FROM sim('GET', '/_sim/log', '') l) j WHERE sim->>'status' = '200' GROUP BY 1 ORDER BY 1;
-- nobody else sees the key
SET ROLE regress_intent_reader;
SELECT umoptions FROM pg_user_mappings WHERE srvname = 'sim' AND usename = 'regress_intent_other';
RESET ROLE;
DROP OWNED BY regress_intent_owner, regress_intent_reader, regress_intent_other;
DROP ROLE regress_intent_owner, regress_intent_reader, regress_intent_other;
\i :dir/fixture/teardown.psql
