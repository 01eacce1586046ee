/* base-filter: a process shuts itself in: a system-call filter made at build time, no files.
 * Runs as: anyone (pure).  Input: a compiled-in filter.  Must not: go on after a failure.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-filter.h"
#include "base/base-fd.h"
#include <errno.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/syscall.h>

int base_filter_install(const struct sock_filter *filter, size_t n, unsigned flags) {
        struct sock_fprog prog = { .len = (unsigned short)n, .filter = (struct sock_filter *)(uintptr_t)filter };
        long r = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
        return r < 0 ? -errno : (int)r;
}

int base_filter_landlock_abi(void) {
        long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
        return abi < 0 ? 0 : (int)abi;
}

int base_filter_no_files(void) {
        struct landlock_ruleset_attr attr = { 0 };
        int abi = base_filter_landlock_abi();

        if (abi == 0)
                return -EOPNOTSUPP;
        /* kernel doc userspace-api/landlock: ABI 1 has rights 0 to 12, 2 adds REFER, 3 TRUNCATE, 5 IOCTL_DEV */
        attr.handled_access_fs = (1ull << 13) - 1;
        for (int right = 13; right <= 15; right++)
                if (abi >= (right == 13 ? 2 : right == 14 ? 3 : 5))
                        attr.handled_access_fs |= 1ull << right;
        BASE_FD ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr.handled_access_fs, 0);
        if (ruleset < 0)
                return -errno;
        return syscall(SYS_landlock_restrict_self, ruleset, 0) < 0 ? -errno : 0;
}
