# Eight sessions at once, scans, joins, counts, cursors, cancels, ALTERs, DROP and re-create, against an API
# that fails one answer in twenty: every answer is right or a documented error, and memory stays flat.
#
#   ENDURANCE_SECONDS=n (60; 600 in the long run)   ENDURANCE_SEED=n
use strict;
use warnings;

use File::Spec;
use IntentTest;
use JSON::PP ();
use POSIX ();
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $seconds = $ENV{ENDURANCE_SECONDS} || 60;
my $seed = $ENV{ENDURANCE_SEED} || 1;
my $workers = 8;
my $sim = IntentTest::Simulator->new(people => 600);
my %quick = (max_retries => 2, max_retry_delay => '20ms', poll_interval => '5ms', page_size => 20, request_timeout => '20s', count_pushdown => 'exact');
my $node = cluster($sim, %quick);
# (compiled expressions are kept by LLVM)
$node->safe_psql('postgres', 'ALTER SYSTEM SET jit = off');
$node->reload;
my $dir = File::Spec->rel2abs(PostgreSQL::Test::Utils::tempdir());

# --- the world, and what is right in it

my ($small, $middle, $large) = (105002, 107744, 102391);
my $setup = session($node);
$setup->value(<<"SQL");
CREATE TABLE wanted (topic integer);
INSERT INTO wanted VALUES ($small), ($middle), (140000), (NULL), ($large);
ANALYZE wanted;
CREATE FOREIGN TABLE intent.each (hem text, topic_id integer, intent_score integer) SERVER intent OPTIONS (topic_mode 'each');
SQL

# %s is a schema: "intent", which all use and one alters, or the session's own, which it drops and makes again
my $digest = "count(*), md5(string_agg(hem || topic_id || intent_score, ',' ORDER BY hem, topic_id))";
my %queries = (
	scan => "SELECT $digest FROM %s.audience WHERE topic_id = $middle",
	'large scan' => "SELECT $digest FROM %s.audience WHERE topic_id = $large",
	condition => "SELECT $digest FROM %s.audience WHERE topic_id = $large AND intent_score BETWEEN 40 AND 60 AND has_phone",
	chains => "SELECT $digest FROM %s.each WHERE topic_id IN ($small, $middle, $large)",
	join => "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL intent_fdw.enable_batched_lookup = off; SELECT $digest FROM wanted JOIN %s.audience ON topic_id = topic",
	'batched join' => "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SELECT $digest FROM wanted JOIN %s.audience ON topic_id = topic",
	'self join' => "SELECT count(*) FROM %1\$s.audience a JOIN %1\$s.audience b USING (hem) WHERE a.topic_id = $small AND b.topic_id = $middle",
	count => "SELECT count(*) FROM %s.audience WHERE topic_id = $large AND intent_score > 50",
	best => "SELECT intent_score, hem FROM %s.audience WHERE topic_id = $large ORDER BY intent_score DESC, hem LIMIT 12",
	generic => "SET LOCAL plan_cache_mode = force_generic_plan; PREPARE p AS SELECT $digest FROM %s.audience WHERE topic_id = \$1; EXECUTE p($small)",
	caught => "DO \$\$ BEGIN PERFORM hem FROM %s.audience WHERE topic_id = $small; PERFORM 1/0; EXCEPTION WHEN division_by_zero THEN NULL; END \$\$",
	nothing => "SELECT count(*) FROM %s.audience WHERE topic_id = 140000");
my %right = map { $_ => $setup->value('BEGIN; ' . sprintf($queries{$_}, 'intent') . '; COMMIT; DEALLOCATE ALL') } sort keys %queries;

# --- one answer in twenty: each 200th is a fault of ten kinds

my @faults = (
	{ status => 500 }, { status => 429, retry_after => '0' }, { close => JSON::PP::true }, { cut_body => 100 }, { json => 'truncated' },
	{ status => 403 }, { status => 202, body => '{"data":[],"meta":{"status":"materializing"}}' }, { latency_ms => 30 },
	{ data_date => '2026-11-30' }, { drop_row => 0 });
$sim->fresh(log_limit => 0,
	faults => [ map { { match => { every => 200, at => 20 * $_ }, times => -1, fault => $faults[$_] } } 0 .. $#faults ]);
my %documented = map { $_ => 1 } '', qw(HV00M HV00L HV00N 42501 40001 53400 57014);

# --- a session of its own in a process of its own

sub own_server
{
	my ($s, $name) = @_;
	my $list = IntentTest::option_list(base_url => $sim->{url}, %quick);
	$s->value("SET client_min_messages = warning; DROP SERVER IF EXISTS $name CASCADE; DROP SCHEMA IF EXISTS $name CASCADE;
		CREATE SERVER $name FOREIGN DATA WRAPPER intent_fdw OPTIONS ($list);
		CREATE USER MAPPING FOR PUBLIC SERVER $name OPTIONS (api_key '$sim->{key}'); CREATE SCHEMA $name;
		IMPORT FOREIGN SCHEMA intent FROM SERVER $name INTO $name;
		CREATE FOREIGN TABLE $name.each (hem text, topic_id integer, intent_score integer) SERVER $name OPTIONS (topic_mode 'each')");
	return;
}

# Alter what the others read: nothing that changes an answer.
sub alter
{
	my ($s) = @_;
	my @statements = (
		"ALTER SERVER intent OPTIONS (SET page_size '" . (5 + int rand 90) . "')",
		"ALTER SERVER intent OPTIONS (ADD max_connections '" . (1 + int rand 8) . "'); ALTER SERVER intent OPTIONS (DROP max_connections)",
		"BEGIN; ALTER USER MAPPING FOR PUBLIC SERVER intent OPTIONS (DROP api_key, ADD bearer_token 'bt_test_simulator'); COMMIT;
		 ALTER USER MAPPING FOR PUBLIC SERVER intent OPTIONS (DROP bearer_token, ADD api_key '$sim->{key}')",
		'ALTER FOREIGN TABLE intent.audience OPTIONS (ADD fdw_tuple_cost \'0.5\'); ALTER FOREIGN TABLE intent.audience OPTIONS (DROP fdw_tuple_cost)',
		'ALTER FOREIGN TABLE intent.audience ADD COLUMN zip2 text; ALTER FOREIGN TABLE intent.audience DROP COLUMN zip2');
	# (a lock of a reader may be waited for)
	$s->ask($statements[ rand @statements ]);
	$s->ask('ROLLBACK');
	return;
}

# A cursor read halfway and left; or a statement that is cancelled.
sub leave
{
	my ($s, $schema) = @_;
	return rand() < 0.5
	  ? $s->ask("BEGIN; DECLARE c CURSOR FOR SELECT hem FROM $schema.audience WHERE topic_id = $large; FETCH 15 FROM c; CLOSE c; COMMIT")
	  : $s->ask("SET statement_timeout = '" . (1 + int rand 30) . "ms'; BEGIN; " . sprintf($queries{chains}, $schema) . '; COMMIT');
}

sub work
{
	my ($n) = @_;
	my $s = session($node);
	my ($own, $end, $from) = ("own$n", time + $seconds, 0);
	my (%seen, @wrong, $asked, $before);

	srand($seed * 100 + $n);
	own_server($s, $own);
	while (time < $end)
	{
		my $schema = rand() < 0.6 ? 'intent' : $own;
		my $kind = rand;
		if ($kind < 0.05) { $n == 0 ? alter($s) : own_server($s, $own); next; }
		if ($kind < 0.15)
		{
			my $r = leave($s, $schema);
			$s->ask('ROLLBACK; RESET statement_timeout');
			push @wrong, "left: $r->{err}" unless $documented{ $r->{state} };
			next;
		}
		my $name = (sort keys %queries)[ rand keys %queries ];
		my $r = $s->ask('BEGIN; ' . sprintf($queries{$name}, $schema) . '; COMMIT');
		my $good = $r->{state} ? $documented{ $r->{state} } : $r->{out} eq $right{$name};

		$s->ask('ROLLBACK; DEALLOCATE ALL');
		$seen{ $r->{state} || 'right' }++;
		$asked++;
		push @wrong, "$name in $schema: " . ($r->{state} ? $r->{err} : "$r->{out}, not $right{$name}") unless $good;
		die 'the connection is lost' if $r->{lost};
		# caches have what they will have
		$before //= $s->memory if time > $end - $seconds * 0.7;
	}
	my $json = JSON::PP->new->utf8->encode({ seen => \%seen, wrong => [ splice(@wrong, 0, 5) ], asked => $asked,
		grown => $s->memory - ($before // 0), descriptors => scalar(my @d = glob("/proc/$s->{pid}/fd/*")) });
	open(my $f, '>', "$dir/worker$n") or die "worker$n: $!";
	print $f $json;
	close $f;
	$s->quit;
	return;
}

my @pids;
for my $n (0 .. $workers - 1)
{
	my $pid = fork();
	if ($pid == 0)
	{
		eval { work($n); 1 } or do { open(my $f, '>', "$dir/failed$n"); print $f $@; };
		POSIX::_exit(0);
	}
	push @pids, $pid;
}
waitpid($_, 0) for @pids;

# --- how it went

my (%seen, $asked);
for my $n (0 .. $workers - 1)
{
	ok(-e "$dir/worker$n", "session $n went on to the end") or diag(-e "$dir/failed$n" ? slurp_file("$dir/failed$n") : 'killed');
	my $worker = -e "$dir/worker$n" ? JSON::PP->new->utf8->decode(slurp_file("$dir/worker$n")) : {};
	is(join("\n", @{ $worker->{wrong} // [] }), '', "session $n: every answer is right, or a documented error");
	cmp_ok($worker->{grown} // 1e9, '<', 4096 + $kept, "session $n: memory grows by less than 4 MB");
	cmp_ok($worker->{descriptors} // 1e9, '<', 100, "session $n: descriptors do not add up");
	$seen{$_} += $worker->{seen}{$_} for keys %{ $worker->{seen} };
	$asked += $worker->{asked} // 0;
	diag("session $n: $worker->{asked} statements, grown $worker->{grown} kB, $worker->{descriptors} descriptors") if $ENV{INTENT_FIGURES};
}
diag("$asked statements: " . join(', ', map { "$_ $seen{$_}" } sort keys %seen) . '; ' . $sim->count . ' requests') if $ENV{INTENT_FIGURES};
cmp_ok($seen{right} // 0, '>', $asked / 4, 'a good part was right in spite of it');
cmp_ok($asked - ($seen{right} // 0), '>', 0, 'some were errors');
$sim->fresh;
is($setup->value('BEGIN; ' . sprintf($queries{$_}, 'intent') . '; COMMIT; DEALLOCATE ALL'), $right{$_}, "$_: right afterwards") for sort keys %queries;

$setup->quit;
done_testing();
