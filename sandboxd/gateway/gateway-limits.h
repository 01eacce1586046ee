/* gateway-limits: every limit on what a zone or a server can make the gateway hold or do.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#define GATEWAY_MAX_CONNS 5000          /* at once; fewer where RLIMIT_NOFILE is lower */
#define GATEWAY_SPARE_FDS 640           /* of RLIMIT_NOFILE, for the resolver's sockets and our own */
#define GATEWAY_MAX_BUFFER (32u << 10)  /* bytes held per direction of one connection */
#define GATEWAY_MAX_HEAD (16u << 10)    /* bytes of a request's head */
#define GATEWAY_MAX_REPLY_HEAD (30u << 10) /* bytes of a response's head (plain http); room to rewrite it stays */
#define GATEWAY_MAX_HELLO (16u << 10)   /* bytes of a TLS ClientHello */
#define GATEWAY_MAX_HELLO_RECORDS 64    /* records it may be cut into */
#define GATEWAY_MAX_HEADERS 128         /* header lines of a head */
#define GATEWAY_MAX_LOOKUPS 2000        /* names being resolved at once */
#define GATEWAY_MAX_ADDRESSES 16        /* of one name that are looked at; a longer answer is cut */
#define GATEWAY_MAX_DIALS 6             /* addresses tried for one request */
#define GATEWAY_MAX_ADDRESS_SPACE (1ull << 30) /* RLIMIT_AS */
#define GATEWAY_ROUNDS 4                /* buffers moved for one connection before the others get a turn */

#define GATEWAY_HEAD_MS 10000           /* to send a whole head */
#define GATEWAY_HELLO_MS 10000          /* to send a whole ClientHello, once it has begun; in strict kinds from the start of the tunnel */
#define GATEWAY_LOOKUP_MS 8000          /* to resolve a name */
#define GATEWAY_SECOND_LOOKUP_MS 300    /* to wait for the other address family after a usable answer */
#define GATEWAY_DIAL_MS 5000            /* to connect to one address */
#define GATEWAY_DIAL_SHORT_MS 1000      /* the same over IPv6 where IPv4 is still to be tried */
#define GATEWAY_IDLE_MS 600000          /* without a byte in either direction */
#define GATEWAY_HALF_IDLE_MS 120000     /* the same after one side has ended */
#define GATEWAY_LINGER_MS 2000          /* to let the zone read a refusal before the connection is closed */
#define GATEWAY_PAUSE_MS 500            /* without accepting after descriptors or memory ran out */

/* Names that do not exist carry data out in the question: this many may fail at once, and then per second. */
#define GATEWAY_FAILING_BURST 200
#define GATEWAY_FAILING_RATE 20
#define GATEWAY_LOG_BURST 40            /* lines on standard error, and then per second */
#define GATEWAY_LOG_RATE 5
#define GATEWAY_TELL_BURST 1000         /* records to the broker, and then per second */
#define GATEWAY_TELL_RATE 200
