# Memory, descriptors and connections: bounded by the page, given back, kept alive.
use strict;
use warnings;

use IntentTest;
use Test::More;

my $sim = IntentTest::Simulator->new(people => 200_000, config => '{"gzip":false}');
my $node = cluster($sim, request_timeout => '60s', max_retries => 2);
my $big = 102391;
my $people = $sim->people($big);

# What its descriptors are, sorted; and of such a list, those that are no sockets.
sub descriptors
{
	my ($s) = @_;
	return join("\n", sort map { my $l = readlink($_) // ''; $l =~ s/\[\d+\]//; $l } glob("/proc/$s->{pid}/fd/*"));
}
sub no_sockets { return join("\n", grep { !/^socket/ } split(/\n/, $_[0])); }

# Its memory contexts: how many of each name.
sub contexts
{
	my ($s) = @_;
	return $s->value("SELECT string_agg(name || ' ' || n, E'\n' ORDER BY name)
		FROM (SELECT name, count(*) AS n FROM pg_backend_memory_contexts
			WHERE name !~ '^(index info|CachedPlan|SPI|relation rules|Tuplesort|ExprContext)' GROUP BY name) a");
}

sub figure { diag(sprintf('%-45s %s', @_)) if $ENV{INTENT_FIGURES}; return; }

# --- a scan of 1,000 pages

cmp_ok($people, '>', 98_000, 'a topic of about 1,000 pages');
for my $form ('seed', 'live')
{
	my $s = session($node);
	$sim->set(rows => $form);
	$s->value("BEGIN; DECLARE c NO SCROLL CURSOR FOR SELECT * FROM intent.audience WHERE topic_id = $big; FETCH 250 FROM c");
	my ($before, $most) = ($s->memory, 0);
	my $peak = $s->memory('VmHWM');
	for (1 .. 10)
	{
		$s->value('MOVE ' . int($people / 11) . ' FROM c');
		my $now = $s->memory;
		$most = $now if $now > $most;
	}
	cmp_ok(scalar(split(/\n/, $s->value('FETCH ALL FROM c'))), '>', 5000, "$form rows: and the rest");
	$s->value('COMMIT');
	cmp_ok($most - $before, '<', 8192 + $kept, "$form rows: memory grows by less than 8 MB over the scan");
	figure("$form rows: growth, peak kB", ($most - $before) . ', ' . ($s->memory('VmHWM') - $peak));
	$s->quit;
}

# --- repeats leave nothing

$sim->fresh;
my $topic_scan = "SELECT hem FROM intent.audience WHERE topic_id = $topic";
my $small = 'SELECT count(*) FROM (SELECT hem FROM intent.audience WHERE topic_id = 135790 AND intent_score > 98) a';
# long enough for a request to be sent, and not for a stalled answer
my $soon = 'SET statement_timeout = ' . int(7 * sqrt($pace));
my %repeats = (
	'a small query' => [ {}, '', qr/^$/ ],
	'a query that fails (403)' => [ { status => 403 }, '', qr/42501/ ],
	'a query that fails (cut JSON)' => [ { json => 'truncated' }, '', qr/HV00M/ ],
	'a query that fails (closed connection)' => [ { close => JSON::PP::true }, '', qr/HV00N/ ],
	'a cancelled query (waiting)' => [ { stall => JSON::PP::true }, $soon, qr/57014/ ],
	'a cancelled query (body)' => [ { slow_body => 100 }, $soon, qr/57014/ ],
	'a cancelled query (back-off)' => [ { status => 503 }, $soon, qr/57014/ ],
	'a subtransaction that fails' => [ { status => 403 }, '', qr/42501/, "BEGIN; SAVEPOINT a; $small; ROLLBACK TO a; COMMIT" ],
	'a cursor of an aborted subtransaction' => [ {}, '', qr/^$/,
		"BEGIN; SAVEPOINT a; DECLARE c CURSOR FOR $topic_scan; FETCH 3 FROM c; ROLLBACK TO a; COMMIT" ],
	'a cursor closed early' => [ {}, '', qr/^$/, "BEGIN; DECLARE c CURSOR FOR $topic_scan; FETCH 3 FROM c; CLOSE c; COMMIT" ],
	'a cursor of an aborted transaction' => [ {}, '', qr/22012/,
		"BEGIN; DECLARE c CURSOR FOR $topic_scan; FETCH 3 FROM c; SELECT 1 / 0; ROLLBACK" ]);
# The query $n times: how many failed, and with which SQLSTATEs.
sub repeat
{
	my ($s, $n, $sql) = @_;
	my @states;

	# in pieces that a pipe takes
	for (1 .. $n / 50)
	{
		push @states, $s->ask(join(";\n", ($sql) x 50))->{err} =~ /ERROR:  (\w{5})/g;
	}
	return (scalar(@states), join(' ', keys %{ { map { $_ => 1 } @states } }));
}
for my $name (sort keys %repeats)
{
	my ($fault, $setting, $states, $sql) = @{ $repeats{$name} };
	my $s = session($node);

	$s->value("ALTER SERVER intent OPTIONS (SET max_retries '" . ($name =~ /closed/ ? 0 : 2) . "')");
	$s->value($setting) if $setting;
	$sim->fresh(log_limit => 0, %$fault ? (faults => [ { fault => $fault, times => -1 } ]) : ());
	$sql //= $small;
	repeat($s, 50, $sql);
	$s->value('SET statement_timeout = 0') if $setting;
	my $contexts = contexts($s);
	$s->value($setting) if $setting;
	my ($fds, $memory) = (descriptors($s), $s->memory);
	my ($errors, $seen) = repeat($s, 1000, $sql);
	like($seen, $states, "$name: what happened") or diag($seen);
	cmp_ok($errors, '>=', 990, "$name: each time") if %$fault;
	is($errors, 1000, "$name: each time") if !%$fault && '' !~ $states;
	cmp_ok($sim->count, '>=', 950, "$name: with a request under way");
	my $fds_after = descriptors($s);
	if ($name =~ /cancelled/)
	{
		# a cancel ends its connection if a request is on it, and leaves it alive if not: one more or less, not 1,000
		is(no_sockets($fds_after), no_sockets($fds), "$name, 1,000 times: the same descriptors but sockets");
		cmp_ok((() = $fds_after =~ /^socket/mg) - (() = $fds =~ /^socket/mg), '<=', 1, "$name, 1,000 times: no more sockets than one kept");
	}
	else
	{
		is($fds_after, $fds, "$name, 1,000 times: the same descriptors");
	}
	grows_less_than($s, $memory, 1024, "$name, 1,000 times: less than 1 MB");
	figure("$name: growth, kB", $s->memory - $memory);
	$sim->fresh;
	$s->value('SET statement_timeout = 0');
	is(contexts($s), $contexts, "$name, 1,000 times: the same memory contexts");
	like($s->value($small), qr/^\d+$/, "$name: the session is usable");
	$s->quit;
}

# --- connections

my $s = session($node);
$s->value("ALTER SERVER intent OPTIONS (SET max_retries '2')");
$sim->fresh;
$s->value(join(";\n", ($small) x 50)) for 1 .. 2;
is($sim->count, 100, '100 queries are 100 requests');
is($sim->connections, 1, '... over one connection');
$s->value("CREATE FOREIGN TABLE each (hem text, topic_id integer) SERVER intent OPTIONS (topic_mode 'each', max_connections '3')");
$sim->fresh(latency_ms => 5);
$s->value(join(";\n", ('SELECT count(*) FROM each WHERE topic_id IN (135790, 140000, 140001, 140002)') x 25));
is(scalar(grep { !$_->{body}{cursor} } $sim->log), 100, '25 queries of four chains are 100 chains');
cmp_ok($sim->connections, '<=', 3, '... over as many connections as chains at a time');

# --- the simulator restarted in mid-scan

my $scan = "SELECT count(*), count(DISTINCT hem) FROM (SELECT hem FROM intent.audience WHERE topic_id = $topic AND intent_score > 95) a";
$sim->fresh;
my $right = $s->value($scan);
my $whole = 0;
for my $try (1 .. 4)
{
	$sim->set(latency_ms => 20);
	$sim->clear;
	$s->send($scan);
	eventually(sub { $sim->count >= 3 * $try }, 'some pages are sent');
	$sim->stop;
	$sim->start($sim->{port});
	my $r = $s->answer;
	ok($r->{out} eq $right || $r->{state} =~ /^(?:HV00N|HV00L|40001)$/, 'restart in mid-scan: complete, or an error') or diag("$r->{out} $r->{err}");
	$whole++ if $r->{out} eq $right;
	is($s->value($scan), $right, 'the next query is complete');
}
figure('restarts survived, of 4', $whole);

$s->quit;
done_testing();
