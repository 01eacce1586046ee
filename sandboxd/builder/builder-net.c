/* builder-net: the zone's network: a loopback, a link that leads nowhere, one listening socket.
 * Runs as: root (builder), inside the zone's network namespace.  Input: none.  Must not: add a route that leads out.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The namespace is owned by the first user namespace: full capabilities in a user namespace of the zone's own are no power over
 * it. Both ends of the veth pair stay inside; without an interface that is up Chromium says that it is offline. */
#include "base/base-fd.h"
#include "sandboxd/builder/builder-zone.h"
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netlink/addr.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/veth.h>
#include <sys/socket.h>

static int to_errno(int nl) {
        return nl < 0 ? -EIO : 0;
}

static int set_up(struct nl_sock *sock, int index) {
        struct rtnl_link *which = rtnl_link_alloc(), *change = rtnl_link_alloc();
        int r = -ENOMEM;

        if (which && change) {
                rtnl_link_set_ifindex(which, index);
                rtnl_link_set_flags(change, IFF_UP);
                r = to_errno(rtnl_link_change(sock, which, change, 0));
        }
        rtnl_link_put(which);
        rtnl_link_put(change);
        return r;
}

static int add_address(struct nl_sock *sock, int index) {
        struct rtnl_addr *addr = rtnl_addr_alloc();
        struct nl_addr *local = NULL;
        int r = -ENOMEM;

        if (addr && nl_addr_parse("192.0.0.2/32", AF_INET, &local) == 0) { /* RFC 7335: never on a real network */
                rtnl_addr_set_ifindex(addr, index);
                rtnl_addr_set_local(addr, local);
                r = to_errno(rtnl_addr_add(sock, addr, 0));
        }
        nl_addr_put(local);
        rtnl_addr_put(addr);
        return r;
}

static int add_link(struct nl_sock *sock) {
        struct rtnl_link *link = rtnl_link_veth_alloc();
        int r = -ENOMEM;

        if (link) {
                rtnl_link_set_name(link, "zone0");
                rtnl_link_set_name(rtnl_link_veth_get_peer(link), "nowhere");
                r = to_errno(rtnl_link_add(sock, link, NLM_F_CREATE | NLM_F_EXCL));
                rtnl_link_put(link);
        }
        if (r < 0)
                return r;
        int zone0 = (int)if_nametoindex("zone0"), nowhere = (int)if_nametoindex("nowhere");
        if (zone0 == 0 || nowhere == 0)
                return -ENODEV;
        r = add_address(sock, zone0);
        if (r == 0)
                r = set_up(sock, nowhere);
        return r == 0 ? set_up(sock, zone0) : r;
}

static int listen_loopback(int *ret_listener) {
        struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(3128), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        BASE_FD fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || listen(fd, 1024) < 0)
                return -errno;
        *ret_listener = base_fd_steal(&fd);
        return 0;
}

int builder_net_setup(bool network, int *ret_listener) {
        struct nl_sock *sock = nl_socket_alloc();
        int r = sock ? to_errno(nl_connect(sock, NETLINK_ROUTE)) : -ENOMEM;

        if (r == 0)
                r = set_up(sock, 1); /* the loopback is always the first */
        if (r == 0 && network)
                r = add_link(sock);
        nl_socket_free(sock);
        if (r == 0 && network)
                r = listen_loopback(ret_listener);
        return r;
}
