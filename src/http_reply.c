/*
 * http_reply.c
 *		Texts of a reply that have to be understood or cleaned.
 *
 * Part of http.c.  Runs wherever libcurl is driven, during abort too, so it
 * neither raises nor pallocs.
 */
#include "compat.h"

#include <time.h>

#include "http_private.h"

#define LONGEST_RETRY_S		INT64CONST(1000000000)

/*
 * A handshake that the other side cut and one that can never succeed end in
 * the same way; these parts of OpenSSL's texts tell.
 */
static const char *const tls_refusals[] = {
	"unsupported protocol",
	"protocol version",
	"no protocols available",
	"wrong version number",
	"handshake failure",
	"no shared cipher",
	"unrecognized name",
};

bool
http_is_tls_refusal(const char *reason)
{
	for (int i = 0; i < lengthof(tls_refusals); i++)
		if (strstr(reason, tls_refusals[i]) != NULL)
			return true;
	return false;
}

/*
 * See that there is a reason, in plain ASCII: it may quote a certificate or a
 * host name, and it goes into messages of any encoding.
 */
void
http_settle_reason(HttpTransfer *transfer, const char *otherwise)
{
	char	   *reason = transfer->reason;

	if (transfer->refused[0] != '\0')
		strlcpy(reason, transfer->refused, sizeof(transfer->reason));
	else if (reason[0] == '\0' || transfer->reply.outcome == HTTP_DONE)
		strlcpy(reason, otherwise, sizeof(transfer->reason));
	for (char *c = reason; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	transfer->reply.reason = reason;
}

/*
 * The value of a Retry-After header, seconds or a date: -1 if it is neither, 0
 * for a date that has passed.  date is what the value is if taken for one, or
 * -1.
 */
int64
http_retry_after_ms(const char *value, time_t date)
{
	char	   *end;
	long long	seconds = strtoll(value, &end, 10);

	if (end == value || *end != '\0')
	{
		if (date == -1)
			return -1;
		seconds = (long long) date - (long long) time(NULL);
	}
	return Min(Max(seconds, 0), LONGEST_RETRY_S) * 1000;
}
