/* builder-watch: watches a zone until its end has a reason: tripwire, exit, limits, orders, helpers.
 * Runs as: root (builder).  Input: orders of the broker, messages of init, hits of the tripwire.  Must not: parse text of a zone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "base/base-msg.h"
#include "sandboxd/builder/builder-zone.h"
#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP 1ul
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif
#define TICK_MS 1000
#define WALLS_MS 10000

static void end_zone(BuilderZone *z, PolicyReason reason, uint32_t detail, const char *text) {
        if (z->reason != POLICY_REASON_NONE) /* the first reason is the true one */
                return;
        z->reason = reason;
        z->detail = detail;
        if (*text)
                snprintf(z->text, sizeof z->text, "%s", text);
}

/* Whoever rings waits for the answer, so both may share a processor: a hit costs half then. Older kernels (before 6.6) do not know it. */
static void hurry(int tripwire) {
        (void)ioctl(tripwire, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP, 0);
}

/* Takes one hit. During the self-test it is answered EPERM; afterwards it is left unanswered: the caller never runs again. */
static int take_hit(BuilderZone *z, bool answer, int *ret_call) {
        struct seccomp_notif hit = { 0 };
        struct seccomp_notif_resp resp = { .error = -EPERM };

        if (ioctl(z->tripwire, SECCOMP_IOCTL_NOTIF_RECV, &hit) < 0)
                return errno == ENOENT || errno == EINTR ? 1 : -errno; /* the caller died meanwhile */
        *ret_call = hit.data.nr;
        resp.id = hit.id;
        if (answer && ioctl(z->tripwire, SECCOMP_IOCTL_NOTIF_SEND, &resp) < 0 && errno != ENOENT)
                return -errno;
        return 0;
}

static void from_init(BuilderZone *z) {
        PolicyMsgInit msg;
        int fds[BASE_MSG_MAX_FDS];
        size_t n_fds = 0;
        ssize_t n = base_msg_recv(z->init_socket, &msg, sizeof msg, fds, &n_fds, MSG_DONTWAIT);

        for (size_t i = 0; i < n_fds && n > 0; i++)
                close(fds[i]);
        if (n == -EAGAIN)
                return;
        if (n == sizeof msg && msg.type == POLICY_INIT_EXIT) {
                z->exit_status = msg.value;
                end_zone(z, POLICY_REASON_EXIT, 0, "the application ended");
        } else
                end_zone(z, POLICY_REASON_EXIT, 0, "pid 1 of the zone ended");
}

static void show(BuilderZone *z, const PolicyMsgShow *order) {
        PolicyMsgInit msg = { .type = POLICY_INIT_SHOW };

        if (order->n == 0 || order->n > POLICY_MAX_ADDRESS || memchr(order->address, 0, order->n) || order->address[order->n] != 0 ||
            z->plan->program != 0 || !policy_address_valid(order->address, NULL))
                return;
        memcpy(msg.text, order->address, order->n + 1);
        (void)base_msg_send(z->init_socket, &msg, sizeof msg, NULL, 0);
}

static void from_broker(BuilderZone *z) {
        union {
                uint32_t type;
                PolicyMsgStop stop;
                PolicyMsgShow show;
        } msg;
        int fds[BASE_MSG_MAX_FDS];
        size_t n_fds = 0;
        ssize_t n = base_msg_recv(z->broker, &msg, sizeof msg, fds, &n_fds, MSG_DONTWAIT);

        for (size_t i = 0; i < n_fds && n > 0; i++)
                close(fds[i]);
        if (n == -EAGAIN)
                return;
        if (n <= 0) {
                base_fd_done(&z->broker);
                end_zone(z, POLICY_REASON_BROKER_GONE, 0, "the broker ended");
        } else if (n == sizeof msg.stop && msg.type == POLICY_MSG_STOP) {
                uint32_t r = msg.stop.reason;
                bool known = r == POLICY_REASON_RESTART || r == POLICY_REASON_LOGOUT || r == POLICY_REASON_CALLER_GONE;
                end_zone(z, known ? r : POLICY_REASON_STOP, 0, "asked to end");
        } else if (n == sizeof msg.show && msg.type == POLICY_MSG_SHOW)
                show(z, &msg.show);
}

static uint64_t elapsed_s(const BuilderZone *z) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t)(now.tv_sec - z->began_mono.tv_sec);
}

static void tick(BuilderZone *z) {
        static int64_t next_ms; /* messages must not make it run more often: a renderer is looked at twice, a tick apart */
        struct timespec now;
        uint64_t bytes, files;
        bool full;

        clock_gettime(CLOCK_MONOTONIC, &now);
        int64_t now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
        if (now_ms < next_ms)
                return;
        next_ms = now_ms + TICK_MS;
        if (z->kind->max_age_s && elapsed_s(z) >= z->kind->max_age_s)
                end_zone(z, POLICY_REASON_AGE, z->kind->max_age_s, "the zone reached its age limit");
        if (z->reason == POLICY_REASON_NONE && !z->full_told && overlay_account(&z->layers, &bytes, &files, &full) == 0 && full) {
                z->full_told = true;
                snprintf(z->text, sizeof z->text, "the zone's storage is full: it cannot write until something in it is deleted");
                z->detail = POLICY_NOTICE_STORAGE_FULL;
                builder_tell(z, POLICY_STATE_RUNNING);
                z->detail = 0;
                z->text[0] = '\0';
        }
        if (!z->renderer_seen && !builder_look(z))
                end_zone(z, POLICY_REASON_SANDBOX_LOST, 0, "a renderer runs without the browser's own sandbox");
}

static void hit(BuilderZone *z) {
        char text[96];
        int call = -1, r = take_hit(z, false, &call);

        if (r > 0)
                return;
        snprintf(text, sizeof text, "the tripwire was rung by system call %d, which no browser makes", call);
        end_zone(z, POLICY_REASON_TRIPWIRE, (uint32_t)call, r < 0 ? "the tripwire failed" : text);
}

/* The compositor ends by itself, with 0, when its one window is closed: that is how a user ends a zone. Left to be reaped by the wipe. */
static void display_ended(BuilderZone *z) {
        siginfo_t info = { 0 };

        if (waitid(P_PIDFD, (id_t)z->display.pidfd, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_code == CLD_EXITED && info.si_status == 0)
                end_zone(z, POLICY_REASON_STOP, POLICY_STOP_WINDOW, "");
        else
                end_zone(z, POLICY_REASON_HELPER_DIED, 2, "the display ended");
}

void builder_watch(BuilderZone *z) {
        while (z->reason == POLICY_REASON_NONE) {
                struct pollfd p[] = {
                        { z->tripwire, POLLIN, 0 }, { z->init_socket, POLLIN, 0 }, { z->broker, POLLIN, 0 }, { z->init_pidfd, POLLIN, 0 },
                        { z->gateway.pidfd, POLLIN, 0 }, { z->display.pidfd, POLLIN, 0 }, { BUILDER_FD_MONITOR, POLLIN, 0 },
                };
                int n = poll(p, sizeof p / sizeof *p, TICK_MS);

                if (n < 0 && errno != EINTR)
                        end_zone(z, POLICY_REASON_BUILD_FAILED, (uint32_t)errno, "cannot watch");
                if (p[6].revents && !builder_gateway_renew(z)) /* the monitor is gone; our own parent-death signal is on its way */
                        end_zone(z, POLICY_REASON_MONITOR_GONE, 0, "the monitor ended");
                if (p[0].revents & POLLIN)
                        hit(z);
                if (p[1].revents)
                        from_init(z);
                if (p[2].revents)
                        from_broker(z);
                if (p[3].revents)
                        end_zone(z, POLICY_REASON_EXIT, 0, "pid 1 of the zone ended");
                if (p[4].revents)
                        end_zone(z, POLICY_REASON_HELPER_DIED, 1, "the gateway ended");
                if (p[5].revents)
                        display_ended(z);
                tick(z);
        }
}

/* The bits of walls that must stand here: what the kernel lacks was checked against the permitted substitutes before. */
static uint32_t required_walls(const BuilderZone *z) {
        uint32_t all = (1u << POLICY_WALLS) - 1;
        return z->memfd_noexec || z->apparmor ? all : all & ~(1u << POLICY_WALL_MEMFD);
}

static int judge_walls(BuilderZone *z, const PolicyMsgInit *msg, uint64_t seen, uint64_t expected) {
        uint32_t fallen = required_walls(z) & ~msg->value;

        if (seen != expected)
                fallen |= 1u << POLICY_WALL_TRIPWIRE;
        z->walls = msg->value;
        if (fallen == 0)
                return 0;
        z->reason = POLICY_REASON_WALL_FAILED;
        z->detail = (uint32_t)__builtin_ctz(fallen);
        snprintf(z->text, sizeof z->text, "the wall \"%s\" does not stand (it showed %d)", policy_wall_names[z->detail], msg->error);
        return -EPERM;
}

int builder_walls_wait(BuilderZone *z) {
        uint64_t seen = 0, expected = 0;

        for (int i = 0; policy_tripwire[i] >= 0; i++)
                expected |= 1ull << i;
        for (;;) {
                struct pollfd p[] = { { z->init_socket, POLLIN, 0 }, { z->tripwire, POLLIN, 0 }, { z->init_pidfd, POLLIN, 0 }, { z->broker, 0, 0 } };
                PolicyMsgInit msg;
                int fds[BASE_MSG_MAX_FDS], call = -1, r;
                size_t n_fds = 0;

                if (poll(p, 4, WALLS_MS) <= 0)
                        return -ETIMEDOUT;
                if (p[3].revents) {
                        z->reason = POLICY_REASON_BROKER_GONE;
                        snprintf(z->text, sizeof z->text, "the broker ended");
                        return -EPIPE;
                }
                if (p[1].revents & POLLIN) {
                        if ((r = take_hit(z, true, &call)) < 0)
                                return r;
                        for (int i = 0; policy_tripwire[i] >= 0; i++)
                                if (policy_tripwire[i] == call)
                                        seen |= 1ull << i;
                        continue;
                }
                if (!p[0].revents)
                        return -ECHILD;
                ssize_t n = base_msg_recv(z->init_socket, &msg, sizeof msg, fds, &n_fds, 0);
                if (n != sizeof msg)
                        return -EPROTO;
                if (msg.type == POLICY_INIT_LISTENER && n_fds == 1 && z->tripwire < 0)
                        hurry(z->tripwire = fds[0]);
                else if (msg.type == POLICY_INIT_WALLS && n_fds == 0 && z->tripwire >= 0)
                        return judge_walls(z, &msg, seen, expected);
                else {
                        for (size_t i = 0; i < n_fds; i++)
                                close(fds[i]);
                        snprintf(z->text, sizeof z->text, "pid 1 of the zone failed at %.100s", msg.type == POLICY_INIT_FAILED ? msg.text : "an unknown message");
                        return msg.type == POLICY_INIT_FAILED && msg.error < 0 ? msg.error : -EPROTO;
                }
        }
}
