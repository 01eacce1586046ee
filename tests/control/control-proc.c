/* control-proc: nothing of the zone's procfs is masked.
 * Runs as: root (builder).  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include "sandboxd/builder/builder-zone.h"
#include <string.h>

CONTROL("proc");

int __real_builder_root_bind(int dirfd, const char *from, int root, const char *to, uint64_t attr);
int __wrap_builder_root_bind(int dirfd, const char *from, int root, const char *to, uint64_t attr);

int __wrap_builder_root_bind(int dirfd, const char *from, int root, const char *to, uint64_t attr) {
        return strncmp(to, "proc/", 5) == 0 && strncmp(from, "dev/", 4) == 0 ? 0 : __real_builder_root_bind(dirfd, from, root, to, attr);
}
