/* intent_fdw--1.0--1.1.sql */

-- complain if script is sourced in psql, rather than via ALTER EXTENSION
\echo Use "ALTER EXTENSION intent_fdw UPDATE TO '1.1'" to load this file. \quit

-- as many as the view has, for the planner
ALTER FUNCTION intent_fdw_filters() ROWS 60;

-- Refreshes of materialized views: what was read, and what answered.

CREATE TABLE intent_fdw_refresh_state (
  view_schema  text NOT NULL,
  view_name    text NOT NULL,
  view_oid     oid NOT NULL,
  refreshed_at timestamptz NOT NULL,
  row_count    bigint NOT NULL,
  definition   text NOT NULL,
  contents     text NOT NULL,
  relations    oid[],
  users        oid[],
  requests     text[],
  answers      text[],
  PRIMARY KEY (view_schema, view_name)
);

-- What stands in requests stands in the views' definitions, which everyone can read; and pg_dump by who is no
-- superuser has to read this.
GRANT SELECT ON intent_fdw_refresh_state TO PUBLIC;

COMMENT ON TABLE intent_fdw_refresh_state
IS 'the last refresh of each view by intent_fdw_refresh()';
COMMENT ON COLUMN intent_fdw_refresh_state.view_oid
IS 'a view of another OID has not been refreshed';
COMMENT ON COLUMN intent_fdw_refresh_state.definition
IS 'hash of the definitions of the view, of what it reads, and of the servers';
COMMENT ON COLUMN intent_fdw_refresh_state.contents
IS 'number of rows, and a hash of their places and transactions';
COMMENT ON COLUMN intent_fdw_refresh_state.relations
IS 'foreign table of each request; null: it cannot be told whether the view has changed';
COMMENT ON COLUMN intent_fdw_refresh_state.users
IS 'user whose mapping was used';
COMMENT ON COLUMN intent_fdw_refresh_state.requests
IS 'body of the request, for one row';
COMMENT ON COLUMN intent_fdw_refresh_state.answers
IS 'run, key of the result and total that the API told';

SELECT pg_catalog.pg_extension_config_dump('intent_fdw_refresh_state', '');

CREATE FUNCTION intent_fdw_refresh_once(view regclass, min_ratio double precision, concurrently boolean)
RETURNS text
AS 'MODULE_PATHNAME'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION intent_fdw_refresh_once(regclass, double precision, boolean)
IS 'intent_fdw_refresh() without a second attempt';

-- The schema of the extension may be changed, so it is looked up; nothing here depends on search_path.
CREATE FUNCTION intent_fdw_refresh(view regclass, min_ratio double precision DEFAULT 0.5, concurrently boolean DEFAULT true)
RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $$
DECLARE
  statement text := pg_catalog.format('SELECT %s.intent_fdw_refresh_once($1, $2, $3)',
    (SELECT e.extnamespace::pg_catalog.regnamespace FROM pg_catalog.pg_extension e
      WHERE e.extname OPERATOR(pg_catalog.=) 'intent_fdw'));
  result text;
BEGIN
  EXECUTE statement INTO result USING $1, $2, $3;
  RETURN result;
EXCEPTION WHEN serialization_failure THEN
  -- a new run landed meanwhile: once more, from the beginning
  EXECUTE statement INTO result USING $1, $2, $3;
  RETURN result;
END $$;

COMMENT ON FUNCTION intent_fdw_refresh(regclass, double precision, boolean)
IS 'refreshes a materialized view unless nothing has changed; keeps the old contents if the new ones are too few';

-- Saved audiences: as files, and when they are ready.

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
