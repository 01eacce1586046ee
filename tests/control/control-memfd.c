/* control-memfd: memory files may be executed.
 * Runs as: root (builder).  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include "base/base-fd.h"
#include <string.h>

CONTROL("memfd");

int __real_base_fd_write_file(int dirfd, const char *path, const char *text);
int __wrap_base_fd_write_file(int dirfd, const char *path, const char *text);

int __wrap_base_fd_write_file(int dirfd, const char *path, const char *text) {
        return strcmp(path, "sys/vm/memfd_noexec") == 0 ? 0 : __real_base_fd_write_file(dirfd, path, text);
}
