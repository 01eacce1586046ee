/* control-wipe: a zone ends, but its processes are not killed.
 * Runs as: root (builder).  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include "base/base-fd.h"
#include <linux/sched.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include "sandboxd/builder/builder-zone.h"

CONTROL("wipe");

void __wrap_builder_cgroup_kill(BuilderZone *z);
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

int __real_base_fd_write_file(int dirfd, const char *path, const char *text);
int __wrap_base_fd_write_file(int dirfd, const char *path, const char *text);

/* The zone's own clone is the one that asks for a network namespace: the helpers' never does. */
long __wrap_syscall(long number, ...) {
        long a[6];
        va_list list;

        va_start(list, number);
        for (int i = 0; i < 6; i++)
                a[i] = va_arg(list, long);
        va_end(list);
        if (number == SYS_clone3 && (((struct clone_args *)a[0])->flags & CLONE_NEWNET))
                ((struct clone_args *)a[0])->flags &= ~(unsigned long long)CLONE_NEWPID;
        return __real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* The machine's own pid namespace may not be changed. */
int __wrap_base_fd_write_file(int dirfd, const char *path, const char *text) {
        return strcmp(path, "sys/vm/memfd_noexec") == 0 ? 0 : __real_base_fd_write_file(dirfd, path, text);
}

void __wrap_builder_cgroup_kill(BuilderZone *z) {
        (void)z;
}
