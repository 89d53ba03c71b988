# IntentNginx.pm: nginx with TLS in front of a simulator, and certificates of two authorities.
#
#   my $nginx = IntentNginx->new($sim->{url});   {dir} has ca.pem, other_ca.pem and access.log
#   $nginx->{port}{NAME}                         good, wrong_host, expired, stranger (by other_ca), and @kinds below
#   $nginx->stop; $nginx->start; $nginx->reload;
#   $nginx->log                                  what was asked since the last $nginx->fresh_log, a hash a request
#   $nginx->open_connections('good')             now, on nginx's side
package IntentNginx;

use strict;
use warnings;

use File::Spec;
use IO::Socket::INET;
use IntentTest;
use POSIX qw(WNOHANG);
use PostgreSQL::Test::Utils;
use Test::More;

my %names = (
	good => 'IP:127.0.0.1',
	wrong_host => 'DNS:elsewhere.example',
	expired => 'IP:127.0.0.1',
	stranger => 'IP:127.0.0.1');
# Other ways to listen, with the good certificate: what follows listen's port, further directives.
my %kinds = (
	old => [ '', 'ssl_protocols TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;' ],
	http1 => [ '', '' ],
	few_streams => [ ' http2', 'http2_max_concurrent_streams 2;' ],
	few_requests => [ ' http2', 'keepalive_requests 7;' ],
	impatient => [ '', 'keepalive_timeout 200ms; ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:sessions:1m;' ]);
# The members of a line of access.log.
my @members = qw(port protocol status accept encoding resumed connection);
my @running;

sub program { return (grep { -x } '/usr/sbin/nginx', '/usr/bin/nginx')[0]; }

sub openssl
{
	my @command = ('openssl', @_);
	PostgreSQL::Test::Utils::run_log(\@command) or BAIL_OUT("@command");
	return;
}

sub put
{
	my ($self, $name, $text) = @_;
	open(my $f, '>', "$self->{dir}/$name") or die "$name: $!";
	print $f $text;
	close $f;
	return;
}

sub make_key
{
	my ($self, $name) = @_;
	openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', "$self->{dir}/$name.key");
	return;
}

sub make_authority
{
	my ($self, $ca) = @_;
	my $dir = $self->{dir};

	$self->make_key($ca);
	openssl('req', '-x509', '-new', '-key', "$dir/$ca.key", '-subj', "/CN=test $ca", '-days', 30, '-out', "$dir/$ca.pem");
	return;
}

sub make_certificate
{
	my ($self, $name) = @_;
	my $dir = $self->{dir};
	my $ca = $name eq 'stranger' ? 'other_ca' : 'ca';

	$self->make_key($name);
	openssl('req', '-new', '-key', "$dir/$name.key", '-subj', "/CN=$name",
		'-addext', "subjectAltName=$names{$name}", '-out', "$dir/$name.csr");
	openssl('ca', '-batch', '-config', "$dir/ca.conf", '-cert', "$dir/$ca.pem", '-keyfile', "$dir/$ca.key",
		'-in', "$dir/$name.csr", '-startdate', '20200101000000Z',
		'-enddate', $name eq 'expired' ? '20200201000000Z' : '20990101000000Z', '-out', "$dir/$name.pem", '-notext');
	return;
}

sub server
{
	my ($self, $name, $certificate, $listen, $directives) = @_;
	my ($dir, $port) = ($self->{dir}, $self->{port}{$name});
	return <<"CONF";
server { listen 127.0.0.1:$port ssl$listen; ssl_certificate $dir/$certificate.pem; ssl_certificate_key $dir/$certificate.key;
  $directives location / { proxy_pass $self->{url}; proxy_http_version 1.1; proxy_set_header Connection ""; } }
CONF
}

sub new
{
	my ($class, $url) = @_;
	my $dir = File::Spec->rel2abs(PostgreSQL::Test::Utils::tempdir());
	my $self = bless { url => $url, dir => $dir }, $class;
	my @taken = map { IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') } 1 .. keys(%names) + keys(%kinds);

	@{ $self->{port} }{ sort(keys %names), sort(keys %kinds) } = map { $_->sockport } @taken;
	close $_ for @taken;
	$self->put('index.txt', '');
	$self->put('ca.conf', <<"CONF");
[ca]
default_ca = it
[it]
database = $dir/index.txt
new_certs_dir = $dir
rand_serial = yes
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
CONF
	$self->make_authority($_) for 'ca', 'other_ca';
	$self->make_certificate($_) for sort keys %names;
	$self->put('nginx.conf', <<"CONF");
daemon off; worker_processes 1; pid $dir/nginx.pid; error_log $dir/error.log;
events { worker_connections 64; }
http { log_format short '\$server_port \$server_protocol \$status \$http_accept_encoding \$sent_http_content_encoding \$ssl_session_reused \$connection';
access_log $dir/access.log short; client_body_temp_path $dir/b; proxy_temp_path $dir/p; fastcgi_temp_path $dir/f;
uwsgi_temp_path $dir/u; scgi_temp_path $dir/s; keepalive_timeout 60;
@{[ map { $self->server($_, $_, ' http2', '') } sort keys %names ]}
@{[ map { $self->server($_, 'good', @{ $kinds{$_} }) } sort keys %kinds ]}
}
CONF
	$self->start;
	return $self;
}

sub start
{
	my ($self) = @_;
	my $dir = $self->{dir};
	my $pid = fork();

	if ($pid == 0)
	{
		open(STDERR, '>', "$dir/stderr");
		exec(program(), '-p', $dir, '-e', "$dir/error.log", '-c', "$dir/nginx.conf") or POSIX::_exit(1);
	}
	$self->{pid} = $pid;
	push @running, $pid;
	eventually(
		sub {
			BAIL_OUT('nginx: ' . slurp_file("$dir/stderr")) if waitpid($pid, WNOHANG) > 0;
			IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port}{good});
		},
		'nginx listens');
	return;
}

sub stop
{
	my ($self) = @_;
	kill 'TERM', $self->{pid};
	waitpid($self->{pid}, 0);
	@running = grep { $_ != $self->{pid} } @running;
	return;
}

# New worker processes; the old ones take no new requests and go.
sub reload
{
	my ($self) = @_;
	kill 'HUP', $self->{pid};
	return;
}

sub log
{
	my ($self) = @_;
	my $text = slurp_file("$self->{dir}/access.log", $self->{log_from} // 0);
	my @log;

	for (split(/\n/, $text))
	{
		my %request;
		@request{@members} = /^(\S+) (\S+) (\S+) (.*) (\S+) (\S+) (\S+)$/ or die $_;
		push @log, \%request;
	}
	return @log;
}

# How many connections to a port are open on nginx's side.
sub open_connections
{
	my ($self, $name) = @_;
	my $port = sprintf('%04X', $self->{port}{$name});
	return scalar(() = slurp_file('/proc/net/tcp') =~ /: 0100007F:$port \S+ 01 /g);
}

sub fresh_log { my ($self) = @_; $self->{log_from} = -s "$self->{dir}/access.log"; return; }

END
{
	my $status = $?;
	kill 'TERM', @running if @running;
	waitpid($_, 0) for @running;
	$? = $status;
}

1;
