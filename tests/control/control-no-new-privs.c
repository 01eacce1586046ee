/* control-no-new-privs: no_new_privs is not set; needs the builder of control-capabilities, or the filter cannot be installed.
 * Runs as: zone.  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include "base/base-filter.h"
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

CONTROL("no_new_privs");

int __real_base_filter_install(const struct sock_filter *filter, size_t n, unsigned flags);
int __wrap_base_filter_install(const struct sock_filter *filter, size_t n, unsigned flags);

int __real_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
int __wrap_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);

int __wrap_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
        return option == PR_SET_NO_NEW_PRIVS ? 0 : __real_prctl(option, a, b, c, d);
}

/* The capability was only there to install the filter without it. */
int __wrap_base_filter_install(const struct sock_filter *filter, size_t n, unsigned flags) {
        struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct none[2] = { 0 };
        int r = __real_base_filter_install(filter, n, flags);

        (void)syscall(SYS_capset, &head, none);
        return r;
}
