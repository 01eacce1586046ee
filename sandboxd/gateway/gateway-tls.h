/* gateway-tls: the first message of a TLS client, read for the server's name before a byte of it is passed on.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-names.h"
#include "sandboxd/gateway/gateway-page.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum GatewayEch {
        GATEWAY_ECH_NONE = 0,
        GATEWAY_ECH_OUTER, /* well-formed: a real one, or GREASE, made to look the same (RFC 9849, 6.2); the server name tells: GREASE leaves the true one */
        GATEWAY_ECH_OTHER, /* an "inner" one or one of no known form: no browser sends it in the clear */
} GatewayEch;

typedef struct GatewayHello {
        char name[POLICY_NAMES_MAX_NAME + 1]; /* canonical; "" = none */
        uint16_t version;                     /* the highest that is offered */
        GatewayEch ech;
} GatewayHello;

/* True where the bytes can only be the start of TLS (or of its ancestor SSL 2, which strict kinds must see); -EAGAIN where it is open. */
int gateway_tls_looks_like(const uint8_t *bytes, size_t n);
/* Reads a whole ClientHello from the start of the stream: over several records, at most GATEWAY_MAX_HELLO bytes of message in
 * GATEWAY_MAX_HELLO_RECORDS records. Returns 0, -EAGAIN when bytes are missing, or a GatewayRefusal (TLS_...). *ret is set on 0 alone. */
int gateway_tls_hello(const uint8_t *bytes, size_t n, GatewayHello *ret);
