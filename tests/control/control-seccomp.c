/* control-seccomp: the zone's filter is gone but for the tripwire.
 * Runs as: zone.  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include "base/base-filter.h"
#include "policy/policy-init.h"
#include <errno.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>

CONTROL("seccomp");

int __real_base_filter_install(const struct sock_filter *filter, size_t n, unsigned flags);
int __wrap_base_filter_install(const struct sock_filter *filter, size_t n, unsigned flags);

int __wrap_base_filter_install(const struct sock_filter *filter, size_t n, unsigned flags) {
        static struct sock_filter all[256];
        size_t at = 0;

        (void)filter;
        (void)n;
        all[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
        all[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_setresuid, 0, 1); /* the test of the ids, which comes first, asks for this */
        all[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
        for (int i = 0; policy_tripwire[i] >= 0; i++) {
                if (at + 3 > sizeof all / sizeof *all)
                        return -E2BIG;
                all[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)policy_tripwire[i], 0, 1);
                all[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
        }
        all[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
        return __real_base_filter_install(all, at, flags);
}
