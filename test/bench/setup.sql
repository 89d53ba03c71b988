-- The tables of the benchmark: :url the simulator with the usual people, :big the one with a million in a topic.
SET client_min_messages = warning;
DROP EXTENSION IF EXISTS intent_fdw CASCADE;
DROP SCHEMA IF EXISTS intent, big CASCADE;
CREATE EXTENSION intent_fdw;
CREATE SERVER leadpipe FOREIGN DATA WRAPPER intent_fdw OPTIONS (base_url :'url');
CREATE USER MAPPING FOR CURRENT_USER SERVER leadpipe OPTIONS (api_key 'sk_test_simulator');
CREATE SCHEMA intent;
IMPORT FOREIGN SCHEMA intent FROM SERVER leadpipe INTO intent;
CREATE FOREIGN TABLE intent.each_one (email text, intent_score int, topic_id int, hem text)
  SERVER leadpipe OPTIONS (topic_mode 'each', max_connections '1');
CREATE FOREIGN TABLE intent.each_eight (email text, intent_score int, topic_id int, hem text)
  SERVER leadpipe OPTIONS (topic_mode 'each', max_connections '8');
CREATE FOREIGN TABLE intent.plain (email text, intent_score int, topic_id int, hem text)
  SERVER leadpipe OPTIONS (max_connections '8');
CREATE FOREIGN TABLE intent.bands (email text, intent_score int, topic_id int, hem text)
  SERVER leadpipe OPTIONS (max_connections '8', score_bands '8');
-- small pages, so that reading all of the topic is no way to look up a thousand
CREATE FOREIGN TABLE intent.lookups (hem text, topic_id int, company_domain text)
  SERVER leadpipe OPTIONS (page_size '20');
CREATE SERVER big FOREIGN DATA WRAPPER intent_fdw OPTIONS (base_url :'big');
CREATE USER MAPPING FOR CURRENT_USER SERVER big OPTIONS (api_key 'sk_test_simulator');
CREATE SCHEMA big;
IMPORT FOREIGN SCHEMA intent FROM SERVER big INTO big;

CREATE TABLE IF NOT EXISTS peer_rows (email text, company text, job_title text, intent_score int, topic_id int, hem text);
ALTER TABLE peer_rows SET UNLOGGED;
CREATE TABLE IF NOT EXISTS keys (domain text PRIMARY KEY);

-- How long a statement takes; its rows are counted, so that all are made.
CREATE OR REPLACE FUNCTION seconds(statement text) RETURNS float LANGUAGE plpgsql AS $$
DECLARE
  start timestamptz := clock_timestamp();
  n bigint;
BEGIN
  EXECUTE statement INTO n;
  RETURN extract(epoch FROM clock_timestamp() - start);
END $$;
