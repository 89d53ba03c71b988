-- Members that nobody reads are checked like those that are: whatever PostgreSQL takes for no JSON is refused,
-- wherever in a string it stands.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
CREATE FOREIGN TABLE skips (hem text) SERVER sim OPTIONS (topic_ids '135790');
CREATE FOREIGN TABLE reads (hem text, headline text) SERVER sim OPTIONS (topic_ids '135790');
CREATE FOREIGN TABLE keeps (hem text, headline json) SERVER sim OPTIONS (topic_ids '135790');
CREATE TABLE texts (n serial, raw text);
-- strings: each of these after 0 to 9 others, and 9 to 0 after it
INSERT INTO texts (raw)
SELECT '"' || repeat('a', i) || special || repeat('b', 9 - i) || '"'
  FROM unnest(ARRAY['', '\"', '\\', '\/', '\n', '\u00e9', '\ud83d\ude00', E'\x7f', 'é', '😀',
    '"', '\', '\x', '\u12', '\u12g4', '\ud83d', '\ude00', '\ud83d\n', '\u0000', E'\x01', E'\x1f', E'\t', E'\n']) special,
  generate_series(0, 9) i;
-- everything else
INSERT INTO texts (raw)
SELECT unnest(ARRAY['0', '-0', '7', '10', '-12', '12345678901234567890123', '0.50', '1e5', '1E+5', '1e-05', '""', 'null', 'true', 'false',
  '[]', '{}', ' [ 1 , { "a" : null } ] ', E'\t1\r\n', '{"a":{"b":[true,false,null,"c",-1.5]}}', '{"\u0061":1}', '{"a":1,"a":2}',
  '', ' ', '01', '00', '+1', '-', '1.', '.5', '1.e5', '1e', '1e+', '0x10', '12a', '1_000', '1 2', '--1', 'nul', 'nulll', 'Null', 'tru', 'true1',
  'falsey', 'TRUE', 'NaN', 'Infinity', 'a', 'é', '[', ']', '{', '[1', '[1,]', '[,1]', '[1 2]', '[1}', '{"a":1,}', '{,"a":1}', '{"a" 1}', '{"a":}',
  '{"a"}', '{a:1}', '{1:1}', '{null:1}', '{"a":1 "b":2}', '{"a"::1}', '{"a":1]', '{"\x":1}', '{"\u0000":1}', E'{"\x01":1}', '"a" "b"', '"a', 'a"',
  '''a''', '//', '/**/1', E'1\x0b', E'\u00a01', E'\ufeff1', ',', ':', '1,', '"a":1']);

CREATE FUNCTION valid(raw text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN raw::jsonb IS NOT NULL;
EXCEPTION WHEN invalid_text_representation OR untranslatable_character THEN
  RETURN false;
END $$;
-- All of them, one after the other, in place of the member.
CREATE FUNCTION outcomes(statement text) RETURNS TABLE (n int, raw text, valid boolean, answer text) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM config(json_build_object('faults', (SELECT json_agg(json_build_object('fault',
    json_build_object('row_patch', json_build_object('row', 0, 'member', 'headline', 'raw', t.raw))) ORDER BY t.n) FROM texts t)));
  FOR n, raw, valid IN SELECT t.n, t.raw, valid(t.raw) FROM texts t ORDER BY t.n LOOP
    BEGIN
      EXECUTE statement INTO answer;
    EXCEPTION WHEN OTHERS THEN
      answer := SQLSTATE || ' ' || regexp_replace(SQLERRM, ' at byte .*', '');
    END;
    RETURN NEXT;
  END LOOP;
END $$;
CREATE TABLE skipped AS SELECT * FROM outcomes('SELECT count(hem) FROM skips');
CREATE TABLE read AS SELECT * FROM outcomes('SELECT headline FROM reads');
CREATE TABLE kept AS SELECT * FROM outcomes('SELECT headline FROM keeps');

SELECT valid, answer, count(*) FROM skipped GROUP BY valid, answer ORDER BY valid, answer;
SELECT valid, answer, count(*) FROM kept WHERE NOT valid GROUP BY valid, answer ORDER BY valid, answer;
-- what is read of a valid one is what PostgreSQL reads of it
SELECT count(*), count(*) FILTER (WHERE k.answer IS NOT DISTINCT FROM NULLIF(btrim(k.raw, E' \t\r\n'), 'null')) AS text_kept,
       count(*) FILTER (WHERE jsonb_typeof(k.raw::jsonb) NOT IN ('object', 'array') AND r.answer IS NOT DISTINCT FROM btrim(k.raw, E' \t\r\n')::json #>> '{}') AS read,
       count(*) FILTER (WHERE jsonb_typeof(k.raw::jsonb) IN ('object', 'array') AND r.answer = btrim(k.raw)) AS as_text
  FROM kept k JOIN read r USING (n) WHERE k.valid;
SELECT count(*) FROM read WHERE NOT valid AND answer NOT LIKE 'HV00M malformed answer: not valid JSON%';
-- bytes that are no UTF-8
SELECT fault('{"json": "bad_utf8", "row": 0, "member": "headline"}');
SELECT l FROM failure('SELECT count(hem) FROM skips') l WHERE l NOT LIKE '  detail:%';
\i :dir/fixture/teardown.psql
