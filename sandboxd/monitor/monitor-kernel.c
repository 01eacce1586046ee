/* monitor-kernel: what this kernel lacks, so that status can name it before any zone has started. Each builder looks for itself.
 * Runs as: root (monitor).  Input: the kernel's answers.  Must not: decide anything.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "base/base-filter.h"
#include "sandboxd/monitor/monitor.h"
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

static bool has_noswap(void) {
        BASE_FD fs = fsopen("tmpfs", FSOPEN_CLOEXEC);
        return fs >= 0 && fsconfig(fs, FSCONFIG_SET_FLAG, "noswap", NULL, 0) == 0;
}

uint32_t monitor_kernel_substitutes(void) {
        bool apparmor, memfd;
        uint32_t lacks = 0;
        struct stat st;

        apparmor = stat("/sys/kernel/security/apparmor/profiles", &st) == 0;
        memfd = stat("/proc/sys/vm/memfd_noexec", &st) == 0;
        if (!memfd)
                lacks |= apparmor ? POLICY_SUBSTITUTE_MEMFD_NOEXEC : POLICY_SUBSTITUTE_MEMFD_NONE;
        if (!apparmor)
                lacks |= POLICY_SUBSTITUTE_APPARMOR;
        if (!has_noswap())
                lacks |= POLICY_SUBSTITUTE_NOSWAP;
        if (base_filter_landlock_abi() < 6)
                lacks |= POLICY_SUBSTITUTE_LANDLOCK_SCOPE;
        return lacks;
}
