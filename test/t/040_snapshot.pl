# One run for one statement: a change restarts it or is an error, never a mixture.
use strict;
use warnings;

use IntentTest;
use Test::More;

my $sim = IntentTest::Simulator->new(people => 1500);
my $node = cluster($sim, max_retries => 1);
my $s = session($node);
my $people = $sim->people($topic);
my $pages = int(($people + 99) / 100);
my $new = '2026-11-23';
my $list = "SELECT hem FROM intent.audience WHERE topic_id = $topic";
my $all = "SELECT count(*), count(DISTINCT hem), min(data_date), max(data_date) FROM (SELECT hem, data_date FROM intent.audience WHERE topic_id = $topic) a";

# How many people the topic has in the new run.
$sim->fresh(advance_after => { requests => 0, date => $new });
my ($new_people) = split(/\|/, $s->value($all));
isnt($new_people, $people, 'the runs differ in size');

# --- a new run between two pages

for my $page (2, 3, $pages)
{
	for my $how ('switch', 'expire')
	{
		$sim->fresh(on_new_run => $how, advance_after => { requests => $page - 1, date => $new });
		fails_with($s, $list, '40001', $how eq 'switch' ? qr/2026-11-22.*2026-11-23/ : qr/cursor of page $page/,
			"new run before page $page, $how: rows were returned");
		is($sim->count, $page, "new run before page $page, $how: nothing more is asked");
	}
}
$sim->fresh(on_new_run => 'keep', advance_after => { requests => 2, date => $new });
is($s->value($all), "$people|$people|2026-11-22|2026-11-22", 'new run, but the cursor keeps its own');
is($s->value($all), "$new_people|$new_people|$new|$new", 'the next statement sees the new run');

# before any row was returned: the first page is empty
my $empty = { cursor => 'empty_forever' };
$sim->fresh(on_new_run => 'switch', advance_after => { requests => 1, date => $new },
	faults => [ { match => { request => 1 }, fault => $empty } ]);
is($s->value($all), "$new_people|$new_people|$new|$new", 'new run before a row was returned: starts again and is right');
is(scalar(grep { !$_->{body}{cursor} } $sim->log), 2, '... with two first pages');

# requests 1, 3: another run each time, and what follows is of the latest again: three changes
sub first_pages { return scalar(grep { !$_->{body}{cursor} } $sim->log); }
sub moving { return map { { match => { page => 1 }, times => 1, fault => { %$empty, data_date => "2026-11-0$_" } } } 1 .. $_[0]; }
$sim->fresh(faults => [ moving(2) ]);
is($s->value($all), "$people|$people|2026-11-22|2026-11-22", 'three changes before a row: right in the end');
is(first_pages(), 4, '... after three restarts');
$sim->fresh(faults => [ moving(9) ]);
fails_with($s, $list, '40001', qr/changed while it was being read/, 'a run that changes all the time');
is(first_pages(), 4, '... is given up after three restarts');

# --- cacheKey, and pages without a date

$sim->fault({ cache_key => 'another' }, match => { page => 2 });
fails_with($s, $list, '40001', qr/another/, 'cacheKey changes between pages');
$sim->fault({ cache_key => undef }, match => { page => 2 });
is($s->value($all), "$people|$people|2026-11-22|2026-11-22", 'a page without cacheKey is none');
$sim->fault({ data_date => undef }, match => { page => 2 });
is($s->value("SELECT count(*) FROM ($list) a"), $people, 'a page without dataDate is none');
for my $status (400, 404, 410)
{
	$sim->fault({ status => $status }, match => { page => 3 });
	fails_with($s, $list, '40001', qr/no longer knows the cursor of page 3/, "$status for a cursor");
}

# --- two scans of one statement

my %two = (
	'UNION ALL' => "SELECT hem, data_date FROM intent.audience WHERE topic_id = $topic UNION ALL
		SELECT hem, data_date FROM intent.audience WHERE topic_id = 102391",
	'join' => "SELECT a.hem, b.data_date FROM intent.audience a JOIN intent.audience b USING (hem)
		WHERE a.topic_id = $topic AND b.topic_id = 102391",
	'subquery' => "SELECT hem, data_date FROM intent.audience WHERE topic_id = $topic AND hem IN
		(SELECT hem FROM intent.audience WHERE topic_id = 102391)",
	'CTE' => "WITH c AS MATERIALIZED (SELECT hem FROM intent.audience WHERE topic_id = 102391)
		SELECT a.hem, data_date FROM intent.audience a JOIN c USING (hem) WHERE topic_id = $topic");
for my $name (sort keys %two)
{
	$sim->fresh;
	my $right = $s->value("SELECT count(*), count(DISTINCT data_date) FROM ($two{$name}) u");
	my $requests = $sim->count;
	is(first_pages(), 2, "$name: two scans");
	like($right, qr/^[1-9]\d*\|1$/, "$name: one date");
	# the new run comes at every moment of the statement: before a request of either scan
	my ($refused, @wrong) = (0);
	for my $after (1 .. $requests - 1)
	{
		$sim->fresh(on_new_run => 'keep', advance_after => { requests => $after, date => $new });
		my $r = $s->ask("SELECT count(*), count(DISTINCT data_date) FROM ($two{$name}) u");
		$refused++ if $r->{state} eq '40001';
		push @wrong, "after $after requests: $r->{out} $r->{err}" if $r->{state} ne '40001' && $r->{out} ne $right;
	}
	is("@wrong", '', "$name: new run in mid-statement: one run is seen, or 40001");
	cmp_ok($refused, '>=', 1, "$name: 40001 where the second scan starts after it");
}
# a date in the condition is another matter
$sim->fresh;
is($s->value("SELECT count(DISTINCT data_date) FROM (SELECT data_date FROM intent.audience WHERE topic_id = $topic
	UNION ALL SELECT data_date FROM intent.audience WHERE topic_id = $topic AND data_date = '2026-11-20') u"),
	2, 'a scan with a date and one without');

# --- a materialized view keeps what it has

$sim->fresh;
$s->value("CREATE MATERIALIZED VIEW kept AS $list");
$sim->fresh(on_new_run => 'switch', advance_after => { requests => 2, date => $new });
fails_with($s, 'REFRESH MATERIALIZED VIEW kept', '40001', qr/2026-11-23/, 'REFRESH with a new run between pages');
is($s->value('SELECT count(*), count(DISTINCT hem) FROM kept'), "$people|$people", 'the old contents are there');
$s->value('REFRESH MATERIALIZED VIEW kept');
is($s->value('SELECT count(*) FROM kept'), $new_people, 'the next REFRESH has the new run');

$s->quit;
done_testing();
