-- OR: on one column it counts as IN, guards without columns are decided at
-- execution, anything else is checked on the rows.
\getenv dir PG_ABS_SRCDIR
\set rows live
\i :dir/fixture/setup.psql
\i :dir/fixture/people.psql

SELECT ask($$ topic_id = 117801 AND (seniority = 'vp' OR seniority = 'cxo' OR seniority IN ('owner', 'entry')) $$);
SELECT ask($$ topic_id = 117801 AND (seniority = 'vp' OR seniority = NULL) $$);
SELECT ask($$ topic_id = 117801 AND (seniority = 'vp' OR 'cxo' = seniority OR seniority = ANY (NULL)) $$);
SELECT ask($$ (topic_id = 117801 OR false) AND seniority = 'vp' $$);
-- two columns, or another operator
SELECT ask($$ topic_id = 117801 AND (seniority = 'vp' OR gender = 'male') $$);
SELECT ask($$ topic_id = 117801 AND (seniority = 'vp' OR seniority LIKE 'c%') $$);
SELECT ask($$ topic_id = 117801 AND (seniority = 'vp' OR seniority IS NULL) $$);
SELECT ask($$ topic_id = 117801 AND (intent_score > 90 OR seniority = 'vp') $$);
SELECT ask($$ topic_id = 117801 AND (intent_score > 90 OR intent_score = 10) $$);
SELECT ask($$ topic_id = 117801 AND (seniority = 'vp' AND gender = 'male' OR seniority = 'cxo' AND gender = 'female') $$);
SELECT ask($$ topic_id = 117801 AND NOT (seniority <> 'vp' OR gender <> 'male') $$);
SELECT ask($$ (topic_id = 117801 AND seniority = 'vp') OR (topic_id = 117801 AND seniority = 'cxo') $$);

-- $n IS NULL OR column = $n
PREPARE maybe (text, int) AS
  SELECT count(*) FROM audience WHERE topic_id = 110003 AND ($1 IS NULL OR seniority = $1) AND ($2 IS NULL OR intent_score >= $2);
PREPARE maybe_local (text, int) AS
  SELECT count(*) FROM people WHERE topic_id = 110003 AND ($1 IS NULL OR seniority = $1) AND ($2 IS NULL OR intent_score >= $2);
SET plan_cache_mode = force_generic_plan;
EXECUTE maybe ('vp', 50);
EXECUTE maybe_local ('vp', 50);
EXECUTE maybe (NULL, 50);
EXECUTE maybe_local (NULL, 50);
EXECUTE maybe ('vp', NULL);
EXECUTE maybe (NULL, NULL);
SELECT requests();
SELECT explain('EXECUTE maybe (''vp'', NULL)', 'Body');
SET plan_cache_mode = force_custom_plan;
EXECUTE maybe ('vp', 50);
EXECUTE maybe (NULL, 50);
EXECUTE maybe ('vp', NULL);
EXECUTE maybe (NULL, NULL);
SELECT requests();
RESET plan_cache_mode;
-- other guards
PREPARE guards (boolean, text[]) AS
  SELECT count(*) FROM audience WHERE topic_id = 110003 AND ($1 OR seniority = ANY ($2)) AND (cardinality($2) = 0 OR gender = 'male');
SET plan_cache_mode = force_generic_plan;
EXECUTE guards (false, '{vp,cxo}');
EXECUTE guards (true, '{vp,cxo}');
EXECUTE guards (true, '{}');
EXECUTE guards (NULL, '{vp}');
EXECUTE guards (NULL, NULL);
SELECT requests();
RESET plan_cache_mode;
SELECT count(*) FILTER (WHERE seniority IN ('vp', 'cxo') AND gender = 'male'), count(*) FILTER (WHERE gender = 'male'), count(*), count(*) FILTER (WHERE seniority = 'vp' AND gender = 'male')
  FROM people WHERE topic_id = 110003;
-- a topic that may be missing
PREPARE topic (int) AS SELECT count(*) FROM audience WHERE ($1 IS NULL OR topic_id = $1);
SET plan_cache_mode = force_generic_plan;
EXECUTE topic (110003);
EXECUTE topic (NULL);
SELECT requests();
RESET plan_cache_mode;
\i :dir/fixture/teardown.psql
