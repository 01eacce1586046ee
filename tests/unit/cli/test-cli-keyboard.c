/* test-cli-keyboard: layout names, and nothing that xkb could take for a path.
 * Runs as: anyone (pure).  Input: none.  Must not: need a display, a bus or root.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-keyboard.h"
#include <check.h>
#include <string.h>

START_TEST(reads_the_property) {
        CliKeyboard keyboard = { 0 };
        static const char good[] = "evdev\0jp106\0jp,us\0,dvorak\0ctrl:nocaps";
        ck_assert(cli_keyboard_from_property(&keyboard, good, sizeof(good)));
        ck_assert_str_eq(keyboard.layout, "jp,us");
        ck_assert_str_eq(keyboard.variant, ",dvorak");
        for (size_t cut = 0; cut < 20; cut++)
                ck_assert(!cli_keyboard_from_property(&keyboard, good, cut));
}
END_TEST

START_TEST(refuses_foreign_names) {
        CliKeyboard keyboard = { .layout = "jp" };
        ck_assert(!cli_keyboard_set(&keyboard, "../../home/x", NULL));
        ck_assert(!cli_keyboard_set(&keyboard, "us(intl)", NULL));
        ck_assert(!cli_keyboard_set(&keyboard, "abcdefghijklmnopqrstuvwxyzabcdefgh", NULL));
        ck_assert(!cli_keyboard_set(&keyboard, "", NULL));
        ck_assert(!cli_keyboard_set(&keyboard, NULL, NULL));
        ck_assert_str_eq(keyboard.layout, "jp");
        ck_assert(cli_keyboard_set(&keyboard, "us", "a/b"));
        ck_assert_str_eq(keyboard.variant, "");
}
END_TEST

START_TEST(reads_the_file) {
        CliKeyboard keyboard = { 0 };
        ck_assert(cli_keyboard_from_file(&keyboard, "# XKBLAYOUT=de\nXKBMODEL=\"pc105\"\n XKBLAYOUT=\"jp\"\nXKBVARIANT=OADG109A\n"));
        ck_assert_str_eq(keyboard.layout, "jp");
        ck_assert_str_eq(keyboard.variant, "");
        ck_assert(cli_keyboard_from_file(&keyboard, "XKBLAYOUT=us # x"));
        ck_assert_str_eq(keyboard.layout, "us");
        ck_assert(!cli_keyboard_from_file(&keyboard, "XKBLAYOUTS=us\n"));
        ck_assert(!cli_keyboard_from_file(&keyboard, ""));
}
END_TEST

int main(void) {
        Suite *suite = suite_create("cli-keyboard");
        TCase *tcase = tcase_create("all");
        tcase_add_test(tcase, reads_the_property);
        tcase_add_test(tcase, refuses_foreign_names);
        tcase_add_test(tcase, reads_the_file);
        suite_add_tcase(suite, tcase);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed ? 1 : 0;
}
