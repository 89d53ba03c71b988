# What outgrows one server, as docs/scale.md has it: a hot standby, postgres_fdw in front, logical replication.
# The page's statements are run as they stand there, but for names of hosts and users.
use strict;
use warnings;

use IntentPages;
use IntentTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use JSON::PP;
use Test::More;

my $sim = IntentTest::Simulator->new(people => 2000, config => '{"rows":"live"}');
my $shown = IntentPages->new('320_scale');
my @extra = (extra => [ '--encoding=UTF8', '--locale=C' ]);
my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 'logical', @extra);
$primary->append_conf('postgresql.conf', "autovacuum = off\n");
$primary->start;
$primary->safe_psql('postgres', 'CREATE EXTENSION intent_fdw');
create_server($primary, 'intent', $sim, max_retries => 0);
my $people = $sim->people($topic);
my $p = session($primary);

# --- a hot standby

$p->value(<<SQL);
CREATE TABLE account AS SELECT DISTINCT company_domain AS domain FROM intent.audience WHERE topic_id = $topic AND company_domain <> '' LIMIT 20;
CREATE MATERIALIZED VIEW mv AS SELECT hem, data_date FROM intent.audience WHERE topic_id = $topic;
CREATE UNIQUE INDEX ON mv (hem);
SQL
is($p->value("SELECT intent_fdw_refresh('mv')"), 'refreshed', 'the primary refreshes');
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
my $s = session($standby);
is($s->value('SELECT pg_is_in_recovery()'), 't', 'the standby is one');

my $sum = "SELECT count(*), count(DISTINCT hem), sum(hashtext(hem)::bigint), min(data_date) FROM (SELECT hem, data_date FROM %s) a";
my $scan = sprintf($sum, "intent.audience WHERE topic_id = $topic");
my $join = "SELECT count(*), sum(hashtext(hem)::bigint) FROM account JOIN intent.audience ON company_domain = domain WHERE topic_id = $topic";
$s->value('SELECT intent_fdw_stats_reset()');
is($s->value($scan), $p->value($scan), 'a scan on the standby: the rows of one on the primary');
is($s->value($join), $p->value($join), '... also of a join');
is($s->value("BEGIN; DECLARE c CURSOR FOR SELECT hem FROM intent.audience WHERE topic_id = $topic; MOVE 150 FROM c; FETCH 1 FROM c; COMMIT") =~ /^\w+$/ ? 'a row' : '', 'a row', '... a cursor');
like($s->value("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT hem FROM intent.audience WHERE topic_id = $topic AND intent_score > 200"), qr/Intent/, '... EXPLAIN');
$s->value($scan);
is($s->value("SELECT scans > 0 AND requests >= $people / 100 AND errors = 0 FROM intent_fdw_stats"), 't', 'figures are counted');
is($s->value('SELECT active, connections > 0 FROM intent_fdw_connections'), '0|t', '... and connections kept');
is($s->value("SELECT intent_fdw_disconnect('intent')"), 't', '... and closed');
is($s->value(sprintf($sum, 'mv')), $s->value($scan), 'the materialized view is there, with the same rows');

# what scans remember does not add up
$s->value($_ % 2 ? $scan : $join) for 1 .. 6;
my $before = $s->memory;
$s->value($_ % 2 ? $scan : $join) for 1 .. 20;
grows_less_than($s, $before, 2048, 'twenty scans later the session has not grown');

# changes on the primary arrive
$p->value("ALTER FOREIGN TABLE intent.audience OPTIONS (ADD page_size '50')");
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
$sim->clear;
$s->value($scan);
is(scalar(grep { $_->{body}{limit} != 50 } $sim->log), 0, 'ALTER on the primary is noticed by a session of the standby');
$p->value("ALTER FOREIGN TABLE intent.audience OPTIONS (DROP page_size)");

# nothing is written there
$sim->clear;
fails_with($s, "SELECT intent_fdw_refresh('mv')", '25006', qr/intent_fdw_refresh\(\) during recovery/, 'intent_fdw_refresh() is refused in recovery');
is($sim->count, 0, '... before anything is sent');
fails_with($s, "CREATE TABLE copy AS SELECT hem FROM intent.audience WHERE topic_id = $topic", '25006', qr/read-only/, 'as all that writes is');

# --- postgres_fdw in front

$primary->safe_psql('postgres', 'CREATE DATABASE front');
my ($host, $port) = ($primary->host, $primary->port);
my $me = literal($p->value('SELECT current_user'));

# The text with what is of this machine in the place of what is of the page.
sub here
{
	my ($text, %instead) = @_;
	for (sort keys %instead)
	{
		$text =~ s/\Q$_\E/$instead{$_}/ or die "no $_ in $text";
	}
	return $text;
}
$primary->safe_psql('front', here(scalar $shown->take(qr/CREATE SERVER back/),
		"host 'db.internal', dbname 'intent'" => "host '$host', port '$port', dbname 'postgres'",
		"user 'reader', password '...'" => "user $me, password_required 'false'"));
my $wanted = $p->value('SELECT min(domain) FROM account');

# What a statement of the front database answers, and the bodies that the API got.
sub front
{
	my ($sql) = @_;
	$sim->clear;
	my $out = $primary->safe_psql('front', $sql);
	return ($out, [ map { $_->{body} } $sim->log ]);
}
my ($out, $bodies) = front(sprintf($sum, "intent.audience WHERE topic_id = $topic"));
is($out, $p->value($scan), 'postgres_fdw in front: the rows of a scan behind it');
($out, $bodies) = front("SELECT hem FROM intent.audience WHERE topic_id = $topic AND intent_score >= 80 AND seniority IN ('vp', 'director') AND has_phone LIMIT 5");
is(scalar(split(/\n/, $out)), 5, 'LIMIT: five rows');
is_deeply($bodies,
	[ { topicIds => [$topic], minScore => 80, maxScore => 100, limit => 5, filters => { seniority => [ 'director', 'vp' ], hasPhone => JSON::PP::true } } ],
	'... and the conditions and the LIMIT have arrived at the API, in one request');
($out, $bodies) = front("SELECT count(*) FROM intent.audience WHERE topic_id = $topic AND company_domain = '$wanted'");
is($out, $p->value("SELECT count(*) FROM (SELECT hem FROM intent.audience WHERE topic_id = $topic AND company_domain = '$wanted') a"), 'a string condition: the rows');
is($bodies->[0]{filters}{companyDomain}, $wanted, '... and it has arrived');
($out, $bodies) = front("SELECT count(*) FROM intent.audience WHERE topic_id = 140000");
is(scalar(@$bodies), 1, 'a topic of nobody: one request');
(my $state, $out, my $err) = $primary->psql('front', 'SELECT hem FROM intent.audience');
like($err, qr/cannot be read without a topic.*remote SQL command/s, 'what fails behind fails in front, with its message');
$sim->fault({ status => 403, message => 'Organization is expired' }, times => -1);
(undef, undef, $err) = $primary->psql('front', "SELECT hem FROM intent.audience WHERE topic_id = $topic", extra_params => [ '-v', 'VERBOSITY=verbose' ]);
like($err, qr/ERROR:  42501: .*Organization is expired/s, '... with its SQLSTATE');
$sim->fresh;
($out, $bodies) = front(scalar $shown->take(qr/EXPLAIN/));
like($out, qr/Remote SQL: SELECT hem .*topic_id = $topic.* LIMIT 3/, 'EXPLAIN shows what is sent');
is(scalar(@$bodies), 0, '... and sends nothing');

# --- logical replication of a copy

my $subscriber = PostgreSQL::Test::Cluster->new('subscriber');
$subscriber->init(@extra);
$subscriber->start;
my $connect = literal($primary->connstr('postgres'));
my $subscribe = here(scalar $shown->take(qr/CREATE SUBSCRIPTION/), "'host=db.internal dbname=intent user=replicator'" => $connect);
my ($copy) = $subscribe =~ /^(CREATE TABLE people .*;)$/m or die "no table in $subscribe";
$primary->safe_psql('postgres', $copy);
my $fill = "INSERT INTO people SELECT hem, email, intent_score, data_date FROM intent.audience WHERE topic_id = $topic";
$p->value("CREATE PUBLICATION people FOR TABLE people; $fill AND intent_score >= 60");
$subscriber->safe_psql('postgres', $subscribe);
$subscriber->wait_for_subscription_sync($primary, 'people');
my $people_sum = 'SELECT count(*), sum(hashtext(people::text)::bigint) FROM people';
is($subscriber->safe_psql('postgres', $people_sum), $p->value($people_sum), 'a copy that is published: the subscriber has its rows');
$p->value("$fill AND intent_score < 60");
$primary->wait_for_catchup('people');
is($subscriber->safe_psql('postgres', $people_sum), $p->value($people_sum), '... and those that come later');
is($subscriber->safe_psql('postgres', 'SELECT count(*) FROM people'), $people, '... which are all');

# a new run replaces them in one transaction
$sim->set(advance_after => { requests => 0, date => '2026-11-23' });
$p->value("BEGIN; DELETE FROM people; $fill; COMMIT");
$primary->wait_for_catchup('people');
is($subscriber->safe_psql('postgres', $people_sum), $p->value($people_sum), 'a new run: the subscriber has it too');
is($subscriber->safe_psql('postgres', 'SELECT DISTINCT data_date FROM people'), '2026-11-23', '... and nothing of the old one');
$subscriber->safe_psql('postgres', 'DROP SUBSCRIPTION people');
$shown->all_taken;

# --- the standby takes over

is($p->value("SELECT intent_fdw_refresh('mv')"), 'refreshed', 'the primary refreshes once more');
is($p->value("SELECT intent_fdw_refresh('mv')"), 'unchanged', '... and knows it');
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
$p->quit;
$primary->stop;
$standby->promote;
is($s->value("SELECT intent_fdw_refresh('mv')"), 'unchanged', 'what is kept of a refresh has come along: after the promotion nothing is read twice');
$sim->set(dates => ['2026-11-24'], advance_after => undef);
is($s->value("SELECT intent_fdw_refresh('mv')"), 'refreshed', '... and a new run is read');
is($s->value('SELECT DISTINCT data_date FROM mv'), '2026-11-24', '... into the view');

$s->quit;
done_testing();
