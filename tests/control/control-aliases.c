/* control-aliases: what a permitted name leads to is not looked at.
 * Runs as: gateway.  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include "sandboxd/gateway/gateway-judge.h"

CONTROL("aliases");

GatewayRefusal __wrap_gateway_judge_target(const GatewayRules *rules, const char *name, uint16_t port, const char **ret_rule);

GatewayRefusal __wrap_gateway_judge_target(const GatewayRules *rules, const char *name, uint16_t port, const char **ret_rule) {
        (void)rules, (void)name, (void)port;
        *ret_rule = NULL;
        return GATEWAY_REFUSAL_NONE;
}
