/* control-inodes: the limit on files of a zone is far too wide.
 * Runs as: root (builder).  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include <string.h>
#include <sys/mount.h>

CONTROL("inodes");

int __real_fsconfig(int fd, unsigned cmd, const char *key, const void *value, int aux);
int __wrap_fsconfig(int fd, unsigned cmd, const char *key, const void *value, int aux);

int __wrap_fsconfig(int fd, unsigned cmd, const char *key, const void *value, int aux) {
        return __real_fsconfig(fd, cmd, key, key && strcmp(key, "nr_inodes") == 0 ? "2000000" : value, aux);
}
