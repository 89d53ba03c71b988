# Shapes.pm: statements around scans: joins, subqueries, aggregates, cursors and so on.
package Shapes;

use strict;
use warnings;
use parent 'Grammar';

sub chance { return Grammar::chance(@_) }
sub pick { return Grammar::pick(@_) }
sub between { return Grammar::between(@_) }
sub optional { return Grammar::optional(@_) }
sub from { return Grammar::from(@_) }

my @settings = map { "$_ = off" } map { "enable_$_" }
	qw(nestloop hashjoin mergejoin memoize material sort incremental_sort hashagg seqscan gathermerge async_append);
push @settings, map { "intent_fdw.enable_$_ = off" } qw(best_first batched_lookup);
push @settings, 'enable_partitionwise_join = on', 'enable_partitionwise_aggregate = on', 'join_collapse_limit = 1',
	'from_collapse_limit = 1', "work_mem = '64kB'", 'jit = off', 'geqo_threshold = 2', 'cursor_tuple_fraction = 1',
	'constraint_exclusion = on', 'extra_float_digits = 0';

# What is left when these are off: batched lookups, lookups one by one, scans in the order of the score.
my @leave = (
	[ map { "enable_$_ = off" } qw(nestloop hashjoin mergejoin) ],
	[ map { "$_ = off" } qw(enable_hashjoin enable_mergejoin intent_fdw.enable_batched_lookup) ],
	[ map { "enable_$_ = off" } qw(sort hashagg) ]);

# How often each shape is drawn.
my @shapes = (
	[ 14, 'rows' ], [ 6, 'ordered' ], [ 5, 'limited' ], [ 10, 'aggregate' ], [ 4, 'counted' ], [ 4, 'distinct' ],
	[ 4, 'window' ], [ 14, 'joined' ], [ 6, 'outer_joined' ], [ 8, 'semi' ], [ 5, 'lookup_semi' ], [ 6, 'lateral' ],
	[ 5, 'correlated' ], [ 5, 'set_operation' ], [ 5, 'union_all' ], [ 5, 'cte' ], [ 4, 'derived' ], [ 4, 'view' ], [ 5, 'partitioned' ],
	[ 4, 'self_joined' ], [ 3, 'function' ], [ 3, 'quantified' ], [ 8, 'handed_on' ], [ 3, 'top' ], [ 3, 'two_outers' ], [ 3, 'ties' ], [ 2, 'multiplied' ], [ 4, 'cursor' ], [ 3, 'recursive' ], [ 3, 'written' ], [ 3, 'locked' ], [ 2, 'three_way' ], [ 8, 'resources' ]);

# statement(): a random one:
#   scans, params, must, settings, before, text, after, compare (rows, ordered, subset)
sub statement {
	my ($self, $shape) = @_;
	my $q = $self->{q} = { scans => [], params => [], must => 1, settings => [], compare => 'rows', before => [], after => [] };
	$q->{hostile} = chance(0.12);
	$q->{shared} = chance(0.15) ? [ pick("timezone = 'Pacific/Apia'", "timezone = 'Pacific/Apia'", "timezone = 'Asia/Tokyo'", "timezone = 'America/New_York'", "timezone = 'Africa/Cairo'", 'datestyle = german') ] : [];
	$q->{prepare} = chance(0.3);
	$q->{executions} = pick(1, 2, 3, 7);
	$q->{settings} = [ map { pick(@settings) } 1 .. pick(0, 0, 1, 1, 2, 4) ];
	push @{ $q->{settings} }, @{ pick(@leave) } if chance(0.15);
	@{ $q->{settings} } = grep { !/^work_mem/ } @{ $q->{settings} } if $Grammar::excluded{spill};
	push @{ $q->{settings} }, 'plan_cache_mode = ' . pick('force_generic_plan', 'force_custom_plan', 'auto') if $q->{prepare};
	my $total = 0;
	$total += $_->[0] for @shapes;
	my $r = rand $total;
	for (@shapes) { $q->{shape} = $_->[1]; last if ($r -= $_->[0]) < 0 }
	$q->{shape} = $shape if $shape;
	$q->{prepare} = 0 if $q->{shape} eq 'cursor';
	my $method = "shape_$q->{shape}";
	$q->{text} = $self->$method($q);
	$q->{prepare} = 0 if !@{ $q->{params} };
	return $q;
}

# The output columns; "bare": nothing else looks at them.
sub output_list {
	my ($self, $s, $bare) = @_;
	my ($first, @more) = ($self->outputs($s), $bare ? $self->unknown_outputs($s) : ());
	return join '', $first, map { optional(", $_") } @more;
}

sub key { my ($self, $s) = @_; return join ', ', $self->row_key($s) }

# ---- the API's other tables

sub shape_resources { my ($self, $q) = @_; return Resources::statement($self, $q) }

# ---- one table

sub shape_rows {
	my ($self) = @_;
	my $s = $self->scan('a');
	my $where = $self->where($s);
	return 'SELECT ' . $self->output_list($s, 1) . ' FROM ' . from($s) . " WHERE $where";
}

sub order {
	my ($self, $s) = @_;
	my @columns = map { $s->{name}{$_} } grep { $_ ne 'matched_topic_ids' } $self->usable($s);
	my $first = chance(0.6) ? pick($s->{name}{intent_score}, pick(@columns)) . pick('', ' DESC', ' NULLS FIRST', ' DESC NULLS LAST') . ', ' : '';
	return ' ORDER BY ' . optional($first) . $self->key($s);
}

sub limit {
	my ($self) = @_;
	my $n = sub { my @n = @_; $self->value(pick('bigint', 'integer'), sub { pick(@n) }) };
	my $text = $n->(0, 1, 2, 5, 10, 50, 99, 100, 101, 1000);
	my $limit = pick(" LIMIT $text", " LIMIT $text", " FETCH FIRST ($text) ROWS ONLY");
	return $limit unless chance(0.4);
	return " OFFSET " . $n->(0, 1, 7, 100, 5000) . $limit;
}

sub shape_ordered {
	my ($self, $q) = @_;
	my $s = $self->scan('a');
	my $where = $self->where($s);
	$q->{compare} = 'ordered';
	my $limit = $self->limit;
	return 'SELECT ' . $self->output_list($s, 1) . ' FROM ' . from($s) . " WHERE $where" . $self->order($s) .
		(chance(0.8) ? optional($limit) : '');
}

# LIMIT without ORDER BY: any rows of the whole, as many as there can be.
sub shape_limited {
	my ($self, $q) = @_;
	my $s = $self->scan('a');
	my $where = $self->where($s);
	my ($n, $offset) = (pick(0, 1, 3, 10, 100, 150), chance(0.3) ? pick(1, 5, 90) : 0);
	@$q{qw(compare limit offset)} = ('subset', $n, $offset);
	my $limit = " LIMIT $n" . ($offset ? " OFFSET $offset" : '');
	my $inner = 'SELECT ' . $self->output_list($s, 1) . ' FROM ' . from($s) . " WHERE $where\x05$limit\x05";
	return chance(0.7) ? $inner : "SELECT * FROM ($inner) x";
}

my %types = (number => [qw(sum avg min max)], any => [qw(min max count)]);

sub aggregates {
	my ($self, $s) = @_;
	my $score = $s->{name}{intent_score};
	my @some = ('count(*)', "count($s->{name}{email})", "count(DISTINCT $s->{name}{company})", "sum($s->{name}{topic_id})",
		"min($score)", "max($score)", "avg($s->{name}{topic_id})", "count(*) FILTER (WHERE $score > 70)", "max($s->{name}{hem})",
		"min($s->{name}{job_title})", "count(DISTINCT $s->{name}{topic_id})", "min($s->{name}{data_date})",
		"array_agg($s->{name}{topic_id} ORDER BY " . $self->key($s) . ')', "bool_and($score > 10)");
	return map { pick(@some) } 1 .. between(1, 3);
}

# Of equal citext values any may stand for the group.
sub one_spelling { my ($c) = @_; return $c =~ /\.(mail|firm_ci|firm_nd)$/ ? qq{lower($c\::text COLLATE "C")} : $c }

sub shape_aggregate {
	my ($self) = @_;
	my $s = $self->scan('a');
	my $where = $self->where($s);
	my @columns = map { one_spelling($s->{name}{$_}) } grep { $_ !~ /hash/ } $self->usable($s);
	my @group = map { chance(0.4) ? $s->{name}{topic_id} : pick(@columns) } 1 .. pick(0, 1, 1, 2);
	my ($first, @more) = (@group, $self->aggregates($s));
	my $text = 'SELECT ' . join('', $first, map { optional(", $_") } @more) . ' FROM ' . from($s) . " WHERE $where";
	$text .= ' GROUP BY ' . (chance(0.1) ? pick('ROLLUP', 'CUBE') . '(' . join(', ', @group) . ')' : join ', ', @group) if @group;
	$text .= optional(' HAVING ' . pick('count(*) > 1', "max($s->{name}{intent_score}) > 80", "min($s->{name}{topic_id}) < 117801", 'count(*) = 0'))
		if chance(0.25);
	return $text;
}

sub shape_counted {
	my ($self) = @_;
	my $s = $self->scan('a');
	my $where = $self->where($s);
	return 'SELECT count(*) FROM ' . from($s) . " WHERE $where" if chance(0.6);
	return pick('SELECT count(*) + 1', 'SELECT count(*), 1', 'SELECT count(1)') . ' FROM ' . from($s) . " WHERE $where" if chance(0.6);
	return 'SELECT EXISTS (SELECT 1 FROM ' . from($s) . " WHERE $where)" if chance(0.5);
	return 'SELECT 1 FROM ' . from($s) . " WHERE $where";
}

sub shape_distinct {
	my ($self, $q) = @_;
	my $s = $self->scan('a');
	my $where = $self->where($s);
	return 'SELECT DISTINCT ' . $self->output_list($s) =~ s/\b(a\.(mail|firm_ci|firm_nd))\b(?!::)/$1::text COLLATE "C"/gr . ' FROM ' . from($s) . " WHERE $where" if chance(0.6);
	my $c = $s->{name}{ pick(qw(topic_id company intent_score)) };
	$q->{compare} = 'ordered';
	return "SELECT DISTINCT ON ($c) $c, " . $self->output_list($s) . ' FROM ' . from($s) . " WHERE $where ORDER BY $c, " . $self->key($s);
}

sub shape_window {
	my ($self) = @_;
	my $s = $self->scan('a');
	my $where = $self->where($s);
	my ($by, $order) = ($s->{name}{ pick(qw(topic_id company intent_score data_date)) }, $self->key($s));
	my $w = pick("row_number() OVER (PARTITION BY $by ORDER BY $order)", "rank() OVER (ORDER BY $s->{name}{intent_score})",
		"lag($s->{name}{email}) OVER (ORDER BY $order)", "count(*) OVER (PARTITION BY $by)",
		"sum($s->{name}{topic_id}) OVER (ORDER BY $order ROWS 2 PRECEDING)");
	my $text = 'SELECT ' . $self->output_list($s) . ", $w AS w FROM " . from($s) . " WHERE $where";
	return chance(0.5) ? $text : "SELECT * FROM ($text) x WHERE w\::text > '1'";
}

# ---- joins

# How a scan can be joined with a local table: (table, condition, what the join supplies).
sub join_with {
	my ($self, $s, $c) = @_;
	my $n = $s->{name};
	my @ways = (
		[ 'contacts', "$c.hem = $n->{hem}" ], [ 'contacts', "$n->{intent_score} >= $c.min_score" ],
		[ 'contacts', "$n->{company} = $c.firm" ], [ 'contacts', "$n->{job_title} = $c.title" ],
		[ 'contacts', "lower($n->{email}) = lower($c.mail)" ], [ 'contacts', "$n->{hem} = $c.hem AND $n->{intent_score} < $c.min_score" ],
		[ 'contacts', "$n->{topic_id} = $c.topic_id", 'topic' ], [ 'contacts', "$n->{topic_id} = $c.topic_id AND $n->{hem} = $c.hem", 'topic' ],
		[ 'contacts', "$n->{topic_id} = $c.topic_id AND $n->{intent_score} >= $c.min_score", 'topic' ],
		[ 'contacts', "$n->{data_date} = $c.day AND $n->{hem} = $c.hem", 'date' ],
		[ 'contacts', "$n->{topic_id} = ANY ($c.topics) AND $n->{hem} = $c.hem" ],
		[ 'accounts', "$n->{company} = $c.name" ], [ 'accounts', "$n->{company} = $c.name AND $n->{intent_score} > $c.tier * 10" ],
		[ 'accounts', "lower($n->{company}) = lower($c.name)" ], [ 'accounts', "$n->{company} LIKE $c.name || '%'" ],
		[ 'topics', "$n->{topic_id} = $c.topic_id", 'topic' ], [ 'topics', "$c.topic_id = $n->{topic_id} AND $c.grp < 3", 'topic' ],
		[ 'topics', "$n->{topic_id} = $c.big", 'topic' ], [ 'topics', "$n->{topic_id} = $c.num", 'topic' ],
		[ 'topics', "$n->{topic_id} = $c.topic_id AND $c.grp = 1 AND $n->{intent_score} = 50 + $c.grp", 'topic' ],
		[ 'contacts', "$n->{data_date} BETWEEN $c.day - 1 AND $c.day AND $n->{hem} = $c.hem", 'date' ],
		[ 'contacts', "$n->{data_date} IN ($c.day, '2011-12-30') AND $n->{hem} = $c.hem", 'date' ],
		[ 'days', "$n->{data_date} = $c.day", 'date' ], [ 'days', "$n->{data_date} = $c.stamp", 'date' ],
		[ 'contacts', "$n->{data_date} = $c.day AND $n->{topic_id} = $c.topic_id AND $n->{hem} = $c.hem", 'date' ],
		[ 'contacts', "$n->{hem} IS NOT DISTINCT FROM $c.hem" ], [ 'contacts', "($n->{hem} = $c.hem OR $n->{company} = $c.firm)" ]);
	push @ways, [ 'contacts', "$n->{audience_id} = $c.aud AND $n->{hem} = $c.hem", 'audience' ],
		[ 'contacts', "$n->{audience_id} IN ($c.aud, 'aaaaaaaa-0000-4000-8000-00000000000a') AND $n->{hem} = $c.hem", 'audience' ] if $s->{kind} eq 'any' && !$s->{t}{bounds};
	if (!$self->{live} && !$self->{wide} && !$s->{t}{other} && $s->{kind} =~ /any|each/ && chance(0.15)) {
		# rows do not carry these: a lookup shows the value asked for, any other join is an error
		$self->loosen;
		return @{ pick([ 'contacts', "$n->{seniority} = $c.seniority AND $n->{hem} = $c.hem" ], [ 'contacts', "$n->{state} = $c.state" ],
			[ 'contacts', "$n->{hem} = $c.hem AND $n->{department} IS DISTINCT FROM $c.seniority" ], [ 'accounts', "$n->{company_domain} = $c.domain" ],
			[ 'contacts', "$n->{hem} = $c.hem AND ($n->{gender} = $c.gender OR $n->{city} = $c.state)" ]) };
	}
	if ($self->{q}{hostile} && $s->{kind} =~ /any|each/) {
		$self->loosen;
		push @ways, [ 'contacts', "$n->{is_b2b} = $c.b2b AND $n->{hem} = $c.hem" ], [ 'contacts', "$n->{has_phone} = $c.flag AND $n->{hem} = $c.hem" ];
	}
	push @ways, [ 'contacts', "$n->{state} = $c.state" ], [ 'contacts', "$n->{gender} = $c.gender AND $n->{hem} = $c.hem" ],
		[ 'accounts', "$n->{company_domain} = $c.domain" ]
		if $self->{live} && !$s->{t}{other};
	push @ways, [ 'contacts', "$n->{seniority} = $c.seniority AND $n->{intent_score} > 90" ]
		if $self->{live} && !$s->{t}{other};
	return @{ pick(@ways) };
}

# The scan joined to a local table "c": (table, ON, WHERE).
sub join_parts {
	my ($self, $s, $c, $inner) = @_;
	my ($table, $on, $supplies) = $self->join_with($s, $c);
	$supplies //= '';
	my $takes_topic = $s->{kind} eq 'any' || ($s->{kind} eq 'each' && !$s->{t}{topics});
	my $without = $supplies eq 'topic' && $takes_topic && chance(0.5);
	my $no_date = $supplies eq 'date';
	if ($supplies eq 'audience') {
		($without, $no_date) = (1, 0);
		$s->{audience} = 'NULL';
		$self->loosen if !$inner;
	}
	$self->loosen if ($without || $no_date) && !$inner;
	$s->{all_dates} = 1 if $no_date;
	my $where = $self->where($s, no_input => $without, no_date => $no_date && chance(0.7));
	delete $s->{dates} if $no_date;
	$self->loosen if $no_date && $s->{t}{date};
	return ($table, $on, $where);
}

sub local_condition {
	my ($table) = @_;
	my %of = (contacts => [ 'c.flag', 'c.id < 12', 'c.min_score > 40', 'c.topic_id IS NOT NULL', 'c.b2b' ],
		accounts => [ 'c.tier = 1', 'c.name IS NOT NULL' ], topics => [ 'c.grp < 3', "c.label <> 'x'" ], days => ["c.label <> 'a'"]);
	return chance(0.4) ? optional(' AND ' . pick(@{ $of{$table} })) : '';
}

my %local_output = (contacts => [qw(c.id c.hem c.day c.min_score)], accounts => [qw(c.id c.name c.tier)],
	topics => [qw(c.topic_id c.label)], days => [qw(c.day c.label)]);

sub shape_joined {
	my ($self) = @_;
	my $s = $self->scan('a');
	my ($table, $on, $where) = $self->join_parts($s, 'c', 1);
	$where .= local_condition($table);
	my $out = pick(@{ $local_output{$table} }) . ', ' . $self->output_list($s, 1);
	my @froms = (from($s), "crm.$table c");
	@froms = reverse @froms if chance(0.5);
	my $text = chance(0.5) ? "SELECT $out FROM $froms[0], $froms[1] WHERE $on AND $where"
		: "SELECT $out FROM $froms[0] JOIN $froms[1] ON $on WHERE $where";
	return $text if chance(0.8);
	return 'SELECT ' . pick(@{ $local_output{$table} }) . " AS k, count(*), max($s->{name}{intent_score}) FROM $froms[0] JOIN $froms[1] ON $on WHERE $where GROUP BY 1";
}

sub shape_outer_joined {
	my ($self) = @_;
	my $s = $self->scan('a');
	my $kind = pick('left', 'right', 'full', 'left', 'inside');
	my ($table, $on, $where) = $self->join_parts($s, 'c', $kind ne 'full' && $kind ne 'right');
	my $out = pick(@{ $local_output{$table} }) . ', ' . $self->output_list($s);
	return "SELECT $out FROM crm.$table c LEFT JOIN " . from($s) . " ON $on AND $where WHERE true" . local_condition($table)
		if $kind eq 'inside';
	return "SELECT $out FROM crm.$table c LEFT JOIN " . from($s) . " ON $on AND $where ORDER BY 1" if $kind eq 'left';
	return 'SELECT ' . pick(@{ $local_output{$table} }) . ", $s->{name}{hem}, $s->{name}{intent_score} FROM " . from($s) .
		" LEFT JOIN crm.$table c ON $on WHERE $where" if $kind eq 'right';
	$self->loosen;
	# without the join its condition on the date is gone as well
	$s->{all_dates} = 0 if index($where, $s->{name}{data_date}) < 0;
	return 'SELECT count(*) FROM ' . from($s) . " WHERE $where" if $on =~ / OR |DISTINCT|LIKE|ANY/ || $on =~ /a\.(?!hem|topic_id|intent_score|company\b|data_date|email|job_title)/;
	my $names = join ', ', map { "$s->{name}{$_}" } qw(hem topic_id intent_score company data_date email job_title);
	return "SELECT count(*), count(c.*), count(a.*) FROM (SELECT $names FROM " . from($s) . " WHERE $where) a FULL JOIN crm.$table c ON $on";
}

sub shape_semi {
	my ($self) = @_;
	my $s = $self->scan('a');
	my ($table, $on, $where) = $self->join_parts($s, 'c', 1);
	my $not = chance(0.35) ? 'NOT ' : '';
	# the scan is the outer side, so nothing but IN, which may change the sides, can supply its input
	$self->loosen if ($not || $on =~ / AND /) && (!$s->{topics} || $s->{all_dates});
	my $c = local_condition($table);
	my $exists = pick("EXISTS (SELECT 1 FROM crm.$table c WHERE $on$c)", "EXISTS (SELECT FROM crm.$table c WHERE $on$c OFFSET 0)");
	$self->loosen if $exists =~ /OFFSET/ && (!$s->{topics} || $s->{all_dates});
	if ($on =~ /^(a\.\w+) = (c\.\w+)$/ && chance(0.6)) {
		my ($mine, $its) = ($1, $2);
		$exists = "$mine " . pick("IN (SELECT $its", "= ANY (SELECT $its") . " FROM crm.$table c WHERE true$c)";
		$self->loosen if $not;
	}
	return 'SELECT ' . $self->output_list($s) . ' FROM ' . from($s) . " WHERE $where AND $not$exists";
}

sub shape_lookup_semi {
	my ($self) = @_;
	my $s = $self->scan('a');
	my ($table, $on, $where) = $self->join_parts($s, 'c', 1);
	my $not = chance(0.35) ? 'NOT ' : '';
	my $out = join ', ', @{ $local_output{$table} };
	my $c = local_condition($table);
	return "SELECT $out FROM crm.$table c WHERE ${not}EXISTS (SELECT 1 FROM " . from($s) . " WHERE $on AND $where)$c" if chance(0.7);
	return "SELECT $out FROM crm.$table c WHERE c.hem ${not}IN (SELECT $s->{name}{hem} FROM " . from($s) . " WHERE $on AND $where)$c"
		if $table eq 'contacts';
	return "SELECT $out FROM crm.$table c WHERE (SELECT count(*) FROM " . from($s) . " WHERE $on AND $where) > 2$c";
}

# The topics of each row of contacts: what "topic_id = ANY (c.topics)" asks for.
sub per_row {
	my ($self, $s) = @_;
	my $n = $s->{name};
	return $self->where($s) if chance(0.4);
	my ($on, $topics) = @{ pick([ "$n->{topic_id} = c.topic_id", 'ARRAY[c.topic_id]' ], [ "$n->{topic_id} = ANY (c.topics)", 'c.topics' ],
		[ "$n->{topic_id} IN (c.topic_id, 103007)", 'ARRAY[c.topic_id, 103007]' ],
		[ "$n->{topic_id} = ANY (c.topics || 117801)", '(c.topics || 117801)' ]) };
	$s->{topics} = "COALESCE($topics, '{}')" if $s->{kind} eq 'any';
	my $more = " AND $on";
	if (!$s->{t}{date} && chance(0.2)) {
		$more .= " AND $n->{data_date} = c.day";
		$s->{all_dates} = 1;
	}
	return $self->where($s, no_input => 1, no_date => 1, more => [$more]);
}

sub per_row_condition {
	my ($s) = @_;
	my $n = $s->{name};
	return optional(pick(" AND $n->{intent_score} >= c.min_score", " AND $n->{hem} = c.hem", " AND $n->{company} = c.firm",
		" AND $n->{job_title} IS NOT DISTINCT FROM c.title", " AND $n->{intent_score} BETWEEN c.min_score AND c.min_score + 30", ''));
}

sub shape_lateral {
	my ($self) = @_;
	my $s = $self->scan('a');
	my $where = $self->per_row($s) . per_row_condition($s);
	my $n = $s->{name};
	my $inner = "SELECT $n->{hem} AS h, $n->{intent_score} AS s, $n->{topic_id} AS t FROM " . from($s) . " WHERE $where";
	$inner .= ' ORDER BY ' . $self->key($s) . ' LIMIT ' . pick(1, 3, 10) if chance(0.5);
	$inner = "SELECT count(*) AS h, max($n->{intent_score}) AS s, NULL AS t FROM " . from($s) . " WHERE $where" if chance(0.2);
	my $rows = pick('crm.contacts c', '(SELECT * FROM crm.contacts WHERE flag) c', '(SELECT * FROM crm.contacts ORDER BY id LIMIT 5) c');
	return "SELECT c.id, x.h, x.s, x.t FROM $rows " .
		pick("CROSS JOIN LATERAL ($inner) x", "JOIN LATERAL ($inner) x ON true", "LEFT JOIN LATERAL ($inner) x ON x.s > 20");
}

sub shape_correlated {
	my ($self) = @_;
	my $s = $self->scan('a');
	my $where = $self->per_row($s) . per_row_condition($s);
	my $n = $s->{name};
	my $sub = pick("SELECT count(*)", "SELECT max($n->{intent_score})", "SELECT string_agg($n->{hem}, ',' ORDER BY " . $self->key($s) . ')',
		"SELECT EXISTS (SELECT 1") . ' FROM ' . from($s) . " WHERE $where";
	$sub .= ')' if $sub =~ /EXISTS/;
	return "SELECT c.id, ($sub) FROM crm.contacts c WHERE c.id < " . between(2, 20) if chance(0.6);
	return "SELECT c.id FROM crm.contacts c WHERE c.id < 15 AND (SELECT count(*) FROM " . from($s) . " WHERE $where) > " . between(0, 20);
}

sub shape_set_operation {
	my ($self) = @_;
	my @arms = map {
		my $s = $self->scan($_);
		my $where = $self->where($s);
		my $n = $s->{name};
		my $tail = chance(0.2) ? ' ORDER BY ' . $self->key($s) . ' LIMIT ' . pick(3, 20) : '';
		"(SELECT $n->{hem}\::text AS h, $n->{topic_id}\::integer AS t, $n->{intent_score}\::numeric AS s FROM " . from($s) . " WHERE $where$tail)"
	} 'a', 'b', chance(0.3) ? 'd' : ();
	my $text = join ' ' . pick('UNION ALL', 'UNION ALL', 'UNION', 'INTERSECT', 'EXCEPT', 'EXCEPT ALL') . ' ', @arms;
	return $text if chance(0.5);
	return "SELECT count(*), max(s) FROM ($text) x WHERE t > " . pick(0, 103006, 117800);
}

# The best of several audiences together: arms that may come in order, or run at once.
sub shape_union_all {
	my ($self, $q) = @_;
	my ($cast, $way) = (pick('', '', '::numeric'), pick(' DESC', ' DESC', ''));
	my @arms = map {
		my $s = $self->scan($_);
		my $where = $self->where($s);
		my $n = $s->{name};
		"SELECT $n->{hem}\::text AS h, $n->{topic_id}\::integer AS t, $n->{intent_score}$cast AS s FROM " . from($s) . " WHERE $where"
	} 'a', 'b', (chance(0.4) ? 'd' : ()), (chance(0.2) ? 'e' : ());
	my $text = join(' UNION ALL ', @arms);
	return "SELECT max(s), min(s), count(*) FROM ($text) x" if chance(0.2);
	return $text if chance(0.3);
	$q->{compare} = 'ordered';
	return "SELECT * FROM ($text) x ORDER BY s$way, h, t" . optional($self->limit);
}

sub shape_cte {
	my ($self, $q) = @_;
	my $s = $self->scan('a');
	my $where = $self->where($s);
	my $n = $s->{name};
	my $inner = "SELECT $n->{hem} AS h, $n->{topic_id} AS t, $n->{intent_score} AS s, $n->{company} AS c FROM " . from($s) . " WHERE $where";
	$inner .= ' ORDER BY ' . $self->key($s) . ' LIMIT ' . pick(1, 10, 60) if chance(0.3);
	my $with = 'WITH x AS ' . pick('', 'MATERIALIZED ', 'NOT MATERIALIZED ') . "($inner) ";
	return $with . pick('SELECT * FROM x', 'SELECT x.h, y.s FROM x JOIN x y ON x.h = y.h AND x.t <= y.t', 'SELECT count(*) FROM x WHERE s > 50',
		'SELECT x.* FROM x WHERE x.s = (SELECT max(s) FROM x)', 'SELECT lower(c::text COLLATE "C"), count(*) FROM x GROUP BY 1',
		'SELECT x.h FROM x, crm.contacts k WHERE k.hem = x.h', 'SELECT h FROM x WHERE h NOT IN (SELECT h FROM x WHERE s < 60)');
}

sub shape_derived {
	my ($self) = @_;
	my $s = $self->scan('a');
	my $where = $self->where($s);
	my $n = $s->{name};
	my $inner = "SELECT $n->{hem} AS h, $n->{topic_id} AS t, $n->{intent_score} AS s, $n->{email} AS e FROM " . from($s) . " WHERE $where";
	my $kind = int rand 4;
	$inner .= ' ORDER BY ' . $self->key($s) . $self->limit if $kind == 0;
	$inner .= ' OFFSET 0' if $kind == 1;
	$inner = 'SELECT DISTINCT * FROM (' . $inner =~ s/(a\.mail) AS/$1::text AS/r . ') d' if $kind == 2;
	my $outer = pick('true', 's > 60', 't = 117801', "e LIKE '%a%'", 't IN (102391, 117801)', 'h IN (SELECT hem FROM crm.contacts)');
	# PostgreSQL hands such a condition down into the subquery, where it is one more on the topic
	if ($kind > 1 && $s->{topics} && $outer =~ /^t .*?(\d.*\d)/) { $s->{topics} = "loc.both($s->{topics}, ARRAY[$1])" }
	return 'SELECT ' . pick('*', 'h, s', 'count(*)', 'max(s), min(h)') . " FROM ($inner) x WHERE $outer";
}

sub shape_view {
	my ($self) = @_;
	my $view = pick(qw(hot two ranked));
	my $s = { number => scalar @{ $self->{q}{scans} }, alias => 'a', view => $view };
	push @{ $self->{q}{scans} }, $s;
	my @conditions = map { my $c = pick(qw(intent_score company job_title email)); 
		$c eq 'intent_score' ? $self->number_condition("a.$c") : $self->equal_condition("a.$c", 'text', sub { $self->draw_string($c) }) } 1 .. between(0, 2);
	push @conditions, 'a.place < ' . between(1, 40) if $view eq 'ranked';
	my $where = join '', 'true', map { optional(" AND $_") } @conditions;
	my $head = pick('SELECT a.hem, a.email, a.intent_score', 'SELECT count(*)', 'SELECT a.topic_id, count(*)');
	return "$head FROM " . from($s) . " WHERE $where" .
		($head =~ /topic_id/ ? ' GROUP BY 1' : '');
}

sub shape_partitioned {
	my ($self) = @_;
	my $name = pick('parted', 'dayly');
	my $s = { number => scalar @{ $self->{q}{scans} }, alias => 'a', kind => $name eq 'parted' ? 'each' : 'any', table => $name, t => {},
		conditions => [], pinned => {}, parted => $name, all_dates => $name eq 'dayly' };
	$s->{name} = { map { $_->[0] => "a.$_->[0]" } @{ $self->{world}{columns} } };
	push @{ $self->{q}{scans} }, $s;
	my $where = $self->where($s, no_date => $name eq 'parted' ? chance(0.8) : chance(0.5), no_input => $name eq 'parted' && chance(0.4));
	if ($name eq 'parted') {
		$s->{t} = { topics => [ map { @$_ } @World::parts ] };
	}
	my $kind = int rand 4;
	return 'SELECT ' . $self->output_list($s) . ' FROM ' . from($s) . " WHERE $where" if $kind < 2;
	return 'SELECT a.topic_id, a.data_date, count(*) FROM ' . from($s) . " WHERE $where GROUP BY 1, 2" if $kind == 2;
	return 'SELECT c.id, a.intent_score FROM crm.contacts c JOIN ' . from($s) . ' ON a.hem = c.hem' . pick('', ' AND a.topic_id = c.topic_id') . " WHERE $where";
}

sub shape_self_joined {
	my ($self) = @_;
	my ($s, $t) = ($self->scan('a'), $self->scan('b'));
	my ($w1, $w2) = ($self->where($s), $self->where($t));
	my ($m, $n) = ($s->{name}, $t->{name});
	my $on = pick("$m->{hem} = $n->{hem}", "$m->{hem} = $n->{hem} AND $m->{intent_score} > $n->{intent_score}",
		"$m->{hem} = $n->{hem} AND $m->{topic_id} <> $n->{topic_id}");
	my $kind = pick('JOIN', 'JOIN', 'LEFT JOIN', 'exists', 'FULL JOIN');
	return 'SELECT ' . $self->output_list($s) . ' FROM ' . from($s) . " WHERE $w1 AND " . pick('', 'NOT ') . 'EXISTS (SELECT 1 FROM ' . from($t) . " WHERE $w2 AND $on)"
		if $kind eq 'exists';
	return 'SELECT ' . $self->output_list($s) . ", $n->{intent_score} FROM " . from($s) . " LEFT JOIN " . from($t) . " ON $on AND $w2 WHERE $w1" if $kind eq 'LEFT JOIN';
	return 'SELECT count(*), count(x.h), count(y.h) FROM (SELECT ' . "$m->{hem} AS h FROM " . from($s) . " WHERE $w1) x FULL JOIN (SELECT $n->{hem} AS h FROM " .
		from($t) . " WHERE $w2) y ON x.h = y.h" if $kind eq 'FULL JOIN';
	return 'SELECT ' . $self->output_list($s) . ", $n->{intent_score} FROM " . from($s) . ' JOIN ' . from($t) . " ON $on WHERE $w1 AND $w2";
}

sub shape_three_way {
	my ($self) = @_;
	my ($s, $t) = ($self->scan('a'), $self->scan('b'));
	my ($w1, $w2) = ($self->where($s), $self->where($t));
	my ($m, $n) = ($s->{name}, $t->{name});
	return 'SELECT c.id, ' . $self->output_list($s) . ", $n->{intent_score} FROM crm.contacts c JOIN " . from($s) . " ON c.hem = $m->{hem} " .
		pick('JOIN ', 'LEFT JOIN ') . from($t) . " ON $n->{hem} = $m->{hem} AND $w2 WHERE $w1";
}

sub shape_recursive {
	my ($self) = @_;
	my $s = $self->scan('a');
	my $n = $s->{name};
	my $where = $self->where($s, no_input => 1, no_date => 1, more => [" AND $n->{topic_id} = r.t"]);
	return "WITH RECURSIVE r(t, n) AS (SELECT " . pick(102391, 117801, 103007) . ", 0 UNION ALL SELECT x.t, r.n + 1 FROM r CROSS JOIN LATERAL (SELECT max(m.topic_id) AS t " .
		"FROM crm.topics m WHERE m.topic_id < r.t AND EXISTS (SELECT 1 FROM " . from($s) . " WHERE $where)) x WHERE r.t IS NOT NULL) SELECT * FROM r";
}

# A PL/pgSQL function that reads the table in a loop, its plans kept from call to call.
sub shape_function {
	my ($self, $q) = @_;
	my $s = $self->scan('a');
	my $n = $s->{name};
	$q->{prepare} = 0;
	my ($on, $topics) = @{ pick([ "$n->{topic_id} = p_t", 'ARRAY[p_t]' ], [ "$n->{topic_id} = ANY (p_ts)", 'p_ts' ], [ "$n->{topic_id} IN (p_t, 102391)", 'ARRAY[p_t, 102391]' ]) };
	$s->{topics} = $topics if $s->{kind} eq 'any';
	my $more = " AND $on" . pick('', " AND $n->{intent_score} >= p_low", " AND $n->{company} = p_firm", " AND (p_low IS NULL OR $n->{intent_score} < p_low)");
	my $where = $self->where($s, no_input => 1, more => [$more]);
	my $text = "SELECT $n->{hem}\::text, $n->{topic_id}\::integer, $n->{intent_score}\::numeric FROM " . from($s) . " WHERE $where";
	my $signature = 'p_t integer, p_ts integer[], p_low integer, p_firm text';
	$q->{before} = [ chance(0.6) ? "CREATE FUNCTION pg_temp.f($signature) RETURNS TABLE (h text, i integer, s numeric) LANGUAGE plpgsql AS \$\$ BEGIN RETURN QUERY $text; END \$\$"
		: "CREATE FUNCTION pg_temp.f($signature) RETURNS TABLE (h text, i integer, s numeric) LANGUAGE sql STABLE AS \$\$ $text \$\$" ];
	$q->{after} = ["DROP FUNCTION pg_temp.f($signature)"];
	my $t = sub { 'ARRAY[' . join(', ', Grammar::draw_topics(between(1, 4))) . ']' };
	$q->{steps} = [ map { "SELECT * FROM pg_temp.f(" . Grammar::draw_topic() . ', ' . $t->() . ', ' . pick('NULL', 20, 60, 90) . ', ' .
		World::quote($self->draw_string('company')) . ')' } 1 .. between(1, 8) ];
	push @{ $q->{steps} }, 'SELECT x.id, f.* FROM crm.contacts x, pg_temp.f(x.topic_id, x.topics, x.min_score, x.firm) f' if chance(0.3);
	return '';
}

sub shape_quantified {
	my ($self) = @_;
	my ($s, $t) = ($self->scan('a'), $self->scan('b'));
	my ($w1, $w2) = ($self->where($s), $self->where($t));
	my ($m, $n) = ($s->{name}, $t->{name});
	my $sub = from($t) . " WHERE $w2";
	# with "topic = constant" below, PostgreSQL derives one more condition on the topic above; several would then not be asked
	my $fence = $s->{kind} eq 'any' ? ' OFFSET 0' : '';
	my $cond = pick("$m->{intent_score} > ALL (SELECT $n->{intent_score} FROM $sub)", "$m->{intent_score} = (SELECT max($n->{intent_score}) FROM $sub)",
		"($m->{hem}, $m->{topic_id}) IN (SELECT $n->{hem}, $n->{topic_id} FROM $sub$fence)", "$m->{hem} NOT IN (SELECT $n->{hem} FROM $sub)",
		"$m->{intent_score} >= (SELECT avg($n->{intent_score}) FROM $sub)", "$m->{hem} = ANY (ARRAY(SELECT $n->{hem} FROM $sub))",
		"$m->{company} IN (SELECT $n->{company} FROM $sub)", "NOT EXISTS (SELECT FROM $sub)", "(SELECT count(*) FROM $sub) > 5",
		"$m->{company} <> ALL (SELECT $n->{company} FROM $sub AND $n->{company} IS NOT NULL)",
		"$m->{topic_id} IN (SELECT $n->{topic_id} FROM $sub$fence)");
	return 'SELECT ' . $self->output_list($s) . ' FROM ' . from($s) . " WHERE $w1 AND $cond";
}

# Topics from two outer rows at once: what both allow is asked; a row of an outer query comes before one of a join.
sub shape_two_outers {
	my ($self) = @_;
	return $self->shape_lateral if $Grammar::excluded{two_outers};
	my $s = $self->scan('a', kinds => [qw(any each)]);
	my $n = $s->{name};
	my $correlated = chance(0.4);
	my $where = $self->where($s, no_input => 1, no_date => 1);
	$s->{topics} = $correlated ? "COALESCE(c.topics, '{}')" : 'loc.both(c.topics, ARRAY[t.topic_id])' if $s->{kind} eq 'any';
	my $on = "$n->{topic_id} = ANY (c.topics) AND $n->{topic_id} = t.topic_id" . pick('', " AND $n->{intent_score} >= t.min_score", " AND $n->{hem} = t.hem",
		" AND $n->{company} = t.firm");
	my $join = $s->{kind} eq 'any' ? "\x06, " . from($s) . "\x07, LATERAL " . from($s) . "\x08" : ', ' . from($s);
	return "SELECT c.id, (SELECT count(*) FROM crm.contacts t$join WHERE $on AND $where AND t.id < 12) FROM crm.contacts c WHERE c.id < 8" if $correlated;
	return "SELECT c.id, t.id, $n->{hem}, $n->{intent_score} FROM crm.contacts c, crm.contacts t$join WHERE $on AND $where AND c.id < 8 AND t.id < 12";
}

# The best first: without a key, only the scores are told.
sub shape_top {
	my ($self, $q) = @_;
	my $s = $self->scan('a');
	my $where = $self->where($s);
	my $score = $s->{name}{intent_score};
	my $order = $score . pick('', ' DESC', ' DESC', ' DESC NULLS LAST') . ($s->{kind} eq 'any' || chance(0.7) ? '' : ", $s->{name}{hem} COLLATE \"C\"");
	$q->{compare} = 'ordered';
	return "SELECT $score FROM " . from($s) . " WHERE $where ORDER BY $order" . $self->limit;
}

# A column that rows do not carry, handed on by a subquery: as it is it reads NULL, anything else is an error.
sub shape_handed_on {
	my ($self, $q) = @_;
	my $s = $self->scan('a', plain => 1);
	my $where = $self->where($s);
	my $n = $s->{name};
	my @columns = grep { !$self->carried($_) && !$s->{touched}{$_} && $_ ne 'person' && $_ ne 'audience_id' } sort keys %$n;
	my $column = pick(@columns) // return 'SELECT 1';
	my $bare = chance(0.4);
	my $u = $bare ? "\x06$n->{$column}\x07NULL\x08" : $n->{$column};
	my $inner = "SELECT $n->{hem} AS h, $n->{topic_id} AS t, $n->{intent_score} AS s, $u AS u FROM " . from($s) . " WHERE $where";
	$inner .= ' ORDER BY ' . $self->key($s) . ' LIMIT ' . pick(5, 50) if chance(0.2);
	$inner = "SELECT * FROM ($inner) i" . pick('', ' WHERE s > 30', ' OFFSET 0') if chance(0.3);
	$inner = "SELECT i.* FROM ($inner) i JOIN crm.contacts k ON k.hem = i.h" if chance(0.15);
	$inner = "SELECT DISTINCT ON (h, t) * FROM ($inner) i ORDER BY h, t, s" if chance(0.08);
	$self->loosen;
	my $text = $bare ? pick('SELECT u FROM x', 'SELECT h, u FROM x WHERE s > 50', 'SELECT x.*, k.id FROM crm.contacts k LEFT JOIN x ON x.h = k.hem',
			'SELECT h, u FROM x ORDER BY h, t, s LIMIT 10', 'SELECT u, row_number() OVER (ORDER BY h, t, s) FROM x', 'SELECT u FROM (SELECT * FROM x) y',
			'SELECT h, u FROM x WHERE EXISTS (SELECT 1 FROM crm.contacts k WHERE k.hem = x.h)', 'SELECT count(*) FROM x',
			'SELECT l.u FROM crm.contacts k, LATERAL (SELECT * FROM x WHERE x.h = k.hem) l', 'SELECT u FROM x UNION ALL SELECT u FROM x')
		: pick('SELECT h FROM x WHERE u IS NULL', 'SELECT h FROM x ORDER BY u, h, t, s', 'SELECT u, count(*) FROM x GROUP BY u', 'SELECT count(u) FROM x',
			'SELECT DISTINCT u FROM x', "SELECT COALESCE(u::text, '-') FROM x", 'SELECT u IS NULL FROM x', 'SELECT count(x) FROM x WHERE x IS NOT NULL',
			'SELECT (SELECT u FROM x ORDER BY h, t, s LIMIT 1) IS NULL', 'SELECT h FROM x WHERE u::text IN (SELECT seniority FROM crm.contacts)',
			'SELECT k.id FROM crm.contacts k JOIN x ON x.u::text = k.seniority', 'SELECT u FROM x UNION SELECT NULL', 'SELECT u FROM x INTERSECT SELECT u FROM x',
			'SELECT count(*) OVER (PARTITION BY u) FROM x', 'SELECT max(u::text) FROM x', 'SELECT h, t FROM x GROUP BY h, t HAVING count(u) = 0',
			'SELECT to_jsonb(x) FROM x', 'SELECT x::text FROM x', 'SELECT count(*) FILTER (WHERE u IS NULL) FROM x', 'SELECT k.id, (SELECT count(u) FROM x WHERE x.h = k.hem) FROM crm.contacts k',
			'SELECT k.id FROM crm.contacts k WHERE NOT EXISTS (SELECT 1 FROM x WHERE x.h = k.hem AND x.u IS NULL)', 'SELECT ROW(u) IS NULL FROM x',
			'SELECT y.u IS NULL FROM (SELECT * FROM x OFFSET 0) y', 'SELECT k.id FROM crm.contacts k FULL JOIN x ON x.h = k.hem WHERE x.u IS NOT NULL',
			'SELECT lag(u) OVER (ORDER BY h, t, s) FROM x', 'SELECT CASE WHEN s > 50 THEN u END FROM x', 'SELECT ARRAY(SELECT u FROM x ORDER BY h, t, s)',
			'SELECT h FROM x WHERE u IS NOT DISTINCT FROM NULL', "SELECT concat(h, u) FROM x", 'SELECT k.id, l.u IS NULL FROM crm.contacts k, LATERAL (SELECT u FROM x WHERE x.h = k.hem) l',
			'SELECT u FROM x EXCEPT SELECT NULL', 'SELECT grouping(u), u, count(*) FROM x GROUP BY ROLLUP (u)', 'SELECT x.u = y.u FROM x JOIN x y USING (h, t, s)');
	if (chance(0.4)) { return 'WITH x AS ' . pick('', 'MATERIALIZED ', 'NOT MATERIALIZED ') . "($inner) $text" }
	$text =~ s/\b(FROM|JOIN|,) x\b/$1 ($inner) x/g;
	$text =~ s/\) x (y|l)\b/) $1/g;
	return $text;
}

sub shape_ties {
	my ($self) = @_;
	my $s = $self->scan('a');
	my $where = $self->where($s);
	return 'SELECT ' . $self->output_list($s) . ' FROM ' . from($s) . " WHERE $where ORDER BY $s->{name}{intent_score}" . pick('', ' DESC') .
		' FETCH FIRST ' . pick(1, 5, 20) . ' ROWS WITH TIES';
}

# Several rows out of one, and a volatile condition.
sub shape_multiplied {
	my ($self, $q) = @_;
	my $s = $self->scan('a');
	my $where = $self->where($s);
	my $n = $s->{name};
	return "SELECT x.h, x.s FROM (SELECT $n->{hem} AS h, $n->{intent_score} AS s, generate_series(1, 2) FROM " . from($s) . " WHERE $where) x" if chance(0.5);
	return "SELECT $n->{hem}, unnest(ARRAY[$n->{topic_id}, 1]) FROM " . from($s) . " WHERE $where AND random() < 2";
}

# Statements that write to local tables.
sub shape_written {
	my ($self, $q) = @_;
	my $s = $self->scan('a');
	my ($table, $on, $where) = $self->join_parts($s, 'c', 1);
	my $n = $s->{name};
	$q->{before} = ['BEGIN'];
	$q->{after} = ['ROLLBACK'];
	my $key = "$local_output{$table}[0]";
	return "DELETE FROM crm.$table c USING " . from($s) . " WHERE $on AND $where RETURNING $key" if chance(0.4);
	return "UPDATE crm.$table c SET $1 = c.$1 FROM " . from($s) . " WHERE $on AND $where RETURNING $key" if chance(0.6) && $key =~ /c\.(\w+)/;
	return "WITH i AS (INSERT INTO crm.accounts (id, name) SELECT $n->{intent_score}\::integer, $n->{company} FROM " . from($s) .
		", crm.$table c WHERE $on AND $where RETURNING *) SELECT id, name FROM i";
}

sub shape_locked {
	my ($self) = @_;
	my $s = $self->scan('a');
	my ($table, $on, $where) = $self->join_parts($s, 'c', 1);
	return 'SELECT ' . $self->output_list($s) . " FROM crm.$table c JOIN " . from($s) . " ON $on WHERE $where FOR UPDATE OF c" if chance(0.7);
	return 'SELECT ' . $self->output_list($s) . " FROM crm.$table c JOIN " . from($s) . " ON $on WHERE $where FOR SHARE OF c";
}

# A cursor's fetches, one after the other.
sub shape_cursor {
	my ($self, $q) = @_;
	my $s = $self->scan('a');
	my $where = $self->where($s);
	my $scroll = chance(0.6);
	my $hold = chance(0.2);
	$q->{compare} = 'ordered';
	my $text = 'SELECT ' . $self->output_list($s, 1) . ' FROM ' . from($s) . " WHERE $where" . $self->order($s);
	$q->{before} = [ 'BEGIN', 'DECLARE cur ' . ($scroll ? 'SCROLL ' : '') . 'CURSOR ' . ($hold ? 'WITH HOLD ' : '') . "FOR $text", $hold ? 'COMMIT' : () ];
	my @fetches = map { pick(1, 5, 100, 'FORWARD ALL', $scroll ? ('BACKWARD 3', 'FIRST', 'LAST', 'ABSOLUTE 7', 'PRIOR', 'RELATIVE -2', 'BACKWARD ALL') : ()) } 1 .. between(1, 6);
	$q->{steps} = [ map { "FETCH $_ FROM cur" } @fetches ];
	$q->{after} = [ $hold ? 'CLOSE cur' : 'ROLLBACK' ];
	return '';
}

1;
