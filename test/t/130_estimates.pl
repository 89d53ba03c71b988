# Estimates: every query of the cookbook (README.md, docs/cookbook.md) and of the tour, run once, then planned again in the same session.
#
# Each node's estimate must be within a factor of two of what came, both taken as one row at least. A
# node that LIMIT stops early is compared with what it gives without the LIMIT.
use strict;
use warnings;

use FindBin;
use IntentTest;
use JSON::PP;
use List::Util qw(max);
use Test::More;

my $top = "$FindBin::Bin/../..";
my $sim = IntentTest::Simulator->new(people => $ENV{INTENT_PEOPLE} || 20_000, config => '{"rows":"live","gzip":false}');
my $node = cluster();
my ($url, $key) = (literal($sim->{url}), literal($sim->{key}));

sub slurp { local (@ARGV, $/) = @_; return scalar <>; }

# What is typed in a text: statements, without comments and psql's own commands.
sub statements
{
	my ($text) = @_;
	$text =~ s/^\\.*\n//mg;
	$text =~ s/\s*--.*$//mg;
	return grep { /\S/ } map { s/^\s+|\s+$//gr } split /;\s*$/m, $text;
}

# The cookbook's statements by their section, in order: [section, statement].
sub cookbook
{
	my ($cookbook) = slurp("$top/README.md") =~ /^## Cookbook\n(.*?)^## /ms or die 'README.md has no cookbook';
	my @found;
	for my $section (split /^##+ /m, $cookbook . slurp("$top/docs/cookbook.md"))
	{
		my ($name) = $section =~ /^(.*)/;
		push @found, map { [ $name, $_ ] } map { statements($_) } $section =~ /^```sql\n(.*?)^```/msg;
	}
	return @found;
}

# The query that a statement runs, or nothing.
sub query_of
{
	my ($sql) = @_;
	return if $sql =~ /cron\./;
	return $1 if $sql =~ /^(?:EXPLAIN \([^)]*\)\s*)?(SELECT\b.*)/s;
	return $1 if $sql =~ /^(?:CREATE MATERIALIZED VIEW|INSERT INTO)\s+[\w.]+\s+(?:AS\s+)?(SELECT\b.*)/s;
	return;
}

sub nodes { my ($plan) = @_; return ($plan, map { nodes($_) } @{ $plan->{Plans} || [] }); }

# Marks the nodes that LIMIT ends before they are at their end: those below it, unless one in between takes all rows first.
sub mark_cut
{
	my ($plan, $cut) = @_;
	my $takes_all = $plan->{'Node Type'} =~ /^(?:Sort|Hash|Materialize)$/
	  || ($plan->{'Node Type'} eq 'Aggregate' && $plan->{Strategy} ne 'Sorted');
	$plan->{cut} = $cut;
	mark_cut($_, ($cut || $plan->{'Node Type'} eq 'Limit') && !$takes_all) for @{ $plan->{Plans} || [] };
	return $plan;
}

sub explain
{
	my ($s, $query) = @_;
	return mark_cut(decode_json($s->value("EXPLAIN (ANALYZE, FORMAT JSON) $query"))->[0]{Plan}, 0);
}

# Rows of the foreign scan when nothing ends it early.
sub whole_scan
{
	my ($query) = @_;
	my $s = session($node);
	my ($scan) = grep { $_->{'Node Type'} eq 'Foreign Scan' } nodes(explain($s, $query =~ s/\s+LIMIT \d+$//r));
	$s->quit;
	return $scan->{'Actual Rows'};
}

# One test point for the query: each node that is ours to estimate, or is of that type, is within the factor.
my $worst = 1;
sub near
{
	my ($name, $query, $plan, $types) = @_;
	my $scans = 0;
	my @far;

	for my $n (nodes($plan))
	{
		my $ours = $n->{'Node Type'} eq 'Foreign Scan';
		next if !$ours && ($n->{'Node Type'} !~ $types || $n->{cut} || $n->{'Relation Name'} || $n->{'Node Type'} eq 'Limit');
		my $actual = $ours && $n->{cut} ? whole_scan($query) : $n->{'Actual Rows'};
		my ($guess, $came) = map { max(1, $_) } ($n->{'Plan Rows'}, $actual);
		my $factor = max($guess / $came, $came / $guess);
		$scans += $ours;
		$worst = max($worst, $factor);
		push @far, "$n->{'Node Type'}: $guess expected, $came came" if $factor > 2;
	}
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ok($scans && !@far, $name) || diag(join("\n", $query, @far));
}

# ---- each query in a session of its own: what it teaches itself

my $s = session($node);
my @queries;
$s->value(<<SQL);
CREATE EXTENSION IF NOT EXISTS intent_fdw;
CREATE SERVER leadpipe FOREIGN DATA WRAPPER intent_fdw OPTIONS (base_url $url);
CREATE USER MAPPING FOR CURRENT_USER SERVER leadpipe OPTIONS (api_key $key);
CREATE SCHEMA intent;
IMPORT FOREIGN SCHEMA intent FROM SERVER leadpipe INTO intent;
SQL
for (cookbook(), map { [ 'the tour', $_ ] } statements(slurp("$top/test/demo/tour.sql")))
{
	my ($section, $sql) = @$_;
	my $query = query_of($sql);

	if ($query && $query =~ /intent\.|leads_of/)
	{
		my $t = session($node);
		my $r = $t->ask($query);
		my $name = "$section: " . substr($query =~ s/\s+/ /gr, 0, 60);
		# the tour shows an error as well
		if ($r->{state} eq 'HV002') { $t->quit; next; }
		is($r->{state}, '', "$name: runs") or diag($r->{err});
		near($name, $query, explain($t, $query), qr/./);
		$t->quit;
		push @queries, [ $name, $query ];
	}
	# the tour makes again what the cookbook has made
	next if $sql !~ /^(?:CREATE (?:[A-Z]+ )*([\w.]+)|ANALYZE|INSERT)/ || $sql =~ /cron/ || ($section eq 'the tour' && $sql !~ /MATERIALIZED/);
	$s->value($sql);
}
cmp_ok(scalar(@queries), '>=', 13, 'all of the cookbook and the tour: ' . @queries . ' queries');

# ---- all in one session: what they teach each other; lookups one by one as well. Not groups: companies looked up
# are larger than others, and what their lookups teach counts.

for my $setting ('on', 'off')
{
	my $t = session($node);
	$t->value("SET intent_fdw.enable_batched_lookup = $setting");
	$t->value($_->[1]) for @queries;
	near("all together, batched lookups $setting: $_->[0]", $_->[1], explain($t, $_->[1]), qr/Join|Loop|Custom/) for @queries;
	$t->quit;
}
diag(sprintf('%-45s %.2f', "largest factor of estimates, of " . @queries . " queries", $worst)) if $ENV{INTENT_FIGURES};

$s->quit;
done_testing();
