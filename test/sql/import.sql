-- IMPORT FOREIGN SCHEMA, and the view of what its columns can send.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS intent_fdw;
RESET client_min_messages;
\set SHOW_CONTEXT never
CREATE SERVER "Import ""it""" FOREIGN DATA WRAPPER intent_fdw;
CREATE SCHEMA import_all;
CREATE SCHEMA import_none;
CREATE SCHEMA "Import's ""own"".schema";

IMPORT FOREIGN SCHEMA intent FROM SERVER "Import ""it""" INTO import_all;
SELECT c.relname, s.srvname, t.ftoptions
  FROM pg_foreign_table t
  JOIN pg_class c ON c.oid = t.ftrelid
  JOIN pg_foreign_server s ON s.oid = t.ftserver
 WHERE c.relnamespace = 'import_all'::regnamespace ORDER BY c.relname COLLATE "C";
SELECT attname, format_type(atttypid, atttypmod) AS type, attnotnull, attfdwoptions
  FROM pg_attribute WHERE attrelid = 'import_all.audience'::regclass AND attnum > 0 ORDER BY attnum;

-- nothing is asked of the API, so no user mapping is needed; again: it is there
IMPORT FOREIGN SCHEMA intent FROM SERVER "Import ""it""" INTO import_all;

-- some tables; one that is not offered gives none, as with postgres_fdw
IMPORT FOREIGN SCHEMA intent EXCEPT (audience) FROM SERVER "Import ""it""" INTO import_none;
IMPORT FOREIGN SCHEMA intent LIMIT TO ("Audience", nosuch) FROM SERVER "Import ""it""" INTO import_none;
SELECT count(*) FROM pg_class WHERE relnamespace = 'import_none'::regnamespace AND relname IN ('audience', 'nosuch');
IMPORT FOREIGN SCHEMA intent LIMIT TO (audience, nosuch) FROM SERVER "Import ""it""" INTO import_none;
SELECT 'import_none.audience'::regclass;

-- names that need quotes
IMPORT FOREIGN SCHEMA intent EXCEPT (nosuch) FROM SERVER "Import ""it""" INTO "Import's ""own"".schema";
SELECT count(*) FROM pg_attribute
 WHERE attrelid = '"Import''s ""own"".schema".audience'::regclass AND attnum > 0;

-- what there is not
IMPORT FOREIGN SCHEMA public FROM SERVER "Import ""it""" INTO import_none;
IMPORT FOREIGN SCHEMA "Intent" FROM SERVER "Import ""it""" INTO import_none;
IMPORT FOREIGN SCHEMA intent FROM SERVER "Import ""it""" INTO import_none OPTIONS (import_default 'true');
\set VERBOSITY sqlstate
IMPORT FOREIGN SCHEMA public FROM SERVER "Import ""it""" INTO import_none;
IMPORT FOREIGN SCHEMA intent FROM SERVER "Import ""it""" INTO import_none OPTIONS (import_default 'true');
\set VERBOSITY default

-- what conditions on the columns become; each line is a column that was imported
SELECT * FROM intent_fdw_filters WHERE resource = 'audience';
SELECT * FROM intent_fdw_filters WHERE resource <> 'audience';
SELECT attrelid::regclass, string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum)
  FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE relkind = 'f' AND relnamespace = 'import_all'::regnamespace AND attnum > 0 AND attrelid <> 'import_all.audience'::regclass GROUP BY 1 ORDER BY 1;
SELECT f."column" FROM intent_fdw_filters f
  LEFT JOIN pg_attribute a ON a.attrelid = ('import_all.' || f.resource)::regclass AND a.attname = f."column"
 WHERE a.attnum IS NULL;
SELECT intent_fdw_version() ~ '^\d+\.\d+' AS version;

SET client_min_messages = warning;
DROP SERVER "Import ""it""" CASCADE;
DROP SCHEMA import_all, import_none, "Import's ""own"".schema";
