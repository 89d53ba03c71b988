# What pg_dump takes and a restore gives back: servers, mappings, tables, views that hold rows; and pg_upgrade.
use strict;
use warnings;

use File::Spec;
use IntentTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $sim = IntentTest::Simulator->new(people => 1500);
my $node = cluster($sim, page_size => 50, user_agent => "O'Hara \\ \"quoted\"");
my $dir = PostgreSQL::Test::Utils::tempdir();
my $key_file = File::Spec->rel2abs("$dir/key");
open(my $f, '>', $key_file) or die $!;
print $f "$sim->{key}\n";
close $f;

$node->safe_psql('postgres', <<SQL);
CREATE ROLE analyst;
CREATE ROLE reader;
GRANT pg_read_server_files TO analyst;
GRANT USAGE ON FOREIGN SERVER intent TO analyst;
GRANT CREATE ON DATABASE postgres TO analyst;
COMMENT ON SERVER intent IS 'the API';
CREATE USER MAPPING FOR analyst SERVER intent OPTIONS (api_key_file '$key_file');
CREATE USER MAPPING FOR reader SERVER intent OPTIONS (bearer_token 'bt_test_simulator');
GRANT USAGE ON SCHEMA intent TO analyst;
GRANT SELECT ON intent.audience TO analyst;
SET ROLE analyst;
CREATE SCHEMA crm;
CREATE FOREIGN TABLE crm.buyers (
  person_key text OPTIONS (key 'hem'),
  "Heat" numeric(5,2) OPTIONS (key 'intentScore') CHECK ("Heat" <= 100),
  topic bigint OPTIONS (key 'topicId') NOT NULL,
  company text OPTIONS (match 'contains'),
  data_date date
) SERVER intent OPTIONS (topic_ids '117801', min_score '60', max_connections '2');
CREATE TABLE crm.parts (person_key text, topic bigint, data_date date) PARTITION BY LIST (topic);
CREATE FOREIGN TABLE crm.part PARTITION OF crm.parts FOR VALUES IN (110003) SERVER intent;
ALTER FOREIGN TABLE crm.part ALTER person_key OPTIONS (ADD key 'hem'), ALTER topic OPTIONS (ADD key 'topicId');
CREATE VIEW crm.hot AS SELECT person_key FROM crm.buyers WHERE "Heat" > 90;
CREATE MATERIALIZED VIEW crm.kept AS SELECT person_key, "Heat", data_date FROM crm.buyers;
CREATE UNIQUE INDEX ON crm.kept (person_key);
CREATE MATERIALIZED VIEW crm.above AS SELECT data_date, count(*) FROM crm.kept GROUP BY 1;
CREATE MATERIALIZED VIEW crm.empty AS SELECT hem FROM intent.audience WHERE topic_id = 117801 WITH NO DATA;
GRANT USAGE ON SCHEMA crm TO reader;
GRANT SELECT ON crm.hot, crm.kept TO reader;
SELECT intent_fdw_refresh('crm.kept');
SQL

# The dump of a database as text, without the line that is another one each time.
sub dumped
{
	my ($database) = @_;
	my $text = '';
	IPC::Run::run([ 'pg_dump', '-d', $node->connstr($database) ], '>', \$text) or die "pg_dump of $database failed";
	$text =~ s/^\\(?:un)?restrict .*\n//mg;
	return $text;
}

# Run a dump; one test point.
sub restore
{
	my ($script, $database, $name) = @_;
	my $errors = '';
	my $done = IPC::Run::run([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($database), '-f', '-' ],
		'<', \$script, '>', '/dev/null', '2>', \$errors);
	ok($done, "$name is restored without an error") or diag($errors);
	return;
}

sub version { my ($n, $database) = @_; return $n->safe_psql($database, "SELECT extversion FROM pg_extension WHERE extname = 'intent_fdw'"); }
sub count_old { my ($n, $database) = @_; return $n->safe_psql($database, 'SELECT count(*) FROM (TABLE old_people) o'); }

# What the objects answer.
sub answers
{
	my ($n, $database) = @_;
	return $n->safe_psql($database, <<'SQL');
SELECT 'buyers', count(*), sum("Heat") FROM (SELECT person_key, "Heat" FROM crm.buyers) b;
SELECT 'parts', count(*) FROM (SELECT person_key FROM crm.parts WHERE topic = 110003) p;
SELECT 'hot', count(*) FROM (TABLE crm.hot) h;
SELECT 'kept', count(*), sum("Heat") FROM crm.kept;
SELECT 'above', * FROM crm.above;
SELECT 'not filled', relname FROM pg_class WHERE relkind = 'm' AND NOT relispopulated;
SET ROLE reader;
SELECT 'reader', count(*) FROM (TABLE crm.hot) h;
SQL
}

my $before = answers($node, 'postgres');
like($before, qr/^not filled\|empty$/m, 'one view holds no rows');
unlike($before, qr/^kept\|0/m, 'another holds some');

$sim->clear;
my $text = dumped('postgres');
is($sim->count, 0, 'pg_dump asks the API for nothing');
like($text, qr/CREATE EXTENSION IF NOT EXISTS intent_fdw/, 'the extension is dumped by its name');
unlike($text, qr/FUNCTION public\.intent_fdw/, '... and not its members');

like($text, qr/^COPY public\.intent_fdw_refresh_state .*\ncrm\tkept\t/m, 'its state is');

# --- into a new database

$node->safe_psql('postgres', 'CREATE DATABASE restored');
$sim->clear;
restore($text, 'restored', 'the dump');
is(scalar(grep { !$_->{body}{cursor} } $sim->log), 1, 'the one view that held rows of the API is filled again by a scan');
is(answers($node, 'restored'), $before, 'the new database answers as the old one');
is(dumped('restored'), $text, 'and its dump is the same');

my $s = session($node);
$s->value('\c restored');
$sim->clear;
$s->value('SET ROLE analyst; REFRESH MATERIALIZED VIEW CONCURRENTLY crm.kept; REFRESH MATERIALIZED VIEW crm.empty');
cmp_ok($sim->count, '>', 1, 'views can be refreshed there, with the mapping of their owner');

# --- while the API is away

$node->safe_psql('postgres', 'CREATE DATABASE without');
my $archive = "$dir/archive";
$node->command_ok([ 'pg_dump', '-Fc', '-f', $archive, '-d', $node->connstr('postgres') ], 'pg_dump -Fc');
my $list = '';
IPC::Run::run([ 'pg_restore', '-l', $archive ], '>', \$list) or die 'pg_restore -l failed';
open($f, '>', "$dir/list") or die $!;
print $f grep { !/MATERIALIZED VIEW DATA/ } map { "$_\n" } split /\n/, $list;
close $f;
$sim->clear;
$node->command_ok([ 'pg_restore', '-e', '-L', "$dir/list", '-d', $node->connstr('without'), $archive ], 'pg_restore without the data of views');
is($sim->count, 0, '... asks for nothing');
is($node->safe_psql('without', 'SELECT count(*) FROM pg_matviews WHERE NOT ispopulated'), 3, '... and they hold nothing');
$node->safe_psql('without', 'REFRESH MATERIALIZED VIEW crm.kept; REFRESH MATERIALIZED VIEW crm.above');
is(answers($node, 'without'), $before, '... until they are refreshed');

# --- a dump of the first version is restored as the newest

$node->safe_psql('postgres', "CREATE DATABASE $_") for 'first', 'newest';
$node->safe_psql('first', <<SQL);
CREATE EXTENSION intent_fdw VERSION '1.0';
CREATE SERVER old FOREIGN DATA WRAPPER intent_fdw OPTIONS (base_url '$sim->{url}');
CREATE USER MAPPING FOR PUBLIC SERVER old OPTIONS (api_key '$sim->{key}');
CREATE FOREIGN TABLE old_people (hem text) SERVER old OPTIONS (topic_ids '117801');
SQL
my $people = $sim->people($topic);
restore(dumped('first'), 'newest', 'a dump of 1.0');
isnt(version($node, 'newest'), '1.0', '... makes the newest version');
is(count_old($node, 'newest'), $people, '... with its tables');

# --- pg_upgrade, from this major to itself

my $new = PostgreSQL::Test::Cluster->new('new');
$new->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$_->quit for $s;
$node->stop;
chomp(my $bin = `pg_config --bindir`);
my ($from, $to) = map { File::Spec->rel2abs($_->data_dir) } $node, $new;
my $here = File::Spec->rel2abs('.');
chdir $dir or die $!;    # where it leaves its own files
$sim->clear;
my $log = '';
ok(IPC::Run::run([ 'pg_upgrade', '--no-sync', '-d', $from, '-D', $to, '-b', $bin, '-B', $bin,
		'-s', $new->host, '-p', $node->port, '-P', $new->port ], '>&', \$log), 'pg_upgrade') or diag($log);
chdir $here or die $!;
is($sim->count, 0, '... asks for nothing');
$new->start;
is(answers($new, 'postgres'), $before, 'the upgraded cluster answers as the old one');
is(version($new, 'first'), '1.0', '... an extension keeps its version');
$new->safe_psql('first', 'ALTER EXTENSION intent_fdw UPDATE');
is(count_old($new, 'first'), $people, '... and can be updated');

done_testing();
