# The key and people's data are in no log, plan, view or error text.
use strict;
use warnings;

use IntentTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $key = 'sk_MARKERKEY0123456789';
my $sim = IntentTest::Simulator->new(people => 1500, config => qq({"api_key":"$key"}));
$sim->{key} = $key;
my $node = cluster($sim, max_retries => 1, max_retry_delay => '100ms', request_timeout => '1s', poll_interval => '100ms',
	materialize_timeout => '300ms', max_response_size => '64kB');
my $s = session($node);
my $control = session($node);
my $query = "SELECT hem, email FROM intent.audience WHERE topic_id = $topic";
my ($mail) = $s->value("SELECT email FROM ($query) a WHERE email IS NOT NULL LIMIT 1") =~ /^(\S+\@\S+)$/ or die 'no e-mail';
my $hem = $s->value("SELECT hem FROM ($query) a WHERE email = " . literal($mail));
ok(length $hem, 'there is somebody to look for');
my $secret = qr/\Q$key\E|MARKERKEY/i;
my $personal = qr/\Q$mail\E|\Q$hem\E/i;

# --- from here on everything is logged

$node->append_conf('postgresql.conf', <<'CONF');
log_min_messages = debug5
log_min_duration_statement = 0
log_error_verbosity = verbose
debug_print_parse = on
debug_print_rewritten = on
debug_print_plan = on
intent_fdw.log_requests = on
session_preload_libraries = 'auto_explain'
auto_explain.log_min_duration = 0
auto_explain.log_analyze = on
auto_explain.log_verbose = on
CONF
$node->reload;
$_->quit for $s, $control;
my $start = -s $node->logfile;
$s = session($node);
$control = session($node);
sub logged { return slurp_file($node->logfile, $start); }

# Whatever comes back or is shown meanwhile.
my $seen = '';
sub look { my ($sql) = @_; my $r = $s->ask($sql); $seen .= $r->{err}; return $r; }

for my $format (qw(text json xml yaml))
{
	$seen .= look("EXPLAIN (VERBOSE, COSTS, FORMAT $format) $query")->{out};
	$seen .= look("EXPLAIN (ANALYZE, VERBOSE, FORMAT $format) $query")->{out};
}
look('PREPARE p AS ' . $query);
$seen .= look('EXPLAIN (ANALYZE, VERBOSE) EXECUTE p')->{out};
$seen .= look("EXPLAIN (VERBOSE) SELECT * FROM intent.audience a JOIN pg_class c ON a.topic_id = c.oid::int")->{out};
like($seen, qr/Intent Request/, 'EXPLAIN has been looked at');

# --- each kind of error

my %faults = (
	(map { ("status $_" => { status => $_, message => 'refused' }) } 400, 401, 403, 404, 410, 418, 422, 429, 500, 503),
	(map { ("answer $_" => { json => $_ }) } qw(not_json truncated trailing_garbage data_missing data_object row_not_object
		meta_missing has_more_string status_unknown total_string bad_utf8 nul_escape lone_surrogate deep)),
	(map { ("cursor $_" => { cursor => $_ }) } qw(repeat missing loop3)),
	'closed' => { close => JSON::PP::true }, 'stalled' => { stall => JSON::PP::true }, 'cut' => { cut_body => 900 },
	'endless 202' => { endless_202 => JSON::PP::true }, 'too large' => { oversize => 100_000 }, 'total' => { total => 'plus1' },
	'redirect' => { redirect => 'http://127.0.0.1:1/' }, 'cache key' => { cache_key => 'x' }, 'date' => { data_date => '2026-01-01' });
# Like unlike(), but shows only the lines in question.
sub lacks
{
	my ($text, $what, $name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	ok($text !~ $what, $name) or diag(join("\n", map { substr($_, 0, 300) } grep { /$what/ } split(/\n/, $text)));
	return;
}
my $errors = 0;
for my $name (sort keys %faults)
{
	$sim->fault($faults{$name}, times => -1, $name =~ /cache key|date|cursor missing|total$/ ? (match => { page => 2 }) : ());
	my $r = look($query);
	ok($r->{state}, "$name is an error") or next;
	unlike($r->{err}, $secret, "$name: no key in the error");
	unlike($r->{err}, $personal, "$name: nobody's data in the error");
	$errors++;
}
is($errors, scalar(keys %faults), 'all errors have been seen');

# --- while it runs, and other errors

$sim->fault({ stall => JSON::PP::true }, times => 1);
$s->send($query);
eventually(sub { $sim->count == 1 }, 'a request is under way');
$seen .= $control->value("SELECT string_agg(a::text, ' ') FROM pg_stat_activity a");
$s->answer;
$sim->fresh;
look('SELECT hem FROM intent.audience');
look("SELECT hem FROM intent.audience WHERE topic_id = $topic AND seniority > 'a'");
# columns whose types do not take what rows hold: input functions would quote it
my %types = ('hem integer' => '22P02', 'email date' => '22007', 'email jsonpath' => '42601', 'hem uuid' => '22P02', 'email integer[]' => 'HV004',
	'email inet' => '22P02', 'email mood' => '22P02', 'email number_text' => '22P02', 'email varchar(3)' => '22001', 'hem point' => '22P02');
$s->value("CREATE TYPE mood AS ENUM ('glad'); CREATE DOMAIN number_text AS text CHECK (VALUE::integer > 0); SET client_min_messages = warning");
for my $column (sort keys %types)
{
	$s->value("DROP FOREIGN TABLE IF EXISTS fits; CREATE FOREIGN TABLE fits ($column, topic_id integer) SERVER intent");
	my $r = look('SELECT * FROM fits WHERE topic_id = ' . $topic);
	ok($r->{state}, "$column does not take it") or diag($r->{out});
	unlike($r->{err}, qr/@|[0-9a-f]{32}/, "$column: nobody's data in the error");
	like($r->{err}, qr/CONTEXT:.*column "(?:hem|email)" of foreign table "fits", row \d+ of page 1/s, "$column: but where it is");
}
$s->value('RESET client_min_messages');
look("ALTER SERVER intent OPTIONS (SET base_url 'http://127.0.0.1:1')");
is(look($query)->{state}, 'HV00N', 'nobody listens');
$seen .= look('SELECT s.*, t.* FROM pg_foreign_server s, pg_foreign_table t')->{out};
$seen .= look('SELECT * FROM pg_prepared_statements')->{out};
$s->value("CREATE ROLE other LOGIN; GRANT USAGE ON SCHEMA intent TO other; GRANT SELECT ON intent.audience TO other");
my $o = session($node, user => 'other');
$seen .= $o->ask($query)->{err} . $o->value('SELECT * FROM pg_user_mappings') . $o->value("SELECT string_agg(a::text, ' ') FROM pg_stat_activity a");
$o->quit;

lacks($seen, $secret, 'no key in EXPLAIN, views and errors');
my $log = logged();
cmp_ok(length($log), '>', 1_000_000, 'the log has everything');
ok($log =~ /Query Text/ && $log =~ /PLANNEDSTMT/ && $log =~ m{LOG:.* intent_fdw: POST /v1}, '... plans and requests too');
lacks($log, $secret, 'no key in the log');
lacks($log, $personal, "nobody's data in the log");

# --- a server that repeats what it got, which it should not

$s->value("ALTER SERVER intent OPTIONS (SET base_url '$sim->{url}')");
for my $echo (
	{ status => 401, message => "the key $key is not known" },
	{ status => 500, shape => 'plain', message => "X-API-Key: $key" },
	{ status => 418, body => qq({"yourKey":"$key"}), content_type => 'application/json' },
	{ status => 418, body => "X-API-Key: $key", content_type => 'text/plain' },
	{ body => "GET / X-API-Key: $key", content_type => 'text/plain' })
{
	$start = -s $node->logfile;
	$sim->fault($echo, times => -1);
	my $r = $s->ask($query);
	ok($r->{state}, 'an error that repeats the key');
	lacks($r->{err} . logged(), $secret, '... is shown and logged without it');
}

# a mapping that cannot be made does not show the key either; the DDL itself may
$s->value("SET log_min_messages = panic; SET log_min_error_statement = panic");
for my $options ("api_key '$key', bearer_token '$key'", "api_key E'$key\\n'", "api_kye '$key'")
{
	my $r = $s->ask("CREATE USER MAPPING FOR other SERVER intent OPTIONS ($options)");
	ok($r->{state}, 'refused');
	unlike($r->{err} =~ s/^LINE \d.*//mrs, $secret, '... without showing the key');
}

# --- a dump has the key where PostgreSQL puts it, in CREATE USER MAPPING, and nowhere else

$sim->fresh;
$s->value("CREATE MATERIALIZED VIEW kept AS SELECT topic_id, intent_score FROM intent.audience WHERE topic_id = $topic;
	CREATE VIEW shown AS SELECT job_title FROM intent.audience WHERE topic_id = $topic");
my ($dump, $said) = run_command([ 'pg_dump', '-d', $node->connstr('postgres') ]);
like($dump, qr/^CREATE USER MAPPING .*\n\s+api_key '\Q$key\E'/m, 'pg_dump of the superuser has the mapping');
like($dump, qr/CREATE FOREIGN TABLE intent\.audience .*CREATE MATERIALIZED VIEW public\.kept /s, '... the tables and the views');
unlike($dump =~ s/^CREATE USER MAPPING .*?;$//gmrs, $secret, '... and the key in nothing else');
unlike($said, $secret, '... nor beside it');
$s->value('DROP VIEW shown; DROP MATERIALIZED VIEW kept');

# --- a user with USAGE can use the PUBLIC mapping's key where the server's owner sends it, and nowhere else

$s->value('SET log_min_messages = warning; GRANT USAGE ON FOREIGN SERVER intent TO other; GRANT USAGE ON FOREIGN DATA WRAPPER intent_fdw TO other;
	GRANT CREATE ON SCHEMA public TO other');
my $elsewhere = IntentTest::Simulator->new(people => 10);
my $u = session($node, user => 'other');
$sim->fresh;
$u->value('CREATE FOREIGN TABLE mine (hem text, topic_id integer) SERVER intent');
is($u->value("SELECT count(*) FROM mine WHERE topic_id = $topic"), $sim->people($topic), 'a table of its own, by the PUBLIC mapping');
my %attempts = (
	'alters the server' => [ "ALTER SERVER intent OPTIONS (SET base_url '$elsewhere->{url}')", '42501' ],
	'takes the server' => [ 'ALTER SERVER intent OWNER TO other', '42501' ],
	'alters the mapping' => [ "ALTER USER MAPPING FOR PUBLIC SERVER intent OPTIONS (SET api_key 'sk_x')", '42501' ],
	'drops the mapping' => [ 'DROP USER MAPPING FOR PUBLIC SERVER intent', '42501' ],
	'sets base_url at its table' => [ "ALTER FOREIGN TABLE mine OPTIONS (ADD base_url '$elsewhere->{url}')", 'HV00D' ],
	'sets base_url at its mapping' => [ "CREATE USER MAPPING FOR other SERVER intent OPTIONS (base_url '$elsewhere->{url}')", 'HV00D' ],
	'sets a proxy at its server' => [ "CREATE SERVER through FOREIGN DATA WRAPPER intent_fdw OPTIONS (proxy '$elsewhere->{url}')", '42501' ],
	'allows http at its server' => [ "CREATE SERVER open FOREIGN DATA WRAPPER intent_fdw OPTIONS (allow_http 'true', base_url 'http://192.0.2.1')", '42501' ],
	'names a file as key' => [ "CREATE USER MAPPING FOR other SERVER intent OPTIONS (api_key_file '/etc/passwd')", '42501' ],
	'asks a server of its own' => [ "CREATE SERVER theirs FOREIGN DATA WRAPPER intent_fdw OPTIONS (base_url '$elsewhere->{url}');
		CREATE FOREIGN TABLE theirs (hem text, topic_id integer) SERVER theirs; SELECT hem FROM theirs WHERE topic_id = $topic", '42704' ]);
fails_with($u, $attempts{$_}[0], $attempts{$_}[1], qr/ERROR/, "a user with USAGE $_") for sort keys %attempts;
unlike($u->value('SELECT * FROM pg_user_mappings'), $secret, '... and is not shown the key');
is($elsewhere->count, 0, '... which went nowhere else');
$u->quit;

$_->quit for $s, $control;
done_testing();
