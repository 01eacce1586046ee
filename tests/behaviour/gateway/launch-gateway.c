/* launch-gateway: starts the real gateway the way a builder does, for tests: its socket in one network namespace, it in another.
 * Runs as: anyone (pure).  Input: the command line of a test.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * launch-gateway BINARY ZONE-NETNS-FILE UID FLAGS PORTS RESOLVERS|@RESOLV.CONF [ALLOW DENY [LISTED]]     (lists are comma-separated)
 * The gateway's network namespace is the one this runs in. Prints its pid, then a line for each of its events (tabs between the
 * fields, see print_event); a line "ALLOW;DENY" on its standard input is sent as newer rules; ends when it ends. */
#include "base/base-fd.h"
#include "base/base-msg.h"
#include "base/base-spawn.h"
#include "policy/policy-message.h"
#include "policy/policy-names.h"
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

static int listen_inside(const char *netns) {
        struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(3128), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        int on = 1, here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), there = open(netns, O_RDONLY | O_CLOEXEC), fd;

        if (here < 0 || there < 0 || setns(there, CLONE_NEWNET) < 0)
                err(1, "%s", netns);
        fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 || bind(fd, (struct sockaddr *)&to, sizeof to) < 0 ||
            listen(fd, 4096) < 0)
                err(1, "listen");
        if (setns(here, CLONE_NEWNET) < 0)
                err(1, "back");
        return fd;
}

static void split(char *text, PolicyStrings *ret) {
        static const char *room[2][POLICY_MAX_NAMES];
        static unsigned turn;
        const char **next = room[turn++ % 2];

        ret->items = next;
        for (char *p = strtok(text, ","); p && ret->n < POLICY_MAX_NAMES; p = strtok(NULL, ","))
                next[ret->n++] = p;
}

static int seal(const PolicyGatewayRules *rules, const PolicyKind *kind) {
        BaseWriter w;

        base_writer_init(&w, POLICY_GATEWAY_RULES_MAX);
        base_write_raw(&w, rules, sizeof *rules);
        policy_names_write(&w, kind);
        return w.failed ? -1 : base_fd_seal("gateway-rules", w.bytes, w.n);
}

/* A line on standard input, "ALLOW;DENY": newer rules. False at its end. */
static bool renew_from(int sock, const PolicyGatewayRules *rules) {
        PolicyMsgRenew msg = { .type = POLICY_MSG_RENEW };
        static char line[4096];
        PolicyKind kind = { 0 };
        ssize_t n = read(0, line, sizeof line - 1);
        char *deny;
        int sealed;

        if (n <= 0)
                return false;
        line[n - 1] = '\0';
        deny = strchr(line, ';');
        if (!deny)
                return false;
        *deny++ = '\0';
        split(line, &kind.allow);
        split(deny, &kind.deny);
        sealed = seal(rules, &kind);
        if (sealed < 0 || base_msg_send(sock, &msg, sizeof msg, &sealed, 1) < 0)
                err(1, "renew");
        close(sealed);
        return true;
}

static int seal_denylist(char *names) {
        static const uint64_t key[2] = { 5, 6 };
        PolicyDenylistMaker maker;
        uint8_t *bytes;
        size_t n;
        int r = policy_denylist_maker_init(&maker, key);

        if (r == 0)
                r = policy_denylist_maker_list(&maker, "rig");
        for (char *p = strtok(names, ","); p && r == 0; p = strtok(NULL, ","))
                r = policy_denylist_maker_add(&maker, p, strlen(p), POLICY_DENYLIST_SELF | POLICY_DENYLIST_BELOW);
        if (r == 0)
                r = policy_denylist_maker_finish(&maker, &bytes, &n);
        if (r < 0)
                errx(1, "deny list: %s", strerror(-r));
        return base_fd_seal("deny-list", bytes, n);
}

static void print_event(const PolicyNetEvent *e) {
        char address[64] = "-";

        if (e->family)
                inet_ntop(e->family == 4 ? AF_INET : AF_INET6, e->address, address, sizeof address);
        printf("%u\t%llu\t%s\t%u\t%s\t%s\t%s\t%u\t%llu\t%llu\t%u\t%u\n", e->verdict, (unsigned long long)e->number, e->name, e->port, address,
               e->server_name, e->rule, e->flags, (unsigned long long)e->up, (unsigned long long)e->down, e->ms, e->left_out);
        fflush(stdout);
}

int main(int argc, char **argv) {
        PolicyGatewayRules rules = { .version = POLICY_GATEWAY_RULES_VERSION };
        PolicyKind kind = { 0 };
        int events[2], renew[2], denylist = -1;
        PolicyNetEvent event;
        struct rlimit fds = { 16384, 16384 };
        int conf = -1, pidfd, status;
        pid_t pid;

        if (argc != 7 && argc != 9 && argc != 10)
                errx(2, "usage: launch-gateway BINARY ZONE-NETNS UID FLAGS PORTS RESOLVERS|@RESOLV.CONF [ALLOW DENY [LISTED]]");
        rules.flags = (uint32_t)strtoul(argv[4], NULL, 0);
        for (char *p = strtok(argv[5], ","); p && rules.n_ports < 16; p = strtok(NULL, ","))
                rules.ports[rules.n_ports++] = (uint16_t)atoi(p);
        if (argv[6][0] == '@') {
                conf = open(argv[6] + 1, O_RDONLY | O_CLOEXEC);
                if (conf < 0)
                        err(1, "%s", argv[6] + 1);
        } else
                for (char *p = strtok(argv[6], ","); p && rules.n_resolvers < 4; p = strtok(NULL, ","))
                        snprintf(rules.resolvers[rules.n_resolvers++], 64, "%s", p);
        if (setrlimit(RLIMIT_NOFILE, &fds) < 0)
                err(1, "RLIMIT_NOFILE");
        if (argc > 8) {
                split(argv[7], &kind.allow);
                split(argv[8], &kind.deny);
        }
        if (argc > 9) {
                denylist = seal_denylist(argv[9]);
                rules.denylist = 1;
        }
        int sealed = seal(&rules, &kind);
        if (base_msg_pair(events) < 0)
                err(1, "events");
        if (base_msg_pair(renew) < 0)
                err(1, "renew");
        int given[] = { -1, -1, 2, listen_inside(argv[2]), sealed, conf, events[0], denylist, renew[1] };
        char *const args[] = { argv[1], NULL }, *const env[] = { NULL };
        BaseSpawn spawn = { .path = argv[1], .argv = args, .envp = env, .fds = given, .n_fds = 9, .cgroup = -1,
                            .uid = (uid_t)strtoul(argv[3], NULL, 0), .namespaces = CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWCGROUP };
        int r = sealed < 0 ? sealed : base_spawn(&spawn, &pid, &pidfd);
        if (r < 0)
                errx(1, "spawn: %s", strerror(-r));
        printf("%d\n", pid);
        fflush(stdout);
        close(events[0]);
        close(renew[1]);
        for (bool orders = true;;) {
                struct pollfd p[] = { { events[1], POLLIN, 0 }, { orders ? 0 : -1, POLLIN, 0 } };
                if (poll(p, 2, -1) < 0)
                        err(1, "poll");
                if (p[0].revents) {
                        if (base_msg_recv(events[1], &event, sizeof event, NULL, NULL, 0) != sizeof event)
                                break;
                        print_event(&event);
                }
                if (p[1].revents)
                        orders = renew_from(renew[0], &rules);
        }
        if (waitpid(pid, &status, 0) < 0)
                err(1, "wait");
        if (WIFSIGNALED(status))
                warnx("the gateway died of signal %d", WTERMSIG(status));
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
