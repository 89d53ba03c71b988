# Options and mappings changed during a session, and whose mapping a scan uses.
use strict;
use warnings;

use File::Spec;
use IntentTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $sim = IntentTest::Simulator->new(people => 1500);
my $other = IntentTest::Simulator->new(people => 700);
my $node = cluster($sim, max_retries => 0);
my $s = session($node);
my ($people, $other_people) = ($sim->people($topic), $other->people($topic));
my $count = "SELECT count(*) FROM (SELECT hem FROM intent.audience WHERE topic_id = $topic) a";
isnt($people, $other_people, 'the servers differ');

# --- ALTER SERVER, with plans of every kind at hand

$s->value("PREPARE generic AS $count; PREPARE with_topic(int) AS SELECT count(*) FROM (SELECT hem FROM intent.audience WHERE topic_id = \$1) a");
$s->value('SET plan_cache_mode = force_generic_plan');
sub everywhere
{
	return join(' ', map { $s->value($_) } $count, 'EXECUTE generic', "EXECUTE with_topic($topic)");
}
is(everywhere(), "$people $people $people", 'before');
$s->value("ALTER SERVER intent OPTIONS (SET base_url '$other->{url}')");
$sim->clear;
is(everywhere(), "$other_people $other_people $other_people", 'ALTER SERVER base_url is noticed');
is($sim->count, 0, 'nothing is sent to the old one');
my $elsewhere = session($node);
$elsewhere->value("ALTER SERVER intent OPTIONS (SET base_url '$sim->{url}')");
is(everywhere(), "$people $people $people", 'so is that of another session');
$elsewhere->value("ALTER FOREIGN TABLE intent.audience OPTIONS (ADD page_size '50')");
$sim->clear;
everywhere();
is(scalar(grep { $_->{body}{limit} != 50 } $sim->log), 0, 'ALTER FOREIGN TABLE page_size is noticed');
$elsewhere->value('ALTER FOREIGN TABLE intent.audience OPTIONS (DROP page_size)');

# --- the key

my $all = '28000 28000 28000';
sub states { return join(' ', map { $s->ask($_)->{state} || 'fine' } $count, 'EXECUTE generic', "EXECUTE with_topic($topic)"); }
$sim->set(api_key => 'sk_second');
is(states(), $all, 'a key that is no longer good');
$elsewhere->value("ALTER USER MAPPING FOR PUBLIC SERVER intent OPTIONS (SET api_key 'sk_second')");
is(states(), 'fine fine fine', 'ALTER USER MAPPING is noticed');
$elsewhere->value("ALTER USER MAPPING FOR PUBLIC SERVER intent OPTIONS (DROP api_key, ADD bearer_token 'bt_test_simulator')");
$sim->clear;
is(states(), 'fine fine fine', 'a bearer token instead');
is(join(' ', keys %{ { map { $_->{auth} => 1 } $sim->log } }), 'bearer', '... and nothing but that is sent');

my $file = File::Spec->rel2abs(PostgreSQL::Test::Utils::tempdir() . '/key');
sub write_key { my ($key) = @_; open(my $f, '>', $file) or die $!; print $f $key; close $f; chmod 0600, $file; return; }
write_key("sk_second\n");
$s->value("ALTER USER MAPPING FOR PUBLIC SERVER intent OPTIONS (DROP bearer_token, ADD api_key_file '$file')");
is(states(), 'fine fine fine', 'api_key_file');
$sim->set(api_key => 'sk_third');
is(states(), $all, 'api_key_file, after the key has changed at the server');
write_key("sk_third\n");
is(states(), 'fine fine fine', 'api_key_file: the new key is read by the next query');
unlink($file);
my $r = $s->ask($count);
ok($r->{state}, 'api_key_file: a missing file is an error') or diag($r->{out});
unlike($r->{err}, qr/sk_third/, '... without the key');

$elsewhere->value('DROP USER MAPPING FOR PUBLIC SERVER intent');
$sim->clear;
$r = $s->ask('EXECUTE generic');
isnt($r->{state}, '', 'DROP USER MAPPING is noticed');
my $me = $s->value('SELECT current_user');
like($r->{err}, qr/ERROR:.*user mapping.*"\Q$me\E"/, 'the error names the user');
is($sim->count, 0, 'nothing is sent without a mapping');

# --- whose mapping

$s->value('DEALLOCATE generic');
$sim->set(api_key => 'sk_good');
$s->value(<<'SQL');
CREATE ROLE poor; CREATE ROLE rich; CREATE ROLE nobody;
CREATE USER MAPPING FOR poor SERVER intent OPTIONS (api_key 'sk_bad');
CREATE USER MAPPING FOR rich SERVER intent OPTIONS (api_key 'sk_good');
GRANT USAGE ON SCHEMA intent TO PUBLIC;
GRANT SELECT ON intent.audience TO PUBLIC;
GRANT CREATE ON SCHEMA public TO rich;
SET ROLE rich;
CREATE VIEW of_rich AS SELECT hem FROM intent.audience WHERE topic_id = 117801;
CREATE FUNCTION by_rich() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS
	$$ BEGIN RETURN (SELECT count(*) FROM (SELECT hem FROM intent.audience WHERE topic_id = 117801) a); END $$;
CREATE FUNCTION by_caller() RETURNS bigint LANGUAGE plpgsql AS
	$$ BEGIN RETURN (SELECT count(*) FROM (SELECT hem FROM intent.audience WHERE topic_id = 117801) a); END $$;
GRANT SELECT ON of_rich TO PUBLIC;
RESET ROLE;
SQL
$s->value("PREPARE cached AS $count");
my $version = $s->value("SELECT current_setting('server_version_num')::int / 10000");
my @queries = ('EXECUTE cached', "EXECUTE with_topic($topic)", 'SELECT count(*) FROM (SELECT hem FROM of_rich) a',
	'SELECT by_rich()', 'SELECT by_caller()');
if ($version >= 15)
{
	$s->value('SET ROLE rich; CREATE VIEW invoker WITH (security_invoker) AS SELECT hem FROM intent.audience WHERE topic_id = 117801;
		GRANT SELECT ON invoker TO PUBLIC; RESET ROLE');
	push @queries, 'SELECT count(*) FROM (SELECT hem FROM invoker) a', 'SELECT count(*) FROM (SELECT i.hem FROM invoker i JOIN of_rich r USING (hem)) a';
}
my %expected = (
	rich => [ ($people) x @queries ],
	poor => [ '28000', '28000', $people, $people, '28000', '28000', '28000' ],
	nobody => [ '42704', '42704', $people, $people, '42704', '42704', '42704' ]);
for my $round (1 .. 2)
{
	for my $role ('rich', 'poor', 'nobody', 'rich')
	{
		$s->value("SET ROLE $role");
		for my $i (0 .. $#queries)
		{
			my $r = $s->ask($queries[$i]);
			is($r->{state} || $r->{out}, $expected{$role}[$i], "round $round, as $role: $queries[$i]") or diag($r->{err});
			like($r->{err}, qr/"$role"/, '... the error names the user') if $r->{state};
		}
		$s->value('RESET ROLE');
	}
}

# --- rows that carry more, from one query to the next

$sim->set(api_key => 'sk_good', rows => 'seed');
$s->value("SET ROLE rich");
my $output = "SELECT count(*), count(x) FROM (SELECT hem, seniority AS x FROM intent.audience WHERE topic_id = $topic OFFSET 0) a";
my $bare = "SELECT hem, seniority FROM intent.audience WHERE topic_id = $topic";
like($s->value($bare), qr/^(?:\w+\|\n?)+$/, 'seed rows: the column reads NULL');
fails_with($s, $output, '0A000', qr/"seniority"/, 'seed rows: and cannot be counted');
$sim->set(rows => 'live');
fails_with($s, $bare, '40001', qr/"seniority"/, 'rows carry it all of a sudden: 40001');
like($s->value($bare), qr/\|\w/, 'then it has values');
like($s->value($output), qr/^$people\|[1-9]/, 'and can be counted');

# and the other way round: what was known to be carried no longer is
my $vp = "SELECT count(*) FROM (SELECT hem, seniority FROM intent.audience WHERE topic_id = $topic AND seniority = 'vp' OFFSET 0) a";
my $vps = $s->value($vp);
cmp_ok($vps, '>', 0, 'live rows: a condition that is checked on them');
$sim->set(rows => 'seed');
$r = $s->ask($vp);
ok($r->{state} eq '40001' || $r->{out} eq $vps, 'live rows, then seed rows: 40001 or all of them, never fewer') or diag("$r->{out}, not $vps");
is($s->value($vp), $vps, 'live rows, then seed rows: all of them the next time');

$_->quit for $s, $elsewhere;
done_testing();
