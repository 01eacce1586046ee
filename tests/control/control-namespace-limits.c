/* control-namespace-limits: the limits of the zone's user namespace are not written.
 * Runs as: root (builder).  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include "base/base-fd.h"
#include <string.h>

CONTROL("namespace-limits");

int __real_base_fd_write_file(int dirfd, const char *path, const char *text);
int __wrap_base_fd_write_file(int dirfd, const char *path, const char *text);

/* The limit on processes would hold the flood of namespaces as well: it is widened, so that only the missing limits are looked at. */
int __wrap_base_fd_write_file(int dirfd, const char *path, const char *text) {
        if (strcmp(path, "pids.max") == 0)
                return __real_base_fd_write_file(dirfd, path, "1000");
        return strncmp(path, "user/max_", 9) == 0 ? 0 : __real_base_fd_write_file(dirfd, path, text);
}
