/*
 * main.c: the command line of intent_simulator.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "control.h"
#include "hash.h"
#include "people.h"
#include "server.h"

typedef struct Options
{
	ServerOptions server;
	const char *port_file;
	const char *config;
	pid_t		parent;
} Options;

static const char usage[] =
"Usage: intent_simulator [--port N] [--port-file FILE] [--bind ADDRESS]\n"
"       [--people N] [--seed S] [--config JSON] [--parent PID]\n"
"       [--tls-cert FILE --tls-key FILE]\n";

static void
fail(const char *message)
{
	fprintf(stderr, "intent_simulator: %s\n", message);
	exit(1);
}

static char *
read_whole_file(const char *path)
{
	FILE	   *f = fopen(path, "r");
	Buf			b = {0};
	char		part[4096];
	size_t		n;

	if (f == NULL)
	{
		fprintf(stderr, "intent_simulator: could not open \"%s\": %s\n", path, strerror(errno));
		exit(1);
	}
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		buf_add(&b, part, n);
	fclose(f);
	buf_grow(&b, 0);
	return b.data;
}

static unsigned long long
number(const char *text, unsigned long long most)
{
	char	   *end;
	unsigned long long value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || *end || end == text || *text == '-' || value > most)
	{
		fprintf(stderr, "intent_simulator: bad number \"%s\"\n", text);
		exit(1);
	}
	return value;
}

static void
take_option(int option, const char *value, Options *o)
{
	switch (option)
	{
		case 'p':
			o->server.port = (int) number(value, 65535);
			break;
		case 'f':
			o->port_file = value;
			break;
		case 'b':
			o->server.address = value;
			break;
		case 'n':
			world.people = (uint32_t) number(value, 10000000);
			break;
		case 's':
			world.seed = number(value, UINT32_MAX);
			break;
		case 'c':
			o->config = value;
			break;
		case 'C':
			o->server.tls_cert = read_whole_file(value);
			break;
		case 'K':
			o->server.tls_key = read_whole_file(value);
			break;
		case 'P':
			o->parent = (pid_t) number(value, INT32_MAX);
			break;
		default:
			fputs(usage, stderr);
			exit(option == 'h' ? 0 : 1);
	}
}

static void
read_options(int argc, char **argv, Options *o)
{
	static const struct option names[] = {
		{"port", required_argument, NULL, 'p'},
		{"port-file", required_argument, NULL, 'f'},
		{"bind", required_argument, NULL, 'b'},
		{"people", required_argument, NULL, 'n'},
		{"seed", required_argument, NULL, 's'},
		{"config", required_argument, NULL, 'c'},
		{"tls-cert", required_argument, NULL, 'C'},
		{"tls-key", required_argument, NULL, 'K'},
		{"parent", required_argument, NULL, 'P'},
		{"help", no_argument, NULL, 'h'},
		{0}
	};
	int			option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1)
		take_option(option, optarg, o);
	if (optind < argc)
		fail("too many arguments");
	if (!o->server.tls_cert != !o->server.tls_key)
		fail("--tls-cert and --tls-key need each other");
}

/* A reader never sees half a number: written beside it, then renamed. */
static void
write_port_file(const char *path, int port)
{
	Buf			beside = {0};
	FILE	   *f;

	buf_printf(&beside, "%s.%d", path, (int) getpid());
	f = fopen(beside.data, "w");
	if (f == NULL || fprintf(f, "%d\n", port) < 0 || fclose(f) != 0 || rename(beside.data, path) != 0)
		fail("could not write the port file");
	buf_free(&beside);
}

static bool
is_gone(pid_t pid)
{
	return kill(pid, 0) != 0 && errno == ESRCH;
}

/* Returns when that process is gone; never if it is 0. */
static void
wait_for_end_of(pid_t parent)
{
	int			fd = parent ? (int) syscall(SYS_pidfd_open, parent, 0) : -1;
	struct pollfd p = {.fd = fd,.events = POLLIN};

	if (parent == 0)
		for (;;)
			pause();
	while (!is_gone(parent) && (p.revents & POLLIN) == 0)
		poll(&p, 1, fd >= 0 ? -1 : 200);
}

static void
raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int
main(int argc, char **argv)
{
	Options		o = {.server = {.address = "127.0.0.1"}};
	Buf			error = {0};
	int			port;

	json_object_seed(1);
	signal(SIGPIPE, SIG_IGN);
	read_options(argc, argv, &o);
	raise_file_limit();
	values_init();
	topics_init();
	if (!config_init(o.config, &error))
		fail(error.data);
	control_reset();
	port = server_start(&o.server, &error);
	if (port == 0)
		fail(error.data);
	if (o.port_file)
		write_port_file(o.port_file, port);
	printf("%d\n", port);
	fflush(stdout);
	wait_for_end_of(o.parent);
	return 0;
}
