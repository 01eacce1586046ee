/* base-drop: giving up privilege, and proving that it is gone.
 * Runs as: anyone (pure).  Input: none.  Must not: return after a failure.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-drop.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void __attribute__((noreturn)) give_up(const char *what) {
        dprintf(2, "hanare: cannot drop privileges (%s: %s)\n", what, strerror(errno));
        _exit(127);
}

static void must(int r, const char *what) {
        if (r < 0)
                give_up(what);
}

static void drop_bounding(void) {
        for (int cap = 0; cap <= 63; cap++)
                if (prctl(PR_CAPBSET_READ, cap, 0, 0, 0) == 1)
                        must(prctl(PR_CAPBSET_DROP, cap, 0, 0, 0), "bounding set");
}

static void drop_sets(void) {
        struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct none[2] = { 0 }, now[2];

        must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "ambient set");
        must((int)syscall(SYS_capset, &head, none), "capset");
        must((int)syscall(SYS_capget, &head, now), "capget");
        if (memcmp(none, now, sizeof none) != 0) {
                errno = EPERM;
                give_up("capabilities are still there");
        }
}

void base_drop_common(void) {
        struct rlimit core = { 1, 1 };

        must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "dumpable");
        must(setrlimit(RLIMIT_CORE, &core), "core limit");
        umask(077);
        for (int fd = 0; fd < 3; fd++) {
                if (fcntl(fd, F_GETFD) >= 0)
                        continue;
                int null = open("/dev/null", O_RDWR);
                if (null >= 0 && null != fd)
                        give_up("standard descriptors");
        }
}

void base_drop_all(void) {
        must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
        drop_sets();
        must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "dumpable");
        if (getuid() != 0 && (setuid(0) == 0 || geteuid() == 0)) {
                errno = EPERM;
                give_up("root came back");
        }
}

void base_drop_to(uid_t id) {
        uid_t r, e, s;

        if (id == 0) {
                errno = EINVAL;
                give_up("ids");
        }
        must(prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED |
                   SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED, 0, 0, 0), "securebits");
        drop_bounding();
        must(setgroups(0, NULL), "groups");
        must(setresgid(id, id, id), "gid");
        must(setresuid(id, id, id), "uid");
        if (getresuid(&r, &e, &s) < 0 || r != id || e != id || s != id)
                give_up("uid check");
        base_drop_all();
}

void base_close_from(unsigned first) {
        must((int)syscall(SYS_close_range, first, ~0u, 0), "close_range");
}
