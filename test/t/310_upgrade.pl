# Versions of the extension: each older one is made, used, updated in use, and then has what a new one has.
use strict;
use warnings;

use IntentTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $sim = IntentTest::Simulator->new(people => 1500);
my $node = cluster();
my $people = $sim->people($topic);
my $count = "SELECT count(*) FROM (SELECT hem FROM intent.audience WHERE topic_id = $topic) a";

# What an extension is made of, a line for each fact: its members with their definitions, rights, comments
# and dependencies, and the tables whose rows are dumped.
my $catalog = <<'SQL';
WITH members AS (
  SELECT d.classid, d.objid, pg_describe_object(d.classid, d.objid, d.objsubid) AS name
    FROM pg_depend d JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
   WHERE e.extname = 'intent_fdw' AND d.deptype = 'e')
SELECT 'member ' || name FROM members
UNION ALL
SELECT name || ' depends on ' || pg_describe_object(refclassid, refobjid, refobjsubid) || ' ' || deptype::text
  FROM members m JOIN pg_depend d USING (classid, objid)
UNION ALL
SELECT name || ' comment ' || objsubid || ' ' || description FROM members m JOIN pg_description d ON (objoid, classoid) = (objid, classid)
UNION ALL
SELECT name || ' ' || pg_get_functiondef(p.oid) || ' rows ' || prorows || ' acl ' || coalesce(proacl::text, '')
  FROM members JOIN pg_proc p ON classid = 'pg_proc'::regclass AND objid = p.oid
UNION ALL
SELECT name || ' acl ' || coalesce(relacl::text, '') || ' view ' || coalesce(pg_get_viewdef(c.oid), '')
  FROM members JOIN pg_class c ON classid = 'pg_class'::regclass AND objid = c.oid
UNION ALL
SELECT name || ' column ' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull || ' ' || coalesce(attacl::text, '')
  FROM members JOIN pg_attribute ON classid = 'pg_class'::regclass AND objid = attrelid WHERE attnum > 0 AND NOT attisdropped
UNION ALL
SELECT name || ' ' || pg_get_constraintdef(c.oid)
  FROM members JOIN pg_constraint c ON classid = 'pg_class'::regclass AND objid = conrelid
UNION ALL
SELECT name || ' ' || fdwhandler::regproc || ' ' || fdwvalidator::regproc || ' ' || coalesce(fdwacl::text, '') || coalesce(fdwoptions::text, '')
  FROM members JOIN pg_foreign_data_wrapper f ON classid = 'pg_foreign_data_wrapper'::regclass AND objid = f.oid
UNION ALL
SELECT 'version ' || extversion || ' dumps ' || coalesce((extconfig::regclass[])::text, '') || coalesce(extcondition::text, '')
  FROM pg_extension WHERE extname = 'intent_fdw'
ORDER BY 1;
SQL

# A database, and in it the extension, of that version if one is given.
sub database
{
	my ($name, $version) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE \"$name\"");
	$node->safe_psql($name, 'CREATE EXTENSION intent_fdw' . ($version ? " VERSION '$version'" : ''));
	return $name;
}

sub connected
{
	my ($database, $sim) = @_;
	my $s = session($node);
	$s->value("\\c \"$database\"");
	$s->value("CREATE SERVER intent FOREIGN DATA WRAPPER intent_fdw OPTIONS (base_url '$sim->{url}', count_pushdown 'off');
		CREATE USER MAPPING FOR PUBLIC SERVER intent OPTIONS (api_key '$sim->{key}');
		CREATE SCHEMA intent; IMPORT FOREIGN SCHEMA intent FROM SERVER intent INTO intent");
	return $s;
}

# All objects of 1.0, used.
sub uses
{
	my ($s, $name) = @_;
	is($s->value($count), $people, "$name: a scan");
	like($s->value('SELECT intent_fdw_version()'), qr/^\d+\.\d+\.\d+$/, "$name: intent_fdw_version()");
	cmp_ok($s->value('SELECT count(*) FROM intent_fdw_filters'), '>', 20, "$name: intent_fdw_filters");
	is($s->value('SELECT server, scans > 0 FROM intent_fdw_stats'), 'intent|t', "$name: intent_fdw_stats");
	is($s->value('SELECT server, requests > 0 FROM intent_fdw_connections'), 'intent|t', "$name: intent_fdw_connections");
	is($s->value("SELECT intent_fdw_disconnect('intent')"), 't', "$name: intent_fdw_disconnect()");
	$s->value('SELECT intent_fdw_stats_reset()');
	is($s->value('SELECT coalesce(sum(scans), 0) FROM intent_fdw_stats'), 0, "$name: intent_fdw_stats_reset()");
	return;
}

my $fresh = $node->safe_psql(database('fresh'), $catalog);
my ($newest) = $fresh =~ /^version (\S+)/m;
my %made = map { /--([^-]+)(?:\.sql$|--)/ ? ($1 => 1) : () } glob 'sql/intent_fdw--*.sql';
my @older = grep { $_ ne $newest } sort keys %made;
is($newest, slurp_file('intent_fdw.control') =~ /^default_version = '(.*)'$/m ? $1 : '', 'CREATE EXTENSION makes the default version');
like($fresh, qr/^member view intent_fdw_filters$/m, 'the listing has its members');
like($node->safe_psql('postgres', 'SELECT intent_fdw_version()'), qr/^\Q$newest\E\.\d+$/, 'the library is of that version');
like("@older", qr/\b1\.0\b/, 'the first version is among those that can be made');

for my $version (@older)
{
	my $database = database("from $version", $version);
	my $old = $node->safe_psql($database, $catalog);
	isnt($old, $fresh, "$version differs from $newest");

	my $s = connected($database, $sim);
	my $other = session($node);
	$other->value("\\c \"$database\"");
	$other->value("PREPARE counted AS $count");
	is($other->value('EXECUTE counted'), $people, "$version: a prepared statement");
	uses($s, $version);

	$s->value('ALTER EXTENSION intent_fdw UPDATE');
	is($s->value("SELECT extversion FROM pg_extension WHERE extname = 'intent_fdw'"), $newest, "$version: updated");
	uses($s, "$version updated");
	is($other->value('EXECUTE counted'), $people, "$version: a statement prepared before, after the update");
	is($node->safe_psql($database, $catalog), $fresh, "$version updated is what a new $newest is");
	$_->quit for $s, $other;
}

done_testing();
