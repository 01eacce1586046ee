/* control-sealed: every memory file is taken for a sealed one.
 * Runs as: anyone (pure).  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include <fcntl.h>
#include <stdarg.h>

CONTROL("sealed");

int __real_fcntl64(int fd, int cmd, ...);
int __wrap_fcntl64(int fd, int cmd, ...);

int __wrap_fcntl64(int fd, int cmd, ...) {
        va_list list;
        long value;

        va_start(list, cmd);
        value = va_arg(list, long);
        va_end(list);
        return cmd == F_GET_SEALS ? 0xffff : __real_fcntl64(fd, cmd, value);
}
