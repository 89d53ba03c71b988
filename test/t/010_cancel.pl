# Cancel, statement_timeout and termination take effect within 200 ms, whatever a scan waits for.
use strict;
use warnings;

use IO::Socket::INET;
use IntentTest;
use List::Util qw(min);
use Test::More;
use Time::HiRes qw(time);

my $bound = 0.2 * $pace;
my $sim = IntentTest::Simulator->new(people => 1500);
my $node = cluster($sim,
	request_timeout => '60s', connect_timeout => '60s', poll_interval => '40s', max_retry_delay => '60s');
my $control = session($node);
my $people = $sim->people($topic);

# --- places to get stuck before the simulator is reached

# Its queue is full, so that a connect never ends.
my $full = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1', ReuseAddr => 1) or die "listen: $!";
listen($full, 0) or die "listen: $!";
my @queued = map { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $full->sockport, Blocking => 0) } 1 .. 4;
create_server($node, 'deaf', { url => 'http://127.0.0.1:' . $full->sockport, key => 'sk_x' }, connect_timeout => '60s');

# It accepts and says nothing: a TLS handshake that never ends.
my $mute = IO::Socket::INET->new(Listen => 20, LocalAddr => '127.0.0.1', ReuseAddr => 1) or die "listen: $!";
create_server($node, 'mute', { url => 'https://127.0.0.1:' . $mute->sockport, key => 'sk_x' }, connect_timeout => '60s');

# Has the backend a connection to the port in that state (as in /proc/net/tcp)?
sub has_connection
{
	my ($pid, $port, $state) = @_;
	my %inodes = map { (readlink($_) // '') =~ /^socket:\[(\d+)\]/ ? ($1 => 1) : () } glob("/proc/$pid/fd/*");
	open(my $tcp, '<', '/proc/net/tcp') or die "/proc/net/tcp: $!";
	my $remote = sprintf(':%04X', $port);
	while (<$tcp>)
	{
		my @f = split;
		return 1 if $f[2] =~ /$remote$/ && $f[3] eq $state && $inodes{ $f[9] };
	}
	return 0;
}

sub requests { my ($n) = @_; return sub { $sim->count >= $n }; }

my %states = (
	'connecting' => [ 'deaf', {}, sub { has_connection($_[0], $full->sockport, '02') } ],
	'TLS handshake' => [ 'mute', {}, sub { has_connection($_[0], $mute->sockport, '01') } ],
	'waiting for the answer' => [ 'intent', { stall => JSON::PP::true }, requests(1) ],
	'slow body' => [ 'intent', { slow_body => 200 }, requests(1) ],
	'retry back-off' => [ 'intent', { status => 503, retry_after => 50 }, requests(1) ],
	'poll for a result' => [ 'intent', { endless_202 => JSON::PP::true }, requests(1) ]);

sub is_waiting
{
	my ($pid) = @_;
	return $control->value("SELECT wait_event_type = 'Extension' FROM pg_stat_activity WHERE pid = $pid") eq 't';
}

# Start a query that gets stuck in the state, do $stop to it: its answer; seconds from $stop on.
sub stop_in
{
	my ($s, $state, $stop, $query) = @_;
	my ($schema, $fault, $reached) = @{ $states{$state} };

	$sim->fault($fault, times => -1) if %$fault;
	$s->send($query // "SELECT count(*) FROM (SELECT hem FROM $schema.audience WHERE topic_id = $topic) a");
	eventually(sub { $reached->($s->{pid}) && is_waiting($s->{pid}) }, $state);
	my $start = time;
	$control->value("SELECT $stop($s->{pid})") if $stop;
	my $r = $s->answer;
	$r->{seconds} = time - $start if $stop;
	return $r;
}

# Up to three measurements, as others may use the machine; the best counts.
sub measured
{
	my ($measure, $state, $name) = @_;
	my (@seconds, $r);

	do
	{
		$r = $measure->();
		push @seconds, $r->{seconds};
	} while $r->{seconds} > $bound && @seconds < 3;
	is($r->{state}, $state, "$name: SQLSTATE") or diag($r->{err});
	cmp_ok(min(@seconds), '<=', $bound, "$name: within 200 ms");
	diag(sprintf('%-45s %5.1f ms', $name, 1000 * min(@seconds))) if $ENV{INTENT_FIGURES};
	return;
}

for my $state (sort keys %states)
{
	my $s = session($node);
	measured(sub { stop_in($s, $state, 'pg_cancel_backend') }, '57014', "$state, pg_cancel_backend");

	my $timeout = 0.5 * $pace;
	$s->value("SET statement_timeout = '${timeout}s'");
	measured(
		sub { my $r = stop_in($s, $state); $r->{seconds} -= $timeout; return $r; },
		'57014', "$state, statement_timeout");
	$s->value('RESET statement_timeout');

	$sim->fresh;
	is($s->value("SELECT count(*) FROM (SELECT hem FROM intent.audience WHERE topic_id = $topic) a"),
		$people, "$state: the session is usable afterwards");
	$s->quit;

	measured(sub { my $t = session($node); my $r = stop_in($t, $state, 'pg_terminate_backend'); $t->quit; return $r; },
		'57P01', "$state, pg_terminate_backend");
}

# --- several chains under way

my $s = session($node);
$s->value("CREATE FOREIGN TABLE each (hem text, topic_id integer) SERVER intent OPTIONS (topic_mode 'each')");
$states{'two chains'} = [ 'intent', { slow_body => 200 }, requests(2) ];
my $two = "SELECT hem, topic_id FROM each WHERE topic_id IN ($topic, 102391)";
measured(sub { stop_in($s, 'two chains', 'pg_cancel_backend', $two) }, '57014', 'two chains under way, pg_cancel_backend');
$sim->fresh;
is($s->value("SELECT count(*) FROM ($two) a"), $people + $sim->people(102391), 'two chains: complete afterwards');

# --- a cursor closed while a transfer is under way

$sim->fault({ latency_ms => 5000 }, match => { page => 2 });
$s->value("BEGIN; DECLARE c CURSOR FOR SELECT hem FROM intent.audience WHERE topic_id = $topic");
is(scalar(split(/\n/, $s->value('FETCH 60 FROM c'))), 60, 'half a page is there');
eventually(sub { $sim->count == 2 }, 'the second page is asked for');
cmp_ok($s->ask('CLOSE c')->{seconds}, '<=', $bound, 'CLOSE with a transfer under way does not wait for it');
is($s->value("SELECT count(*) FROM intent.audience WHERE topic_id = 102391"), $sim->people(102391), 'the next query is right');
$s->value('COMMIT');

# --- subtransactions

my $count = "SELECT count(*) FROM (SELECT hem FROM intent.audience WHERE topic_id = $topic) a";
$sim->fresh;
$s->value("BEGIN; DECLARE outer_one CURSOR FOR SELECT hem FROM intent.audience WHERE topic_id = $topic");
my @hems = split(/\n/, $s->value('FETCH 60 FROM outer_one'));
$sim->set(faults => [ { fault => { latency_ms => 5000 }, match => { page => 2 } } ]);
$s->value("SAVEPOINT a; DECLARE inner_one CURSOR FOR SELECT hem FROM intent.audience WHERE topic_id = 102391; FETCH 70 FROM inner_one");
cmp_ok($s->ask('ROLLBACK TO a')->{seconds}, '<=', $bound, 'ROLLBACK TO with a transfer under way does not wait for it');
fails_with($s, 'FETCH 1 FROM inner_one', '34000', qr/inner_one/, 'its cursor is gone');
$s->value('ROLLBACK TO a');
is($s->value($count), $people, 'a query after ROLLBACK TO is right');
$sim->set(faults => [ { fault => { status => 403 } } ]);
fails_with($s, $count, '42501', qr/denied/, 'an error in the subtransaction');
$s->value('ROLLBACK TO a');
push @hems, split(/\n/, $s->value('FETCH ALL FROM outer_one'));
my %distinct = map { $_ => 1 } @hems;
is(scalar(@hems) . ' ' . scalar(keys %distinct), "$people $people", 'the cursor from outside goes on where it was');
$s->value('COMMIT');
is($s->value($count), $people, 'a query after all that is right');

$s->quit;
$control->quit;
done_testing();
