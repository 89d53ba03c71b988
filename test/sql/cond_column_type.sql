-- A condition is sent only where the column's own type is one that the filter compares: an integer, a date, a
-- uuid, a boolean. Others are checked on the rows; what rows do not tell is an error.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql
CREATE DOMAIN day AS date;
CREATE FOREIGN TABLE other (hem text, intent_score integer, topic_id integer, email text, company text, job_title text,
  topic_overlap numeric, is_b2b text, has_phone text, audience_id text, data_date text) SERVER sim;
CREATE FOREIGN TABLE stamped (hem text, intent_score integer, topic_id integer, email text, company text, job_title text,
  topic_overlap smallint, audience_id uuid, data_date timestamp) SERVER sim;
CREATE FOREIGN TABLE domains (hem text, intent_score integer, topic_id integer, email text, company text, job_title text, data_date day) SERVER sim;
CREATE VIEW typed AS SELECT p.*, '2026-11-22'::timestamp AS stamp FROM (SELECT hem, intent_score, topic_id, email, company, job_title, topic_overlap, is_b2b::int::text AS b2b FROM people) p;

SELECT ask($$ topic_id = 117801 AND topic_overlap >= 2 $$, 'other', 'typed');
SELECT ask($$ topic_id = 117801 AND topic_overlap >= 1 $$, 'stamped', 'typed');
SELECT ask($$ topic_id = 117801 AND topic_overlap > 0.5 $$, 'stamped', 'typed');
SELECT ask($$ topic_id = 117801 AND is_b2b = 'y' $$, 'other', '(SELECT *, ''y'' AS is_b2b FROM typed WHERE b2b = ''1'') p');
SELECT ask($$ topic_id = 117801 AND has_phone = 'true' $$, 'other');
SELECT ask($$ topic_id = 117801 AND data_date = '2026-11-22' $$, 'other');
SELECT ask($$ topic_id = 117801 AND data_date = '2026-11-22' $$, 'stamped');
SELECT ask($$ topic_id = 117801 AND data_date >= '2026-11-22' $$, 'stamped');
SELECT ask($$ topic_id = 117801 AND data_date = '2026-11-22' $$, 'domains', '(SELECT *, ''2026-11-22''::date AS data_date FROM typed) p');
SELECT ask($$ audience_id = '11111111-2222-4333-8444-555555555555' $$, 'other');
SELECT ask($$ topic_id = 117801 AND audience_id = '11111111-2222-4333-8444-555555555555' $$, 'other');
SELECT count(*) > 0 FROM stamped WHERE audience_id = '11111111-2222-4333-8444-555555555555';
SELECT sent();
\i :dir/fixture/teardown.psql
