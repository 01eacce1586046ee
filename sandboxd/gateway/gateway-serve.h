/* gateway-serve: the loop: accepts, waits, ends what is late.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/gateway/gateway-log.h"
#include "sandboxd/gateway/gateway-resolve.h"
#include "sandboxd/gateway/gateway-rules.h"

typedef struct GatewayConn GatewayConn;
typedef struct GatewayServer {
        GatewayRules *rules;
        GatewayResolver *resolver;
        int listener, routes, epoll;
        int renew;                     /* from the builder: newer rules; -1 = nobody */
        int events;                    /* to the broker; -1 = nobody listens */
        uint64_t n_accepted;
        bool listening;
        unsigned n_conns, max_conns;
        GatewayConn *conns, *ended;    /* ended ones are freed after the events of one wait */
        uint64_t now_ms, sweep_ms;     /* sweep_ms: nothing is late before */
        uint64_t resume_ms;            /* when to accept again */
        GatewayBucket failing;
} GatewayServer;

/* CLOCK_MONOTONIC. */
uint64_t gateway_serve_clock(void);
/* Makes the loop's own descriptors. 0 or a negative errno. */
int gateway_serve_init(GatewayServer *server);
/* Serves until the process is killed; returns a negative errno when the loop itself fails. */
int gateway_serve_run(GatewayServer *server);
