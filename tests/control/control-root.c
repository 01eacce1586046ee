/* control-root: the zone's root stays writable.
 * Runs as: root (builder).  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include <stddef.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

CONTROL("root");

int __real_mount_setattr(int fd, const char *path, unsigned flags, struct mount_attr *attr, size_t n);
int __wrap_mount_setattr(int fd, const char *path, unsigned flags, struct mount_attr *attr, size_t n);

int __wrap_mount_setattr(int fd, const char *path, unsigned flags, struct mount_attr *attr, size_t n) {
        return strcmp(path, "/") == 0 ? 0 : __real_mount_setattr(fd, path, flags, attr, n);
}
