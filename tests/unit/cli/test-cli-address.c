/* test-cli-address: what was typed becomes that site, or an error.
 * Runs as: anyone (pure).  Input: none.  Must not: need a display, a bus or root.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-address.h"
#include <check.h>
#include <glib.h>

static void opens(const char *typed, const char *expected) {
        const char *problem = NULL;
        g_autofree char *got = cli_address_normalise(typed, &problem);
        ck_assert_msg(got != NULL, "%s: %s", typed, problem);
        ck_assert_str_eq(got, expected);
}

START_TEST(completes) {
        opens("bank.example", "https://bank.example");
        opens("  bank.example/a b?q=\"x\" ", "https://bank.example/a%20b?q=%22x%22");
        opens("bank.example:8443/x", "https://bank.example:8443/x");
        opens("HTTP://Bank.Example/Path", "http://bank.example/Path");
        opens("https://bank.example?x#y", "https://bank.example?x#y");
}
END_TEST

START_TEST(converts_japanese) {
        opens("https://日本語.example/検索?q=銀行", "https://xn--wgv71a119e.example/%E6%A4%9C%E7%B4%A2?q=%E9%8A%80%E8%A1%8C");
        opens("日本語。example", "https://xn--wgv71a119e.example");
}
END_TEST

START_TEST(refuses) {
        static const char *const bad[] = { "", "file:///etc/passwd", "FILE:x", "javascript:alert(1)", "mailto:a@b.example", "ftp://bank.example", "data:text/html,x",
                "https://user@bank.example", "https://bank.example\\@evil.example", "https://", "http:bank.example", "bank\x1b.example", "bank.example/\u202e",
                "https://fa\u00df.example", "about:blank", "\xff.example", "https:///x", "chrome://settings" };
        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
                const char *problem = NULL;
                g_autofree char *got = cli_address_normalise(bad[i], &problem);
                ck_assert_msg(got == NULL, "%s became %s", bad[i], got);
                ck_assert_ptr_nonnull(problem);
        }
}
END_TEST

START_TEST(refuses_long) {
        const char *problem = NULL;
        g_autofree char *tail = g_strnfill(4000, 'a'), *typed = g_strconcat("bank.example/", tail, NULL);
        ck_assert_ptr_null(cli_address_normalise(typed, &problem));
        ck_assert_str_eq(problem, "The address is too long.");
}
END_TEST

int main(void) {
        Suite *suite = suite_create("cli-address");
        TCase *tcase = tcase_create("all");
        tcase_add_test(tcase, completes);
        tcase_add_test(tcase, converts_japanese);
        tcase_add_test(tcase, refuses);
        tcase_add_test(tcase, refuses_long);
        suite_add_tcase(suite, tcase);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed ? 1 : 0;
}
