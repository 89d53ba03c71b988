-- View intent_fdw_connections and function intent_fdw_disconnect().
\getenv dir PG_ABS_SRCDIR
\i :dir/fixture/setup.psql
CREATE FOREIGN TABLE pages (hem text, topic_id integer) SERVER sim OPTIONS (page_size '20');
SELECT * FROM intent_fdw_connections;
SELECT intent_fdw_disconnect('sim');
SELECT count(*) FROM pages WHERE topic_id = 110003;
SELECT * FROM intent_fdw_connections;
SELECT count(*) FROM pages WHERE topic_id = 110003;
SELECT server, connections, active, opened FROM intent_fdw_connections;
SELECT opened = (SELECT sim('GET', '/_sim/connections', '')::int) AS as_the_simulator_says FROM intent_fdw_connections;

-- closed; the next scan connects again
SELECT intent_fdw_disconnect('sim');
SELECT * FROM intent_fdw_connections;
SELECT intent_fdw_disconnect('sim');
SELECT count(*) FROM pages WHERE topic_id = 110003;
SELECT server, connections, active, opened FROM intent_fdw_connections;

-- in use, since half a page is read: it ends with its request, and the scan goes on
SELECT config('{"latency_ms": 300}');
BEGIN;
DECLARE c CURSOR FOR SELECT hem FROM pages WHERE topic_id = 110003;
MOVE 15 FROM c;
SELECT server, connections, active, opened FROM intent_fdw_connections;
SELECT intent_fdw_disconnect('sim');
SELECT server, connections, active, opened FROM intent_fdw_connections;
CREATE TEMP TABLE rest (hem text);
DO $$
DECLARE
  c refcursor := 'c';
  hem text;
BEGIN
  LOOP
    FETCH c INTO hem;
    EXIT WHEN NOT FOUND;
    INSERT INTO rest VALUES (hem);
  END LOOP;
END $$;
COMMIT;
SELECT count(DISTINCT hem) FROM rest;
SELECT server, connections, active, opened FROM intent_fdw_connections;

-- no such server, another wrapper's, NULL
SELECT failure($$ SELECT intent_fdw_disconnect('nowhere') $$);
CREATE FOREIGN DATA WRAPPER other;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER other;
SELECT intent_fdw_disconnect('elsewhere');
SELECT intent_fdw_disconnect(NULL) IS NULL;
-- all of them
SELECT count(*) FROM pages WHERE topic_id = 110003;
SELECT bool_or(intent_fdw_disconnect(srvname)) FROM pg_foreign_server;
SELECT * FROM intent_fdw_connections;
-- the change of any server closes those of all
SELECT count(*) FROM pages WHERE topic_id = 110003;
SELECT server, connections FROM intent_fdw_connections;
DROP FOREIGN DATA WRAPPER other CASCADE;
SELECT * FROM intent_fdw_connections;
