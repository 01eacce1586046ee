/* control-ids: the zone is id 0 of its user namespace.
 * Runs as: root (builder).  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include "base/base-fd.h"
#include <stdio.h>
#include <string.h>

CONTROL("ids");

int __real_base_fd_write_file(int dirfd, const char *path, const char *text);
int __wrap_base_fd_write_file(int dirfd, const char *path, const char *text);

int __real_setresuid(uid_t r, uid_t e, uid_t s);
int __wrap_setresuid(uid_t r, uid_t e, uid_t s);
int __real_setresgid(gid_t r, gid_t e, gid_t s);
int __wrap_setresgid(gid_t r, gid_t e, gid_t s);

int __wrap_base_fd_write_file(int dirfd, const char *path, const char *text) {
        char map[64];

        if (strcmp(path, "uid_map") != 0 && strcmp(path, "gid_map") != 0)
                return __real_base_fd_write_file(dirfd, path, text);
        snprintf(map, sizeof map, "0%s", strchr(text, ' ')); /* "1000 HOST 1" */
        return __real_base_fd_write_file(dirfd, path, map);
}

int __wrap_setresuid(uid_t r, uid_t e, uid_t s) {
        return r == 1000 ? __real_setresuid(0, 0, 0) : __real_setresuid(r, e, s);
}

int __wrap_setresgid(gid_t r, gid_t e, gid_t s) {
        return r == 1000 ? __real_setresgid(0, 0, 0) : __real_setresgid(r, e, s);
}
