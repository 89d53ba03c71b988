# How few connections do: kept alive, shared by HTTP/2, resumed; and servers that end them at bad moments.
use strict;
use warnings;

use IntentNginx;
use IntentTest;
use Socket qw(AF_INET IPPROTO_TCP TCP_NODELAY sockaddr_family sockaddr_in);
use Test::More;

plan skip_all => 'nginx is not installed (nginx-light)' unless IntentNginx::program();

my $sim = IntentTest::Simulator->new(people => 3000);
my $node = cluster($sim, max_retries => 3);
my $s = session($node);
my $nginx = IntentNginx->new($sim->{url});
my @topics = $sim->control('GET', 'topics') =~ /^(\d+) \d/mg;
my $list = join(', ', @topics[ 0 .. 7 ]);
my $json = JSON::PP::true;

# Eight chains, eight at once: how many rows, how many different ones, and which.
my $eight = <<"SQL";
SELECT count(*), count(DISTINCT (hem, topic_id)), md5(string_agg(hem || topic_id, ',' ORDER BY hem, topic_id))
  FROM (SELECT hem, topic_id FROM intent.each WHERE topic_id IN ($list)) a;
SQL

# chains overlap by this, however slow they are started
my $latency = 20 * $pace;
sub use_url { my ($url) = @_; $s->value("ALTER SERVER intent OPTIONS (SET base_url '$url')"); $sim->fresh(latency_ms => $latency); return; }
sub use_kind { my ($kind) = @_; use_url("https://127.0.0.1:$nginx->{port}{$kind}"); $nginx->fresh_log; return; }
sub connections { return scalar(keys %{ { map { $_->{connection} => 1 } @_ } }); }

# What nginx has logged; it writes a line after the answer has left.
sub logged
{
	my ($n) = @_;
	eventually(sub { $nginx->log >= $n }, "$n requests in nginx's log");
	return $nginx->log;
}

$s->value("CREATE FOREIGN TABLE intent.each (hem text, topic_id integer) SERVER intent OPTIONS (topic_mode 'each', max_connections '4')");
$s->value("ALTER SERVER intent OPTIONS (ADD ca_file '$nginx->{dir}/ca.pem')");
is(scalar(@topics) >= 8, 1, 'there are eight topics');

# --- HTTP/1.1: as many connections as chains at a time, kept for the next scan

use_url($sim->{url});
my $right = $s->value($eight);
my ($rows, $different) = split(/\|/, $right);
my $pages = $sim->count;
is($different, $rows, 'no row twice');
cmp_ok($pages, '>=', 16, 'eight chains of several pages');
is($sim->connections, 4, 'eight chains, four at a time: four connections');
is($s->value($eight), $right, 'a second scan has the same rows');
is($sim->count, 2 * $pages, '... sends as much');
is($sim->connections, 4, '... and opens no connection');
use_kind('http1');
is($s->value($eight), $right, 'the same over TLS without HTTP/2') for 1 .. 2;
my @log = logged(2 * $pages);
is(scalar(grep { $_->{protocol} eq 'HTTP/1.1' } @log), 2 * $pages, '... all of it HTTP/1.1');
is(connections(@log), 4, '... over four connections');

# --- HTTP/2: one for all

$s->value("ALTER FOREIGN TABLE intent.each OPTIONS (SET max_connections '8')");
use_kind('good');
is($s->value($eight), $right, 'eight chains at a time over HTTP/2') for 1 .. 2;
@log = logged(2 * $pages);
is(scalar(grep { $_->{protocol} eq 'HTTP/2.0' } @log), 2 * $pages, '... all of it HTTP/2');
is(connections(@log), 1, '... over one connection');
is(scalar(grep { $_->{accept} =~ /\bgzip\b/ && $_->{encoding} eq 'gzip' } @log) > $pages, 1, '... compressed where it pays');
# what unpacks to far more than it is: refused, and only its stream is given up
$s->value("ALTER SERVER intent OPTIONS (ADD max_response_size '2MB')");
use_kind('good');
$sim->set(faults => [ { fault => { gzip_bomb => 50_000_000 }, match => { page => 2 }, times => 1 } ]);
fails_with($s, $eight, 'HV00M', qr/max_response_size/, 'a gzip bomb in one of eight streams');
$sim->fresh;
is($s->value($eight), $right, '... and the next scan is whole');
@log = logged(2);
is(scalar(grep { $_->{protocol} ne 'HTTP/2.0' } @log), 0, '... over HTTP/2');
$s->value('ALTER SERVER intent OPTIONS (DROP max_response_size)');
# at once: all eight first pages are asked for before the first one is answered
use_kind('good');
$sim->fresh(latency_ms => 1000);
$s->value($eight =~ s/each WHERE/each WHERE hem = 'nobody' AND/r);
my @at = sort { $a <=> $b } map { $_->{at_ms} } grep { !$_->{body}{cursor} } $sim->log;
is(scalar(@at), 8, 'eight first pages');
cmp_ok($at[-1] - $at[0], '<', 900, '... asked for at the same time');

# --- fewer streams than chains, fewer requests than pages, a reload, streams cut off

for my $kind ('few_streams', 'few_requests')
{
	use_kind($kind);
	my $r = $s->ask($eight);
	is($r->{out}, $right, "$kind for a connection: complete, no row twice") or diag($r->{err});
	is($sim->count, $pages, '... and each page is made once');
	@log = logged($pages);
	cmp_ok(connections(@log), '>', 1, '... over more than one connection');
}
for (1 .. 3)
{
	use_kind('good');
	$s->send($eight);
	eventually(sub { $sim->count >= 12 }, 'some pages are sent');
	$nginx->reload;
	my $r = $s->answer;
	is($r->{out}, $right, 'nginx reloaded in mid-scan: complete, no row twice') or diag($r->{err});
	is($sim->count, $pages, '... and each page is made once');
}
# eight chains ask for their second page at once, and three of the streams are reset
use_kind('good');
$sim->set(faults => [ { match => { page => 2 }, times => 3, fault => { cut_body => 900 } } ]);
my $r = $s->ask($eight);
is($r->{out}, $right, 'streams reset: complete, no row twice') or diag($r->{err});
is($sim->count, $pages + 3, '... each asked for again');

# --- a connection that the server has closed: the TLS session is resumed

my $one = "SELECT count(*) FROM (SELECT hem FROM intent.audience WHERE topic_id = $topics[0] AND intent_score > 95) a";
use_kind('impatient');
my $people = $s->value($one);
cmp_ok($people, '>', 0, 'a server that closes idle connections');
eventually(sub { $nginx->open_connections('impatient') == 0 }, 'connections are closed');
$nginx->fresh_log;
is($s->value($one), $people, '... is connected to again');
@log = logged(1);
is(join('', keys %{ { map { $_->{resumed} => 1 } @log } }), 'r', '... by the TLS session of before');

# ... also when a cancel has taken connection and handle with it
$sim->fault({ stall => $json });
$s->value("SET statement_timeout = '300ms'");
fails_with($s, $one, '57014', qr/timeout/, 'a scan that is cancelled');
$s->value('SET statement_timeout = 0');
$sim->fresh;
eventually(sub { $nginx->open_connections('impatient') == 0 }, 'its connection is closed');
$nginx->fresh_log;
is($s->value($one), $people, '... and the next one');
@log = logged(1);
is(join('', keys %{ { map { $_->{resumed} => 1 } @log } }), 'r', '... resumes the TLS session too');

# --- a body of several segments goes out at once: TCP_NODELAY, as the kernel tells it

SKIP:
{
	use_url($sim->{url});
	$s->value($one);
	my @sockets = backend_sockets($sim->{port});
	skip('the kernel does not show the sockets of another process', 2) unless @sockets;
	is(scalar(@sockets), 1, 'one socket: those of before the server was altered are closed');
	is(unpack('i', getsockopt($sockets[0], IPPROTO_TCP, TCP_NODELAY)), 1, '... with TCP_NODELAY');
}

# The backend's sockets to a port, by pidfd_open() and pidfd_getfd(), which a kernel may refuse.
sub backend_sockets
{
	my ($port) = @_;
	my $process = syscall(434, 0 + $s->{pid}, 0);
	my @found;

	for my $file (glob("/proc/$s->{pid}/fd/*"))
	{
		next unless (readlink($file) // '') =~ /^socket/;
		my $fd = syscall(438, $process, 0 + ($file =~ /(\d+)$/)[0], 0);
		next unless $fd >= 0 && open(my $socket, '+<&=', $fd);
		my $peer = getpeername($socket) or next;
		push @found, $socket if sockaddr_family($peer) == AF_INET && (sockaddr_in($peer))[0] == $port;
	}
	return @found;
}

$s->quit;
done_testing();
