/* test-broker-timezone: the name behind the link, and nothing that is no name.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/broker/broker-timezone.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *read_link(const char *target) {
        static char name[POLICY_MAX_TIMEZONE + 1];
        char folder[] = "/tmp/hanare-timezone-XXXXXX", path[64];

        ck_assert_ptr_nonnull(mkdtemp(folder));
        snprintf(path, sizeof path, "%s/localtime", folder);
        if (target)
                ck_assert_int_eq(symlink(target, path), 0);
        strcpy(name, "old");
        broker_timezone_read(path, name);
        if (target)
                ck_assert_int_eq(unlink(path), 0);
        ck_assert_int_eq(rmdir(folder), 0);
        return name;
}

START_TEST(test_good) {
        ck_assert_str_eq(read_link("/usr/share/zoneinfo/Asia/Tokyo"), "Asia/Tokyo");
        ck_assert_str_eq(read_link("/usr/share/zoneinfo/America/Argentina/Buenos_Aires"), "America/Argentina/Buenos_Aires");
        ck_assert_str_eq(read_link("/usr/share/zoneinfo/Etc/GMT+9"), "Etc/GMT+9");
}
END_TEST

START_TEST(test_bad) {
        static const char *const bad[] = { "/usr/share/zoneinfo/", "/usr/share/zoneinfo/../../etc/passwd", "/etc/passwd", "Asia/Tokyo",
                                           "/usr/share/zoneinfo//Tokyo", "/usr/share/zoneinfo/Asia/Tokyo\n" };
        char longest[256] = "/usr/share/zoneinfo/";

        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_str_eq(read_link(bad[i]), "");
        ck_assert_str_eq(read_link(NULL), "");
        memset(longest + 20, 'a', POLICY_MAX_TIMEZONE);
        ck_assert_uint_eq(strlen(read_link(longest)), POLICY_MAX_TIMEZONE);
        longest[20 + POLICY_MAX_TIMEZONE] = 'a';
        ck_assert_str_eq(read_link(longest), "");
}
END_TEST

int main(void) {
        Suite *suite = suite_create("broker-timezone");
        TCase *tcase = tcase_create("broker-timezone");
        SRunner *runner = srunner_create(suite);
        int failed;

        tcase_add_test(tcase, test_good);
        tcase_add_test(tcase, test_bad);
        suite_add_tcase(suite, tcase);
        srunner_run_all(runner, CK_ENV);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
