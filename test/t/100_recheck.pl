# A joined row that another session changes meanwhile is checked again, as with a local table.
use strict;
use warnings;

use IntentTest;
use Test::More;

my $sim = IntentTest::Simulator->new(people => 1500);
my $node = cluster($sim);
my ($a, $b) = (session($node), session($node));

# The local copy: what the API has, with the columns that seed rows do not carry.
$sim->set(rows => 'live');
$a->value(<<"SQL");
CREATE SCHEMA crm;
CREATE TABLE crm.people AS SELECT hem, topic_id, company_domain, seniority, intent_score FROM intent.audience WHERE topic_id = $topic;
CREATE TABLE crm.accounts (id integer PRIMARY KEY, domain text, level text, note text, hot boolean NOT NULL DEFAULT false);
SQL
my @domains = split(/\n/, $a->value('SELECT company_domain FROM crm.people WHERE company_domain IS NOT NULL
	GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 3'));
is(scalar(@domains), 3, 'three companies');

sub accounts
{
	$a->value('TRUNCATE crm.accounts');
	my $id = 0;
	$a->value(join(';', map { 'INSERT INTO crm.accounts VALUES (' . ++$id . ', ' . literal($_) . ", 'vp', 'old')" } @domains));
	return;
}

my %statements = (
	'FOR UPDATE' => 'SELECT c.id, c.domain, c.note, a.hem FROM PEOPLE a JOIN crm.accounts c ON a.company_domain = c.domain
		WHERE a.topic_id = TOPIC ORDER BY 1, 2, 3, 4 FOR UPDATE OF c',
	'FOR UPDATE of both' => 'SELECT c.id, c.note, a.hem FROM PEOPLE a JOIN crm.accounts c ON a.company_domain = c.domain
		WHERE a.topic_id = TOPIC ORDER BY 1, 2, 3 FOR UPDATE',
	'left join' => 'SELECT c.id, c.domain, c.note, a.hem FROM crm.accounts c LEFT JOIN PEOPLE a ON a.company_domain = c.domain
		AND a.topic_id = TOPIC ORDER BY 1, 2, 3, 4 FOR UPDATE OF c',
	'two lookups' => 'SELECT c.id, c.domain, c.level, a.hem FROM PEOPLE a JOIN crm.accounts c ON a.company_domain = c.domain
		AND a.seniority = c.level WHERE a.topic_id = TOPIC ORDER BY 1, 2, 3, 4 FOR UPDATE OF c',
	'UPDATE' => 'UPDATE crm.accounts c SET hot = true FROM PEOPLE a WHERE a.company_domain = c.domain AND a.topic_id = TOPIC',
	'UPDATE RETURNING' => 'WITH u AS (UPDATE crm.accounts c SET hot = true, note = c.note || c.id FROM PEOPLE a
		WHERE a.company_domain = c.domain AND a.topic_id = TOPIC RETURNING c.id, c.note) SELECT * FROM u ORDER BY 1',
	'DELETE' => 'DELETE FROM crm.accounts c USING PEOPLE a WHERE a.company_domain = c.domain AND a.topic_id = TOPIC');
my %changes = (
	'to another company' => 'UPDATE crm.accounts SET domain = ' . literal($domains[1]) . ' WHERE id = 1',
	'to no company' => "UPDATE crm.accounts SET domain = 'd999.example' WHERE id = 1",
	'to NULL' => 'UPDATE crm.accounts SET domain = NULL WHERE id = 1',
	'of another column' => "UPDATE crm.accounts SET note = 'new' WHERE id = 1",
	'of the level' => "UPDATE crm.accounts SET level = 'director' WHERE id = 1",
	'deleted' => 'DELETE FROM crm.accounts WHERE id = 1',
	'rolled back' => "UPDATE crm.accounts SET domain = 'd999.example' WHERE id = 1");

# What the statement puts out, and leaves, when the change is committed while it waits for the row.
sub run
{
	my ($people, $statement, $change) = @_;
	my $sql = $statements{$statement} =~ s/PEOPLE/$people/r =~ s/TOPIC/$topic/r;

	accounts();
	$b->value("BEGIN; $changes{$change}");
	$a->send($sql);
	eventually(
		sub { $b->value("SELECT count(*) FROM pg_locks WHERE pid = $a->{pid} AND NOT granted") > 0 },
		"$statement waits for the row");
	$b->value($change eq 'rolled back' ? 'ROLLBACK' : 'COMMIT');
	my $r = $a->answer;
	return ($r->{err} =~ s/^LOCATION.*\n//mr) . "$r->{out}\n" . $b->value('SELECT * FROM crm.accounts ORDER BY id');
}

my %seen;
for my $rows ('live', 'seed')
{
	$sim->set(rows => $rows);
	# what rows carry is remembered per session
	$a->quit;
	$a = session($node);
	$a->value('SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off');
	for my $statement (sort keys %statements)
	{
		my $sql = $statements{$statement} =~ s/PEOPLE/intent.audience/r =~ s/TOPIC/$topic/r;
		accounts();
		like($a->value("EXPLAIN $sql"), qr/Intent Body:.*companyDomain/, "$rows rows, $statement: a lookup is sent");
		for my $change (sort keys %changes)
		{
			my $expected = run('crm.people', $statement, $change);
			is(run('intent.audience', $statement, $change), $expected, "$rows rows, $statement, row changed: $change");
			$seen{$expected} = 1;
		}
	}
}
cmp_ok(scalar(keys %seen), '>', 15, 'the changes make a difference');

# with a join that is done here; only rows that carry the column can be joined so
$sim->set(rows => 'live');
$a->quit;
$a = session($node);
$a->value('SET enable_nestloop = off');
for my $change (sort keys %changes)
{
	my $expected = run('crm.people', 'FOR UPDATE', $change);
	is(run('intent.audience', 'FOR UPDATE', $change), $expected, "live rows, hash join, row changed: $change");
}

$_->quit for $a, $b;
done_testing();
