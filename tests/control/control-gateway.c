/* control-gateway: the zone's way out listens where nobody looks.
 * Runs as: root (builder).  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include "sandboxd/builder/builder-zone.h"
#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

CONTROL("gateway");

int __real_builder_net_setup(bool network, int *ret_listener);
int __wrap_builder_net_setup(bool network, int *ret_listener);

int __wrap_builder_net_setup(bool network, int *ret_listener) {
        struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(3129), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        int r = __real_builder_net_setup(network, ret_listener);

        if (r < 0 || !network)
                return r;
        close(*ret_listener);
        *ret_listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        return *ret_listener < 0 || bind(*ret_listener, (struct sockaddr *)&at, sizeof at) < 0 || listen(*ret_listener, 16) < 0 ? -errno : 0;
}
