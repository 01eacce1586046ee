/* control-record: nothing is told of any connection.
 * Runs as: gateway.  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include "sandboxd/gateway/gateway-tell.h"

CONTROL("record");

void __wrap_gateway_tell(GatewayConn *conn, PolicyNetVerdict verdict, const char *why, const char *rule);

void __wrap_gateway_tell(GatewayConn *conn, PolicyNetVerdict verdict, const char *why, const char *rule) {
        (void)conn, (void)verdict, (void)why, (void)rule;
}
