/* control-calls: the zone's filter, with CONTROL_CALLS let through in front of it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "base/base-filter.h"
#include <errno.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>

int __real_base_filter_install(const struct sock_filter *filter, size_t n, unsigned flags);
int __wrap_base_filter_install(const struct sock_filter *filter, size_t n, unsigned flags);

int __wrap_base_filter_install(const struct sock_filter *filter, size_t n, unsigned flags) {
        static const unsigned calls[] = { CONTROL_CALLS };
        static struct sock_filter all[4096];
        size_t at = 0;

        if (n + 1 + 2 * sizeof calls / sizeof *calls > sizeof all / sizeof *all)
                return -E2BIG;
        all[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
        for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
                all[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i], 0, 1);
                all[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
        }
        memcpy(all + at, filter, n * sizeof *filter);
        return __real_base_filter_install(all, at + n, flags);
}
