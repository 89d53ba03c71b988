# Batched lookups: how much faster than one by one, cancelled at once, in bounded memory.
use strict;
use warnings;

use IntentTest;
use List::Util qw(min);
use Test::More;

my $sim = IntentTest::Simulator->new(people => 3000);
my $node = cluster($sim, max_connections => 8);
my $s = session($node);
my $control = session($node);

# --- 1,000 accounts, some of which have people

my $domains = 'SELECT company_domain FROM intent.audience WHERE topic_id = 102391';
$sim->set(rows => 'live', gzip => JSON::PP::false);
$s->value(<<SQL);
CREATE TABLE account AS
  SELECT row_number() OVER () AS id, dom
    FROM (SELECT DISTINCT company_domain AS dom FROM ($domains) a WHERE company_domain <> '' LIMIT 300) d;
INSERT INTO account SELECT n, 'a' || n || '.example' FROM generate_series((SELECT max(id) + 1 FROM account), 1000) n;
ANALYZE account;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SQL
my $sum = 'SELECT count(*), sum(hashtext(id || hem)::bigint) FROM account JOIN';
my $batched = "$sum intent.audience ON company_domain = dom AND topic_id = $topic";
# OFFSET keeps the planner from making anything else of it
my $single = "$sum LATERAL (SELECT hem FROM intent.audience WHERE company_domain = dom AND topic_id = $topic OFFSET 0) a ON true";

# Seconds and answer of the join, which has that plan.
sub timed
{
	my ($query, $plan) = @_;
	like($s->value("EXPLAIN $query"), qr/$plan/, "$plan: the plan");
	$sim->clear;
	my $r = $s->ask($query);
	is($sim->count, 1000, "$plan: each account is asked for, once");
	return ($r->{seconds}, $r->{out});
}

$sim->set(latency_ms => 20);
my ($slow, $expected) = timed($single, 'Nested Loop');
my ($fast, $got) = timed($batched, 'IntentLookup');
is($got, $expected, 'the same rows');
like($expected, qr/^[1-9]\d+\|/, 'there are some');
cmp_ok($fast, '<=', $slow / 6 * $pace, 'at most a sixth of the time');
diag(sprintf('%-45s %.2f s one by one, %.2f s in batches: 1/%.1f', '1,000 lookups', $slow, $fast, $slow / $fast))
  if $ENV{INTENT_FIGURES};

# --- cancelled while a batch is under way

my @seconds;
for my $try (1 .. 3)
{
	$sim->fault({ stall => JSON::PP::true }, times => -1);
	$s->send($batched);
	eventually(sub { $sim->count >= 8 }, 'a batch is under way');
	my $start = Time::HiRes::time();
	$control->value("SELECT pg_cancel_backend($s->{pid})");
	my $r = $s->answer;
	push @seconds, Time::HiRes::time() - $start;
	is($r->{state}, '57014', 'cancelled while a batch is under way');
}
cmp_ok(min(@seconds), '<=', 0.2 * $pace, 'within 200 ms');
$sim->fresh(rows => 'live', gzip => JSON::PP::false);
is($s->value($batched), $expected, 'the session is usable afterwards');

# --- 100,000 outer rows with few keys, and with none

$s->value(<<SQL);
CREATE TABLE contact AS
  SELECT n AS id, CASE WHEN n % 2 = 0 THEN dom END AS dom, repeat('x', 100) AS note
    FROM generate_series(1, 100000) n JOIN account ON account.id = n % 7 + 1;
ANALYZE contact;
SET work_mem = '1MB';
SET enable_nestloop = off;
BEGIN;
DECLARE c CURSOR FOR SELECT note, hem FROM contact LEFT JOIN intent.audience ON company_domain = dom AND topic_id = $topic;
SQL
my $most = 0;
for (1 .. 50)
{
	$s->value('MOVE 20000 FROM c');
	my $bytes = $s->value("SELECT sum(total_bytes) FROM pg_backend_memory_contexts WHERE name ~ 'intent_fdw lookup'");
	last if $bytes < 20000 && $most > 0;
	$most = $bytes if $bytes > $most;
}
cmp_ok($most, '>', 500000, 'a batch takes the memory it may have');
cmp_ok($most, '<=', 2 * 1024 * 1024, 'and not much more than work_mem');
diag("most memory of a batch of 100,000 rows: $most bytes") if $ENV{INTENT_FIGURES};
$s->value('COMMIT');
my $whole = 'SELECT count(*), count(hem), sum(hashtext(id || hem)::bigint) FROM contact LEFT JOIN %s a ON company_domain = dom';
my $lookup = sprintf($whole, "(SELECT * FROM intent.audience WHERE topic_id = $topic)");
like($s->value("EXPLAIN $lookup"), qr/IntentLookup/, '100,000 outer rows: the plan');
$sim->clear;
$got = $s->value($lookup);
cmp_ok($sim->count, '<=', 7 * 30, 'each batch asks for a key once');
$s->value("CREATE TABLE local AS SELECT hem, company_domain FROM intent.audience WHERE topic_id = $topic; SET enable_hashjoin = on");
is($got, $s->value(sprintf($whole, 'local')), '100,000 outer rows: the same rows');

$s->quit;
$control->quit;
done_testing();
