/* control-names: every name is permitted.
 * Runs as: gateway.  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include "sandboxd/gateway/gateway-judge.h"

CONTROL("names");

GatewayRefusal __wrap_gateway_judge_request(const GatewayRules *rules, const GatewayRequest *request, const char **ret_rule);

GatewayRefusal __wrap_gateway_judge_request(const GatewayRules *rules, const GatewayRequest *request, const char **ret_rule) {
        (void)rules, (void)request;
        *ret_rule = NULL;
        return GATEWAY_REFUSAL_NONE;
}
