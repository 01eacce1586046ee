/* gateway-dial: which of a name's addresses may be dialled, and dialling exactly one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/gateway/gateway-address.h"
#include "sandboxd/gateway/gateway-limits.h"
#include "sandboxd/gateway/gateway-page.h"
#include "sandboxd/gateway/gateway-resolve.h"

typedef struct GatewayTargets {
        GatewayAddress list[GATEWAY_MAX_DIALS];
        unsigned n, next;
        GatewayAddress refused;   /* the first that was refused, for the log; family 0 = none */
        GatewayRefusal why;       /* of refused */
} GatewayTargets;

/* Judges one address and adds it where it is permitted. routes: gateway_hostaddr_open. */
void gateway_dial_add(GatewayTargets *targets, int routes, const GatewayAddress *address);
/* Judges every address of a lookup; those permitted are put in turn, IPv6 first. */
void gateway_dial_add_lookup(GatewayTargets *targets, int routes, const GatewayLookup *lookup);
/* Starts to connect to the next target, judged once more. Returns a descriptor (EPOLLOUT follows), or -ENOENT when none is left, other errno: try the next. */
int gateway_dial_next(GatewayTargets *targets, int routes, uint16_t port, uint64_t *ret_wait_ms);
/* Whether a connection came about, with the very address that was dialled. 0 or a negative errno. */
int gateway_dial_finish(const GatewayTargets *targets, int fd, uint16_t port);
