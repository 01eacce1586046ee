/* control-greeting: whatever a tunnel starts with is let through.
 * Runs as: gateway.  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include "sandboxd/gateway/gateway-judge.h"

CONTROL("greeting");

int __wrap_gateway_judge_hello(const GatewayRules *rules, const GatewayRequest *request, const uint8_t *bytes, size_t n, bool end, GatewayHello *ret,
                               bool *ret_tls, const char **ret_rule);

int __wrap_gateway_judge_hello(const GatewayRules *rules, const GatewayRequest *request, const uint8_t *bytes, size_t n, bool end, GatewayHello *ret,
                               bool *ret_tls, const char **ret_rule) {
        (void)rules, (void)request, (void)bytes, (void)n, (void)end, (void)ret;
        *ret_tls = false;
        *ret_rule = NULL;
        return 0;
}
