#!/usr/bin/perl
# selftest.pl: does the simulator do what README.md says?  Prints TAP.
#
# Usage: selftest.pl [path of intent_simulator]
# Only core modules.  SEED and QUERIES (a test) vary the random queries.  Answers are compared with a brute-force computation from
# /_sim/people.csv, which shares no code with the query path but the people.
use strict;
use warnings;
use utf8;

use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use HTTP::Tiny;
use IO::Socket::INET;
use IO::Uncompress::Gunzip qw(gunzip);
use JSON::PP;
use Test::More;
use Socket qw(IPPROTO_TCP TCP_NODELAY);
use Time::HiRes qw(sleep time);

binmode(Test::More->builder->$_, ':utf8') for qw(output failure_output todo_output);

my $program = $ARGV[0] || dirname(__FILE__) . '/intent_simulator';
my $dir = tempdir(CLEANUP => 1);
my $path = '/v1/intent/audiences/query';
my $json = JSON::PP->new->utf8->canonical->allow_nonref;
my $queries = $ENV{QUERIES} || 15;
my @pids;
my ($port, $base) = start('one');
my $http = HTTP::Tiny->new(keep_alive => 1, timeout => 20, max_redirect => 0);

# HTTP::Tiny writes head and body apart, which costs 40 ms with Nagle's algorithm.
{
	no warnings 'redefine';
	my $connect = \&HTTP::Tiny::Handle::connect;
	*HTTP::Tiny::Handle::connect = sub {
		my $handle = $connect->(@_);
		setsockopt($handle->{fh}, IPPROTO_TCP, TCP_NODELAY, 1);
		return $handle;
	};
}

sub start
{
	my ($name, @options) = @_;
	my $file = "$dir/$name";
	my $pid = fork();

	if ($pid == 0)
	{
		open(STDOUT, '>', '/dev/null');
		exec($program, '--port-file', $file, @options) or exit 1;
	}
	push @pids, $pid;
	for (1 .. 200) { last if -e $file; sleep 0.02; }
	open(my $f, '<', $file) or BAIL_OUT("the simulator did not start");
	my $listening = <$f>;
	chomp $listening;
	return ($listening, "http://127.0.0.1:$listening");
}

END { kill 'TERM', @pids if @pids; }

sub post
{
	my ($body, %headers) = @_;
	my $text = ref $body ? $json->encode($body) : $body;

	%headers = ('X-API-Key' => 'sk_test_simulator', 'Content-Type' => 'application/json', %headers);
	delete $headers{$_} for grep { !defined $headers{$_} } keys %headers;
	# HTTP::Tiny sends a Content-Type of its own choice unless told one
	my $r = $http->request('POST', "$base$path", { headers => \%headers, content => $text });
	$r->{json} = eval { $json->decode($r->{content}) };
	return $r;
}

sub control
{
	my ($method, $what, $content) = @_;
	my %o = defined $content ? (content => ref $content ? $json->encode($content) : $content) : ();
	my $r = $http->request($method, "$base/_sim/$what", \%o);
	return wantarray ? ($r->{status}, $r->{content}) : $r->{content};
}

sub reset_to
{
	control('POST', 'reset');
	my ($status, $text) = control('PUT', 'config', $_[0] || {});
	BAIL_OUT("config refused: $text") if $status != 200;
}

sub fault
{
	my ($fault, %more) = @_;
	reset_to({ faults => [ { fault => $fault, %more } ] });
}

# All pages of a query: (rows, metas).
sub read_all
{
	my ($body) = @_;
	my (@rows, @metas, $cursor);
	for (1 .. 1000)
	{
		my $r = post({ %$body, $cursor ? (cursor => $cursor) : () });
		return ("status $r->{status}: $r->{content}") if $r->{status} != 200;
		push @rows, @{ $r->{json}{data} };
		push @metas, $r->{json}{meta};
		return (\@rows, \@metas) if !$r->{json}{meta}{hasMore};
		$cursor = $r->{json}{meta}{nextCursor};
	}
	return ('endless');
}

# --- people.csv -----------------------------------------------------------

sub parse_csv
{
	my ($text) = @_;
	my @lines = ([]);
	utf8::decode($text);
	while ($text =~ /\G(?:"((?:[^"]|"")*)"|([^",\n]*))([,\n])/gc)
	{
		my ($quoted, $bare, $end) = ($1, $2, $3);
		$quoted =~ s/""/"/g if defined $quoted;
		push @{ $lines[-1] }, defined $quoted ? $quoted : length $bare ? $bare : undef;
		push @lines, [] if $end eq "\n";
	}
	pop @lines;
	my @names = @{ shift @lines };
	return map { my %row; @row{@names} = @$_; \%row } @lines;
}

sub people
{
	my %people;
	for my $line (parse_csv(scalar control('GET', 'people.csv' . ($_[0] ? "?date=$_[0]" : ''))))
	{
		my $p = $people{ $line->{person} } ||= $line;
		$p->{scores}{ $line->{topic_id} } = $line->{intent_score};
	}
	return map { $people{$_} } sort { $a <=> $b } keys %people;
}

my %column = (
	companyIndustry => 'company_industry', seniority => 'seniority',
	companySize => 'company_size', department => 'department',
	companyRevenueRange => 'company_revenue_range', ageRange => 'age_range',
	state => 'state', gender => 'gender', jobTitle => 'job_title',
	companyDomain => 'company_domain', companyName => 'company');
my @arrays = qw(companyIndustry seniority companySize department companyRevenueRange ageRange);
my @strings = qw(state gender jobTitle companyDomain companyName);
my %presence = (
	hasBusinessEmail => 'business_email', hasPersonalEmail => 'personal_email',
	hasLinkedin => 'linkedin_url', hasPhone => 'phones');

sub text_matches
{
	my ($value, $asked, $wide) = @_;
	return 0 if !defined $value;
	return $wide ? index(lc $value, lc $asked) >= 0 : $value eq $asked;
}

sub passes
{
	my ($p, $filters, $wide) = @_;
	for my $name (keys %$filters)
	{
		my $asked = $filters->{$name};
		if (my $column = $column{$name})
		{
			my @any = ref $asked ? @$asked : ($asked);
			return 0 if !grep { text_matches($p->{$column}, $_, $wide) } @any;
		}
		elsif ($name eq 'isB2b')
		{
			return 0 if ($p->{is_b2b} // '') ne ($asked eq 'y' ? 't' : 'f');
		}
		else
		{
			return 0 if (defined $p->{ $presence{$name} } ? 1 : 0) != ($asked ? 1 : 0);
		}
	}
	return 1;
}

# The expected rows as "hem score topic overlap matched".
sub brute_force
{
	my ($body, $wide, @people) = @_;
	my ($min, $max, $overlap) = ($body->{minScore} // 70, $body->{maxScore} // 100, $body->{minTopicOverlap} // 1);
	my @expected;
	for my $p (@people)
	{
		next if !passes($p, $body->{filters} || {}, $wide);
		my %asked = map { $_ => 1 } @{ $body->{topicIds} };
		my @matched = sort { $a <=> $b } grep { $asked{$_} && $p->{scores}{$_} >= $min && $p->{scores}{$_} <= $max } keys %{ $p->{scores} };
		next if !@matched || @matched < $overlap;
		my ($best) = sort { $p->{scores}{$b} <=> $p->{scores}{$a} || $a <=> $b } @matched;
		push @expected, "$p->{hem} $p->{scores}{$best} $best " . @matched . " @matched";
	}
	return @expected;
}

sub live_row
{
	my ($r) = @_;
	return "$r->{emailHashes}{sha256} $r->{intentScore} $r->{topicId} $r->{topicOverlap} @{ $r->{matchedTopicIds} }";
}

sub pick { return $_[ rand @_ ] }

my %some = (
	companyIndustry => [qw(software banking retail), 'software development'], seniority => [qw(vp svp director cxo VP)],
	companySize => ['1 to 10', '51 to 100', '101 to 250'], department => [qw(marketing sales it)],
	companyRevenueRange => ['1 million to 5 million', 'under 1 million'], ageRange => ['18-24', '25-34', '65 and older'],
	state => ['new york', 'kansas', 'virginia', 'île'], gender => [qw(male female MALE)],
	jobTitle => ['vp sales', 'director', 'CEO', 'engineer', '部長', 'INGÉNIEUR', '%'],
	companyDomain => ['acme.example', 'sub.acme.example', 'mueller.example'],
	companyName => ['acme', 'acme inc', 'müller', 'MÜLLER GMBH', '東京', 'globex', 'inc']);

sub random_filters
{
	my %f;
	for (1 .. int rand 3)
	{
		my $name = pick(@arrays, @strings, keys %presence, 'isB2b');
		my $values = $some{$name};
		$f{$name} = $name eq 'isB2b' ? pick('y', 'n')
			: $presence{$name} ? pick(JSON::PP::true, JSON::PP::false)
			: (grep { $_ eq $name } @arrays) ? [ map { pick(@$values) } 0 .. rand 3 ]
			: pick(@$values);
	}
	return \%f;
}

my @topics = map { (split)[0] } split /\n/, control('GET', 'topics');

sub random_query
{
	my @ids = map { pick(@topics[0 .. 20], @topics) } 0 .. rand 6;
	push @ids, 117801 if rand() < 0.5;
	push @ids, 102391 if rand() < 0.5;
	my %q = (topicIds => [ map { $_ + 0 } @ids ], limit => 100, filters => random_filters());
	$q{minScore} = 1 + int rand 100 if rand() < 0.7;
	$q{maxScore} = 1 + int rand 100 if rand() < 0.3;
	$q{minTopicOverlap} = 1 + int rand 3 if rand() < 0.3;
	$q{date} = pick('2026-11-20', '2026-11-21', '2026-11-22') if rand() < 0.3;
	return \%q;
}

# --- tests ----------------------------------------------------------------

sub test_validation
{
	my %good = (topicIds => [117801]);
	my @bad = (
		'', '[]', '5', '{', '{"topicIds":[1],"topicIds":[2]}', '{"topicIds":[1]} x', {},
		{ topicIds => [] }, { topicIds => [ 1 .. 11 ] }, { topicIds => ['1'] }, { topicIds => [1.5] }, { topicIds => 1 },
		'{"topicIds":[1e30]}', { topicIds => undef },
		(map { { %good, minScore => $_ } } 0, 101, 70.5, '70', undef), { %good, maxScore => 0 }, { %good, maxScore => 101 },
		{ %good, minTopicOverlap => 0 }, { %good, minTopicOverlap => 11 },
		(map { { %good, limit => $_ } } 0, 101, '5'), (map { { %good, date => $_ } } '2026-1-1', '20261122', 5, '2026-11-22x'),
		{ %good, cursor => 5 }, { %good, cursor => 'nonsense' }, { %good, cursor => '' }, { %good, audienceId => 'x' }, { %good, extra => 1 },
		(map { { %good, filters => $_ } } [], 'x', undef, { nope => 1 }, { seniority => 'vp' }, { seniority => [] }, { seniority => [1] },
			{ seniority => [''] }, { state => ['x'] }, { state => '' }, { gender => 1 }, { isB2b => 'yes' }, { isB2b => JSON::PP::true },
			{ hasPhone => 'true' }, { hasPhone => 1 }, { jobTitle => 'x' x 201 }, { companyDomain => 'x' x 256 }, { companyName => 'é' x 256 }));
	my $n = 0;
	for my $body (@bad)
	{
		my $r = post($body);
		my $ok = $r->{status} == 400 && ref $r->{json} eq 'HASH' && $r->{json}{error}{code} eq 'VALIDATION_ERROR' && length $r->{json}{error}{message};
		$n++ if $ok;
		diag('accepted: ' . (ref $body ? $json->encode($body) : $body) . " -> $r->{status}") if !$ok;
	}
	is($n, scalar @bad, 'bad bodies are 400');
	for my $body ({ %good, cursor => undef }, { %good, filters => {} }, { %good, filters => { jobTitle => 'é' x 200 } }, { %good, limit => 1 },
		{ audienceId => '11111111-2222-4333-8444-555555555555' }, { topicIds => [ 1 .. 10 ] })
	{
		is(post($body)->{status}, 200, 'accepted: ' . substr($json->encode($body), 0, 60));
	}
	is(post(\%good, 'Content-Type' => 'text/plain')->{status}, 400, 'wrong content type');
	is(post(\%good, 'Content-Type' => 'application/json; charset=utf-8')->{status}, 200, 'content type with charset');
	is(post({ audienceId => '00000000-2222-4333-8444-555555555555' })->{status}, 404, 'unknown audience');
	is($http->get("$base$path")->{status}, 405, 'wrong method');
	is($http->get("$base/v1/nothing")->{status}, 404, 'unknown path');
}

sub test_keys
{
	my %q = (topicIds => [117801]);
	my $r = post(\%q, 'X-API-Key' => 'wrong');
	is($r->{status}, 401, 'wrong key');
	is($r->{json}{error}{message}, 'Invalid API key', 'its message');
	is(post(\%q, 'X-API-Key' => undef)->{status}, 401, 'no key');
	is(post(\%q, 'X-API-Key' => undef, Authorization => 'Bearer bt_test_simulator')->{status}, 200, 'bearer token');
	is(post(\%q, 'X-API-Key' => undef, Authorization => 'Bearer x')->{status}, 401, 'wrong bearer token');
	is(post(\%q, Authorization => 'Bearer bt_test_simulator')->{status}, 400, 'both');
}

sub test_semantics
{
	my ($name, $config) = @_;
	reset_to($config);
	my %people = map { $_ => [ people($_) ] } '2026-11-20', '2026-11-21', '2026-11-22';
	my ($wrong, $rows) = (0, 0);
	for (1 .. $queries)
	{
		my $q = random_query();
		my ($got, $metas) = read_all($q);
		my @expected = brute_force($q, ($config->{match} || '') eq 'wide', @{ $people{ $q->{date} || '2026-11-22' } });
		my @got = ref $got ? map { live_row($_) } @$got : $got;
		if ($config->{shuffle}) { @got = sort @got; @expected = sort @expected; }
		my $total = ref $metas ? $metas->[0]{totalCount} : -1;
		$rows += @got;
		next if "@got" eq "@expected" && $total == @expected;
		$wrong++;
		diag($json->encode($q) . ' expected ' . @expected . ' got ' . @got . " $got[0]");
	}
	is($wrong, 0, "$name: $queries random queries as by brute force ($rows rows)");
}

sub test_rows
{
	reset_to({ rows => 'live' });
	my ($rows) = read_all({ topicIds => [102391], minScore => 1, limit => 100 });
	my %csv = map { $_->{hem} => $_ } people();
	my $wrong = 0;
	for my $r (@$rows)
	{
		my $p = $csv{ $r->{emailHashes}{sha256} };
		$wrong++ if keys %$r != 56;
		for my $name (keys %$r)
		{
			next if $name =~ /^(intentScore|topic|matched|companyRevenue$)/;
			(my $column = $name) =~ s/([A-Z])/_\l$1/g;
			$column = 'company_country' if $name eq 'country';
			my $value = ref $r->{$name} ? $json->encode($r->{$name}) : $r->{$name};
			$value =~ tr/yn/tf/ if defined $value && $name =~ /^isB2/;
			my $there = $p->{$column};
			$there = $json->encode($json->decode($there)) if defined $there && ref $r->{$name};
			$wrong++ if ($value // 'NULL') ne ($there // 'NULL');
		}
	}
	is($wrong, 0, 'live rows have 56 members, as in people.csv');
	reset_to();
	my $seed = post({ topicIds => [102391] })->{json}{data}[0];
	is(join(',', sort keys %$seed), 'company,email,hem,intentScore,jobTitle,topicId', 'seed rows have six members');
	reset_to({ null_topic_every => 3, extra_member => { name => 'x', value => [1] }, drop_member => { name => 'email', after_page => 1 } });
	my $p1 = post({ topicIds => [102391], limit => 5 })->{json};
	my $p2 = post({ topicIds => [102391], limit => 5, cursor => $p1->{meta}{nextCursor} })->{json};
	is(join('', map { defined $_->{topicId} ? 1 : 0 } @{ $p1->{data} }, @{ $p2->{data} }), '1101101101', 'every third topic is null');
	ok(exists $p1->{data}[0]{email} && !exists $p2->{data}[0]{email} && $p2->{data}[4]{x}[0] == 1, 'dropped and extra members');
	reset_to({ drop_member => { name => 'email', only_after_page => 1 } });
	$p1 = post({ topicIds => [102391], limit => 5 })->{json};
	$p2 = post({ topicIds => [102391], limit => 5, cursor => $p1->{meta}{nextCursor} })->{json};
	ok(!exists $p1->{data}[0]{email} && exists $p2->{data}[0]{email}, 'a member that comes late');
}

sub test_paging
{
	reset_to();
	my %q = (topicIds => [ 102391, 117801 ], minScore => 1);
	my ($all) = read_all({ %q, limit => 100 });
	my ($small, $metas) = read_all({ %q, limit => 7 });
	is($json->encode($small), $json->encode($all), 'page size does not change the rows');
	my %seen;
	is(scalar(grep { $_->{hem} && $seen{ $_->{hem} }++ } @$all), 0, 'nobody twice');
	is((grep { $_->{totalCount} != @$all || $_->{cacheKey} ne $metas->[0]{cacheKey} || $_->{dataDate} ne '2026-11-22' || $_->{status} ne 'ready' } @$metas), 0, 'meta is the same on all pages');
	ok(!defined $metas->[-1]{nextCursor} && $metas->[-1]{count} == @$all % 7, 'the last page');
	is(post({ %q, limit => 8, cursor => $metas->[0]{nextCursor} })->{status}, 400, 'a cursor with another limit');
	is(post({ topicIds => [102391], limit => 7, cursor => $metas->[0]{nextCursor} })->{status}, 400, 'a cursor with another body');
	my $r = post({ %q, date => '2020-02-02' })->{json};
	ok($r->{meta}{totalCount} == 0 && $r->{meta}{dataDate} eq '2020-02-02' && !@{ $r->{data} }, 'an unknown date');
	reset_to({ shuffle => JSON::PP::true });
	my ($one) = read_all({ %q, limit => 100 });
	my ($two) = read_all({ %q, limit => 100 });
	ok($json->encode($one) eq $json->encode($two) && $json->encode($one) ne $json->encode($all), 'shuffled, but the same each time');
	reset_to({ null_date => JSON::PP::true, null_total => JSON::PP::true });
	my $m = post(\%q)->{json}{meta};
	ok(!defined $m->{dataDate} && !defined $m->{totalCount} && exists $m->{totalCount}, 'null date and total');
	test_audience();
}

sub test_audience
{
	reset_to({ rows => 'live' });
	my $id = '11111111-2222-4333-8444-555555555555';
	my ($rows) = read_all({ audienceId => $id, limit => 100, topicIds => [110003], minScore => 99 });
	my @expected = brute_force({ topicIds => [ 117801, 102391 ], minScore => 50, filters => { hasBusinessEmail => 1 } }, 0, people());
	is(join('|', map { live_row($_) } @$rows), join('|', @expected), 'a saved audience rules over the other fields');
}

sub test_new_run
{
	my %q = (topicIds => [102391], limit => 10);
	my %seen;
	for my $mode (qw(keep switch expire))
	{
		reset_to({ on_new_run => $mode, advance_after => { requests => 1, date => '2026-11-23' } });
		my $first = post(\%q)->{json}{meta};
		my $second = post({ %q, cursor => $first->{nextCursor} });
		my $fresh = post(\%q)->{json}{meta};
		$seen{$mode} = join ' ', $first->{dataDate}, $second->{json}{meta}{dataDate} // $second->{status}, $fresh->{dataDate};
		is(post({ %q, date => '2026-11-22' })->{json}{meta}{dataDate}, '2026-11-22', "$mode: the old run is there by its date");
	}
	is($seen{keep}, '2026-11-22 2026-11-22 2026-11-23', 'a new run: keep');
	is($seen{switch}, '2026-11-22 2026-11-23 2026-11-23', 'a new run: switch');
	is($seen{expire}, '2026-11-22 410 2026-11-23', 'a new run: expire');
}

sub test_materialize
{
	my %q = (topicIds => [102391], limit => 10);
	reset_to({ materialize_calls => 2 });
	my @r = map { post({ %q, limit => $_ }) } 10, 20, 30;
	is(join(' ', map { "$_->{status} $_->{json}{meta}{status} " . @{ $_->{json}{data} } } @r), '202 materializing 0 202 materializing 0 200 ready 30', '202 twice, then rows');
	is(post({ %q, minScore => 1 })->{status}, 202, 'another query starts anew');
	reset_to({ materialize_calls => 1, materialize_as_200 => JSON::PP::true });
	my $r = post(\%q);
	ok($r->{status} == 200 && $r->{json}{meta}{status} eq 'materializing', 'materializing as 200');
	fault({ endless_202 => JSON::PP::true });
	is(join(' ', map { post(\%q)->{status} } 1 .. 4), '202 202 202 202', 'endless 202');
}

sub test_status_faults
{
	my %q = (topicIds => [102391], limit => 10);
	fault({ status => 429, retry_after => '2' }, match => { request => 2 });
	is(join(' ', map { post(\%q)->{status} } 1 .. 3), '200 429 200', 'the second request');
	fault({ status => 500 }, times => 2);
	is(join(' ', map { post(\%q)->{status} } 1 .. 3), '500 500 200', 'twice');
	fault({ status => 500 }, match => { from => 3 }, times => -1);
	is(join(' ', map { post(\%q)->{status} } 1 .. 4), '200 200 500 500', 'from the third on');
	fault({ status => 500 }, match => { every => 3, at => 1 }, times => -1);
	is(join(' ', map { post(\%q)->{status} } 1 .. 5), '500 200 200 500 200', 'each third');
	fault({ status => 503, retry_after => { date_in => 5 } });
	like(post(\%q)->{headers}{'retry-after'}, qr/^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/, 'Retry-After as a date');
	fault({ status => 500 }, match => { contains => '"minScore":7' }, times => -1);
	is(join(' ', map { post({ %q, minScore => $_ })->{status} } 6, 7, 7), '200 500 500', 'by text in the body');
	fault({ status => 500 }, match => { page => 2 });
	my $first = post(\%q);
	is(join(' ', map { post({ %q, cursor => $first->{json}{meta}{nextCursor} })->{status} } 1, 2), '500 200', 'by page');
	my %body = (error => '{"error":{"code":"FORBIDDEN","message":"m"}}', message => '{"message":"m"}', error_text => '{"error":"m"}',
		detail => '{"detail":"m"}', title => '{"title":"m"}', plain => "m\n", empty => '');
	for my $shape (sort keys %body)
	{
		fault({ status => 403, shape => $shape, message => 'm' });
		my $r = post(\%q);
		is("$r->{status} $r->{content}", "403 $body{$shape}", "error shape $shape");
	}
	fault({ redirect => 'http://127.0.0.1:1/x', header => 'X-More: yes' });
	my $r = post(\%q);
	ok($r->{status} == 302 && $r->{headers}{location} =~ /:1\/x/ && $r->{headers}{'x-more'} eq 'yes', 'redirect');
	fault({ body => 'raw', content_type => 'text/html' });
	$r = post(\%q);
	is("$r->{status} $r->{content} $r->{headers}{'content-type'}", '200 raw text/html', 'any body');
}

sub raw_post
{
	my ($body, $seconds) = @_;
	my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) or return;
	print $s "POST $path HTTP/1.1\r\nHost: x\r\nX-API-Key: sk_test_simulator\r\nContent-Type: application/json\r\n"
		. 'Content-Length: ' . length($body) . "\r\n\r\n$body";
	my ($text, $until) = ('', time() + ($seconds || 5));
	while (time() < $until)
	{
		my $in = '';
		vec($in, fileno $s, 1) = 1;
		next if !select($in, undef, undef, 0.05);
		last if !sysread($s, $text, 1 << 16, length $text);
	}
	return wantarray ? ($text, time() >= $until) : $text;
}

sub test_transport_faults
{
	my $q = '{"topicIds":[102391],"limit":50}';
	fault({ close => JSON::PP::true });
	is(raw_post($q), '', 'closed without an answer');
	fault({ cut_body => 1000 });
	my ($head, $body) = split /\r\n\r\n/, raw_post($q), 2;
	my ($length) = $head =~ /Content-Length: (\d+)/i;
	ok(length $body == 1000 && $length > 2000, 'a body cut short');
	fault({ stall => JSON::PP::true });
	my ($text, $timeout) = raw_post($q, 0.3);
	ok($text eq '' && $timeout, 'no answer at all');
	fault({ oversize => 300000 });
	my $r = post($q);
	ok(length $r->{content} == 300000 && $r->{json}, 'a body with padding');
	fault({ gzip_bomb => 5_000_000 });
	$r = post($q);
	my $out;
	gunzip(\$r->{content}, \$out);
	ok(length $out >= 5_000_000 && length $r->{content} < 50_000 && $r->{headers}{'content-encoding'} eq 'gzip', 'a gzip bomb');
	my $start = time();
	fault({ slow_body => 20000 });
	$r = post($q);
	my $took = time() - $start;
	my $expected = length($r->{content}) / 20000;
	ok($r->{json} && $took > $expected * 0.8 && $took < $expected * 2 + 0.5, 'a slow body');
	reset_to({ stall_body_ms => 200, latency_ms => 100 });
	$start = time();
	ok(post($q)->{json} && time() - $start > 0.29, 'latency and a pause in the body');
	reset_to();
	my $zipped = post($q, 'Accept-Encoding' => 'gzip');
	gunzip(\$zipped->{content}, \$out);
	is($out, post($q)->{content}, 'gzip');
	ok(!post($q, 'Accept-Encoding' => 'gzip;q=0')->{headers}{'content-encoding'}, 'gzip refused');
}

sub test_json_faults
{
	my %q = (topicIds => [102391], limit => 3);
	my $meta = sub { $_[0]{json}{meta} };
	my %check = (
		not_json => sub { !$_[0]{json} }, truncated => sub { !$_[0]{json} }, trailing_garbage => sub { $_[0]{content} =~ /\} \}garbage$/ },
		data_missing => sub { !exists $_[0]{json}{data} && $_[0]{json}{meta} }, data_object => sub { ref $_[0]{json}{data} eq 'HASH' },
		data_null => sub { exists $_[0]{json}{data} && !defined $_[0]{json}{data} }, row_not_object => sub { $_[0]{json}{data}[0] eq 'not a row' },
		meta_missing => sub { !exists $_[0]{json}{meta} && @{ $_[0]{json}{data} } == 3 }, has_more_string => sub { $meta->($_[0])->{hasMore} eq 'true' && $_[0]{content} =~ /"true"/ },
		has_more_missing => sub { !exists $meta->($_[0])->{hasMore} }, has_more_without_cursor => sub { $meta->($_[0])->{hasMore} && !defined $meta->($_[0])->{nextCursor} },
		status_unknown => sub { $meta->($_[0])->{status} eq 'half-baked' }, bad_utf8 => sub { $_[0]{content} =~ /\xc3\(/ },
		nul_escape => sub { $_[0]{content} =~ /\\u0000/ }, lone_surrogate => sub { $_[0]{content} =~ /\\ud83d / }, deep => sub { $_[0]{content} =~ /\[{30000}/ },
		duplicate_data => sub { my $n = () = $_[0]{content} =~ /"data":/g; $n == 2 }, total_string => sub { $_[0]{content} =~ /"totalCount":"\d+"/ });
	for my $kind (sort keys %check)
	{
		fault({ json => $kind });
		ok($check{$kind}->(post(\%q)), "wrong JSON: $kind");
	}
	fault({ row_patch => { row => 1, member => 'intentScore', raw => '1e400' } });
	my $r = post(\%q);
	ok($r->{content} =~ /"intentScore":1e400,"topicId":102391/, 'a patched member, raw');
	fault({ row_patch => { row => 2, member => 'new', value => { a => 1 } } });
	is(post(\%q)->{json}{data}[2]{new}{a}, 1, 'a patched member, added');
	is((control('PUT', 'config', { faults => [ { fault => { json => 'nope' } } ] }))[0], 400, 'unknown kinds are refused');
	is((control('PUT', 'config', { no_such_key => 1 }))[0], 400, 'unknown config keys are refused');
}

sub cursors
{
	my ($pages, %q) = @_;
	my ($cursor, @list, @rows);
	for (1 .. $pages)
	{
		my $r = post({ %q, $cursor ? (cursor => $cursor) : () });
		last if $r->{status} != 200;
		push @rows, scalar @{ $r->{json}{data} };
		$cursor = $r->{json}{meta}{nextCursor};
		push @list, $cursor;
		last if !$r->{json}{meta}{hasMore} || !$cursor;
	}
	return (\@list, \@rows);
}

sub test_meta_faults
{
	my %q = (topicIds => [102391], limit => 3);
	my $plain = post(\%q)->{json};
	fault({ cursor => 'repeat' });
	my ($list) = cursors(5, %q);
	is(scalar(@$list) . ($list->[0] eq $list->[4]), '51', 'a cursor that repeats');
	fault({ cursor => 'missing' });
	my $m = post(\%q)->{json}{meta};
	ok($m->{hasMore} && !exists $m->{nextCursor}, 'hasMore without a cursor');
	fault({ cursor => 'loop3' });
	($list) = cursors(8, %q);
	ok(@$list == 8 && $list->[0] eq $list->[3] && $list->[1] eq $list->[4] && $list->[0] ne $list->[1], 'a loop of three');
	fault({ cursor => 'empty_forever' });
	my ($fresh, $rows) = cursors(6, %q);
	my %different = map { $_ => 1 } @$fresh;
	is(keys(%different) . "@$rows", '60 0 0 0 0 0', 'empty pages for ever');
	for my $case ([ total => 'plus1', totalCount => $plain->{meta}{totalCount} + 1 ], [ total => 'minus1', totalCount => $plain->{meta}{totalCount} - 1 ],
		[ total => 5, totalCount => 5 ], [ total => undef, totalCount => undef ], [ data_date => '2026-11-23', dataDate => '2026-11-23' ],
		[ data_date => undef, dataDate => undef ], [ cache_key => 'x', cacheKey => 'x' ], [ cache_key => undef, cacheKey => undef ])
	{
		my ($key, $value, $member, $expected) = @$case;
		fault({ $key => $value });
		is(post(\%q)->{json}{meta}{$member}, $expected, "fault $key " . ($value // 'null'));
	}
	fault({ duplicate_row => 0 });
	my $r = post(\%q)->{json};
	ok(@{ $r->{data} } == 4 && $r->{data}[0]{hem} eq $r->{data}[1]{hem} && $r->{meta}{count} == 4, 'a row twice');
	fault({ drop_row => 1 });
	$r = post(\%q)->{json};
	ok(@{ $r->{data} } == 2 && $r->{data}[1]{hem} eq $plain->{data}[2]{hem}, 'a row left out');
}

sub test_control
{
	reset_to();
	my $r = post('{ "limit": 3, "topicIds" : [102391] }');
	my $cursor = $r->{json}{meta}{nextCursor};
	post("{\"limit\":3,\"cursor\":\"$cursor\",\"topicIds\":[102391]}");
	post({ nope => 1 });
	is(control('GET', 'log?format=text'), "POST $path {\"limit\":3,\"topicIds\":[102391]}\nPOST $path {\"limit\":3,\"cursor\":\"<cursor>\",\"topicIds\":[102391]}\nPOST $path {\"nope\":1}\n", 'the log as text');
	like(control('GET', 'log?format=text&what=status'), qr/\A200 POST.*\n200 POST.*\n400 POST/, 'the log with status');
	is(scalar @{ $json->decode(scalar control('GET', 'log')) }, 3, 'the log as JSON');
	is(control('GET', 'count') . control('GET', 'connections'), "3\n1\n", 'count and connections');
	control('DELETE', 'log');
	is(control('GET', 'count') . control('GET', 'log?format=text'), "0\n", 'the log cleared');
	is(control('GET', 'health'), "ok\n", 'health');
	control('PUT', 'config', { log_limit => 2 });
	post({ topicIds => [$_] }) for 1 .. 5;
	like(control('GET', 'log?format=text'), qr/\A.*\[4\]\}\n.*\[5\]\}\n\z/, 'the log is bounded');
	is(control('GET', 'count'), "5\n", 'the count is not');
	control('PUT', 'config', { rows => 'live', latency_ms => 1 });
	is($json->decode(scalar control('PUT', 'config', { rows => undef }))->{rows}, 'seed', 'null takes a key back to its default');
}

sub test_robust
{
	reset_to({ latency_ms => 50, rows => 'live' });
	my $q = '{"topicIds":[102391],"minScore":1,"limit":100}';
	for (1 .. 5)
	{
		my @sockets;
		for (1 .. 200)
		{
			my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) or next;
			print $s "POST $path HTTP/1.1\r\nHost: x\r\nX-API-Key: sk_test_simulator\r\nContent-Type: application/json\r\nContent-Length: " . length($q) . "\r\n\r\n" . substr($q, 0, 1 + int rand 60);
			push @sockets, $s;
		}
	}
	for my $garbage ("\0\1\2\3", "GET\r\n\r\n", "POST / HTTP/9.9\r\nContent-Length: -5\r\n\r\n", 'x' x 100000, "GET /%00%ff HTTP/1.1\r\nHost: x\r\n\r\n")
	{
		my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port);
		print $s $garbage;
		close $s;
	}
	reset_to();
	is(post($q)->{status}, 200, 'alive after 1000 aborted requests and garbage');
	is(post('"' . ('x' x 2_000_000) . '"')->{status}, 413, 'a huge body');
}

sub test_options
{
	is(system("$program --bind 0.0.0.0 2>/dev/null") >> 8, 1, 'refuses addresses that are not loopback');
	is(system("$program --config '{\"x\":1}' 2>/dev/null") >> 8, 1, 'refuses a bad config');
	my $parent = fork();
	if ($parent == 0) { sleep 60; exit 0; }
	start('child', '--parent', $parent, '--people', 10);
	is(waitpid($pids[-1], 1), 0, 'lives as long as its parent');
	kill 'KILL', $parent;
	waitpid $parent, 0;
	my $gone = 0;
	for (1 .. 40) { last if $gone = waitpid($pids[-1], 1); sleep 0.05; }
	ok($gone, 'ends with its parent');
	pop @pids;
	my $start = time();
	kill 'TERM', $pids[0];
	waitpid $pids[0], 0;
	ok(time() - $start < 0.5, 'ends at once on SIGTERM');
	@pids = ();
}

# --- the other paths

sub get
{
	my ($what) = @_;
	my $r = $http->request('GET', "$base/v1/intent/$what", { headers => { 'X-API-Key' => 'sk_test_simulator' } });
	$r->{json} = eval { $json->decode($r->{content}) };
	return $r;
}

sub test_other_paths
{
	reset_to();
	my $saved = 'audiences/11111111-2222-4333-8444-555555555555';
	is(scalar @{ get('topics')->{json}{data} }, 40, 'topics: the whole catalogue');
	is($http->get("$base/v1/intent/topics")->{status}, 200, 'topics: no key needed');
	is($http->get("$base/v1/intent/audiences")->{status}, 401, 'saved audiences: a key needed');
	is(get($_)->{status}, 400, "refused: $_")
	  for 'topics?page=2', 'topics?type=x', 'topics?q=', 'topics/movers?limit=51', "$saved/results?limit=0", "$saved/runs?date=2026-11-20",
	  "$saved/stats?date=today", "$saved/runs/run_2026-11-22/results?offset=-1";
	is(get($_)->{status}, 404, "not there: $_")
	  for 'topics/5/trend', 'audiences/x/runs', "$saved/runs/run_2026-01-01/results", "$saved/stats?date=2026-01-01";
	is(scalar @{ get('topics/movers?limit=2')->{json}{data} }, 2, 'movers: the limit');
	is(scalar @{ get('topics/117801/trend')->{json}{data} }, 3, 'trend: a row for each run');
	my $total = get("$saved/status")->{json}{data}{totalCount};
	is(get("$saved/stats")->{json}{data}{total}, $total, 'statistics and status agree');
	is(get("$saved/runs/run_2026-11-22/results?limit=1&offset=5")->{json}{data}{total}, $total, '... and so does the run');
	is(get("$saved/results?limit=1")->{json}{meta}{totalCount}, $total, '... and so do the results');
	is(post({ audienceId => '11111111-2222-4333-8444-555555555555', limit => 1 })->{json}{meta}{totalCount}, $total, '... and so does the query');
	return;
}

# A change of saved audiences: the reply with {json}.
sub change
{
	my ($method, $id, $body) = @_;
	my %o = (headers => { 'X-API-Key' => 'sk_test_simulator', 'Content-Type' => 'application/json' });
	$o{content} = $json->encode($body) if $body;
	my $r = $http->request($method, "$base/v1/intent/audiences$id", \%o);
	$r->{json} = eval { $json->decode($r->{content}) };
	return $r;
}

sub test_changes
{
	my $config = { topicIds => [117801], sourceUrl => 'https://a.example' };

	control('POST', 'reset');
	is(change('POST', '', $_)->{status}, 400, 'refused: ' . $json->encode($_))
	  for { name => 'x' }, { config => $config }, { name => '', config => $config }, { name => 'x' x 256, config => $config },
	  { name => 'x', config => {} }, { name => 'x', config => { topicIds => [1], minScore => 0 } }, { name => 'x', config => $config, status => 'draft' };
	my $r = change('POST', '', { name => 'x', config => $config });
	is("$r->{status} $r->{json}{data}{status}", '201 draft', 'a new one is a draft');
	my $id = "/$r->{json}{data}{id}";
	is(change('GET', "$id/status")->{json}{data}{status}, 'none', '... without runs');
	control('PUT', 'config', { slots => 1 });
	$r = change('PATCH', $id, { status => 'active' });
	is("$r->{status} $r->{json}{error}{code}", '403 SLOTS_FULL', 'no slot');
	control('PUT', 'config', { slots => 2 });
	is(change('PATCH', uc $id, { status => 'active', name => 'y' })->{json}{data}{status}, 'active', 'a slot');
	is(change('GET', "$id/status")->{json}{data}{status}, 'ready', '... and runs');
	$r = change('POST', "$id/export?date=2026-11-21")->{json}{data};
	ok($r->{rows} > 0 && $r->{dataDate} eq '2026-11-21' && $r->{downloadUrl} =~ /Signature/, 'exported');
	is_deeply(change('PATCH', $id, { config => { topicIds => [5] } })->{json}{data}{config}, { topicIds => [5] }, 'a config takes the place of the old one');
	control('PUT', 'config', { faults => [ { match => { method => 'PATCH' }, fault => { lose_reply => JSON::PP::true } } ] });
	is(change('PATCH', $id, { name => 'z' })->{status}, 599, 'a reply is lost');
	is(change('GET', $id)->{json}{data}{name}, 'z', '... after the change');
	is(change('DELETE', $id)->{content}, '{"data":{"deleted":true}}', 'deleted');
	is(change($_, $id, $_ eq 'PATCH' ? { name => 'x' } : undef)->{status}, 404, "... $_ finds it no more") for qw(GET PATCH DELETE);
	isnt(change('POST', '', { name => 'x', config => $config })->{json}{data}{id}, substr($id, 1), 'its id does not come again');
	control('POST', 'reset');
	return;
}

srand($ENV{SEED} || 42);
$SIG{PIPE} = 'IGNORE';
test_validation();
test_keys();
test_semantics('exact', { rows => 'live' });
test_semantics('wide', { rows => 'live', match => 'wide' });
test_semantics('fractional, shuffled', { rows => 'live', fractional => JSON::PP::true, shuffle => JSON::PP::true });
test_rows();
test_paging();
test_new_run();
test_materialize();
test_status_faults();
test_transport_faults();
test_json_faults();
test_meta_faults();
test_control();
test_other_paths();
test_changes();
test_robust();
test_options();
done_testing();
