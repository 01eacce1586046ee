/* monitor-cgroup: finds and prepares the groups that zones live in.
 * Runs as: root (monitor).  Input: /proc/self/cgroup.  Must not: touch a group that is not ours.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In a unit with Delegate=yes the monitor must leave the unit's own group before controllers can be enabled below it (cgroups(7),
 * no internal processes). Started by hand it makes /hanare. cgroup v2 is required, if only for kill and populated; memory,
 * pids and cpu may still be on v1. */
#include "base/base-fd.h"
#include "sandboxd/monitor/monitor.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

static bool is_v2(const char *path) {
        struct statfs fs;
        return statfs(path, &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC;
}

static bool is_v1(const char *path) {
        struct statfs fs;
        return statfs(path, &fs) == 0 && fs.f_type == CGROUP_SUPER_MAGIC;
}

static int make_open(int parent, const char *name, int *ret_fd) {
        if (mkdirat(parent, name, 0755) < 0 && errno != EEXIST)
                return -errno;
        *ret_fd = base_fd_open_beneath(parent, name, O_RDONLY | O_DIRECTORY, 0);
        return *ret_fd < 0 ? *ret_fd : 0;
}

/* The unit's group, where there is one that is ours: "0::/hanare.slice/hanare.service". */
static bool own_unit(char *ret_path, size_t max) {
        char text[4096], *line, *end;
        BASE_FD proc = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);

        if (proc < 0 || base_fd_read_file(proc, "cgroup", text, sizeof text) < 0)
                return false;
        line = strncmp(text, "0::", 3) == 0 ? text : strstr(text, "\n0::");
        if (!line)
                return false;
        line += *line == '\n' ? 4 : 3;
        end = strchr(line, '\n');
        if (!end || (size_t)(end - line) >= max || end - line < 15 || strncmp(end - 15, "/hanare.service", 15) != 0)
                return false;
        memcpy(ret_path, line, (size_t)(end - line));
        ret_path[end - line] = '\0';
        return true;
}

static int open_controllers(Monitor *m, int base, bool on_v2) {
        static const char *const enable = "+memory +pids +cpu";
        BASE_FD own = -1;
        int r;

        if ((r = make_open(base, "monitor", &own)) < 0 || (r = base_fd_write_file(own, "cgroup.procs", "0")) < 0 ||
            (r = make_open(base, "broker", &m->cgroup_broker)) < 0)
                return r;
        if (on_v2 && (r = base_fd_write_file(base, "cgroup.subtree_control", enable)) < 0) {
                monitor_log("the memory, pids and cpu controllers cannot be enabled: is the kernel started with cgroup_disable=memory?");
                return r;
        }
        /* a taken-over broker must not take the machine with it */
        if (on_v2 && ((r = base_fd_write_file(m->cgroup_broker, "pids.max", "64")) < 0 ||
                      (r = base_fd_write_file(m->cgroup_broker, "memory.max", "512M")) < 0))
                return r;
        if ((r = make_open(base, "zones", &m->cgroup_zones)) < 0)
                return r;
        if (on_v2 && ((r = base_fd_write_file(m->cgroup_zones, "cgroup.subtree_control", enable)) < 0 ||
                      (r = base_fd_write_file(m->cgroup_zones, "memory.swap.max", "0")) < 0))
                return r;
        return 0;
}

static int open_v1(Monitor *m) {
        static const char *const names[3] = { "memory", "pids", "cpu" };
        char path[64];

        for (int i = 0; i < 3; i++) {
                snprintf(path, sizeof path, "/sys/fs/cgroup/%s", names[i]);
                BASE_FD top = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
                if (top < 0 || !is_v1(path))
                        return -ENOENT;
                int r = make_open(top, "hanare", &m->cgroup_v1[i]);
                if (r < 0)
                        return r;
        }
        m->substitutes |= POLICY_SUBSTITUTE_CGROUP_V1;
        return 0;
}

void monitor_cgroup_kill(const Monitor *m, unsigned slot) {
        char name[16];

        snprintf(name, sizeof name, "z%u", slot);
        BASE_FD group = base_fd_open_beneath(m->cgroup_zones, name, O_RDONLY | O_DIRECTORY, 0);
        if (group >= 0)
                (void)base_fd_write_file(group, "cgroup.kill", "1");
}

/* What a monitor that was killed may have left: nobody is in it, or is dying. */
static void remove_leftovers(const Monitor *m) {
        for (unsigned slot = 0; slot < POLICY_MAX_ZONES; slot++) {
                char name[16];
                snprintf(name, sizeof name, "z%u", slot);
                monitor_cgroup_kill(m, slot);
                for (int i = 0; i < 50 && unlinkat(m->cgroup_zones, name, AT_REMOVEDIR) < 0 && errno == EBUSY; i++)
                        poll(NULL, 0, 20);
                for (int i = 0; i < 3; i++)
                        if (m->cgroup_v1[i] >= 0)
                                (void)unlinkat(m->cgroup_v1[i], name, AT_REMOVEDIR);
        }
}

int monitor_cgroup_open(Monitor *m) {
        bool pure = is_v2("/sys/fs/cgroup"), hybrid = !pure && is_v2("/sys/fs/cgroup/unified");
        char path[4096], unit[2048];
        BASE_FD base = -1;
        BASE_FD top = -1;
        int r;

        if (!pure && !hybrid) {
                monitor_log("no cgroup v2 is mounted on /sys/fs/cgroup: zones cannot be ended reliably without it; boot with systemd.unified_cgroup_hierarchy=1");
                return -ENOENT;
        }
        if (pure && own_unit(unit, sizeof unit)) {
                snprintf(path, sizeof path, "/sys/fs/cgroup%s", unit);
                base = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        } else {
                top = open(pure ? "/sys/fs/cgroup" : "/sys/fs/cgroup/unified", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
                if (top < 0)
                        return -errno;
                if (pure && (r = base_fd_write_file(top, "cgroup.subtree_control", "+memory +pids +cpu")) < 0)
                        return r;
                if ((r = make_open(top, "hanare", &base)) < 0)
                        return r;
        }
        if (base < 0)
                return -errno;
        r = open_controllers(m, base, pure);
        if (r == 0 && !pure)
                r = open_v1(m);
        if (r == 0)
                remove_leftovers(m);
        return r;
}
