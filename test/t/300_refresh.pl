# intent_fdw_refresh(): in whose rights, several at once, cancelled, dumped and restored.
use strict;
use warnings;

use IntentTest;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);

my $sim = IntentTest::Simulator->new(people => 2000);
my $node = cluster($sim, max_retries => 0, page_size => 50);
my $s = session($node);
my $people = $sim->people($topic);

# --- rights: PUBLIC has a wrong key, alice a good one

$sim->set(api_key => 'sk_alice');
$s->value(<<'SQL');
CREATE ROLE alice; CREATE ROLE bob; CREATE ROLE mallory;
CREATE USER MAPPING FOR alice SERVER intent OPTIONS (api_key 'sk_alice');
GRANT USAGE ON SCHEMA intent TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA intent TO PUBLIC;
GRANT CREATE ON SCHEMA public TO alice, mallory;
SET ROLE alice;
CREATE MATERIALIZED VIEW of_alice AS SELECT hem, data_date FROM intent.audience WHERE topic_id = 117801;
CREATE UNIQUE INDEX ON of_alice (hem);
SQL
is($s->value("SELECT intent_fdw_refresh('of_alice')"), 'refreshed', 'the owner may');
$sim->clear;
is($s->value("SELECT intent_fdw_refresh('of_alice')"), 'unchanged', '... and is told that nothing has changed');
is($sim->count, 1, '... for one request');
is($s->value('SELECT view_name, row_count, requests FROM intent_fdw_refresh_state'),
	qq(of_alice|$people|{"{\\"topicIds\\":[$topic],\\"minScore\\":1,\\"maxScore\\":100,\\"limit\\":1}"}), 'what is kept can be read');
for my $change ('DELETE FROM', 'TRUNCATE')
{
	fails_with($s, "$change intent_fdw_refresh_state", '42501', qr/intent_fdw_refresh_state/, "... but not changed: $change");
}
$s->value('SET ROLE bob');
$sim->clear;
for my $function ("intent_fdw_refresh('of_alice')", "intent_fdw_refresh_once('of_alice', 0, false)")
{
	fails_with($s, "SELECT $function", '42501', qr/of_alice/, "another user may not: $function");
}
is($sim->count, 0, '... and nothing is sent for them');
$s->value('RESET ROLE; GRANT alice TO bob; SET ROLE bob');
is($s->value("SELECT intent_fdw_refresh('of_alice')"), 'unchanged', 'a member of the owner may, with the mapping of the owner');
$s->value('RESET ROLE; REVOKE alice FROM bob');
is($s->value("SELECT intent_fdw_refresh('of_alice')"), 'unchanged', 'so may a superuser');
if ($s->value('SHOW server_version_num') >= 170000)
{
	$s->value('GRANT MAINTAIN ON of_alice TO bob; SET ROLE bob');
	is($s->value("SELECT intent_fdw_refresh('of_alice')"), 'unchanged', 'so may one who was granted MAINTAIN');
	$s->value('RESET ROLE');
}
$s->value("ALTER USER MAPPING FOR alice SERVER intent OPTIONS (SET api_key 'sk_gone')");
fails_with($s, "SELECT intent_fdw_refresh('of_alice')", '28000', qr/"alice"/, "the owner's key it is, whoever calls");
$s->value("ALTER USER MAPPING FOR alice SERVER intent OPTIONS (SET api_key 'sk_alice')");
is($s->value("SELECT intent_fdw_refresh('of_alice')"), 'refreshed', 'a mapping that was changed in between');

# A hostile owner: what runs does so in the owner's rights, and names that they make are not found.
$s->value(<<'SQL');
CREATE USER MAPPING FOR mallory SERVER intent OPTIONS (api_key 'sk_alice');
SET ROLE mallory;
CREATE FUNCTION rise() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  ALTER ROLE mallory SUPERUSER;
  RETURN current_user;
EXCEPTION WHEN insufficient_privilege THEN
  RETURN current_user || ' may not';
END $$;
CREATE FUNCTION rise(text, regnamespace) RETURNS text LANGUAGE sql AS 'SELECT rise()';
CREATE FUNCTION rise(name, name) RETURNS boolean LANGUAGE sql AS $$ SELECT rise() IS NOT NULL $$;
CREATE FUNCTION rise(oid, oid) RETURNS boolean LANGUAGE sql AS $$ SELECT rise() IS NOT NULL $$;
CREATE FUNCTION format(text, regnamespace) RETURNS text LANGUAGE sql AS 'SELECT rise()';
CREATE FUNCTION string_agg(text, text) RETURNS text LANGUAGE sql AS 'SELECT rise()';
CREATE FUNCTION hashtextextended(text, integer) RETURNS text LANGUAGE sql AS 'SELECT rise()';
CREATE OPERATOR || (LEFTARG = text, RIGHTARG = regnamespace, FUNCTION = rise);
CREATE OPERATOR = (LEFTARG = name, RIGHTARG = name, FUNCTION = rise);
CREATE OPERATOR = (LEFTARG = oid, RIGHTARG = oid, FUNCTION = rise);
CREATE MATERIALIZED VIEW of_mallory AS SELECT hem, rise() FROM intent.audience WHERE topic_id = 135790 WITH NO DATA;
CREATE FUNCTION index_rise(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN public.rise(); END $$;
CREATE INDEX ON of_mallory (index_rise(hem));
CREATE UNIQUE INDEX ON of_mallory (hem);
RESET ROLE;
SET search_path = public, pg_catalog;
SQL
is($s->value("SELECT intent_fdw_refresh('of_mallory')"), 'populated', 'a superuser refreshes the view of a hostile owner');
is($s->value("SELECT intent_fdw_refresh('of_mallory')"), 'refreshed', '... again, since it uses a function of theirs');
is($s->value('SELECT DISTINCT rise FROM of_mallory'), 'mallory may not', '... in whose rights it runs');
is($s->value("SELECT rolsuper FROM pg_roles WHERE rolname OPERATOR(pg_catalog.=) 'mallory'"), 'f', '... and who gains none');
$s->value('RESET search_path; DROP OWNED BY mallory');

# --- two at once; readers go on

my $other = session($node);
my $reader = session($node);
$sim->set(advance_after => { requests => 0, date => '2026-11-23' }, latency_ms => 30);
my $before = $reader->value('SELECT DISTINCT data_date FROM of_alice');
$sim->clear;
$s->send("SELECT intent_fdw_refresh('of_alice')");
eventually(sub { $sim->count > 2 }, 'the first refresh is under way');
$other->send("SELECT intent_fdw_refresh('of_alice')");
eventually(sub { $reader->value("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = $other->{pid}") eq '1' }, 'the second waits for it');
is($reader->value('SELECT DISTINCT data_date FROM of_alice'), $before, 'readers see the old contents meanwhile');
is($s->answer->{out}, 'refreshed', 'two at once: the first refreshes');
is($other->answer->{out}, 'unchanged', '... the second sees that this has been done');
is($reader->value('SELECT DISTINCT data_date FROM of_alice'), '2026-11-23', 'readers see the new ones');
$sim->set(latency_ms => 0);

# --- cancelled while it asks, and while it reads; neither leaves anything

for my $request (1, 3)
{
	$sim->fresh(api_key => 'sk_alice', dates => [ $request == 1 ? '2026-11-23' : '2026-11-22' ],
		faults => [ { match => { request => $request }, fault => { stall => JSON::PP::true } } ]);
	$s->value('SET statement_timeout = 500');
	fails_with($s, "SELECT intent_fdw_refresh('of_alice')", '57014', qr/statement timeout/, "cancelled while request $request is under way");
	$s->value('SET statement_timeout = 0');
	is($s->value('SELECT DISTINCT data_date FROM of_alice'), '2026-11-23', '... the old contents stay');
}
$sim->fresh(api_key => 'sk_alice');
is($s->value("SELECT intent_fdw_refresh('of_alice')"), 'refreshed', 'the next call refreshes');
is($s->value("SELECT intent_fdw_refresh('of_alice')"), 'unchanged', '... and the one after that need not');

# 40001 within a transaction that goes on
$sim->set(dates => ['2026-11-21'], faults => [ { match => { page => 2 }, fault => { data_date => '2026-11-30' } } ]);
is($s->value("BEGIN; SELECT intent_fdw_refresh('of_alice'); COMMIT"), 'refreshed', '40001 is tried again within the transaction');
is($s->value("SELECT intent_fdw_refresh('of_alice')"), 'unchanged', '... and what the attempt left is what is kept');

# --- dumped and restored

my $dump = PostgreSQL::Test::Utils::tempdir() . '/dump.sql';
my $connect = $node->connstr('postgres');
my ($out, $err);
$s->value('DROP ROLE mallory; CREATE ROLE dumper LOGIN');
$sim->set(dates => ['2026-11-22'], faults => []);
ok(IPC::Run::run([ 'pg_dump', '-f', $dump, '-d', $connect ], IPC::Run::timeout(120)), 'pg_dump');
ok(IPC::Run::run([ 'pg_dump', '-U', 'dumper', '-f', '/dev/null', '-d', $connect ], '2>', \$err, IPC::Run::timeout(120)), '... by an ordinary user') or diag($err);
$s->value('CREATE DATABASE restored');
ok(IPC::Run::run([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-f', $dump, '-d', $node->connstr('restored') ], '>', \$out, '2>', \$err, IPC::Run::timeout(120)),
	'restored without an error') or diag($err);
is($node->safe_psql('restored', "SELECT row_count > 0, requests IS NOT NULL FROM intent_fdw_refresh_state WHERE view_name = 'of_alice'"), 't|t', 'the state is in the dump');
is($node->safe_psql('restored', 'SELECT DISTINCT data_date FROM of_alice'), '2026-11-22', 'the restore has filled the view itself');
is($node->safe_psql('restored', "SELECT intent_fdw_refresh('of_alice')"), 'refreshed', '... so the state does not count');
is($node->safe_psql('restored', "SELECT intent_fdw_refresh('of_alice')"), 'unchanged', '... until it is of that view');
is($s->value("SELECT intent_fdw_refresh('of_alice')"), 'refreshed', 'and the original is another');

$_->quit for $s, $other, $reader;
done_testing();
