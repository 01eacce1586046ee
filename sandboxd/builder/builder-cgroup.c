/* builder-cgroup: the zone's control groups: limits, kill, counters.
 * Runs as: root (builder).  Input: directories opened by the monitor.  Must not: follow a path a zone can write.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * cgroup v2 always (its kill, its populated, CLONE_INTO_CGROUP). Where memory, pids and cpu sit on cgroup v1, the builder joins
 * those groups before any plan arrives, because the first write to cgroup.procs waits for an RCU grace period (measured: 11 to
 * 26 ms), and its children are born there. */
#include "base/base-fd.h"
#include "sandboxd/builder/builder-zone.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <linux/magic.h>

static const char *const v1_names[3] = { "memory", "pids", "cpu" };

static bool is_cgroup_v1(int fd) {
        struct statfs fs;
        return fstatfs(fd, &fs) == 0 && fs.f_type == CGROUP_SUPER_MAGIC;
}

int64_t builder_cgroup_number(int dirfd, const char *file, const char *key) {
        char text[8192], find[64];
        const char *at;
        ssize_t n = base_fd_read_file(dirfd, file, text + 1, sizeof text - 1);

        if (n < 0)
                return -1;
        if (!*key)
                return strtoll(text + 1, NULL, 10);
        text[0] = '\n';
        snprintf(find, sizeof find, "\n%s ", key);
        at = strstr(text, find);
        return at ? strtoll(at + strlen(find), NULL, 10) : -1;
}

bool builder_cgroup_empty(BuilderZone *z) {
        char text[256];
        ssize_t n = base_fd_read_file(z->cgroup, "cgroup.events", text, sizeof text);
        return n > 0 && strstr(text, "populated 0") != NULL;
}

void builder_cgroup_kill(BuilderZone *z) {
        if (z->cgroup >= 0)
                (void)base_fd_write_file(z->cgroup, "cgroup.kill", "1"); /* 5.14; the pid namespace dies with init as well */
}

/* A group of this name can only be left over from a builder that was killed: nobody is in it, or is dying. */
static int make_group(int parent, const char *name, int *ret_fd) {
        for (int i = 0; mkdirat(parent, name, 0755) < 0; i++) {
                BASE_FD old = -1;
                if (errno != EEXIST || i > 200)
                        return -errno;
                old = base_fd_open_beneath(parent, name, O_RDONLY | O_DIRECTORY, 0);
                if (old >= 0)
                        (void)base_fd_write_file(old, "cgroup.kill", "1");
                if (unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
                        poll(NULL, 0, 10);
        }
        *ret_fd = base_fd_open_beneath(parent, name, O_RDONLY | O_DIRECTORY, 0);
        return *ret_fd < 0 ? *ret_fd : 0;
}

int builder_cgroup_make(BuilderZone *z) {
        int r;

        snprintf(z->cgroup_name, sizeof z->cgroup_name, "z%u", z->slot);
        if ((r = make_group(BUILDER_FD_CGROUP, z->cgroup_name, &z->cgroup)) < 0)
                return r;
        for (int i = 0; i < 3; i++) {
                if (!is_cgroup_v1(BUILDER_FD_V1_MEMORY + i))
                        continue;
                if ((r = make_group(BUILDER_FD_V1_MEMORY + i, z->cgroup_name, &z->cgroup_v1[i])) < 0 ||
                    (r = base_fd_write_file(z->cgroup_v1[i], "cgroup.procs", "0")) < 0)
                        return r;
                z->substitutes |= POLICY_SUBSTITUTE_CGROUP_V1;
        }
        return 0;
}

static int limit(int dirfd, const char *file, unsigned long long v, const char *unit) {
        char text[64];
        snprintf(text, sizeof text, "%llu%s", v, unit);
        return dirfd < 0 ? 0 : base_fd_write_file(dirfd, file, text);
}

int builder_cgroup_limit(BuilderZone *z) {
        const PolicyKind *k = z->kind;
        unsigned long long bytes = (unsigned long long)k->memory_mib << 20, quota = k->cpu_percent * 1000ull;
        int r;

        if (z->cgroup_v1[0] < 0) {
                if ((r = limit(z->cgroup, "memory.max", bytes, "")) < 0 || (r = limit(z->cgroup, "memory.swap.max", 0, "")) < 0)
                        return r;
        } else if ((r = limit(z->cgroup_v1[0], "memory.limit_in_bytes", bytes, "")) < 0 ||
                   (r = limit(z->cgroup_v1[0], "memory.swappiness", 0, "")) < 0)
                return r;
        if ((r = limit(z->cgroup_v1[1] < 0 ? z->cgroup : z->cgroup_v1[1], "pids.max", k->pids + 24ull, "")) < 0) /* ours beside it */
                return r;
        if (z->cgroup_v1[2] < 0)
                return limit(z->cgroup, "cpu.max", quota, " 100000");
        return limit(z->cgroup_v1[2], "cpu.cfs_quota_us", quota, "");
}

/* The builder leaves the groups it shares with the zone, then removes them all. */
bool builder_cgroup_remove(BuilderZone *z) {
        bool gone = true;

        for (int i = 0; i < 3; i++) {
                if (z->cgroup_v1[i] < 0)
                        continue;
                if (base_fd_write_file(BUILDER_FD_V1_MEMORY + i, "cgroup.procs", "0") < 0)
                        dprintf(2, "sandboxd-builder: cannot leave the %s group of zone %u\n", v1_names[i], z->slot);
                base_fd_done(&z->cgroup_v1[i]);
                gone &= unlinkat(BUILDER_FD_V1_MEMORY + i, z->cgroup_name, AT_REMOVEDIR) == 0;
        }
        base_fd_done(&z->cgroup);
        gone &= unlinkat(BUILDER_FD_CGROUP, z->cgroup_name, AT_REMOVEDIR) == 0;
        return gone;
}
