/* gateway-socks: SOCKS5 as a zone may speak it: CONNECT, by name or by address, without a password.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/gateway/gateway-http.h"

#define GATEWAY_SOCKS_VERSION 5
#define GATEWAY_SOCKS_REPLY 10 /* bytes of the longest answer */

/* The greeting (RFC 1928, 3). Returns its length, -EAGAIN, or -EACCES (no way to log in that we take: none but "no authentication"),
 * -EBADMSG. */
int gateway_socks_greeting(const uint8_t *bytes, size_t n);
/* The request (4). 0 (ret as of a CONNECT, head_n its length), -EAGAIN, or a GatewayRefusal; host and port are set as far as they are known. */
int gateway_socks_request(const uint8_t *bytes, size_t n, GatewayRequest *ret);
/* The answer to a request (6): REFUSAL_NONE = it was done. Returns its length. */
size_t gateway_socks_reply(GatewayRefusal refusal, char ret[GATEWAY_SOCKS_REPLY]);
