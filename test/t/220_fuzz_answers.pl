# Mutated answers through real scans: each ends as the rows that the document holds, or as a documented error.
#
#   FUZZ_ANSWERS=n (5,000)   how many        FUZZ_SEED=n (1)   the first; each answer has a seed of its own
#
# What a document holds is said by PostgreSQL's own json functions on the same bytes, which are another parser
# than the extension's, and once more by Perl's JSON::PP for whether it is JSON at all. A failure prints the
# seed and the document: FUZZ_ANSWERS=1 FUZZ_SEED=seed runs it alone.
use strict;
use warnings;

use File::Spec;
use FuzzAnswers;
use IntentTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $count = $ENV{FUZZ_ANSWERS} || 5000;
my $first = $ENV{FUZZ_SEED} || 1;
my $batch = 500;

my $server = FuzzAnswers->serve;
my $node = cluster(undef);
create_server($node, 'fuzz', $server, max_retries => 0, max_retry_delay => '1ms', poll_interval => '1ms', materialize_timeout => '3ms',
	request_timeout => '5s', max_response_size => '1MB');
my $s = session($node);

# --- the scan, the oracle

$s->value(<<'SQL');
CREATE FOREIGN TABLE answer (
  topic_id integer, hem text, email text, company text, job_title varchar, intent_score integer, topic_overlap smallint,
  company_revenue numeric, matched_topic_ids integer[], is_b2b boolean, email_hashes jsonb, all_email_hashes json,
  md5 text OPTIONS (key 'emailHashes.md5'), zip text, data_date date, person json) SERVER fuzz;
CREATE TABLE document (seed integer PRIMARY KEY, doc bytea, depth integer, half boolean, http text);
CREATE TABLE result (seed integer, state text, message text, rows text[], ms integer);

-- a day of the calendar, and only written so
CREATE FUNCTION is_day(day text) RETURNS boolean LANGUAGE plpgsql SET datestyle = 'ISO' AS $$
BEGIN
  RETURN day IS NULL OR day ~ '^\d{4}-\d\d-\d\d$' AND day::date::text = day;
EXCEPTION WHEN OTHERS THEN
  RETURN false;
END $$;

-- what a scan of one answer gives; columns are only put out, so none need be carried
CREATE FUNCTION scan(n integer) RETURNS result LANGUAGE plpgsql AS $$
DECLARE
  r record;
  result result;
BEGIN
  result.seed := n;
  result.rows := '{}';
  result.ms := -1000 * extract(epoch FROM clock_timestamp() - now());
  BEGIN
    FOR r IN SELECT hem, email, company, job_title, intent_score, topic_overlap, company_revenue, matched_topic_ids, is_b2b,
                    email_hashes, all_email_hashes, md5, zip, data_date, person
               FROM answer WHERE topic_id = n LOOP
      -- the server's own last page is spelled as it likes
      IF r.person ->> 'last' = 'true' THEN r.person := NULL; END IF;
      result.rows := result.rows || r::text;
    END LOOP;
    result.state := '00000';
  EXCEPTION WHEN OTHERS THEN
    result.state := SQLSTATE;
    result.message := SQLERRM;
  END;
  result.ms := result.ms + 1000 * extract(epoch FROM clock_timestamp() - now());
  RETURN result;
END $$;

CREATE FUNCTION whole(v json) RETURNS numeric LANGUAGE plpgsql AS $$
BEGIN
  IF json_typeof(v) = 'number' AND v::text::numeric <> trunc(v::text::numeric) THEN
    RAISE EXCEPTION 'fraction' USING ERRCODE = '22P02';
  END IF;
  RETURN CASE json_typeof(v) WHEN 'number' THEN v::text::numeric WHEN 'null' THEN NULL ELSE (('[' || v || ']')::json ->> 0)::integer END;
END $$;

CREATE FUNCTION whole_array(v json) RETURNS integer[] LANGUAGE plpgsql AS $$
BEGIN
  IF v IS NULL OR json_typeof(v) = 'null' THEN RETURN NULL; END IF;
  IF json_typeof(v) <> 'array' THEN RAISE EXCEPTION 'no array' USING ERRCODE = 'HV004'; END IF;
  RETURN coalesce((SELECT array_agg(whole(e)::integer ORDER BY n) FROM json_array_elements(v) WITH ORDINALITY x(e, n)), '{}');
END $$;

CREATE FUNCTION null_or(v json) RETURNS json LANGUAGE sql AS $$ SELECT CASE WHEN json_typeof(v) <> 'null' THEN v END $$;

CREATE FUNCTION row_text(r json, day text, person json) RETURNS text LANGUAGE sql AS $$
  SELECT ROW(coalesce(r ->> 'hem', r ->> 'hashedEmail', r -> 'emailHashes' ->> 'sha256'), r ->> 'email', r ->> 'company',
    r ->> 'jobTitle', whole(r -> 'intentScore')::integer, whole(r -> 'topicOverlap')::smallint, (r ->> 'companyRevenue')::numeric,
    whole_array(r -> 'matchedTopicIds'), (r ->> 'isB2b')::boolean, null_or(r -> 'emailHashes')::jsonb, null_or(r -> 'allEmailHashes'),
    r -> 'emailHashes' ->> 'md5', r ->> 'zip', day::date, person)::text $$;

-- what a scan of it may give: "states" if it is an error, and "rows" if '00000' is among them
CREATE FUNCTION expected(d document, OUT states text[], OUT rows text[], OUT why text) LANGUAGE plpgsql AS $$
DECLARE
  j json;
  m json;
  data json;
  status json;
  total numeric;
  n integer;
BEGIN
  states := '{HV00M}';
  rows := '{}';
  why := 'not JSON';
  BEGIN
    j := convert_from(d.doc, 'UTF8')::json;
  EXCEPTION WHEN OTHERS THEN
    RETURN;
  END;
  why := 'too deep, or half a character';
  IF d.half OR d.depth > 64 THEN RETURN; END IF;
  why := 'no object with one "data" and one "meta"';
  IF json_typeof(j) <> 'object' THEN RETURN; END IF;
  IF (SELECT count(*) FROM json_object_keys(j) k WHERE k = 'meta') <> 1 THEN RETURN; END IF;
  why := '"meta" is wrong';
  m := j -> 'meta';
  IF json_typeof(m) <> 'object' THEN RETURN; END IF;
  IF coalesce(json_typeof(m -> 'status'), 'null') NOT IN ('null', 'string')
     OR m ->> 'status' NOT IN ('ready', 'materializing')
     OR coalesce(json_typeof(m -> 'hasMore'), 'null') NOT IN ('null', 'boolean')
     OR coalesce(json_typeof(m -> 'nextCursor'), 'null') NOT IN ('null', 'string')
     OR coalesce(json_typeof(m -> 'cacheKey'), 'null') NOT IN ('null', 'string')
     OR coalesce(json_typeof(m -> 'dataDate'), 'null') NOT IN ('null', 'string')
     OR NOT is_day(m ->> 'dataDate')
     OR coalesce(json_typeof(m -> 'totalCount'), 'null') NOT IN ('null', 'number') THEN RETURN; END IF;
  IF m ->> 'totalCount' IS NOT NULL THEN
    BEGIN
      total := (m ->> 'totalCount')::numeric;
    EXCEPTION WHEN OTHERS THEN
      RETURN;
    END;
    IF total <> trunc(total) OR total < 0 OR total > 9223372036854775807 THEN RETURN; END IF;
  END IF;
  IF m ->> 'status' = 'materializing' THEN
    why := 'never ready';
    states := '{HV00L}';
    RETURN;
  END IF;
  IF m ->> 'hasMore' IS NULL THEN RETURN; END IF;
  why := '"data" is wrong';
  IF (SELECT count(*) FROM json_object_keys(j) k WHERE k = 'data') <> 1 THEN RETURN; END IF;
  data := j -> 'data';
  IF json_typeof(data) <> 'array' THEN RETURN; END IF;
  IF EXISTS (SELECT FROM json_array_elements(data) e WHERE json_typeof(e) <> 'object') THEN RETURN; END IF;
  why := 'no cursor';
  IF (m ->> 'hasMore')::boolean AND m ->> 'nextCursor' IS NULL THEN RETURN; END IF;

  why := 'another number of rows than told';
  n := json_array_length(data) + (m ->> 'hasMore')::boolean::integer;
  states := CASE WHEN total <> n THEN '{HV00M}' ELSE '{00000}' END::text[];
  BEGIN
    SELECT coalesce(array_agg(row_text(e, m ->> 'dataDate', e) ORDER BY o), '{}') INTO rows
      FROM json_array_elements(data) WITH ORDINALITY x(e, o);
    IF states = '{00000}' THEN why := 'right'; END IF;
  EXCEPTION WHEN OTHERS THEN
    -- a value does not fit: seen before the rows of a second page are counted, and after those of an only one
    IF (m ->> 'hasMore')::boolean OR states = '{00000}' THEN
      states := CASE WHEN states = '{00000}' THEN '{}' ELSE states END || '{22P02,22003,22007,22008,HV004}'::text[];
      why := 'a value: ' || SQLERRM;
    END IF;
    RETURN;
  END;
  IF (m ->> 'hasMore')::boolean THEN
    -- the server's second page: a row with the cursor it got
    rows := rows || row_text(json_build_object('company', m -> 'nextCursor', 'intentScore', 7), NULL, NULL);
  END IF;
END $$;
SQL

# By a file that the server reads: documents are many and large.
my $file = File::Spec->rel2abs(PostgreSQL::Test::Utils::tempdir()) . '/documents';
sub load_documents
{
	open(my $f, '>', $file) or die "$file: $!";
	for (@_)
	{
		my $http = $_->{http} ? join(' ', map { $_ // '' } @{ $_->{http} }{qw(name status)}) : '\\N';
		print $f join("\t", $_->{seed}, '\\\\x' . unpack('H*', $_->{doc}), $_->{depth}, $_->{half} ? 'true' : 'false', $http), "\n";
	}
	close $f;
	$s->value("TRUNCATE document, result; COPY document FROM '$file'");
	return;
}

sub descriptors { return scalar(() = glob("/proc/$s->{pid}/fd/*")); }

# --- run

# Errors that an answer as a whole may end in, if it is not only the document that was changed.
my $any_error = '{HV00M,HV00L,HV00N,HV00R,HV024,28000,42501,53400}';
my $judge = <<"SQL";
SELECT r.seed, r.state, CASE WHEN r.state = '00000' THEN 'other rows' ELSE r.message END, e.states, e.why, coalesce(d.http, '')
  FROM result r JOIN document d USING (seed), LATERAL expected(d) e
 WHERE NOT CASE
   WHEN r.state = '00000' THEN '00000' = ANY (e.states) AND r.rows = e.rows
   -- another form of row than the scan before had: columns that were there are not, or the other way round
   WHEN r.state = '40001' THEN '00000' = ANY (e.states) AND r.message ~ 'column|rows'
   WHEN d.http IS NOT NULL THEN r.state = ANY ('$any_error' || e.states)
   ELSE r.state = ANY (e.states) END
 ORDER BY 1
SQL

my (%outcome, @wrong, @not_json, $memory, $descriptors);
for (my $seed = $first; $seed < $first + $count; $seed += $batch)
{
	my $last = $seed + $batch < $first + $count ? $seed + $batch - 1 : $first + $count - 1;
	my %answers = map { $_ => FuzzAnswers::answer($_) } $seed .. $last;

	load_documents(map { $answers{$_} } sort { $a <=> $b } keys %answers);
	my $r = $s->ask("INSERT INTO result SELECT (scan(n)).* FROM generate_series($seed, $last) n") ;
	is($r->{state}, '', "answers $seed to $last: the session goes on") or BAIL_OUT("seed $seed to $last: $r->{err}");
	$outcome{ (split(/\|/))[0] } += (split(/\|/))[1] for split(/\n/, $s->value('SELECT state, count(*) FROM result GROUP BY 1'));
	push @wrong, split(/\n/, $s->value($judge));
	push @not_json, grep { !FuzzAnswers::is_json($answers{$_}) } split(/\n/, $s->value("SELECT seed FROM result WHERE state = '00000'"));
	diag($s->value("SELECT string_agg(concat_ws(' ', seed, state, ms, http), '; ') FROM result JOIN document USING (seed) WHERE ms > 100")) if $ENV{INTENT_FIGURES};
	# from the second part on: the first makes caches
	($memory, $descriptors) = ($s->memory, descriptors()) if !defined $memory && $seed > $first;
	last if @wrong > 20;
}
diag('outcomes: ' . join(', ', map { "$_: $outcome{$_}" } sort keys %outcome)) if $ENV{INTENT_FIGURES};

for (@wrong)
{
	my ($seed) = split(/\|/);
	diag($_ . "\n" . substr(FuzzAnswers::answer($seed)->{doc}, 0, 1500));
}
is(scalar(@wrong), 0, "$count answers from seed $first: rows of the document, or an error that is documented");
is("@not_json", '', 'no rows of what another parser takes for no JSON');
if ($count > 2 * $batch)
{
	cmp_ok($outcome{'00000'} // 0, '>', $count / 5, 'there were rows');
	cmp_ok($outcome{HV00M} // 0, '>', $count / 5, 'there were malformed answers');
	grows_less_than($s, $memory, 4096, 'memory grows by less than 4 MB');
	# (a pool keeps some connections for later)
	cmp_ok(descriptors(), '<=', $descriptors + 8, 'descriptors do not add up');
}

$s->quit;
$server->stop;
done_testing();
