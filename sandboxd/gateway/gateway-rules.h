/* gateway-rules: the rules in force: read from the builder's sealed file, whole or not at all.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-message.h"
#include "policy/policy-names.h"

typedef struct GatewayRules {
        PolicyGatewayRules head;
        PolicyNames names;       /* its strings point into bytes */
        const char *items[2 * POLICY_MAX_NAMES];
        const void *bytes;       /* the mapping */
        size_t n;
        const void *listed;      /* the deny list's, shared by all gateways: the pages are the compiler's; NULL = none */
        size_t listed_n;
} GatewayRules;

/* Maps and checks the sealed rules and, where they say that there is one, the sealed deny list. 0, or a negative errno: nothing was taken. */
int gateway_rules_new(int fd, int denylist, GatewayRules **ret);
void gateway_rules_free(GatewayRules *rules);
