# Best first: how many requests the best rows take, and that a whole scan by bands stays near the plain one.
use strict;
use warnings;

use IntentTest;
use Test::More;

my $sim = IntentTest::Simulator->new(people => 1_000_000);
my $node = cluster($sim);
my $s = session($node);

# The topic with the number of people next to 50,000.
sub topic_of
{
	my ($wanted) = @_;
	my %people = $sim->control('GET', 'topics') =~ /^(\d+) (\d+)$/mg;
	my ($best) = sort { abs($people{$a} - $wanted) <=> abs($people{$b} - $wanted) } keys %people;
	return ($best, $people{$best});
}

# What a query gives, and the requests it takes, with and without bands.
sub requests
{
	my ($sql, $setting) = @_;
	$s->value('RESET ALL');
	$s->value($setting) if $setting;
	$sim->clear;
	my $r = $s->ask($sql);
	die $r->{err} if $r->{state};
	return ($sim->count, $r->{out}, $r->{seconds});
}

my $plainly = 'SET intent_fdw.enable_best_first = off';
my ($topic50, $people) = topic_of(50_000);
note("topic $topic50 has $people people");
cmp_ok($people, '>', 30_000, 'there is an audience of about 50,000');

# --- the best 100

for my $case (
	[ 'DESC', "topic_id = $topic50", 8 ],
	[ 'ASC', "topic_id = $topic50", 8 ],
	[ 'DESC', "topic_id IN ($topic50, 117801)", 8 ])
{
	my ($way, $where, $most) = @$case;
	my $from = "FROM intent.audience WHERE $where ORDER BY intent_score $way";

	$sim->set(latency_ms => 20);
	my ($n, $got, $seconds) = requests("SELECT intent_score $from LIMIT 100");
	cmp_ok($n, '<=', $most, "best 100, $where, $way: at most $most requests");
	$sim->set(latency_ms => 0);
	my ($m, $expected) = requests("SELECT intent_score $from LIMIT 100", $plainly);
	is($got, $expected, '... and the same scores as of the plain plan');
	note("$n requests in $seconds s, plain: $m");
	($n, $got) = requests("SELECT intent_score, hem $from, hem LIMIT 100");
	(undef, $expected) = requests("SELECT intent_score, hem $from, hem LIMIT 100", $plainly);
	is($got, $expected, '... the same rows with a second key');
	cmp_ok($n, '<=', $where =~ /IN/ ? $m + 20 : 30, '... all of a large tie, but little more');
	note("$n requests with a second key");
}

# --- all rows by bands: at most 20 requests more

my $small = IntentTest::Simulator->new(people => 20_000);
create_server($node, 'small', $small, page_size => 20);
$node->safe_psql('postgres', <<'SQL');
CREATE FOREIGN TABLE small.by_topic (hem text, intent_score numeric, topic_id integer, state text)
	SERVER small OPTIONS (resource 'audience', topic_mode 'each');
ALTER FOREIGN TABLE small.audience ALTER intent_score TYPE numeric;
SQL
$sim = $small;
for my $fractional (0, 1)
{
	$sim->fresh(fractional => $fractional ? JSON::PP::true : JSON::PP::false);
	for my $where ('audience WHERE topic_id = 117801', 'audience WHERE topic_id = 135790', 'audience WHERE topic_id = 140000',
		'audience WHERE topic_id IN (117801, 102391)', "audience WHERE topic_id = 117801 AND state IN ('texas', 'ohio', 'utah')",
		'by_topic WHERE topic_id IN (117801, 102391, 135790)', 'audience WHERE topic_id = 117801 AND intent_score > 60')
	{
		for my $way ('DESC', 'ASC')
		{
			my $sql = "SELECT intent_score, hem FROM small.$where ORDER BY intent_score $way, hem";
			my ($n, $got) = requests($sql, 'SET enable_sort = off');
			my ($m, $expected) = requests($sql, $plainly);
			is($got, $expected, "$where, $way, fractional $fractional: the same rows");
			cmp_ok($n, '<=', $m + 20, "... in $n requests, $m in the plain plan");
		}
	}
}

$s->quit;
done_testing();
