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
