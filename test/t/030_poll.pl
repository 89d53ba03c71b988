# Results still being made, and the two timeouts.
use strict;
use warnings;

use IntentTest;
use Test::More;

my $sim = IntentTest::Simulator->new(people => 1500);
my $node = cluster($sim, poll_interval => '300ms', max_retries => 1);
my $s = session($node);
my $people = $sim->people($topic);
my $pages = int(($people + 99) / 100);
my $query = "SELECT count(*), count(DISTINCT hem) FROM (SELECT hem FROM intent.audience WHERE topic_id = $topic) a";

# Seconds between one request and the next, in the simulator's log.
sub gaps
{
	my @log = $sim->log;
	return map { ($log[$_]{at_ms} - $log[ $_ - 1 ]{at_ms}) / 1000 } 1 .. $#log;
}

# --- 202, and 200 with status materializing

for my $as_200 (0, 1)
{
	my $name = $as_200 ? '200 and materializing' : '202';

	$sim->fresh(materialize_calls => 3, materialize_as_200 => $as_200 ? JSON::PP::true : JSON::PP::false);
	is($s->value($query), "$people|$people", "$name: complete in the end");
	is($sim->count, $pages + 3, "$name: three polls");
	my @bodies = map { JSON::PP->new->canonical->encode($_->{body}) } $sim->log;
	is(scalar(grep { $_ eq $bodies[0] } @bodies[ 0 .. 3 ]), 4, "$name: the polls are the same request");
	my @gaps = gaps();
	for my $i (0 .. 2)
	{
		my $interval = 0.3 * 1.5**$i;
		cmp_ok($gaps[$i], '>=', $i ? $gaps[ $i - 1 ] * 0.95 : 0.295, "$name: poll $i not too early");
		cmp_ok($gaps[$i], '<', 1 + 2 * $interval, "$name: poll $i not too late");
	}
	cmp_ok($gaps[2], '>', $gaps[0] * 1.2, "$name: the interval grows");
}
# --- a result that is never made

$s->value("ALTER SERVER intent OPTIONS (materialize_timeout '1s', request_timeout '20s')");
$sim->fault({ endless_202 => JSON::PP::true });
my $r = fails_with($s, $query, 'HV00L', qr/ERROR:.*materialize timeout.*HINT:.*"materialize_timeout"/s, 'endless 202');
unlike($r->{err}, qr/request.timeout/, 'endless 202: the other timeout is not named');
cmp_ok($r->{seconds}, '>=', 0.99, 'endless 202: not before materialize_timeout');
cmp_ok($r->{seconds}, '<', 3, 'endless 202: soon after it');
cmp_ok($sim->count, '>=', 3, 'endless 202: polled meanwhile');
cmp_ok($sim->count, '<=', 5, 'endless 202: no oftener than told');

# the timeout is that of one result, not of the statement
$sim->fresh(materialize_calls => 2);
$s->value('CREATE FOREIGN TABLE one_topic (hem text, topic_id integer) SERVER intent OPTIONS (topic_mode \'each\', max_connections \'1\')');
is($s->value("SELECT count(*) FROM (SELECT hem, topic_id FROM one_topic WHERE topic_id IN ($topic, 102391)) a"),
	$people + $sim->people(102391), 'two results that take 0.75 s each');

# --- an answer that does not come

$s->value("ALTER SERVER intent OPTIONS (SET materialize_timeout '20s', SET request_timeout '700ms')");
for my $case ([ 'no answer', { stall => JSON::PP::true } ], [ 'slow body', { slow_body => 500 } ])
{
	my ($name, $fault) = @$case;
	$sim->fault($fault, times => -1);
	$r = fails_with($s, $query, 'HV00L', qr/ERROR:.*request timeout.*HINT:.*"request_timeout"/s, $name);
	unlike($r->{err}, qr/materialize.timeout/, "$name: the other timeout is not named");
	cmp_ok($r->{seconds}, '>=', 0.69, "$name: not before request_timeout");
	cmp_ok($r->{seconds}, '<', 2.5, "$name: soon after it");
	is($sim->count, 1, "$name: not tried again");
}
$sim->fresh;
is($s->value($query), "$people|$people", 'the session goes on');

# --- a reader that takes its time is not a timeout: the page asked for ahead has long arrived

$s->value("BEGIN; DECLARE c CURSOR FOR SELECT hem FROM intent.audience WHERE topic_id = $topic; FETCH 60 FROM c");
eventually(sub { ($sim->log)[1] && ($sim->log)[1]{status} == 200 }, 'the second page is sent');
$s->value('SELECT pg_sleep(1)');
$r = $s->ask('FETCH ALL FROM c');
is($r->{state}, '', 'a cursor left alone for longer than request_timeout goes on') or diag($r->{err});
is(scalar(split(/\n/, $r->{out})), $people - 60, '... and is complete');
$s->ask('ROLLBACK');

# nor is a kept-alive connection that the server has closed meanwhile
$sim->fresh;
$s->value("BEGIN; DECLARE c CURSOR FOR SELECT hem FROM intent.audience WHERE topic_id = $topic; FETCH 10 FROM c");
$sim->stop;
$sim->start($sim->{port});
$r = $s->ask('FETCH ALL FROM c');
is($r->{state} || scalar(split(/\n/, $r->{out})), $people - 10, 'the server restarted between two FETCHes');
$s->ask('ROLLBACK');

$s->quit;
done_testing();
