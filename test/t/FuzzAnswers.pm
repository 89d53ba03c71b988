# FuzzAnswers.pm: answers of the API, mutated, and a server that gives them.
#
#   my $answer = FuzzAnswers::answer($seed);   {doc} the document; {http} undef, or what is wrong around it;
#                                              {depth}, {half}: its nesting, escapes that are no character
#   my $server = FuzzAnswers->serve;           {port}; asked for topic n it gives answer n, to a request
#                                              with a cursor a last page that repeats the cursor
#
# An answer depends on its seed only, so a failure comes again with the seed.
package FuzzAnswers;

use strict;
use warnings;

use IO::Compress::Gzip qw(gzip);
use IO::Select;
use IO::Socket::INET;
use JSON::PP ();
use POSIX ();
use Socket qw(IPPROTO_TCP TCP_NODELAY);

sub pick { return $_[ int rand @_ ]; }
sub chance { return rand() < $_[0]; }
sub times_of { my ($most, $code) = @_; return map { $code->() } 1 .. 1 + int rand $most; }

# --- text: JSON strings and numbers at every edge

my @characters = ('a' .. 'e', ' ', '/', "\x7f", "\xe4", "\x{2028}", "\x{fffd}", "\x{ffff}", "\x{1f600}", "\x{10ffff}", "\x{800}", "\x{d7ff}");
my @escapes = ('\\"', '\\\\', '\\/', '\\b', '\\f', '\\n', '\\r', '\\t', '\\u0041', '\\u00e9', '\\u20AC', '\\ud83d\\ude00',
	'\\uDBFF\\uDFFF', '\\u0001', '\\u001f', '\\uFFFF', '\\u007f');
my @half = ('\\u0000', '\\ud83d', '\\ude00', '\\ud83d\\u0041', '\\udc00\\ud800', '\\ud83d\\\\ude00', '\\ud83d\\n');
my @numbers = (qw(0 -0 0.0 -0.0 1 -1 80 80.0 8e1 8E+1 800e-1 80.5 100 0e0 0e5 1e0 1E400 -1e400 1e-400 1e99999 0.1e1 2147483647 2147483648
	-2147483648 -2147483649 9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809 32767 32768
	123456789012345678901234567890 0.00000000000000000001 1.7976931348623157e308 99999999999999999999e-18 1e18 1e19),
	'1' . '0' x 300, '0.' . '3' x 400, '1' . '0' x 40 . 'e-40', '9' x 1000);
my @bad_numbers = (qw(01 -01 1. .5 +1 1e 1e+ - -- 0x10 NaN Infinity -Infinity 1_000 1.e1 00 1e1.5), "\x{661}");

sub string_token
{
	my $text = join('', times_of(8, sub { chance(0.3) ? pick(@escapes) : pick(@characters) }));

	return '"' . ($text =~ s/"(?<!\\")/\\"/gr) . '"';
}

my %value = (
	string => sub { return string_token(); },
	long => sub { return '"' . pick('x', '\\n', "\x{1f600}", '\\u00e9') x (10**(1 + int rand 4)) . '"'; },
	number => sub { return pick(@numbers); },
	word => sub { return pick('true', 'false', 'null'); },
	words => sub { return pick('"true"', '"y"', '"n"', '"no"', '"1"', '""', '" "', '"2026-11-22"', '"NaN"', '"Infinity"', '"{1,2}"', '"[1]"', '"{}"', '" 7 "'); },
	array => sub { return '[' . join(',', map { value() } 1 .. int rand 4) . ']'; },
	object => sub { return '{' . join(',', map { string_token() . ':' . value() } 1 .. int rand 4) . '}'; },
	deep => sub { my $n = pick(3, 10, 58, 59, 60, 61, 62, 63, 64, 65, 70, 300, 5000); return pick('[', '{"a":') eq '[' ? '[' x $n . ']' x $n : '{"a":' x $n . '1' . '}' x $n; },
	many => sub { return '[' . join(',', (pick('1', 'null', '"a"')) x pick(7, 8, 9, 100, 3000)) . ']'; });
my @kinds = sort keys %value;

sub value { return $value{ pick(@kinds, qw(string number word)) }->(); }

# --- documents: lists of [name, value], so that a name can come twice and in any order

my @row_members = qw(hem email company jobTitle intentScore topicOverlap companyRevenue matchedTopicIds isB2b emailHashes allEmailHashes zip);
my @meta_members = qw(count totalCount nextCursor hasMore status cacheKey dataDate);

sub hash_text { return join('', map { sprintf('%08x', int rand 2**32) } 1 .. 8); }

sub row
{
	my ($n) = @_;
	return [
		[ hem => qq("@{[hash_text()]}") ], [ email => qq("person.$n\@fuzz.example") ], [ company => pick('null', string_token()) ],
		[ jobTitle => string_token() ], [ intentScore => int(1 + rand 100) ], [ topicOverlap => 1 ],
		[ companyRevenue => pick('null', '1.50', '12345678901234567890.123') ], [ matchedTopicIds => '[117801,102391]' ],
		[ isB2b => pick('"y"', '"n"', 'null', 'true') ], [ emailHashes => '{"sha256":"' . hash_text() . '","sha1":null,"md5":"x"}' ],
		[ allEmailHashes => '{"sha256":null, "n":1.0}' ], [ zip => pick('"01234"', '1234', '12.50') ] ];
}

sub document
{
	my $rows = pick(0, 1, 2, 2, 3, 4);
	my $more = chance(0.3);

	return {
		rows => [ map { row($_) } 1 .. $rows ],
		meta => [
			[ count => $rows ], [ totalCount => $rows + ($more ? 1 : 0) ], [ nextCursor => $more ? string_token() : 'null' ],
			[ hasMore => $more ? 'true' : 'false' ], [ status => pick('"ready"', 'null') ], [ cacheKey => pick('"k1"', 'null') ],
			[ dataDate => '"2026-11-22"' ] ],
		parts => [ 'data', 'meta' ] };
}

sub space { return chance(0.1) ? pick(' ', "\n", "\t", "\r", '  ') : ''; }

sub object_text
{
	my ($members) = @_;
	return '{' . space() . join(',' . space(), map { name_text($_->[0]) . space() . ':' . space() . $_->[1] . space() } @$members) . '}';
}

# A name may be spelled with escapes.
sub name_text
{
	my ($name) = @_;
	$name =~ s/(\w)/chance(0.3) ? sprintf('\\u%04x', ord $1) : $1/ge if $name =~ /^\w+$/ && chance(0.01);
	return qq("$name");
}

sub document_text
{
	my ($d) = @_;
	my %text = (
		data => $d->{data} // '[' . space() . join(',' . space(), map { ref $_ ? object_text($_) : $_ } @{ $d->{rows} }) . space() . ']',
		meta => ref $d->{meta} ? object_text($d->{meta}) : $d->{meta});

	return space() . '{' . join(',', map { ref $_ ? qq("$_->[0]":$_->[1]) : qq("$_":$text{$_}) } @{ $d->{parts} }) . '}' . space();
}

# --- mutations of structure

sub some_members { my ($d) = @_; my @o = ((grep { ref } @{ $d->{rows} }), ref $d->{meta} ? $d->{meta} : ()); return pick(@o) // []; }
sub member_of { my ($o) = @_; return @$o ? $o->[ rand @$o ] : [ x => 1 ]; }

my @structure = (
	sub { my ($d) = @_; member_of(some_members($d))->[1] = value(); },
	sub { my ($d) = @_; member_of(some_members($d))->[1] = value(); },
	sub { my ($d) = @_; my $r = some_members($d); member_of($r)->[1] = pick(@numbers); },
	sub { my ($d) = @_; my $r = some_members($d); splice(@$r, rand @$r, 1) if @$r; },
	sub { my ($d) = @_; my $r = some_members($d); splice(@$r, rand @$r + 1, 0, [ pick(@row_members, @meta_members), value() ]); },
	sub { my ($d) = @_; my $r = some_members($d); splice(@$r, rand @$r + 1, 0, [ pick('', 'x', 'Hem', "\x{e4}", 'hashedEmail', 'a.b'), value() ]); },
	sub { my ($d) = @_; my $r = some_members($d); @$r = sort { rand() <=> 0.5 } @$r; },
	sub { my ($d) = @_; my $r = some_members($d); my $m = member_of($r); push @$r, [ $m->[0], pick($m->[1], value()) ]; },
	sub { my ($d) = @_; member_of(some_members($d))->[1] = pick(@bad_numbers); },
	sub { my ($d) = @_; my $v = \member_of(some_members($d))->[1]; $$v =~ s/"$/pick(@half) . '"'/e; },
	sub { my ($d) = @_; splice(@{ $d->{rows} }, rand @{ $d->{rows} } + 1, 0, value()); },
	sub { my ($d) = @_; $d->{data} = value(); },
	sub { my ($d) = @_; $d->{meta} = value(); },
	sub { my ($d) = @_; splice(@{ $d->{parts} }, rand @{ $d->{parts} } + 1, 0, pick('data', 'meta', [ pick('x', 'error', 'Data'), value() ])); },
	sub { my ($d) = @_; splice(@{ $d->{parts} }, rand @{ $d->{parts} }, 1); },
	sub { my ($d) = @_; $_->[1] = pick('true', 'false', '"false"', '1') for grep { $_->[0] eq 'hasMore' } @{ ref $d->{meta} ? $d->{meta} : [] }; },
	sub { my ($d) = @_; $_->[1] = pick(0, 1, 2, 3, 4, 5, '2.0', '3e0', '2.5', -1, '1e30') for grep { $_->[0] eq 'totalCount' } @{ ref $d->{meta} ? $d->{meta} : [] }; },
	sub { my ($d) = @_; $_->[1] = pick('"materializing"', '"failed"', '"READY"', '7') for grep { $_->[0] eq 'status' } @{ ref $d->{meta} ? $d->{meta} : [] }; },
	sub { my ($d) = @_; $_->[1] = pick('"2026-02-30"', '""', '"soon"', '"0001-01-01"', '"2026-11-22 BC"', '"infinity"', '"2026-11-22T00:00:00Z"', '20261122') for grep { $_->[0] eq 'dataDate' } @{ ref $d->{meta} ? $d->{meta} : [] }; });

# --- mutations of bytes

my @bad_bytes = ("\0", "\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80", "\xef\xbb\xbf", "\x01", "\x1f", "\x7f", "\xc3\x28");
my @marks = ('{', '}', '[', ']', ',', ':', '"', '\\', '\\u', '/', "'", ' ', "\n", 'null', 'true', '0', '-', 'e', '.');

my @bytes = (
	sub { my ($t) = @_; substr($$t, rand length $$t, 1) = chr int rand 256 if length $$t; },
	sub { my ($t) = @_; my $at = int rand length $$t; vec($$t, $at * 8 + int rand 8, 1) ^= 1 if length $$t; },
	sub { my ($t) = @_; substr($$t, rand length $$t, rand 20) = ''; },
	sub { my ($t) = @_; substr($$t, rand(length($$t) + 1), 0) = pick(@bad_bytes); },
	sub { my ($t) = @_; substr($$t, rand(length($$t) + 1), 0) = pick(@marks); },
	sub { my ($t) = @_; my $at = rand length $$t; substr($$t, $at, 0) = substr($$t, $at, rand 50); },
	sub { my ($t) = @_; $$t = substr($$t, 0, rand length $$t); },
	sub { my ($t) = @_; $$t = substr($$t, rand length $$t); },
	sub { my ($t) = @_; $$t .= pick(' ', "\n\n", 'x', "\0", '{}', '}', ',', "\xff"); },
	sub { my ($t) = @_; $$t = pick("\xef\xbb\xbf", ' ', "\n", '[', 'x') . $$t; },
	sub { my ($t) = @_; my ($m, $n) = (pick(@marks), pick(@marks)); $$t =~ s/\Q$m\E/$n/; },
	sub { my ($t) = @_; $$t =~ s/(\d)/int rand 10/e; });

# --- around the document

my @http = (
	{ name => 'gzip', good => 1 }, { name => 'gzip', good => 1 }, { name => 'deflated twice' }, { name => 'broken gzip' }, { name => 'cut gzip' },
	{ name => 'chunks', good => 1 }, { name => 'chunks', good => 1 }, { name => 'broken chunk' }, { name => 'cut chunks' },
	{ name => 'too long' }, { name => 'too short' }, { name => 'no length', good => 1 }, { name => 'status' }, { name => 'no HTTP' },
	{ name => 'headers', good => 1 }, { name => 'bad header' }, { name => 'large header' }, { name => 'two lengths' }, { name => '1xx first', good => 1 });

sub depth_of
{
	my ($text) = @_;
	my ($depth, $most) = (0, 0);

	$text =~ s/"(?:[^"\\]|\\.)*"//gs;
	for ($text =~ /[\[\]{}]/g)
	{
		$depth += /[\[{]/ ? 1 : -1;
		$most = $depth if $depth > $most;
	}
	return $most;
}

# Has a string an escape that stands for no character, or for the zero one?
sub has_half
{
	my ($text) = @_;

	while ($text =~ /"((?:[^"\\]|\\.)*)"/gs)
	{
		my $s = $1;
		$s =~ s/\\[^u]//g;
		$s =~ s/\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}//g;
		return 1 if $s =~ /\\u(?:[dD][89a-fA-F]|0000)/;
	}
	return 0;
}

sub answer
{
	my ($seed) = @_;
	my $kind;

	srand($seed);
	$kind = rand;
	my $d = document();
	if ($kind < 0.62) { pick(@structure)->($d) for 1 .. pick(1, 1, 1, 2, 3); }
	my $text = document_text($d);
	utf8::encode($text);
	if ($kind >= 0.55 && $kind < 0.85) { pick(@bytes)->(\$text) for 1 .. pick(1, 1, 1, 2, 3); }
	my $answer = { seed => $seed, doc => $text, depth => depth_of($text), half => has_half($text) };
	$answer->{http} = { %{ pick(@http) }, salt => int rand 1000, status => pick(100, 101, 199, 201, 202, 203, 204, 205, 206, 226, 299, 300, 301, 302, 304,
			307, 400, 401, 403, 404, 409, 410, 413, 418, 422, 429, 451, 500, 501, 502, 503, 504, 505, 511, 599, 600, 999) } if $kind >= 0.85;
	return $answer;
}

# Does a parser that has nothing to do with PostgreSQL's take the document?
sub is_json
{
	my ($answer) = @_;
	return eval { JSON::PP->new->utf8->max_depth(100_000)->decode($answer->{doc}); 1 } ? 1 : 0;
}

# --- the server

sub in_chunks { my ($text, $size) = @_; return join('', map { sprintf("%x\r\n%s\r\n", length $_, $_) } $text =~ /.{1,$size}/gs) . "0\r\n\r\n"; }

# Head and body as bytes; and whether the connection ends with them.
sub http_text
{
	my ($answer) = @_;
	my ($text, $h) = ($answer->{doc}, $answer->{http});
	my $name = $h ? $h->{name} : '';
	my ($status, @head, $close) = ('200 OK', 'Content-Type: application/json');

	if ($name =~ /gzip|deflated/)
	{
		gzip(\$answer->{doc} => \$text);
		push @head, 'Content-Encoding: ' . ($name =~ /twice/ ? 'gzip, gzip' : 'gzip');
		substr($text, 10 + $h->{salt} % (length($text) - 10), 1) ^= "\x55" if $name =~ /broken/;
		$text = substr($text, 0, $h->{salt} % length $text) if $name =~ /cut/;
	}
	$status = "$h->{status} So" if $name eq 'status';
	push @head, map { "X-$_: $_" } 1 .. 50 if $name eq 'headers';
	push @head, 'X-Large: ' . 'x' x 200_000 if $name eq 'large header';
	push @head, pick2($h->{salt}, "no colon", "X-Nul: a\0b", ": empty", "X-Control: \x01\x02", "Retry-After: -5", "Set-Cookie: a=b") if $name eq 'bad header';
	return ("\x16\x03\x01 nothing of HTTP\n\n", 1) if $name eq 'no HTTP';
	if ($name =~ /chunk/)
	{
		my $chunks = in_chunks($text, 1 + $h->{salt});
		substr($chunks, 0, 1) = 'zz' if $name =~ /broken/;
		$chunks = substr($chunks, 0, $h->{salt} % length $chunks) if $name =~ /cut/;
		return ("HTTP/1.1 $status\r\n" . join("\r\n", @head, 'Transfer-Encoding: chunked') . "\r\n\r\n$chunks", $name ne 'chunks');
	}
	if ($name eq 'no length') { push @head, 'Connection: close'; $close = 1; }
	else
	{
		my $length = length($text) + ($name eq 'too long' ? 7 : $name eq 'too short' ? -1 : 0);
		push @head, 'Content-Length: ' . ($length < 0 ? 0 : $length);
		push @head, 'Content-Length: ' . ($length + 3) if $name eq 'two lengths';
		$close = $name ne 'headers' if $h && $name ne 'gzip';
	}
	return (($name eq '1xx first' ? "HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" : '') . "HTTP/1.1 $status\r\n" . join("\r\n", @head) . "\r\n\r\n$text", $close);
}

sub pick2 { my ($n, @of) = @_; return $of[ $n % @of ]; }

my $json = JSON::PP->new->utf8;

sub reply_to
{
	my ($body) = @_;
	my $request = $json->decode($body);
	my $last;

	return http_text(answer($request->{topicIds}[0])) unless exists $request->{cursor};
	$last = $json->encode({ data => [ { company => $request->{cursor}, intentScore => 7, last => JSON::PP::true } ], meta => { hasMore => JSON::PP::false } });
	return ("HTTP/1.1 200 OK\r\nContent-Length: " . length($last) . "\r\n\r\n$last", 0);
}

sub serve_one
{
	my ($socket, $buffer) = @_;
	my $n = sysread($socket, $$buffer, 65536, length $$buffer);

	return 0 unless $n;
	while ($$buffer =~ /\r\n\r\n/g)
	{
		my $head = substr($$buffer, 0, pos $$buffer);
		my ($length) = $head =~ /Content-Length: (\d+)/i;
		return 1 if length($$buffer) < length($head) + ($length // 0);
		my ($text, $close) = reply_to(substr($$buffer, length $head, $length // 0));
		substr($$buffer, 0, length($head) + ($length // 0)) = '';
		local $SIG{PIPE} = 'IGNORE';
		for (my $at = 0; $at < length $text;)
		{
			my $written = syswrite($socket, $text, length($text) - $at, $at) or return 0;
			$at += $written;
		}
		return 0 if $close;
	}
	return 1;
}

sub serve
{
	my ($class) = @_;
	my $listen = IO::Socket::INET->new(Listen => 64, LocalAddr => '127.0.0.1', ReuseAddr => 1) or die "listen: $!";
	my $self = bless { port => $listen->sockport, url => 'http://127.0.0.1:' . $listen->sockport, key => 'sk_fuzz' }, $class;
	my $parent = $$;

	$self->{pid} = fork();
	return $self if $self->{pid};
	my $select = IO::Select->new($listen);
	my %buffers;
	while (getppid() == $parent)
	{
		for my $socket ($select->can_read(1))
		{
			if ($socket == $listen)
			{
				my $new = $listen->accept or next;
				setsockopt($new, IPPROTO_TCP, TCP_NODELAY, 1);
				$select->add($new);
				$buffers{$new} = \(my $empty = '');
			}
			elsif (!serve_one($socket, $buffers{$socket}))
			{
				$select->remove($socket);
				delete $buffers{$socket};
				close $socket;
			}
		}
	}
	POSIX::_exit(0);
}

sub stop { my ($self) = @_; kill 'KILL', $self->{pid}; waitpid($self->{pid}, 0); return; }

1;
