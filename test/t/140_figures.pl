# What planning is for, in requests and in time: counting, the best rows, joins with many companies.
#
# INTENT_PEOPLE=1000000 is the size of the figures in the README's sense: an audience of about 50,000. The default is
# smaller, with the same demands. INTENT_FIGURES=1 prints what was measured.
use strict;
use warnings;

use IntentTest;
use Test::More;

my $people = $ENV{INTENT_PEOPLE} || 100_000;
my $sim = IntentTest::Simulator->new(people => $people, config => '{"rows":"live","gzip":false}');
my $node = cluster($sim, max_connections => 8, count_pushdown => 'exact');
my $s;

sub figure { diag(sprintf('%-45s %s', @_)) if $ENV{INTENT_FIGURES}; return; }

# The topic with the number of people next to a twentieth of all.
my %size = $sim->control('GET', 'topics') =~ /^(\d+) (\d+)$/mg;
my ($audience) = sort { abs($size{$a} - $people / 20) <=> abs($size{$b} - $people / 20) } keys %size;
my $pages = int(($size{$audience} + 99) / 100);
cmp_ok($size{$audience}, '>', $people / 30, "topic $audience has $size{$audience} of $people people");
$sim->set(latency_ms => 20);

# A query in a session that knows nothing: its rows, requests and seconds.
sub measured
{
	my ($query, @settings) = @_;
	$s = session($node);
	$s->value($_) for @settings;
	$sim->clear;
	my $r = $s->ask($query);
	is($r->{state}, '', 'runs') or diag($r->{err});
	my $n = $sim->count;
	return ($r->{out}, $n, $r->{seconds});
}

# --- count(*)

my ($count, $n, $seconds) = measured("SELECT count(*) FROM intent.audience WHERE topic_id = $audience");
is($n, 1, 'count(*): one request');
is($count, $size{$audience}, '... the right number');
figure("count(*) of $count people", sprintf('%d request, %.2f s', $n, $seconds));

# --- the best 100

my $best = "SELECT intent_score FROM intent.audience WHERE topic_id = $audience ORDER BY intent_score DESC LIMIT 100";
(my $rows, $n, $seconds) = measured($best);
cmp_ok($n, '<=', 8, 'the best 100: at most 8 requests');
my $again = do { $sim->clear; $s->value($best); $sim->count };
cmp_ok($again, '<=', 8, '... and when the total is known');
my ($plain, $m, $slow) = measured($best, 'SET intent_fdw.enable_best_first = off');
is($rows, $plain, '... the same scores as of a full scan');
cmp_ok($m, '>=', $pages, '... which takes a request for each page');
figure("the best 100 of $count", sprintf('%d requests, %.2f s; again %d requests; full scan %d, %.2f s', $n, $seconds, $again, $m, $slow));

# With a unique second key the last tie is read whole: a page for each 100 of it, and at most four requests more, for
# the total, the proof that nothing lies between two bands, and the first rows of the next.
my $unique = $best =~ s/SELECT intent_score/SELECT intent_score, hem/r =~ s/DESC/DESC, hem/r;
($rows, $n, $seconds) = measured($unique);
($plain) = measured($unique, 'SET intent_fdw.enable_best_first = off');
is($rows, $plain, 'a second key: the same rows as of a full scan');
my ($least) = $rows =~ /.*^(\d+)\|/ms;
my $tie = $s->value("SELECT count(*) FROM intent.audience WHERE topic_id = $audience AND intent_score >= $least");
my $bound = int(($tie + 99) / 100);
cmp_ok($n, '<=', $bound + 4, "... in the $bound requests of the best $tie, and at most 4 more") if $bound > 2;
cmp_ok($n, '<=', 8, '... at most 8 requests') if $bound <= 5;
figure('the same by score and key', sprintf('%d requests, %.2f s; pages of the last tie and above: %d', $n, $seconds, $bound));

# --- 1,000 companies

$s->value(<<SQL);
CREATE TABLE account AS
  SELECT row_number() OVER () AS id, dom
    FROM (SELECT DISTINCT company_domain AS dom FROM (SELECT company_domain FROM intent.audience WHERE topic_id = $audience LIMIT 2000) a
           WHERE company_domain <> '' LIMIT 600) d;
INSERT INTO account SELECT n, 'a' || n || '.example' FROM generate_series((SELECT max(id) + 1 FROM account), 1000) n;
ANALYZE account;
SQL
my $sum = 'SELECT count(*), sum(hashtext(id || hem)::bigint) FROM account JOIN';
my $join = "$sum intent.audience ON company_domain = dom AND topic_id = $audience";
# OFFSET keeps the planner from making anything else of it
my $single = "$sum LATERAL (SELECT hem FROM intent.audience WHERE company_domain = dom AND topic_id = $audience OFFSET 0) a ON true";
my @settings = ('SET enable_hashjoin = off', 'SET enable_mergejoin = off', 'SET enable_memoize = off', 'SET enable_nestloop = off');
# the simulator makes a result when it is first asked for, one at a time, and keeps it: neither side is to wait for that
$sim->set(latency_ms => 0);
measured($join, @settings);
$sim->set(latency_ms => 20);
($rows, $n, $seconds) = measured($join, @settings);
like($s->value("EXPLAIN $join"), qr/IntentLookup/, '1,000 companies: in batches');
($plain, $m, $slow) = measured($single, @settings, 'SET intent_fdw.enable_batched_lookup = off');
like($s->value("EXPLAIN $single"), qr/Nested Loop/, '... and one by one');
is($rows, $plain, '... the same rows');
like($rows, qr/^[1-9]\d+\|/, '... there are some');
cmp_ok($n, '<=', $m, '... no more requests');
cmp_ok($m, '>=', 1000, '... one for each company at least');
cmp_ok($seconds, '<=', $slow / 6 * $pace, '... in at most a sixth of the time');
figure('join with 1,000 companies', sprintf('%.2f s in batches (%d requests), %.2f s one by one (%d): 1/%.1f', $seconds, $n, $slow, $m, $slow / $seconds));

$s->quit;
done_testing();
