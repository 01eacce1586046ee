/* control-host-files: the zone gets the host's /etc in place of its own.
 * Runs as: root (builder).  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>

CONTROL("host-files");

int __real_open_tree(int dirfd, const char *path, unsigned flags);
int __wrap_open_tree(int dirfd, const char *path, unsigned flags);

int __wrap_open_tree(int dirfd, const char *path, unsigned flags) {
        return strcmp(path, "etc") == 0 ? __real_open_tree(AT_FDCWD, "/etc", flags) : __real_open_tree(dirfd, path, flags);
}
