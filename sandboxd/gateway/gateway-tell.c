/* gateway-tell: one record per connection to the broker, few enough for it.
 * Runs as: gateway.  Input: a connection.  Must not: wait.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-tell.h"
#include "sandboxd/gateway/gateway-limits.h"
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static GatewayBucket records;
static uint32_t left_out;

void gateway_tell_init(uint64_t now_ms) {
        gateway_bucket_init(&records, GATEWAY_TELL_BURST, GATEWAY_TELL_RATE, now_ms);
}

static void put_address(PolicyNetEvent *e, const GatewayConn *c) {
        const GatewayAddress *a = c->targets.next > 0 ? &c->targets.list[c->targets.next - 1] : c->targets.refused.family != 0 ? &c->targets.refused : NULL;

        if (a) {
                e->family = a->family;
                memcpy(e->address, a->bytes, sizeof e->address);
        }
}

void gateway_tell(GatewayConn *c, PolicyNetVerdict verdict, const char *why, const char *rule) {
        GatewayServer *s = c->server;
        PolicyNetEvent e = { .version = POLICY_NET_VERSION, .verdict = verdict, .number = c->number, .up = c->sent_up, .down = c->sent_down,
                             .ms = (uint32_t)(s->now_ms - c->began_ms), .left_out = left_out, .port = c->request.port };

        c->told = verdict;
        if (s->events < 0)
                return;
        e.flags = (c->request.connect || !c->request.host[0] ? 0 : POLICY_NET_PLAIN) | (c->front == GATEWAY_FRONT_SOCKS ? POLICY_NET_SOCKS : 0) |
                (c->tls ? POLICY_NET_TLS : 0) | (c->tls && c->hello_ech ? POLICY_NET_ECH : 0);
        put_address(&e, c);
        snprintf(e.name, sizeof e.name, "%s", c->request.host);
        snprintf(e.server_name, sizeof e.server_name, "%s", c->server_name ? c->server_name : "");
        snprintf(e.rule, sizeof e.rule, "%s%s%s", why, rule && why[0] ? ": " : "", rule ? rule : "");
        if (!gateway_bucket_take(&records, s->now_ms, true) || send(s->events, &e, sizeof e, MSG_DONTWAIT | MSG_NOSIGNAL) != sizeof e)
                left_out += left_out < UINT32_MAX;
        else
                left_out = 0;
}
