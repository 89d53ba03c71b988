# Changes through the API, and answers that do not come: a change is sent at most once that the API can have
# received; where it is not known whether it was made, the error says so. Cancel, rates, logs.
use strict;
use warnings;

use IntentTest;
use Test::More;
use Time::HiRes qw(sleep time);

my $yes = JSON::PP::true;
my $sim = IntentTest::Simulator->new(people => 300);
my $node = cluster($sim, updatable => 'true', request_timeout => '700ms', max_retries => 3, max_retry_delay => '2s');
my $s = session($node);
my $insert = q(INSERT INTO intent.saved_audiences (name, topic_ids) VALUES ('Jane Doe Ltd', '{117801}'));
my $update = q(UPDATE intent.saved_audiences SET name = 'Doe and Sons' WHERE id = '11111111-2222-4333-8444-555555555555');
my $delete = q(DELETE FROM intent.saved_audiences WHERE id = '11111111-2222-4333-8444-555555555555');

# What the simulator was sent, and what it has now.
sub sent { my ($method) = @_; return scalar grep { $_->{method} eq $method } $sim->log; }
sub made { return $s->value(q(SELECT count(*) FROM intent.saved_audiences WHERE name LIKE '%Doe%')); }

# --- the outcome is not known: one request, 08007, no value in the message

my %unknown = (
	'the answer is lost after the change' => [ { lose_reply => $yes }, 1 ],
	'the connection closes without an answer' => [ { close => $yes }, 0 ],
	'no answer in time' => [ { stall => $yes }, 0 ],
	'the answer is cut' => [ { cut_body => 20 }, 1 ],
	'status 500' => [ { status => 500 }, 0 ],
	'status 502' => [ { status => 502, retry_after => '0' }, 0 ],
	'status 503 that does not say when' => [ { status => 503 }, 0 ],
	'status 504' => [ { status => 504 }, 0 ],
	'an answer that is no JSON' => [ { status => 200, body => '<html>Jane Doe</html>' }, 0 ],
	'an answer too large' => [ { oversize => 17 << 20 }, 1 ]);
for my $name (sort keys %unknown)
{
	my ($fault, $is_made) = @{ $unknown{$name} };
	for my $change ([ POST => $insert ], [ PATCH => $update ])
	{
		my ($method, $sql) = @$change;
		$sim->fault($fault, match => { method => $method }, times => -1);
		my $r = fails_with($s, $sql, '08007', qr/not known whether the API has made a change of table "saved_audiences"/, "$method, $name: not known");
		unlike($r->{err} =~ s/LINE 1:.*//rs, qr/Doe|sk_test/, '... and no value of the row is told');
		is(sent($method), 1, '... sent once');
		$sim->set(faults => []);
		is(made(), $is_made, '... ' . ($is_made ? 'and made' : 'and not made'));
	}
}
$sim->fault({ lose_reply => $yes }, match => { method => 'DELETE' });
fails_with($s, $delete, '08007', qr/DELETE .*audiences\/\{id\} was sent/, 'DELETE, the answer is lost: not known');
is($s->value('SELECT count(*) FROM intent.saved_audiences'), 0, '... and made');

# --- it was surely not made: sent again, up to max_retries

my %again = ('429' => { status => 429 }, '429 that says when' => { status => 429, retry_after => '0' }, '503 that says when' => { status => 503, retry_after => '0' });
for my $name (sort keys %again)
{
	$sim->fault($again{$name}, match => { method => 'POST' }, times => 2);
	$s->value($insert);
	is(sent('POST'), 3, "$name twice: sent again");
	is(made(), 1, '... and made once');
}
$sim->fault({ status => 429, retry_after => '0' }, match => { method => 'POST' }, times => -1);
fails_with($s, $insert, '53400', qr/4 attempts/, '429 for ever: an error');
$sim->fault({ status => 429, retry_after => '60' }, match => { method => 'POST' });
fails_with($s, $insert, '53400', qr/asked to wait 60 s/, '429 for longer than max_retry_delay: an error at once');
is(sent('POST'), 1, '... sent once');
$sim->fault({ redirect => 'http://127.0.0.1:1/' }, match => { method => 'POST' }, times => -1);
fails_with($s, $insert, 'HV00M', qr/unexpected status/, 'a redirect is not followed');
is(sent('POST'), 1, '... sent once');

# --- nobody there: tried again, and made once when there is

$sim->fresh;
$s->value('SELECT count(*) FROM intent.saved_audiences');
my $port = $sim->{port};
$sim->stop;
fails_with($s, $insert, 'HV00N', qr/could not connect/, 'no connection: an error after all attempts');
$s->send($insert);
sleep 0.1;
$sim->start($port);
is($s->answer->{state}, '', 'no connection at first: made when there is one');
is(made(), 1, '... once');

# --- a connection of its own for each change

$sim->fresh;
$s->value(q(INSERT INTO intent.saved_audiences (name, topic_ids) SELECT 'n' || g, '{117801}' FROM generate_series(1, 5) g));
is($sim->connections, 5, 'five rows are five connections');

# --- cancel: at once, with what it leaves open

$sim->fault({ stall => $yes }, match => { method => 'POST' }, times => -1);
my $control = session($node);
$s->value(q(SET statement_timeout = 0));
$control->value(q(ALTER SERVER intent OPTIONS (SET request_timeout '60s')));
$s->send($insert);
eventually(sub { sent('POST') == 1 }, 'the change is under way');
my $start = time;
$control->value("SELECT pg_cancel_backend($s->{pid})");
my $r = $s->answer;
is($r->{state}, '57014', 'a cancel while the answer is waited for');
cmp_ok(time - $start, '<', 0.2, '... is obeyed at once');
like($r->{err}, qr/CONTEXT:  waiting for the answer to POST \/v1\/intent\/audiences; whether the API makes the change is not known/, '... and says what is not known');
$sim->settle;
$sim->fault({ status => 429, retry_after => '1' }, match => { method => 'POST' }, times => -1);
$control->value(q(ALTER SERVER intent OPTIONS (SET max_retry_delay '60s')));
$s->value('SET intent_fdw.log_requests = on');
my $refused = -s $node->logfile;
$s->send($insert);
# the session has the answer, so nothing is under way
eventually(sub { PostgreSQL::Test::Utils::slurp_file($node->logfile, $refused) =~ /POST \S+ status 429/ }, 'the change is refused');
$start = time;
$control->value("SELECT pg_cancel_backend($s->{pid})");
$r = $s->answer;
is($r->{state}, '57014', 'a cancel between attempts');
cmp_ok(time - $start, '<', 0.2, '... is obeyed at once');
unlike($r->{err}, qr/not known/, '... and nothing is in doubt');
$s->value('SET intent_fdw.log_requests = off');
$sim->fresh;
is(made(), 0, '... nor was anything made');

# --- a rate is kept to

$control->value(q(ALTER FOREIGN TABLE intent.saved_audiences OPTIONS (ADD rate_limit '3/1s')));
$start = time;
$s->value(q(INSERT INTO intent.saved_audiences (name, topic_ids) SELECT 'n' || g, '{117801}' FROM generate_series(1, 5) g));
cmp_ok(time - $start, '>=', 0.9, 'the sixth request waits for its turn');
$control->value(q(ALTER FOREIGN TABLE intent.saved_audiences OPTIONS (DROP rate_limit)));

# --- logs and figures

$sim->fresh;
$s->value('SELECT intent_fdw_stats_reset()');
my $mark = -s $node->logfile;
$s->value('SET intent_fdw.log_requests = on');
$s->value("BEGIN; $insert; $update; $delete; ROLLBACK");
$s->value('SET intent_fdw.log_requests = off');
my $log = PostgreSQL::Test::Utils::slurp_file($node->logfile, $mark);
like($log, qr/POST \/v1\/intent\/audiences: status 201, \d+ bytes, \d+ ms/, 'the log has the request');
like($log, qr/Body: name, config\.topicIds\./, '... the names of what was sent');
like($log, qr/PATCH \/v1\/intent\/audiences\/\{id\}: status 200/, '... not whose it is');
like($log, qr/DELETE \/v1\/intent\/audiences\/\{id\}: status 200/, '... of each kind');
unlike($log, qr/Doe|11111111|sk_test/, '... and no value');
is($s->value('SELECT requests, errors FROM intent_fdw_stats'), '5|0', 'the figures count changes');

# --- exports and waiting for an audience: the link is in the result only, waits can be cancelled

$sim->fresh;
$mark = -s $node->logfile;
$s->value('SET intent_fdw.log_requests = on; SET log_min_messages = debug5; SET log_statement = \'all\'');
like($s->value(q(SELECT download_url FROM intent_fdw_export('intent', '11111111-2222-4333-8444-555555555555'))), qr/X-Signature=5ecre7/, 'an export has a signed link');
$s->value('RESET intent_fdw.log_requests; RESET log_min_messages; RESET log_statement');
$log = PostgreSQL::Test::Utils::slurp_file($node->logfile, $mark);
like($log, qr/POST \/v1\/intent\/audiences\/\{audienceId\}\/export: status 200/, '... the request is in the log');
unlike($log, qr/X-Signature|leadpipe\.example|sk_test/, '... the link is not, at any level');
$sim->fresh(audiences => { 'dddddddd-2222-4333-8444-555555555555' => { topicIds => [117801] } });
$control->value(q(ALTER SERVER intent OPTIONS (ADD poll_interval '50s')));
$s->send(q(SELECT intent_fdw_wait('intent', 'dddddddd-2222-4333-8444-555555555555', timeout => '1 hour')));
eventually(sub { sent('GET') == 1 }, 'the audience is waited for');
$start = time;
$control->value("SELECT pg_cancel_backend($s->{pid})");
is($s->answer->{state}, '57014', 'waiting for an audience can be cancelled');
cmp_ok(time - $start, '<', 0.2, '... at once');
$start = time;
fails_with($s, q(SELECT intent_fdw_wait('intent', 'dddddddd-2222-4333-8444-555555555555', timeout => '300ms')), 'HV00L', qr/is not ready/, 'it is waited for no longer than that');
cmp_ok(time - $start, '<', 3, '... whatever the interval between polls');

$s->quit;
$control->quit;
done_testing();
