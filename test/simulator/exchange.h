/*
 * exchange.h: one request and its reply, as handlers see them.
 *
 * server.c reads the request, a handler fills the reply, deliver.c sends it.
 */
#ifndef SIM_EXCHANGE_H
#define SIM_EXCHANGE_H

#include <jansson.h>
#include <sys/types.h>

#include "config.h"

#define REPLY_HEADERS_MAX 8

struct MHD_Connection;

/* A body that is made while it is sent.  Returns 0 at its end. */
typedef struct Stream
{
	size_t		(*read) (void *state, char *to, size_t room);
	void		(*free) (void *state);
	void	   *state;
} Stream;

typedef struct Reply
{
	int			status;
	Buf			body;
	Stream		stream;			/* instead of body, if read is set */
	const char *content_type;
	Buf			headers[REPLY_HEADERS_MAX]; /* "Name: value" */
	int			header_count;
	bool		close;			/* no answer, the connection is closed */
	bool		stall;			/* no answer until the client leaves */
	bool		gzipped;		/* body is gzip already */
	bool		plain;			/* never compress */
	long		cut_at;			/* body bytes until the connection closes; -1 */
	int			bytes_per_second;	/* 0: at once */
	int			stall_ms;		/* pause in the middle of the body */
} Reply;

typedef struct Exchange
{
	struct MHD_Connection *connection;
	const char *method;
	char	   *target;			/* path and query string as sent */
	char	   *path;			/* decoded, without the query string */
	Buf			body;
	bool		body_too_large;
	json_t	   *json;			/* the body, NULL if it is not JSON */
	json_t	   *fault;			/* of this request, or NULL */
	SimConfig  *config;
	uint64_t	log_number;
	Reply		reply;
} Exchange;

/* Request header, argument of the query string; NULL if absent. */
extern const char *exchange_header(const Exchange *x, const char *name);
extern const char *exchange_argument(const Exchange *x, const char *name);

/* Waits; false at once when the client leaves. */
extern bool exchange_wait(const Exchange *x, int64_t microseconds);

extern void reply_header(Reply *r, const char *name, const char *value);
extern void reply_text(Reply *r, int status, const char *text);

/* The vendor's error: {"error":{"code":...,"message":...}}. */
extern void reply_error(Reply *r, int status, const char *message);
extern const char *error_code(int status);

#endif
