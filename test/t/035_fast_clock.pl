# What takes long, in a server whose clock runs twenty times as fast: pauses between polls grow to 10 s, no more.
# The same library in front of the real one tells whether libcurl touches signals, which are PostgreSQL's.
use strict;
use warnings;

use File::Spec;
use IntentTest;
use Test::More;

my $speed = 20;
my $dir = File::Spec->rel2abs(PostgreSQL::Test::Utils::tempdir());
open(my $c, '>', "$dir/clock.c") or die "clock.c: $!";
print $c "#define SPEED $speed\n#define DIR \"$dir\"\n", <<'C';
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static struct timespec mono_base;
static struct timeval wall_base;

/* Leaves a file of that name if the caller is libcurl. */
static void
note(void *caller, const char *name)
{
	Dl_info		info;
	int			fd;

	if (dladdr(caller, &info) && info.dli_fname && strstr(info.dli_fname, "libcurl") &&
		(fd = open(name, O_CREAT | O_WRONLY, 0600)) >= 0)
		close(fd);
}

static int
real_clock(clockid_t id, struct timespec *ts)
{
	static int	(*real) (clockid_t, struct timespec *);

	if (!real)
		real = dlsym(RTLD_NEXT, "clock_gettime");
	return real(id, ts);
}

static int
real_wall(struct timeval *tv)
{
	static int	(*real) (struct timeval *, void *);

	if (!real)
		real = dlsym(RTLD_NEXT, "gettimeofday");
	return real(tv, NULL);
}

/* In the postmaster, so that all processes agree. */
__attribute__((constructor)) static void
begin(void)
{
	real_clock(CLOCK_MONOTONIC, &mono_base);
	real_wall(&wall_base);
}

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	int			result = real_clock(id, ts);
	long long	ns;

	if (id != CLOCK_MONOTONIC && id != CLOCK_MONOTONIC_RAW && id != CLOCK_MONOTONIC_COARSE)
		return result;
	note(__builtin_return_address(0), DIR "/clock_of_libcurl");
	ns = ((ts->tv_sec - mono_base.tv_sec) * 1000000000LL + ts->tv_nsec - mono_base.tv_nsec) * SPEED;
	ts->tv_sec = mono_base.tv_sec + ns / 1000000000LL;
	ts->tv_nsec = ns > 0 ? ns % 1000000000LL : 0;
	return result;
}

int
gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	int			result = real_wall(tv);
	long long	us = ((tv->tv_sec - wall_base.tv_sec) * 1000000LL + tv->tv_usec - wall_base.tv_usec) * SPEED;

	tv->tv_sec = wall_base.tv_sec + us / 1000000;
	tv->tv_usec = us > 0 ? us % 1000000 : 0;
	return result;
}

int
epoll_wait(int fd, struct epoll_event *events, int max, int timeout)
{
	static int	(*real) (int, struct epoll_event *, int, int);

	if (!real)
		real = dlsym(RTLD_NEXT, "epoll_wait");
	return real(fd, events, max, timeout > 0 ? (timeout + SPEED - 1) / SPEED : timeout);
}

int
sigaction(int number, const struct sigaction *restrict new, struct sigaction *restrict old)
{
	static int	(*real) (int, const struct sigaction *, struct sigaction *);

	if (!real)
		real = dlsym(RTLD_NEXT, "sigaction");
	if (new)
		note(__builtin_return_address(0), DIR "/signals_of_libcurl");
	return real(number, new, old);
}
C
close $c;
my @compile = ('cc', '-shared', '-fPIC', '-o', "$dir/clock.so", "$dir/clock.c", '-ldl');
PostgreSQL::Test::Utils::run_log(\@compile) or BAIL_OUT("@compile");

my $sim = IntentTest::Simulator->new(people => 300);
my $node;
{
	local $ENV{LD_PRELOAD} = preloading("$dir/clock.so");
	$node = cluster($sim, request_timeout => '600s', connect_timeout => '600s');
}
my $s = session($node);
my $people = $sim->people($topic);
my $query = "SELECT count(*) FROM (SELECT hem FROM intent.audience WHERE topic_id = $topic) a";

is($s->value($query), $people, 'a query in a server with a fast clock');
ok(-e "$dir/clock_of_libcurl", 'libcurl is watched');
ok(!-e "$dir/signals_of_libcurl", 'libcurl leaves signals alone');

# --- polls: 2.5 s, then half as much again, to 10 s

$sim->fresh(materialize_calls => 9);
is($s->value($query), $people, 'nine polls');
my @log = $sim->log;
my @gaps = map { ($log[$_]{at_ms} - $log[ $_ - 1 ]{at_ms}) / 1000 * $speed } 1 .. 9;
my $expected = 2.5;
for my $i (0 .. 8)
{
	cmp_ok($gaps[$i], '>=', $expected * 0.95, "poll $i: not before $expected s");
	$expected = $expected * 1.5 < 10 ? $expected * 1.5 : 10;
}
# (without the cap: 28, 43, 64)
my ($least) = sort { $a <=> $b } @gaps[ 6 .. 8 ];
cmp_ok($least, '<', 20, 'pauses end growing at 10 s') or diag("@gaps");

# --- so do they where the first pause is longer than that: it is kept

$s->value("ALTER SERVER intent OPTIONS (ADD poll_interval '14s')");
$sim->fresh(materialize_calls => 3);
is($s->value($query), $people, 'three polls');
@log = $sim->log;
@gaps = map { ($log[$_]{at_ms} - $log[ $_ - 1 ]{at_ms}) / 1000 * $speed } 1 .. 3;
cmp_ok($_, '>=', 13.5, 'a poll_interval above 10 s is kept') for @gaps;
cmp_ok($gaps[2], '<', 28, '... and does not grow') or diag("@gaps");

# --- Retry-After is obeyed to its end, also one that takes a while

$s->value("ALTER SERVER intent OPTIONS (ADD max_retry_delay '60s')");
$sim->fault({ status => 429, retry_after => '25' });
is($s->value($query), $people, 'a Retry-After of 25 s');
@log = $sim->log;
cmp_ok(($log[1]{at_ms} - $log[0]{at_ms}) / 1000 * $speed, '>=', 24.5, '... is waited for');

$s->quit;
done_testing();
