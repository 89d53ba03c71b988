/*
 * deliver.h: sending a reply, at its speed and with its accidents.
 */
#ifndef SIM_DELIVER_H
#define SIM_DELIVER_H

#include <microhttpd.h>

#include "exchange.h"

/* Queues the reply; MHD_NO closes the connection. */
extern enum MHD_Result deliver(Exchange *x);

/* Waits so long; false at once when the peer of the socket leaves. */
extern bool wait_or_gone(int socket, int64_t microseconds);
extern int	connection_socket(struct MHD_Connection *connection);

#endif
