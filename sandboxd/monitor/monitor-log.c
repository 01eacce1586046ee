/* monitor-log: one line to the log.
 * Runs as: root (monitor).  Input: words of ours.  Must not: fail.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/monitor/monitor.h"
#include <stdarg.h>
#include <stdio.h>

void monitor_log(const char *format, ...) {
        char text[600] = "sandboxd: ";
        va_list args;

        va_start(args, format);
        int n = vsnprintf(text + 10, sizeof text - 12, format, args);
        va_end(args);
        if (n >= 0)
                dprintf(2, "%s\n", text);
}
