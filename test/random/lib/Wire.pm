# Wire.pm: a PostgreSQL client in core Perl: the simple query protocol over a socket, without a
# password (trust). Enough for tests; rows come as text, errors with their SQLSTATE.
package Wire;

use strict;
use warnings;
use IO::Socket::INET;
use IO::Socket::UNIX;

# Wire->connect(host => folder or name, port => n, user => u, dbname => d)
sub connect {
	my ($class, %to) = @_;
	my $socket = $to{host} =~ m{^/}
		? IO::Socket::UNIX->new(Peer => "$to{host}/.s.PGSQL.$to{port}")
		: IO::Socket::INET->new(PeerAddr => $to{host}, PeerPort => $to{port});
	die "cannot connect to $to{host} port $to{port}: $!\n" unless $socket;
	binmode $socket;
	my $self = bless { socket => $socket, in => '' }, $class;
	my $start = join '', map { "$_\0" } user => $to{user}, database => $to{dbname},
		client_encoding => 'UTF8', application_name => 'random', '';
	$self->put(pack('N N', 8 + length $start, 196608) . $start);
	my $result = $self->answer;
	die "cannot connect: $result->{message}\n" if $result->{state};
	return $self;
}

sub put {
	my ($self, $bytes) = @_;
	local $SIG{PIPE} = 'IGNORE';
	for (my $at = 0; $at < length $bytes;) {
		my $n = syswrite $self->{socket}, $bytes, length($bytes) - $at, $at;
		return $self->{lost} = 1 unless defined $n;
		$at += $n;
	}
	return;
}

# The next message as (type, content); an empty list when the connection is gone.
sub message {
	my ($self) = @_;
	while (1) {
		my $have = length $self->{in};
		if ($have >= 5) {
			my ($type, $len) = unpack 'a N', $self->{in};
			if ($have > $len) {
				my $content = substr $self->{in}, 5, $len - 4;
				substr($self->{in}, 0, $len + 1) = '';
				return ($type, $content);
			}
		}
		my $n = sysread $self->{socket}, $self->{in}, 262144, $have;
		return if !$n;
	}
}

sub error_fields {
	my %field = map { (substr($_, 0, 1), substr($_, 1)) } grep { length } split /\0/, $_[0];
	return \%field;
}

sub row_values {
	my ($content) = @_;
	my ($n, $at) = (unpack('n', $content), 2);
	my @values;
	for (1 .. $n) {
		my $len = unpack 'N', substr $content, $at, 4;
		$at += 4;
		if ($len == 0xFFFFFFFF) { push @values, undef; next }
		push @values, substr $content, $at, $len;
		$at += $len;
	}
	return \@values;
}

# Everything until the server is ready: {rows, state, message, detail, hint, tag}; state '' is success,
# 'LOST' a connection that ended.
sub answer {
	my ($self) = @_;
	my %result = (rows => [], state => '', message => '', tag => '');
	while (my ($type, $content) = $self->message) {
		if ($type eq 'D') { push @{ $result{rows} }, row_values($content) }
		elsif ($type eq 'E') {
			my $f = error_fields($content);
			@result{qw(state message detail hint)} = @$f{qw(C M D H)};
		}
		elsif ($type eq 'C') { $result{tag} = substr $content, 0, -1 }
		elsif ($type eq 'G') { return { %result, copying => 1 } }
		elsif ($type eq 'Z') { return \%result }
	}
	$self->{lost} = 1;
	return { %result, state => 'LOST', message => $result{message} || 'the connection was lost' };
}

sub send_query {
	my ($self, $sql) = @_;
	$self->put('Q' . pack('N', 5 + length $sql) . "$sql\0");
	return;
}

# query(SQL): its result
sub query {
	my ($self, $sql) = @_;
	return { rows => [], state => 'LOST', message => 'no connection' } if $self->{lost};
	$self->send_query($sql);
	return $self->answer;
}

# do(SQL...): each must succeed; the rows of the last
sub do {
	my ($self, @sql) = @_;
	my $result;
	for my $sql (@sql) {
		$result = $self->query($sql);
		die "$result->{state}: $result->{message}\n$sql\n" if $result->{state};
	}
	return $result->{rows};
}

# the first column of all rows
sub column {
	my ($self, $sql) = @_;
	return map { $_->[0] } @{ $self->do($sql) };
}

# copy(SQL, DATA): COPY ... FROM STDIN
sub copy {
	my ($self, $sql, $data) = @_;
	$self->send_query($sql);
	my $result = $self->answer;
	die "$result->{state}: $result->{message}\n$sql\n" unless $result->{copying};
	while (length $data) {
		my $part = substr $data, 0, 65536, '';
		$self->put('d' . pack('N', 4 + length $part) . $part);
	}
	$self->put('c' . pack('N', 4));
	$result = $self->answer;
	die "$result->{state}: $result->{message}\n$sql\n" if $result->{state};
	return;
}

sub close {
	my ($self) = @_;
	$self->put('X' . pack('N', 4)) unless $self->{lost};
	close $self->{socket};
	return;
}

1;
