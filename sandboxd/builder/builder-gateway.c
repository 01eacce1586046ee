/* builder-gateway: starts the only way out of a zone, outside it.
 * Runs as: root (builder).  Input: the kind's ports, the table's resolvers.  Must not: parse text.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "base/base-msg.h"
#include "base/base-spawn.h"
#include "hanare-config.h"
#include "policy/policy-names.h"
#include "sandboxd/builder/builder-zone.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

static int seal_rules(const PolicyTable *table, const PolicyKind *kind) {
        PolicyGatewayRules rules = { .version = POLICY_GATEWAY_RULES_VERSION, .denylist = table->denylist > 0,
                                     .flags = kind->flags & (POLICY_KIND_HTTP | POLICY_KIND_STRICT | POLICY_KIND_ALLOW_LIST) };
        BaseWriter w __attribute__((cleanup(base_writer_done)));

        for (uint32_t i = 0; i < kind->n_ports && i < 16; i++)
                rules.ports[rules.n_ports++] = kind->ports[i];
        for (uint32_t i = 0; i < table->resolvers.n && i < 4; i++)
                snprintf(rules.resolvers[rules.n_resolvers++], sizeof rules.resolvers[0], "%s", table->resolvers.items[i]);
        base_writer_init(&w, POLICY_GATEWAY_RULES_MAX);
        base_write_raw(&w, &rules, sizeof rules);
        policy_names_write(&w, kind);
        return w.failed ? -E2BIG : base_fd_seal("gateway-rules", w.bytes, w.n);
}

/* The host's own file may be a link to another service's; its content is for the gateway alone, which has no rights. */
static int open_resolv_conf(void) {
        struct stat st;
        BASE_FD fd = open("/etc/resolv.conf", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

        if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
                return -1;
        return base_fd_steal(&fd);
}

/* What the gateway says of its connections goes to the broker and never through us. */
int builder_gateway_introduce(BuilderZone *z) {
        PolicyMsgEvents msg = { .type = POLICY_MSG_EVENTS };
        BASE_FD hears = base_fd_steal(&z->hears);

        return hears < 0 ? 0 : base_msg_send(z->broker, &msg, sizeof msg, &hears, 1);
}

int builder_gateway_start(BuilderZone *z) {
        static char *const argv[] = { (char *)"sandboxd-gateway", NULL }, *const envp[] = { NULL };
        BASE_FD rules = seal_rules(z->table, z->kind);
        BASE_FD resolv = open_resolv_conf();
        BASE_FD tells = -1;
        BASE_FD renewed = -1;
        int fds[] = { -1, -1, 2, z->listener, rules, resolv, -1, z->table->denylist ? BUILDER_FD_DENYLIST : -1, -1 };
        BaseSpawn spawn = {
                .path = HANARE_LIBEXECDIR "/sandboxd-gateway", .argv = argv, .envp = envp, .fds = fds, .n_fds = 9,
                .cgroup = z->cgroup, .uid = z->gateway_uid, .namespaces = CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWCGROUP,
        };
        int pair[2], r;

        if (rules < 0)
                return rules;
        if ((r = base_msg_pair(pair)) < 0)
                return r;
        z->hears = pair[0];
        fds[6] = tells = pair[1];
        if ((r = base_msg_pair(pair)) < 0)
                return r;
        z->renew = pair[0];
        fds[8] = renewed = pair[1];
        r = base_spawn(&spawn, &z->gateway.pid, &z->gateway.pidfd);
        if (r == 0)
                base_fd_done(&z->listener);
        return r;
}

/* A kind that is no longer there, or has no network any more, reaches nothing. */
static int seal_renewed(const BuilderZone *z, const PolicyTable *table) {
        PolicyKind nothing = { .flags = POLICY_KIND_STRICT | POLICY_KIND_ALLOW_LIST, .n_ports = 1, .ports = { 443 } };
        int k = policy_table_find_kind(table, z->kind->name);

        return seal_rules(table, k >= 0 && (table->kinds[k].flags & POLICY_KIND_NETWORK) ? &table->kinds[k] : &nothing);
}

bool builder_gateway_renew(BuilderZone *z) {
        PolicyMsgRenew msg = { 0 };
        int fds[BASE_MSG_MAX_FDS], rules = -1;
        PolicyTable *table = NULL;
        const void *bytes = NULL;
        size_t n_fds = 0, n = 0;
        ssize_t got = base_msg_recv(BUILDER_FD_MONITOR, &msg, sizeof msg, fds, &n_fds, MSG_DONTWAIT);

        if (got <= 0)
                return got == -EAGAIN;
        if (got == sizeof msg && msg.type == POLICY_MSG_RENEW && n_fds > 0 && base_fd_map_sealed(fds[0], POLICY_TABLE_MAX, &bytes, &n) == 0 &&
            policy_table_decode(bytes, n, &table) == 0)
                rules = seal_renewed(z, table);
        /* rules that cannot be renewed must not stay as they were: without its gateway the zone ends */
        if (z->renew >= 0 && (rules < 0 || base_msg_send(z->renew, &msg, sizeof msg, (int[]){ rules, n_fds > 1 ? fds[1] : -1 }, n_fds > 1 ? 2 : 1) < 0))
                base_fd_done(&z->renew);
        base_fd_done(&rules);
        policy_table_free(table);
        if (bytes)
                munmap((void *)(uintptr_t)bytes, n);
        for (size_t i = 0; i < n_fds; i++)
                close(fds[i]);
        return true;
}
