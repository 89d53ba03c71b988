-- The extension http and a loop in PL/pgSQL: one statement for a page's rows.
CREATE EXTENSION IF NOT EXISTS http;
CREATE OR REPLACE FUNCTION peer_http(url text, key text, topic int, pages int) RETURNS void LANGUAGE plpgsql
SET http.keepalive = on SET http.timeout_msec = 30000 AS $$
DECLARE
  body jsonb := jsonb_build_object('topicIds', jsonb_build_array(topic), 'minScore', 1, 'maxScore', 100, 'limit', 100);
  page jsonb;
BEGIN
  FOR i IN 1 .. pages LOOP
    SELECT content::jsonb INTO STRICT page
      FROM http(('POST', url, ARRAY[http_header('X-API-Key', key)], 'application/json', body::text)::http_request)
     WHERE status = 200;
    INSERT INTO peer_rows
    SELECT email, company, "jobTitle", "intentScore", "topicId", coalesce(hem, "emailHashes"->>'sha256')
      FROM jsonb_to_recordset(page->'data')
        AS r(email text, company text, "jobTitle" text, "intentScore" int, "topicId" int, hem text, "emailHashes" jsonb);
    EXIT WHEN NOT (page->'meta'->>'hasMore')::boolean;
    body := body || jsonb_build_object('cursor', page->'meta'->>'nextCursor');
  END LOOP;
END $$;
