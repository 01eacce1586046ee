/* test-policy-plan: plans survive the wire, addresses are what a browser would open, and a plan cannot widen a kind.
 * Runs as: anyone (pure).  Input: none.  Must not: need a privilege.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy-sample.h"
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static PolicyKind kinds[2];
static PolicyTable table;
static PolicyPlan plan;

static void setup(void) {
        table = sample_table(kinds);
        memset(table.hash, 7, sizeof table.hash);
        plan = sample_plan();
        memset(plan.table_hash, 7, sizeof plan.table_hash);
}

START_TEST(test_round_trip) {
        const char *argv[] = { "-c", "日本語", "" };
        uint8_t *bytes = NULL;
        size_t n = 0;
        PolicyPlan *got = NULL;

        plan.argv = (PolicyStrings){ 3, argv };
        plan.program = 1;
        ck_assert_int_eq(policy_plan_encode(&plan, &bytes, &n), 0);
        ck_assert_int_eq(policy_plan_decode(bytes, n, &got), 0);
        ck_assert_mem_eq(got->table_hash, plan.table_hash, 32);
        ck_assert_str_eq(got->layout, "jp");
        ck_assert_str_eq(got->variant, "kana");
        ck_assert_str_eq(got->timezone, "Asia/Tokyo");
        ck_assert_str_eq(got->address, plan.address);
        ck_assert_uint_eq(got->owner, 1000);
        ck_assert_uint_eq(got->argv.n, 3);
        ck_assert_str_eq(got->argv.items[1], "日本語");
        policy_plan_free(got);
        for (size_t cut = 0; cut < n; cut++) {
                uint8_t *part = malloc(cut ? cut : 1);
                memcpy(part, bytes, cut);
                ck_assert_int_eq(policy_plan_decode(part, cut, &got), -EBADMSG);
                free(part);
        }
        free(bytes);
}
END_TEST

static void refused(const char *words) {
        const char *broken = policy_plan_check(&plan, &table);

        ck_assert_msg(broken != NULL, "accepted, but '%s' was expected", words);
        ck_assert_msg(strstr(broken, words) != NULL, "'%s' does not say '%s'", broken, words);
        setup();
}

START_TEST(test_check) {
        static const uint32_t owners[] = { 0, 1, 999, 60514, 65534, 65535, 2000300000, 2000300000 + 8 * 240, 1u << 31, UINT32_MAX };
        static const char *const zones[] = { "/etc/passwd", "../passwd", "Asia/../../x", "Asia//Tokyo", "Asia/", "A B", ":Asia/Tokyo", "A\nB", "日本" };
        const char *argv[] = { "x" };

        ck_assert_ptr_null(policy_plan_check(&plan, &table));
        plan.table_hash[31] ^= 1, refused("another policy table");
        plan.kind = 2, refused("kind does not exist");
        plan.program = 2, refused("program does not exist");
        for (size_t i = 0; i < sizeof owners / sizeof *owners; i++)
                plan.owner = owners[i], refused("owner");
        plan.owner = 65536;
        ck_assert_ptr_null(policy_plan_check(&plan, &table));
        kinds[0].flags &= ~(uint32_t)POLICY_KIND_RUN, plan.program = 1, plan.address = "", refused("nothing else");
        plan.argv = (PolicyStrings){ 1, argv }, refused("arguments");
        plan.stdio = 1, refused("standard descriptors");
        plan.stdio = 2, refused("stdio");
        plan.program = 1, refused("opens an address");
        plan.locale = 2, refused("locale");
        plan.width = 319, plan.height = 400, refused("width");
        plan.width = 800, refused("width");
        plan.address = "javascript:1", refused("address");
        strcpy(plan.layout, "j p"), refused("layout");
        plan.layout[0] = '\0', refused("layout");
        memset(plan.layout, 'a', sizeof plan.layout), refused("layout");
        for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
                strcpy(plan.timezone, zones[i]), refused("time zone");
        memset(plan.timezone, 'a', sizeof plan.timezone), refused("time zone");
        plan.timezone[0] = '\0';
        ck_assert_ptr_null(policy_plan_check(&plan, &table));
}
END_TEST

START_TEST(test_display) {
        plan.display = POLICY_DISPLAY_NONE, refused("needs a display");
        plan.display = 3, refused("display");
        plan.cookie[0] = 1, refused("cookie");
        plan.kind = 1, refused("no display");
        plan.program = 1, plan.address = "", plan.display = POLICY_DISPLAY_NONE;
        ck_assert_ptr_null(policy_plan_check(&plan, &table));
        plan.stdio = 1;
        ck_assert_ptr_null(policy_plan_check(&plan, &table));
        plan.kind = 1, plan.program = 0, plan.stdio = 0;
        ck_assert_ptr_null(policy_plan_check(&plan, &table));
}
END_TEST

START_TEST(test_run_bounds) {
        static char big[POLICY_MAX_ARG + 2];
        const char *argv[POLICY_MAX_ARGS + 1];
        uint8_t *bytes = NULL;
        size_t n;

        memset(big, 'a', POLICY_MAX_ARG + 1);
        for (size_t i = 0; i <= POLICY_MAX_ARGS; i++)
                argv[i] = big;
        plan.argv = (PolicyStrings){ 1, argv };
        ck_assert_int_eq(policy_plan_encode(&plan, &bytes, &n), -EINVAL);
        big[POLICY_MAX_ARG] = '\0';
        ck_assert_int_eq(policy_plan_encode(&plan, &bytes, &n), 0);
        free(bytes);
        plan.argv.n = 32; /* 32 of 2049 bytes are more than 64 KiB */
        ck_assert_int_eq(policy_plan_encode(&plan, &bytes, &n), -EINVAL);
        for (size_t i = 0; i <= POLICY_MAX_ARGS; i++)
                argv[i] = "x";
        plan.argv.n = POLICY_MAX_ARGS;
        ck_assert_int_eq(policy_plan_encode(&plan, &bytes, &n), 0);
        free(bytes);
        plan.argv.n = POLICY_MAX_ARGS + 1;
        ck_assert_int_eq(policy_plan_encode(&plan, &bytes, &n), -EINVAL);
}
END_TEST

START_TEST(test_addresses) {
        static const struct {
                const char *address, *host; /* host NULL = refused */
        } cases[] = {
                { "https://bank.example/", "bank.example" }, { "HTTPS://Bank.EXAMPLE", "bank.example" }, { "http://a:8080/x", "a" },
                { "https://bank.example./a?b#c", "bank.example" }, { "https://[2001:DB8::1]:443/", "[2001:db8::1]" },
                { "https://192.0.2.1/", "192.0.2.1" }, { "https://en.example/Rubik's_Cube", "en.example" }, { "https://a?x@y", "a" },
                { "https://xn--wgv71a.example/%E6%97%A5", "xn--wgv71a.example" }, { "https://a_b.example", "a_b.example" },
                { "", NULL }, { "https://", NULL }, { "https:///x", NULL }, { "ftp://a/", NULL }, { "file:///etc/passwd", NULL },
                { "https:a", NULL }, { "https:/a", NULL }, { " https://a", NULL }, { "https://a b", NULL }, { "https://a\n", NULL },
                { "https://user@a/", NULL }, { "https://u:p@a/", NULL }, { "https://a\\@b/", NULL }, { "https://a\"b", NULL },
                { "https://日本.example", NULL }, { "https://a:0/", NULL }, { "https://a:65536/", NULL }, { "https://a:/", NULL },
                { "https://a:8x/", NULL }, { "https://.a/", NULL }, { "https://a..b/", NULL }, { "https://%61/", NULL },
                { "https://[::1/", NULL }, { "https://[127.0.0.1]/", NULL }, { "https://[::1]x/", NULL }, { "https://-c\x7f/", NULL },
                { "https://./", NULL }, { "--proxy-server=https://a", NULL },
        };
        char host[254], longest[POLICY_MAX_ADDRESS + 2];

        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                int valid = policy_address_valid(cases[i].address, host);
                ck_assert_msg(valid == (cases[i].host != NULL), "%s", cases[i].address);
                if (valid)
                        ck_assert_str_eq(host, cases[i].host);
        }
        memset(longest, 'a', sizeof longest);
        memcpy(longest, "https://a/", 10);
        longest[POLICY_MAX_ADDRESS + 1] = '\0';
        ck_assert(!policy_address_valid(longest, NULL));
        longest[POLICY_MAX_ADDRESS] = '\0';
        ck_assert(policy_address_valid(longest, NULL));
        longest[9] = 'a';
        longest[8 + 64] = '/';
        ck_assert(!policy_address_valid(longest, NULL)); /* a label of 64 */
        longest[8 + 63] = '/';
        ck_assert(policy_address_valid(longest, NULL));
}
END_TEST

int main(void) {
        Suite *suite = suite_create("policy-plan");
        TCase *all = tcase_create("all");
        int failed;

        tcase_add_checked_fixture(all, setup, NULL);
        tcase_add_test(all, test_round_trip);
        tcase_add_test(all, test_check);
        tcase_add_test(all, test_display);
        tcase_add_test(all, test_run_bounds);
        tcase_add_test(all, test_addresses);
        suite_add_tcase(suite, all);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
