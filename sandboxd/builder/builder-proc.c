/* builder-proc: the zone's own procfs: masked, its sysctls read-only, memfd execution off.
 * Runs as: root (builder), inside the zone's pid namespace.  Input: none.  Must not: use a /proc a zone process could have touched.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "sandboxd/builder/builder-zone.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>

/* What containers mask, and what tells one zone about the machine or about another zone (timing of interrupts, keys of the uid). */
static const char *const masked_files[] = {
        "kcore", "kallsyms", "keys", "key-users", "latency_stats", "timer_list", "sched_debug", "schedstat", "interrupts", "softirqs", "kmsg",
        "modules", "iomem", "ioports", "slabinfo", "vmallocinfo", "pagetypeinfo", "buddyinfo", "zoneinfo", "kpagecount", "kpageflags",
        "kpagecgroup", "config.gz", "cmdline", "consoles", "crypto", "diskstats", "partitions", "swaps", "mtrr", "dma", "execdomains",
        "fb", "locks", "misc", "sysrq-trigger", "vmstat", "cgroups", "devices", "bootconfig", "version_signature",
};
/* yama: where Chromium sees it, it asks its crash handler for a pid, and dies because the zone does not let that handler start. */
static const char *const masked_dirs[] = { "acpi", "asound", "bus", "driver", "fs", "irq", "scsi", "tty", "sysvipc", "dynamic_debug", "pressure",
                                           "sys/kernel/yama" };

static int mask(int root, int proc, const char *name, const char *with) {
        char to[64];
        struct stat st;

        if (fstatat(proc, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                return errno == ENOENT ? 0 : -errno;
        snprintf(to, sizeof to, "proc/%s", name);
        return builder_root_bind(root, with, root, to, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
}

static int mount_proc(int root, int *ret_proc) {
        BASE_FD fs = fsopen("proc", FSOPEN_CLOEXEC);
        BASE_FD proc = -1;

        if (fs < 0 || fsconfig(fs, FSCONFIG_SET_STRING, "hidepid", "ptraceable", 0) < 0 || fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
                return -errno;
        proc = fsmount(fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
        if (proc < 0 || move_mount(proc, "", root, "proc", MOVE_MOUNT_F_EMPTY_PATH) < 0)
                return -errno;
        *ret_proc = base_fd_steal(&proc);
        return 0;
}

int builder_proc_mount(int root, bool *ret_memfd_noexec, int *ret_sys_user) {
        BASE_FD proc = -1;
        int r = mount_proc(root, &proc);

        if (r < 0)
                return r;
        /* sysctl/vm: hierarchical since 6.6; only real root inside the pid namespace may write it, and zone code never is that */
        r = base_fd_write_file(proc, "sys/vm/memfd_noexec", "2");
        if (r < 0 && r != -ENOENT)
                return r;
        *ret_memfd_noexec = r == 0;
        /* opened before the read-only bind covers it: the zone's own limits are written through this once its user namespace exists */
        *ret_sys_user = base_fd_open_beneath(proc, "sys", O_PATH | O_DIRECTORY, 0);
        if (*ret_sys_user < 0)
                return *ret_sys_user;
        r = builder_root_bind(root, "proc/sys", root, "proc/sys", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
        for (size_t i = 0; r == 0 && i < sizeof masked_files / sizeof *masked_files; i++)
                r = mask(root, proc, masked_files[i], "dev/null");
        for (size_t i = 0; r == 0 && i < sizeof masked_dirs / sizeof *masked_dirs; i++)
                r = mask(root, proc, masked_dirs[i], "dev/empty");
        return r;
}
