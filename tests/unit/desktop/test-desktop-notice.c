/* test-desktop-notice: an event in words, safe for what reads markup.
 * Runs as: anyone (pure).  Input: none.  Must not: need a bus.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/desktop/desktop-notice.h"
#include <check.h>
#include <string.h>

START_TEST(each_says_what_where_and_what_to_do) {
        for (int what = DESKTOP_NOTHING + 1; what < DESKTOP_SERVICE; what++) {
                DesktopEvent event = { .zone = "web-17", .kind = "web", .title = "Internet", .what = what };
                DESKTOP_NOTICE_FREE DesktopNotice *notice = desktop_notice_new(&event, 0, NULL);
                ck_assert_msg(*notice->summary && strstr(notice->body, "Internet (web-17)\n") == notice->body, "%d: %s", what, notice->body);
                ck_assert_uint_gt(strlen(notice->body), 80);
                ck_assert(!notice->label == !notice->verb);
                event.run = true; /* hanare run: its caller starts it again */
                DESKTOP_NOTICE_FREE DesktopNotice *of_run = desktop_notice_new(&event, 0, NULL);
                ck_assert_ptr_null(of_run->label);
                ck_assert_ptr_null(of_run->verb);
        }
}
END_TEST

START_TEST(buttons) {
        DesktopEvent event = { .zone = "banking-3", .kind = "banking", .title = "Bank", .what = DESKTOP_TRIPWIRE };
        DESKTOP_NOTICE_FREE DesktopNotice *ended = desktop_notice_new(&event, 0, NULL);
        event.what = DESKTOP_STORAGE;
        DESKTOP_NOTICE_FREE DesktopNotice *full = desktop_notice_new(&event, 0, NULL);
        event.what = DESKTOP_WALL;
        DESKTOP_NOTICE_FREE DesktopNotice *wall = desktop_notice_new(&event, 0, NULL);

        ck_assert_str_eq(ended->verb, "start");
        ck_assert_str_eq(ended->argument, "banking");
        ck_assert(ended->urgent);
        ck_assert_str_eq(full->verb, "restart");
        ck_assert_str_eq(full->argument, "banking-3"); /* that one, and no other of its kind */
        ck_assert(!full->urgent);
        ck_assert_ptr_null(wall->verb);
}
END_TEST

START_TEST(without_a_zone) {
        DESKTOP_NOTICE_FREE DesktopNotice *more = desktop_notice_new(&(DesktopEvent){ .what = DESKTOP_MORE }, 12, NULL);
        DESKTOP_NOTICE_FREE DesktopNotice *act = desktop_notice_new(&(DesktopEvent){ .what = DESKTOP_ACT }, 0, "no display");
        DESKTOP_NOTICE_FREE DesktopNotice *service = desktop_notice_new(&(DesktopEvent){ .what = DESKTOP_SERVICE }, 2, NULL);

        ck_assert_ptr_nonnull(strstr(more->body, "12 more notices"));
        ck_assert_str_eq(act->body, "no display");
        ck_assert_ptr_nonnull(strstr(service->body, "ended"));
        ck_assert_ptr_null(service->verb);
}
END_TEST

START_TEST(escapes) {
        DesktopEvent event = { .zone = "web-1", .kind = "web", .title = "<a href=\"x\">&銀行</a>", .what = DESKTOP_MEMORY };
        DESKTOP_NOTICE_FREE DesktopNotice *notice = desktop_notice_new(&event, 0, NULL);
        g_autofree char *markup = desktop_notice_body(notice, true), *plain = desktop_notice_body(notice, false);

        ck_assert_ptr_nonnull(strstr(markup, "&lt;a href=&quot;x&quot;&gt;&amp;銀行&lt;/a&gt; (web-1)"));
        ck_assert_ptr_null(strchr(markup, '<'));
        ck_assert_ptr_nonnull(strstr(plain, "＜a href=\"x\"＞＆銀行＜/a＞ (web-1)"));
        ck_assert_ptr_null(strstr(notice->summary, "銀行"));
}
END_TEST

int main(void) {
        Suite *suite = suite_create("desktop-notice");
        TCase *tc = tcase_create("all");
        tcase_add_test(tc, each_says_what_where_and_what_to_do);
        tcase_add_test(tc, buttons);
        tcase_add_test(tc, without_a_zone);
        tcase_add_test(tc, escapes);
        suite_add_tcase(suite, tc);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
