-- A tour of intent_fdw; test/bin/demo runs it against the API simulator.
\getenv url INTENT_SIM_URL
\pset border 1
\pset null (null)

\echo
\echo '1. A server, a key, and the API is a schema of tables'
\echo
\set ECHO queries
CREATE EXTENSION intent_fdw;

CREATE SERVER leadpipe FOREIGN DATA WRAPPER intent_fdw
  OPTIONS (base_url :'url');       -- without base_url: the production API

CREATE USER MAPPING FOR CURRENT_USER SERVER leadpipe
  OPTIONS (api_key 'sk_test_simulator');

CREATE SCHEMA intent;
IMPORT FOREIGN SCHEMA intent FROM SERVER leadpipe INTO intent;
\set ECHO none
\dE intent.*

\echo '2. Directors and vice presidents who show intent: the conditions become fields of the request'
\echo
\set ECHO queries
SELECT email, company, seniority, intent_score
  FROM intent.audience
 WHERE topic_id IN (117801, 102391) AND intent_score >= 80
   AND seniority IN ('director', 'vp') AND has_business_email
 ORDER BY intent_score DESC, email LIMIT 10;
\set ECHO none

\echo '3. What was sent, and what it cost'
\echo
\pset tuples_only on
\pset format unaligned
\set ECHO queries
EXPLAIN (ANALYZE, VERBOSE, COSTS OFF, TIMING OFF, SUMMARY OFF)
SELECT email, company, seniority, intent_score
  FROM intent.audience
 WHERE topic_id IN (117801, 102391) AND intent_score >= 80
   AND seniority IN ('director', 'vp') AND has_business_email
 ORDER BY intent_score DESC, email LIMIT 10;
\set ECHO none
\pset tuples_only off
\pset format aligned

\echo
\echo '4. Joined with the CRM: which of our accounts are interested?'
\echo
\set ECHO queries
CREATE SCHEMA crm;
CREATE TABLE crm.accounts (domain text PRIMARY KEY, owner text, stage text);
\set ECHO none
-- three domains that the simulator knows, so that the join finds somebody
INSERT INTO crm.accounts
SELECT company_domain,
       (ARRAY['Ada', 'Grace', 'Edsger'])[row_number() OVER ()],
       (ARRAY['open', 'won', 'open'])[row_number() OVER ()]
  FROM (SELECT company_domain, count(*) FROM intent.audience
         WHERE topic_id = 117801 AND company_domain = lower(company_domain)
         GROUP BY company_domain ORDER BY count(*) DESC, company_domain LIMIT 3) d;
ANALYZE crm.accounts;
\set ECHO queries
TABLE crm.accounts;

SELECT c.owner, c.domain, count(*) AS people, max(a.intent_score) AS best
  FROM crm.accounts c JOIN intent.audience a ON a.company_domain = c.domain
 WHERE a.topic_id = 117801 AND c.stage = 'open'
 GROUP BY c.owner, c.domain ORDER BY people DESC;
\set ECHO none

\echo 'Each account is a look-up of its own: $key is its domain'
\echo
\pset tuples_only on
\pset format unaligned
\set ECHO queries
EXPLAIN (COSTS OFF)
SELECT c.owner, a.email, a.intent_score
  FROM crm.accounts c JOIN intent.audience a ON a.company_domain = c.domain
 WHERE a.topic_id = 117801 AND c.stage = 'open';
\set ECHO none
\pset tuples_only off
\pset format aligned
\echo

\echo '5. Kept as a materialized view, refreshed when you like'
\echo
\set ECHO queries
CREATE MATERIALIZED VIEW crm.hot AS
SELECT email, company_domain, intent_score, data_date
  FROM intent.audience WHERE topic_id = 117801 AND intent_score >= 95;

REFRESH MATERIALIZED VIEW crm.hot;

SELECT data_date, count(*) FROM crm.hot GROUP BY data_date;
\set ECHO none

\echo '6. What cannot be answered is an error that says what to do, never a silent gap'
\echo
\set ON_ERROR_STOP off
\set ECHO queries
SELECT email FROM intent.audience WHERE intent_score >= 80;
\set ECHO none
\set ON_ERROR_STOP on
\echo
