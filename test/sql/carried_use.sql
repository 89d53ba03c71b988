-- Columns that are neither carried nor sent: bare output reads NULL, any other
-- use is an error that names the column.
\getenv dir PG_ABS_SRCDIR
\i :dir/fixture/setup.psql
CREATE TABLE local (s text, t int);
INSERT INTO local VALUES ('vp', 117801), (NULL, 117801);
-- what the statement ends in, for short
CREATE FUNCTION use(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE query;
  RETURN 'allowed';
EXCEPTION WHEN feature_not_supported THEN
  RETURN substring(SQLERRM FROM '^column "[a-z_]+"') || ' refused';
END $$;

-- allowed: it is only put out
SELECT use($$ SELECT seniority FROM audience WHERE topic_id = 135790 $$);
SELECT use($$ SELECT * FROM audience WHERE topic_id = 135790 $$);
SELECT use($$ SELECT a FROM audience a WHERE topic_id = 135790 $$);
SELECT use($$ SELECT seniority, seniority FROM audience WHERE topic_id = 135790 ORDER BY email, intent_score $$);
SELECT use($$ SELECT seniority FROM audience WHERE topic_id = 135790 LIMIT 5 $$);
SELECT use($$ SELECT count(*), count(email) FROM audience WHERE topic_id = 135790 $$);
SELECT use($$ SELECT s FROM (SELECT seniority AS s, email FROM audience WHERE topic_id = 135790) a WHERE email IS NOT NULL $$);
SELECT use($$ SELECT s FROM (SELECT seniority AS s FROM audience WHERE topic_id = 135790 LIMIT 5) a $$);
SELECT use($$ SELECT e FROM (SELECT seniority AS s, email AS e FROM audience WHERE topic_id = 135790 LIMIT 5) a ORDER BY e $$);
SELECT use($$ SELECT a.seniority FROM audience a JOIN local ON t = topic_id WHERE topic_id = 117801 $$);
SELECT use($$ SELECT a.seniority FROM local LEFT JOIN audience a ON t = topic_id AND topic_id = 117801 $$);
SELECT use($$ SELECT seniority, row_number() OVER (ORDER BY email) FROM audience WHERE topic_id = 135790 $$);
SELECT use($$ SELECT a.seniority, l.s FROM local l, LATERAL (SELECT * FROM audience WHERE topic_id = l.t LIMIT 1) a $$);
SELECT use($$ SELECT email FROM audience WHERE topic_id = 135790 AND EXISTS (SELECT seniority FROM audience WHERE topic_id = 135790) $$);
SELECT use($$ SELECT seniority FROM audience WHERE topic_id = 135790 UNION ALL SELECT seniority FROM audience WHERE topic_id = 137000 $$);
SELECT use($$ SELECT seniority FROM audience WHERE topic_id = 135790 AND intent_score > 1 UNION ALL SELECT seniority FROM audience WHERE topic_id = 137000 AND company_domain = 'x' $$);
SELECT use($$ SELECT * FROM (SELECT seniority, email FROM audience WHERE topic_id = 135790 UNION ALL SELECT seniority, email FROM audience WHERE topic_id = 137000) u WHERE email <> '' $$);
SELECT use($$ CREATE TEMP TABLE t1 AS SELECT seniority FROM audience WHERE topic_id = 135790 $$);
SELECT use($$ INSERT INTO local SELECT seniority, 5 FROM audience WHERE topic_id = 135790 $$);
SELECT count(*) > 0 AS written, count(s) AS with_value FROM local WHERE t = 5;
SELECT count(*) > 0 AS written, count(seniority) AS with_value FROM t1;
SELECT use($$ WITH a AS NOT MATERIALIZED (SELECT * FROM audience WHERE topic_id = 135790) SELECT seniority FROM a $$);
SELECT use($$ SELECT seniority FROM audience WHERE topic_id = 140000 AND department = 'x' ORDER BY department $$);

-- refused: its value is needed
SELECT use($$ SELECT email FROM audience WHERE topic_id = 135790 AND seniority <> 'vp' $$);
SELECT use($$ SELECT email FROM audience WHERE topic_id = 135790 AND seniority IS NULL $$);
SELECT use($$ SELECT email FROM audience WHERE topic_id = 135790 AND (seniority = 'vp' OR gender = 'male') $$);
SELECT use($$ SELECT email FROM audience WHERE topic_id = 135790 AND first_name = 'Anna' $$);
SELECT use($$ SELECT email FROM audience a WHERE topic_id = 135790 AND a IS NOT NULL $$);
SELECT use($$ SELECT email FROM audience JOIN local ON t = topic_id AND s IS DISTINCT FROM seniority WHERE topic_id = 117801 $$);
SELECT use($$ SELECT email FROM audience a JOIN local ON first_name = s WHERE topic_id = 117801 $$);
SELECT use($$ SELECT email FROM local LEFT JOIN audience ON t = topic_id AND first_name = s WHERE topic_id = 117801 $$);
SELECT use($$ SELECT email FROM local LEFT JOIN (SELECT * FROM audience WHERE topic_id = 117801) a ON t = topic_id WHERE seniority IS NULL $$);
SELECT use($$ SELECT s FROM local WHERE s IN (SELECT first_name FROM audience WHERE topic_id = 135790) $$);
SELECT use($$ SELECT s FROM local WHERE s NOT IN (SELECT first_name FROM audience WHERE topic_id = 135790) $$);
SELECT use($$ SELECT seniority || 'x' FROM audience WHERE topic_id = 135790 $$);
SELECT use($$ SELECT coalesce(seniority, 'none') FROM audience WHERE topic_id = 135790 $$);
SELECT use($$ SELECT CASE WHEN email IS NULL THEN seniority END FROM audience WHERE topic_id = 135790 $$);
SELECT use($$ SELECT to_jsonb(a) FROM audience a WHERE topic_id = 135790 $$);
SELECT use($$ SELECT seniority IS NULL FROM audience WHERE topic_id = 135790 $$);
SELECT use($$ SELECT row(seniority) FROM audience WHERE topic_id = 135790 $$);
SELECT use($$ SELECT unnest(ARRAY[seniority]) FROM audience WHERE topic_id = 135790 $$);
SELECT use($$ SELECT seniority FROM audience WHERE topic_id = 135790 GROUP BY seniority $$);
SELECT use($$ SELECT count(*) FROM audience WHERE topic_id = 135790 GROUP BY seniority $$);
SELECT use($$ SELECT count(*) FROM audience WHERE topic_id = 135790 GROUP BY ROLLUP (seniority) $$);
SELECT use($$ SELECT count(*) FROM audience WHERE topic_id = 135790 HAVING max(seniority) > 'a' $$);
SELECT use($$ SELECT DISTINCT seniority FROM audience WHERE topic_id = 135790 $$);
SELECT use($$ SELECT DISTINCT ON (seniority) email FROM audience WHERE topic_id = 135790 $$);
SELECT use($$ SELECT DISTINCT * FROM (SELECT seniority, email FROM audience WHERE topic_id = 135790) a $$);
SELECT use($$ SELECT email FROM audience WHERE topic_id = 135790 ORDER BY seniority $$);
SELECT use($$ SELECT seniority FROM audience WHERE topic_id = 135790 ORDER BY 1 LIMIT 1 $$);
SELECT use($$ SELECT row_number() OVER (PARTITION BY seniority) FROM audience WHERE topic_id = 135790 $$);
SELECT use($$ SELECT row_number() OVER (ORDER BY seniority) FROM audience WHERE topic_id = 135790 $$);
SELECT use($$ SELECT lag(seniority) OVER (ORDER BY email) FROM audience WHERE topic_id = 135790 $$);
SELECT use($$ SELECT count(seniority) FROM audience WHERE topic_id = 135790 $$);
SELECT use($$ SELECT array_agg(email ORDER BY seniority) FROM audience WHERE topic_id = 135790 $$);
SELECT use($$ SELECT count(*) FILTER (WHERE has_phone) FROM audience WHERE topic_id = 135790 $$);
SELECT use($$ SELECT seniority FROM audience WHERE topic_id = 135790 UNION SELECT 'x' $$);
SELECT use($$ SELECT seniority FROM audience WHERE topic_id = 135790 INTERSECT SELECT 'x' $$);
SELECT use($$ SELECT 'x' EXCEPT SELECT seniority FROM audience WHERE topic_id = 135790 $$);
SELECT use($$ SELECT seniority FROM audience WHERE topic_id = 135790 UNION ALL SELECT seniority FROM audience WHERE topic_id = 137000 ORDER BY 1 $$);
-- written, and used where it is
CREATE TABLE kept (email text UNIQUE, s text, t int UNIQUE, UNIQUE (s, t));
SELECT use($$ INSERT INTO kept SELECT email, seniority FROM audience WHERE topic_id = 135790 RETURNING s, kept, upper(email) $$);
SELECT use($$ INSERT INTO kept SELECT email, seniority FROM audience WHERE topic_id = 135790 ON CONFLICT (email) DO UPDATE SET s = excluded.s WHERE excluded.email <> '' $$);
UPDATE kept SET s = email;
SELECT use($$ UPDATE kept SET s = seniority FROM audience a WHERE a.email = kept.email AND topic_id = 135790 RETURNING kept.s $$);
SELECT count(*) > 0 AS written, count(s) AS with_value FROM kept WHERE email IS NOT NULL;
SELECT use($$ UPDATE kept SET s = a.gender FROM audience a WHERE a.email = kept.email AND topic_id = 135790 AND a.gender IN ('male', 'female', 'nonbinary') $$);
SELECT count(s) > 0 AS written FROM kept WHERE s IN ('male', 'female', 'nonbinary');
SELECT use($$ UPDATE kept SET s = seniority || 'x' FROM audience a WHERE a.email = kept.email AND topic_id = 135790 $$);
SELECT use($$ INSERT INTO kept SELECT email, coalesce(seniority, 'x') FROM audience WHERE topic_id = 135790 $$);
SELECT use($$ INSERT INTO kept SELECT email, seniority FROM audience WHERE topic_id = 135790 RETURNING s IS NULL $$);
SELECT use($$ INSERT INTO kept SELECT email, seniority FROM audience WHERE topic_id = 135790 RETURNING to_jsonb(kept) $$);
SELECT use($$ INSERT INTO kept SELECT email, seniority FROM audience WHERE topic_id = 135790 LIMIT 1 RETURNING s IS NULL $$);
SELECT use($$ INSERT INTO kept SELECT email, seniority FROM audience WHERE topic_id = 135790 ON CONFLICT (s, t) DO NOTHING $$);
SELECT use($$ INSERT INTO kept SELECT email, seniority FROM audience WHERE topic_id = 135790 ON CONFLICT (email) DO UPDATE SET s = 'x' WHERE excluded.s IS NULL $$);
SELECT use($$ INSERT INTO kept SELECT email, seniority FROM audience WHERE topic_id = 135790 ON CONFLICT (email) DO UPDATE SET s = coalesce(excluded.s, 'x') $$);
SELECT use($$ UPDATE kept SET t = 5, s = seniority FROM audience a WHERE a.email = kept.email AND topic_id = 135790 RETURNING kept.s IS NULL $$);
-- handed on by a subquery, above it
SELECT use($$ SELECT * FROM (SELECT seniority AS s FROM audience WHERE topic_id = 135790) a WHERE s = 'vp' OR s IS NULL $$);
SELECT use($$ SELECT * FROM (SELECT seniority AS s FROM audience WHERE topic_id = 135790 LIMIT 5) a WHERE s IS NULL $$);
SELECT use($$ SELECT * FROM (SELECT seniority AS s FROM audience WHERE topic_id = 135790 OFFSET 0) a ORDER BY s $$);
SELECT use($$ SELECT s || 'x' FROM (SELECT s FROM (SELECT seniority AS s FROM audience WHERE topic_id = 135790 LIMIT 5) a LIMIT 4) b $$);
SELECT use($$ SELECT count(s) FROM (SELECT seniority AS s FROM audience WHERE topic_id = 135790 UNION ALL SELECT seniority FROM audience WHERE topic_id = 137000) u $$);
SELECT use($$ SELECT * FROM (SELECT seniority AS s FROM audience WHERE topic_id = 135790 AND intent_score > 1 UNION ALL SELECT seniority FROM audience WHERE topic_id = 137000 AND intent_score > 1) u WHERE s IS NULL $$);
SELECT use($$ SELECT l.* FROM local l JOIN (SELECT first_name AS f FROM audience WHERE topic_id = 135790 LIMIT 5) a ON f = s $$);
SELECT use($$ WITH a AS MATERIALIZED (SELECT first_name AS f FROM audience WHERE topic_id = 135790) SELECT * FROM a WHERE f IS NULL $$);
SELECT use($$ WITH a AS (SELECT first_name AS f FROM audience WHERE topic_id = 135790) SELECT 1 FROM a x JOIN a y USING (f) $$);
SELECT use($$ SELECT (SELECT first_name FROM audience WHERE topic_id = 135790) || 'x' $$);
SELECT use($$ UPDATE local SET s = 'x' FROM audience WHERE topic_id = t AND topic_id = 117801 AND first_name IS NULL $$);
SELECT use($$ MERGE INTO local USING (SELECT * FROM audience WHERE topic_id = 135790) a ON t = topic_id WHEN NOT MATCHED THEN INSERT VALUES (a.first_name, 7) $$);
\i :dir/fixture/teardown.psql
