/* gateway-dial: which of a name's addresses may be dialled, and dialling exactly one.
 * Runs as: gateway.  Input: answers of name servers.  Must not: dial what was not judged, resolve again.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-dial.h"
#include "base/base-fd.h"
#include "sandboxd/gateway/gateway-hostaddr.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

static GatewayRefusal judge(int routes, const GatewayAddress *a) {
        int place;

        if (!gateway_address_public(a))
                return GATEWAY_REFUSAL_PRIVATE;
        place = gateway_hostaddr_place(routes, a);
        if (place == GATEWAY_PLACE_AFAR)
                return GATEWAY_REFUSAL_NONE;
        return place == GATEWAY_PLACE_HOST || place == GATEWAY_PLACE_LINK ? GATEWAY_REFUSAL_HOST : GATEWAY_REFUSAL_UNREACHABLE;
}

void gateway_dial_add(GatewayTargets *t, int routes, const GatewayAddress *a) {
        GatewayRefusal why = judge(routes, a);

        if (why != GATEWAY_REFUSAL_NONE) {
                /* a refusal by rule says more than the lack of a route */
                if (t->refused.family == 0 || (t->why == GATEWAY_REFUSAL_UNREACHABLE && why != t->why)) {
                        t->refused = *a;
                        t->why = why;
                }
        } else if (t->n < GATEWAY_MAX_DIALS)
                t->list[t->n++] = *a;
}

void gateway_dial_add_lookup(GatewayTargets *t, int routes, const GatewayLookup *lookup) {
        for (unsigned i = 0; i < lookup->n4 || i < lookup->n6; i++) {
                if (i < lookup->n6)
                        gateway_dial_add(t, routes, &lookup->addresses6[i]);
                if (i < lookup->n4)
                        gateway_dial_add(t, routes, &lookup->addresses4[i]);
        }
}

static bool four_follows(const GatewayTargets *t) {
        for (unsigned i = t->next; i < t->n; i++)
                if (t->list[i].family == 4)
                        return true;
        return false;
}

int gateway_dial_next(GatewayTargets *t, int routes, uint16_t port, uint64_t *ret_wait_ms) {
        struct sockaddr_storage to;
        socklen_t n;
        int on = 1;

        if (t->next >= t->n)
                return -ENOENT;
        const GatewayAddress *a = &t->list[t->next++];
        if (judge(routes, a) != GATEWAY_REFUSAL_NONE)
                return -EACCES;
        BASE_FD fd = socket(a->family == 4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
        if (fd < 0)
                return -errno;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        n = gateway_address_sockaddr(a, port, &to);
        if (connect(fd, (struct sockaddr *)&to, n) < 0 && errno != EINPROGRESS)
                return -errno;
        *ret_wait_ms = a->family == 6 && four_follows(t) ? GATEWAY_DIAL_SHORT_MS : GATEWAY_DIAL_MS;
        return base_fd_steal(&fd);
}

int gateway_dial_finish(const GatewayTargets *t, int fd, uint16_t port) {
        struct sockaddr_storage want, peer = { 0 }, self = { 0 };
        socklen_t n = gateway_address_sockaddr(&t->list[t->next - 1], port, &want), got = sizeof peer, own = sizeof self, error_n = sizeof(int);
        int error = 0;

        if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_n) < 0)
                return -errno;
        if (error != 0)
                return -error;
        if (getpeername(fd, (struct sockaddr *)&peer, &got) < 0 || getsockname(fd, (struct sockaddr *)&self, &own) < 0)
                return -errno;
        if (got != n || memcmp(&peer, &want, n) != 0)
                return -EACCES;
        /* connected to itself: a simultaneous open from the very port that was dialled */
        return own == got && memcmp(&self, &peer, got) == 0 ? -EACCES : 0;
}
