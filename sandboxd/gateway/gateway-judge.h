/* gateway-judge: may this request be served? What any front asks, and what no front decides.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/gateway/gateway-http.h"
#include "sandboxd/gateway/gateway-rules.h"
#include "sandboxd/gateway/gateway-tls.h"

/* All return GATEWAY_REFUSAL_NONE or the reason to refuse; *ret_rule is the rule that decided (of the rules' memory), or NULL. */
GatewayRefusal gateway_judge_request(const GatewayRules *rules, const GatewayRequest *request, const char **ret_rule);
/* A name that the request's name leads to. */
GatewayRefusal gateway_judge_target(const GatewayRules *rules, const char *name, uint16_t port, const char **ret_rule);
/* The first bytes of a tunnel. 0 = they may go, -EAGAIN = more are needed (end: none will come, so that it is never the answer), or a
 * GatewayRefusal. *ret_tls: a ClientHello was read into *ret. */
int gateway_judge_hello(const GatewayRules *rules, const GatewayRequest *request, const uint8_t *bytes, size_t n, bool end, GatewayHello *ret,
                        bool *ret_tls, const char **ret_rule);
