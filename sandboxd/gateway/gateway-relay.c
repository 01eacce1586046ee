/* gateway-relay: moves bytes between the zone and a server, no faster than either takes them.
 * Runs as: gateway.  Input: bytes of both.  Must not: wait, let a second request through.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-socks.h"
#include "sandboxd/gateway/gateway-tell.h"
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static void want(GatewayEnd *end, uint32_t interest) {
        struct epoll_event e = { .events = interest, .data.ptr = end };
        int op = end->interest == 0 ? EPOLL_CTL_ADD : interest == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;

        if (end->fd < 0 || interest == end->interest)
                return;
        if (epoll_ctl(end->conn->server->epoll, op, end->fd, &e) < 0) {
                gateway_conn_end(end->conn);
                return;
        }
        end->interest = interest;
}

void gateway_relay_wait(GatewayConn *c) {
        uint32_t zone = 0, far = 0;

        switch (c->state) {
        case GATEWAY_STATE_HEAD:
                zone = EPOLLIN;
                break;
        case GATEWAY_STATE_DIAL:
                far = EPOLLOUT;
                break;
        case GATEWAY_STATE_RELAY:
                /* after the body of a plain request the zone's bytes are read and thrown away, to see its end */
                if (!c->zone.eof && (c->body_left == 0 || gateway_pipe_room(&c->up)))
                        zone |= EPOLLIN;
                if (c->down.n > 0 && !c->reply_head)
                        zone |= EPOLLOUT;
                if (!c->far.eof && gateway_pipe_room(&c->down))
                        far |= EPOLLIN;
                if (c->up.n > 0 && !c->peek)
                        far |= EPOLLOUT;
                break;
        case GATEWAY_STATE_LINGER:
                if (!c->zone.eof)
                        zone |= EPOLLIN;
                if (c->down.n > 0)
                        zone |= EPOLLOUT;
                break;
        case GATEWAY_STATE_LOOKUP:
        case GATEWAY_STATE_ENDED:
                break;
        }
        want(&c->zone, zone);
        if (c->state != GATEWAY_STATE_ENDED)
                want(&c->far, far);
}

void gateway_relay_start(GatewayConn *c) {
        static const char ok[] = "HTTP/1.1 200 Connection established\r\n\r\n";
        char head[GATEWAY_MAX_HEAD + 1024];
        uint64_t left = c->request.body_n;
        size_t held = c->up.n - c->request.head_n;
        ssize_t n;

        c->state = GATEWAY_STATE_RELAY;
        gateway_conn_deadline(c, GATEWAY_IDLE_MS);
        if (c->request.connect) {
                bool socks = c->front == GATEWAY_FRONT_SOCKS;
                size_t reply_n = gateway_socks_reply(GATEWAY_REFUSAL_NONE, head);
                c->body_left = UINT64_MAX;
                gateway_pipe_skip(&c->up, c->request.head_n);
                c->peek = true;
                if (c->server->rules->head.flags & POLICY_KIND_STRICT) {
                        c->peek_timed = true;
                        gateway_conn_deadline(c, GATEWAY_HELLO_MS);
                }
                c->own_left = socks ? reply_n : sizeof ok - 1;
                n = gateway_pipe_replace(&c->down, 0, socks ? head : ok, c->own_left, 0);
        } else {
                n = gateway_http_rewrite(&c->request, c->up.bytes + c->up.at, head, sizeof head);
                if (n >= 0)
                        n = gateway_pipe_replace(&c->up, c->request.head_n, head, (size_t)n, left);
                c->body_left = left - (held < left ? held : left);
                c->reply_head = true;
                gateway_tell(c, POLICY_NET_OPEN, "", NULL);
        }
        if (n < 0)
                gateway_conn_end(c);
        else
                gateway_relay(c);
}

/* True for a result that means "not now". */
static bool later(int r) {
        return r == -EAGAIN || r == -EINTR || r == -ENOBUFS;
}

/* Looks at what the zone sent first. 0 = it may go, -EAGAIN = not yet, -EACCES = refused, and the connection lingers. */
static int look_at_hello(GatewayConn *c) {
        GatewayHello hello;
        bool tls;
        int r;

        if (c->up.n == 0) /* not a byte: nothing to hide */
                return c->zone.eof ? -EPIPE : -EAGAIN;
        r = gateway_judge_hello(c->server->rules, &c->request, (const uint8_t *)c->up.bytes + c->up.at, c->up.n, c->zone.eof, &hello, &tls, &c->rule);
        if (r == -EAGAIN) {
                if (!c->peek_timed)
                        gateway_conn_deadline(c, GATEWAY_HELLO_MS);
                c->peek_timed = true;
                return r;
        }
        c->tls = tls;
        c->hello_ech = tls && hello.ech != GATEWAY_ECH_NONE;
        if (tls && hello.name[0])
                c->server_name = strdup(hello.name);
        if (r != 0) {
                gateway_conn_refuse(c, (GatewayRefusal)r);
                return -EACCES;
        }
        c->peek = c->peek_timed = false;
        gateway_conn_deadline(c, GATEWAY_IDLE_MS);
        gateway_tell(c, POLICY_NET_OPEN, "", NULL);
        return 0;
}

/* Returns the bytes moved, or a negative errno that ends the connection; -EACCES: it was refused. */
static int move_up(GatewayConn *c) {
        char nowhere[4096];
        int r = 0, moved = 0;

        if (!c->zone.eof && c->body_left == 0) {
                r = (int)recv(c->zone.fd, nowhere, sizeof nowhere, MSG_DONTWAIT);
                if (r < 0)
                        r = -errno;
        } else if (!c->zone.eof && gateway_pipe_room(&c->up)) {
                r = gateway_pipe_fill(&c->up, c->zone.fd, c->body_left);
                if (r > 0) {
                        c->body_left -= c->request.connect ? 0 : (uint64_t)r;
                        moved += r;
                }
        } else
                r = -EAGAIN;
        if (r == 0)
                c->zone.eof = true;
        if (r < 0 && !later(r))
                return r;
        if (c->peek) {
                r = look_at_hello(c);
                if (r == -EAGAIN)
                        return moved;
                if (r < 0)
                        return r;
        }
        r = gateway_pipe_drain(&c->up, c->far.fd);
        if (r < 0 && !later(r))
                return r;
        moved += r > 0 ? r : 0;
        c->sent_up += r > 0 ? (uint64_t)r : 0;
        /* a plain request that ends early is told so; a whole one keeps the way open, because some servers take an end for a cancel */
        if (c->zone.eof && c->up.n == 0 && !c->far.shut && c->body_left > 0) {
                shutdown(c->far.fd, SHUT_WR);
                c->far.shut = true;
        }
        return moved;
}

static int rewrite_reply(GatewayConn *c) {
        char head[GATEWAY_MAX_BUFFER];
        size_t head_n;
        bool final;

        while (c->reply_head && c->down.n > 0) {
                ssize_t n = gateway_http_response(c->down.bytes + c->down.at, c->down.n, head, sizeof head, &head_n, &final);
                if (n == -EAGAIN && !c->far.eof)
                        return 0;
                if (n < 0)
                        return -EBADMSG;
                if (!final) { /* sent on as soon as it is there; the next head follows in the buffer */
                        if (send(c->zone.fd, head, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) != n)
                                return -EPIPE;
                        c->reply_sent = true;
                        gateway_pipe_skip(&c->down, head_n);
                        continue;
                }
                c->reply_head = false;
                if (gateway_pipe_replace(&c->down, head_n, head, (size_t)n, UINT64_MAX) < 0)
                        return -ENOMEM;
        }
        return c->reply_head && c->far.eof ? -EBADMSG : 0;
}

static int move_down(GatewayConn *c) {
        int r, moved = 0;

        if (!c->far.eof && gateway_pipe_room(&c->down)) {
                r = gateway_pipe_fill(&c->down, c->far.fd, UINT64_MAX);
                if (r < 0 && !later(r))
                        return r;
                moved += r > 0 ? r : 0;
                c->far.eof = r == 0;
        }
        if (c->reply_head) {
                r = rewrite_reply(c);
                if (r < 0)
                        return r;
        }
        if (c->reply_head)
                return moved;
        r = gateway_pipe_drain(&c->down, c->zone.fd);
        if (r < 0 && !later(r))
                return r;
        if (r > 0) {
                c->reply_sent = true;
                size_t own = (size_t)r < c->own_left ? (size_t)r : c->own_left;
                c->own_left -= own;
                c->sent_down += (size_t)r - own;
        }
        moved += r > 0 ? r : 0;
        if (c->far.eof && c->down.n == 0 && !c->zone.shut) {
                shutdown(c->zone.fd, SHUT_WR);
                c->zone.shut = true;
        }
        return moved;
}

static void linger(GatewayConn *c) {
        char nowhere[4096];
        ssize_t n;
        int r = gateway_pipe_drain(&c->down, c->zone.fd);

        if (r < 0 && !later(r)) {
                gateway_conn_end(c);
                return;
        }
        if (c->down.n == 0 && !c->zone.shut) {
                shutdown(c->zone.fd, SHUT_WR);
                c->zone.shut = true;
        }
        n = c->zone.eof ? 0 : recv(c->zone.fd, nowhere, sizeof nowhere, MSG_DONTWAIT);
        if (n == 0)
                c->zone.eof = true;
        if ((n < 0 && !later(-errno)) || (c->zone.eof && c->zone.shut))
                gateway_conn_end(c);
        else
                gateway_relay_wait(c);
}

void gateway_relay(GatewayConn *c) {
        int up = 0, down = 0, moved = 0;

        if (c->state == GATEWAY_STATE_LINGER) {
                linger(c);
                return;
        }
        for (int i = 0; i < GATEWAY_ROUNDS; i++) {
                down = move_down(c); /* first: our own answer must be out before a refusal inside the tunnel */
                up = move_up(c);
                if (up == -EACCES)
                        return;
                if (up < 0 || down < 0)
                        break;
                moved += up + down;
                if (up + down == 0)
                        break;
        }
        if (!c->request.connect && c->zone.shut && up >= 0 && down >= 0) {
                gateway_conn_linger(c);
                linger(c);
                return;
        }
        if (down < 0 && !c->request.connect && !c->reply_sent && c->reply_head) {
                gateway_conn_refuse(c, GATEWAY_REFUSAL_RESPONSE);
                return;
        }
        /* a server that answers before it has read all of a body may have closed its side: what it said must still arrive */
        if (down < 0 || (up < 0 && (c->request.connect || c->far.eof)) || (c->zone.shut && c->far.shut)) {
                gateway_conn_end(c);
                return;
        }
        if (up < 0) {
                gateway_pipe_done(&c->up);
                c->body_left = 0;
        }
        if (moved > 0 && !c->peek_timed)
                gateway_conn_deadline(c, c->zone.eof || c->far.eof ? GATEWAY_HALF_IDLE_MS : GATEWAY_IDLE_MS);
        gateway_relay_wait(c);
}
