# A new daily run lands before each request of each kind of scan: the rows are all of the old run, or all of
# the new one, or 40001. And wrong totals under the three settings of verify_count, in each kind of scan.
use strict;
use warnings;

use IntentTest;
use JSON::PP ();
use Test::More;

my ($one, $two, $large) = (107744, 105002, 102391);
my ($old, $new) = ('2026-11-22', '2026-11-23');
my $sim = IntentTest::Simulator->new(people => 300);
my $node = cluster($sim, page_size => 10, max_retries => 1, max_retry_delay => '4ms', count_pushdown => 'exact');
my $s = session($node);
$s->value(<<SQL);
SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off; SET jit = off;
CREATE TABLE wanted (topic integer);
INSERT INTO wanted VALUES ($one), ($two);
ANALYZE wanted;
CREATE FOREIGN TABLE intent.each (hem text, topic_id integer, intent_score integer, data_date date)
  SERVER intent OPTIONS (topic_mode 'each', max_connections '2');
SQL

my $row = "hem || ' ' || topic_id || ' ' || intent_score || ' ' || data_date";
my $join = "SELECT $row FROM wanted JOIN intent.audience ON topic_id = topic";
my %scans = (
	'one chain' => { sql => "SELECT $row FROM intent.audience WHERE topic_id = $two" },
	'aggregate' => { sql => "SELECT count(*), min(data_date), max(data_date), md5(string_agg(hem, ',' ORDER BY hem)) FROM intent.audience WHERE topic_id = $two" },
	'nobody fits' => { sql => "SELECT count(*) || ' ' || '$old' FROM (SELECT hem FROM intent.audience WHERE topic_id = $two AND hem = 'x' OFFSET 0) a", both => 1 },
	'chains at once' => { sql => "SELECT $row FROM intent.each WHERE topic_id IN ($one, $two)" },
	'lookups' => { sql => $join, before => 'SET intent_fdw.enable_batched_lookup = off' },
	'batched lookups' => { sql => $join, before => 'RESET intent_fdw.enable_batched_lookup' },
	'two scans' => { sql => "SELECT $row FROM intent.audience WHERE topic_id = $one UNION ALL SELECT $row FROM intent.audience WHERE topic_id = $two" },
	'counts' => { sql => "SELECT count(*) FROM intent.each WHERE topic_id IN ($one, $two, $large)" },
	'best first' => { sql => "SELECT $row FROM intent.audience WHERE topic_id = $large ORDER BY intent_score DESC, hem LIMIT 15" });

sub rows { my ($r) = @_; return $r->{state} || join("\n", sort split(/\n/, $r->{out})); }

for my $name (sort keys %scans)
{
	my $scan = $scans{$name};
	my (%ends, @wrong);

	$s->value($scan->{before}) if $scan->{before};
	# best first starts each time without memory of totals
	my $ask = sub { $s->value("ALTER SERVER intent VERSION '" . ++$scan->{n} . "'"); return rows($s->ask($scan->{sql})); };
	$sim->fresh;
	my $before = $ask->();
	my $requests = $sim->count;
	$sim->fresh(advance_after => { requests => 0, date => $new });
	my $after = $ask->();
	like($before . $after, qr/^[^\n]*\d/, "$name: there are rows");
	isnt($before, $after, "$name: the runs differ") unless $scan->{both};
	cmp_ok($requests, '>', 1, "$name: several requests");
	for my $how ('keep', 'switch', 'expire')
	{
		for my $request (1 .. $requests)
		{
			$sim->settle;
			$sim->fresh(on_new_run => $how, advance_after => { requests => $request - 1, date => $new });
			my $got = $ask->();
			my $end = $got eq $before ? 'old' : $got eq $after ? 'new' : $got eq '40001' ? '40001' : 'mixed';
			$ends{$end}++;
			push @wrong, "$how, before request $request of $requests: " . substr($got, 0, 500) if $end eq 'mixed';
		}
	}
	is("@wrong", '', "$name: " . join(', ', map { "$_ $ends{$_}" } sort keys %ends)) or diag("@wrong");
	cmp_ok($ends{new} // $ends{old}, '>', 0, "$name: where it can be complete it is");
}

# --- totals: wrong both ways, dropped and doubled rows; an error, a warning with the rows that came, or those

my %totals = ('one more' => { total => 'plus1' }, 'one less' => { total => 'minus1' }, 'a row dropped' => { drop_row => 3 },
	'a row twice' => { duplicate_row => 3 });
for my $name ('one chain', 'chains at once', 'lookups', 'batched lookups', 'two scans')
{
	my $scan = $scans{$name};

	$s->value($scan->{before}) if $scan->{before};
	$sim->fresh;
	my @right = split(/\n/, rows($s->ask($scan->{sql})));
	for my $total (sort keys %totals)
	{
		for my $verify ('error', 'warning', 'off')
		{
			my $rows = @right + ($total =~ /dropped/ ? -1 : $total =~ /twice/ ? 1 : 0);

			$s->value("ALTER SERVER intent OPTIONS (ADD verify_count '$verify')");
			$sim->settle;
			$sim->fresh(faults => [ { match => { contains => qq("topicIds":[$two]), page => 2 }, fault => $totals{$total} } ]);
			my $r = $s->ask($scan->{sql});
			my @got = split(/\n/, $r->{out});
			if ($verify eq 'error') { is("$r->{state} " . scalar(@got), 'HV00M 0', "$name, $total, $verify") or diag($r->{err}); }
			else
			{
				is("$r->{state} " . scalar(@got), " $rows", "$name, $total, $verify") or diag($r->{err});
				is($r->{err} =~ /WARNING:  HV00M/ ? 1 : 0, $verify eq 'warning' ? 1 : 0, "$name, $total, $verify: said, or not");
			}
			$s->value('ALTER SERVER intent OPTIONS (DROP verify_count)');
		}
	}
}

$s->quit;
done_testing();
