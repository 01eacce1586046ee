/* gateway-hostaddr: whether the kernel would deliver an address to this computer or to a neighbour of it.
 * Runs as: gateway.  Input: answers of the kernel.  Must not: wait, keep a copy of the kernel's tables.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-hostaddr.h"
#include "base/base-fd.h"
#include <errno.h>
#include <linux/if.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>

typedef struct Route {
        unsigned char type, prefix_n;
        bool gateway;
        uint32_t oif;
} Route;
typedef struct RouteRequest {
        struct nlmsghdr head;
        struct rtmsg route;
        struct rtattr attr;
        uint8_t address[16];
} RouteRequest;
typedef struct LinkRequest {
        struct nlmsghdr head;
        struct ifinfomsg link;
} LinkRequest;
typedef union Answer {
        struct nlmsghdr head;
        char bytes[16384]; /* an interface with many virtual functions is long; a cut answer is refused */
} Answer;

int gateway_hostaddr_open(void) {
        struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
        BASE_FD fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

        if (fd < 0 || connect(fd, (struct sockaddr *)&kernel, sizeof kernel) < 0)
                return -errno;
        return base_fd_steal(&fd);
}

/* Sends one request and reads its one answer into a. 0, or the kernel's negative errno. */
static int ask(int fd, struct nlmsghdr *request, Answer *a, uint16_t type) {
        static uint32_t number;

        while (recv(fd, a, sizeof *a, MSG_DONTWAIT) >= 0) /* nothing may be left of an earlier, broken exchange */
                ;
        request->nlmsg_seq = ++number;
        request->nlmsg_flags = NLM_F_REQUEST;
        if (send(fd, request, request->nlmsg_len, MSG_DONTWAIT) < 0)
                return -errno;
        ssize_t n = recv(fd, a, sizeof *a, MSG_DONTWAIT | MSG_TRUNC);
        if (n < 0)
                return -errno;
        if ((size_t)n > sizeof *a || !NLMSG_OK(&a->head, (size_t)n) || a->head.nlmsg_seq != number)
                return -EBADMSG;
        if (a->head.nlmsg_type == NLMSG_ERROR && a->head.nlmsg_len >= NLMSG_LENGTH(sizeof(struct nlmsgerr))) {
                int error = ((struct nlmsgerr *)NLMSG_DATA(&a->head))->error;
                return error < 0 ? error : -EBADMSG;
        }
        return a->head.nlmsg_type == type ? 0 : -EBADMSG;
}

static int ask_route(int fd, const GatewayAddress *address, unsigned flags, Route *ret) {
        size_t n = address->family == 4 ? 4 : 16;
        RouteRequest q = {
                .head = { .nlmsg_type = RTM_GETROUTE },
                .route = { .rtm_family = address->family == 4 ? AF_INET : AF_INET6, .rtm_dst_len = (unsigned char)(n * 8), .rtm_flags = flags },
                .attr = { .rta_type = RTA_DST, .rta_len = (unsigned short)RTA_LENGTH(n) },
        };
        Answer a;
        int r;

        memcpy(q.address, address->bytes, n);
        q.head.nlmsg_len = (uint32_t)(NLMSG_LENGTH(sizeof q.route) + RTA_LENGTH(n));
        r = ask(fd, &q.head, &a, RTM_NEWROUTE);
        if (r < 0)
                return r;
        if (a.head.nlmsg_len < NLMSG_LENGTH(sizeof(struct rtmsg)))
                return -EBADMSG;
        struct rtmsg *m = NLMSG_DATA(&a.head);
        int left = (int)RTM_PAYLOAD(&a.head);
        *ret = (Route){ .type = m->rtm_type, .prefix_n = m->rtm_dst_len };
        for (struct rtattr *t = RTM_RTA(m); RTA_OK(t, left); t = RTA_NEXT(t, left)) {
                if (t->rta_type == RTA_GATEWAY || t->rta_type == RTA_VIA)
                        ret->gateway = true;
                if (t->rta_type == RTA_OIF && RTA_PAYLOAD(t) == 4)
                        memcpy(&ret->oif, RTA_DATA(t), 4);
        }
        return 0;
}

static int is_tunnel(int fd, uint32_t index) {
        LinkRequest q = { .head = { .nlmsg_type = RTM_GETLINK, .nlmsg_len = sizeof q }, .link = { .ifi_family = AF_UNSPEC, .ifi_index = (int)index } };
        Answer a;
        int r = ask(fd, &q.head, &a, RTM_NEWLINK);

        if (r < 0)
                return r;
        if (a.head.nlmsg_len < NLMSG_LENGTH(sizeof(struct ifinfomsg)))
                return -EBADMSG;
        return (((struct ifinfomsg *)NLMSG_DATA(&a.head))->ifi_flags & IFF_POINTOPOINT) != 0;
}

int gateway_hostaddr_place(int fd, const GatewayAddress *address) {
        unsigned whole = address->family == 4 ? 32 : 128;
        Route route;
        int r = ask_route(fd, address, 0, &route);

        if (r == -ENETUNREACH || r == -EHOSTUNREACH || r == -EACCES || r == -EINVAL)
                return GATEWAY_PLACE_NOWHERE; /* no, unreachable, prohibit and blackhole routes (ip-route(8)) */
        if (r < 0)
                return r;
        if (route.type != RTN_UNICAST)
                return route.type == RTN_LOCAL || route.type == RTN_BROADCAST || route.type == RTN_ANYCAST || route.type == RTN_MULTICAST ?
                        GATEWAY_PLACE_HOST : GATEWAY_PLACE_NOWHERE;
        if (route.gateway)
                return GATEWAY_PLACE_AFAR;
        /* No router: a neighbour, unless the route is a default one or leads into a tunnel. The entry itself says how long its prefix is. */
        uint32_t oif = route.oif;
        r = ask_route(fd, address, RTM_F_FIB_MATCH, &route);
        if (r < 0)
                return r;
        if (route.prefix_n == 0)
                return GATEWAY_PLACE_AFAR;
        if (route.prefix_n == whole)
                return GATEWAY_PLACE_LINK;
        r = is_tunnel(fd, oif);
        return r < 0 ? r : r ? GATEWAY_PLACE_AFAR : GATEWAY_PLACE_LINK;
}
