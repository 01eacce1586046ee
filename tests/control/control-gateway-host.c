/* control-gateway-host: every address is taken for one behind a router, none for this computer or its neighbours.
 * Runs as: gateway.  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include "sandboxd/gateway/gateway-hostaddr.h"

CONTROL("gateway-host");

int __wrap_gateway_hostaddr_place(int fd, const GatewayAddress *address);

int __wrap_gateway_hostaddr_place(int fd, const GatewayAddress *address) {
        (void)fd;
        (void)address;
        return GATEWAY_PLACE_AFAR;
}
