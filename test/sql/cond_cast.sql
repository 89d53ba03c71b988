-- Casts of a column that cost nothing, but bring in another idea of what is
-- equal; and strings that the column's own type changes.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql

-- char(n): blanks at the end do not count, so neither spelling finds all
SELECT ask($$ topic_id = 102391 AND company::bpchar = 'acme   ' $$);
SELECT ask($$ topic_id = 102391 AND company::bpchar = ANY ('{"acme  ",Globex}') $$);
SELECT ask($$ topic_id = 102391 AND (company::bpchar = 'acme  ' OR company = 'Globex') $$);
CREATE TABLE crm AS SELECT 'acme'::char(20) AS name UNION ALL SELECT 'Globex';
ANALYZE crm;
SELECT same('SELECT name, hem FROM crm JOIN audience ON company::bpchar = name WHERE topic_id = 102391', 'SELECT name, hem FROM crm JOIN people ON company::bpchar = name WHERE topic_id = 102391');
SELECT same('SELECT name, hem FROM crm JOIN audience ON company = name WHERE topic_id = 102391', 'SELECT name, hem FROM crm JOIN people ON company = name WHERE topic_id = 102391');
SELECT count(*) FROM sent() WHERE sent ~ 'acme"';
-- oid orders integers as if they had no sign
SELECT ask($$ topic_id = 110003 AND topic_id::oid = 110003 $$);
SELECT ask($$ topic_id = 110003 AND intent_score::oid > 80::oid $$, 'audience', '(SELECT hem, intent_score::int, topic_id, email, company, job_title FROM people) p');
-- the same type under another name is sent
SELECT ask($$ topic_id = 102391 AND company::varchar = 'acme' $$);

-- varchar(n) takes longer strings if what is too long is blank, so a string of
-- just that length may be what is left of another
CREATE FOREIGN TABLE short (hem text, topic_id integer, company varchar(4)) SERVER sim;
CREATE DOMAIN four AS varchar(4);
CREATE FOREIGN TABLE short_domain (hem text, topic_id integer, company four) SERVER sim;
SELECT fault('{"row_patch": {"row": 0, "member": "company", "value": "acme   "}}');
SELECT count(*) FROM short WHERE topic_id = 135790 AND company = 'acme';
SELECT fault('{"row_patch": {"row": 0, "member": "company", "value": "acme   "}}');
SELECT count(*) FROM short_domain WHERE topic_id = 135790 AND company = 'acme';
SELECT count(*) FROM short WHERE topic_id = 135790 AND company = 'acm';
SELECT sent();
\i :dir/fixture/teardown.psql
