# Mutated options of servers, tables, columns and mappings: refused with a documented SQLSTATE, or stored as
# they are, accepted again, and good for a query that ends as documented.
#
#   FUZZ_OPTIONS=n (2,000)   FUZZ_SEED=n (1)
use strict;
use warnings;

use File::Spec;
use IntentTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $count = $ENV{FUZZ_OPTIONS} || 2000;
my $first = $ENV{FUZZ_SEED} || 1;
my $sim = IntentTest::Simulator->new(people => 300);
my $node = cluster($sim);
my $s = session($node);

sub pick { return $_[ int rand @_ ]; }

# --- what an option may be given: something near what it takes, changed or not

my @durations = ('30s', '250ms', '5', '0', '-1', '1e3', '1.5s', '0x10', '9999999999999', '1d', '5 s', ' 5', '5ms ', 'NaN', '1h', '2147483647', '2147483648', '1us', '-0', '+5');
my @integers = (qw(0 1 2 10 64 65 100 101 1000 -1 2147483647 2147483648 1e1 0x1 007 1_0 1.0), ' 3', '3 ', '+3');
my @booleans = qw(true false on off yes no 1 0 t f TRUE maybe);
my @urls = ('http://127.0.0.1:1', 'https://api.example', 'http://localhost', 'http://[::1]:80', 'http://127.0.0.1:99999', 'http://127.0.0.1:', 'https://u:p@h',
	'https://h/?q', 'https://h/#f', 'https://h/%zz', 'ftp://h', 'file:///etc/passwd', 'https://', 'https:h', "https://h\n", "https://h\r\nX: y", 'https://h h',
	'https://[::1', 'http://0x7f000001', 'http://127.1', 'http://127.0.0.1.evil.example', 'http://localhost.', 'HTTPS://H', 'https://h:0', 'https://h:00443',
	'https://' . 'h' x 300, 'https://h/' . 'p' x 5000, 'https://h//', 'https://h/../x', "https://h\t", 'https://h\\@127.0.0.1', 'http://127.0.0.1\\@h', 'http://127.0.0.1#@h', 'https://xn--h', "https://h\x{e4}");
my @keys = ('sk_x', '', ' ', 'a b', "a\tb", "a\nb", "a\r\nX-Evil: 1", "a\x7f", "\x{e4}", 'k' x 4096, 'k' x 4097, '"', "'", '\\', '%s%n', ':', 'a:b');
my @topics = ('117801', '117801,102391', ' 1 , 2 ', '1,,2', ',', '', '1,', '0', '-1', '2147483648', '1,1,1', join(',', 1 .. 10), join(',', 1 .. 11), '1;2', '1.0', '1e3', '{1,2}');
my @dates = qw(2026-11-22 2026-02-30 2026-2-3 0000-01-01 0001-01-01 9999-12-31 10000-01-01 now infinity 20261122 2026-11-22T00 -2026-11-22 5874898-01-01);
my @uuids = ('11111111-2222-4333-8444-555555555555', '{11111111-2222-4333-8444-555555555555}', '11111111222243338444555555555555', 'x', '', '11111111-2222-4333-8444-55555555555', uc 'aaaaaaaa-2222-4333-8444-555555555555');
my @words = ('error', 'warning', 'off', 'exact', 'trusted', 'any', 'each', 'icase', 'contains', 'audience', 'Exact', ' any', '', 'movers');
my @paths = ('email', 'emailHashes.md5', 'a.b.c.d', '.', '..', 'a.', '.a', '', 'data', "\x{e4}", 'x' x 300, 'a b', "a\nb", 'a"b', "a'b", 'a\\b', '*', 'hem', 'intentScore', 'topicId');
my @filters = ('jobTitle', 'companyName', 'seniority', 'state', 'hasPhone', 'filters.jobTitle', 'topicIds', 'cursor', 'limit', '', 'x', 'date');

my %options = (
	server => {
		base_url => \@urls, (map { $_ => \@durations } qw(connect_timeout request_timeout materialize_timeout poll_interval max_retry_delay)),
		max_retries => \@integers, ca_file => [ '/nowhere', '', 'x', '/etc/passwd' ], proxy => \@urls, allow_http => \@booleans, user_agent => \@keys,
		(map { $_ => \@integers } qw(page_size max_connections max_chains max_topics max_requests)),
		max_response_size => [ '16MB', '64kB', '1kB', '1GB', '1023MB', '-1', '1', '', '64KB', '1e6', @integers ],
		(map { $_ => \@words } qw(verify_count count_pushdown)), (map { $_ => [ @integers, 'NaN', 'Infinity', '1e400', '-0.0', '1e-400' ] } qw(fdw_startup_cost fdw_request_cost fdw_tuple_cost)) },
	table => {
		(map { $_ => \@integers } qw(page_size max_connections max_chains max_topics max_requests score_bands min_score max_score min_topic_overlap)),
		(map { $_ => \@words } qw(resource topic_mode verify_count count_pushdown)), topic_ids => \@topics, audience_id => \@uuids, data_date => \@dates },
	column => { key => \@paths, filter => \@filters, match => \@words },
	mapping => { api_key => \@keys, bearer_token => \@keys, api_key_file => [ '/nowhere', 'relative', '', '/etc/hostname', '/dev/null', '/', "/a\nb" ] });

my @odd = ("\x01", "\x7f", "\x{e4}", "\x{1f600}", '"', "'", '\\', '%', ' ', "\n", '0', '-', ',', "\x{661}");

# name and value of one try
sub option
{
	my ($kind) = @_;
	my $name = pick(sort keys %{ $options{$kind} });
	my $value = pick(@{ $options{$kind}{$name} });

	$name = pick(map { sort keys %$_ } values %options) if rand() < 0.05;
	substr($name, rand length $name, 1) = pick('a' .. 'z', '_', "\x{e4}", ' ') if rand() < 0.05;
	substr($value, rand(length($value) + 1), rand 2) = pick(@odd) if rand() < 0.3;
	return ($name, $value);
}

# --- a try in the cluster

$s->value(<<"SQL");
CREATE TABLE try (seed integer, kind text, name text, value text);
CREATE TABLE outcome (seed integer, kind text, ddl text, stored text, again text, used text, message text);
CREATE FUNCTION option_of(options text[], name text) RETURNS text LANGUAGE sql AS
  \$\$ SELECT option_value FROM pg_options_to_table(options) WHERE option_name = name \$\$;

CREATE FUNCTION attempt(t try) RETURNS outcome LANGUAGE plpgsql AS \$\$
DECLARE
  o outcome;
  one text := format('OPTIONS (%I %L)', t.name, t.value);
  r record;
BEGIN
  o.seed := t.seed;
  o.kind := t.kind;
  -- all of it is undone in the end
  BEGIN
    CREATE SERVER f FOREIGN DATA WRAPPER intent_fdw OPTIONS (max_retries '0', request_timeout '2s', base_url '$sim->{url}');
    IF t.kind = 'server' AND t.name IN ('max_retries', 'request_timeout', 'base_url') THEN
      EXECUTE format('ALTER SERVER f OPTIONS (DROP %I)', t.name);
    END IF;
    CREATE FOREIGN TABLE f (hem text, topic_id integer, job_title text, intent_score integer) SERVER f;
    IF t.kind <> 'mapping' THEN CREATE USER MAPPING FOR CURRENT_USER SERVER f OPTIONS (api_key '$sim->{key}'); END IF;
    BEGIN
      EXECUTE CASE t.kind WHEN 'server' THEN 'ALTER SERVER f ' WHEN 'table' THEN 'ALTER FOREIGN TABLE f '
        WHEN 'column' THEN 'ALTER FOREIGN TABLE f ALTER job_title ' ELSE 'CREATE USER MAPPING FOR CURRENT_USER SERVER f ' END || one;
      o.ddl := '00000';
    EXCEPTION WHEN OTHERS THEN
      o.ddl := SQLSTATE;
      o.message := SQLERRM;
    END;
    IF o.ddl = '00000' THEN
      o.stored := t.value IS NOT DISTINCT FROM option_of(CASE t.kind
        WHEN 'server' THEN (SELECT srvoptions FROM pg_foreign_server WHERE srvname = 'f')
        WHEN 'table' THEN (SELECT ftoptions FROM pg_foreign_table WHERE ftrelid = 'f'::regclass)
        WHEN 'column' THEN (SELECT attfdwoptions FROM pg_attribute WHERE attrelid = 'f'::regclass AND attname = 'job_title')
        ELSE (SELECT umoptions FROM pg_user_mappings WHERE srvname = 'f') END, t.name);
      BEGIN
        EXECUTE CASE t.kind WHEN 'server' THEN 'ALTER SERVER f ' WHEN 'table' THEN 'ALTER FOREIGN TABLE f '
          WHEN 'column' THEN 'ALTER FOREIGN TABLE f ALTER job_title ' ELSE 'ALTER USER MAPPING FOR CURRENT_USER SERVER f ' END
          || replace(one, 'OPTIONS (', 'OPTIONS (SET ');
        o.again := '00000';
      EXCEPTION WHEN OTHERS THEN
        o.again := SQLSTATE || ' ' || SQLERRM;
      END;
      BEGIN
        FOR r IN EXECUTE 'EXPLAIN SELECT hem, job_title FROM f WHERE job_title = ''cto''' ||
                         CASE WHEN t.name IN ('topic_ids', 'audience_id') THEN '' ELSE ' AND topic_id = 117801' END LOOP END LOOP;
        -- no address is asked but the simulator's
        IF t.name NOT IN ('base_url', 'proxy', 'ca_file') THEN
          FOR r IN EXECUTE 'SELECT hem, job_title FROM f' || CASE WHEN t.name IN ('topic_ids', 'audience_id') THEN '' ELSE ' WHERE topic_id = 117801' END || ' LIMIT 3' LOOP END LOOP;
        END IF;
        o.used := '00000';
      EXCEPTION WHEN OTHERS THEN
        o.used := SQLSTATE;
        o.message := SQLERRM;
      END;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'ZZ000';
  EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
    NULL;
  END;
  RETURN o;
END \$\$;
SQL

my $file = File::Spec->rel2abs(PostgreSQL::Test::Utils::tempdir()) . '/tries';
open(my $f, '>:encoding(UTF-8)', $file) or die "$file: $!";
for my $seed ($first .. $first + $count - 1)
{
	srand($seed);
	my $kind = pick(qw(server server table table column mapping));
	my ($name, $value) = option($kind);
	s/([\\\t\n\r])/sprintf('\\x%02x', ord $1)/ge for $name, $value;
	print $f join("\t", $seed, $kind, $name, $value), "\n";
}
close $f;
$s->value("COPY try FROM '$file' (ENCODING 'UTF8')");

for (my $seed = $first; $seed < $first + $count; $seed += 500)
{
	my $r = $s->ask("INSERT INTO outcome SELECT (attempt(t)).* FROM try t WHERE seed BETWEEN $seed AND $seed + 499");
	is($r->{state}, '', "tries from $seed on: the session goes on") or BAIL_OUT($r->{err});
}

# --- all of them as documented

my $documented = "'00000','0A000','22023','28000','42501','42704','53400','54000','22P02','22003','40001','42809','58P01','HV002','HV00L','HV00M','HV00N','HV00R','HV024'";
sub none
{
	my ($condition, $name) = @_;
	my $found = $s->value("SELECT seed, kind, name, left(value, 80), ddl, stored, again, used, message
		FROM outcome o JOIN try t USING (seed, kind) WHERE $condition ORDER BY 1 LIMIT 10");
	return is($found, '', $name);
}
none(q(ddl NOT IN ('00000', 'HV00D', '22023', '42501')), 'refused as documented, or accepted');
none(q(stored <> 'true'), 'stored as given');
none(q(again <> '00000'), 'accepted again');
none("used NOT IN ($documented)", 'and then used, or refused as documented');
my $spread = $s->value('SELECT string_agg(concat(ddl, \' \', used, \': \', n), \', \') FROM (SELECT ddl, used, count(*) AS n FROM outcome GROUP BY 1, 2 ORDER BY 3 DESC) a');
diag($spread) if $ENV{INTENT_FIGURES};
like($spread, qr/00000 00000: /, 'some are good');
like($spread, qr/22023 : /, 'some are not');
is($s->value("SELECT count(*) FROM pg_foreign_server WHERE srvname = 'f'"), 0, 'nothing is left');

$s->quit;
done_testing();
