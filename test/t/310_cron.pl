# Refreshes on a schedule by pg_cron, as README and docs/refresh.md have it: their statements as they stand there, then others.
use strict;
use warnings;

use IntentPages;
use IntentTest;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $sim = IntentTest::Simulator->new(people => 2000);
my $denied = IntentTest::Simulator->new(people => 2000);
my $node = cluster($sim, max_retries => 0);
create_server($node, 'denied', $denied, max_retries => 0);
if ($node->safe_psql('postgres', "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_cron'") eq '0')
{
	my $major = $node->safe_psql('postgres', "SELECT current_setting('server_version_num')::int / 10000");
	plan skip_all => "there is no pg_cron for PostgreSQL $major" if $major > 18;
	BAIL_OUT("no pg_cron here: test/bin/install-packages check");
}
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'pg_cron'
cron.database_name = 'postgres'
cron.use_background_workers = on
max_worker_processes = 20
CONF
$node->restart;
# --- what the pages show

my $shown = IntentPages->new('310_cron');

# A psql as its reader has one: in a database where IMPORT FOREIGN SCHEMA made the schema intent.
sub typed
{
	my ($sql) = @_;
	my $out = '';
	IPC::Run::run([ 'psql', '-Xq', '-P', 'pager=off', '-d', $node->connstr('postgres'), '-f', '-' ], '<', \$sql, '>&', \$out, IPC::Run::timeout(60));
	unlike($out, qr/^(?:psql|ERROR)/m, 'typed as shown: ' . substr($sql =~ s/\s+/ /gr, 0, 60)) or diag($out);
	return $out =~ s/[ \t]+$//mgr =~ s/\n\n$/\n/r;
}

# The job of a name as pg_cron has stored it.
sub stored
{
	my ($name) = @_;
	return $node->safe_psql('postgres', "SELECT schedule, command, active FROM cron.job WHERE jobname = '$name'");
}

# Run the job once, now: scheduled for the start of pg_cron, all else as it is.
sub run_job
{
	my ($name) = @_;
	my $runs = $node->safe_psql('postgres', 'SELECT count(*) FROM cron.job_run_details');
	$node->safe_psql('postgres', "SELECT cron.alter_job(jobid, schedule := '\@reboot') FROM cron.job WHERE jobname = '$name'");
	$node->restart;
	eventually(sub { $node->safe_psql('postgres', "SELECT count(*) FROM cron.job_run_details WHERE status IN ('succeeded', 'failed')") > $runs }, "$name runs");
	return;
}

my $view = sql_of('README.md', qr/CREATE MATERIALIZED VIEW crm\.interested/);
typed("CREATE SCHEMA crm;\n$view");
typed(scalar $shown->take(qr/CREATE EXTENSION pg_cron/));
is(stored('interested'), '15 6 * * *|REFRESH MATERIALIZED VIEW CONCURRENTLY crm.interested|t', 'README: the job is the one shown');
my $dates = 'SELECT DISTINCT data_date FROM crm.interested';
is($node->safe_psql('postgres', $dates), '2026-11-22', '... and the view has the run of its making');
$sim->fresh(advance_after => { requests => 0, date => '2026-11-23' });
$sim->fault({ status => 403, message => 'Organization is expired' }, times => -1);
run_job('interested');
is($node->safe_psql('postgres', $dates), '2026-11-22', '... when it fails as well');
$sim->fresh(advance_after => { requests => 0, date => '2026-11-23' });
run_job('interested');
is($node->safe_psql('postgres', $dates), '2026-11-23', '... and after the next one the new run');
my ($sql, $output) = $shown->take(qr/job_run_details/);
is(typed($sql), $output, 'docs/refresh.md: what job_run_details tells of both is what is shown');
typed(scalar $shown->take(qr/intent_fdw_refresh/));
is(stored('interested'), "*/10 * * * *|SELECT intent_fdw_refresh('crm.interested')|t", 'docs/refresh.md: the job is the one shown, in the place of the other');
$sim->fresh(advance_after => { requests => 0, date => '2026-11-24' });
run_job('interested');
is($node->safe_psql('postgres', $dates), '2026-11-24', '... and refreshes');
is($node->safe_psql('postgres', "SELECT intent_fdw_refresh('crm.interested')"), 'unchanged', '... and leaves its state');
$shown->all_taken;
$node->safe_psql('postgres', 'SELECT cron.unschedule(jobname) FROM cron.job; DELETE FROM cron.job_run_details');
$sim->fresh;

# --- every minute, or second

my $s = session($node);

# pg_cron before 1.5 knows no seconds
my $version = $s->value("SELECT extversion FROM pg_extension WHERE extname = 'pg_cron'");
my $often = $version >= 1.5 ? '1 second' : '* * * * *';
note("pg_cron $version, $often");

$s->value(<<SQL);
CREATE MATERIALIZED VIEW crm.daily AS SELECT hem, data_date FROM intent.audience WHERE topic_id = $topic AND intent_score >= 80;
CREATE MATERIALIZED VIEW crm.looked_after AS SELECT hem, data_date FROM intent.audience WHERE topic_id = $topic AND intent_score >= 80;
CREATE MATERIALIZED VIEW crm.denied AS SELECT hem, data_date FROM denied.audience WHERE topic_id = $topic AND intent_score >= 80;
CREATE UNIQUE INDEX ON crm.daily (hem);
CREATE UNIQUE INDEX ON crm.looked_after (hem);
CREATE UNIQUE INDEX ON crm.denied (hem);
SQL
my $before = $s->value('SELECT count(*), min(data_date) FROM crm.denied');
is($s->value('SELECT DISTINCT data_date FROM crm.daily'), '2026-11-22', 'before the new run');
$_->fresh(advance_after => { requests => 0, date => '2026-11-23' }) for $sim, $denied;
$denied->set(faults => [ { fault => { status => 403, message => 'Organization is expired' }, times => -1 } ]);
$s->value(<<SQL);
SELECT cron.schedule('daily', '$often', 'REFRESH MATERIALIZED VIEW CONCURRENTLY crm.daily');
SELECT cron.schedule('looked_after', '$often', \$\$SELECT intent_fdw_refresh('crm.looked_after')\$\$);
SELECT cron.schedule('denied', '$often', 'REFRESH MATERIALIZED VIEW CONCURRENTLY crm.denied');
SQL

# Each has run to an end, within two of the scheduler's minutes.
my $ended = "SELECT count(DISTINCT jobid) FROM cron.job_run_details WHERE status IN ('succeeded', 'failed')";
my $give_up = time + 150;
sleep 0.2 until $s->value($ended) == 3 || time > $give_up;
is($s->value($ended), 3, 'each job has run');

sub outcome
{
	my ($job) = @_;
	return $s->value("SELECT status, return_message FROM cron.job_run_details JOIN cron.job USING (jobid)
		WHERE jobname = '$job' AND status IN ('succeeded', 'failed') ORDER BY runid LIMIT 1");
}
like(outcome('daily'), qr/^succeeded\|REFRESH MATERIALIZED VIEW$/, 'REFRESH ... CONCURRENTLY by pg_cron');
is($s->value('SELECT DISTINCT data_date FROM crm.daily'), '2026-11-23', '... brings the new run');
like(outcome('looked_after'), qr/^succeeded\|/, 'intent_fdw_refresh() by pg_cron') or diag(outcome('looked_after'));
is($s->value('SELECT DISTINCT data_date FROM crm.looked_after'), '2026-11-23', '... brings the new run');
is($s->value("SELECT intent_fdw_refresh('crm.looked_after')"), 'unchanged', '... and leaves its state');
like(outcome('denied'), qr/^failed\|ERROR:\s+the API denied access\s+DETAIL:\s+Status 403. It said: Organization is expired./, 'a failure is told by job_run_details');
is($s->value('SELECT count(*), min(data_date) FROM crm.denied'), $before, '... and leaves the contents');
$s->value("SELECT cron.unschedule(jobname) FROM cron.job");

$s->quit;
done_testing();
