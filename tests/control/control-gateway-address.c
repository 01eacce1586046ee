/* control-gateway-address: every address is taken for one of the public internet.
 * Runs as: gateway.  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include "sandboxd/gateway/gateway-hostaddr.h"

CONTROL("gateway-address");

bool __wrap_gateway_address_public(const GatewayAddress *address);
int __wrap_gateway_hostaddr_place(int fd, const GatewayAddress *address);

bool __wrap_gateway_address_public(const GatewayAddress *address) {
        (void)address;
        return true;
}

int __wrap_gateway_hostaddr_place(int fd, const GatewayAddress *address) {
        (void)fd;
        (void)address;
        return GATEWAY_PLACE_AFAR;
}
