/* control-landlock: the ruleset is made and never put in force.
 * Runs as: zone.  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include <stdarg.h>
#include <sys/syscall.h>

CONTROL("landlock");

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

long __wrap_syscall(long number, ...) {
        long a[6];
        va_list list;

        va_start(list, number);
        for (int i = 0; i < 6; i++)
                a[i] = va_arg(list, long);
        va_end(list);
        return number == SYS_landlock_restrict_self ? 0 : __real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
