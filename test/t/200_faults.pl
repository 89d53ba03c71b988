# Every fault of the simulator, at every place of a scan, in every kind of scan: all rows, each once, or the
# documented SQLSTATE. A table of faults, a table of scans; what of the product makes no sense is said below.
#
#   FAULTS=regex   only faults of such a name          SCANS=regex   only such scans
use strict;
use warnings;

use IntentTest;
use JSON::PP ();
use Test::More;

my ($true, $false) = (JSON::PP::true, JSON::PP::false);
my $wanted_fault = $ENV{FAULTS} // '';
my $wanted_scan = $ENV{SCANS} // '';

# --- the world: two topics of four pages each

my ($one, $two) = (107744, 105002);
my ($old, $new) = ('2026-11-21', '2026-11-22');
my $sim = IntentTest::Simulator->new(people => 300);
my %quick = (
	page_size => 10, max_retries => 2, max_retry_delay => '4ms', poll_interval => '2ms', materialize_timeout => '20s',
	max_response_size => '64kB', count_pushdown => 'exact');
my $node = cluster($sim, %quick);
# where a request must run out of time, it need not take long; where it must not, it may
create_server($node, 'impatient', $sim, %quick, request_timeout => '60ms', materialize_timeout => '60ms', max_connections => 4);
my $s = session($node);
$s->value(<<SQL);
SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off; SET jit = off;
CREATE TABLE wanted (topic integer);
INSERT INTO wanted VALUES ($one), ($two);
ANALYZE wanted;
CREATE FOREIGN TABLE intent.each (hem text, topic_id integer, intent_score integer)
  SERVER intent OPTIONS (topic_mode 'each', max_connections '2');
CREATE FOREIGN TABLE impatient.each (hem text, topic_id integer, intent_score integer)
  SERVER impatient OPTIONS (topic_mode 'each', max_connections '2');
SQL

# --- faults: name => [what, how often (-1: for ever), how it ends, for whom else]
#
# How it ends: "whole" (the rows without a fault), SQLSTATEs, or both. Exceptions follow by place or by kind
# of scan: "later" is a request with a cursor, "alone" a page that is all of its chain, "count" a count(*)
# by totals.

my %faults;
sub fault { my ($name, @how) = @_; $faults{$name} = [@how]; return; }

# what passes, once and for ever
my %transient = (
	(map { ("status $_" => [ { status => $_ }, 'HV00L' ]) } 500, 502, 503, 504),
	'status 429' => [ { status => 429, retry_after => '0' }, '53400' ],
	'status 503, plain text' => [ { status => 503, shape => 'plain', message => '<html>' }, 'HV00L' ],
	'status 503, no body' => [ { status => 503, shape => 'empty' }, 'HV00L' ],
	'closed' => [ { close => $true }, 'HV00N' ],
	'cut at 0' => [ { cut_body => 0 }, 'HV00N' ],
	'cut at 300' => [ { cut_body => 300 }, 'HV00N' ],
	'cut and slow' => [ { cut_body => 300, slow_body => 100_000 }, 'HV00N' ]);
for my $name (keys %transient)
{
	fault($name, $transient{$name}[0], 1, 'whole');
	fault("$name, for ever", $transient{$name}[0], -1, $transient{$name}[1]);
}
# (two faults, then right; a wait that is too long is none)
fault('status 500 twice', { status => 500 }, 2, 'whole');
fault("status 429, an hour's wait", { status => 429, retry_after => 3600 }, 1, '53400');
fault("status 503, an hour's wait", { status => 503, retry_after => { date_in => 3600 } }, 1, 'HV00L');
fault("status 503, a wait that is no wait", { status => 503, retry_after => 'soon' }, 1, 'whole');

# statuses that stay
my %status = (400 => 'HV024', 401 => '28000', 402 => 'HV00M', 403 => '42501', 404 => 'HV00R', 405 => 'HV00M', 409 => 'HV00M',
	410 => 'HV00R', 418 => 'HV00M', 422 => 'HV024', 501 => 'HV00L', 505 => 'HV00L', 201 => 'HV00M', 204 => 'HV00M', 304 => 'HV00M');
fault("status $_", { status => $_, $_ == 204 || $_ == 304 ? (shape => 'empty') : () }, -1, $status{$_}) for keys %status;
# of a page asked for by a cursor: what it points into has gone
$faults{"status $_"}[3] = { later => '40001' } for 400, 404, 410;
fault('redirect', { redirect => "$sim->{url}/v1/intent/audiences/query" }, 1, 'HV00M');

# answers that come late, or not
fault('late', { latency_ms => 5 }, -1, 'whole');
fault('slow', { slow_body => 100_000 }, -1, 'whole');
fault('stalled', { stall => $true }, 1, 'HV00L', { impatient => 1 });
fault('too slow', { slow_body => 500 }, 1, 'HV00L', { impatient => 1 });
fault('a result never made', { endless_202 => $true }, -1, 'HV00L', { impatient => 1 });
fault('a result being made, once more', { status => 202, body => '{"data":[],"meta":{"status":"materializing"}}' }, 1, 'whole');

# answers that are none
fault("body '" . s/[^ -~]/?/gr . "'", { body => $_ }, 1, 'HV00M') for '', 'null', '[]', '{}', '{"data":[]}', '<html>login</html>', "\x{fffd}";
fault('too large', { oversize => 100_000 }, 1, 'HV00M');
fault('a gzip bomb', { gzip_bomb => 20_000_000 }, 1, 'HV00M');
fault('gzip that is none', { header => 'Content-Encoding: gzip' }, 1, 'HV00M');
fault('a coding that nobody knows', { header => 'Content-Encoding: rot13' }, 1, 'HV00M');
fault('one more header', { header => 'X-Other: 1' }, -1, 'whole');
fault('Retry-After without need', { header => 'Retry-After: 3600' }, -1, 'whole');
for my $kind (qw(not_json truncated trailing_garbage data_missing data_object data_null duplicate_data row_not_object meta_missing
	has_more_string has_more_missing has_more_without_cursor status_unknown total_string bad_utf8 nul_escape lone_surrogate deep))
{
	fault("json $kind", { json => $kind }, 1, 'HV00M');
}

# cursors
fault('cursor missing', { cursor => 'missing' }, 1, 'HV00M');
# a first page has no cursor to repeat, and others follow it: right
fault('cursor repeats', { cursor => 'repeat' }, 1, 'HV00M', { first => 'whole', alone => 'whole HV00M' });
fault('cursors in a circle', { cursor => 'loop3' }, -1, 'HV00M', { always => 1, count => 'whole' });
fault('empty for ever', { cursor => 'empty_forever' }, -1, 'HV00M', { always => 1, count => 'whole' });

# another run: before a row was returned the statement starts again
fault('another date', { data_date => '2026-11-30' }, 1, '40001', { first => 'whole 40001', alone => 'whole 40001', count => 'whole 40001' });
fault('no date', { data_date => undef }, 1, 'whole');
fault('a date that is none', { data_date => 'soon' }, 1, 'HV00M');
fault('another result', { cache_key => 'another' }, 1, '40001', { alone => 'whole', count => 'whole' });
fault('no result named', { cache_key => undef }, 1, 'whole');

# rows and their number; of a count(*) the API's own count is the answer
# (best first reads bands ahead that it may not need: it need not notice there, but no other row may come)
my $noticed = 'whole HV00M';
fault('a row twice', { duplicate_row => 1 }, 1, 'HV00M', { count => 'whole', best => $noticed });
fault('a row less', { drop_row => 1 }, 1, 'HV00M', { count => 'whole', best => $noticed });
fault('each page a row less', { drop_row => 0 }, -1, 'HV00M', { count => 'whole', always => 1 });
for my $n (0, 2 .. 9)
{
	fault("row $n less", { drop_row => $n }, 1, 'HV00M', { count => 'whole', best => $noticed, only => 'best' });
	fault("row $n twice", { duplicate_row => $n }, 1, 'HV00M', { count => 'whole', best => $noticed, only => 'best' });
}
fault("total $_", { total => $_ }, 1, 'HV00M', { count => 'counted', best => $noticed }) for 'plus1', 'minus1', 7;
fault('total null', { total => undef }, 1, 'whole');
fault('total 0', { total => 0 }, 1, 'HV00M', { count => 'whole', 'after polls' => 'HV00M' });	# and more pages: it contradicts itself
fault('total -1', { total => -1 }, 1, 'HV00M');

# values; a count(*) reads none
my %values = ('text' => [ '"x"', '22P02' ], 'a fraction' => [ '50.5', '22P02' ], 'too large' => [ '1e400', '22003' ],
	'an array' => [ '[1]', '22P02 HV004' ], 'an object' => [ '{}', '22P02 HV004' ], 'true' => [ 'true', '22P02' ]);
for my $name (keys %values)
{
	fault("score $name", { row_patch => { row => 0, member => 'intentScore', raw => $values{$name}[0] } },
		1, $values{$name}[1], { count => 'whole', best => "whole $values{$name}[1] HV00M" });
}

# --- scans: what is asked, how many chains start at once, how many requests without a fault
#
# Left out because it cannot be: pages after the first of a count(*) (there is none), a second chain where
# there is one. Of best first the chains are bands, whose pages and order depend on what the session has
# seen: its places are the first, a middle and the last request, and it starts without memory.

my $row = "hem || ' ' || topic_id || ' ' || intent_score";
my %scans = (
	'one chain' => { sql => "SELECT $row FROM %s.audience WHERE topic_id = $two", pages => 4 },
	'chains at once' => { sql => "SELECT $row FROM %s.each WHERE topic_id IN ($one, $two)", pages => 4, second => 1, chains => 2 },
	'cursor' => { sql => "DECLARE c CURSOR FOR SELECT $row FROM %s.audience WHERE topic_id = $two", pages => 4, cursor => 1 },
	'lookups' => {
		sql => "SELECT $row FROM wanted JOIN %s.audience ON topic_id = topic",
		before => 'SET intent_fdw.enable_batched_lookup = off', plan => qr/Nested Loop/, pages => 4, second => 1 },
	'batched lookups' => {
		sql => "SELECT $row FROM wanted JOIN %s.audience ON topic_id = topic",
		before => 'RESET intent_fdw.enable_batched_lookup', plan => qr/IntentLookup/, pages => 4, second => 1, chains => 2 },
	'count' => { sql => "SELECT count(*) FROM %s.audience WHERE topic_id = $two", count => 1, plan => qr/Intent Count: totalCount/ },
	'count of chains' => {
		sql => "SELECT count(*) FROM %s.each WHERE topic_id IN ($one, $two)",
		count => 1, second => 1, chains => 2, plan => qr/Intent Count: totalCount/ },
	'refresh' => { sql => 'REFRESH MATERIALIZED VIEW %s.kept', look => 'SELECT * FROM %s.kept', pages => 4 },
	'best first' => {
		sql => "SELECT $row FROM %s.audience WHERE topic_id = 102391 ORDER BY intent_score DESC, hem LIMIT 15",
		best => 1, plan => qr/Intent Best First/ });

sub rows { my ($text) = @_; return join("\n", sort split(/\n/, $text)); }

# Two runs; a materialized view has the older one.
sub settings { my ($latest, %more) = @_; return (dates => [ '2026-11-20', $old, $latest eq $new ? $new : () ], %more); }

# What the scan gives in this state of the simulator: the answer of ask(), {rows} sorted.
sub run_scan
{
	my ($scan, $schema) = @_;
	my $sql = sprintf($scan->{sql}, $schema);
	my $r;

	if ($scan->{cursor})
	{
		# bit by bit: pages are asked for ahead of need; what came before an error was right
		$s->value("BEGIN; $sql");
		my $got = '';
		do
		{
			$r = $s->ask('FETCH 7 FROM c');
			$got .= "$r->{out}\n" if $r->{out} ne '';
		} until $r->{state} || $r->{out} eq '';
		$r->{out} = $got;
		$s->ask('ROLLBACK');
	}
	else
	{
		$r = $s->ask($sql);
	}
	$r->{rows} = rows($scan->{look} ? $s->value(sprintf($scan->{look}, $schema)) : $r->{out});
	return $r;
}

sub refill
{
	my ($schema) = @_;
	$sim->fresh(settings($old));
	$s->value("REFRESH MATERIALIZED VIEW $schema.kept");
	return;
}

# Where it may happen: name => match of the simulator. Polls come first where a result has to be made.
sub places
{
	my ($scan, $fault, $requests) = @_;
	my ($what, $times, undef, $more) = @$fault;
	my $nth = $times < 0 || $times > 1 ? 'from' : 'request';
	my $second = qq("topicIds":[$two]);
	my %places;

	return ('everywhere' => {}) if $more->{always};
	%places = ('first' => { page => 1 });
	if ($scan->{best})
	{
		# requests of limit 1 only count a band: a wrong count makes it wider or narrower
		my @pages = grep { $requests->[ $_ - 1 ] !~ /"limit":1[},]/ } 1 .. @$requests;
		my @counts = grep { $requests->[ $_ - 1 ] =~ /"limit":1[},]/ } 1 .. @$requests;
		%places = (
			'first' => { $nth => $pages[0] },
			'middle' => { $nth => $pages[ @pages / 2 ] },
			'last' => { $nth => $pages[-1] },
			@counts ? ('counting' => { $nth => $counts[0] }) : ());
	}
	elsif (!$scan->{count})
	{
		$places{middle} = { page => 2 };
		$places{last} = { page => $scan->{pages} };
	}
	if ($scan->{second})
	{
		$places{'second chain'} = { contains => $second, page => $scan->{count} ? 1 : 3 };
	}
	# a page's fault needs a page: the first that comes after the polls
	my $of_reply = grep { exists $what->{$_} } qw(status close cut_body stall slow_body body redirect latency_ms oversize gzip_bomb header);
	$places{polling} = { $nth => 2 } if $of_reply || $what->{endless_202};
	$places{'after polls'} = $scan->{best} ? { request => 3 } : { page => 1, contains => $scan->{second} ? $second : '' }
	  unless $of_reply || $what->{endless_202};
	return %places;
}

# What may happen there: "whole", SQLSTATEs.
sub expected
{
	my ($scan, $fault, $place) = @_;
	my (undef, undef, $end, $more) = @$fault;

	return $more->{$place} if $more->{$place} && $scan->{count};
	return $more->{count} if $scan->{count} && $more->{count};
	return $more->{best} if $scan->{best} && $more->{best} && $place ne 'counting';
	return join(' ', 'whole', $end) if $scan->{best} && $place eq 'counting' && !$more->{impatient};
	# of a band the first page may be all of it, and a page is asked for by a cursor or not
	return join(' ', $end, grep { defined } @$more{qw(later alone first)}) if $scan->{best} && !$more->{impatient};
	return $more->{later} if $more->{later} && $place =~ /middle|last|second/ && !$scan->{count};
	return $more->{first} if $more->{first} && ($place =~ /first|polls/ || $scan->{count});
	return $end;
}

# One case: '' or what is wrong.
sub wrong
{
	my ($scan, $name, $place, $match, $right) = @_;
	my ($what, $times, undef, $more) = @{ $faults{$name} };
	# (a poll is the same request: it would be the one time, and be no page)
	$times = -1 if $place eq 'after polls' && !$scan->{best};
	my $schema = $more->{impatient} ? 'impatient' : 'intent';
	my %settings = settings($new, $place =~ /poll/ ? (materialize_calls => 2) : ());
	my $expected = expected($scan, $faults{$name}, $place);

	$sim->settle;
	$s->value("ALTER SERVER $schema VERSION '" . ++$scan->{n} . "'") if $scan->{best};
	$sim->fresh(%settings, faults => [ { fault => $what, match => $match, times => $times } ]);
	my $r = run_scan($scan, $schema);
	my $happened = $r->{state} || ($r->{rows} eq $right ? 'whole' : 'other rows');
	my $text = "$name, $place: $happened, not $expected\n$r->{err}";

	if ($expected eq 'counted')
	{
		# as the API said: one more, one less, that many
		my %counts = map { $_ => 1 } $right + 1, $right - 1, 7, 7 + 33, 7 + 32;
		return $happened eq 'other rows' && $counts{ $r->{rows} } ? '' : $text;
	}
	return $text unless grep { $_ eq $happened } split(/ /, $expected);
	if ($scan->{look} && $happened ne 'whole')
	{
		return "$name, $place: the old contents are gone\n" if $r->{rows} ne $scan->{before_refresh};
	}
	if ($scan->{cursor} && $happened ne 'whole')
	{
		my (%seen, %are);
		$are{$_} = 1 for split(/\n/, $right);
		for (split(/\n/, $r->{rows}))
		{
			# (one that comes twice is handed on before the number of rows is known to be wrong)
			return "$name, $place: a row twice, or one that is none\n" if ($seen{$_}++ && $name ne 'a row twice') || !$are{$_};
		}
	}
	refill($schema) if $scan->{look} && $happened eq 'whole';
	return '';
}

my ($cases, %ends) = (0);
for my $scan_name (sort grep { /$wanted_scan/ } keys %scans)
{
	my $scan = $scans{$scan_name};

	$s->value($scan->{before}) if $scan->{before};
	for my $schema ($scan->{look} ? ('intent', 'impatient') : ())
	{
		$sim->fresh(settings($old));
		$s->value("CREATE MATERIALIZED VIEW $schema.kept AS SELECT $row FROM $schema.audience WHERE topic_id = $two");
		$scan->{before_refresh} = rows($s->value("SELECT * FROM $schema.kept"));
	}
	$sim->fresh(settings($new));
	$s->value("ALTER SERVER intent VERSION 'none'") if $scan->{best};
	my $free = run_scan($scan, 'intent');
	is($free->{state}, '', "$scan_name: without a fault") or diag($free->{err});
	my ($right, $requests) = ($free->{rows}, [ split(/\n/, $sim->text) ]);
	if ($scan->{look})
	{
		isnt($right, $scan->{before_refresh}, "$scan_name: the runs differ");
		refill('intent');
	}
	like($s->value('EXPLAIN ' . sprintf($scan->{sql}, 'intent')), $scan->{plan}, "$scan_name: the plan") if $scan->{plan};
	for my $name (sort grep { /$wanted_fault/ } keys %faults)
	{
		my $only = $faults{$name}[3]{only};
		next if $only && !$scan->{$only};
		my %places = places($scan, $faults{$name}, $requests);
		my @wrong;

		for my $place (sort keys %places)
		{
			my $wrong = wrong($scan, $name, $place, $places{$place}, $right);
			$cases++;
			push @wrong, $wrong if $wrong;
		}
		ok(!@wrong, "$scan_name: $name") or diag(@wrong);
	}
	$sim->fresh(settings($new));
	is(run_scan($scan, 'intent')->{rows}, $right, "$scan_name: right afterwards");
}
diag("$cases cases") if $ENV{INTENT_FIGURES};

$s->quit;
done_testing();
