# Chains side by side: how much faster they are, what each costs in memory, that none waits for another,
# and that answers are received while rows are read.
# INTENT_FIGURES=1 prints what was measured, and asks for what the project has set itself (1/6.5).
use strict;
use warnings;

use IntentTest;
use Test::More;
use Time::HiRes qw(sleep time);

my @dates = map { sprintf('2026-11-%02d', 15 + $_) } 0 .. 7;
my $sim = IntentTest::Simulator->new(people => 100_000, config => '{"gzip":false}');
my $node = cluster($sim, max_connections => 8);
my $s = session($node);
my $big = 102391;    # half of all people
my @eight = (104455, 107744, 108001, 118000, 111222, 105002, 112358, 106310);

# A machine that does other things as well cannot be held to the figure.
my $least = $ENV{INTENT_FIGURES} ? 6.5 : 4;

sub figure { diag(sprintf('%-45s %s', @_)) if $ENV{INTENT_FIGURES}; return; }

my $columns = 'hem text, intent_score integer, topic_id integer, email text, data_date date';
$s->value("CREATE FOREIGN TABLE $_->[0] ($columns) SERVER intent OPTIONS ($_->[1])")
	for [ 'plain', "score_bands '1'" ], [ 'banded', "score_bands '8'" ],
	[ 'one', "max_connections '1'" ], [ 'each', "topic_mode 'each'" ], [ 'each_one', "topic_mode 'each', max_connections '1'" ],
	[ 'each_banded', "topic_mode 'each', score_bands '8'" ];

# --- speed

# Rows and a sum that tells them apart; seconds with that latency.
sub scan
{
	my ($table, $where, $latency) = @_;
	$sim->set(latency_ms => $latency);
	my $r = $s->ask("SELECT count(*), sum(hashtext(hem)::bigint * topic_id) FROM $table WHERE $where");
	die $r->{err} if $r->{state};
	return ($r->{out}, $r->{seconds});
}

# The same rows in a fraction of the time.
my %slow;
sub faster
{
	my ($name, $slow, $fast, $where, $factor) = @_;

	# the simulator finds the people of a query once, and keeps them
	scan($_, $where, 0) for $fast, $slow;
	$slow{"$slow $where"} //= [ scan($slow, $where, 20) ];
	my ($rows, $long) = @{ $slow{"$slow $where"} };
	# the middle of three: this machine may do other things as well
	my @fast = sort { $a->[1] <=> $b->[1] } map { [ scan($fast, $where, 20) ] } 1 .. 3;
	my $short = $fast[1][1];
	is(join(' ', map { $_->[0] } @fast), "$rows $rows $rows", "$name: the same rows");
	cmp_ok($long / $short, '>=', $factor / $pace, "$name: in a fraction of the time");
	figure("$name: times as fast", sprintf('%.2f (%.2f s, %.2f s)', $long / $short, $long, $short));
	return;
}

$sim->fresh(log_limit => 0);
faster('score_bands 8, one topic', 'plain', 'banded', "topic_id = $big", $least);
my $topics = 'topic_id IN (' . join(',', @eight) . ')';
my ($largest, $sum) = (0, 0);
for (map { $sim->people($_) } @eight)
{
	$sum += $_;
	$largest = $_ if $_ > $largest;
}
# without bands the largest of the topics is what it takes
figure('eight topics: limit set by the largest', sprintf('%.2f', $sum / $largest));
faster('eight topics', 'each_one', 'each', $topics, $least * $sum / $largest / 8);
faster('eight topics, score_bands 8', 'each_one', 'each_banded', $topics, $least);
$sim->set(dates => \@dates);
my $days = 'data_date IN (' . join(',', map { "'$_'" } @dates) . ')';
faster('eight days of one topic', 'one', 'plain', "topic_id = 112358 AND $days", $least);

# --- memory

# What a backend has after so many rows of all columns.
sub memory_after
{
	my ($options) = @_;
	my $m = session($node);
	$m->value("ALTER FOREIGN TABLE intent.audience OPTIONS ($options)") if $options;
	$m->value("BEGIN; DECLARE c NO SCROLL CURSOR FOR SELECT * FROM intent.audience WHERE topic_id = $big; FETCH 12000 FROM c");
	my $kb = $m->memory;
	$m->value('COMMIT');
	$m->quit;
	return $kb;
}

$sim->fresh(rows => 'live', log_limit => 0);
my $alone = memory_after('');
my $many = memory_after(q(ADD score_bands '16', ADD max_connections '16'));
cmp_ok(($many - $alone) / 15, '<', 1024 + $kept / 15, 'less than 1 MB for each further chain');
figure('memory of one chain, of 16; kB for each', sprintf('%d, %d; %d', $alone, $many, ($many - $alone) / 15));
$s->value(q(ALTER FOREIGN TABLE intent.audience OPTIONS (DROP score_bands, DROP max_connections)));

# --- none waits for another

# One topic's pages take 3 s each; the other's rows come at once, all of them.
my $others = $sim->people(117802);
$sim->fresh(faults => [ { match => { contains => '"topicIds":[135790]' }, fault => { latency_ms => 3000 }, times => -1 } ]);
$s->value("BEGIN; DECLARE c NO SCROLL CURSOR FOR SELECT hem FROM each WHERE topic_id IN (135790, 117802)");
my $r = $s->ask('FETCH 1 FROM c');
cmp_ok($r->{seconds}, '<', 1.5 * $pace, 'the first row comes as soon as any chain has one');
figure('first row beside a chain that takes 3 s', sprintf('%.3f s', $r->{seconds}));
$r = $s->ask('MOVE ' . ($others - 1) . ' FROM c');
cmp_ok($r->{seconds}, '<', 2 * $pace, 'a slow chain does not hold up the others') or diag($r->{err});
is($s->value('MOVE ALL FROM c'), '', 'and comes in the end');
$s->value('COMMIT');

# Chains take turns: no one's pages come all at once when the others have some.
$sim->fresh(latency_ms => 5);
$s->value("SELECT count(pg_sleep(0.0002)) FROM each WHERE topic_id IN (104455, 107744) AND intent_score > 80");
my @order = map { $_->{body}{topicIds}[0] } $sim->log;
my ($longest, $run) = (0, 0);
for my $i (1 .. $#order / 2)
{
	$run = $order[$i] == $order[ $i - 1 ] ? $run + 1 : 0;
	$longest = $run if $run > $longest;
}
cmp_ok($longest, '<', 5, 'chains take turns, page by page');

# Ranges as well: one of them is slow, the others give rows.
$sim->fresh(faults => [ { match => { contains => '"minScore":1,"maxScore":1' }, fault => { latency_ms => 3000 }, times => -1 } ]);
$s->value("BEGIN; DECLARE c NO SCROLL CURSOR FOR SELECT hem FROM banded WHERE topic_id = $big AND intent_score > 1");
cmp_ok($s->ask('MOVE 5000 FROM c')->{seconds}, '<', 2.5 * $pace, 'ranges do not wait for each other');
$s->value('COMMIT');

# A cancel ends all of them.
for my $table ('each', 'banded')
{
	my $where = $table eq 'each' ? $topics : "topic_id = $big";
	$sim->fresh(faults => [ { match => { page => 2 }, fault => { stall => JSON::PP::true }, times => -1 } ]);
	$s->value('SET statement_timeout = 700');
	$r = $s->ask("SELECT count(*) FROM $table WHERE $where");
	is($r->{state}, '57014', "$table: a cancel while eight chains wait");
	cmp_ok($r->{seconds}, '<', 1.7 * $pace, "$table: and soon");
	$s->value('SET statement_timeout = 0');
	$sim->fresh;
	like($s->value("SELECT count(*) FROM $table WHERE topic_id = 135790"), qr/^\d+$/, "$table: the session is usable");
}
# An error of one ends all of them.
$sim->fresh(faults => [ { match => { request => 12 }, fault => { status => 403 } } ]);
fails_with($s, "SELECT count(*) FROM banded WHERE topic_id = $big", '42501', qr/denied/, 'an error of one range is that of the scan');

# --- received while rows are read

# The second half of a page takes longer than a request may; its answer is not lost meanwhile.
$s->value("ALTER SERVER intent OPTIONS (ADD request_timeout '1s')");
# Up to three attempts, as others may use the machine, and make an answer late that nobody kept waiting.
my ($slowly, $attempts) = (undef, 0);
do
{
	$sim->fresh;
	$slowly = $s->value("SELECT count(pg_sleep(0.03)) FROM (SELECT hem FROM plain WHERE topic_id = 117802 LIMIT 150) a");
} while ($slowly eq '150' && $sim->count > 2 && ++$attempts < 3);
is($slowly, '150', 'a slow reader gets all rows');
is($sim->count, 2, '... each page once');

# A reader that was away: what came to nothing is asked for again, also of chains it had not come to.
$sim->fresh(faults => [ { match => { contains => '"topicIds":[117802]' }, fault => { latency_ms => 300 } } ]);
$s->value("BEGIN; DECLARE c NO SCROLL CURSOR FOR SELECT hem FROM each WHERE topic_id IN (104455, 117802)");
$s->value('FETCH 1 FROM c');
sleep 1.5;
is($s->value('MOVE ALL FROM c'), '', 'a reader that was away gets all rows');
$s->value('COMMIT');
is($s->value("SELECT count(*) = " . ($sim->people(104455) + $others) . " FROM each WHERE topic_id IN (104455, 117802)"), 't', 'as many as there are');

$s->quit;
done_testing();
