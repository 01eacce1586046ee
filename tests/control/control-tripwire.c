/* control-tripwire: the calls that no browser makes are refused, but nobody is told.
 * Runs as: zone.  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include "base/base-filter.h"
#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>

CONTROL("tripwire");

int __real_base_filter_install(const struct sock_filter *filter, size_t n, unsigned flags);
int __wrap_base_filter_install(const struct sock_filter *filter, size_t n, unsigned flags);

int __wrap_base_filter_install(const struct sock_filter *filter, size_t n, unsigned flags) {
        static struct sock_filter all[4096];

        if (n > sizeof all / sizeof *all)
                return -E2BIG;
        memcpy(all, filter, n * sizeof *filter);
        for (size_t i = 0; i < n; i++)
                if (BPF_CLASS(all[i].code) == BPF_RET && all[i].k == SECCOMP_RET_USER_NOTIF)
                        all[i].k = SECCOMP_RET_ERRNO | EPERM;
        return __real_base_filter_install(all, n, flags);
}
