-- Statements that read what they change see it as it was before; triggers,
-- views, partitions, users.
\getenv dir PG_ABS_SRCDIR
\set tables 'saved_audiences'
\i :dir/fixture/setup.psql
\i :dir/fixture/resource.psql
ALTER FOREIGN TABLE saved_audiences OPTIONS (ADD updatable 'true');
-- more audiences than a page has rows, and a local table of the same
SELECT config(json_build_object('audiences', json_object_agg(format('%s-0000-4000-8000-00000000000a', lpad(n::text, 8, '0')), json_build_object('topicIds', json_build_array(117801), 'minScore', 1 + n % 50))))
  FROM generate_series(1, 250) n;
CREATE TABLE local AS SELECT * FROM saved_audiences;
SELECT count(*), count(DISTINCT id) FROM local;
SELECT clear();

-- A statement on both, with the same rows in RETURNING and the same afterwards; how often it read and wrote.
CREATE FUNCTION written(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  got text;
  expected text;
  columns text := 'id, name, status, topic_ids, min_score, max_score';
BEGIN
  PERFORM requests();
  EXECUTE format('WITH s AS (%s RETURNING saved_audiences.id, saved_audiences.name, saved_audiences.min_score) SELECT md5(string_agg(s::text, '','' ORDER BY s::text)) || '' '' || count(*) FROM s', statement) INTO got;
  EXECUTE format('WITH s AS (%s RETURNING local.id, local.name, local.min_score) SELECT md5(string_agg(s::text, '','' ORDER BY s::text)) || '' '' || count(*) FROM s', replace(statement, 'saved_audiences', 'local')) INTO expected;
  RETURN NEXT CASE WHEN got IS NOT DISTINCT FROM expected THEN 'same' ELSE format('WRONG: %s for %s', got, expected) END || ' RETURNING, ' || split_part(expected, ' ', 2);
  RETURN QUERY SELECT m || ' ' || count(*) FROM requests() r, substring(r FROM '^\w+') m GROUP BY m ORDER BY m;
  RETURN NEXT same('SELECT ' || columns || ' FROM saved_audiences', 'SELECT ' || columns || ' FROM local');
END $$;
SELECT written('UPDATE saved_audiences SET min_score = min_score + 1 WHERE min_score < 10');
SELECT written('UPDATE saved_audiences SET name = ''n'' || (SELECT count(*) FROM saved_audiences b WHERE b.min_score > saved_audiences.min_score) WHERE min_score > 45');
-- a row found twice is changed once; the inner side of a nested loop
SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off; SET enable_memoize = off;
SELECT written('UPDATE saved_audiences SET max_score = 99 FROM generate_series(1, 3) g WHERE min_score = g OR min_score = 20');
SELECT written('UPDATE saved_audiences SET min_score = saved_audiences.min_score + 1 FROM saved_audiences b WHERE b.id > saved_audiences.id AND b.min_score = 47 AND saved_audiences.min_score = 47');
SELECT written('DELETE FROM saved_audiences USING generate_series(1, 3) g WHERE min_score = g + 10');
SELECT written('DELETE FROM saved_audiences WHERE EXISTS (SELECT FROM saved_audiences b WHERE b.min_score = saved_audiences.min_score AND b.id < saved_audiences.id)');
RESET enable_hashjoin; RESET enable_mergejoin; RESET enable_material; RESET enable_memoize;
SELECT written('UPDATE saved_audiences SET name = ''x''');
SELECT clear();
-- a CTE that begins to read only after the change was sent cannot see what was before
INSERT INTO saved_audiences (name, topic_ids) SELECT 'copy of ' || name, topic_ids FROM saved_audiences WHERE min_score > 40;
SELECT count(*) FROM saved_audiences WHERE name ^@ 'copy of';
SELECT failure($$ WITH n AS (INSERT INTO saved_audiences (name, topic_ids) VALUES ('new', '{117801}') RETURNING id) SELECT count(*) FROM n, saved_audiences $$);
SELECT clear();

-- triggers: before, which change the row; after, with what the API made of it
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_WHEN = 'BEFORE' AND TG_OP <> 'DELETE' THEN NEW.name := upper(NEW.name); END IF;
  RAISE INFO '% % % -> %', TG_WHEN, TG_OP, CASE WHEN TG_OP <> 'INSERT' THEN OLD.name END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.name || ' ' || NEW.status END;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER b BEFORE INSERT OR UPDATE OR DELETE ON saved_audiences FOR EACH ROW EXECUTE FUNCTION tell();
CREATE TRIGGER a AFTER INSERT OR UPDATE OR DELETE ON saved_audiences FOR EACH ROW EXECUTE FUNCTION tell();
INSERT INTO saved_audiences (name, topic_ids) VALUES ('triggered', '{117801}');
UPDATE saved_audiences SET status = 'paused' WHERE name = 'TRIGGERED';
DELETE FROM saved_audiences WHERE name = 'TRIGGERED' RETURNING status;
DROP TRIGGER a ON saved_audiences; DROP TRIGGER b ON saved_audiences;

-- a view with a check option; the mapping of its owner is used
CREATE ROLE saved_owner; CREATE ROLE saved_user;
GRANT USAGE ON SCHEMA fixture TO saved_owner, saved_user; GRANT ALL ON saved_audiences TO saved_owner;
CREATE USER MAPPING FOR saved_owner SERVER sim OPTIONS (api_key 'sk_test_simulator');
CREATE VIEW mine AS SELECT id, name, topic_ids FROM saved_audiences WHERE name ^@ 'mine' WITH CHECK OPTION;
ALTER VIEW mine OWNER TO saved_owner; GRANT ALL ON mine TO saved_user;
SET ROLE saved_user;
INSERT INTO mine (name, topic_ids) VALUES ('mine 1', '{117801}');
UPDATE mine SET name = 'mine 2';
SELECT name FROM mine;
SELECT failure('INSERT INTO saved_audiences (name, topic_ids) VALUES (''x'', ''{1}'')');
RESET ROLE;
DELETE FROM mine;
DROP OWNED BY saved_owner, saved_user; DROP ROLE saved_owner, saved_user;

-- partitions: rows are routed to it, and changed in it
CREATE TABLE parted (place text, name text, id uuid, topics integer[]) PARTITION BY LIST (place);
CREATE TABLE here PARTITION OF parted FOR VALUES IN ('here');
CREATE FOREIGN TABLE there (name text OPTIONS (key 'title'), place text OPTIONS (key 'name'), id uuid, topics integer[] OPTIONS (key 'config.topicIds')) SERVER sim OPTIONS (resource 'saved_audiences', updatable 'true');
ALTER TABLE parted ATTACH PARTITION there FOR VALUES IN ('there');
INSERT INTO parted (place, topics) VALUES ('here', '{1}'), ('there', '{117801}') RETURNING place, id IS NULL;
UPDATE parted SET topics = '{102391}' WHERE place = 'there' RETURNING place, topics;
SELECT failure('UPDATE parted SET place = ''there''');
WITH u AS (UPDATE parted SET topics = '{5}' RETURNING tableoid::regclass AS t, place, topics) SELECT * FROM u ORDER BY place;
WITH d AS (DELETE FROM parted RETURNING place, topics) SELECT * FROM d ORDER BY place;
\i :dir/fixture/teardown.psql
