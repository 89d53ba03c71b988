-- Table site_topics: the url is required; rows inside an envelope whose other
-- members stand on each of them; the API's rate is kept to by waiting.
\getenv dir PG_ABS_SRCDIR
\set tables site_topics
\i :dir/fixture/setup.psql
\i :dir/fixture/resource.psql
CREATE TABLE local AS
  SELECT 'https://a.example/' AS url, r."topicId" AS topic_id, r."topicName" AS topic_name, r.similarity, r."matchedKeyword" AS matched_keyword,
         d->>'company' AS company, ARRAY(SELECT jsonb_array_elements_text(d->'keywords')) AS keywords
    FROM (SELECT document('/v1/intent/topics/analyze', '{"url":"https://a.example/"}')->'data' AS d) x,
         jsonb_to_recordset(d->'topics') AS r ("topicId" int, "topicName" text, similarity numeric, "matchedKeyword" text);

SELECT * FROM site_topics WHERE url = 'https://a.example/' ORDER BY similarity DESC LIMIT 2;
SELECT requests() ORDER BY 1;
SELECT asks('SELECT url, topic_id, topic_name, similarity, matched_keyword, company, keywords FROM site_topics WHERE ' || c,
            'SELECT * FROM local WHERE ' || c)
  FROM unnest(ARRAY['url = ''https://a.example/''', 'url = ''https://a.example/'' AND similarity > 0.8', 'url = ''https://a.example/'' AND company <> ''x'' LIMIT 1', 'url = NULL']) c;
SELECT url, count(*) > 2, min(summary) FROM site_topics WHERE url IN ('https://a.example/', 'https://b.example/"q"') GROUP BY 1 ORDER BY 1;
-- the url of an outer row says what to ask for, so it is sent
CREATE TABLE sites (site text);
INSERT INTO sites VALUES ('https://a.example/'), ('https://b.example/'), (NULL);
ANALYZE sites;
SELECT s.site, count(*) > 2 FROM sites s JOIN site_topics t ON t.url = s.site GROUP BY 1 ORDER BY 1;
SELECT requests() ORDER BY 1;
SELECT failure(s) FROM unnest(ARRAY['SELECT * FROM site_topics', 'SELECT * FROM site_topics WHERE url LIKE ''https%''', 'SELECT * FROM site_topics WHERE url = ''a.example''']) s;
-- members around the rows that are not there
CREATE FUNCTION answered(what text) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT fault('{"body": "{\"data\":{\"topics\":[{\"topicId\":1}],\"company\":null}}"}');
  SELECT failure('SELECT ' || what || ' FROM site_topics WHERE url = ''https://a.example/''');
$$;
SELECT w, answered(w) FROM unnest('{topic_id,summary,length(summary),length(company),keywords}'::text[]) w;
SELECT explain($$SELECT * FROM site_topics WHERE url = 'https://a.example/'$$);
SELECT clear();

-- two requests a second: the third waits
ALTER FOREIGN TABLE site_topics OPTIONS (ADD rate_limit '2/1s', ADD max_connections '4');
SELECT pg_sleep(1.1);
SELECT count(DISTINCT url) FROM site_topics WHERE url = ANY (ARRAY(SELECT 'https://' || i || '.example/' FROM generate_series(1, 5) i));
WITH l AS (SELECT string_agg(l, '')::jsonb AS log FROM sim('GET', '/_sim/log', '') l),
     a AS (SELECT (e->>'at_ms')::numeric AS at, row_number() OVER (ORDER BY (e->>'at_ms')::numeric) AS n FROM l, jsonb_array_elements(log) e)
SELECT count(*), bool_and(later.at - a.at >= 600) FROM a LEFT JOIN a later ON later.n = a.n + 2 WHERE later.n IS NOT NULL OR a.n > 3;
-- the wait can be cancelled, and nothing is sent
SELECT clear();
ALTER FOREIGN TABLE site_topics OPTIONS (SET rate_limit '1/1h');
SET statement_timeout = '300ms';
SELECT * FROM site_topics WHERE url = 'https://c.example/';
RESET statement_timeout;
SELECT requests() ORDER BY 1;
ALTER FOREIGN TABLE site_topics OPTIONS (SET rate_limit '1000/1s');
SELECT count(*) > 2 FROM site_topics WHERE url = 'https://c.example/';
ALTER FOREIGN TABLE site_topics OPTIONS (SET rate_limit '30');
ALTER FOREIGN TABLE site_topics OPTIONS (SET rate_limit '0/60s');
ALTER FOREIGN TABLE site_topics OPTIONS (SET rate_limit '30/never');
\i :dir/fixture/teardown.psql
