# What goes over the wire: headers of a request, small and large, and where it goes with a proxy.
use strict;
use warnings;

use IntentTest;
use IO::Socket::INET;
use POSIX ();
use PostgreSQL::Test::Utils;
use Test::More;

# A server that answers each request with one row, never "100 Continue", and keeps what it has read.
my $dir = PostgreSQL::Test::Utils::tempdir();
my $listener = IO::Socket::INET->new(Listen => 20, LocalAddr => '127.0.0.1', ReuseAddr => 1) or die "listen: $!";
my $url = 'http://127.0.0.1:' . $listener->sockport;

sub serve
{
	my ($n) = @_;
	my $client = $listener->accept or return;
	my ($head, $body) = ('', '');
	my $row = '{"data":[{"hem":"a","topicId":5,"intentScore":7}],"meta":{"hasMore":false,"totalCount":1}}';

	while (my $line = <$client>)
	{
		last if $line eq "\r\n";
		$head .= $line;
	}
	my ($length) = $head =~ /^content-length: (\d+)/mi;
	read($client, $body, $length // 0);
	open(my $file, '>', "$dir/$n.part") or die "$dir: $!";
	print $file $head, "\r\n", $body;
	close($file);
	rename("$dir/$n.part", "$dir/$n");
	print $client "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: " . length($row) . "\r\n\r\n$row";
	close($client);
	return;
}

my $child = fork() // die "fork: $!";
if ($child == 0)
{
	# (19's test modules end a test in order at these)
	local @SIG{qw(ALRM INT TERM)} = ('DEFAULT') x 3;
	alarm(180);
	serve($_) for 1 .. 100;
	POSIX::_exit(0);
}

my $sim = IntentTest::Simulator->new(people => 10);
my $node = cluster($sim, max_retries => 0);
create_server($node, 'wire', { url => $url, key => 'sk_on_the_wire' });
my $s = session($node);
my $served = 0;

# The statement's one request: its head and its body.
sub request
{
	my ($sql) = @_;

	is($s->value($sql), 'a', 'a row comes back');
	$served++;
	eventually(sub { -e "$dir/$served" }, 'the request');
	return split(/\r\n\r\n/, slurp_file("$dir/$served"), 2);
}

my ($head, $body) = request('SELECT hem FROM wire.audience WHERE topic_id = 5');
like($head, qr{^POST /v1/intent/audiences/query HTTP/1\.1\r\n}, 'the path, without a query');
is(join(' ', $head =~ /(sk_on_the_wire)/g), 'sk_on_the_wire', 'the key goes once');
like($head, qr/^x-api-key: sk_on_the_wire\r?$/mi, '... in its header');
unlike($head, qr/^(?:authorization|cookie|expect|transfer-encoding):/mi, 'nothing else that tells or waits');
like($head, qr{^content-type: application/json\r?$}mi, 'the type of the body');
like($head, qr/^accept-encoding: .*gzip/mi, 'compressed answers are welcome');
is($body, '{"topicIds":[5],"minScore":1,"maxScore":100,"limit":100}', 'the body');

# libcurl would ask before it sends more than 1 MB, and wait a second for servers that ignore that
($head, $body) = request(q{SELECT hem FROM wire.audience WHERE topic_id = 5
  AND seniority = ANY (ARRAY(SELECT repeat('x', 190) || g FROM generate_series(1, 12000) g))});
cmp_ok(length($body), '>', 2_000_000, 'a large body');
like($body, qr/\}$/, '... all of it');
unlike($head, qr/^expect:/mi, '... is not asked for first');

# through a proxy: to it, not to the server
$s->value("ALTER SERVER wire OPTIONS (ADD proxy '$url', SET base_url 'http://127.0.0.1:1')");
($head, $body) = request('SELECT hem FROM wire.audience WHERE topic_id = 5');
like($head, qr{^POST http://127\.0\.0\.1:1/v1/intent/audiences/query HTTP/1\.1\r\n}, 'a proxy is asked for the whole URL');
$s->value('ALTER SERVER wire OPTIONS (DROP proxy)');
fails_with($s, 'SELECT hem FROM wire.audience WHERE topic_id = 5', 'HV00N', qr/ERROR/, 'without it nobody answers');

kill('TERM', $child);
waitpid($child, 0);
$s->quit;
done_testing();
