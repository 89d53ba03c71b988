# Grammar.pm: scans of foreign tables and conditions on them, drawn at random.
#
# A piece of SQL that may be left out without making the statement invalid stands between \x01 and
# \x02: that is how a difference is made small. \x03N\x03 is the Nth scan: the foreign table, or what
# stands for it in the local copy.
package Grammar;

use strict;
use warnings;
use World;

# Constructs left out while a bug is open; see the README.
our %excluded = ();

# "must": the statement may not fail. Whatever cannot be sure to work calls loosen().
sub new {
	my ($class, $world) = @_;
	return bless { world => $world, %$world{qw(live wide values common tables)} }, $class;
}

sub chance { return rand() < $_[0] }
sub pick { return $_[ int rand @_ ] }
sub between { my ($low, $high) = @_; return $low + int rand($high - $low + 1) }
sub quote { return World::quote(@_) }
sub optional { return "\x01$_[0]\x02" }

sub loosen { $_[0]{q}{must} = 0; return }

# ---- values: a literal, or a parameter of the prepared statement

sub array_text {
	return '{' . join(',', map { my $v = $_; defined $v ? do { $v =~ s/(["\\])/\\$1/g; qq("$v") } : 'NULL' } @_) . '}';
}

# value(TYPE, sub that draws one): SQL for it
sub value {
	my ($self, $type, $draw) = @_;
	my $q = $self->{q};
	if ($q->{prepare} && @{ $q->{params} } < 8 && chance(0.5)) {
		push @{ $q->{params} }, { type => $type, values => [ map { $draw->() } 1 .. $q->{executions} ] };
		return '$' . @{ $q->{params} };
	}
	my $v = $draw->();
	return "NULL::$type" unless defined $v;
	return $v if $type eq 'integer' && $v =~ /^\d{1,9}$/ && chance(0.8);
	return quote($v) if $type eq 'text' && chance(0.7);
	return quote($v) . "::$type";
}

# ---- topics

my @popular = (102391, 117801, 103007, 119420, 107744);
my @others = (103120, 104455, 110003, 117802, 118000, 135790, 136136, 140000, 131072, 999, -5);

sub draw_topic { return chance(0.8) ? pick(@popular) : pick(@others) }

sub draw_topics {
	my ($n) = @_;
	my %seen;
	$seen{ draw_topic() } = 1 while keys %seen < $n;
	return sort { $a <=> $b } keys %seen;
}

sub several { my $r = rand; return $r < 0.3 ? 1 : $r < 0.85 ? between(2, 4) : between(5, 8) }

# One topic condition: (SQL, array of the topics it asks for). Types: an integer column or a bigint one.
sub one_topic_condition {
	my ($self, $c) = @_;
	my $kind = int rand 14;
	my $type = pick(qw(integer integer bigint));
	if ($kind < 4) {
		my $v = $self->value($type, \&draw_topic);
		return (chance(0.8) ? "$c = $v" : "$v = $c", "ARRAY[$v]::integer[]");
	}
	if ($kind < 7) {
		my @v = map { $self->value('integer', \&draw_topic) } 1 .. several();
		push @v, 'NULL' if chance(0.1);
		return ("$c IN (" . join(', ', @v) . ')', 'ARRAY[' . join(', ', @v) . ']::integer[]');
	}
	if ($kind < 9) {
		my $v = $self->value("$type\[]", sub { array_text(draw_topics(several()), chance(0.1) ? undef : ()) });
		return ("$c = ANY ($v)", "$v\::integer[]");
	}
	if ($kind == 9) {
		my @v = map { $self->value($type, \&draw_topic) } 1 .. between(2, 3);
		return ('(' . join(' OR ', map { "$c = $_" } @v) . ')', 'ARRAY[' . join(', ', @v) . ']::integer[]');
	}
	if ($kind == 10) {
		my $v = $self->value(pick('numeric', 'double precision'), sub { draw_topic() . pick('', '.0', '.0', '.5') });
		return ("$c = $v", "(CASE WHEN $v\::numeric = trunc($v\::numeric) THEN ARRAY[$v]::integer[] ELSE '{}' END)");
	}
	if ($kind == 11) {
		my $s = 'SELECT topic_id FROM crm.topics WHERE grp = ' . $self->value('integer', sub { between(1, 5) });
		return ("$c = ANY (ARRAY($s))", "ARRAY($s)");
	}
	if ($kind == 12) {
		my $s = "(SELECT max(topic_id) FROM crm.topics WHERE grp = " . between(1, 5) . ')';
		return ("$c = $s", "ARRAY[$s]");
	}
	return ("$c = " . pick('9000000000', "'NaN'::numeric", "'Infinity'::float8", '(-1)', "'1e30'::numeric", 'NULL', '2147483648'), "'{}'::integer[]")
		if chance(0.3);
	my @v = draw_topics(2);
	return ("($c IN ($v[0], $v[1]) OR $c = $v[0])", "ARRAY[$v[0], $v[1]]");
}

# Conditions on the topic of a scan, and what they make of its source.
sub topic_conditions {
	my ($self, $s) = @_;
	my @conditions;
	for (1 .. (chance(0.15) ? 2 : 1)) {
		my ($sql, $topics) = $self->one_topic_condition($s->{name}{topic_id});
		push @conditions, $sql;
		$s->{topics} = $s->{topics} ? "loc.both($s->{topics}, $topics)" : $topics;
	}
	if (chance(0.03)) {
		my $v = $self->value('integer', sub { chance(0.5) ? undef : draw_topic() });
		push @conditions, "($v\::integer IS NULL OR $s->{name}{topic_id} = $v)";
		$s->{topics} = "loc.both($s->{topics}, CASE WHEN $v\::integer IS NULL THEN NULL ELSE ARRAY[$v]::integer[] END)";
	}
	return @conditions;
}

# ---- dates and saved audiences

sub draw_date { return chance(0.9) ? pick(@World::dates) : pick('2012-01-01', '2011-12-21', '2012-01-09') }

# Midnight, often: of the session's time zone, of Samoa's.
sub draw_instant { return draw_date() . pick('', '', ' 10:00+00', ' 12:00') }

sub date_conditions {
	my ($self, $s) = @_;
	my $c = $s->{name}{data_date};
	my $kind = rand 10;
	$s->{all_dates} = 1;
	return "$c = " . $self->value('date', \&draw_date) if $kind < 3;
	return "$c IN (" . join(', ', map { $self->value('date', \&draw_date) } 1 .. between(1, 3)) . ')' if $kind < 4;
	return "$c = ANY (" . $self->value('date[]', sub { array_text(map { draw_date() } 1 .. between(1, 3)) }) . ')'
		if $kind < 5;
	return "$c BETWEEN " . $self->value('date', \&draw_date) . ' AND ' . $self->value('date', \&draw_date) if $kind < 6;
	return ("$c >= " . $self->value('timestamp', sub { draw_date() . pick('', ' 00:00', ' 12:30') }),
		"$c " . pick('<', '<=') . ' ' . $self->value('timestamp', sub { draw_date() . pick('', ' 12:30') })) if $kind < 7;
	return ("$c IN (" . join(', ', map { $self->value('date', \&draw_date) } 1 .. 3) . ')', "$c " . pick(qw(< > >= <=)) . ' ' .
		$self->value(pick('timestamp', 'date'), \&draw_date)) if $kind < 7.4;
	return ("$c > " . $self->value('date', \&draw_date), "$c <= '2012-01-08'::date") if $kind < 8;
	return ("$c >= " . $self->value('timestamptz', sub { draw_date() . pick('', ' 05:00', ' 23:59:59+09', ' 00:00-08') }),
		"$c <= " . $self->value('timestamptz', sub { draw_date() . pick('', ' 19:00') })) if $kind < 8.3;
	return "$c = " . $self->value('timestamptz', \&draw_instant) if $kind < 8.4;
	return "$c = ANY (" . $self->value('timestamptz[]', sub { array_text(map { draw_instant() } 1 .. between(1, 3)) }) . ')'
		if $kind < 8.5;
	return "$c = " . $self->value('timestamp', sub { draw_date() . pick('', '', ' 01:00') }) if $kind < 8.7;
	return "$c = '2012-01-01'::date - " . $self->value('integer', sub { between(1, 3) }) if $kind < 9;
	my $v = $self->value('date', sub { chance(0.5) ? undef : draw_date() });
	$s->{dates} = "CASE WHEN $v\::date IS NOT NULL THEN " . all_dates() . ' END';
	return "($v\::date IS NULL OR $c = $v)";
}

sub all_dates { return 'ARRAY[' . join(', ', map { "'$_'" } @World::dates) . ']::date[]' }

sub draw_audience { return pick(sort keys %World::audiences) }

sub audience_conditions {
	my ($self, $s) = @_;
	my $c = $s->{name}{audience_id};
	my $kind = int rand 4;
	if ($kind < 2) {
		my $v = $self->value('uuid', \&draw_audience);
		$s->{audience} = "ARRAY[$v]::uuid[]";
		return "$c = $v";
	}
	if ($kind == 2) {
		my @v = map { $self->value('uuid', \&draw_audience) } 1 .. between(1, 3);
		$s->{audience} = 'ARRAY[' . join(', ', @v) . ']::uuid[]';
		return "$c IN (" . join(', ', @v) . ')';
	}
	my $v = $self->value('uuid[]', sub { array_text(map { draw_audience() } 1 .. between(1, 2)) });
	$s->{audience} = "$v\::uuid[]";
	return "$c = ANY ($v)";
}

# ---- numbers

sub draw_score {
	my $r = rand;
	return $r < 0.85 ? between(1, 100) : $r < 0.95 ? between(-3, 130) : pick(0, 1, 100, 101, 32767, 2147483647);
}

# A number beside a score: any type, at times beyond all bounds.
sub number {
	my ($self) = @_;
	my $r = rand;
	return $self->value('integer', \&draw_score) if $r < 0.6;
	return $self->value('bigint', sub { chance(0.9) ? draw_score() : pick('9000000000', '-9000000000') }) if $r < 0.68;
	return $self->value('numeric', sub {
		chance(0.85) ? draw_score() . pick('', '.0', '.5', '.25', '.999999')
			: pick('NaN', '1e30', '-1e30', '0.0001', 'Infinity', '-Infinity') }) if $r < 0.83;
	return $self->value('double precision', sub {
		chance(0.85) ? draw_score() . pick('', '.5', '.1') : pick('NaN', 'Infinity', '-Infinity', '1e300', '1e18') })
		if $r < 0.93;
	return $self->value('real', sub { draw_score() . pick('', '.5') }) if $r < 0.95;
	return 'NULL' if $r < 0.96;
	return $self->value('smallint', sub { between(1, 100) }) if $r < 0.98;
	return '(SELECT max(min_score) FROM crm.contacts)';
}

sub integers { my ($self) = @_; return map { $self->value('integer', \&draw_score) } 1 .. between(1, 4) }

# A condition on a score or the like, of any form.
sub number_condition {
	my ($self, $c) = @_;
	my $kind = int rand 18;
	my $op = pick('=', '<', '<=', '>', '>=', '>=', '>=', '<=');
	return "$c $op " . $self->number if $kind < 7;
	return $self->number . " $op $c" if $kind < 8;
	return "$c BETWEEN " . $self->number . ' AND ' . $self->number if $kind < 10;
	return "$c IN (" . join(', ', $self->integers, chance(0.15) ? 'NULL' : ()) . ')' if $kind < 11;
	return "$c = ANY (" . $self->value(pick('integer[]', 'numeric[]', 'bigint[]'),
		sub { chance(0.1) ? '{}' : array_text(map { draw_score() } 1 .. between(1, 5)) }) . ')' if $kind < 12;
	return "($c = " . join(" OR $c = ", $self->integers) . ')' if $kind < 13;
	return "NOT ($c $op " . $self->number . ')' if $kind < 14;
	return "($c < " . $self->number . " OR $c > " . $self->number . ')' if $kind < 15;
	return $self->local_number_condition($c) if $kind < 17;
	my $v = $self->value('integer', sub { chance(0.4) ? undef : draw_score() });
	return "($v\::integer IS NULL OR $c >= $v)";
}

sub local_number_condition {
	my ($self, $c) = @_;
	my $sql = pick('C <> N', 'C NOT IN (N, 5, 50)', 'C IS NOT NULL', '(C > 50) IS NOT TRUE', 'C + 0 >= N', "C::text LIKE '%5'",
		'abs(C) > 40', 'C IS DISTINCT FROM N', "C > ALL ('{10,20}'::integer[])", "C > ANY ('{70,20}'::integer[])",
		'CASE WHEN C > 50 THEN C < 90 ELSE C > N END', '(C >= N AND C < 60 OR C = N)', 'C BETWEEN SYMMETRIC 80 AND 20', '-C < -60',
		'C >= (SELECT N)', 'C >= greatest(N, 40)', 'C > length(repeat(\'x\', 40))');
	$sql =~ s/\bC\b/$c/g;
	$sql =~ s/\bN\b/$self->number/ge;
	return $sql;
}

sub overlap_condition {
	my ($self, $s, $c) = @_;
	my $n = sub { $self->value('integer', sub { chance(0.85) ? between(1, 3) : pick(0, -1, 4, 10, 11, 1000) }) };
	my @sent = ('C >= N', 'C > N', 'N <= C');
	my $sql = !$self->carried('topic_overlap') || chance(0.4) ? pick(@sent)
		: pick('C = N', 'C < N', 'C <= N', 'C <> N', 'C IN (N, N)', 'C BETWEEN N AND N', 'C >= N::integer + 0.5', 'C IS NULL');
	$sql =~ s/\bC\b/$c/g;
	$sql =~ s/\bN\b/$n->()/ge;
	return $sql;
}

# ---- strings

# Values that differ from others in case only, or are parts of others.
my %near = (company => [ 'acme', 'ACME', 'Acme Inc', 'acme inc', 'Globex', 'globex', 'Müller GmbH', 'müller gmbh', ' acme ', '東京' ],
	job_title => [ 'vp sales', 'VP Sales', 'director', 'Director', 'ceo', 'CEO', 'sales', 'team_lead', 'team lead' ],
	gender => [qw(male female)], state => [ 'new york', 'New York', 'kansas', 'virginia' ], company_domain => [ 'acme.example', 'ACME.example' ],
	email => [ 'ANNA.254@jollyengine.example' ]);

sub draw_string {
	my ($self, $column, $plain) = @_;
	return pick(@{ $near{$column} }) if $near{$column} && chance(0.3);
	my $all = $self->{values}{$column};
	my $r = rand;
	my $v = $r < 0.7 ? pick(@{ $self->{common}{$column} }) : $r < 0.9 ? pick(@$all) : undef;
	if (!defined $v && !$plain) {
		$v = pick('nobody at all', 'ACME INC', '', lc pick(@$all), uc pick(@$all), ' ' . pick(@$all), 'x' x 300, "it's", 'a"b\\c');
	}
	$v //= pick(@{ $self->{common}{$column} });
	return $plain && ($v eq '' || length $v > 200) ? 'none of these' : $v;
}

# Equality in all its forms: what can be sent. "plain" leaves out what the API does not take.
sub equal_condition {
	my ($self, $c, $type, $draw) = @_;
	my $kind = int rand 15;
	my $v = sub { $self->value($type, $draw) };
	return "$c = " . $v->() if $kind < 5;
	return $v->() . " = $c" if $kind < 6;
	return "$c IN (" . join(', ', map { $v->() } 1 .. between(2, 4)) . (chance(0.1) ? ', NULL' : '') . ')' if $kind < 8;
	return "$c = ANY (" . $self->value("$type\[]", sub {
		my $r = rand;
		$r < 0.05 ? undef : $r < 0.1 ? '{}' : array_text((map { $draw->() } 1 .. between(1, 4)), chance(0.1) ? undef : ()) }) . ')'
		if $kind < 10;
	return "($c = " . $v->() . " OR $c = " . $v->() . ')' if $kind < 11;
	return "($c = " . $v->() . " OR $c IN (" . $v->() . ', ' . $v->() . '))' if $kind < 12;
	return "$c = (SELECT " . $v->() . ')' if $kind < 13;
	return "$c = ANY (ARRAY(SELECT unnest(ARRAY[" . $v->() . ', ' . $v->() . "]::$type\[])))" if $kind < 14;
	return chance(0.5) ? "$c = NULL" : "($c = " . $v->() . " AND $c = " . $v->() . ')';
}

sub pattern {
	my ($self, $column) = @_;
	my $v = pick(@{ $self->{common}{$column} });
	utf8::decode($v);
	$v = substr $v, between(0, length($v) < 4 ? 0 : 3), between(1, 7);
	utf8::encode($v);
	$v = pick('acme', 'sales', 'VP', 'a_m', 'a%e', '100\\%', 'e', '_', '') if chance(0.3);
	$v = chance(0.5) ? lc $v : uc $v if chance(0.4);
	return pick('', '%', '%', '%') . $v . (substr($v, -1) eq '\\' ? '\\' : '') . pick('', '%', '%', '%');
}

# What only PostgreSQL can check, mostly: C is the column, V a value, P a pattern.
my @local_strings = ('C <> V', 'C NOT IN (V, V)', 'C IS NULL', 'C IS NOT NULL', 'C LIKE P', 'C ILIKE P', 'C LIKE P', 'C ILIKE P',
	'C NOT LIKE P', 'lower(C) = lower(V)', 'lower(C) = V', 'upper(C) = upper(V)', 'length(C) > 8', 'C > V', "C BETWEEN 'a' AND 'n'",
	"C ~ 'acme|vp'", "COALESCE(C, 'none') = V", '(C = V) IS NOT TRUE', '(C = V) IS TRUE', 'C IS DISTINCT FROM V', 'C COLLATE "POSIX" = V',
	'NOT (C = V)', "C || '' = V", 'C::varchar = V', 'C = upper(V)', "strpos(C, 'e') > 2", "C <> ALL (ARRAY[V, 'x'])", 'C = lower(C)',
	"C ^@ 'A'", '(C = V OR C LIKE P)', 'C LIKE lower(P)', "C = ANY (string_to_array(V, ','))", 'C = V::varchar', 'C::text = V', 'C IN (SELECT V)',
	'C NOT IN (SELECT name FROM crm.accounts WHERE tier = 1)', 'C IN (SELECT name FROM crm.accounts WHERE tier = 2)');

sub local_string_condition {
	my ($self, $c, $column) = @_;
	my $sql = pick(@local_strings);
	$sql =~ s/\bC\b/$c/g;
	$sql =~ s/\bV\b/$self->value('text', sub { $self->draw_string($column) })/ge;
	$sql =~ s/\bP\b/$self->value('text', sub { $self->pattern($column) })/ge;
	return $sql;
}

# What a server known to ignore case or to match parts can be asked for.
sub matched_condition {
	my ($self, $c, $column) = @_;
	my $sql = pick('C LIKE P', 'C ILIKE P', 'C ILIKE V', 'lower(C) = lower(V)', 'lower(C) = V', 'V = lower(C)', 'lower(C) = lower(V) AND C ILIKE P',
		'C LIKE P AND C = V', 'C IN (V, V) AND C ILIKE P', 'lower(C) IN (V, V)', 'C LIKE V', "C LIKE '%' || V || '%'", "C ILIKE '%' || lower(V) || '%'");
	$sql =~ s/\bC\b/$c/g;
	$sql =~ s/\bV\b/$self->value('text', sub { $self->draw_string($column) })/ge;
	$sql =~ s/\bP\b/$self->value('text', sub { $self->pattern($column) })/ge;
	return $sql;
}

# ---- booleans

sub boolean_condition {
	my ($self, $c, $sendable) = @_;
	my $b = sub { $self->value('boolean', sub { pick('t', 'f') }) };
	my @sent = ('C', 'C = B', 'C <> B', 'B = C', 'NOT C', 'C IS TRUE', 'C IS FALSE', 'C IN (true, false)',
		"C = ANY ('{t,f}'::boolean[])", '(C OR NOT C)', 'NOT (C = B)');
	my $sql = pick(@sent, $sendable ? () : ('C IS NOT TRUE', 'C IS NOT FALSE', 'C IS NULL', 'C IS UNKNOWN', 'C IS DISTINCT FROM B',
		'COALESCE(C, B)', '(C OR C IS NULL)', "C::text = 'true'"));
	$sql =~ s/\bC\b/$c/g;
	$sql =~ s/\bB\b/$b->()/ge;
	return $sql;
}

# ---- scans

my %kind_of = (hem => 'string', intent_score => 'number', topic_id => 'topic', topic_overlap => 'overlap',
	matched_topic_ids => 'array', is_b2b => 'boolean', is_b2c => 'boolean', data_date => 'date', audience_id => 'audience',
	company_revenue => 'number', (map { $_ => 'boolean' } qw(has_business_email has_personal_email has_linkedin has_phone)));
my @strings = qw(email company job_title seniority state gender company_domain company_industry company_size department
	company_revenue_range age_range city first_name last_name hem phones topic_name headline);
my %sent = map { $_ => 1 } qw(company job_title seniority state gender company_domain company_industry company_size department
	company_revenue_range age_range);
my %listed = map { $_ => 1 } qw(seniority company_industry company_size department company_revenue_range age_range);

# Do rows carry the column?
sub carried {
	my ($self, $column) = @_;
	return 0 if $column =~ /^has_(business_email|personal_email|linkedin|phone)$/ || $column eq 'audience_id';
	return 1 if $self->{live} || $column eq 'data_date';
	return $column =~ /^(hem|intent_score|topic_id|email|company|job_title)$/;
}

# scan(alias, options): a foreign table with what a statement can say of it.
#   kinds => [..] only such tables; plain => 1: its names are those of "audience"
sub scan {
	my ($self, $alias, %with) = @_;
	my @names = grep {
		my $t = $self->{tables}{$_};
		(!$with{kinds} || grep { $t->{kind} eq $_ } @{ $with{kinds} }) && (!$with{plain} || !$t->{other})
	} sort keys %{ $self->{tables} };
	my @matched = grep { $self->{tables}{$_}{match} } @names;
	my @other = grep { $self->{tables}{$_}{other} } @names;
	my $table = $with{table} || (@matched && chance(0.2) ? pick(@matched) : @other && chance(0.12) ? pick(@other) : chance(0.3) ? 'audience' : pick(@names));
	my $t = $self->{tables}{$table};
	my $s = { table => $table, t => $t, alias => $alias, kind => $t->{kind}, conditions => [], pinned => {} };
	my %other;
	for my $column (grep { $_->[3] } @World::other_columns) {
		$other{ $column->[3] } = $column->[0] if !$other{ $column->[3] } || chance(0.5);
	}
	my @columns = $t->{other} ? keys %other : map { $_->[0] } @{ $self->{world}{columns} };
	$s->{name} = { map { $_ => "$alias." . ($t->{other} ? $other{$_} : $_) } @columns };
	push @{ $self->{q}{scans} }, $s;
	$s->{number} = $#{ $self->{q}{scans} };
	return $s;
}

sub from { my ($s) = @_; return "\x03$s->{number}\x03 $s->{alias}" }

# What the scan reads as its input. "none": the caller's join supplies the topic.
sub add_input {
	my ($self, $s, $none) = @_;
	return if $none;
	if ($s->{kind} eq 'any' && !$s->{t}{bounds} && chance(0.08)) {
		push @{ $s->{conditions} }, $self->audience_conditions($s);
		push @{ $s->{conditions} }, "$s->{name}{topic_id} IN (102391, 117801)" if chance(0.1);
	}
	elsif ($s->{kind} =~ /any/ || ($s->{kind} eq 'each' && !$s->{t}{topics})) {
		push @{ $s->{conditions} }, $self->topic_conditions($s);
	}
	elsif (chance(0.4)) {
		my ($sql) = $self->one_topic_condition($s->{name}{topic_id});
		push @{ $s->{conditions} }, optional_and($sql);
	}
	return;
}

sub optional_and { return optional(" AND $_[0]") }

# One more condition on any column; rows that do not carry it limit its form.
sub add_condition {
	my ($self, $s) = @_;
	my @columns = grep { $_ ne 'topic_id' && $_ ne 'data_date' && $_ ne 'audience_id' } sort keys %{ $s->{name} };
	my @known = grep { $kind_of{$_} || $self->{values}{$_} } @columns;
	my @again = grep { exists $s->{name}{$_} } sort keys %{ $s->{touched} };
	my @asked = grep { $sent{$_} || /^has_|^is_b2b$|^topic_overlap$/ } @known;
	my $column = chance(0.25) ? 'intent_score' : chance(0.4) ? pick(@asked) : @again && chance(0.3) ? pick(@again) : pick(@known);
	$column = pick(qw(company job_title state gender company_domain)) if $s->{t}{match} && chance(0.6);
	$column = pick(qw(company email seniority company)) if $s->{t}{other} && chance(0.3);
	my $sql = $self->condition_on($s, $column);
	push @{ $s->{conditions} }, optional_and($sql) if defined $sql;
	return;
}

# A condition on a column; undef if none could work and none is wanted.
sub condition_on {
	my ($self, $s, $column) = @_;
	my $c = $s->{name}{$column};
	my $kind = $kind_of{$column} || 'string';
	$s->{touched}{$column} = 1;
	my $carried = $self->carried($column);
	if (!$carried && !$self->can_be_sent($s, $column, $kind)) {
		return if !$self->{q}{hostile} || $self->is_trusted($s, $column);
		return $self->hostile_condition($c, $column, $kind);
	}
	return $self->number_condition($c) if $kind eq 'number';
	return $self->overlap_condition($s, $c) if $kind eq 'overlap';
	return pick("$c && ARRAY[" . draw_topic() . ']', "$c \@> ARRAY[" . draw_topic() . ']', "cardinality($c) > 1",
		draw_topic() . " = ANY ($c)", "$c = ARRAY[" . draw_topic() . ']', "$c\[1] > 110000") if $kind eq 'array';
	$s->{pinned}{$column} = 1 if $kind eq 'boolean' && !$carried;
	return $self->boolean_condition($c, !$carried) if $kind eq 'boolean';
	return $self->string_condition($s, $column, $c, $carried);
}

# Can an exact condition on a column that rows do not carry be sent?
sub can_be_sent {
	my ($self, $s, $column, $kind) = @_;
	return 0 if $s->{kind} eq 'audience' || $s->{audience};
	return 1 if $column =~ /^has_/;
	return 1 if $kind eq 'overlap' || $column eq 'is_b2b';
	return 0 if $self->{wide} || !$sent{$column};
	return !$s->{t}{other} || $column eq 'seniority';
}

# Is an exact condition sent although the server matches more widely? The rows are then the server's.
sub is_trusted {
	my ($self, $s, $column) = @_;
	return $self->{wide} && $sent{$column} && $s->{kind} ne 'audience' && !$s->{audience};
}

# A condition that can neither be sent nor checked: an error is right, other rows are not.
sub hostile_condition {
	my ($self, $c, $column, $kind) = @_;
	$self->loosen;
	return pick("$c IS NULL", "$c IS NOT TRUE", "COALESCE($c, true)", "NOT $c") if $kind eq 'boolean';
	return pick("$c > 1", "$c IS NULL", "$c = 2", "$c < 5") if $kind =~ /number|overlap/;
	return pick("$c IS NULL", "cardinality($c) > 1", "$c IS NOT NULL") if $kind eq 'array';
	return pick("$c IS NULL", "$c IS NOT NULL", "$c > 'k'", "$c <> 'x'", "COALESCE($c\::text, 'k') < 'm'");
}

sub string_condition {
	my ($self, $s, $column, $c, $carried) = @_;
	my $enum = $s->{t}{other} && $column eq 'seniority';
	my $type = $enum ? 'seniority_enum' : 'text';
	my $draw = $enum ? sub { pick(qw(vp director svp cxo manager senior entry owner)) } : sub { $self->draw_string($column, !$carried) };
	if (!$carried && $listed{$column} && !$enum && chance(0.35)) {
		# which of a list matched is not known
		my @values = @{ $self->{common}{$column} };
		splice @values, int rand @values, 1 while @values > 2 + (@values % 2);
		$s->{unknown}{$column} = !$s->{untold}{$column};
		return "$c IN (" . join(', ', map { $_ eq '' ? "'none'" : quote($_) } @values) . ')';
	}
	if (!$carried) {
		$s->{untold}{$column} = 1;
		delete $s->{unknown}{$column};
		my $sql = $self->equal_condition($c, $type, $draw);
		$s->{pinned}{$column} = 1 if !$listed{$column} && $sql !~ /NULL/;
		return $sql;
	}
	return pick("$c > 'director'", "$c IS NULL", "$c <> 'vp'", "$c\::text LIKE '%o%'", $self->equal_condition($c, $type, $draw))
		if $enum;
	return $self->matched_condition($c, $column) if $s->{t}{match} && chance(0.6);
	return $self->equal_condition($c, $type, $draw) if chance(0.6);
	return $self->local_string_condition($c, $column) unless $s->{t}{other};
	return pick("$c IS NULL", "$c IS NOT NULL", "$c <> 'x'", "$c LIKE '%a%'", "$c > 'm'");
}

# Conditions under OR and NOT, on columns that rows carry.
sub compound_condition {
	my ($self, $s) = @_;
	my @columns = grep { $self->carried($_) && ($kind_of{$_} || $self->{values}{$_}) && $_ !~ /^(topic_id|data_date)$/ }
		sort keys %{ $s->{name} };
	if (chance(0.3)) {
		my @equal = map { my $column = $_; $s->{name}{$column} . ' = ' . $self->value('text', sub { $self->draw_string($column) }) }
			map { pick(grep { $sent{$_} && !($s->{t}{other} && /^(seniority|state)$/) } @columns) } 1 .. 2;
		return '(' . join(' OR ', @equal) . ')';
	}
	my @parts = map { $self->condition_on($s, pick(@columns)) } 1 .. between(2, 3);
	return pick('(' . join(' OR ', @parts) . ')', 'NOT (' . join(' AND ', @parts) . ')', "(($parts[0]) = ($parts[1]))",
		"(($parts[0]) AND ($parts[1]) OR true = ($parts[0]))");
}

# All conditions of a scan as the text after WHERE; more => SQL of the caller's.
sub where {
	my ($self, $s, %with) = @_;
	$self->add_input($s, $with{no_input});
	push @{ $s->{conditions} }, $self->date_conditions($s)
		if !$with{no_date} && chance($s->{audience} ? 0.1 : 0.15);
	my $n = int rand 4;
	$self->add_condition($s) for 1 .. $n;
	push @{ $s->{conditions} }, optional_and($self->compound_condition($s)) if chance(0.12);
	return join '', 'true', (map { /^\x01/ ? $_ : " AND $_" } @{ $s->{conditions} }), @{ $with{more} || [] };
}

# Columns that may be used in any way.
sub usable {
	my ($self, $s) = @_;
	my @columns = grep { $_ ne 'person' } sort keys %{ $s->{name} };
	my @usable = grep { $self->carried($_) || $s->{pinned}{$_} } @columns;
	return @usable if !$self->{q}{hostile} || chance(0.5);
	$self->loosen;
	return grep { !$s->{touched}{$_} } @columns;
}

# A column that rows do not carry and no condition mentions reads NULL as it is: \x06foreign\x07local\x08.
sub unknown_outputs {
	my ($self, $s) = @_;
	my @columns = grep { !$self->carried($_) && (!$s->{touched}{$_} || $s->{unknown}{$_}) && !($_ eq 'audience_id' && ($s->{audience} || $s->{kind} eq 'audience')) }
		grep { $_ ne 'person' && !($_ eq 'b2b_text' && $s->{touched}{is_b2b}) } sort keys %{ $s->{name} };
	return map { "\x06$s->{name}{$_}\x07NULL\x08" } map { pick(@columns, (grep { $s->{unknown}{$_} } @columns) x 20) } 1 .. (@columns && chance(0.3) ? between(1, 2) : 0);
}

# What identifies a row of the scan.
sub row_key {
	my ($self, $s) = @_;
	return map { $s->{name}{$_} } qw(hem topic_id data_date), $s->{audience} || $s->{kind} eq 'audience' ? 'audience_id' : ();
}

sub outputs {
	my ($self, $s) = @_;
	my @usable = grep { $self->carried($_) || $s->{pinned}{$_} } $self->usable($s);
	my @out = map { $s->{name}{$_} } map { chance(0.5) ? pick(qw(hem topic_id intent_score email company job_title)) : pick(@usable) }
		1 .. between(1, 4);
	push @out, $s->{name}{ pick(grep { $s->{name}{$_} } qw(topic_overlap matched_topic_ids)) } if $self->{live} && chance(0.15);
	push @out, "$s->{alias}.person->>'" . pick($self->{live} ? qw(seniority matchedTopicIds topicOverlap) : (), qw(email topicId intentScore jobTitle)) . "'"
		if !$s->{t}{other} && !$excluded{person} && chance(0.06);
	push @out, pick("upper($s->{name}{email})", "$s->{name}{intent_score} * 2", "$s->{name}{topic_id} || 'x'",
		"COALESCE($s->{name}{company}, '-')") if chance(0.15);
	return @out;
}

# ---- what stands for a scan

sub foreign_source { my ($s) = @_; return "ft.$s->{table}" }

sub local_source {
	my ($s) = @_;
	my $t = $s->{t};
	my $dates = $t->{date} ? "ARRAY['$t->{date}']::date[]" : $s->{dates} // ($s->{all_dates} ? all_dates() : 'NULL');
	my $bounds = $t->{bounds} ? ", $t->{bounds}" : '';
	my $fixed = $t->{topics} && 'ARRAY[' . join(', ', @{ $t->{topics} }) . ']';
	my $source = $s->{audience} || $t->{audience}
		? 'loc.audience(' . ($s->{audience} // "ARRAY['$t->{audience}']::uuid[]") . ", $dates)"
		: $s->{kind} eq 'each' ? 'loc.each_topic(' . ($fixed // 'NULL') . ", $dates$bounds)"
		: $s->{kind} eq 'fixed' ? "loc.any_topic($fixed, $dates$bounds)"
		: $s->{topics} ? "loc.any_topic($s->{topics}, $dates$bounds)"
		: "loc.each_topic(NULL, $dates$bounds)";
	return $source unless $t->{other};
	my @columns = map { my ($name, $type, undef, $from) = @$_;
		($from ne 'b2b_text' ? "z.$from\::$type" : "CASE z.is_b2b WHEN true THEN 'y' WHEN false THEN 'n' END") . " AS $name" } @World::other_columns;
	return '(SELECT ' . join(', ', @columns) . " FROM $source z)";
}

1;
