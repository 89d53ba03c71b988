-- Cursors: fetched bit by bit, backward, kept beyond the transaction, closed
-- early; subtransactions that end in the middle.
\getenv dir PG_ABS_SRCDIR
\i :dir/fixture/setup.psql
ALTER FOREIGN TABLE audience OPTIONS (ADD page_size '10');
CREATE TABLE reference AS SELECT row_number() OVER () AS n, hem FROM audience WHERE topic_id = 110003;
SELECT request_count();

-- pages are asked for as they are needed
BEGIN;
DECLARE c NO SCROLL CURSOR FOR SELECT hem = (SELECT hem FROM reference WHERE n = 1) FROM audience WHERE topic_id = 110003;
SELECT request_count();
FETCH 1 FROM c;
SELECT request_count();
FETCH 3 FROM c;
SELECT request_count();
MOVE 7 FROM c;
SELECT request_count();
CLOSE c;
COMMIT;
-- backward: from what was kept
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT hem FROM audience WHERE topic_id = 110003;
MOVE FORWARD 25 FROM c;
FETCH BACKWARD 1 FROM c \gset b_
SELECT n FROM reference WHERE hem = :'b_hem';
MOVE LAST FROM c;
FETCH ABSOLUTE 3 FROM c \gset b_
SELECT n FROM reference WHERE hem = :'b_hem';
FETCH LAST FROM c \gset b_
SELECT n FROM reference WHERE hem = :'b_hem';
MOVE FIRST FROM c;
MOVE FORWARD ALL FROM c;
MOVE BACKWARD ALL FROM c;
FETCH FIRST FROM c \gset b_
SELECT n FROM reference WHERE hem = :'b_hem';
SELECT request_count();
CLOSE c;
COMMIT;
-- beyond the transaction
BEGIN;
DECLARE c CURSOR WITH HOLD FOR SELECT hem FROM audience WHERE topic_id = 110003;
MOVE 3 FROM c;
COMMIT;
SELECT request_count();
MOVE FORWARD ALL FROM c;
CLOSE c;
SELECT request_count();
-- WITH HOLD that fails when it is filled
BEGIN;
DECLARE c CURSOR WITH HOLD FOR SELECT hem FROM audience WHERE topic_id = 110003;
FETCH 0 FROM c;
MOVE 1 FROM c;
SELECT fault('{"status": 403}', '{"page": 4}');
COMMIT;
SELECT config('{"faults": []}');
SELECT request_count() > 0;

-- closed, rolled back, or left with a transfer under way
BEGIN;
DECLARE c CURSOR FOR SELECT hem FROM audience WHERE topic_id = 110003;
MOVE 6 FROM c;
ROLLBACK;
BEGIN;
DECLARE d CURSOR FOR SELECT hem FROM audience WHERE topic_id = 110003;
MOVE 1 FROM d;
SAVEPOINT s;
DECLARE c CURSOR FOR SELECT hem FROM audience WHERE topic_id = 110003;
MOVE 6 FROM c;
ROLLBACK TO s;
MOVE FORWARD ALL FROM d;
COMMIT;
DO $$
BEGIN
  FOR i IN 1..20 LOOP
    BEGIN
      PERFORM 1 / (n - i) FROM reference JOIN (SELECT hem FROM audience WHERE topic_id = 110003 OFFSET 0) a USING (hem);
    EXCEPTION WHEN division_by_zero THEN NULL;
    END;
  END LOOP;
END $$;
SELECT count(*) FROM audience WHERE topic_id = 110003;
-- two cursors side by side
BEGIN;
DECLARE a CURSOR FOR SELECT hem FROM audience WHERE topic_id = 110003;
DECLARE b CURSOR FOR SELECT hem FROM audience WHERE topic_id = 117801;
MOVE 15 FROM a;
MOVE 15 FROM b;
MOVE FORWARD ALL FROM a;
MOVE FORWARD ALL FROM b;
COMMIT;
-- WHERE CURRENT OF has nothing to point at
BEGIN;
DECLARE c CURSOR FOR SELECT hem FROM audience WHERE topic_id = 110003;
MOVE 1 FROM c;
SELECT failure('DELETE FROM audience WHERE CURRENT OF c');
ROLLBACK;
\i :dir/fixture/teardown.psql
