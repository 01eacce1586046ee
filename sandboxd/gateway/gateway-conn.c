/* gateway-conn: one connection of the zone, from its first byte to its last.
 * Runs as: gateway.  Input: bytes of the zone.  Must not: wait, dial what gateway-dial did not permit.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-conn.h"
#include "sandboxd/gateway/gateway-socks.h"
#include "sandboxd/gateway/gateway-tell.h"
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
        if (c->told == POLICY_NET_OPEN || (c->told == 0 && c->state == GATEWAY_STATE_RELAY))
                gateway_tell(c, POLICY_NET_ENDED, "", NULL);
        else if (c->told == 0 && c->request.host[0])
                gateway_tell(c, POLICY_NET_FAILED, "the zone gave up before a server answered", NULL);
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
                free(c->server_name);
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

/* The answer that the front's own language has for a refusal. Inside a tunnel that is TLS's: unrecognized_name (RFC 6066, 3). */
static size_t answer(const GatewayConn *c, GatewayRefusal refusal, char *ret, size_t max) {
        static const char alert[] = { 21, 3, 3, 0, 2, 2, 112 };

        if (c->state == GATEWAY_STATE_RELAY && c->request.connect) {
                memcpy(ret, alert, sizeof alert);
                return sizeof alert;
        }
        if (c->front != GATEWAY_FRONT_SOCKS)
                return gateway_page_write(refusal, c->request.host, c->request.port, c->rule ? c->rule : "", ret, max);
        if (c->greeted)
                return gateway_socks_reply(refusal, ret);
        memcpy(ret, "\5\xff", 2); /* no acceptable methods */
        return 2;
}

void gateway_conn_refuse(GatewayConn *c, GatewayRefusal refusal) {
        char text[GATEWAY_PAGE_MAX], address[GATEWAY_ADDRESS_TEXT] = "";
        bool by_address = refusal == GATEWAY_REFUSAL_PRIVATE || refusal == GATEWAY_REFUSAL_HOST;
        size_t n;

        if (by_address && c->targets.refused.family != 0)
                gateway_address_format(&c->targets.refused, address);
        gateway_log_refusal(gateway_page_rule(refusal), c->request.host, c->request.port, address, c->server->now_ms);
        gateway_tell(c, gateway_page_failed(refusal) ? POLICY_NET_FAILED : POLICY_NET_REFUSED, gateway_page_rule(refusal), c->rule);
        gateway_lookup_cancel(&c->lookup);
        gateway_pipe_done(&c->down);
        n = answer(c, refusal, text, sizeof text);
        gateway_conn_linger(c);
        if (gateway_pipe_replace(&c->down, 0, text, n, 0) < 0) {
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

        if (c->state != GATEWAY_STATE_LOOKUP)
                return;
        if (lookup->target_refused != 0)
                gateway_conn_refuse(c, (GatewayRefusal)lookup->target_refused);
        else
                look_at_answers(c);
}

/* One name of the chain that an answer leads through. */
static int judge_target(GatewayLookup *lookup, const char *name) {
        GatewayConn *c = (GatewayConn *)((char *)lookup - offsetof(GatewayConn, lookup));

        return (int)gateway_judge_target(c->server->rules, name, c->request.port, &c->rule);
}

static void decide(GatewayConn *c) {
        GatewayServer *s = c->server;
        GatewayRequest *q = &c->request;
        GatewayRefusal refusal = gateway_judge_request(s->rules, q, &c->rule);
        int r;

        if (refusal != GATEWAY_REFUSAL_NONE) {
                gateway_conn_refuse(c, refusal);
                return;
        }
        c->rule = NULL;
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
        c->lookup.target = judge_target;
        r = gateway_lookup_start(s->resolver, &c->lookup, q->host);
        if (r < 0)
                gateway_conn_refuse(c, r == -EBUSY ? GATEWAY_REFUSAL_BUSY : GATEWAY_REFUSAL_LOOKUP_TIME);
}

/* 0, -EAGAIN, or a GatewayRefusal; the greeting is answered on the way. */
static int parse_socks(GatewayConn *c) {
        int r;

        if (!c->greeted) {
                r = gateway_socks_greeting((const uint8_t *)c->up.bytes + c->up.at, c->up.n);
                if (r < 0)
                        return r == -EAGAIN ? r : r == -EACCES ? GATEWAY_REFUSAL_SOCKS_LOGIN : GATEWAY_REFUSAL_REQUEST;
                c->greeted = true;
                gateway_pipe_skip(&c->up, (size_t)r);
                /* the first bytes of all on this side: the kernel has room for them, or the zone does not read at all */
                if (send(c->zone.fd, "\5\0", 2, MSG_DONTWAIT | MSG_NOSIGNAL) != 2)
                        return GATEWAY_REFUSAL_REQUEST;
        }
        if (c->up.n == 0)
                return -EAGAIN;
        r = gateway_socks_request((const uint8_t *)c->up.bytes + c->up.at, c->up.n, &c->request);
        return r;
}

static void read_head(GatewayConn *c) {
        int r = gateway_pipe_fill(&c->up, c->zone.fd, UINT64_MAX);

        if (r == -EAGAIN || r == -EINTR)
                return;
        if (r <= 0) {
                gateway_conn_end(c);
                return;
        }
        if (c->front == GATEWAY_FRONT_UNKNOWN)
                c->front = c->up.bytes[c->up.at] == GATEWAY_SOCKS_VERSION ? GATEWAY_FRONT_SOCKS : GATEWAY_FRONT_HTTP;
        r = c->front == GATEWAY_FRONT_SOCKS ? parse_socks(c) : gateway_http_parse(c->up.bytes + c->up.at, c->up.n, &c->request);
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
                if (c->up.n > 0 || c->greeted)
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
                if (c->peek_timed)
                        gateway_conn_refuse(c, GATEWAY_REFUSAL_TLS_TIME);
                else
                        gateway_conn_end(c);
                break;
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

static bool still_permitted(GatewayConn *c) {
        GatewayRefusal refusal = gateway_judge_request(c->server->rules, &c->request, &c->rule);

        /* by address, the server's name was judged too */
        if (refusal == GATEWAY_REFUSAL_NONE && c->server_name && c->request.kind == GATEWAY_NAME_ADDRESS)
                refusal = (GatewayRefusal)policy_names_judge(&c->server->rules->names, c->server_name, c->request.port, &c->rule);
        /* a kind that has become strict */
        if (refusal == GATEWAY_REFUSAL_NONE && c->state == GATEWAY_STATE_RELAY && !c->peek && (c->server->rules->head.flags & POLICY_KIND_STRICT))
                return c->tls && c->server_name && !c->hello_ech;
        return refusal == GATEWAY_REFUSAL_NONE;
}

void gateway_conn_judge_all(GatewayServer *s) {
        for (GatewayConn *c = s->conns, *next; c; c = next) {
                next = c->next;
                c->rule = NULL;
                if ((c->state != GATEWAY_STATE_LOOKUP && c->state != GATEWAY_STATE_DIAL && c->state != GATEWAY_STATE_RELAY) || still_permitted(c))
                        continue;
                gateway_log_refusal(gateway_page_rule(GATEWAY_REFUSAL_POLICY), c->request.host, c->request.port, "", s->now_ms);
                gateway_tell(c, POLICY_NET_REFUSED, gateway_page_rule(GATEWAY_REFUSAL_POLICY), c->rule);
                gateway_conn_end(c);
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
        c->number = ++s->n_accepted;
        c->began_ms = s->now_ms;
        c->next = s->conns;
        if (s->conns)
                s->conns->previous = c;
        s->conns = c;
        s->n_conns++;
        gateway_conn_deadline(c, GATEWAY_HEAD_MS);
        gateway_relay_wait(c);
        return 0;
}
