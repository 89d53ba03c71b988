-- The recipes of docs/cookbook.md that take more than one table.
\getenv dir PG_ABS_SRCDIR
\set rows live
\set tables 'topics, topic_trend, filter_values, saved_audiences, audience_runs, audience'
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql

-- topics by word, and their audience in one statement
SELECT count(*), count(DISTINCT topic_name) FROM audience
 WHERE topic_id = ANY (ARRAY(SELECT topic_id FROM topics WHERE topic_name ILIKE '%data%')) AND intent_score >= 90;
SELECT requests() ORDER BY 1;
SELECT count(DISTINCT person) FROM people WHERE topic_name ILIKE '%data%' AND intent_score >= 90;

-- trend next to the size of the audience that one would ask for
SELECT r.date, r.unique_audience, r.high_audience,
       (SELECT count(*) FROM audience a WHERE a.topic_id = r.topic_id AND a.data_date = r.date AND a.intent_score >= 80 AND a.has_business_email) AS reachable
  FROM topic_trend r WHERE r.topic_id = 110003 ORDER BY r.date;
SELECT requests() ORDER BY 1;
SELECT count(*) FILTER (WHERE intent_score >= 80), count(*) FILTER (WHERE intent_score >= 80 AND has_business_email) FROM people WHERE topic_id = 110003;

-- audiences that grew since an earlier run
SELECT s.name, earlier.total_count AS earlier, latest.total_count AS latest
  FROM saved_audiences s
  JOIN audience_runs latest ON latest.audience_id = s.id AND latest.data_date = '2026-11-22'
  JOIN audience_runs earlier ON earlier.audience_id = s.id AND earlier.data_date = '2026-11-20'
 WHERE s.status = 'active' AND latest.total_count > earlier.total_count;
SELECT DISTINCT requests() ORDER BY 1;

-- accounts of the CRM in which nobody is known yet, but somebody is interested
CREATE TABLE accounts (domain text PRIMARY KEY);
CREATE TABLE contacts (domain text, email text);
INSERT INTO accounts SELECT DISTINCT company_domain FROM people WHERE topic_id = 117801 AND company_domain <> '' ORDER BY 1 LIMIT 5;
INSERT INTO accounts VALUES ('nobody.example');
INSERT INTO contacts SELECT domain, 'x@' || domain FROM accounts ORDER BY 1 LIMIT 2;
ANALYZE accounts;
ANALYZE contacts;
\set q 'SELECT c.domain, count(*) FROM accounts c JOIN %s a ON a.company_domain = c.domain WHERE a.topic_id = 117801 AND NOT EXISTS (SELECT FROM contacts k WHERE k.domain = c.domain) GROUP BY 1'
SELECT same(format(:'q', 'audience'), format(:'q', 'people'));
SELECT count(*) FROM requests();

-- a saved audience as a table
CREATE FOREIGN TABLE widget_buyers (hem text, email text, intent_score integer, seniority text)
  SERVER sim OPTIONS (audience_id '11111111-2222-4333-8444-555555555555');
SELECT seniority, count(*) FROM widget_buyers WHERE intent_score >= 90 GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 2;

-- are the values of a query legal?
SELECT w.filter, w.value FROM (VALUES ('seniority', 'vp'), ('seniority', 'VP'), ('companySize', '51 to 100'), ('companySize', '51-100')) w (filter, value)
 WHERE NOT EXISTS (SELECT FROM filter_values f WHERE f.filter = w.filter AND f.value = w.value) ORDER BY 1, 2;
\i :dir/fixture/teardown.psql
