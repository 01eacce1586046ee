/* test-cli-json: whatever goes in, JSON comes out.
 * Runs as: anyone (pure).  Input: none.  Must not: need a display, a bus or root.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-json.h"
#include <check.h>

START_TEST(escapes_strings) {
        CliJson json;
        cli_json_init(&json);
        cli_json_begin(&json, NULL, '{');
        cli_json_string(&json, "k\"", "a\"\\\n\x1b\u202e\xff銀\U000e0041");
        cli_json_string(&json, "none", NULL);
        cli_json_bool(&json, "b", true);
        cli_json_int(&json, "i", -5);
        cli_json_begin(&json, "empty", '[');
        cli_json_end(&json, ']');
        cli_json_uint(&json, "u", G_MAXUINT64);
        cli_json_end(&json, '}');
        ck_assert_str_eq(json.text->str, "{\"k\\\"\":\"a\\\"\\\\\\u000a\\u001b\\u202e\xef\xbf\xbd銀\\udb40\\udc41\",\"none\":null,\"b\":true,\"i\":-5,"
                                         "\"empty\":[],\"u\":18446744073709551615}");
        cli_json_done(&json);
}
END_TEST

START_TEST(writes_variants) {
        CliJson json;
        g_autoptr(GVariant) value = g_variant_ref_sink(g_variant_new_parsed("[{'a': <@as []>, 'b': <uint32 7>}, {'c': <@ay [0x01, 0xff]>}]"));
        cli_json_init(&json);
        cli_json_variant(&json, NULL, value);
        ck_assert_str_eq(json.text->str, "[{\"a\":[],\"b\":7},{\"c\":\"01ff\"}]");
        cli_json_done(&json);
}
END_TEST

int main(void) {
        Suite *suite = suite_create("cli-json");
        TCase *tcase = tcase_create("all");
        tcase_add_test(tcase, escapes_strings);
        tcase_add_test(tcase, writes_variants);
        suite_add_tcase(suite, tcase);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed ? 1 : 0;
}
