# Cursors that lead nowhere and totals that do not agree are errors, never an end or a loop.
use strict;
use warnings;

use IntentTest;
use Test::More;

my $sim = IntentTest::Simulator->new(people => 1500);
my $node = cluster($sim, max_retries => 1);
my $s = session($node);
my $people = $sim->people($topic);
my $pages = int(($people + 99) / 100);
my $list = "SELECT hem FROM intent.audience WHERE topic_id = $topic";
my $count = "SELECT count(*) FROM ($list) a";

# --- cursors

my %cursors = (
	repeat => [ 'repeat', 2, qr/cursor came twice/, 2, 3 ],
	'loop of three' => [ 'loop3', undef, qr/cursor came twice/, 4, 5 ],
	missing => [ 'missing', 2, qr/no cursor/, 2, 3 ],
	'missing on the first page' => [ 'missing', 1, qr/no cursor/, 1, 1 ],
	'endless empty pages' => [ 'empty_forever', undef, qr/page without rows/, 100, 103 ]);
for my $name (sort keys %cursors)
{
	my ($kind, $page, $like, $least, $most) = @{ $cursors{$name} };

	$sim->fault({ cursor => $kind }, times => -1, $page ? (match => { page => $page }) : ());
	fails_with($s, $list, 'HV00M', $like, "cursor, $name");
	my $requests = $sim->count;
	ok($requests >= $least && $requests <= $most, "cursor, $name: stops after $least to $most requests") or diag($requests);
	fails_with($s, $count, 'HV00M', $like, "cursor, $name: with an aggregate above");
}
$sim->fault({ cursor => 'empty_forever' }, times => 50, match => { page => 1 });
is($s->value($count), $people, 'some empty pages are none of that');

# --- a page that is no page

for my $kind (qw(not_json truncated trailing_garbage data_missing data_object data_null row_not_object meta_missing
	has_more_string has_more_missing has_more_without_cursor status_unknown))
{
	for my $page (1, 2, $pages)
	{
		$sim->fault({ json => $kind }, times => -1, match => { page => $page });
		fails_with($s, $count, 'HV00M', qr/[Pp]age $page\b/, "$kind on page $page");
	}
	is($sim->count, $pages, "$kind: not tried again");
}

# --- totals

for my $case (
	[ 'one more than sent', [ { fault => { total => 'plus1' }, times => -1 } ], $people ],
	[ 'one less than sent', [ { fault => { total => 'minus1' }, times => -1 } ], $people ],
	[ 'a row dropped', [ { fault => { drop_row => 5 }, match => { page => 2 } } ], $people - 1 ],
	[ 'a row twice', [ { fault => { duplicate_row => 5 }, match => { page => 2 } } ], $people + 1 ],
	[ 'a total that changes', [ { fault => { total => 'plus1' }, match => { page => 2 } } ], $people ])
{
	my ($name, $faults, $rows) = @$case;

	for my $verify ('error', 'warning', 'off')
	{
		$s->value("ALTER SERVER intent OPTIONS (" . ($s->{verify} ? 'SET' : 'ADD') . " verify_count '$verify')");
		$s->{verify} = 1;
		$sim->fresh(faults => $faults);
		my $r = $s->ask($count);
		if ($verify eq 'error')
		{
			is($r->{state}, 'HV00M', "$name: an error");
			like($r->{err}, qr/HINT:.*"verify_count"/, "$name: the hint names the option");
			is($r->{out}, '', "$name: no result");
			next;
		}
		is("$r->{state} $r->{out}", " $rows", "$name, verify_count $verify: the rows that came");
		if ($verify eq 'warning') { like($r->{err}, qr/WARNING:  HV00M:/, "$name: a warning"); }
		else { unlike($r->{err}, qr/WARNING/, "$name: nothing said"); }
	}
}
$s->value("ALTER SERVER intent OPTIONS (SET verify_count 'error')");
$sim->fresh(null_total => JSON::PP::true);
is($s->value($count), $people, 'a null totalCount is not verified');
$sim->fault({ total => 'plus1' }, times => -1);
is(scalar(split(/\n/, $s->value("$list LIMIT 150"))), 150, 'nor is a chain that was not read to its end');

# a materialized view keeps what it has
$sim->fresh;
$s->value("CREATE MATERIALIZED VIEW kept AS $list");
for my $fault ({ json => 'truncated' }, { cursor => 'missing' }, { drop_row => 1 }, { status => 403 })
{
	$sim->fault($fault, match => { page => 3 });
	isnt($s->ask('REFRESH MATERIALIZED VIEW kept')->{state}, '', 'REFRESH fails');
	is($s->value('SELECT count(*) FROM kept'), $people, 'the old contents are there');
}

$s->quit;
done_testing();
