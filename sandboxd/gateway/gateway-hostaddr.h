/* gateway-hostaddr: whether the kernel would deliver an address to this computer or to a neighbour of it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/gateway/gateway-address.h"

typedef enum GatewayPlace {
        GATEWAY_PLACE_AFAR = 0, /* behind a router, or behind the default route */
        GATEWAY_PLACE_HOST,     /* an address of this computer, or a broadcast one */
        GATEWAY_PLACE_LINK,     /* on a network this computer is attached to, or the far end of a point-to-point link */
        GATEWAY_PLACE_NOWHERE,  /* no route */
} GatewayPlace;

/* A routing socket. Returns the descriptor or a negative errno. */
int gateway_hostaddr_open(void);
/* Asks the kernel what connect(2) would find now, so there is no copy of its tables that can be old. rtnetlink(7): a request for one route
 * is answered before send(2) returns, so this does not wait. Returns a GatewayPlace; a negative errno must be taken as a refusal. */
int gateway_hostaddr_place(int fd, const GatewayAddress *address);
