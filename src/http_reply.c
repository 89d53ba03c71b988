/*
 * http_reply.c
 *		What came back: how a transfer ended, and its reply.
 *
 * What goes wrong with a transfer is a value here and an error only with the
 * caller, who knows whether to try again.  Runs wherever libcurl is driven,
 * during abort too, so it neither raises nor pallocs.
 */
#include "compat.h"

#include <time.h>

#include "http_private.h"

#define LONGEST_RETRY_S		INT64CONST(1000000000)

/* What a libcurl code means to the caller; others are connection failures. */
static const struct
{
	CURLcode	code;
	HttpOutcome outcome;
}			outcomes[] =

{
	{CURLE_OK, HTTP_DONE},
	{CURLE_COULDNT_RESOLVE_PROXY, HTTP_CONNECT_FAILED},
	{CURLE_COULDNT_RESOLVE_HOST, HTTP_CONNECT_FAILED},
	{CURLE_COULDNT_CONNECT, HTTP_CONNECT_FAILED},
	{CURLE_PROXY, HTTP_CONNECT_FAILED},
	{CURLE_SSL_CONNECT_ERROR, HTTP_CONNECT_FAILED},
	{CURLE_OPERATION_TIMEDOUT, HTTP_TIMED_OUT},
	{CURLE_SEND_ERROR, HTTP_CUT_SHORT},
	{CURLE_RECV_ERROR, HTTP_CUT_SHORT},
	{CURLE_GOT_NOTHING, HTTP_CUT_SHORT},
	{CURLE_PARTIAL_FILE, HTTP_CUT_SHORT},
	{CURLE_HTTP2, HTTP_CUT_SHORT},
	{CURLE_HTTP2_STREAM, HTTP_CUT_SHORT},
	{CURLE_SSL_SHUTDOWN_FAILED, HTTP_CUT_SHORT},
	{CURLE_SSL_ENGINE_NOTFOUND, HTTP_TLS_REFUSED},
	{CURLE_SSL_ENGINE_SETFAILED, HTTP_TLS_REFUSED},
	{CURLE_SSL_ENGINE_INITFAILED, HTTP_TLS_REFUSED},
	{CURLE_SSL_CERTPROBLEM, HTTP_TLS_REFUSED},
	{CURLE_SSL_CIPHER, HTTP_TLS_REFUSED},
	{CURLE_PEER_FAILED_VERIFICATION, HTTP_TLS_REFUSED},
	{CURLE_USE_SSL_FAILED, HTTP_TLS_REFUSED},
	{CURLE_SSL_CACERT_BADFILE, HTTP_TLS_REFUSED},
	{CURLE_SSL_CRL_BADFILE, HTTP_TLS_REFUSED},
	{CURLE_SSL_ISSUER_ERROR, HTTP_TLS_REFUSED},
	{CURLE_SSL_PINNEDPUBKEYNOTMATCH, HTTP_TLS_REFUSED},
	{CURLE_SSL_INVALIDCERTSTATUS, HTTP_TLS_REFUSED},
	{CURLE_SSL_CLIENTCERT, HTTP_TLS_REFUSED},
	{CURLE_FILESIZE_EXCEEDED, HTTP_TOO_LARGE},
	{CURLE_URL_MALFORMAT, HTTP_NOT_HTTP},
	{CURLE_UNSUPPORTED_PROTOCOL, HTTP_NOT_HTTP},	/* HTTP/0.9 too */
	{CURLE_LOGIN_DENIED, HTTP_NOT_HTTP},	/* user name in the URL */
	{CURLE_WEIRD_SERVER_REPLY, HTTP_NOT_HTTP},
	{CURLE_BAD_CONTENT_ENCODING, HTTP_NOT_HTTP},
};

/*
 * A handshake that the other side cut and one that can never succeed have the
 * same code, CURLE_SSL_CONNECT_ERROR; these parts of OpenSSL's texts tell.
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
static bool
is_tls_refusal(const char *reason)
{
	for (int i = 0; i < lengthof(tls_refusals); i++)
		if (strstr(reason, tls_refusals[i]) != NULL)
			return true;
	return false;
}

static HttpOutcome
outcome_of(HttpTransfer *transfer, CURLcode code)
{
	HttpOutcome outcome = HTTP_CONNECT_FAILED;
	curl_off_t	pretransfer = 0;

	if (transfer->refused[0] != '\0')
		return HTTP_TOO_LARGE;
	if (code == CURLE_SSL_CONNECT_ERROR && is_tls_refusal(transfer->reason))
		return HTTP_TLS_REFUSED;
	for (int i = 0; i < lengthof(outcomes); i++)
		if (outcomes[i].code == code)
			outcome = outcomes[i].outcome;

	/* the time before the request could be sent belongs to connecting */
	(void) curl_easy_getinfo(transfer->easy, CURLINFO_PRETRANSFER_TIME_T,
							 &pretransfer);
	if (pretransfer == 0 &&
		(outcome == HTTP_TIMED_OUT || outcome == HTTP_CUT_SHORT))
		outcome = HTTP_CONNECT_FAILED;
	return outcome;
}

/*
 * See that there is a reason, in plain ASCII: it may quote a certificate or a
 * host name, and it goes into messages of any encoding.
 */
static void
settle_reason(HttpTransfer *transfer, const char *otherwise)
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
 * The Retry-After header, seconds or a date: -1 without a usable one, 0 for a
 * date that has passed.  Not by CURLINFO_RETRY_AFTER, which is 0 for "0", for
 * no header and for a number beyond its range.
 */
static int64
retry_after_ms(CURL *easy)
{
	struct curl_header *header;
	long long	seconds;
	char	   *end;

	if (curl_easy_header(easy, "Retry-After", 0, CURLH_HEADER, -1,
						 &header) != CURLHE_OK)
		return -1;
	seconds = strtoll(header->value, &end, 10);
	if (end == header->value || *end != '\0')
	{
		time_t		date = curl_getdate(header->value, NULL);

		if (date == -1)
			return -1;
		seconds = (long long) date - (long long) time(NULL);
	}
	return Min(Max(seconds, 0), LONGEST_RETRY_S) * 1000;
}

/*
 * Fill the reply of a transfer that ended with code, while it still has its
 * handle; reason is for when libcurl has left none in the error buffer.
 */
void
http_make_reply(HttpTransfer *transfer, CURLcode code, const char *reason)
{
	HttpReply  *reply = &transfer->reply;
	CURL	   *easy = transfer->easy;
	long		status = 0;
	long		header_bytes = 0;
	curl_off_t	body_bytes = 0;
	long		connects = 0;

	(void) curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	(void) curl_easy_getinfo(easy, CURLINFO_HEADER_SIZE, &header_bytes);
	(void) curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &body_bytes);
	(void) curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connects);

	reply->outcome = outcome_of(transfer, code);
	reply->status = (int) status;
	reply->body = transfer->body ? transfer->body : "";
	reply->body_len = transfer->len;
	reply->retry_after_ms = retry_after_ms(easy);
	reply->bytes_received = (int64) header_bytes + (int64) body_bytes;
	reply->new_connection = connects > 0;
	settle_reason(transfer, reason);
}
