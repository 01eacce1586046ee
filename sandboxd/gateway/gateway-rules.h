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
} GatewayRules;

/* Maps and checks the sealed rules; denylist (NULL or an open one) becomes part of them. 0, or a negative errno: nothing was taken. */
int gateway_rules_new(int fd, const PolicyDenylist *denylist, GatewayRules **ret);
void gateway_rules_free(GatewayRules *rules);
