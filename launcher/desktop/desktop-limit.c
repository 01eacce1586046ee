/* desktop-limit: how many notices a minute, whatever a zone does.
 * Runs as: anyone (pure).  Input: a clock.  Must not: let more through in any minute.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/desktop/desktop-limit.h"

#define MINUTE_US (60 * INT64_C(1000000))

int64_t desktop_limit_wait(const DesktopLimit *limit, int64_t now_us) {
        if (limit->shown < DESKTOP_LIMIT_PER_MINUTE)
                return 0;
        int64_t passed = now_us - limit->at_us[limit->shown % DESKTOP_LIMIT_PER_MINUTE];
        return passed >= MINUTE_US ? 0 : MINUTE_US - passed;
}

bool desktop_limit_take(DesktopLimit *limit, int64_t now_us) {
        if (desktop_limit_wait(limit, now_us) > 0)
                return false;
        limit->at_us[limit->shown % DESKTOP_LIMIT_PER_MINUTE] = now_us;
        /* Counted on only as far as it matters, so that it never wraps. */
        limit->shown = limit->shown + 1 < 2 * DESKTOP_LIMIT_PER_MINUTE ? limit->shown + 1 : DESKTOP_LIMIT_PER_MINUTE;
        return true;
}
