-- Table topic_compare: several topics in one request, a row for each of them.
\getenv dir PG_ABS_SRCDIR
\set tables 'topic_compare, topic_trend, topics'
\i :dir/fixture/setup.psql
\i :dir/fixture/resource.psql
CREATE TABLE trend AS SELECT t.* FROM topics c JOIN topic_trend t ON t.topic_id = c.topic_id;
CREATE VIEW compared AS SELECT topic_id, topic_name, jsonb_agg(jsonb_build_object('date', date, 'uniqueAudience', unique_audience, 'totalSignals', total_signals, 'avgScore', avg_score,
  'highAudience', high_audience, 'mediumAudience', medium_audience, 'lowAudience', low_audience) ORDER BY date) AS days FROM trend GROUP BY 1, 2;
SELECT clear();

SELECT topic_id, topic_name, jsonb_array_length(days), days->0->>'date' FROM topic_compare WHERE topic_id IN (117801, 102391, 5) ORDER BY 1;
SELECT asks('SELECT * FROM topic_compare' || c, 'SELECT * FROM compared' || c) FROM unnest(ARRAY[' WHERE topic_id = 117801', ' WHERE topic_id IN (102391, 117801, 135790) AND topic_name LIKE ''%Data%''', ' WHERE topic_id = 5',
  ' WHERE topic_id = ANY (ARRAY[117801, NULL, 110003]) AND topic_id < 115000', ' WHERE topic_id = 1 AND topic_id = 2']) c;
-- the days as rows
SELECT asks('SELECT topic_id, d.date, d."uniqueAudience" FROM topic_compare, jsonb_to_recordset(days) d (date date, "uniqueAudience" bigint) WHERE topic_id IN (117801, 102391)',
            'SELECT topic_id, date, unique_audience FROM trend WHERE topic_id IN (117801, 102391)');
-- all topics of a sub-select together; of a join one by one
SELECT asks('SELECT * FROM topic_compare WHERE topic_id = ANY (ARRAY(SELECT topic_id FROM topics WHERE topic_name LIKE ''%Data%''))', 'SELECT * FROM compared WHERE topic_name LIKE ''%Data%''');
SELECT asks('SELECT c.* FROM (VALUES (117801), (102391), (NULL)) w (t) JOIN topic_compare c ON c.topic_id = w.t', 'SELECT * FROM compared WHERE topic_id IN (117801, 102391)');
SELECT explain('SELECT * FROM topic_compare WHERE topic_id IN (117801, 102391) AND topic_name <> ''x''', 'Intent|Filter');
SELECT requests();
-- required; more than the API takes
SELECT failure('SELECT * FROM topic_compare' || c) FROM unnest(ARRAY['', ' WHERE topic_id > 5', ' WHERE topic_id = ANY (ARRAY(SELECT generate_series(1, 11)))']) c;
\i :dir/fixture/teardown.psql
