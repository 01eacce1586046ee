/* test-cli-detail: the service's sentences in the user's words.
 * Runs as: anyone (pure).  Input: none.  Must not: need a bus.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-detail.h"
#include <check.h>
#include <glib.h>

static void explains(const char *detail, const char *expected) {
        g_autofree char *got = cli_detail_explain(detail);
        ck_assert_msg(g_strcmp0(got, expected) == 0, "%s became %s", detail, got ? got : "nothing");
}

START_TEST(fills_in) {
        explains("no zone 'web-9' of yours runs: 'hanare list' shows those there are", "You have no zone 'web-9'; 'hanare list' shows those you have.");
        explains("policy opens bank.example in 'banking' only, not in 'web': leave out the kind, or ask for 'banking'",
                 "Policy opens bank.example only in a zone of kind 'banking', not of 'web'; leave out --zone, or use --zone banking.");
        explains("user 1003 has 2 zones, the most that policy allows: stop one first", "This user already has as many zones as policy allows (2); end one with 'hanare stop'.");
        explains("Verify is for root alone: call it with sudo", "Only root may do this; use sudo, or ask your administrator.");
        explains("the zone did not start: Policy refused it. this kernel lacks a wall whose substitute the policy does not permit: see hanare doctor. And more",
                 "This machine's kernel is too old or lacks a wall, and policy permits no substitute for it, so nothing was opened. 'hanare doctor' names what is missing; tell your "
                 "administrator.");
}
END_TEST

START_TEST(takes_words_as_they_are) {
        explains("policy has no zone kind '%s%n{1}{9}': 'hanare kinds' shows those there are", "There is no kind of zone '%s%n{1}{9}'; 'hanare kinds' shows those there are.");
        explains("policy has no zone kind '': 'hanare kinds' shows those there are", "There is no kind of zone ''; 'hanare kinds' shows those there are.");
        explains("policy has no zone kind '銀行': 'hanare kinds' shows those there are", "There is no kind of zone '銀行'; 'hanare kinds' shows those there are.");
}
END_TEST

START_TEST(leaves_others) {
        static const char *const others[] = { "", "x", "policy has no zone kind '", "policy has no zone kind 'x': 'hanare kinds' shows those there are.",
                "no zone 'x' of yours", "user 1 has zones", "the address", " Verify is for root alone: call it with sudo now" };
        for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
                explains(others[i], NULL);
}
END_TEST

int main(void) {
        Suite *suite = suite_create("cli-detail");
        TCase *tc = tcase_create("all");
        tcase_add_test(tc, fills_in);
        tcase_add_test(tc, takes_words_as_they_are);
        tcase_add_test(tc, leaves_others);
        suite_add_tcase(suite, tc);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
