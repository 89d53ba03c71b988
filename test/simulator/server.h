/*
 * server.h: the HTTP server.
 */
#ifndef SIM_SERVER_H
#define SIM_SERVER_H

#include "buf.h"

typedef struct ServerOptions
{
	const char *address;		/* loopback only */
	int			port;			/* 0: any */
	char	   *tls_cert;		/* PEM texts, or NULL */
	char	   *tls_key;
} ServerOptions;

/* Starts serving; returns the port, 0 with a message on failure. */
extern int	server_start(const ServerOptions *o, Buf *error);

#endif
