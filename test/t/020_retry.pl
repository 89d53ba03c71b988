# What may pass is tried again, and the result is complete; the rest is an error at once.
use strict;
use warnings;

use IntentTest;
use Test::More;
use Time::HiRes qw(time);

my $sim = IntentTest::Simulator->new(people => 1500);
my $node = cluster($sim, max_retries => 2, max_retry_delay => '5s');
my $s = session($node);
my $people = $sim->people($topic);
my $pages = int(($people + 99) / 100);
my $all = "SELECT count(*), count(DISTINCT hem) FROM (SELECT hem FROM intent.audience WHERE topic_id = $topic) a";
my $complete = "$people|$people";
my $detail = "SELECT hem FROM intent.audience WHERE topic_id = $topic";

cmp_ok($pages, '>', 3, 'there are middle pages');
is($s->value($all), $complete, 'without a fault');

# --- passing faults, on the first, a middle and the last page

my %passing = (
	(map { $_ => { status => $_ } } 429, 500, 502, 503, 504),
	'closed connection' => { close => JSON::PP::true },
	'cut body' => { cut_body => 300 },
	'no body' => { cut_body => 0 });
for my $name (sort keys %passing)
{
	for my $page (1, 2, $pages)
	{
		$sim->fault($passing{$name}, match => { page => $page }, times => 2);
		my $r = $s->ask($all);
		is("$r->{out} $r->{state}", "$complete ", "$name twice on page $page: complete, nobody twice") or diag($r->{err});
		is($sim->count, $pages + 2, "$name on page $page: two more requests");
	}
}

# --- Retry-After

for ([ 'seconds', '2', 2 ], [ 'as a number', 1, 1 ], [ 'HTTP-date', { date_in => 3 }, 2 ], [ 'zero', '0', 0 ])
{
	my ($form, $value, $least) = @$_;
	$sim->fault({ status => 429, retry_after => $value }, match => { page => 2 });
	my $r = $s->ask($all);
	is($r->{out}, $complete, "Retry-After, $form: complete");
	my @log = $sim->log;
	my $gap = ($log[2]{at_ms} - $log[1]{at_ms}) / 1000;
	# the date is in whole seconds: up to one less
	cmp_ok($gap, '>=', $least - 0.005, "Retry-After, $form: not before it is over");
	cmp_ok($gap, '<', $least + 1.6, "Retry-After, $form: soon after it is over");
	is($log[1]{status}, 429, "Retry-After, $form: the fault was that request");
}
for my $status (429, 503)
{
	my $state = $status == 429 ? '53400' : 'HV00L';
	$sim->fault({ status => $status, retry_after => 3600 }, times => -1);
	my $r = fails_with($s, $detail, $state, qr/DETAIL:.*Status $status/, "$status with an hour's Retry-After");
	cmp_ok($r->{seconds}, '<', 2, '... is an error at once');
	is($sim->count, 1, '... after one request');
	like($r->{err}, qr/asked to wait 3600 s/, '... and says how long it asked to wait');
}

# --- retries used up

my %hopeless = (
	429 => [ { status => 429 }, '53400' ],
	503 => [ { status => 503 }, 'HV00L' ],
	500 => [ { status => 500 }, 'HV00L' ],
	'closed connection' => [ { close => JSON::PP::true }, 'HV00N' ],
	'cut body' => [ { cut_body => 300 }, 'HV00N' ]);
# libcurl itself repeats a request, once, when the connection it reused turns out to be closed;
my %repeated = (map({ $_ => 0 } keys %hopeless), 'closed connection' => 1);
for my $name (sort keys %hopeless)
{
	my ($fault, $state) = @{ $hopeless{$name} };
	$sim->fault($fault, times => -1);
	fails_with($s, $detail, $state, qr/DETAIL:.*3 attempts/, "$name for ever");
	is($sim->count - $repeated{$name}, 3, "$name for ever: three requests");
	$sim->fault($fault, times => -1, match => { page => 2 });
	fails_with($s, $detail, $state, qr/DETAIL:.*3 attempts/, "$name for ever on page 2");
	is($sim->count - $repeated{$name}, 4, "$name for ever: page 1, and page 2 three times");
}
is($s->value('SELECT 1'), 1, 'the session goes on');

# --- not retried

for my $case ([ 400, 'HV024' ], [ 401, '28000' ], [ 403, '42501' ], [ 404, 'HV00R' ], [ 405, 'HV00M' ],
	[ 410, 'HV00R' ], [ 418, 'HV00M' ], [ 422, 'HV024' ], [ 501, 'HV00L' ])
{
	$sim->fault({ status => $case->[0], message => 'no way' }, times => -1);
	fails_with($s, $detail, $case->[1], qr/Status $case->[0]/, "status $case->[0]");
	is($sim->count, 1, "status $case->[0] is not tried again");
}

# --- a port where nobody listens, and max_retries 0

my $gone = IntentTest::Simulator->new(people => 1);
$gone->stop;
create_server($node, 'gone', $gone, max_retries => 1);
fails_with($s, "SELECT hem FROM gone.audience WHERE topic_id = $topic", 'HV00N', qr/DETAIL:.*2 attempts/, 'connection refused');

$s->value("ALTER SERVER intent OPTIONS (SET max_retries '0')");
for my $name (sort keys %hopeless)
{
	my ($fault, $state) = @{ $hopeless{$name} };
	$sim->fault($fault, times => -1);
	fails_with($s, $detail, $state, qr/DETAIL:.*1 attempt\b/, "max_retries 0, $name");
	is($sim->count - $repeated{$name}, 1, "max_retries 0, $name: one request");
}

$s->quit;
done_testing();
