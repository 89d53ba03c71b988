# IntentNginx.pm: nginx with TLS in front of a simulator, and certificates of two authorities.
#
#   my $nginx = IntentNginx->new($sim->{url});   {dir} has ca.pem, other_ca.pem and access.log
#   $nginx->{port}{NAME}                         good, wrong_host, expired, stranger (by other_ca), old (TLS 1.1)
#   $nginx->stop; $nginx->start;
#
# A line of access.log: port, protocol, status, Accept-Encoding, Content-Encoding, connection.
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
	my ($self, $name, $certificate, $more) = @_;
	my ($dir, $port) = ($self->{dir}, $self->{port}{$name});
	return <<"CONF";
server { listen 127.0.0.1:$port ssl$more; ssl_certificate $dir/$certificate.pem; ssl_certificate_key $dir/$certificate.key;
  location / { proxy_pass $self->{url}; proxy_http_version 1.1; proxy_set_header Connection ""; } }
CONF
}

sub new
{
	my ($class, $url) = @_;
	my $dir = File::Spec->rel2abs(PostgreSQL::Test::Utils::tempdir());
	my $self = bless { url => $url, dir => $dir }, $class;
	my @taken = map { IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') } 0 .. keys %names;

	@{ $self->{port} }{ sort(keys %names), 'old' } = map { $_->sockport } @taken;
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
http { log_format short '\$server_port \$server_protocol \$status \$http_accept_encoding \$sent_http_content_encoding \$connection';
access_log $dir/access.log short; client_body_temp_path $dir/b; proxy_temp_path $dir/p; fastcgi_temp_path $dir/f;
uwsgi_temp_path $dir/u; scgi_temp_path $dir/s; keepalive_timeout 60;
@{[ map { $self->server($_, $_, ' http2') } sort keys %names ]}
@{[ $self->server('old', 'good', '; ssl_protocols TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0') ]}
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

END
{
	my $status = $?;
	kill 'TERM', @running if @running;
	waitpid($_, 0) for @running;
	$? = $status;
}

1;
