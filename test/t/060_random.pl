# Random statements on foreign tables and on a local copy of the same people: test/random/compare.
# The numbers are fixed, so a failure comes again; it prints the statement, made small.
use strict;
use warnings;

use FindBin;
use IntentTest;
use Test::More;

my $compare = "$FindBin::Bin/../random/compare";
my $queries = $ENV{RANDOM_QUERIES} || 150;
my $seed = $ENV{RANDOM_SEED} || 20261122;

# compare_ok(name, arguments): no difference, and enough that could be compared
sub compare_ok
{
	my ($sim, $node, $name, @arguments) = @_;
	my @command = ($^X, $compare, '--simulator', $sim->{url}, '--host', $node->host, '--port', $node->port,
		'--user', scalar getpwuid($<), '--seed', $seed, '--seconds', 60, '--differences', 3, @arguments);
	open(my $out, '-|', @command) or die "$compare: $!";
	my @lines = <$out>;
	my $good = close $out;
	note(@lines) if $good;
	diag(@lines) if !$good;
	return ok($good, $name);
}

my $sim = IntentTest::Simulator->new(people => 400);
my $node = cluster($sim);
plan skip_all => 'the extension citext is not installed'
	unless $node->safe_psql('postgres', q(SELECT count(*) FROM pg_available_extensions WHERE name = 'citext'));

compare_ok($sim, $node, "$_: $queries random statements", '--mode', $_, '--queries', $queries)
	for qw(seed-exact seed-wide live-exact live-wide);
compare_ok($sim, $node, 'scores with fractions', '--mode', 'live-exact', '--fractional', '--queries', 60);

done_testing();
