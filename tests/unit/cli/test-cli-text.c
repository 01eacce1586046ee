/* test-cli-text: foreign bytes are shown, never obeyed.
 * Runs as: anyone (pure).  Input: none.  Must not: need a display, a bus or root.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-text.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

static void shown(const char *text, const char *expected) {
        g_autofree char *got = cli_text_escape(text);
        ck_assert_str_eq(got, expected);
}

START_TEST(escapes_controls) {
        shown("a\x1b[31mred\x07\n\t\r", "a\\x1b[31mred\\x07\\x0a\\x09\\x0d");
        shown("\x7f", "\\x7f");
        shown("\xc2\x9b" "31m", "\\u009b31m"); /* C1 control sequence introducer */
}
END_TEST

START_TEST(escapes_bidi_and_invisible) {
        shown("a\u202e\u2066\u200b\u200f\ufeff\u3164z", "a\\u202e\\u2066\\u200b\\u200f\\ufeff\\u3164z");
        shown("\U000e0041", "\\U000e0041");
}
END_TEST

START_TEST(escapes_broken_utf8) {
        shown("\xff\xc0\xaf", "\\xff\\xc0\\xaf");         /* overlong */
        shown("\xed\xa0\x80", "\\xed\\xa0\\x80");         /* surrogate */
        shown("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"); /* beyond U+10FFFF */
        shown("\xe3\x81", "\\xe3\\x81");                  /* cut off */
}
END_TEST

START_TEST(keeps_japanese) {
        const char *text = "請求書（第１版）_㈱日本.pdf ｶﾅ が か\u3099 𠮷 葛\U000e0100 ✓";
        shown(text, text);
}
END_TEST

START_TEST(streams_keep_cut_characters) {
        GString *out = g_string_new(NULL);
        const char *text = "あ\n\t\x1bい";
        size_t n = strlen(text);
        for (size_t cut = 0; cut <= n; cut++) {
                g_string_truncate(out, 0);
                size_t used = cli_text_escape_into(out, text, cut, true, false);
                ck_assert(used <= cut && cut - used < 3);
                cli_text_escape_into(out, text + used, n - used, true, true);
                ck_assert_str_eq(out->str, "あ\n\t\\x1bい");
        }
        g_string_truncate(out, 0);
        ck_assert_uint_eq(cli_text_escape_into(out, "a\0b", 3, true, true), 3);
        ck_assert_str_eq(out->str, "a\\x00b");
        g_string_free(out, TRUE);
}
END_TEST

START_TEST(columns_fit_japanese) {
        g_autofree char *padded = cli_text_pad("銀行", 6);
        ck_assert_uint_eq(cli_text_width("銀行ab"), 6);
        ck_assert_str_eq(padded, "銀行  ");
}
END_TEST

START_TEST(locale_by_precedence) {
        setenv("LANG", "ja_JP.UTF-8", 1);
        unsetenv("LC_ALL"), unsetenv("LC_MESSAGES");
        ck_assert_str_eq(cli_text_locale(), "ja");
        setenv("LC_MESSAGES", "en_GB.UTF-8", 1);
        ck_assert_str_eq(cli_text_locale(), "en");
        setenv("LC_ALL", "ja", 1);
        ck_assert_str_eq(cli_text_locale(), "ja");
        setenv("LC_ALL", "jam_JM", 1); /* Jamaican Creole is not Japanese */
        ck_assert_str_eq(cli_text_locale(), "en");
}
END_TEST

int main(void) {
        Suite *suite = suite_create("cli-text");
        TCase *tcase = tcase_create("all");
        tcase_add_test(tcase, escapes_controls);
        tcase_add_test(tcase, escapes_bidi_and_invisible);
        tcase_add_test(tcase, escapes_broken_utf8);
        tcase_add_test(tcase, keeps_japanese);
        tcase_add_test(tcase, streams_keep_cut_characters);
        tcase_add_test(tcase, columns_fit_japanese);
        tcase_add_test(tcase, locale_by_precedence);
        suite_add_tcase(suite, tcase);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed ? 1 : 0;
}
