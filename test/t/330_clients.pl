# The clients that people use: psql, pgbench, psycopg, JDBC, what BI tools and dbt send.
use strict;
use warnings;

use File::Basename;
use IntentTest;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $sim = IntentTest::Simulator->new(people => 6000, config => '{"rows":"live"}');
my $node = cluster($sim, max_retries => 0);
$node->append_conf('postgresql.conf', "listen_addresses = '127.0.0.1'\n");
$node->restart;
my $clients = dirname(__FILE__) . '/../client';
my $connect = $node->connstr('postgres');
my $s = session($node);
my $user = $s->value('SELECT current_user');
my $people = $sim->people($topic);
my $over_50 = $s->value("SELECT count(*) FROM (SELECT hem FROM intent.audience WHERE topic_id = $topic AND intent_score >= 50) a");

# What a program puts out; it must end well, within a minute or two.
sub run_client
{
	my (@command) = @_;
	my ($out, $err) = ('', '');
	$sim->clear;
	my $good = IPC::Run::run(\@command, '<', \undef, '>', \$out, '2>', \$err, IPC::Run::timeout(180));
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	ok($good, "$command[0] ends well") or diag("@command\n$out$err");
	return $out;
}

sub psql { my ($command, @more) = @_; return run_client('psql', '-X', '-d', $connect, @more, '-c', $command); }

# --- psql

like(psql('\d intent.audience'), qr/Foreign table "intent.audience".*intent_score\s+\| integer.*Server: intent/s, '\d');
is($sim->count, 0, '... sends nothing');
like(psql('\d+ intent.topic_trend'), qr/Server: intent\nFDW options: \(resource 'topic_trend'\)/, '\d+');
like(psql('\det intent.*'), qr/intent \| audience \s*\| intent/, '\det');
like(psql('\dew+'), qr/intent_fdw .*intent_fdw_handler .*intent_fdw_validator.*Leadpipe intent API/, '\dew+');
like(psql('\des+ intent'), qr/intent_fdw.*base_url '\Q$sim->{url}\E'/s, '\des+ shows the options of the server');
unlike(psql('\des+'), qr/sk_test_simulator/, '... which hold no key');
like(psql('\dx+ intent_fdw'), qr/function intent_fdw_handler\(\).*view intent_fdw_stats/s, '\dx+');
like(psql('\df intent_fdw_refresh'), qr/min_ratio double precision DEFAULT 0.5/, '\df');

# \deu+ shows a key to whom PostgreSQL shows the options of a mapping, and to nobody else
$s->value(<<'SQL');
CREATE ROLE reader LOGIN; CREATE ROLE holder LOGIN;
GRANT USAGE ON FOREIGN SERVER intent TO holder;
CREATE USER MAPPING FOR holder SERVER intent OPTIONS (api_key 'sk_of_holder');
CREATE EXTENSION postgres_fdw;
CREATE SERVER pg FOREIGN DATA WRAPPER postgres_fdw;
GRANT USAGE ON FOREIGN SERVER pg TO holder;
CREATE USER MAPPING FOR PUBLIC SERVER pg OPTIONS (password 'sk_test_simulator');
CREATE USER MAPPING FOR holder SERVER pg OPTIONS (password 'sk_of_holder');
SQL
for my $role ($user, 'holder', 'reader')
{
	my $list = psql('\deu+', '-U', $role);
	my %shown = map { my $server = $_; $server => join(' ', sort($list =~ /^ $server\s.*'(sk_\w+)'/mg)) } 'intent', 'pg';
	is($shown{intent}, $shown{pg}, "\\deu+ as $role: the keys that it shows of any wrapper");
	is($shown{intent}, { $user => 'sk_of_holder sk_test_simulator', holder => 'sk_of_holder', reader => '' }->{$role}, '... which are these');
}
$s->value('DROP EXTENSION postgres_fdw CASCADE; DROP USER MAPPING FOR holder SERVER intent');

$sim->clear;
is($s->value("SELECT hem, intent_score FROM intent.audience WHERE topic_id = $topic \\gdesc"), "hem|text\nintent_score|integer", '\gdesc');
is($sim->count, 0, '... sends nothing');
is(() = psql("SELECT hem FROM intent.audience WHERE topic_id = $topic", '-At', '-v', 'FETCH_COUNT=70') =~ /^\w+$/mg, $people, 'FETCH_COUNT: all rows, by a cursor');
is(() = psql("\\copy (SELECT hem FROM intent.audience WHERE topic_id = $topic) TO STDOUT") =~ /^\w+$/mg, $people, '\copy: all rows');

# Tab completion needs a terminal, which there is none of in a chroot without /dev/pts.
SKIP: {
	skip('no pseudo-terminals here', 4) unless -e '/dev/pts/ptmx';
	local $ENV{TERM} = 'xterm';
	local $ENV{INPUTRC} = '/dev/null';
	local $ENV{PSQL_HISTORY} = PostgreSQL::Test::Utils::tempdir() . '/history';
	my ($in, $out) = ('', '');
	my $timer = IPC::Run::timeout(60);
	my $psql = IPC::Run::start([ 'psql', '-X', '-d', $connect ], '<pty<', \$in, '>pty>', \$out, $timer);
	$psql->pump until $out =~ /=[#>] /;
	$sim->clear;
	for my $try ([ 'SELECT * FROM intent.topic_tr', qr/intent\.topic_trend/ ], [ '\des int', qr/\\des intent/ ], [ 'DROP FOREIGN TABLE intent.audience_run_', qr/audience_run_results/ ])
	{
		my ($text, $completed) = @$try;
		$out = '';
		$in .= "$text\t";
		eval { $psql->pump until $out =~ $completed };
		like($out, $completed, "tab completion: $text");
		$out = '';
		$in .= "\cC";
		eval { $psql->pump until $out =~ /=[#>] / };
	}
	is($sim->count, 0, '... sends nothing');
	$in .= "\\q\n";
	eval { $psql->finish };
}

# --- pgbench

for my $protocol ('simple', 'extended', 'prepared')
{
	my $out = run_client('pgbench', '-n', '-c', 3, '-j', 2, '-t', 4, '-M', $protocol, '-f', "$clients/lookups.pgbench", '-d', $connect);
	like($out, qr{transactions actually processed: 12/12\n}, "pgbench, protocol $protocol");
	is($sim->count, 24 + grep({ $_->{body}{cursor} } $sim->log), '... each statement has asked');
}

# --- psycopg

my %seen = map { /^(\S+) (.*)/ ? ($1 => $2) : () } split(/\n/, run_client('python3', "$clients/psycopg_client.py", $connect, $topic));
is_deeply(\%seen,
	{ 'psycopg2-simple' => $over_50, 'psycopg2-types' => '3 str int date', 'psycopg2-error' => 'HV002', 'psycopg2-usable' => 1,
		'psycopg2-cursor' => 130, 'psycopg3-extended' => "1 $over_50", 'psycopg3-prepared' => 'True',
		'psycopg3-binary' => '3 str int date', 'psycopg3-error' => '54000', 'psycopg3-array' => $people,
		'psycopg3-cursor' => "$people True", 'psycopg3-copy' => $people },
	'psycopg 2 and 3');

# --- JDBC

my $jar = '/usr/share/java/postgresql.jar';
my $url = 'jdbc:postgresql://127.0.0.1:' . $node->port . '/postgres';
%seen = ();
for (split(/\n/, run_client('java', '-Xshare:auto', '-XX:TieredStopAtLevel=1', '-cp', $jar, "$clients/JdbcClient.java", $url, $user, $topic)))
{
	push @{ $seen{$1} }, $2 if /^(\S+) (.*)/;
}
is_deeply(\%seen,
	{ 'jdbc-prepared' => ["true $over_50"], 'jdbc-table' => ['FOREIGN_TABLE'], 'jdbc-column' => ['int4'],
		'jdbc-probe' => ['true false'], 'jdbc-error' => ['HV002'], 'jdbc-portal' => [ $people, 130 ] },
	'JDBC');

# --- what a BI tool sends to learn about a table, whose options say what it holds

$s->value(<<SQL);
CREATE SCHEMA bi;
CREATE FOREIGN TABLE bi.people (hem text, email text, company text, intent_score integer, data_date date)
  SERVER intent OPTIONS (topic_ids '$topic', count_pushdown 'exact');
SQL
sub requests { my ($sql) = @_; $sim->clear; my ($rows) = $s->value("$sql\n;\n\\echo :ROW_COUNT") =~ /(\d+)$/; return "$rows rows, " . $sim->count . ' requests'; }
for my $nothing ('WHERE false', 'WHERE 1 = 0', 'LIMIT 0', 'FETCH FIRST 0 ROWS ONLY')
{
	is(requests("SELECT * FROM bi.people $nothing"), '0 rows, 0 requests', "SELECT * ... $nothing");
}
is(requests('SELECT * FROM (SELECT * FROM bi.people) AS "Custom SQL Query" LIMIT 0'), '0 rows, 0 requests', '... around a subquery');
is(requests('SELECT * FROM (SELECT * FROM bi.people) AS q WHERE 0 = 1'), '0 rows, 0 requests', '... or with a condition');
is(requests('SELECT * FROM bi.people LIMIT 1000'), '1000 rows, 10 requests', 'LIMIT 1000: the pages that it needs');
is(requests('SELECT * FROM (SELECT * FROM bi.people) AS q LIMIT 1000'), '1000 rows, 10 requests', '... around a subquery');
is(requests('SELECT * FROM bi.people LIMIT 20 OFFSET 40'), '20 rows, 1 requests', 'a page of a grid');
is(requests('SELECT count(*) FROM bi.people'), '1 rows, 1 requests', 'count(*)');
is(requests('SELECT count(*) FROM (SELECT * FROM bi.people) AS q'), '1 rows, 1 requests', '... around a subquery');
is(requests("SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'bi'"), '5 rows, 0 requests', 'information_schema');
is($s->value("SELECT table_type FROM information_schema.tables WHERE table_schema = 'bi'"), 'FOREIGN', '... where it is a foreign table');

# --- what dbt makes of a model

my $hems = 'SELECT count(*), count(DISTINCT hem), sum(hashtext(hem)::bigint) FROM';
my $expected = $s->value("$hems (SELECT hem FROM bi.people) a");
$s->value(<<SQL);
BEGIN;
CREATE TABLE "postgres"."bi"."model__dbt_tmp" AS (
  WITH source AS (SELECT * FROM "postgres"."bi"."people"), renamed AS (SELECT hem, email, company AS account, intent_score AS score, data_date FROM source)
  SELECT * FROM renamed
);
ALTER TABLE "postgres"."bi"."model__dbt_tmp" RENAME TO "model";
COMMIT;
SQL
is($s->value("$hems bi.model"), $expected, 'CREATE TABLE AS');
$s->value('BEGIN; CREATE VIEW "postgres"."bi"."staging__dbt_tmp" AS (SELECT hem, intent_score FROM "postgres"."bi"."people"); ALTER VIEW "postgres"."bi"."staging__dbt_tmp" RENAME TO "staging"; COMMIT');
is($s->value("$hems bi.staging"), $expected, 'CREATE VIEW AS');
$sim->set(advance_after => { requests => 0, date => '2026-11-23' });
fails_with($s, 'CREATE TEMPORARY TABLE "model__dbt_tmp" AS (SELECT hem FROM "postgres"."bi"."people" WHERE data_date > (SELECT max(data_date) FROM "postgres"."bi"."model"))',
	'0A000', qr/data date/, 'the rows of later runs cannot be asked for: an error, not fewer rows');
$s->value(<<SQL);
BEGIN;
CREATE TEMPORARY TABLE "model__dbt_tmp" AS (SELECT hem, email, company AS account, intent_score AS score, data_date FROM "postgres"."bi"."people");
DELETE FROM "postgres"."bi"."model" WHERE hem IN (SELECT hem FROM "model__dbt_tmp");
INSERT INTO "postgres"."bi"."model" (SELECT * FROM "model__dbt_tmp");
COMMIT;
SQL
is($s->value("$hems bi.model WHERE data_date = '2026-11-23'"), $s->value("$hems (SELECT hem FROM bi.people) a"), 'an incremental model');

$s->quit;
done_testing();
