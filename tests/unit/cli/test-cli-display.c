/* test-cli-display: only displays of this machine are taken.
 * Runs as: anyone (pure).  Input: none.  Must not: need a display, a bus or root.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-display.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(takes_local_names) {
        unsigned number = 9, screen = 9;
        ck_assert(cli_display_parse_x11(":0", &number, &screen) && number == 0 && screen == 0);
        ck_assert(cli_display_parse_x11(":12.3", &number, &screen) && number == 12 && screen == 3);
        ck_assert(cli_display_parse_x11("unix:7", &number, &screen) && number == 7);
}
END_TEST

START_TEST(refuses_others) {
        static const char *const names[] = { "", ":", ":x", ":1x", ":1.", ":1.x", "localhost:10.0", "host:0", "unix", "unix:", ":65536", ":-1", ":1/../2",
                                             ":99999999999999999999", "tcp/host:0", " :0", ":0 " };
        unsigned number, screen;
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                ck_assert_msg(!cli_display_parse_x11(names[i], &number, &screen), "%s", names[i]);
}
END_TEST

START_TEST(explains_itself) {
        CliDisplay display;
        unsetenv("WAYLAND_DISPLAY"), unsetenv("DISPLAY");
        cli_display_init(&display);
        cli_display_find(&display);
        ck_assert_str_eq(display.type, "none");
        ck_assert_ptr_nonnull(display.problem);
        cli_display_done(&display);
        setenv("DISPLAY", "other.example:0\x1b", 1);
        cli_display_find(&display);
        ck_assert_str_eq(display.type, "none");
        ck_assert_ptr_nonnull(strstr(display.problem, "other.example:0\\x1b"));
        cli_display_done(&display);
        setenv("WAYLAND_DISPLAY", "/nonexistent/wayland", 1);
        unsetenv("DISPLAY");
        cli_display_find(&display);
        ck_assert_ptr_nonnull(strstr(display.problem, "/nonexistent/wayland"));
        ck_assert_int_eq(display.fd, -1);
        cli_display_done(&display);
}
END_TEST

START_TEST(window_sizes) {
        ck_assert_uint_eq(cli_display_window(0), 0);
        ck_assert_uint_eq(cli_display_window(1920), 1728);
        ck_assert_uint_eq(cli_display_window(200), 320);
        ck_assert_uint_eq(cli_display_window(65535), 7680);
}
END_TEST

int main(void) {
        Suite *suite = suite_create("cli-display");
        TCase *tcase = tcase_create("all");
        tcase_add_test(tcase, takes_local_names);
        tcase_add_test(tcase, refuses_others);
        tcase_add_test(tcase, explains_itself);
        tcase_add_test(tcase, window_sizes);
        suite_add_tcase(suite, tcase);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed ? 1 : 0;
}
