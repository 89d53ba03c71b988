# IntentTest.pm: what the TAP tests share.
#
#   my $sim = IntentTest::Simulator->new(people => 3000);      a simulator of its own, ends with the test
#   $sim->set(rows => 'live');  $sim->fault({ status => 503 }, times => 2);  $sim->count;
#   my $node = cluster($sim, max_retries => 2);                a cluster with server, mapping and table
#   my $s = session($node);                                    a psql that stays connected
#   my $r = $s->ask('SELECT ...');                             $r->{out}, {err}, {state}, {seconds}
#   $s->send('SELECT ...');  ...;  $r = $s->answer;            the same in two steps
#   my $kb = $s->memory;  grows_less_than($s, $kb, 1024, $name); the memory that its backend has of its own
#
# Nothing here waits without a bound.
package IntentTest;

use strict;
use warnings;

use Exporter 'import';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

our @EXPORT = qw(cluster session create_server literal eventually fails_with grows_less_than preloading $topic $pace $kept);

# How much slower servers are than usual, under valgrind or sanitizers: what bounds of time are multiplied by.
our $pace = $ENV{INTENT_SLOW} || 1;

# Memory that such tools keep after it was freed, in kB: what is added to bounds of memory.
our $kept = $ENV{INTENT_KEPT} || 0;

# A topic of a third of all people; 102391 has half of them, 140000 nobody.
our $topic = 117801;

sub literal
{
	my ($text) = @_;
	$text =~ s/'/''/g;
	return "'$text'";
}

# Options as SQL wants them in OPTIONS (...).
sub option_list
{
	my (%options) = @_;
	return join(', ', map { "$_ " . literal($options{$_}) } sort keys %options);
}

# A server with a mapping for PUBLIC and the table "audience" in schema NAME. Tests read rows by
# count(*), so it is not answered from totalCount unless a test asks for that.
sub create_server
{
	my ($node, $name, $sim, %options) = @_;
	my $list = option_list(base_url => $sim->{url}, count_pushdown => 'off', %options);
	my $key = literal($sim->{key});

	$node->safe_psql('postgres', <<SQL);
CREATE SERVER $name FOREIGN DATA WRAPPER intent_fdw OPTIONS ($list);
CREATE USER MAPPING FOR PUBLIC SERVER $name OPTIONS (api_key $key);
CREATE SCHEMA $name;
IMPORT FOREIGN SCHEMA intent FROM SERVER $name INTO $name;
SQL
	return;
}

# A running cluster with the extension, and a server "intent" for a simulator.
sub cluster
{
	my ($sim, %options) = @_;
	my $node = PostgreSQL::Test::Cluster->new('main');

	$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
	$node->append_conf('postgresql.conf', "log_statement = none\nautovacuum = off\n");
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION intent_fdw');
	create_server($node, 'intent', $sim, %options) if $sim;
	return $node;
}

sub session { return IntentTest::Session->new(@_); }

# Wait for a condition, at most 30 s (of a server of usual pace); the test ends there if it does not come.
sub eventually
{
	my ($condition, $name) = @_;
	my $end = time + 30 * $pace;

	while (time < $end)
	{
		return if $condition->();
		sleep 0.01;
	}
	die "waited 30 s in vain: $name\n";
}

# The statement fails with that SQLSTATE and, if given, an error like that; one test point.
sub fails_with
{
	my ($session, $sql, $state, $like, $name) = @_;
	my $r = $session->ask($sql);
	my $good = $r->{state} eq $state && $r->{err} =~ $like;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	ok($good, $name) or diag("$sql\ngot state '$r->{state}', output '" . substr($r->{out}, 0, 300) . "'\n$r->{err}");
	return $r;
}

# The memory of a session's backend has grown by less than that since it was MEMORY, all in kB; one test point.
sub grows_less_than
{
	my ($session, $memory, $bound, $name) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return cmp_ok($session->memory - $memory, '<', $bound + $kept, $name);
}

# What LD_PRELOAD has to be for a server with that library, in front of one that all programs have.
sub preloading
{
	my ($library) = @_;
	return join(':', grep { $_ } $library, $ENV{LD_PRELOAD});
}

# ---------------------------------------------------------------------------
package IntentTest::Simulator;

use HTTP::Tiny;
use POSIX ();
use JSON::PP;
use Socket qw(IPPROTO_TCP TCP_NODELAY);
use Test::More;
use Time::HiRes qw(sleep time);

my $json = JSON::PP->new->utf8->canonical->allow_nonref;
my @running;

# HTTP::Tiny writes head and body apart, which costs 40 ms with Nagle's algorithm.
{
	no warnings 'redefine';
	my $connect = \&HTTP::Tiny::Handle::connect;
	*HTTP::Tiny::Handle::connect = sub {
		my $handle = $connect->(@_);
		setsockopt($handle->{fh}, IPPROTO_TCP, TCP_NODELAY, 1);
		return $handle;
	};
}

sub new
{
	my ($class, %options) = @_;
	my $self = bless { key => 'sk_test_simulator', options => \%options }, $class;

	$self->{http} = HTTP::Tiny->new(timeout => 30, max_redirect => 0, keep_alive => 1);
	$self->start(0);
	return $self;
}

# Start it, on the port of before if it is given.
sub start
{
	my ($self, $port) = @_;
	my $program = $ENV{INTENT_SIM} or BAIL_OUT('INTENT_SIM does not name the simulator');
	my $file = PostgreSQL::Test::Utils::tempdir() . '/port';
	my $parent = $$;
	my $pid = fork();

	if ($pid == 0)
	{
		my @options = map { ("--$_", $self->{options}{$_}) } sort keys %{ $self->{options} };
		open(STDOUT, '>', '/dev/null');
		exec($program, '--port', $port, '--port-file', $file, '--parent', $parent, @options) or POSIX::_exit(1);
	}
	push @running, $pid;
	my $end = time + 30 * $pace;
	sleep 0.01 until -s $file || time > $end;
	open(my $f, '<', $file) or BAIL_OUT('the simulator did not start');
	chomp($self->{port} = <$f>);
	$self->{pid} = $pid;
	$self->{url} = "http://127.0.0.1:$self->{port}";
	return;
}

sub stop
{
	my ($self) = @_;
	kill 'KILL', $self->{pid};
	waitpid($self->{pid}, 0);
	@running = grep { $_ != $self->{pid} } @running;
	return;
}

END
{
	my $status = $?;
	kill 'KILL', @running if @running;
	waitpid($_, 0) for @running;
	$? = $status;
}

sub control
{
	my ($self, $method, $what, $content) = @_;
	my %o = defined $content ? (content => $json->encode($content)) : ();
	my $r = $self->{http}->request($method, "$self->{url}/_sim/$what", \%o);

	die "simulator: $method $what: $r->{status} $r->{content}" unless $r->{success};
	return $r->{content};
}

sub set { my ($self, %config) = @_; $self->control('PUT', 'config', \%config); return; }
sub count { my ($self) = @_; return 0 + $self->control('GET', 'count'); }
sub connections { my ($self) = @_; return 0 + $self->control('GET', 'connections'); }
sub clear { my ($self) = @_; $self->control('DELETE', 'log'); return; }
sub text { my ($self, $what) = @_; return $self->control('GET', 'log?format=text' . ($what ? "&what=$what" : '')); }
sub log { my ($self) = @_; return @{ $json->decode($self->control('GET', 'log')) }; }

# A request whose client has left may still be on its way to the simulator, and would take the next fault:
# wait until none is, that is no connection half closed by the client.
sub settle
{
	my ($self) = @_;
	my $port = sprintf(':%04X', $self->{port});
	my $left = sub {
		open(my $tcp, '<', '/proc/net/tcp') or die "/proc/net/tcp: $!";
		return !grep { my @f = split; $f[1] =~ /$port$/ && $f[3] eq '08' } <$tcp>;
	};

	IntentTest::eventually($left, 'the simulator notices that clients have left');
	return;
}

# As it was at the start, then these settings over it.
sub fresh
{
	my ($self, %config) = @_;
	$self->control('POST', 'reset');
	$self->set(%config) if %config;
	return;
}

# As it was at the start, but for one fault; more: times, match.
sub fault
{
	my ($self, $fault, %more) = @_;
	$self->fresh(faults => [ { fault => $fault, %more } ]);
	return;
}

# How many people a topic has in the latest run.
sub people
{
	my ($self, $wanted) = @_;
	return $self->control('GET', 'topics') =~ /^$wanted (\d+)$/m ? $1 : die "no topic $wanted";
}

# ---------------------------------------------------------------------------
package IntentTest::Session;

use IPC::Run;
use Time::HiRes qw(time);

my $number = 0;

# A psql that stays; its backend's pid is {pid}.
sub new
{
	my ($class, $node, %options) = @_;
	my $self = bless { in => '', out => '', err => '', timer => IPC::Run::timeout(120 * $pace) }, $class;
	my $connect = $node->connstr('postgres') . ($options{user} ? " user=$options{user}" : '');

	$self->{run} = IPC::Run::start([ 'psql', '-XAtq', '-v', 'VERBOSITY=verbose', '-d', $connect ],
		'<', \$self->{in}, '>', \$self->{out}, '2>', \$self->{err}, $self->{timer});
	$self->{pid} = $self->value('SELECT pg_backend_pid()');
	return $self;
}

# A line of its backend's status, in kB; RssAnon is what it does not share.
sub memory
{
	my ($self, $what) = @_;

	$what //= 'RssAnon';
	open(my $f, '<', "/proc/$self->{pid}/status") or die "status of $self->{pid}: $!";
	my ($line) = grep { /^\Q$what\E:/ } <$f>;
	return $line =~ /(\d+) kB/ ? $1 : die $line;
}

sub send
{
	my ($self, $sql) = @_;
	$self->{mark} = 'end of ' . ++$number;
	$self->{sent_at} = time;
	$self->{timer}->start(120 * $pace);
	# a psql that has lost its connection is gone
	local $SIG{PIPE} = 'IGNORE';
	$self->{in} .= "$sql\n;\n\\echo '$self->{mark}'\n\\warn '$self->{mark}'\n";
	$self->{run}->pump_nb;
	return;
}

# Output and errors since send(): {out}, {err}, {state} (SQLSTATE or ''), {seconds}.
sub answer
{
	my ($self) = @_;
	my $mark = qr/^\Q$self->{mark}\E\n/m;

	local $SIG{PIPE} = 'IGNORE';
	until ($self->{out} =~ $mark && $self->{err} =~ $mark)
	{
		last unless eval { $self->{run}->pumpable && $self->{run}->pump };
	}
	my $r = { seconds => time - $self->{sent_at}, out => $self->{out}, err => $self->{err}, lost => 0 };
	die "no answer within 120 s\n" if $self->{timer}->is_expired;
	$r->{lost} = 1 unless $r->{out} =~ s/$mark// && $r->{err} =~ s/$mark//;
	chomp $r->{out};
	$r->{state} = $r->{err} =~ /(?:ERROR|FATAL):  (\w{5}):/ ? $1 : '';
	$self->{out} = $self->{err} = '';
	return $r;
}

sub ask { my ($self, $sql) = @_; $self->send($sql); return $self->answer; }

# What a statement that must not fail puts out.
sub value
{
	my ($self, $sql) = @_;
	my $r = $self->ask($sql);
	die "$sql\n$r->{err}" if $r->{state} || $r->{lost};
	return $r->{out};
}

sub quit
{
	my ($self) = @_;
	local $SIG{PIPE} = 'IGNORE';
	$self->{in} .= "\\q\n";
	eval { $self->{run}->finish };
	return;
}

1;
