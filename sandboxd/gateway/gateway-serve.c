/* gateway-serve: the loop: accepts, waits, ends what is late.
 * Runs as: gateway.  Input: connections of the zone.  Must not: wait anywhere but in epoll_wait(2).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/gateway/gateway-serve.h"
#include "sandboxd/gateway/gateway-tell.h"
#include "base/base-msg.h"
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 128

uint64_t gateway_serve_clock(void) {
        struct timespec t;

        clock_gettime(CLOCK_MONOTONIC, &t);
        return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static int watch(GatewayServer *s, int fd, void *mark, int op) {
        struct epoll_event e = { .events = EPOLLIN, .data.ptr = mark };
        return epoll_ctl(s->epoll, op, fd, &e) < 0 ? -errno : 0;
}

int gateway_serve_init(GatewayServer *s) {
        int r;

        s->now_ms = gateway_serve_clock();
        s->sweep_ms = UINT64_MAX;
        s->resume_ms = UINT64_MAX;
        gateway_tell_init(s->now_ms);
        gateway_bucket_init(&s->failing, GATEWAY_FAILING_BURST, GATEWAY_FAILING_RATE, s->now_ms);
        s->epoll = epoll_create1(EPOLL_CLOEXEC);
        if (s->epoll < 0)
                return -errno;
        r = watch(s, s->listener, &s->listener, EPOLL_CTL_ADD);
        s->listening = r == 0;
        if (r == 0)
                r = watch(s, gateway_resolver_fd(s->resolver), s->resolver, EPOLL_CTL_ADD);
        return r < 0 || s->renew < 0 ? r : watch(s, s->renew, &s->renew, EPOLL_CTL_ADD);
}

static void pause_listening(GatewayServer *s, uint64_t until) {
        if (s->listening && watch(s, s->listener, NULL, EPOLL_CTL_DEL) == 0)
                s->listening = false;
        s->resume_ms = until;
}

/* Connections that find no room wait in the kernel's queue. */
static void resume_listening(GatewayServer *s) {
        if (s->listening || s->n_conns >= s->max_conns || (s->resume_ms != UINT64_MAX && s->resume_ms > s->now_ms))
                return;
        if (watch(s, s->listener, &s->listener, EPOLL_CTL_ADD) == 0) {
                s->listening = true;
                s->resume_ms = UINT64_MAX;
        }
}

static void accept_some(GatewayServer *s) {
        for (int i = 0; i < 64; i++) {
                if (s->n_conns >= s->max_conns) {
                        pause_listening(s, UINT64_MAX);
                        return;
                }
                int fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
                if (fd < 0) {
                        if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
                                pause_listening(s, s->now_ms + GATEWAY_PAUSE_MS);
                        return;
                }
                if (gateway_conn_new(s, fd) < 0) {
                        close(fd);
                        pause_listening(s, s->now_ms + GATEWAY_PAUSE_MS);
                        return;
                }
        }
}

/* One pointer changes; what the new rules refuse is ended at once. -EBADMSG where they cannot be read: then there are none, and no network. */
static int renew_rules(GatewayServer *s) {
        PolicyMsgRenew msg;
        int fds[BASE_MSG_MAX_FDS], r = -EBADMSG;
        GatewayRules *rules = NULL, *old = s->rules;
        size_t n_fds = 0;
        ssize_t n = base_msg_recv(s->renew, &msg, sizeof msg, fds, &n_fds, MSG_DONTWAIT);

        if (n == -EAGAIN)
                return 0;
        if (n == sizeof msg && msg.type == POLICY_MSG_RENEW && n_fds > 0)
                r = gateway_rules_new(fds[0], n_fds > 1 ? fds[1] : -1, &rules);
        for (size_t i = 0; n >= 0 && i < n_fds; i++)
                close(fds[i]);
        if (r < 0)
                return r;
        s->rules = rules;
        gateway_conn_judge_all(s);
        gateway_rules_free(old);
        return 0;
}

static void sweep(GatewayServer *s) {
        if (s->now_ms < s->sweep_ms)
                return;
        s->sweep_ms = UINT64_MAX; /* every connection that stays lowers it again */
        gateway_conn_expire_all(s);
}

static int timeout_of(const GatewayServer *s) {
        uint64_t next = s->sweep_ms < s->resume_ms ? s->sweep_ms : s->resume_ms;

        if (next == UINT64_MAX)
                return -1;
        if (next <= s->now_ms + 20) /* late ones are ended in groups */
                return 20;
        return next - s->now_ms > 60000 ? 60000 : (int)(next - s->now_ms);
}

int gateway_serve_run(GatewayServer *s) {
        struct epoll_event events[EVENTS];

        for (;;) {
                int n = epoll_wait(s->epoll, events, EVENTS, timeout_of(s));
                if (n < 0 && errno != EINTR)
                        return -errno;
                s->now_ms = gateway_serve_clock();
                for (int i = 0; i < n; i++) {
                        if (events[i].data.ptr == &s->renew) {
                                int r = renew_rules(s);
                                if (r < 0)
                                        return r;
                        } else if (events[i].data.ptr == &s->listener)
                                accept_some(s);
                        else if (events[i].data.ptr == s->resolver)
                                gateway_resolver_process(s->resolver);
                        else
                                gateway_conn_event(events[i].data.ptr, events[i].events);
                }
                sweep(s);
                gateway_conn_free_ended(s);
                resume_listening(s);
        }
}
