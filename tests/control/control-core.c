/* control-core: a crash in the zone may write a core file: neither the monitor nor the builder limits it.
 * Runs as: root (monitor), root (builder).  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include <sys/resource.h>

CONTROL("core");

int __real_setrlimit64(int what, const struct rlimit *limit);
int __wrap_setrlimit64(int what, const struct rlimit *limit);

int __wrap_setrlimit64(int what, const struct rlimit *limit) {
        return what == RLIMIT_CORE ? 0 : __real_setrlimit64(what, limit);
}
