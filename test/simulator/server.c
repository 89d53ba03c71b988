/*
 * server.c: the HTTP server, see server.h: libmicrohttpd's callbacks, from a
 * connection's bytes to an Exchange.
 *
 * A thread for each connection: replies may sleep as long as they like, and
 * the stacks are small.
 */
#include "server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>

#include "api.h"
#include "control.h"
#include "deliver.h"

#define REQUEST_MAX (1 << 20)
#define STACK_SIZE (256 * 1024)
#define CONNECTIONS_MAX 8192
#define BACKLOG 2048

const char *
exchange_header(const Exchange *x, const char *name)
{
	return MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
}

const char *
exchange_argument(const Exchange *x, const char *name)
{
	return MHD_lookup_connection_value(x->connection, MHD_GET_ARGUMENT_KIND, name);
}

bool
exchange_wait(const Exchange *x, int64_t microseconds)
{
	return wait_or_gone(connection_socket(x->connection), microseconds);
}

/* First sight of a request: only here is its target complete. */
static void *
on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
	Exchange   *x = xcalloc(1, sizeof(*x));

	(void) cls;
	x->connection = connection;
	x->target = xstrdup(target);
	x->reply.cut_at = -1;
	return x;
}

static void
exchange_free(Exchange *x)
{
	free(x->target);
	free(x->path);
	buf_free(&x->body);
	buf_free(&x->reply.body);
	if (x->reply.stream.free)
		x->reply.stream.free(x->reply.stream.state);
	for (int i = 0; i < x->reply.header_count; i++)
		buf_free(&x->reply.headers[i]);
	json_decref(x->json);
	json_decref(x->fault);
	if (x->config)
		config_release(x->config);
	free(x);
}

static void
on_completed(void *cls, struct MHD_Connection *connection, void **request,
			 enum MHD_RequestTerminationCode why)
{
	(void) cls;
	(void) connection;
	(void) why;
	if (*request)
		exchange_free(*request);
	*request = NULL;
}

static Connection *
connection_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
	MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info->socket_context;
}

static void
take_body(Exchange *x, const char *data, size_t size)
{
	if (x->body.len + size > REQUEST_MAX)
		x->body_too_large = true;
	else
		buf_add(&x->body, data, size);
}

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *connection, const char *url,
		   const char *method, const char *version, const char *data,
		   size_t *size, void **request)
{
	Exchange   *x = *request;

	(void) cls;
	(void) version;
	if (x->path == NULL)
	{
		x->method = method;
		x->path = xstrdup(url);
		buf_grow(&x->body, 0);
		return MHD_YES;
	}
	if (*size > 0)
	{
		take_body(x, data, *size);
		*size = 0;
		return MHD_YES;
	}
	x->config = config_acquire();
	if (strncmp(x->path, "/_sim/", 6) == 0)
		control_dispatch(x);
	else
		api_dispatch(x, connection_of(connection));
	return deliver(x);
}

static void
on_connection(void *cls, struct MHD_Connection *connection, void **context,
			  enum MHD_ConnectionNotificationCode what)
{
	static uint64_t last_id;	/* counted by the accepting thread alone */
	int			on = 1;

	(void) cls;
	if (what == MHD_CONNECTION_NOTIFY_CLOSED)
	{
		free(*context);
		return;
	}
	*context = xcalloc(1, sizeof(Connection));
	((Connection *) *context)->id = __atomic_add_fetch(&last_id, 1, __ATOMIC_RELAXED);
	setsockopt(connection_socket(connection), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

/* Only loopback: this must never be reachable from another machine. */
static bool
loopback_address(const char *text, int port, struct sockaddr_storage *out)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *) out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *) out;

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1)
	{
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t) port);
		return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
	}
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1)
	{
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t) port);
		return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
	}
	return false;
}

static unsigned int
daemon_flags(const ServerOptions *o, const struct sockaddr_storage *address)
{
	unsigned int flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
	MHD_USE_POLL | MHD_USE_ITC;

	if (o->tls_cert)
		flags |= MHD_USE_TLS;
	if (address->ss_family == AF_INET6)
		flags |= MHD_USE_IPv6;
	return flags;
}

static struct MHD_Daemon *
start_daemon(const ServerOptions *o, const struct sockaddr_storage *address)
{
	struct MHD_OptionItem tls[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, o->tls_cert},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, o->tls_key},
		{MHD_OPTION_END, 0, NULL}
	};

	if (o->tls_cert == NULL)
		tls[0].option = MHD_OPTION_END;
	return MHD_start_daemon(daemon_flags(o, address), 0, NULL, NULL, on_request, NULL,
							MHD_OPTION_SOCK_ADDR, address,
							MHD_OPTION_URI_LOG_CALLBACK, on_target, NULL,
							MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
							MHD_OPTION_NOTIFY_CONNECTION, on_connection, NULL,
							MHD_OPTION_THREAD_STACK_SIZE, (size_t) STACK_SIZE,
							MHD_OPTION_CONNECTION_LIMIT, (unsigned int) CONNECTIONS_MAX,
							MHD_OPTION_LISTEN_BACKLOG_SIZE, (unsigned int) BACKLOG,
							MHD_OPTION_ARRAY, tls,
							MHD_OPTION_END);
}

int
server_start(const ServerOptions *o, Buf *error)
{
	struct sockaddr_storage address;
	static struct MHD_Daemon *daemon;	/* runs until the process ends */

	if (!loopback_address(o->address, o->port, &address))
	{
		buf_printf(error, "\"%s\" is not a loopback address", o->address);
		return 0;
	}
	daemon = start_daemon(o, &address);
	if (daemon == NULL)
	{
		buf_printf(error, "could not listen on %s port %d", o->address, o->port);
		return 0;
	}
	return MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}
