# Resources.pm: the other tables of the API (the catalogue, trends, saved audiences and what is known of
# them) in random statements. Their local copies in schema loc are made from the API's answers, which are
# asked for beside the extension, so they hold what the API's rows are.
package Resources;

use strict;
use warnings;
use HTTP::Tiny;
use JSON::PP;

# Of each table: path (with the values that it needs, by name), where the rows are in the answer, columns as
# name => [ type, expression over the row r ], those that a statement must give a value.
my $audience = q(x->>'audienceId');
our %resources = (
	topics => { path => '/v1/intent/topics', columns => { topic_id => ['integer', "r->>'topicId'"], topic_name => ['text', "r->>'topicName'"],
			type => ['text', "r->>'type'"], industry => ['text', "r->>'industry'"], category => ['text', "r->>'category'"] } },
	topic_facets => { path => '/v1/intent/topics/facets', rows => q(jsonb_each(d) e (n, l), jsonb_array_elements(l) r),
		columns => { facet => ['text', 'n'], value => ['text', "r->>'value'"], topics => ['bigint', "r->>'count'"] } },
	topic_trend => { path => '/v1/intent/topics/{topic_id}/trend', needs => 'topic_id', columns => { topic_id => ['integer', "x->>'topic_id'"],
			date => ['date', "r->>'date'"], topic_name => ['text', "r->>'topicName'"], type => ['text', "r->>'type'"], industry => ['text', "r->>'industry'"],
			unique_audience => ['bigint', "r->>'uniqueAudience'"], avg_score => ['numeric', "r->>'avgScore'"], high_audience => ['bigint', "r->>'highAudience'"] } },
	topic_compare => { path => '/v1/intent/topics/compare', post => 1, needs => 'topic_id', columns => { topic_id => ['integer', "r->>'topicId'"],
			topic_name => ['text', "r->>'topicName'"], days => ['jsonb', "r->>'data'"] } },
	filter_values => { path => '/v1/intent/audiences/filters', rows => q(jsonb_each(d) e (n, l), jsonb_array_elements_text(l) r),
		columns => { filter => ['text', 'n'], value => ['text', 'r'] } },
	saved_audiences => { path => '/v1/intent/audiences', columns => { id => ['uuid', "r->>'id'"], name => ['text', "r->>'name'"], status => ['text', "r->>'status'"],
			topic_ids => ['integer[]', "translate(r->'config'->>'topicIds', '[]', '{}')"], min_score => ['integer', "r->'config'->>'minScore'"],
			max_score => ['integer', "r->'config'->>'maxScore'"], filters => ['jsonb', "r->'config'->>'filters'"], audience_size => ['bigint', "r->>'audienceSize'"],
			created_at => ['timestamptz', "r->>'createdAt'"] } },
	audience_runs => { path => '/v1/intent/audiences/{audience_id}/runs', needs => 'audience_id', columns => { audience_id => ['uuid', "x->>'audience_id'"],
			cache_key => ['text', "r->>'cacheKey'"], data_date => ['date', "r->>'dataDate'"], status => ['text', "r->>'status'"],
			total_count => ['bigint', "r->>'totalCount'"], has_export => ['boolean', "r->>'hasExport'"] } },
	saved_audience => { path => '/v1/intent/audiences/{audience_id}', needs => 'audience_id', rows => 'jsonb_build_array(d) l, jsonb_array_elements(l) r',
		columns => { audience_id => ['uuid', "x->>'audience_id'"], name => ['text', "r->>'name'"], status => ['text', "r->>'status'"],
			min_score => ['integer', "r->'config'->>'minScore'"], filters => ['jsonb', "r->'config'->>'filters'"], audience_size => ['bigint', "r->>'audienceSize'"],
			updated_at => ['timestamptz', "r->>'updatedAt'"] } },
	audience_status => { path => '/v1/intent/audiences/{audience_id}/status', needs => 'audience_id', rows => 'jsonb_build_array(d) l, jsonb_array_elements(l) r',
		columns => { audience_id => ['uuid', "x->>'audience_id'"], status => ['text', "r->>'status'"], total_count => ['bigint', "r->>'totalCount'"],
			run_id => ['text', "r->>'runId'"] } },
	audience_stats => { path => '/v1/intent/audiences/{audience_id}/stats', needs => 'audience_id', rows => q(jsonb_each(d->'fields') e (n, r)),
		columns => { audience_id => ['uuid', "x->>'audience_id'"], field => ['text', 'n'], percent => ['numeric', 'r'], total => ['bigint', "d->>'total'"] } },
	audience_results => { path => '/v1/intent/audiences/{audience_id}/results?limit=100', needs => 'audience_id', pages => 1,
		columns => { audience_id => ['uuid', "x->>'audience_id'"], person_id => ['text', "r->>'personId'"], email => ['text', "r->>'email'"],
			first_name => ['text', "r->>'firstName'"], company => ['text', "r->>'company'"], seniority => ['text', "r->>'seniority'"],
			intent_score => ['numeric', "r->>'intentScore'"], topic_overlap => ['integer', "r->>'topicOverlap'"] } });

# How tables join: each pair with the columns that meet.
my @pairs = ([ 'topics', 'topic_id', 'topic_trend', 'topic_id' ], [ 'topics', 'topic_id', 'topic_compare', 'topic_id' ],
	[ 'saved_audiences', 'id', 'audience_runs', 'audience_id' ], [ 'saved_audiences', 'id', 'audience_results', 'audience_id' ],
	[ 'saved_audiences', 'id', 'audience_status', 'audience_id' ], [ 'audience_runs', 'audience_id', 'audience_stats', 'audience_id' ],
	[ 'topics', 'type', 'topic_facets', 'value' ], [ 'filter_values', 'value', 'topic_facets', 'value' ]);

my %values;    # of each table and column

# ---- the local copies

sub ask {
	my ($world, $path, $body) = @_;
	my %headers = ('X-API-Key' => 'sk_test_simulator', 'Content-Type' => 'application/json');
	my $r = HTTP::Tiny->new(timeout => 60)->request(defined $body ? 'POST' : 'GET', $world->{url} . $path,
		{ headers => \%headers, defined $body ? (content => $body) : () });
	die "$path: $r->{status} $r->{content}\n" unless $r->{success};
	return $r->{content};
}

# The answers of one table, each with the value that it was asked for with.
sub answers {
	my ($world, $t) = @_;
	my @keys = !$t->{needs} ? (undef) : $t->{needs} eq 'topic_id' ? (102391, 117801, 103007, 119420, 135790, 140000) : sort keys %World::audiences;
	my @found;
	for my $key (@keys) {
		my $path = $t->{path} =~ s/\{\w+\}/$key/r;
		for (my $cursor = ''; defined $cursor;) {
			my $text = ask($world, $path . ($cursor eq '' ? '' : "&cursor=$cursor"), $t->{post} ? "{\"topicIds\":[$key]}" : undef);
			push @found, [ $key, $text ];
			$cursor = $t->{pages} ? decode_json($text)->{meta}{nextCursor} : undef;
		}
	}
	return @found;
}

sub load {
	my ($world, $db) = @_;
	for my $name (sort keys %resources) {
		my $t = $resources{$name};
		my @names = sort keys %{ $t->{columns} };
		my $rows = $t->{rows} // 'jsonb_array_elements(d) r';
		my $list = join ', ', map { "($t->{columns}{$_}[1])::$t->{columns}{$_}[0] AS $_" } @names;
		$list =~ s/\(r\)::text/(r #>> '{}')::text/ if $rows !~ /elements_text/;
		my $from = join ' UNION ALL ', map { my ($key, $text) = @$_;
			my $x = encode_json({ $t->{needs} // 'none' => $key });
			'SELECT ' . World::quote($text) . '::jsonb->' . "'data' AS d, " . World::quote($x) . '::jsonb AS x' } answers($world, $t);
		$db->do("CREATE TABLE loc.$name AS SELECT $list FROM ($from) a, $rows");
		for my $column (@names) {
			$values{$name}{$column} = [ $db->column("SELECT DISTINCT $column\::text FROM loc.$name WHERE $column IS NOT NULL ORDER BY 1 LIMIT 60") ];
		}
	}
	return;
}

# ---- statements

sub chance { return Grammar::chance(@_) }
sub pick { return Grammar::pick(@_) }

sub table { my ($name, $alias) = @_; return "\x06ft.$name\x07loc.$name\x08 $alias" }

sub drawn {
	my ($self, $name, $column) = @_;
	my ($type, $pool) = ($resources{$name}{columns}{$column}[0], $values{$name}{$column});
	return 'NULL::' . $type unless @$pool;
	return $self->value($type, sub { chance(0.05) ? undef : pick(@$pool) });
}

sub condition {
	my ($self, $name, $alias) = @_;
	my @columns = sort keys %{ $resources{$name}{columns} };
	my $column = pick(@columns);
	my ($type, $c) = ($resources{$name}{columns}{$column}[0], "$alias.$column");
	my $v = sub { drawn($self, $name, $column) };
	return pick("$c = ", "$c <> ", "$c IS NOT DISTINCT FROM ") . $v->() if $type =~ /jsonb|\[\]|boolean|uuid/;
	my $kind = int rand 8;
	return "$c IN (" . join(', ', map { $v->() } 1 .. pick(1, 2, 3)) . ')' if $kind < 2;
	return "($c = " . $v->() . " OR $c = " . $v->() . ')' if $kind == 2;
	return "$c " . pick('IS NULL', 'IS NOT NULL') if $kind == 3;
	return "$c = " . $v->() if $kind == 4;
	return "$c " . pick(qw(< <= > >= <>)) . ' ' . $v->() if $type ne 'text' || $kind == 5;
	return "$c " . pick('LIKE', 'ILIKE', 'NOT LIKE') . " '%" . pick(qw(a da e x an)) . "%'" if $kind == 6;
	return "lower($c) = lower(" . $v->() . ')';
}

# Tables that are the top of something (topic_movers, topic_search, audience_preview) and site_topics have other
# rows for other inputs: there is no one copy to compare with, and regression tests compare their answers.

# What the table cannot do without; only values that the API knows.
sub required {
	my ($self, $name, $alias) = @_;
	my $need = $resources{$name}{needs} or return 'true';
	my @pool = @{ $values{$name}{$need} };
	my $type = $resources{$name}{columns}{$need}[0];
	my $v = sub { $self->value($type, sub { pick(@pool) }) };
	return "$alias.$need = " . $v->() if chance(0.4);
	return "$alias.$need IN (" . join(', ', map { $v->() } 1 .. pick(2, 3)) . ')' if chance(0.6);
	return "$alias.$need = ANY (" . $self->value("$type\[]", sub { Grammar::array_text(map { pick(@pool) } 1 .. pick(1, 3)) }) . ')';
}

sub where {
	my ($self, $name, $alias, $supplied) = @_;
	return join '', $supplied ? 'true' : required($self, $name, $alias), map { Grammar::optional_and(condition($self, $name, $alias)) } 1 .. pick(0, 1, 1, 2);
}

sub outputs {
	my ($name, $alias) = @_;
	my @columns = sort keys %{ $resources{$name}{columns} };
	return join ', ', map { "$alias.$_" } grep { chance(0.5) } @columns, pick(@columns);
}

sub one {
	my ($self, $q) = @_;
	my $name = pick(sort keys %resources);
	my $where = where($self, $name, 'a');
	my $from = 'FROM ' . table($name, 'a') . " WHERE $where";
	my $column = pick(sort keys %{ $resources{$name}{columns} });
	return "SELECT a.$column, count(*) $from GROUP BY 1" if chance(0.15);
	return "SELECT count(*), count(a.$column), min(a.$column\::text) $from" if chance(0.2);
	return "SELECT DISTINCT a.$column $from" if chance(0.1);
	if (chance(0.2)) {
		my ($n, $offset) = (pick(0, 1, 5, 60), chance(0.3) ? pick(1, 7) : 0);
		@$q{qw(compare limit offset)} = ('subset', $n, $offset);
		my $limit = " LIMIT $n" . ($offset ? " OFFSET $offset" : '');
		return 'SELECT ' . (outputs($name, 'a') || '1') . " $from\x06$limit\x07\x08";
	}
	return 'SELECT ' . (outputs($name, 'a') || '1') . " $from";
}

sub two {
	my ($self) = @_;
	my ($left, $l, $right, $r) = @{ pick(@pairs) };
	my $needs = $resources{$right}{needs};
	# a topic of the catalogue that was not copied has rows too: the outer side names those that were
	my $known = !$needs ? 'true' : required($self, $right, 'o') =~ s/\bo\.$needs\b/o.$l/gr;
	my $outer = "$known AND " . where($self, $left, 'o', 1);
	my $inner = where($self, $right, 'i', 1);
	my ($from, $on) = (table($left, 'o'), "i.$r = o.$l");
	my $list = join ', ', grep { length } outputs($left, 'o'), "i.$r";
	return "SELECT $list FROM $from JOIN " . table($right, 'i') . " ON $on WHERE $outer AND $inner" if chance(0.4);
	return "SELECT $list FROM $from LEFT JOIN " . table($right, 'i') . " ON $on AND $inner WHERE $outer" if chance(0.4);
	return "SELECT o.$l, x.n FROM $from, LATERAL (SELECT count(*) AS n FROM " . table($right, 'i') . " WHERE $on AND $inner) x WHERE $outer" if chance(0.4);
	return "SELECT o.$l FROM $from WHERE $outer AND " . pick('', 'NOT ') . 'EXISTS (SELECT FROM ' . table($right, 'i') . " WHERE $on AND $inner)" unless $needs;
	return "SELECT o.$l, (SELECT min(i.$r\::text) FROM " . table($right, 'i') . " WHERE $on AND $inner) FROM $from WHERE $outer";
}

sub statement {
	my ($self, $q) = @_;
	return chance(0.6) ? one($self, $q) : two($self);
}

1;
