-- numeric(p,s) rounds what it receives: bounds leave room for that, and such a
-- column is no order of the API's scores.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
SELECT config('{"fractional": true}');
\i :dir/fixture/people.psql
CREATE FUNCTION rounded(type text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE FOREIGN TABLE %I (hem text, intent_score %s, topic_id integer, email text, company text, job_title text) SERVER sim', 'scores ' || type, type);
  EXECUTE format('CREATE VIEW %I AS SELECT hem, intent_score::%s, topic_id, email, company, job_title FROM people', 'people ' || type, type);
END $$;
CREATE FUNCTION ask_rounded(type text, condition text) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT ask('topic_id = 102391 AND ' || condition, quote_ident('scores ' || type), quote_ident('people ' || type))
$$;
CREATE DOMAIN whole AS numeric(3,0);
SELECT rounded(t) FROM unnest('{"numeric(3,0)","numeric(4,1)","numeric(3,-1)",whole}'::text[]) t;
SELECT count(*) > 0 AS rounded FROM people WHERE topic_id = 102391 AND intent_score < 81 AND intent_score::whole >= 81;

SELECT ask_rounded('numeric(3,0)', 'intent_score >= 81');
SELECT ask_rounded('numeric(3,0)', 'intent_score > 80 AND intent_score < 90');
SELECT ask_rounded('numeric(3,0)', 'intent_score = 81');
SELECT ask_rounded('numeric(3,0)', 'intent_score IN (50, 81)');
SELECT ask_rounded('numeric(3,0)', 'intent_score >= -9223372036854775808');
SELECT ask_rounded('numeric(3,0)', 'intent_score <= 9223372036854775807');
SELECT ask_rounded('numeric(4,1)', 'intent_score BETWEEN 40 AND 60');
SELECT ask_rounded('whole', 'intent_score >= 81');
-- to tens: too far to send
SELECT ask_rounded('numeric(3,-1)', 'intent_score = 80');

-- best first would take rows by scores that they do not show
SELECT same('SELECT intent_score FROM (SELECT * FROM "scores numeric(3,0)" WHERE topic_id = 102391 ORDER BY intent_score DESC LIMIT 200) a',
            'SELECT intent_score FROM (SELECT * FROM "people numeric(3,0)" WHERE topic_id = 102391 ORDER BY intent_score DESC LIMIT 200) a');
SELECT same('SELECT intent_score FROM (SELECT * FROM "scores whole" WHERE topic_id = 102391 ORDER BY intent_score DESC LIMIT 200) a',
            'SELECT intent_score FROM (SELECT * FROM "people whole" WHERE topic_id = 102391 ORDER BY intent_score DESC LIMIT 200) a');
SELECT sent();
\i :dir/fixture/teardown.psql
