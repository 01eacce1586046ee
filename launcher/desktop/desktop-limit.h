/* desktop-limit: how many notices a minute.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define DESKTOP_LIMIT_PER_MINUTE 6

typedef struct DesktopLimit { /* zeroed = nothing shown yet */
        int64_t at_us[DESKTOP_LIMIT_PER_MINUTE]; /* when the last ones were shown */
        unsigned shown;                          /* in all */
} DesktopLimit;

/* May one be shown now? Then counts it as shown. */
bool desktop_limit_take(DesktopLimit *limit, int64_t now_us);
/* Microseconds until the next one may be shown; 0 = now. */
int64_t desktop_limit_wait(const DesktopLimit *limit, int64_t now_us);
