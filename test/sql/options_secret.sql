-- Keys stand in user mappings only and are never shown; who may set what.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS intent_fdw;
RESET client_min_messages;
\set SHOW_CONTEXT never
CREATE ROLE regress_intent_plain;
CREATE ROLE regress_intent_reader;
GRANT pg_read_server_files TO regress_intent_reader;
GRANT USAGE ON FOREIGN DATA WRAPPER intent_fdw TO regress_intent_plain;
CREATE SERVER secret_server FOREIGN DATA WRAPPER intent_fdw;
GRANT USAGE ON FOREIGN SERVER secret_server TO regress_intent_plain, regress_intent_reader;

-- in the wrong place, each without the value
CREATE SERVER secret_bad FOREIGN DATA WRAPPER intent_fdw OPTIONS (api_key 'hunter2');
ALTER SERVER secret_server OPTIONS (ADD bearer_token 'hunter2');
ALTER SERVER secret_server OPTIONS (ADD api_key_file '/hunter2');
CREATE FOREIGN TABLE secret_bad (a int) SERVER secret_server OPTIONS (api_key 'hunter2');
CREATE FOREIGN TABLE secret_bad (a int OPTIONS (api_key 'hunter2')) SERVER secret_server;
ALTER FOREIGN DATA WRAPPER intent_fdw OPTIONS (ADD api_key 'hunter2');

-- not a key
CREATE USER MAPPING FOR CURRENT_USER SERVER secret_server OPTIONS (api_key '');
CREATE USER MAPPING FOR CURRENT_USER SERVER secret_server OPTIONS (api_key E'hunter2\n');
CREATE USER MAPPING FOR CURRENT_USER SERVER secret_server OPTIONS (api_key E'hunter2\r\nX-Evil: 1');
CREATE USER MAPPING FOR CURRENT_USER SERVER secret_server OPTIONS (api_key E'hunter\x012');
CREATE USER MAPPING FOR CURRENT_USER SERVER secret_server OPTIONS (api_key E'hunter\x7f2');
CREATE USER MAPPING FOR CURRENT_USER SERVER secret_server OPTIONS (api_key 'hunter2 ');
CREATE USER MAPPING FOR CURRENT_USER SERVER secret_server OPTIONS (api_key 'hünter2');
CREATE USER MAPPING FOR CURRENT_USER SERVER secret_server OPTIONS (bearer_token E'hunter\t2');
CREATE USER MAPPING FOR CURRENT_USER SERVER secret_server OPTIONS (api_key_file 'hunter2');
CREATE USER MAPPING FOR CURRENT_USER SERVER secret_server OPTIONS (apikey 'hunter2');

-- a longest key
DO $$
BEGIN
  EXECUTE format('CREATE USER MAPPING FOR CURRENT_USER SERVER secret_server OPTIONS (api_key %L)', repeat('x', 4097));
EXCEPTION WHEN invalid_parameter_value THEN
  RAISE NOTICE '%', SQLERRM;
END $$;

-- one of the three
CREATE USER MAPPING FOR CURRENT_USER SERVER secret_server OPTIONS (api_key 'hunter2', bearer_token 'hunter3');
CREATE USER MAPPING FOR CURRENT_USER SERVER secret_server OPTIONS (api_key 'hunter2', api_key_file '/key');
CREATE USER MAPPING FOR CURRENT_USER SERVER secret_server OPTIONS (bearer_token 'hunter2', api_key_file '/key');
CREATE USER MAPPING FOR CURRENT_USER SERVER secret_server OPTIONS (api_key 'sk_hunter-2');
ALTER USER MAPPING FOR CURRENT_USER SERVER secret_server OPTIONS (ADD bearer_token 'hunter3');
ALTER USER MAPPING FOR CURRENT_USER SERVER secret_server OPTIONS (DROP api_key, ADD bearer_token 'ey.hunter+3=');
ALTER USER MAPPING FOR CURRENT_USER SERVER secret_server OPTIONS (DROP bearer_token, ADD api_key_file '/run/key');
-- none of them may be set later
CREATE USER MAPPING FOR PUBLIC SERVER secret_server;

-- a user of the server sets a key of his own, but reads no file
SET ROLE regress_intent_plain;
CREATE USER MAPPING FOR regress_intent_plain SERVER secret_server OPTIONS (api_key_file '/etc/passwd');
CREATE USER MAPPING FOR regress_intent_plain SERVER secret_server OPTIONS (api_key 'hunter2');
ALTER USER MAPPING FOR regress_intent_plain SERVER secret_server OPTIONS (DROP api_key, ADD api_key_file '/etc/passwd');
SET ROLE regress_intent_reader;
CREATE USER MAPPING FOR regress_intent_reader SERVER secret_server OPTIONS (api_key_file '/run/key');
RESET ROLE;

-- an owner without superuser's rights changes a server, but not where TLS ends
SET ROLE regress_intent_plain;
CREATE SERVER secret_own FOREIGN DATA WRAPPER intent_fdw OPTIONS (base_url 'https://api.example.com', page_size '10');
ALTER SERVER secret_own OPTIONS (ADD allow_http 'true');
ALTER SERVER secret_own OPTIONS (ADD ca_file '/tmp/ca.pem');
ALTER SERVER secret_own OPTIONS (ADD proxy 'http://127.0.0.1:8080');
ALTER SERVER secret_own OPTIONS (SET base_url 'http://api.example.com');
ALTER SERVER secret_own OPTIONS (SET base_url 'http://localhost:8080', SET page_size '20');
-- what a superuser set stays his to change, and with it the server
RESET ROLE;
ALTER SERVER secret_own OPTIONS (ADD ca_file '/etc/ssl/ca.pem');
SET ROLE regress_intent_plain;
ALTER SERVER secret_own OPTIONS (SET page_size '30');
ALTER SERVER secret_own OPTIONS (DROP ca_file, SET page_size '30');
RESET ROLE;
SELECT srvoptions FROM pg_foreign_server WHERE srvname = 'secret_own';

SET client_min_messages = warning;
DROP SERVER secret_server, secret_own CASCADE;
REVOKE ALL ON FOREIGN DATA WRAPPER intent_fdw FROM regress_intent_plain;
DROP ROLE regress_intent_plain, regress_intent_reader;
