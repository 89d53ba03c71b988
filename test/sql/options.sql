-- Options of servers, tables and columns: names, values, what excludes what.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS intent_fdw;
RESET client_min_messages;
\set SHOW_CONTEXT never

-- What each option says to a value, without leaving anything behind.
CREATE FUNCTION pg_temp.check_option(catalog regclass, given text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  detail text;
  hint text;
BEGIN
  PERFORM intent_fdw_validator(ARRAY[given], catalog);
  RETURN 'ok';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  RETURN concat_ws(' / ', SQLSTATE, SQLERRM, nullif(detail, ''), nullif(hint, ''));
END $$;
CREATE FUNCTION pg_temp.check_options(catalog regclass, VARIADIC given text[])
RETURNS TABLE (option text, result text)
LANGUAGE sql AS $$
  SELECT o, pg_temp.check_option(catalog, o) FROM unnest(given) WITH ORDINALITY u(o, n) ORDER BY n
$$;
\pset format unaligned
\pset tuples_only on

-- every option of a server, then of a table over it
CREATE SERVER options_server FOREIGN DATA WRAPPER intent_fdw OPTIONS (
  base_url 'https://api.example.com/', connect_timeout '250ms', request_timeout '1min',
  materialize_timeout '0.5h', poll_interval '1000', max_retries '0', max_retry_delay '0',
  ca_file '/etc/ssl/ca.pem', proxy 'http://proxy.example.com:3128', allow_http 'off',
  user_agent 'crm sync (ops@example.com)', page_size '50', max_connections '64', max_chains '100000',
  max_topics '250', max_requests '0', max_response_size '64kB', verify_count 'warning',
  count_pushdown 'trusted', fdw_startup_cost '0', fdw_request_cost '1e3', fdw_tuple_cost '.5');
CREATE FOREIGN TABLE options_table (
  topic integer OPTIONS (key 'topicId', filter 'topicIds'),
  domain text OPTIONS (key 'company.domain', match 'contains'))
  SERVER options_server OPTIONS (
  resource 'audience', topic_mode 'each', score_bands '64', topic_ids ' 117801 ,102391', min_score '1',
  max_score '100', min_topic_overlap '10', data_date '2024-02-29', page_size '100', max_connections '1',
  max_chains '1', max_topics '1', max_requests '5', max_response_size '1023MB', verify_count 'OFF',
  count_pushdown 'off', fdw_startup_cost '1', fdw_request_cost '1', fdw_tuple_cost '1');

-- values of a server
SELECT * FROM pg_temp.check_options('pg_foreign_server',
  'connect_timeout=1d', 'connect_timeout=0', 'connect_timeout=25h', 'connect_timeout=-1s',
  'connect_timeout=soon', 'connect_timeout=5 parsecs', 'max_retry_delay=2d', 'poll_interval=0.1ms',
  'poll_interval=1', 'request_timeout=', 'materialize_timeout=0',
  'max_retries=101', 'max_retries=-1', 'max_retries=2.5', 'max_retries=99999999999', 'max_retries=4 ',
  'page_size=0', 'page_size=101', 'max_connections=65', 'max_chains=0', 'max_topics=251', 'max_requests=-1',
  'max_response_size=63kB', 'max_response_size=1GB', 'max_response_size=65536', 'max_response_size=16 sheets',
  'verify_count=maybe', 'count_pushdown=error', 'allow_http=2', 'allow_http=yes',
  'fdw_startup_cost=-1', 'fdw_request_cost=NaN', 'fdw_request_cost=infinity', 'fdw_tuple_cost=much',
  'ca_file=ca.pem', 'ca_file=', 'user_agent=', 'user_agent= x', E'user_agent=x\r\nX-Evil: 1', 'user_agent=é');

-- values of a table
SELECT * FROM pg_temp.check_options('pg_foreign_table',
  'resource=audience', 'resource=Audience', 'topic_mode=some', 'score_bands=0', 'score_bands=65',
  'topic_ids=1', E'topic_ids= 3,\t2 , 1 ', 'topic_ids=', 'topic_ids=1,', 'topic_ids=1;2', 'topic_ids=1,2,1',
  'topic_ids=1.5', 'topic_ids=x', 'topic_ids=99999999999999999999',
  'audience_id=3C90C3CC-0D44-4B50-8888-8DD25736052A', 'audience_id={3c90c3cc0d444b5088888dd25736052a}',
  'audience_id=3c90c3cc-0d44-4b50-8888-8dd25736052', 'audience_id=3c90c3cc-0d44-4b50-8888-8dd25736052ab',
  'audience_id=3c90c3cc-0d44-4b50-8888-8dd25736052g', 'audience_id={3c90c3cc0d444b5088888dd25736052a', 'audience_id=',
  'min_score=0', 'max_score=101', 'min_topic_overlap=11',
  'data_date=2026-04-01', 'data_date=2025-02-29', 'data_date=2026-4-01', 'data_date=2026-13-01',
  'data_date=2026-04-01 ', 'data_date=today', 'data_date=0000-01-01', 'data_date=20260-1-01');

-- values of a column
SELECT * FROM pg_temp.check_options('pg_attribute',
  'key=emailHashes.sha256', 'key=größe', 'key=', 'key=.a', 'key=a.', 'key=a..b', E'key=a\nb',
  'filter=companyDomain', 'filter=filters.companyDomain', 'filter=maxScore', 'filter=companyDomains',
  'filter=favouriteColour', 'match=icase', 'match=regex');

-- names: the closest one, the place where it belongs, or the list
SELECT * FROM pg_temp.check_options('pg_foreign_server',
  'base_urll=x', 'pagesize=10', 'topic_ids=1', 'key=a', 'zzzzzzzz=1');
SELECT * FROM pg_temp.check_options('pg_foreign_table', 'base_url=https://x', 'min_scores=1', 'match=exact', 'zzzzzzzz=1');
SELECT * FROM pg_temp.check_options('pg_attribute', 'keys=a', 'page_size=1', 'column_name=a');
SELECT * FROM pg_temp.check_options('pg_user_mapping', 'apikey=v', 'api_kye=v', 'base_url=https://x', 'password=v');
SELECT * FROM pg_temp.check_options('pg_foreign_data_wrapper', 'base_url=https://x', 'zzzzzzzz=1');

-- through DDL; a refused change leaves what was there
\pset format aligned
\pset tuples_only off
ALTER SERVER options_server OPTIONS (SET page_size '500');
ALTER SERVER options_server OPTIONS (ADD page_sise '10');
ALTER SERVER options_server OPTIONS (SET page_size '25', DROP connect_timeout);
ALTER FOREIGN TABLE options_table OPTIONS (ADD audience_id '3c90c3cc-0d44-4b50-8888-8dd25736052a');
ALTER FOREIGN TABLE options_table OPTIONS (SET min_score '80', SET max_score '79');
ALTER FOREIGN TABLE options_table OPTIONS (SET min_score '80', SET max_score '80', SET verify_count 'error');
ALTER FOREIGN TABLE options_table ALTER COLUMN domain OPTIONS (ADD filter 'companyDomian');
ALTER FOREIGN TABLE options_table ALTER COLUMN domain OPTIONS (ADD filter 'companyDomain', SET match 'exact');
CREATE FOREIGN TABLE options_bad (a int) SERVER options_server OPTIONS (resource 'audiences');
ALTER FOREIGN DATA WRAPPER intent_fdw OPTIONS (ADD max_retries '1');
SELECT o FROM pg_foreign_server, unnest(srvoptions) o
 WHERE srvname = 'options_server' AND o ~ '^(page_size|connect_timeout|base_url)=' ORDER BY o COLLATE "C";
SELECT o FROM pg_foreign_table, unnest(ftoptions) o
 WHERE ftrelid = 'options_table'::regclass AND o ~ '^(m.._score|verify_count)=' ORDER BY o COLLATE "C";
SELECT attname, attfdwoptions FROM pg_attribute
 WHERE attrelid = 'options_table'::regclass AND attnum > 0 ORDER BY attnum;

-- a saved audience brings its own topics, scores and overlap, but not the date
CREATE FOREIGN TABLE options_saved (a int) SERVER options_server
  OPTIONS (audience_id '3c90c3cc-0d44-4b50-8888-8dd25736052a', data_date '2026-04-01', page_size '10');
ALTER FOREIGN TABLE options_saved OPTIONS (ADD topic_ids '1');
ALTER FOREIGN TABLE options_saved OPTIONS (ADD min_score '1');
ALTER FOREIGN TABLE options_saved OPTIONS (ADD max_score '100');
ALTER FOREIGN TABLE options_saved OPTIONS (ADD min_topic_overlap '1');

SET client_min_messages = warning;
DROP SERVER options_server CASCADE;
