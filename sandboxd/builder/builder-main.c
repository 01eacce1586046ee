/* builder-main: builds, watches and destroys one zone. Waits ready-made until the monitor hands it a plan.
 * Runs as: root (builder).  Input: the sealed table, one plan.  Must not: parse text, read a client's descriptor, follow a zone's path.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-drop.h"
#include "base/base-fd.h"
#include "base/base-filter.h"
#include "base/base-msg.h"
#include "hanare-config.h"
#include "sandboxd/builder/builder-zone.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define DESCRIPTORS_MS 5000

static int load_table(BuilderZone *z) {
        const void *bytes;
        PolicyTable *table = NULL;
        size_t n;
        int r = base_fd_map_sealed(BUILDER_FD_TABLE, POLICY_TABLE_MAX, &bytes, &n);

        if (r < 0 || (r = policy_table_decode(bytes, n, &table)) < 0)
                return r;
        z->table = table;
        return 0;
}

static bool profile_loaded(void) {
        static char text[65536];
        BASE_FD fd = open("/sys/kernel/security/apparmor/profiles", O_RDONLY | O_CLOEXEC);
        ssize_t n = fd < 0 ? -1 : base_fd_read_all(fd, text, sizeof text - 1);

        return n > 0 && memmem(text, (size_t)n, "hanare-zone (enforce)", 21) != NULL;
}

/* All that does not need to know the kind: done before anybody asks. */
static int prepare(BuilderZone *z) {
        int r;

        z->step = STEP_TABLE;
        if ((r = load_table(z)) < 0)
                return r;
        z->zone_uid = z->table->uid_base + 8 * z->slot;
        z->gateway_uid = z->zone_uid + 1;
        z->display_uid = z->zone_uid + 2;
        z->apparmor = profile_loaded();
        z->step = STEP_CGROUP;
        if ((r = builder_cgroup_make(z)) < 0)
                return r;
        z->step = STEP_STAGE;
        return builder_stage_make(z);
}

/* These ask the descriptor itself: fstat() on a file of somebody's own file system (FUSE) can wait for ever. */
static bool is_pipe(int fd) {
        return fcntl(fd, F_GETPIPE_SZ) >= 0;
}

static bool is_display(int fd, uint32_t display) {
        socklen_t n = sizeof(int);
        struct statx st;
        int domain = -1;

        if (display == POLICY_DISPLAY_WAYLAND)
                return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &n) == 0 && domain == AF_UNIX;
        return (fcntl(fd, F_GETFL) & O_PATH) && statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &st) == 0 && S_ISSOCK(st.stx_mode);
}

/* The first message of the broker: three pipes when the plan has stdio, then the display's descriptor when it has one. */
static const char *take_descriptors(BuilderZone *z) {
        size_t want = (z->plan->stdio ? 3u : 0u) + (z->plan->display ? 1u : 0u), at = 0, n_fds = 0;
        struct pollfd p = { .fd = z->broker, .events = POLLIN };
        PolicyMsgDescriptors msg;
        int fds[BASE_MSG_MAX_FDS];

        if (poll(&p, 1, DESCRIPTORS_MS) != 1 || base_msg_recv(z->broker, &msg, sizeof msg, fds, &n_fds, MSG_DONTWAIT) != sizeof msg ||
            msg.type != POLICY_MSG_DESCRIPTORS || msg.n != n_fds || n_fds != want)
                return "the descriptors do not fit the plan";
        if (z->plan->stdio)
                for (int i = 0; i < 3; i++) {
                        z->stdio[i] = fds[at++];
                        if (!is_pipe(z->stdio[i])) /* nothing else of the user's may get into a zone */
                                return "a standard descriptor is not a pipe";
                }
        if (z->plan->display) {
                z->display_fd = fds[at];
                if (!is_display(z->display_fd, z->plan->display))
                        return "the display's descriptor is not a socket";
        }
        return NULL;
}

static int refuse(BuilderZone *z, const char *rule) {
        z->reason = POLICY_REASON_REFUSED;
        snprintf(z->text, sizeof z->text, "%s", rule);
        return -EPERM;
}

static int take_plan(BuilderZone *z) {
        PolicyMsgBuild msg;
        int fds[BASE_MSG_MAX_FDS], r;
        size_t n_fds = 0, n;
        const void *bytes;
        const char *rule;
        ssize_t got = base_msg_recv(BUILDER_FD_MONITOR, &msg, sizeof msg, fds, &n_fds, 0);

        if (got == 0) { /* the monitor needs no spare any more */
                (void)builder_discard(z);
                (void)builder_cgroup_remove(z);
                exit(0);
        }
        if (got != sizeof msg || msg.type != POLICY_MSG_BUILD || n_fds != 2 || msg.slot != z->slot)
                return got < 0 ? (int)got : -EPROTO;
        clock_gettime(CLOCK_REALTIME, &z->began);
        clock_gettime(CLOCK_MONOTONIC, &z->began_mono);
        z->number = msg.zone;
        memcpy(z->table->hash, msg.table_hash, sizeof msg.table_hash);
        z->broker = fds[1];
        z->step = STEP_PLAN;
        if ((r = base_fd_map_sealed(fds[0], POLICY_PLAN_MAX, &bytes, &n)) < 0 || (r = policy_plan_decode(bytes, n, &z->plan)) < 0)
                return refuse(z, "the plan is not a sealed, well-formed plan");
        if ((rule = policy_plan_check(z->plan, z->table)) != NULL)
                return refuse(z, rule);
        z->kind = &z->table->kinds[z->plan->kind];
        if ((rule = take_descriptors(z)) != NULL)
                return refuse(z, rule);
        return 0;
}

/* What this kernel lacks must be permitted by name. */
static int check_substitutes(BuilderZone *z) {
        z->substitutes |= z->layers.substitutes;
        if (base_filter_landlock_abi() < 6)
                z->substitutes |= POLICY_SUBSTITUTE_LANDLOCK_SCOPE;
        if (!z->apparmor)
                z->substitutes |= POLICY_SUBSTITUTE_APPARMOR;
        if (!z->memfd_noexec)
                z->substitutes |= z->apparmor ? POLICY_SUBSTITUTE_MEMFD_NOEXEC : POLICY_SUBSTITUTE_MEMFD_NONE;
        if (z->substitutes & ~z->table->substitutes)
                return refuse(z, "this kernel lacks a wall whose substitute the policy does not permit: see hanare doctor");
        return 0;
}

static int build(BuilderZone *z) {
        BASE_FD init_exe = open(HANARE_LIBEXECDIR "/sandboxd-init", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        BASE_FD init_plan = -1;
        PolicyMsgInit go = { .type = POLICY_INIT_GO };
        int r;

        if (init_exe < 0)
                return -errno;
        if ((r = builder_plan_init(z, &init_plan)) < 0 || (r = builder_ahead_take(z)) < 0 || (r = check_substitutes(z)) < 0)
                return r;
        if (z->plan->display) {
                z->step = STEP_DISPLAY;
                if ((r = builder_display_listen(z)) < 0 || (r = builder_display_start(z)) < 0)
                        return r;
        }
        if ((r = builder_gateway_introduce(z)) < 0 || (r = builder_clone_enter(z, init_exe, init_plan)) < 0)
                return r;
        z->step = STEP_WALLS;
        if ((r = builder_walls_wait(z)) < 0)
                return r;
        z->step = STEP_START;
        return base_msg_send(z->init_socket, &go, sizeof go, NULL, 0);
}

int main(int argc, char **argv) {
        BuilderZone z = { .broker = -1, .stage = -1, .root = -1, .layers = OVERLAY_MOUNTS_NULL, .cgroup = -1, .cgroup_v1 = { -1, -1, -1 },
                          .stdio = { -1, -1, -1 }, .display_fd = -1, .listener = -1, .renew = -1, .hears = -1, .wayland = -1, .init_socket = -1, .init_pidfd = -1,
                          .tripwire = -1, .alive = -1, .ns_fds = { -1, -1, -1, -1, -1, -1, -1, -1 }, .gateway = { 0, -1 }, .display = { 0, -1 } };
        int r;

        if (argc != 3)
                return 2;
        base_drop_common();
        z.slot = (uint32_t)strtoul(argv[1], NULL, 10);
        r = prepare(&z);
        if (r == 0) {
                builder_ahead_guess(&z, strtoul(argv[2], NULL, 10));
                r = take_plan(&z);
        }
        if (r == 0)
                r = build(&z);
        if (r == 0) {
                builder_tell(&z, POLICY_STATE_RUNNING);
                builder_watch(&z);
        } else {
                z.error = r;
                if (z.reason == POLICY_REASON_NONE) {
                        char why[sizeof z.text];
                        z.reason = POLICY_REASON_BUILD_FAILED;
                        z.detail = (uint32_t)-r;
                        snprintf(why, sizeof why, "cannot build the zone (%s: %s)%s%.80s", builder_step_names[z.step], strerror(-r), *z.text ? ": " : "", z.text);
                        memcpy(z.text, why, sizeof why);
                }
                dprintf(2, "sandboxd-builder: zone %llu: %s\n", (unsigned long long)z.number, z.text);
        }
        builder_wipe(&z);
        return 0;
}
