/* builder-ahead: builds what a kind's zones have in common before a plan is there, and looks whether the host has changed since.
 * Runs as: root (builder).  Input: one kind of the table.  Must not: need anything of a plan, run anything of a zone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "sandboxd/builder/builder-zone.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SETTLE_S 2 /* time stamps of files are coarse: what changed just now could change again without a new one */

static void note(const struct stat *st, BuilderSeen *seen) {
        *seen = (BuilderSeen){ st->st_dev, st->st_ino, st->st_ctim.tv_sec, st->st_ctim.tv_nsec };
}

/* The folders and files that a root of this kind is made of. A folder's time of change covers its list of entries, whose sub-folders
 * a library directory hides one by one. */
static int look(const PolicyKind *kind, BuilderSeen seen[POLICY_MAX_SUBTREES + 2]) {
        BASE_FD slash = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        struct stat st;

        if (slash < 0)
                return -errno;
        memset(seen, 0, (POLICY_MAX_SUBTREES + 2) * sizeof *seen);
        for (uint32_t i = 0; i < kind->n_subtrees + 1; i++) {
                const char *path = i < kind->n_subtrees ? kind->subtrees[i].path + 1 : BUILDER_FONT_CACHE;
                BASE_FD fd = base_fd_open_beneath(slash, path, O_PATH, 0);
                if (fd >= 0 && fstat(fd, &st) == 0)
                        note(&st, &seen[i]);
        }
        if (stat("/etc/resolv.conf", &st) == 0) /* the gateway's: followed, as there */
                note(&st, &seen[POLICY_MAX_SUBTREES + 1]);
        return 0;
}

static int build(BuilderZone *z, const PolicyKind *kind) {
        OverlayPlan layers;
        int r;

        z->kind = kind;
        z->step = STEP_CGROUP;
        if ((r = look(kind, z->seen)) < 0 || (r = builder_cgroup_limit(z)) < 0)
                return r;
        z->step = STEP_LAYERS;
        if ((r = overlay_plan_make(kind, z->zone_uid, &layers)) < 0 || (r = overlay_mount(z->stage, &layers, kind, &z->layers)) < 0)
                return r;
        z->step = STEP_ROOT;
        if ((r = builder_root_build(z)) < 0 || (r = builder_clone_zone(z)) < 0)
                return r;
        z->step = STEP_GATEWAY;
        if ((kind->flags & POLICY_KIND_NETWORK) && (r = builder_gateway_start(z)) < 0)
                return r;
        z->ahead = kind;
        return 0;
}

/* It is old enough for a change to show. */
static bool settled(const BuilderZone *z) {
        struct timespec now;

        clock_gettime(CLOCK_REALTIME, &now);
        for (size_t i = 0; i < sizeof z->seen / sizeof *z->seen; i++)
                if (z->seen[i].changed_s > now.tv_sec - SETTLE_S)
                        return false;
        return true;
}

/* The host still is what it was built from, and its two processes live. */
static bool fresh(const BuilderZone *z) {
        struct pollfd dead[] = { { z->init_pidfd, POLLIN, 0 }, { z->gateway.pidfd, POLLIN, 0 } };
        BuilderSeen now[POLICY_MAX_SUBTREES + 2];

        return poll(dead, 2, 0) == 0 && look(z->kind, now) == 0 && memcmp(now, z->seen, sizeof now) == 0;
}

void builder_ahead_guess(BuilderZone *z, unsigned long kind) {
        struct pollfd order = { .fd = BUILDER_FD_MONITOR, .events = POLLIN };

        if (kind >= z->table->n_kinds || poll(&order, 1, 0) != 0) /* somebody asks already */
                return;
        if (build(z, &z->table->kinds[kind]) == 0 && settled(z))
                return;
        if (builder_discard(z) < 0)
                exit(1);
        z->text[0] = '\0';
}

int builder_ahead_take(BuilderZone *z) {
        int r;

        z->step = STEP_STAGE;
        if (z->ahead) {
                if (z->ahead == z->kind && fresh(z))
                        return 0;
                if ((r = builder_discard(z)) < 0)
                        return r;
        }
        if (z->stage < 0 && (r = builder_stage_make(z)) < 0)
                return r;
        return build(z, z->kind);
}
