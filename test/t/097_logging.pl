# Setting log_requests: each request in the server's log, without keys and values; and what a wait is called.
use strict;
use warnings;

use IntentTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $key = 'sk_MARKERKEY0123456789';
my $sim = IntentTest::Simulator->new(people => 1500, config => qq({"api_key":"$key","rows":"live"}));
$sim->{key} = $key;
my $node = cluster($sim, max_retries => 1, max_retry_delay => '100ms', request_timeout => '2s');
my $s = session($node);
my $start;

# Lines of the log about requests, each with its DETAIL.
sub lines
{
	my @lines = slurp_file($node->logfile, $start) =~ /^.* LOG:  intent_fdw: (.*\n.* DETAIL:  .*)\n/mg;
	return map { s/\n.*(?=DETAIL:)/\n/r } @lines;
}
sub fresh { $sim->fresh(@_); $start = -s $node->logfile; return; }

fresh();
my $query = "SELECT count(*) FROM (SELECT hem FROM intent.audience WHERE topic_id = $topic) a";
my $people = $s->value($query);
my $pages = $sim->count;
my @lines = lines();
is(scalar(@lines), 0, 'nothing is logged unless asked for');
$s->value('SET intent_fdw.log_requests = on');
fresh();
is($s->value($query), $people, 'a scan with logging');
@lines = lines();
is(scalar(@lines), $pages, 'a line for each request');
my $head = qr{POST /v1/intent/audiences/query: status 200, \d+ bytes, \d+ ms\nDETAIL:  Body: };
is(scalar(grep { /^${head}topicIds, minScore, maxScore, limit(, cursor)?\.$/ } @lines), $pages, '... with what it had, and what came');
is(scalar(grep { /cursor/ } @lines), $pages - 1, '... a cursor but for the first');
my ($bytes) = $s->value("EXPLAIN (ANALYZE, COSTS OFF) SELECT hem FROM intent.audience WHERE topic_id = $topic") =~ /Bytes Received: (\d+)/;
my $sum = 0;
$sum += $_ for map { /(\d+) bytes/ } @lines;
cmp_ok(abs($sum - $bytes), '<', $bytes / 10, '... in bytes as EXPLAIN has them');

fresh(latency_ms => 50);
$s->value("$query WHERE false");
$s->value("SELECT count(*) FROM (SELECT hem FROM intent.audience WHERE topic_id = $topic AND seniority = 'MARKERA' "
	. "AND job_title = 'MARKERB' AND company_domain = 'marker.example' AND has_phone AND data_date = '2026-11-21') a");
@lines = lines();
is(scalar(@lines), 1, 'a request with many conditions');
like($lines[0], qr/Body: .*\bfilters\.seniority\b.*\bfilters\.jobTitle\b/, '... by their names');
unlike($lines[0], qr/marker|2026-11|$topic|127\.0\.0\.1/i, '... without their values, and without the host');
my ($ms) = $lines[0] =~ /(\d+) ms/;
cmp_ok($ms, '>=', 50, '... and how long it took');

# failures, each attempt for itself
fresh(faults => [ { times => -1, fault => { status => 503 } } ]);
fails_with($s, $query, 'HV00L', qr/503/, 'a request that fails twice');
@lines = lines();
is(scalar(grep { /status 503/ } @lines), 2, '... is logged twice');
fresh(faults => [ { times => -1, fault => { close => JSON::PP::true } } ]);
fails_with($s, $query, 'HV00N', qr/./, 'a connection closed without an answer');
@lines = lines();
is(scalar(grep { /no status, 0 bytes.*\n.*Failed: \S/ } @lines), 2, '... with the reason');
my $log = slurp_file($node->logfile);
unlike($log, qr/MARKERKEY/, 'no key in the log');

# --- what a wait is called

fresh(faults => [ { fault => { stall => JSON::PP::true } } ]);
my $control = session($node);
$s->send($query);
my $waits = "SELECT wait_event_type || ' ' || wait_event FROM pg_stat_activity WHERE pid = $s->{pid}";
my $called = '';
eventually(sub { $called = $control->value($waits); $sim->count == 1 && $called =~ /^Extension/ }, 'the backend waits');
is($called, $control->value('SHOW server_version_num') >= 170000 ? 'Extension IntentFdwHttp' : 'Extension Extension', 'a wait for the API by its name');
$s->answer;

$_->quit for $s, $control;
done_testing();
