/* control-noexec: the zone's writable places can hold programs.
 * Runs as: root (builder).  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include <stddef.h>
#include <sys/mount.h>

CONTROL("noexec");

int __real_fsmount(int fd, unsigned flags, unsigned attr);
int __wrap_fsmount(int fd, unsigned flags, unsigned attr);
int __real_mount_setattr(int fd, const char *path, unsigned flags, struct mount_attr *attr, size_t n);
int __wrap_mount_setattr(int fd, const char *path, unsigned flags, struct mount_attr *attr, size_t n);

int __wrap_fsmount(int fd, unsigned flags, unsigned attr) {
        return __real_fsmount(fd, flags, attr & ~(unsigned)MOUNT_ATTR_NOEXEC);
}

int __wrap_mount_setattr(int fd, const char *path, unsigned flags, struct mount_attr *attr, size_t n) {
        struct mount_attr without = *attr;

        without.attr_set &= ~(unsigned long long)MOUNT_ATTR_NOEXEC;
        return __real_mount_setattr(fd, path, flags, &without, n);
}
