/* control-capabilities: CAP_SYS_ADMIN of the zone's user namespace is handed on to it.
 * Runs as: root (builder).  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include <linux/capability.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

CONTROL("capabilities");

int __real_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
int __wrap_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
int __wrap_cap_set_proc(cap_t set);

static void keep(unsigned cap) {
        struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct now[2];

        if (syscall(SYS_capget, &head, now) < 0)
                return;
        now[cap / 32].inheritable |= 1u << (cap % 32);
        (void)syscall(SYS_capset, &head, now);
        (void)__real_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0);
}

/* The secure bits would forbid raising: the moment before they are set. */
int __wrap_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
        if (option == PR_SET_SECUREBITS)
                keep(CAP_SYS_ADMIN);
        return __real_prctl(option, a, b, c, d);
}

int __wrap_cap_set_proc(cap_t set) {
        (void)set;
        return 0;
}
