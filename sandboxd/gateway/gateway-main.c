/* gateway-main: shuts itself in, then serves one zone until it is killed.
 * Runs as: gateway.  Input: descriptors 3 (listening), 4 (rules), 5 (resolv.conf), 6 (events), 7 (deny list), 8 (newer rules); the last four may lack.  Must not: open a file after the start.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-drop.h"
#include "base/base-fd.h"
#include "base/base-filter.h"
#include "sandboxd/filter/gateway-filter.h"
#include "sandboxd/gateway/gateway-hostaddr.h"
#include "sandboxd/gateway/gateway-serve.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

static void __attribute__((noreturn)) give_up(const char *what, int error) {
        fprintf(stderr, "hanare-gateway: %s: %s\n", what, strerror(error < 0 ? -error : error));
        exit(1);
}

static int must(int r, const char *what) {
        if (r < 0)
                give_up(what, r);
        return r;
}

static bool is_socket(int fd) {
        int type;
        socklen_t n = sizeof type;

        return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n) == 0;
}

/* "" where the descriptor lacks and is not needed. */
static void read_resolv_conf(const PolicyGatewayRules *rules, char *text, size_t max) {
        ssize_t n = 0;

        if (rules->n_resolvers == 0)
                n = base_fd_read_all(5, text, max - 1);
        if (n < 0)
                give_up("resolv.conf", (int)n);
        text[n] = '\0';
}

/* Returns how many connections there is room for. */
static unsigned bound_resources(void) {
        rlim_t want = GATEWAY_MAX_CONNS * 2 + GATEWAY_SPARE_FDS;
        struct rlimit fds, space = { GATEWAY_MAX_ADDRESS_SPACE, GATEWAY_MAX_ADDRESS_SPACE };

        if (getrlimit(RLIMIT_NOFILE, &fds) < 0)
                give_up("RLIMIT_NOFILE", errno);
        if (fds.rlim_max > want)
                fds.rlim_max = want;
        fds.rlim_cur = fds.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &fds) < 0 || setrlimit(RLIMIT_AS, &space) < 0)
                give_up("limits", errno);
        if (fds.rlim_max < GATEWAY_SPARE_FDS + 64)
                give_up("RLIMIT_NOFILE is too low", EMFILE);
        return (unsigned)(fds.rlim_max - GATEWAY_SPARE_FDS) / 2;
}

static void check_listener(int fd) {
        int listening = 0;
        socklen_t n = sizeof listening;

        if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &n) < 0 || !listening)
                give_up("descriptor 3 does not listen", EINVAL);
        int flags = fcntl(fd, F_GETFL);
        if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
                give_up("descriptor 3", errno);
}

int main(void) {
        GatewayServer server = { .listener = 3, .events = -1, .renew = -1 };
        struct rlimit no_process = { 0, 0 };
        char resolv_conf[16384];

        base_drop_common();
        base_drop_all();
        base_close_from(9);
        signal(SIGPIPE, SIG_IGN);
        mallopt(M_ARENA_MAX, 2);
        must(gateway_rules_new(4, 7, &server.rules), "rules");
        server.events = is_socket(6) ? 6 : -1;
        server.renew = is_socket(8) ? 8 : -1;
        read_resolv_conf(&server.rules->head, resolv_conf, sizeof resolv_conf);
        check_listener(3);
        close(4);
        close(5);
        close(7);
        server.max_conns = bound_resources();
        /* Landlock binds a thread and those it makes: first the files, then the resolver's thread, then the filter on both. */
        must(base_filter_no_files(), "no files");
        server.routes = must(gateway_hostaddr_open(), "routes");
        int r = gateway_resolver_new(&server.rules->head, resolv_conf, &server.resolver);
        if (r < 0)
                give_up(r == -ENOENT ? "no name server: set \"resolvers\" in hanare.jsonc, or connect this computer to a network" : "resolver", r);
        must(gateway_serve_init(&server), "loop");
        gateway_log_init(server.now_ms);
        if (setrlimit(RLIMIT_NPROC, &no_process) < 0)
                give_up("RLIMIT_NPROC", errno);
        must(base_filter_install(gateway_filter, sizeof gateway_filter / sizeof *gateway_filter, SECCOMP_FILTER_FLAG_TSYNC), "filter");
        give_up("loop", gateway_serve_run(&server));
}
