-- A database in another encoding: answers are converted to it, requests from
-- it, and what it cannot hold is an error.
\getenv dir PG_ABS_SRCDIR
SELECT current_database() AS here \gset
SET client_min_messages = warning;
DROP DATABASE IF EXISTS regress_intent_latin1;
CREATE DATABASE regress_intent_latin1 ENCODING 'LATIN1' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;
\c regress_intent_latin1
SET client_encoding = 'UTF8';
\set rows live
\i :dir/fixture/setup.psql
SELECT getdatabaseencoding();
SELECT count(*), min(company), min(octet_length(company)) FROM audience WHERE topic_id = 102391 AND company = 'Müller GmbH';
SELECT sent();
SELECT company FROM audience WHERE topic_id = 102391 AND company = '東京';
SELECT fault('{"row_patch": {"row": 0, "member": "company", "raw": "\"caf\\u00e9 cr\u00e8me\""}}');
SELECT company, octet_length(company) FROM audience WHERE topic_id = 135790;
-- a character that LATIN1 does not have: in a column that is read, as an escape
SELECT fault('{"row_patch": {"row": 0, "member": "company", "raw": "\"\\u6771\\u4eac\""}}');
SELECT l FROM failure('SELECT company FROM audience WHERE topic_id = 135790') l WHERE l !~ 'detail';
\c :here
DROP DATABASE regress_intent_latin1;

-- EUC_JP has one code for two characters, so the API may have the other one
SET client_min_messages = warning;
DROP DATABASE IF EXISTS regress_intent_euc_jp;
CREATE DATABASE regress_intent_euc_jp ENCODING 'EUC_JP' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;
\c regress_intent_euc_jp
SET client_encoding = 'UTF8';
\i :dir/fixture/setup.psql
SELECT company FROM audience WHERE topic_id = 102391 AND company = '東京' LIMIT 1;
SELECT fault('{"row_patch": {"row": 0, "member": "company", "raw": "\"a\\u00a6b\""}}');
SELECT company FROM audience WHERE topic_id = 135790 AND company = 'a¦b';
SELECT sent();
\c :here
DROP DATABASE regress_intent_euc_jp;
