# Cursors: many at once, held, backward, left alone; errors caught in PL/pgSQL.
use strict;
use warnings;

use IntentTest;
use Test::More;

my $sim = IntentTest::Simulator->new(people => 1500);
my $node = cluster($sim, max_retries => 1);
my ($s, $other) = (session($node), session($node));
my $people = $sim->people($topic);
my $list = "SELECT hem FROM intent.audience WHERE topic_id = $topic";
my @right = split(/\n/, $s->value($list));
is(scalar(@right), $people, 'the list');

sub rows { my ($r) = @_; return split(/\n/, ref $r ? $r->{err} . $r->{out} : $s->value($r)); }
sub same { my ($name, @rows) = @_; is(join("\n", sort @rows), join("\n", sort @right), $name); return; }

# --- many at once, read in turns

$sim->fresh(latency_ms => 5);
$s->value('BEGIN');
$s->value("DECLARE c$_ CURSOR FOR $list") for 1 .. 12;
my %rows;
for my $turn (1 .. 8)
{
	push @{ $rows{$_} }, rows('FETCH ' . (20 * $turn + $_) . " FROM c$_") for 1 .. 12;
}
same("cursor $_ of twelve", @{ $rows{$_} }, rows("FETCH ALL FROM c$_")) for 1 .. 12;
$s->value('COMMIT');
cmp_ok($sim->connections, '<=', 13, 'no more connections than cursors');

# --- held, scrolled

$s->value("BEGIN; DECLARE h CURSOR WITH HOLD FOR $list");
my @first = rows('FETCH 60 FROM h');
$s->value('COMMIT');
$sim->clear;
same('WITH HOLD', @first, rows('FETCH ALL FROM h'));
is($sim->count, 0, '... read from the cluster after COMMIT');
$s->value('CLOSE h');

$s->value("BEGIN; DECLARE b SCROLL CURSOR FOR $list");
my @forward = rows('FETCH 250 FROM b');
is(join(' ', rows('FETCH BACKWARD 249 FROM b')), join(' ', reverse @forward[ 0 .. 248 ]), 'backward');
same('SCROLL, all of it', rows('MOVE BACKWARD ALL FROM b; FETCH ALL FROM b'));
is(join(' ', rows('FETCH ABSOLUTE 123 FROM b')), $forward[122], 'absolute');
$s->value('COMMIT');

# --- what happens meanwhile

$s->value("BEGIN; DECLARE c CURSOR FOR $list");
@first = rows('FETCH 60 FROM c');
$other->value("ALTER SERVER intent OPTIONS (ADD page_size '37')");
is($s->value('SELECT count(*) FROM intent.audience WHERE topic_id = 102391'), $sim->people(102391), 'another query of the session');
same('page_size altered meanwhile', @first, rows('FETCH ALL FROM c'));
$other->value('ALTER SERVER intent OPTIONS (DROP page_size)');
$s->value('COMMIT');

# --- a failed FETCH ends the cursor, not the session

$s->value("BEGIN; DECLARE c CURSOR FOR $list; SAVEPOINT a");
$sim->set(faults => [ { match => { page => 3 }, fault => { status => 403 } } ]);
is($s->ask('FETCH ALL FROM c')->{state}, '42501', 'a FETCH that fails');
$s->value('ROLLBACK TO a');
isnt($s->ask('FETCH ALL FROM c')->{state}, '', 'the cursor cannot be read on');
$s->value('ROLLBACK');
same('a query afterwards', rows($list));

# --- the budget of requests: what is asked for ahead of need does not use it up

my $pages = int(($people + 99) / 100);
$sim->fresh;
$s->value("ALTER SERVER intent OPTIONS (ADD max_requests '1')");
is(scalar(rows($s->ask("$list AND hem > '' LIMIT 60"))), 60, 'max_requests 1: enough rows on the first page');
$s->value("BEGIN; DECLARE c CURSOR FOR $list");
is(scalar(rows($s->ask('FETCH 100 FROM c'))), 100, 'max_requests 1: the first page of a cursor');
fails_with($s, 'FETCH 1 FROM c', '54000', qr/"max_requests"/, 'max_requests 1: the row after that');
$s->value('ROLLBACK');
$s->value("ALTER SERVER intent OPTIONS (SET max_requests '" . ($pages - 1) . "')");
fails_with($s, "SELECT count(*) FROM ($list) a", '54000', qr/"max_requests"/, 'max_requests, one too few');
$s->value("ALTER SERVER intent OPTIONS (SET max_requests '$pages')");
same('max_requests, as many as it takes', rows($list));
$s->value('ALTER SERVER intent OPTIONS (DROP max_requests)');

# --- PL/pgSQL

$s->value(<<"SQL");
CREATE FUNCTION try(n integer) RETURNS text LANGUAGE plpgsql AS \$\$
DECLARE r record; rows integer; tried text := '';
BEGIN
  FOR i IN 1..n LOOP
    BEGIN
      rows := 0;
      FOR r IN $list LOOP rows := rows + 1; EXIT WHEN i = 2 AND rows = 70; END LOOP;
      tried := tried || ' ' || rows;
    EXCEPTION WHEN OTHERS THEN
      tried := tried || ' ' || SQLSTATE;
    END;
  END LOOP;
  RETURN tried;
END \$\$
SQL
is($s->value('SELECT try(4)'), " $people 70 $people $people", 'a loop left early among others');
$sim->set(faults => [ map { { match => { page => $_ }, fault => { status => 403 } } } 1, 4 ]);
is($s->value('SELECT try(5)'), " 42501 70 42501 $people $people", 'errors that are caught');
same('a query afterwards', rows($list));

$_->quit for $s, $other;
done_testing();
