/* test-policy-table: tables survive the wire unchanged, and every rule refuses what breaks it.
 * Runs as: anyone (pure).  Input: none.  Must not: need a privilege.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy-sample.h"
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static PolicyKind kinds[2];
static PolicyTable table;

static void setup(void) {
        table = sample_table(kinds);
}

START_TEST(test_round_trip) {
        uint8_t *bytes = NULL, *again = NULL;
        size_t n = 0, m = 0;
        PolicyTable *got = NULL;

        ck_assert_ptr_null(policy_table_check(&table));
        ck_assert_int_eq(policy_table_encode(&table, &bytes, &n), 0);
        ck_assert_int_eq(policy_table_decode(bytes, n, &got), 0);
        ck_assert_int_eq(policy_table_encode(got, &again, &m), 0);
        ck_assert_uint_eq(n, m);
        ck_assert_mem_eq(bytes, again, n);
        ck_assert_str_eq(got->kinds[0].title_ja, "インターネット");
        ck_assert_str_eq(got->kinds[1].files[0].path, "etc/passwd");
        ck_assert_mem_eq(got->kinds[1].files[0].bytes, "zone:x\n", 7);
        ck_assert_ptr_eq(got->kinds[0].files[0].bytes, got->kinds[1].files[0].bytes); /* held once */
        ck_assert_uint_eq(got->kinds[0].ports[1], 80);
        ck_assert_int_eq(policy_table_find_kind(got, "local"), 1);
        ck_assert_int_eq(policy_table_find_kind(got, "nope"), -1);
        policy_table_free(got);
        free(bytes);
        free(again);
}
END_TEST

START_TEST(test_cut_and_flipped) {
        uint8_t *bytes = NULL;
        size_t n = 0, accepted = 0;
        PolicyTable *got = NULL;

        ck_assert_int_eq(policy_table_encode(&table, &bytes, &n), 0);
        for (size_t cut = 0; cut < n; cut++) {
                uint8_t *part = malloc(cut ? cut : 1); /* exact size, so that a checker sees a read past it */
                memcpy(part, bytes, cut);
                ck_assert_int_eq(policy_table_decode(part, cut, &got), -EBADMSG);
                free(part);
        }
        for (size_t i = 0; i < n; i++) {
                bytes[i] ^= 0xff;
                if (policy_table_decode(bytes, n, &got) == 0) {
                        accepted++;
                        ck_assert_ptr_null(policy_table_check(got));
                        policy_table_free(got);
                }
                bytes[i] ^= 0xff;
        }
        ck_assert_uint_lt(accepted, n / 4);
        bytes = realloc(bytes, n + 1);
        bytes[n] = 0;
        ck_assert_int_eq(policy_table_decode(bytes, n + 1, &got), -EBADMSG);
        free(bytes);
}
END_TEST

static void refused(const char *words) {
        uint8_t *bytes = NULL;
        size_t n;
        const char *broken = policy_table_check(&table);

        ck_assert_msg(broken != NULL, "accepted, but '%s' was expected", words);
        ck_assert_msg(strstr(broken, words) != NULL, "'%s' does not say '%s'", broken, words);
        ck_assert_int_eq(policy_table_encode(&table, &bytes, &n), -EINVAL);
        setup();
}

START_TEST(test_settings) {
        table.auth = 2, refused("authorisation");
        table.uid_base = 2000200000, refused("uid");
        table.uid_base = UINT32_MAX - 2 - 8 * POLICY_MAX_ZONES + 1, refused("uid");
        table.uid_base = UINT32_MAX - 2 - 8 * POLICY_MAX_ZONES;
        ck_assert_ptr_null(policy_table_check(&table));
        setup();
        table.max_zones = 0, refused("zones");
        table.max_zones = 241, refused("zones");
        table.max_zones_per_user = 101, refused("zones");
        table.max_starts_per_minute = 0, refused("starts");
        table.substitutes = 1u << 6, refused("substitute");
        const char *bad[] = { "resolver.example" };
        table.resolvers = (PolicyStrings){ 1, bad }, refused("numeric");
        table.resolvers = (PolicyStrings){ 5, bad }, refused("at most 4");
        table.default_kind = "nope", refused("default kind");
        table.n_kinds = 0, refused("1 to 32");
        kinds[1].name = "web", refused("same name");
}
END_TEST

START_TEST(test_identity) {
        kinds[0].name = "Web", refused("name");
        kinds[0].name = NULL, refused("name");
        kinds[0].title_ja = "\xff", refused("title");
        kinds[0].title_en = "", refused("title");
        kinds[0].title_en = "a\nb", refused("title");
        kinds[0].title_en = "\xe2\x80\xae" "evil", refused("title"); /* right-to-left override */
        kinds[0].colour = 1u << 24, refused("colour");
        kinds[0].app = 3, refused("application");
        kinds[0].flags |= 1u << 7, refused("flag");
        kinds[0].start_page = "file:///etc/passwd", refused("start page");
}
END_TEST

START_TEST(test_programs_and_call) {
        PolicyProgram one[] = { { "browser", "/bin/sh" } }, same[] = { { "a", "/usr/bin/a" }, { "a", "/usr/lib/a" } };
        const char *env[] = { "A=1", "A=2" }, *args[] = { "a\nb" };
        const char *never[] = { "LD_PRELOAD=x", "ld=1", "X", "=1", "GLIBC_TUNABLES=x", "1A=1" };

        kinds[0].n_programs = 0, refused("programs");
        kinds[0].n_programs = 1, kinds[0].programs = one;
        refused("below /usr");
        one[0].path = "/usr/local/bin/x", kinds[0].n_programs = 1, kinds[0].programs = one, refused("/usr/local");
        one[0].path = "/usr/lib/../bin/sh", kinds[0].n_programs = 1, kinds[0].programs = one, refused("plain path");
        one[0] = (PolicyProgram){ "Browser", "/usr/bin/x" }, kinds[0].n_programs = 1, kinds[0].programs = one, refused("name");
        kinds[0].n_programs = 2, kinds[0].programs = same, refused("same name");
        kinds[0].flags &= ~(uint32_t)POLICY_KIND_RUN, refused("permit running");
        kinds[0].env = (PolicyStrings){ 2, env }, refused("twice");
        kinds[0].args = (PolicyStrings){ 1, args }, refused("control");
        for (size_t i = 0; i < sizeof never / sizeof *never; i++)
                kinds[0].env = (PolicyStrings){ 1, &never[i] }, refused("environment");
        kinds[0].env.n = POLICY_MAX_ENV + 1, refused("too many");
}
END_TEST

START_TEST(test_tree) {
        static const struct {
                const char *path;
                uint32_t flags;
                const char *words;
        } bad[] = {
                { "/usr/bin", 0, "bin" }, { "/usr/sbin", POLICY_SUBTREE_SHALLOW, "bin" }, { "/usr/local/lib", 0, "/usr/local" },
                { "/usr/src", POLICY_SUBTREE_SHALLOW, "/usr/src" }, { "/usr/lib", 0, "shallow" }, { "/usr/lib/a", 1u << 4, "flag" },
                { "/usr/lib/a", POLICY_SUBTREE_FILE | POLICY_SUBTREE_SHALLOW, "shallow" }, { "/usr/lib//a", 0, "plain" },
                { "/usr/", 0, "plain" }, { "/etc/x", 0, "plain" }, { "usr/lib/x", 0, "plain" }, { "/usr/lib/a ", 0, "plain" },
        };
        const char *exec[] = { "/opt/x" };
        PolicySubtree twice[] = { { "/usr/lib/a", 0 }, { "/usr/lib/a", 1 } };

        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                PolicySubtree one[] = { { bad[i].path, bad[i].flags } };
                kinds[0].n_subtrees = 1, kinds[0].subtrees = one, refused(bad[i].words);
        }
        kinds[0].n_subtrees = 2, kinds[0].subtrees = twice, refused("twice");
        kinds[0].execs = (PolicyStrings){ 1, exec }, refused("executable");
        kinds[0].execs.n = POLICY_MAX_EXECS + 1, refused("too many subtrees");
        kinds[0].n_subtrees = POLICY_MAX_SUBTREES + 1, refused("too many subtrees");
}
END_TEST

START_TEST(test_files) {
        static const char *const bad[] = { "/etc/passwd", "etc/../x", "etc", "var/x", "etc//x", "home/", "usr/x", "etc/./x", "" };
        const char *dirs[] = { "etc/x" }, *over[] = { "home/zone/empty/sub" };
        PolicyFile files[] = { { "etc/a", NULL, 0 }, { "etc/a/b", NULL, 0 } };

        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                PolicyFile one[] = { { bad[i], NULL, 0 } };
                kinds[0].n_files = 1, kinds[0].files = one, refused("relative path");
        }
        kinds[0].files = files, refused("below another");
        files[1].path = "etc/b", files[1].n = POLICY_MAX_FILE + 1, kinds[0].files = files, refused("512 KiB");
        kinds[0].dirs = (PolicyStrings){ 1, dirs }, refused("directory");
        kinds[0].dirs = (PolicyStrings){ 1, over }, refused("directory");
        kinds[0].dirs.n = POLICY_MAX_DIRS + 1, refused("too many files");
        kinds[0].n_files = POLICY_MAX_FILES + 1, refused("too many files");
}
END_TEST

START_TEST(test_network_and_limits) {
        static const char *const sites[] = { "", "bank\nexample" }; /* what a pattern means is the broker's to know */

        for (size_t i = 0; i < sizeof sites / sizeof *sites; i++) {
                const char *one[] = { sites[i] };
                kinds[0].sites = (PolicyStrings){ 1, one }, refused("site");
        }
        kinds[0].sites.n = POLICY_MAX_SITES + 1, refused("too many sites");
        kinds[0].n_ports = 0, refused("ports");
        kinds[0].ports[1] = 0, refused("Port 0");
        kinds[1].n_ports = 1, refused("ports");
        kinds[1].flags = POLICY_KIND_HTTP, refused("plain http");
        kinds[0].memory_mib = 15, refused("memory");
        kinds[0].pids = 0, refused("processes");
        kinds[0].cpu_percent = 0, refused("per cent");
        kinds[0].scratch_mib = 0, refused("scratch space");
        kinds[0].scratch_inodes = 1, refused("scratch files");
        kinds[0].nofile = 1, refused("open files");
        kinds[0].max_age_s = 59, refused("age");
        kinds[0].max_age_s = 0;
        ck_assert_ptr_null(policy_table_check(&table));
}
END_TEST

int main(void) {
        Suite *suite = suite_create("policy-table");
        TCase *all = tcase_create("all");
        int failed;

        tcase_add_checked_fixture(all, setup, NULL);
        tcase_add_test(all, test_round_trip);
        tcase_add_test(all, test_cut_and_flipped);
        tcase_add_test(all, test_settings);
        tcase_add_test(all, test_identity);
        tcase_add_test(all, test_programs_and_call);
        tcase_add_test(all, test_tree);
        tcase_add_test(all, test_files);
        tcase_add_test(all, test_network_and_limits);
        suite_add_tcase(suite, all);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
