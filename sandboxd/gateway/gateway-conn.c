/* gateway-conn: one connection of the zone, from its first byte to its last.
 * Runs as: gateway.  Input: bytes of the zone.  Must not: wait, dial what gateway-dial did not permit.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-conn.h"
#include "policy/policy-table.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static void close_end(GatewayEnd *end) {
        if (end->fd >= 0)
                close(end->fd); /* which also takes it out of the epoll set: it is nowhere else */
        end->fd = -1;
        end->interest = 0;
}

void gateway_conn_end(GatewayConn *c) {
        GatewayServer *s = c->server;

        if (c->state == GATEWAY_STATE_ENDED)
                return;
        c->state = GATEWAY_STATE_ENDED;
        gateway_lookup_cancel(&c->lookup);
        close_end(&c->zone);
        close_end(&c->far);
        gateway_pipe_done(&c->up);
        gateway_pipe_done(&c->down);
        if (c->previous)
                c->previous->next = c->next;
        else
                s->conns = c->next;
        if (c->next)
                c->next->previous = c->previous;
        s->n_conns--;
        c->next = s->ended; /* events of this wait may still name it */
        s->ended = c;
}

void gateway_conn_free_ended(GatewayServer *s) {
        while (s->ended) {
                GatewayConn *c = s->ended;
                s->ended = c->next;
                free(c);
        }
}

void gateway_conn_deadline(GatewayConn *c, uint64_t ms) {
        c->deadline_ms = c->server->now_ms + ms;
        if (c->deadline_ms < c->server->sweep_ms)
                c->server->sweep_ms = c->deadline_ms;
}

void gateway_conn_linger(GatewayConn *c) {
        close_end(&c->far);
        gateway_pipe_done(&c->up);
        c->state = GATEWAY_STATE_LINGER;
        gateway_conn_deadline(c, GATEWAY_LINGER_MS);
}

void gateway_conn_refuse(GatewayConn *c, GatewayRefusal refusal) {
        char page[GATEWAY_PAGE_MAX], address[GATEWAY_ADDRESS_TEXT] = "";
        bool by_address = refusal == GATEWAY_REFUSAL_PRIVATE || refusal == GATEWAY_REFUSAL_HOST;
        size_t n;

        if (by_address && c->targets.refused.family != 0)
                gateway_address_format(&c->targets.refused, address);
        gateway_log_refusal(gateway_page_rule(refusal), c->request.host, c->request.port, address, c->server->now_ms);
        gateway_lookup_cancel(&c->lookup);
        gateway_pipe_done(&c->down);
        n = gateway_page_write(refusal, c->request.host, c->request.port, page, sizeof page);
        gateway_conn_linger(c);
        if (gateway_pipe_replace(&c->down, 0, page, n, 0) < 0) {
                gateway_conn_end(c);
                return;
        }
        gateway_relay(c);
}

static void dial(GatewayConn *c) {
        uint64_t wait_ms = 0;
        int fd;

        close_end(&c->far);
        c->state = GATEWAY_STATE_DIAL;
        do
                fd = gateway_dial_next(&c->targets, c->server->routes, c->request.port, &wait_ms);
        while (fd < 0 && fd != -ENOENT);
        if (fd < 0) {
                gateway_conn_refuse(c, c->targets.why == GATEWAY_REFUSAL_DIAL_TIME ? c->targets.why : GATEWAY_REFUSAL_UNREACHABLE);
                return;
        }
        c->far.fd = fd;
        gateway_conn_deadline(c, wait_ms);
        gateway_relay_wait(c);
}

/* Names that fail, and names that answer with what is refused, are what a program asks that looks for a way out. */
static void refuse_lookup(GatewayConn *c, GatewayRefusal why) {
        (void)gateway_bucket_take(&c->server->failing, c->server->now_ms, true);
        gateway_conn_refuse(c, why);
}

static void look_at_answers(GatewayConn *c) {
        GatewayLookup *l = &c->lookup;

        c->targets = (GatewayTargets){ 0 };
        gateway_dial_add_lookup(&c->targets, c->server->routes, l);
        if (l->running > 0 && c->targets.n > 0 && c->server->now_ms < c->deadline_ms) {
                if (c->deadline_ms > c->server->now_ms + GATEWAY_SECOND_LOOKUP_MS)
                        gateway_conn_deadline(c, GATEWAY_SECOND_LOOKUP_MS);
                return;
        }
        if (l->running > 0 && c->server->now_ms < c->deadline_ms)
                return;
        if (l->running > 0) {
                gateway_lookup_cancel(l);
                l->failed = true;
        }
        if (c->targets.n > 0)
                dial(c);
        else if (c->targets.refused.family != 0)
                refuse_lookup(c, c->targets.why);
        else
                refuse_lookup(c, l->failed ? GATEWAY_REFUSAL_LOOKUP_TIME : GATEWAY_REFUSAL_NOT_FOUND);
}

static void lookup_done(GatewayLookup *lookup) {
        GatewayConn *c = (GatewayConn *)((char *)lookup - offsetof(GatewayConn, lookup));

        if (c->state == GATEWAY_STATE_LOOKUP)
                look_at_answers(c);
}

static bool port_permitted(const PolicyGatewayRules *rules, uint16_t port) {
        for (uint32_t i = 0; i < rules->n_ports; i++)
                if (rules->ports[i] == port)
                        return true;
        return false;
}

static void decide(GatewayConn *c) {
        GatewayServer *s = c->server;
        GatewayRequest *q = &c->request;
        int r;

        if (!q->connect && !(s->rules.flags & POLICY_KIND_HTTP)) {
                gateway_conn_refuse(c, GATEWAY_REFUSAL_HTTP);
                return;
        }
        if (!port_permitted(&s->rules, q->port)) {
                gateway_conn_refuse(c, GATEWAY_REFUSAL_PORT);
                return;
        }
        if (q->kind == GATEWAY_NAME_ADDRESS) {
                gateway_dial_add(&c->targets, s->routes, &q->address);
                if (c->targets.n > 0)
                        dial(c);
                else
                        gateway_conn_refuse(c, c->targets.why);
                return;
        }
        if (!gateway_bucket_take(&s->failing, s->now_ms, false)) {
                gateway_conn_refuse(c, GATEWAY_REFUSAL_FAILING);
                return;
        }
        c->state = GATEWAY_STATE_LOOKUP;
        gateway_conn_deadline(c, GATEWAY_LOOKUP_MS);
        gateway_relay_wait(c);
        c->lookup.done = lookup_done;
        r = gateway_lookup_start(s->resolver, &c->lookup, q->host);
        if (r < 0)
                gateway_conn_refuse(c, r == -EBUSY ? GATEWAY_REFUSAL_BUSY : GATEWAY_REFUSAL_LOOKUP_TIME);
}

static void read_head(GatewayConn *c) {
        int r = gateway_pipe_fill(&c->up, c->zone.fd, UINT64_MAX);

        if (r == -EAGAIN || r == -EINTR)
                return;
        if (r <= 0) {
                gateway_conn_end(c);
                return;
        }
        r = gateway_http_parse(c->up.bytes + c->up.at, c->up.n, &c->request);
        if (r == -EAGAIN)
                return;
        if (r != 0)
                gateway_conn_refuse(c, (GatewayRefusal)r);
        else
                decide(c);
}

static void finish_dial(GatewayConn *c) {
        if (gateway_dial_finish(&c->targets, c->far.fd, c->request.port) < 0)
                dial(c);
        else
                gateway_relay_start(c);
}

void gateway_conn_event(void *ptr, uint32_t events) {
        GatewayEnd *end = ptr;
        GatewayConn *c = end->conn;

        if (c->state == GATEWAY_STATE_ENDED || end->fd < 0 || (end->interest & (events | EPOLLERR | EPOLLHUP)) == 0)
                return;
        switch (c->state) {
        case GATEWAY_STATE_HEAD:
                read_head(c);
                break;
        case GATEWAY_STATE_DIAL:
                if (end == &c->far)
                        finish_dial(c);
                break;
        case GATEWAY_STATE_RELAY:
        case GATEWAY_STATE_LINGER:
                gateway_relay(c);
                break;
        case GATEWAY_STATE_LOOKUP:
        case GATEWAY_STATE_ENDED:
                break;
        }
}

static void expire(GatewayConn *c) {
        switch (c->state) {
        case GATEWAY_STATE_HEAD:
                if (c->up.n > 0)
                        gateway_conn_refuse(c, GATEWAY_REFUSAL_HEAD_TIME);
                else
                        gateway_conn_end(c);
                break;
        case GATEWAY_STATE_LOOKUP:
                look_at_answers(c);
                break;
        case GATEWAY_STATE_DIAL:
                c->targets.why = GATEWAY_REFUSAL_DIAL_TIME;
                dial(c);
                break;
        case GATEWAY_STATE_RELAY:
        case GATEWAY_STATE_LINGER:
        case GATEWAY_STATE_ENDED:
                gateway_conn_end(c);
                break;
        }
}

void gateway_conn_expire_all(GatewayServer *s) {
        for (GatewayConn *c = s->conns, *next; c; c = next) {
                next = c->next;
                if (c->deadline_ms <= s->now_ms)
                        expire(c);
                else if (c->deadline_ms < s->sweep_ms)
                        s->sweep_ms = c->deadline_ms;
        }
}

int gateway_conn_new(GatewayServer *s, int fd) {
        GatewayConn *c = calloc(1, sizeof *c);
        int on = 1;

        if (!c)
                return -ENOMEM;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        c->server = s;
        c->zone = (GatewayEnd){ .conn = c, .fd = fd };
        c->far = (GatewayEnd){ .conn = c, .fd = -1 };
        c->next = s->conns;
        if (s->conns)
                s->conns->previous = c;
        s->conns = c;
        s->n_conns++;
        gateway_conn_deadline(c, GATEWAY_HEAD_MS);
        gateway_relay_wait(c);
        return 0;
}
