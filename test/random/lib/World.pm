# World.pm: the two copies of the data that a comparison needs. Schema ft: foreign tables on the
# simulator. Schema loc: the simulator's people in a local table, and functions that give what the
# law of DESIGN.md says a foreign table holds. Schema crm: local tables that queries join with.
package World;

use strict;
use warnings;
use HTTP::Tiny;
use JSON::PP;
use Resources;
use Wire;

# Samoa has no 30 December 2011: there two of these days begin at once.
our @dates = map { "2011-12-$_" } 29 .. 31;

# Saved audiences: the simulator's config and the same as SQL.
our %audiences = (
	'11111111-2222-4333-8444-555555555555' =>
		{ topicIds => [ 117801, 102391 ], minScore => 50, maxScore => 100, minTopicOverlap => 1,
			filters => { hasBusinessEmail => JSON::PP::true } },
	'aaaaaaaa-0000-4000-8000-00000000000a' =>
		{ topicIds => [102391], minScore => 1, maxScore => 70, minTopicOverlap => 1, filters => {} },
	'bbbbbbbb-0000-4000-8000-00000000000b' =>
		{ topicIds => [ 102391, 103007, 117801, 119420 ], minScore => 20, maxScore => 100,
			minTopicOverlap => 2, filters => { isB2b => 'y' } });

my %filter_sql = (hasBusinessEmail => 'has_business_email', isB2b => 'is_b2b');

# The foreign tables besides the imported one. "source" is the local function with its arguments:
# %t topics, %d dates; "each" means a row for each topic. Conditions on topics narrow what is asked
# except where the table fixes them.
our %tables = (
	audience => { kind => 'any' },
	paged => { kind => 'any', options => q(page_size '7', max_connections '2') },
	each_topic => { kind => 'each', options => q(topic_mode 'each') },
	each_paged => { kind => 'each', options => q(topic_mode 'each', page_size '13', max_connections '3') },
	fixed => { kind => 'fixed', topics => [ 102391, 103007, 117801 ], options => q(topic_ids '102391,117801,103007') },
	fixed_one => { kind => 'fixed', topics => [117801], bounds => '30, 80, 1',
		options => q(topic_ids '117801', min_score '30', max_score '80') },
	fixed_scores => { kind => 'any', bounds => '25, 90, 1', options => q(min_score '25', max_score '90') },
	fixed_overlap => { kind => 'fixed', topics => [ 102391, 103007, 107744, 117801 ], bounds => '1, 100, 2',
		options => q(topic_ids '102391,103007,107744,117801', min_topic_overlap '2') },
	fixed_each => { kind => 'each', topics => [ 103007, 117801, 119420 ],
		options => q(topic_mode 'each', topic_ids '117801,103007,119420') },
	fixed_audience => { kind => 'audience', audience => '11111111-2222-4333-8444-555555555555',
		options => q(audience_id '11111111-2222-4333-8444-555555555555') },
	dated => { kind => 'any', date => '2011-12-29', options => q(data_date '2011-12-29') },
	counted => { kind => 'any', exact => 1, options => q(count_pushdown 'trusted') },
	uncounted => { kind => 'any', options => q(count_pushdown 'off') },
	counted_each => { kind => 'each', exact => 1, options => q(count_pushdown 'trusted', topic_mode 'each') },
	banded => { kind => 'each', options => q(topic_mode 'each', score_bands '3', page_size '5') },
	banded_one => { kind => 'fixed', topics => [102391],
		options => q(topic_ids '102391', score_bands '8', page_size '4', max_connections '8') },
	other => { kind => 'any', other => 1 },
	other_each => { kind => 'each', other => 1, options => q(topic_mode 'each') });

# Columns of the tables with other names and types: name, type, key, what it is called elsewhere.
our @other_columns = (
	[ 'h', 'varchar', 'hem', 'hem' ],
	[ 'score', 'numeric', 'intentScore', 'intent_score' ],
	[ 'score8', 'double precision', 'intentScore', 'intent_score' ],
	[ 'topic', 'bigint', 'topicId', 'topic_id' ],
	[ 'mail', 'citext', 'email', 'email' ],
	[ 'firm', 'varchar(120)', 'company', 'company' ],
	[ 'firm_ci', 'citext', 'company', 'company' ],
	[ 'title', 'title_domain', 'jobTitle', 'job_title' ],
	[ 'overlap', 'smallint', 'topicOverlap', 'topic_overlap' ],
	[ 'sen', 'seniority_enum', 'seniority', 'seniority' ],
	[ 'st', 'char(20)', 'state', 'state' ],
	[ 'sex', 'name', 'gender', 'gender' ],
	[ 'b2b', 'boolean', 'isB2b', 'is_b2b' ],
	[ 'b2b_text', 'text', 'isB2b', 'b2b_text' ],
	[ 'firm_nd', 'text COLLATE nd', 'company', 'company' ],
	[ 'phone', 'boolean', 'hasPhone', 'has_phone' ],
	[ 'revenue', 'numeric', 'companyRevenue', 'company_revenue' ],
	[ 'aud', 'uuid', 'audienceId', 'audience_id' ],
	[ 'day', 'date', 'dataDate', 'data_date' ]);

sub new {
	my ($class, %self) = @_;    # url, mode, connection (hash), live, wide, fractional
	return bless {%self}, $class;
}

sub http {
	my ($self, $method, $path, $content) = @_;
	my $reply = HTTP::Tiny->new(timeout => 60)
		->request($method, $self->{url} . $path, defined $content ? { content => $content } : {});
	die "$method $path: $reply->{status} $reply->{content}\n" unless $reply->{success};
	return $reply->{content};
}

sub configure_simulator {
	my ($self) = @_;
	my $json = JSON::PP->new->canonical;
	$self->http('POST', '/_sim/reset');
	$self->http('PUT', '/_sim/config', $json->encode({
		rows => $self->{live} ? 'live' : 'seed', match => $self->{wide} ? 'wide' : 'exact',
		dates => \@dates, audiences => \%audiences, gzip => JSON::PP::false, log_limit => 1000,
		%{ $self->{config} || {} } }));
	return;
}

sub names { return map { $_->[0] } @{ $_[0]{columns} } }

sub load_people {
	my ($self, $db) = @_;
	my %type = map { @$_[ 0, 1 ] } @{ $self->{columns} };
	my %typed = (%type, person => 'integer', intent_score => 'numeric', topic_id => 'integer');
	for my $date (@dates) {
		my $csv = $self->http('GET', "/_sim/people.csv?date=$date");
		my ($head) = $csv =~ /\A(.*)\n/;
		my @names = split /,/, $head;
		$db->do('CREATE TABLE loc.raw (' . join(', ', map { $_ . ' ' . ($typed{$_} // 'text') } @names) .
			', dd date)') if $date eq $dates[0];
		$db->do("ALTER TABLE loc.raw ALTER dd SET DEFAULT '$date'");
		$db->copy('COPY loc.raw (' . join(', ', @names) . ') FROM STDIN (FORMAT csv, HEADER)', $csv);
	}
	$db->do('CREATE INDEX ON loc.raw (dd, topic_id)', 'ANALYZE loc.raw');
	return;
}

# What a row's column "person" holds, as far as queries look at it.
sub person_sql {
	my ($self) = @_;
	my @members = qw(hem hem company company jobTitle job_title);
	@members = qw(seniority seniority topicOverlap topic_overlap matchedTopicIds matched_topic_ids jobTitle job_title
		companyRevenue company_revenue) if $self->{live};
	push @members, qw(email email topicId topic_id intentScore intent_score);
	my @pairs;
	while (my ($name, $column) = splice @members, 0, 2) { push @pairs, "'$name', x.$column" }
	return 'jsonb_build_object(' . join(', ', @pairs) . ')';
}

# The columns of a row, from x (of loc.raw, with overlap and matched).
sub row_sql {
	my ($self) = @_;
	my %special = (data_date => 'x.dd', audience_id => 'NULL::uuid', person => $self->person_sql,
		intent_score => $self->{fractional} ? 'x.intent_score' : 'x.intent_score::integer');
	return join ', ', map { $special{$_} // "x.$_" } $self->names;
}

sub create_functions {
	my ($self, $db) = @_;
	my $shape = join ', ', map { "$_->[0] $_->[1]" } @{ $self->{columns} };
	my $row = $self->row_sql;
	my $at = "dd = ANY (COALESCE(dates, ARRAY['$dates[-1]'::date]))";
	my $given = 'dates date[] DEFAULT NULL, lo numeric DEFAULT 1, hi numeric DEFAULT 100, overlap integer DEFAULT 1';
	$db->do("CREATE TABLE loc.shape ($shape)",

		# several topics: a person once, under the strongest asked topic, the lowest id of equals
		"CREATE FUNCTION loc.any_topic(topics integer[], $given) RETURNS SETOF loc.shape LANGUAGE sql STABLE AS \$\$
		SELECT $row FROM (
			SELECT DISTINCT ON (r.dd, r.person) r.*,
				count(*) OVER w::integer AS topic_overlap, array_agg(r.topic_id) OVER w AS matched_topic_ids
			FROM loc.raw r WHERE $at AND r.topic_id = ANY (topics) AND r.intent_score BETWEEN lo AND hi
			WINDOW w AS (PARTITION BY r.dd, r.person ORDER BY r.topic_id
				ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
			ORDER BY r.dd, r.person, r.intent_score DESC, r.topic_id) x
		WHERE x.topic_overlap >= overlap \$\$",

		# one request for each topic
		"CREATE FUNCTION loc.each_topic(topics integer[], $given) RETURNS SETOF loc.shape LANGUAGE sql STABLE AS \$\$
		SELECT $row FROM (
			SELECT r.*, 1 AS topic_overlap, ARRAY[r.topic_id] AS matched_topic_ids
			FROM loc.raw r WHERE $at AND (topics IS NULL OR r.topic_id = ANY (topics))
				AND r.intent_score BETWEEN lo AND hi) x
		WHERE x.topic_overlap >= overlap \$\$",
		$self->audience_function,

		# topics of two conditions
		'CREATE FUNCTION loc.both(integer[], integer[]) RETURNS integer[] LANGUAGE sql IMMUTABLE AS
		$$ SELECT CASE WHEN $1 IS NULL THEN $2 WHEN $2 IS NULL THEN $1
			ELSE ARRAY(SELECT unnest($1) INTERSECT SELECT unnest($2)) END $$');
	return;
}

sub audience_function {
	my ($self) = @_;
	my $names = join ', ', map { $_ eq 'audience_id' ? 'i.id' : "a.$_" } $self->names;
	my @parts;
	for my $id (sort keys %audiences) {
		my $c = $audiences{$id};
		my $filters = join '', map { " AND $filter_sql{$_}" } sort keys %{ $c->{filters} };
		push @parts, "SELECT $names FROM (SELECT '$id'::uuid AS id) i, loc.any_topic(ARRAY[" .
			join(',', @{ $c->{topicIds} }) . "], dates, $c->{minScore}, $c->{maxScore}, $c->{minTopicOverlap}) a " .
			"WHERE (ids IS NULL OR i.id = ANY (ids))$filters";
	}
	return 'CREATE FUNCTION loc.audience(ids uuid[], dates date[] DEFAULT NULL) RETURNS SETOF loc.shape ' .
		'LANGUAGE sql STABLE AS $$' . join("\nUNION ALL ", @parts) . '$$';
}

sub create_server {
	my ($self, $db) = @_;
	$db->do('CREATE EXTENSION intent_fdw', 'CREATE EXTENSION citext', 'CREATE SCHEMA ft', 'CREATE SCHEMA loc', 'CREATE SCHEMA crm',
		"CREATE SERVER sim FOREIGN DATA WRAPPER intent_fdw OPTIONS (base_url '$self->{url}', poll_interval '2ms')",
		q(CREATE USER MAPPING FOR CURRENT_USER SERVER sim OPTIONS (api_key 'sk_test_simulator')),
		'IMPORT FOREIGN SCHEMA intent FROM SERVER sim INTO ft');
	$self->{columns} = $db->do(q(SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
		WHERE attrelid = 'ft.audience'::regclass AND attnum > 0 ORDER BY attnum));
	return unless $self->{fractional};
	$db->do('ALTER FOREIGN TABLE ft.audience ALTER intent_score TYPE numeric');
	$_->[0] eq 'intent_score' and $_->[1] = 'numeric' for @{ $self->{columns} };
	return;
}

sub foreign_columns {
	my ($self, $match) = @_;
	my %strings = map { $_ => 1 } qw(company job_title state gender company_domain seniority department
		company_industry company_size company_revenue_range age_range);
	return join ', ', map { "$_->[0] $_->[1]" .
			($match && $strings{ $_->[0] } ? " OPTIONS (match '$match')" : '') } @{ $self->{columns} };
}

sub create_foreign_tables {
	my ($self, $db) = @_;
	my $other = join ', ', map { my ($type, $collate) = split / (?=COLLATE)/, $_->[1];
		"$_->[0] $type OPTIONS (key '$_->[2]') " . ($collate // '') } @other_columns;
	my $seniorities = join ', ', map { "'$_'" } qw(vp director svp cxo manager senior entry owner);
	$db->do("CREATE TYPE seniority_enum AS ENUM ($seniorities)", 'CREATE DOMAIN title_domain AS text',
		q(CREATE COLLATION nd (provider = icu, locale = 'und-u-ks-level2', deterministic = false)));
	my %all = map { $tables{$_}{exact} && $self->{wide} ? () : ($_ => $tables{$_}) } keys %tables;
	if ($self->{wide}) {
		$all{icase} = { kind => 'any', match => 'icase' };
		$all{contains} = { kind => 'any', match => 'contains' };
		$all{contains_each} = { kind => 'each', match => 'contains', options => q(topic_mode 'each') };
	}
	for my $name (sort keys %all) {
		my $t = $all{$name};
		next if $name eq 'audience';
		$db->do("CREATE FOREIGN TABLE ft.$name (" . ($t->{other} ? $other : $self->foreign_columns($t->{match})) .
			') SERVER sim' . ($t->{options} ? " OPTIONS ($t->{options})" : ''));
	}
	$self->{tables} = \%all;
	return;
}

# A table partitioned by topic, and one by day; each part is a foreign table.
our @parts = ([117801], [ 102391, 103007 ], [ 119420, 107744, 117802 ]);

sub create_partitions {
	my ($self, $db) = @_;
	my $columns = $self->foreign_columns;
	$db->do("CREATE TABLE ft.parted ($columns) PARTITION BY LIST (topic_id)");
	for my $i (0 .. $#parts) {
		$db->do("CREATE FOREIGN TABLE ft.parted_$i PARTITION OF ft.parted FOR VALUES IN (" .
			join(', ', @{ $parts[$i] }) . ") SERVER sim OPTIONS (topic_mode 'each')");
	}
	$db->do("CREATE TABLE ft.dayly ($columns) PARTITION BY LIST (data_date)");
	for my $date (@dates) {
		(my $name = $date) =~ tr/-//d;
		$db->do("CREATE FOREIGN TABLE ft.dayly_$name PARTITION OF ft.dayly FOR VALUES IN ('$date') SERVER sim");
	}
	return;
}

sub create_views {
	my ($self, $db) = @_;
	my $columns = join ', ', $self->names;
	for my $v ([ 'hot', '117801', 'intent_score >= 60' ], [ 'two', '117801,102391', 'email IS NOT NULL' ],
		[ 'ranked', '102391', 'true' ]) {
		my ($name, $topics, $cond) = @$v;
		my $more = $name eq 'ranked' ? ', rank() OVER (ORDER BY intent_score DESC) AS place' : '';
		my $text = "SELECT $columns$more FROM %s a WHERE topic_id IN ($topics) AND $cond";
		$db->do("CREATE VIEW ft.$name AS " . sprintf($text, 'ft.audience'),
			"CREATE VIEW loc.$name AS " . sprintf($text, "loc.any_topic(ARRAY[$topics])"));
	}
	return;
}

sub quote {
	my ($value) = @_;
	return 'NULL' unless defined $value;
	(my $text = $value) =~ s/'/''/g;
	return $text =~ s/\\/\\\\/g ? " E'$text'" : "'$text'";
}

# Local tables with values that match, that almost match, that are NULL.
sub create_crm {
	my ($self, $db) = @_;
	$db->do(q(CREATE TABLE crm.accounts AS
			SELECT row_number() OVER (ORDER BY company)::integer AS id, company AS name, min(company_domain) AS domain,
				(row_number() OVER (ORDER BY company) % 4)::integer AS tier
			FROM loc.raw WHERE company ILIKE '%acme%' OR company ILIKE '%lobex%' OR company IN ('東京', '', '100% Pure')
			GROUP BY company),
		q(INSERT INTO crm.accounts VALUES (100, NULL, NULL, 1), (101, 'Nobody Ltd', 'nobody.example', 2),
			(102, 'ACME', 'acme.example', 3), (103, 'Acme', NULL, NULL)),
		q(CREATE TABLE crm.topics (topic_id integer, grp integer, label text, big bigint, num numeric)),
		q(INSERT INTO crm.topics VALUES (117801, 1, 'intent', 117801, 117801), (102391, 1, 'crm', 102391, 102391.0),
			(103007, 2, 'sales', 103007, 103007), (119420, 2, 'llm', 9000000000, 119420.5), (135790, 3, 'clocks', 135790, 135790),
			(140000, 3, 'nobody', NULL, NULL), (999, 3, 'unknown', 999, 'NaN'), (NULL, 1, 'none', 117801, 117801),
			(117801, 4, 'again', 102391, 107744)),
		q(CREATE TABLE crm.contacts AS
			SELECT (row_number() OVER (ORDER BY r.hem, r.topic_id))::integer AS id, r.hem, upper(r.email) AS mail,
				CASE WHEN r.person % 5 = 0 THEN NULL ELSE r.topic_id END AS topic_id, r.dd AS day, r.seniority, r.company AS firm,
				r.state, r.gender, r.job_title AS title, CASE r.person % 4 WHEN 0 THEN NULL ELSE r.person % 120 END AS min_score,
				ARRAY[r.topic_id, 102391] AS topics, r.person % 2 = 0 AS flag, r.is_b2b AS b2b,
				'11111111-2222-4333-8444-555555555555'::uuid AS aud
			FROM loc.raw r WHERE r.topic_id IN (117801, 102391, 103007) AND r.person % 37 IN (0, 5, 11)
			ORDER BY r.hem, r.topic_id, r.dd LIMIT 24),
		q(UPDATE crm.contacts SET topics = CASE WHEN id % 3 = 0 THEN NULL ELSE '{}'::integer[] END WHERE id % 6 < 2),
		q(CREATE TABLE crm.days (day date, stamp timestamp, label text)),
		q(INSERT INTO crm.days VALUES ('2011-12-29', '2011-12-29', 'a'), ('2011-12-31', '2011-12-31 12:00', 'b'),
			('2011-12-30', NULL, 'c'), (NULL, '2011-12-30', 'd'), ('2011-11-10', '2011-11-10', 'e')),
		'ANALYZE');
	return;
}

# Values that conditions are made of.
sub read_values {
	my ($self, $db) = @_;
	$self->{$_}{b2b_text} = [qw(y n)] for qw(values common);
	for my $column (qw(email company job_title seniority state gender company_domain company_industry company_size department
		company_revenue_range age_range city first_name last_name hem phones topic_name headline)) {
		$self->{values}{$column} = [ $db->column(
			"SELECT DISTINCT $column FROM loc.raw WHERE $column IS NOT NULL ORDER BY 1") ];
		$self->{common}{$column} = [ $db->column(
			"SELECT $column FROM loc.raw WHERE $column IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 12") ];
	}
	return;
}

# create(): everything, in a database of its own, whose name it returns
sub create {
	my ($self) = @_;
	$self->configure_simulator;
	my $name = "random_$self->{mode}_$$";
	my $admin = Wire->connect(%{ $self->{connection} });
	$admin->do("CREATE DATABASE $name TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
	$admin->close;
	$self->{connection} = { %{ $self->{connection} }, dbname => $name };
	my $db = $self->connect;
	$db->do('SET client_min_messages = error');
	$self->create_server($db);
	$self->load_people($db);
	$self->create_functions($db);
	$self->create_foreign_tables($db);
	$self->create_partitions($db);
	$self->create_views($db);
	$self->create_crm($db);
	$self->read_values($db);
	Resources::load($self, $db);
	$db->close;
	return $name;
}

sub connect {
	my ($self) = @_;
	my $db;
	for (1 .. 150) {    # after a crash the server needs a while
		last if $db = eval { Wire->connect(%{ $self->{connection} }) };
		select undef, undef, undef, 0.2;
	}
	$db //= Wire->connect(%{ $self->{connection} });
	$db->do('SET client_min_messages = error; SET statement_timeout = \'60s\'; SET timezone = \'UTC\'');
	return $db;
}

sub drop {
	my ($self, $admin_db) = @_;
	my $admin = Wire->connect(%{ $self->{connection} }, dbname => $admin_db);
	$admin->query("DROP DATABASE $self->{connection}{dbname} WITH (FORCE)");
	$admin->close;
	return;
}

1;
