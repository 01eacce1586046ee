/* test-desktop-event: a signal becomes an event, or nothing.
 * Runs as: anyone (pure).  Input: none.  Must not: need a bus.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/desktop/desktop-event.h"
#include <check.h>

#define ME 1000
#define DETAILS "'kind': <'web'>, 'title': <'Internet'>, 'title_ja': <'インターネット'>, 'owner': <uint32 1000>, 'run': <false>"

static bool reads(const char *text, bool japanese, DesktopEvent *event) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) signal = g_variant_parse(NULL, text, NULL, NULL, &error);

        ck_assert_msg(signal != NULL, "%s: %s", text, error ? error->message : "");
        return desktop_event_read(signal, ME, japanese, event);
}

START_TEST(reads_each_reason) {
        static const struct {
                const char *reason;
                DesktopWhat what;
        } cases[] = {
                { "tripwire", DESKTOP_TRIPWIRE }, { "memory", DESKTOP_MEMORY }, { "helper-died", DESKTOP_HELPER }, { "builder-died", DESKTOP_HELPER },
                { "wall-failed", DESKTOP_WALL }, { "sandbox-lost", DESKTOP_SANDBOX }, { "build-failed", DESKTOP_BUILD }, { "broker-gone", DESKTOP_SERVICE },
                { "exit", DESKTOP_NOTHING }, { "stop", DESKTOP_NOTHING }, { "restart", DESKTOP_NOTHING }, { "age", DESKTOP_NOTHING },
                { "logout", DESKTOP_NOTHING }, { "caller-gone", DESKTOP_NOTHING }, { "something-new", DESKTOP_NOTHING },
        };
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *text = g_strdup_printf("('web-17', 'killed', {" DETAILS ", 'reason': <'%s'>})", cases[i].reason);
                DesktopEvent event;
                ck_assert(reads(text, false, &event));
                ck_assert_msg(event.what == cases[i].what, "%s", cases[i].reason);
                ck_assert_int_eq(event.state, DESKTOP_KILLED);
        }
}
END_TEST

START_TEST(reads_names) {
        DesktopEvent event;

        ck_assert(reads("('web-17', 'running', {" DETAILS ", 'notice': <'storage-full'>, 'text': <'x'>})", true, &event));
        ck_assert_int_eq(event.what, DESKTOP_STORAGE);
        ck_assert_int_eq(event.state, DESKTOP_ALIVE);
        ck_assert_str_eq(event.title, "インターネット");
        ck_assert_str_eq(event.zone, "web-17");
        ck_assert_str_eq(event.kind, "web");
        ck_assert(!event.run);
        ck_assert(reads("('web-17', 'running', {" DETAILS ", 'text': <'storage is full'>})", false, &event));
        ck_assert_int_eq(event.what, DESKTOP_NOTHING);
        ck_assert_str_eq(event.title, "Internet");
        ck_assert(reads("('web-17', 'gone', {'kind': <'web'>, 'owner': <uint32 1000>})", false, &event));
        ck_assert_str_eq(event.title, "web");
        ck_assert_int_eq(event.state, DESKTOP_GONE);
}
END_TEST

START_TEST(refuses) {
        static const char *const bad[] = {
                "('web-17', 'killed')",
                "('web-17', 'killed', {'kind': <'web'>, 'owner': <uint32 1001>})",
                "('web-17', 'killed', {'kind': <'web'>})",
                "('web-17', 'killed', {'owner': <uint32 1000>})",
                "('web-17', 'killed', {'kind': <'web'>, 'owner': <'1000'>})",
                "('web-17', 'exploded', {" DETAILS "})",
                "('web-', 'killed', {" DETAILS "})",
                "('web', 'killed', {" DETAILS "})",
                "('mail-17', 'killed', {" DETAILS "})",
                "('web-17\\n', 'killed', {" DETAILS "})",
                "('web-17<b>', 'killed', {" DETAILS "})",
                "('web-123456789012345678901', 'killed', {" DETAILS "})",
                "('We b-1', 'killed', {'kind': <'We b'>, 'owner': <uint32 1000>})",
                "('--help-1', 'killed', {'kind': <'--help'>, 'owner': <uint32 1000>})",
                "('-1', 'killed', {'kind': <''>, 'owner': <uint32 1000>})",
        };
        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
                DesktopEvent event;
                ck_assert_msg(!reads(bad[i], false, &event), "%s", bad[i]);
        }
}
END_TEST

START_TEST(cleans) {
        static const struct {
                const char *in, *out;
        } cases[] = {
                { "銀行 <b>&amp;</b>", "銀行 <b>&amp;</b>" }, { "a\nb\x1b[2J", "a\xef\xbf\xbd""b\xef\xbf\xbd[2J" },
                { "\u202e逆", "\ufffd逆" }, { "x\u200by", "x\ufffdy" }, { "a\xff""b", "a\ufffd""b" }, { "\u2028", "\ufffd" }, { "が", "が" }, { "葛\U000e0100", "葛\U000e0100" },
        };
        char out[64];

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                desktop_event_clean(cases[i].in, out, sizeof out);
                ck_assert_str_eq(out, cases[i].out);
        }
        desktop_event_clean("あいう", out, 8); /* whole characters only */
        ck_assert_str_eq(out, "あい");
        desktop_event_clean("あ", out, 1);
        ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(bounds_the_title) {
        g_autofree char *long_title = g_strnfill(20000, 'x');
        g_autofree char *text = g_strdup_printf("('web-17', 'killed', {'kind': <'web'>, 'owner': <uint32 1000>, 'title': <'%s'>})", long_title);
        DesktopEvent event;

        ck_assert(reads(text, false, &event));
        ck_assert_uint_eq(strlen(event.title), POLICY_MAX_TITLE);
}
END_TEST

int main(void) {
        Suite *suite = suite_create("desktop-event");
        TCase *tc = tcase_create("all");
        tcase_add_test(tc, reads_each_reason);
        tcase_add_test(tc, reads_names);
        tcase_add_test(tc, refuses);
        tcase_add_test(tc, cleans);
        tcase_add_test(tc, bounds_the_title);
        suite_add_tcase(suite, tc);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
