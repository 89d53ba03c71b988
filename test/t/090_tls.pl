# https: who is trusted, what is spoken, where the key does not go.
use strict;
use warnings;

use IntentNginx;
use IntentTest;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'nginx is not installed (nginx-light)' unless IntentNginx::program();

my $sim = IntentTest::Simulator->new(people => 1500, config => '{"gzip":true}');
my $elsewhere = IntentTest::Simulator->new(people => 10);
my $node = cluster($sim, max_retries => 3);
my $s = session($node);
my $people = $sim->people($topic);
my $nginx = IntentNginx->new($sim->{url});
my %port = %{ $nginx->{port} };
my $dir = $nginx->{dir};
my $r;

# --- who is trusted

sub use_server
{
	my ($name, $ca) = @_;
	$s->value("ALTER SERVER intent OPTIONS (SET base_url 'https://127.0.0.1:$port{$name}')");
	$s->value("ALTER SERVER intent OPTIONS (SET ca_file '$dir/$ca.pem')");
	$sim->fresh;
	return;
}
my $count = "SELECT count(*), count(DISTINCT hem) FROM (SELECT hem FROM intent.audience WHERE topic_id = $topic) a";
$s->value("ALTER SERVER intent OPTIONS (ADD ca_file '$dir/ca.pem')");
use_server('good', 'ca');
is($s->value($count), "$people|$people", 'https with the own authority');
my @access = split(/\n/, slurp_file("$dir/access.log"));
my $pages = int(($people + 99) / 100);
is(scalar(@access), $pages, 'each page went through nginx');
is(scalar(grep { m{^\d+ HTTP/2.0 200 } } @access), $pages, '... over HTTP/2');
is(scalar(grep { /gzip.* gzip \S \d+$/ } @access), $pages, '... compressed');
is(scalar(keys %{ { map { (split)[-1] => 1 } @access } }), 1, '... on one connection');
my ($bytes) = $s->value("EXPLAIN (ANALYZE, COSTS OFF) SELECT hem FROM intent.audience WHERE topic_id = $topic") =~ /Bytes Received: (\d+)/;
cmp_ok($bytes / $people, '<', 120, 'fewer bytes than the rows have');

for my $case ([ 'good', 'other_ca', qr/certificate/ ], [ 'stranger', 'ca', qr/certificate/ ], [ 'wrong_host', 'ca', qr/127\.0\.0\.1/ ],
	[ 'expired', 'ca', qr/expired/ ], [ 'old', 'ca', qr/protocol/ ])
{
	my ($name, $ca, $like) = @$case;
	use_server($name, $ca);
	my $r = fails_with($s, $count, 'HV00N', $like, "$name certificate, $ca trusted");
	like($r->{err}, qr/1 attempt\b/, '... not tried again');
	is($sim->count, 0, '... nothing is sent');
}
$s->value("ALTER SERVER intent OPTIONS (DROP ca_file)");
fails_with($s, $count, 'HV00N', qr/protocol|certificate/, 'without ca_file the system decides');
$s->value("ALTER SERVER intent OPTIONS (ADD ca_file '$dir/none.pem')");
fails_with($s, $count, 'HV00N', qr/./, 'a ca_file that does not exist');
use_server('good', 'ca');
is($s->value($count), "$people|$people", 'and again with the right one');
# an https server behind which nobody listens any more, and http on an https port
$s->value("ALTER SERVER intent OPTIONS (SET base_url 'http://127.0.0.1:$port{good}')");
fails_with($s, $count, 'HV024', qr/400/, 'http on an https port');
$s->value("ALTER SERVER intent OPTIONS (SET base_url 'https://127.0.0.1:$sim->{port}')");
# (a handshake that the other side cuts may pass, one that it cannot follow does not)
$r = fails_with($s, $count, 'HV00N', qr/wrong version number|unexpected eof|SSL_ERROR_SYSCALL/, 'https on an http port');

# --- HTTP/2: several chains on one connection, cancel, and a server that goes away

use_server('good', 'ca');
unlink("$dir/access.log");
$nginx->stop;
$nginx->start;
is($s->value($count), "$people|$people", 'nginx restarted: the dead connection is no matter');
$s->value("CREATE FOREIGN TABLE each (hem text, topic_id integer) SERVER intent OPTIONS (topic_mode 'each')");
my $both = $people + $sim->people(102391);
is($s->value("SELECT count(*) FROM (SELECT hem, topic_id FROM each WHERE topic_id IN ($topic, 102391)) a"), $both, 'two chains');
is(scalar(keys %{ { map { (split)[-1] => 1 } split(/\n/, slurp_file("$dir/access.log")) } }), 1, '... share the connection');
for my $fault ({ stall => JSON::PP::true }, { slow_body => 200 })
{
	$sim->fault($fault, times => -1);
	$s->value("SET statement_timeout = '300ms'");
	my $r = fails_with($s, $count, '57014', qr/timeout/, 'cancelled over HTTP/2');
	cmp_ok($r->{seconds}, '<', 0.8, '... in time');
	$s->value('SET statement_timeout = 0');
	$sim->fresh;
	is($s->value($count), "$people|$people", '... and the next query is complete');
}
$sim->fresh(latency_ms => 30);
$s->send($count);
eventually(sub { $sim->count >= 3 }, 'some pages are sent');
kill 'KILL', split(' ', slurp_file("/proc/$nginx->{pid}/task/$nginx->{pid}/children"));
$r = $s->answer;
is($r->{out} || $r->{state}, "$people|$people", 'a worker of nginx killed in mid-scan: tried again, complete') or diag($r->{err});

# --- where the key does not go

$s->value("ALTER SERVER intent OPTIONS (SET base_url '$sim->{url}')");
for my $target ($elsewhere->{url}, "https://127.0.0.1:$port{good}", "$sim->{url}/v1/intent/audiences/query")
{
	$elsewhere->clear;
	$sim->fault({ redirect => "$target/v1/intent/audiences/query" }, times => -1);
	fails_with($s, $count, 'HV00M', qr/302/, 'a redirect is an error');
	is($sim->count . $elsewhere->count, '10', '... and is not followed');
}
for my $url ('http://example.org', 'http://10.0.0.1', 'http://127.0.0.1.example.org', 'http://localhost.example.org', 'ftp://127.0.0.1', 'http://[::2]')
{
	isnt($s->ask("ALTER SERVER intent OPTIONS (SET base_url '$url')")->{state}, '', "$url is refused");
}
for my $url ('http://localhost:1', 'http://127.0.0.2', 'http://[::1]:5', 'https://example.org')
{
	is($s->ask("BEGIN; ALTER SERVER intent OPTIONS (SET base_url '$url'); ROLLBACK")->{state}, '', "$url is allowed");
}

$s->quit;
done_testing();
