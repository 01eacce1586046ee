/* test-desktop-limit: never more than so many in any minute.
 * Runs as: anyone (pure).  Input: none.  Must not: wait.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/desktop/desktop-limit.h"
#include <check.h>
#include <stddef.h>

#define SECOND INT64_C(1000000)

START_TEST(first_ones_pass) {
        DesktopLimit limit = { 0 };

        for (int i = 0; i < DESKTOP_LIMIT_PER_MINUTE; i++)
                ck_assert(desktop_limit_take(&limit, i)); /* also right after the machine's start, when the clock is near 0 */
        ck_assert(!desktop_limit_take(&limit, 10));
        ck_assert_int_eq(desktop_limit_wait(&limit, 10 * SECOND), 50 * SECOND);
        ck_assert(!desktop_limit_take(&limit, 60 * SECOND - 1));
        ck_assert(desktop_limit_take(&limit, 60 * SECOND));
}
END_TEST

START_TEST(any_minute) {
        DesktopLimit limit = { 0 };
        int64_t passed[1000];
        size_t n = 0;

        for (int64_t now = 0; n < 1000; now += 1 + (now * 7919) % (3 * SECOND))
                if (desktop_limit_take(&limit, now))
                        passed[n++] = now;
        for (size_t i = DESKTOP_LIMIT_PER_MINUTE; i < n; i++)
                ck_assert_int_ge(passed[i] - passed[i - DESKTOP_LIMIT_PER_MINUTE], 60 * SECOND);
}
END_TEST

int main(void) {
        Suite *suite = suite_create("desktop-limit");
        TCase *tc = tcase_create("all");
        tcase_add_test(tc, first_ones_pass);
        tcase_add_test(tc, any_minute);
        suite_add_tcase(suite, tc);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
