/* gateway-rules: the rules in force: read from the builder's sealed file, whole or not at all.
 * Runs as: gateway.  Input: a sealed memfd of the builder.  Must not: take a part of it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-rules.h"
#include "base/base-fd.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static bool head_valid(const PolicyGatewayRules *head) {
        uint32_t known = POLICY_KIND_HTTP | POLICY_KIND_STRICT | POLICY_KIND_ALLOW_LIST;

        if (head->version != POLICY_GATEWAY_RULES_VERSION || (head->flags & ~known) != 0 || head->denylist > 1 || head->n_ports == 0 || head->n_ports > POLICY_MAX_PORTS || head->n_resolvers > 4)
                return false;
        for (uint32_t i = 0; i < head->n_resolvers; i++)
                if (!memchr(head->resolvers[i], '\0', sizeof head->resolvers[i]))
                        return false;
        return true;
}

static bool read_rules(GatewayRules *rules) {
        BaseReader r;

        base_reader_init(&r, rules->bytes, rules->n);
        base_read_raw(&r, &rules->head, sizeof rules->head);
        if (r.failed || !head_valid(&rules->head))
                return false;
        rules->names = (PolicyNames){ .flags = rules->head.flags, .n_ports = rules->head.n_ports };
        memcpy(rules->names.ports, rules->head.ports, sizeof rules->names.ports);
        policy_names_read(&r, rules->items, &rules->names);
        return base_reader_end(&r);
}

static int read_denylist(GatewayRules *rules, int fd) {
        int r;

        if (!rules->head.denylist)
                return 0;
        r = base_fd_map_sealed(fd, POLICY_DENYLIST_MAX_BYTES, &rules->listed, &rules->listed_n);
        return r < 0 ? r : policy_denylist_open(rules->listed, rules->listed_n, &rules->names.denylist);
}

int gateway_rules_new(int fd, int denylist, GatewayRules **ret) {
        GatewayRules *rules = calloc(1, sizeof *rules);
        int r = rules ? base_fd_map_sealed(fd, POLICY_GATEWAY_RULES_MAX, &rules->bytes, &rules->n) : -ENOMEM;

        if (r == 0 && !read_rules(rules))
                r = -EBADMSG;
        if (r == 0)
                r = read_denylist(rules, denylist);
        if (r == 0)
                *ret = rules;
        else
                gateway_rules_free(rules);
        return r;
}

void gateway_rules_free(GatewayRules *rules) {
        if (rules && rules->bytes)
                munmap((void *)(uintptr_t)rules->bytes, rules->n);
        if (rules && rules->listed)
                munmap((void *)(uintptr_t)rules->listed, rules->listed_n);
        free(rules);
}
