/* intent_fdw--1.0.sql */

-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION intent_fdw" to load this file. \quit

CREATE FUNCTION intent_fdw_handler()
RETURNS fdw_handler
AS 'MODULE_PATHNAME'
LANGUAGE C STRICT;

COMMENT ON FUNCTION intent_fdw_handler()
IS 'callbacks of foreign-data wrapper intent_fdw';

CREATE FUNCTION intent_fdw_validator(text[], oid)
RETURNS void
AS 'MODULE_PATHNAME'
LANGUAGE C STRICT;

COMMENT ON FUNCTION intent_fdw_validator(text[], oid)
IS 'checks the options of servers, user mappings, tables and columns of intent_fdw';

CREATE FOREIGN DATA WRAPPER intent_fdw
  HANDLER intent_fdw_handler
  VALIDATOR intent_fdw_validator;

COMMENT ON FOREIGN DATA WRAPPER intent_fdw
IS 'Leadpipe intent API';

CREATE FUNCTION intent_fdw_version()
RETURNS text
AS 'MODULE_PATHNAME'
LANGUAGE C STRICT IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION intent_fdw_version()
IS 'version of the intent_fdw library';

CREATE FUNCTION intent_fdw_filters(
  OUT resource text,
  OUT "column" text,
  OUT field text,
  OUT operators text,
  OUT value_type text,
  OUT exact boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME'
LANGUAGE C STRICT STABLE PARALLEL SAFE ROWS 20;

COMMENT ON FUNCTION intent_fdw_filters()
IS 'conditions that intent_fdw sends to the API';

CREATE VIEW intent_fdw_filters AS
  SELECT resource, "column", field, operators, value_type, exact
    FROM intent_fdw_filters();

COMMENT ON VIEW intent_fdw_filters
IS 'conditions that intent_fdw sends to the API';
COMMENT ON COLUMN intent_fdw_filters.resource
IS 'table option "resource" of the tables that have the column';
COMMENT ON COLUMN intent_fdw_filters."column"
IS 'column as IMPORT FOREIGN SCHEMA names it';
COMMENT ON COLUMN intent_fdw_filters.field
IS 'where the value stands in the request';
COMMENT ON COLUMN intent_fdw_filters.operators
IS 'conditions that are sent';
COMMENT ON COLUMN intent_fdw_filters.value_type
IS 'what the API takes';
COMMENT ON COLUMN intent_fdw_filters.exact
IS 'whether the API''s answer is taken as it is where rows do not carry the column';

GRANT SELECT ON intent_fdw_filters TO PUBLIC;

CREATE FUNCTION intent_fdw_stats(
  OUT server name,
  OUT scans bigint,
  OUT requests bigint,
  OUT pages bigint,
  OUT polls bigint,
  OUT retries bigint,
  OUT errors bigint,
  OUT "rows" bigint,
  OUT bytes bigint,
  OUT waited_ms bigint)
RETURNS SETOF record
AS 'MODULE_PATHNAME'
LANGUAGE C STRICT VOLATILE PARALLEL RESTRICTED ROWS 2;

COMMENT ON FUNCTION intent_fdw_stats()
IS 'what this session has asked of each server';

CREATE VIEW intent_fdw_stats AS
  SELECT server, scans, requests, pages, polls, retries, errors, "rows", bytes, waited_ms
    FROM intent_fdw_stats();

COMMENT ON VIEW intent_fdw_stats
IS 'what this session has asked of each server';
COMMENT ON COLUMN intent_fdw_stats.scans
IS 'scans that had something to ask, rescans with other values included';
COMMENT ON COLUMN intent_fdw_stats.requests
IS 'requests sent, polls and retries included';
COMMENT ON COLUMN intent_fdw_stats.pages
IS 'pages received';
COMMENT ON COLUMN intent_fdw_stats.polls
IS 'answers that the result is still being made';
COMMENT ON COLUMN intent_fdw_stats.retries
IS 'requests sent again after a failure that may pass';
COMMENT ON COLUMN intent_fdw_stats.errors
IS 'scans that ended with an error about the API or its answer';
COMMENT ON COLUMN intent_fdw_stats."rows"
IS 'rows received';
COMMENT ON COLUMN intent_fdw_stats.bytes
IS 'bytes received, compressed as they came';
COMMENT ON COLUMN intent_fdw_stats.waited_ms
IS 'time spent waiting for anything, milliseconds';

GRANT SELECT ON intent_fdw_stats TO PUBLIC;

CREATE FUNCTION intent_fdw_stats_reset()
RETURNS void
AS 'MODULE_PATHNAME'
LANGUAGE C STRICT VOLATILE PARALLEL RESTRICTED;

COMMENT ON FUNCTION intent_fdw_stats_reset()
IS 'sets the figures of intent_fdw_stats to zero';

CREATE FUNCTION intent_fdw_connections(
  OUT server name,
  OUT connections bigint,
  OUT active bigint,
  OUT opened bigint,
  OUT requests bigint)
RETURNS SETOF record
AS 'MODULE_PATHNAME'
LANGUAGE C STRICT VOLATILE PARALLEL RESTRICTED ROWS 2;

COMMENT ON FUNCTION intent_fdw_connections()
IS 'connections that this session has';

CREATE VIEW intent_fdw_connections AS
  SELECT server, connections, active, opened, requests
    FROM intent_fdw_connections();

COMMENT ON VIEW intent_fdw_connections
IS 'connections that this session has';
COMMENT ON COLUMN intent_fdw_connections.connections
IS 'connections open now, in use or kept for the next request';
COMMENT ON COLUMN intent_fdw_connections.active
IS 'requests under way';
COMMENT ON COLUMN intent_fdw_connections.opened
IS 'connections made since the session began';
COMMENT ON COLUMN intent_fdw_connections.requests
IS 'requests sent since the session began';

GRANT SELECT ON intent_fdw_connections TO PUBLIC;

CREATE FUNCTION intent_fdw_disconnect(server name)
RETURNS boolean
AS 'MODULE_PATHNAME'
LANGUAGE C STRICT VOLATILE PARALLEL RESTRICTED;

COMMENT ON FUNCTION intent_fdw_disconnect(name)
IS 'closes the connections to a server, those in use when they are no longer';

CREATE FUNCTION intent_fdw_export(
  server name,
  audience_id uuid,
  data_date date DEFAULT NULL,
  OUT download_url text,
  OUT "rows" bigint,
  OUT data_date date,
  OUT file_name text,
  OUT expires_in bigint,
  OUT cached boolean)
AS 'MODULE_PATHNAME'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION intent_fdw_export(name, uuid, date)
IS 'has the API write a run of a saved audience into a file, and returns its signed link';

CREATE FUNCTION intent_fdw_wait(
  server name,
  audience_id uuid,
  data_date date DEFAULT NULL,
  timeout interval DEFAULT NULL)
RETURNS bigint
AS 'MODULE_PATHNAME'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION intent_fdw_wait(name, uuid, date, interval)
IS 'waits until a run of a saved audience is there, and returns its number of people';
