/* test-compile-main: the real program: the shipped files compile, a bad one is explained, and it dies when it should.
 * Runs as: anyone (pure).  Input: the built program and the shipped files.  Must not: pass when the program gives no answer.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "compile-spawn.h"
#include "policy/policy-denylist.h"
#include "policy/policy-table.h"
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

static char program[] = "/tmp/hanare-test-compile-XXXXXX"; /* a copy that another uid can reach */

static void copy_program(void) {
        int from = open(COMPILE_PROGRAM, O_RDONLY | O_CLOEXEC), to = mkostemp(program, O_CLOEXEC);
        char room[65536];
        ssize_t n;

        ck_assert_int_ge(from, 0);
        ck_assert_int_ge(to, 0);
        while ((n = read(from, room, sizeof room)) > 0)
                ck_assert_int_eq(base_fd_write_all(to, room, (size_t)n), 0);
        ck_assert_int_eq(fchmod(to, 0755), 0);
        close(from);
        close(to);
}
static void remove_program(void) {
        unlink(program);
}

START_TEST(test_shipped) {
        CompileFile files[] = { { POLICY_INPUT_SETTINGS, SOURCE "/data/hanare.jsonc", NULL, NULL },
                                { POLICY_INPUT_KIND, SOURCE "/data/kinds.d/web.jsonc", NULL, NULL },
                                { POLICY_INPUT_KIND, SOURCE "/data/kinds.d/banking.jsonc", NULL, NULL } };
        PolicyMsgCompiled msg = { 0 };
        PolicyTable *table = NULL;
        const void *bytes;
        size_t n;
        int fd = -1, r = compile_spawn_ask(program, files, 3, &msg, &fd, NULL);

        ck_assert_msg(r == 0, "%s", strerror(-r));
        ck_assert_msg(msg.ok, "%s", msg.text);
        ck_assert_int_eq(base_fd_map_sealed(fd, POLICY_TABLE_MAX, &bytes, &n), 0);
        ck_assert_int_eq(policy_table_decode(bytes, n, &table), 0);
        const PolicyKind *web = &table->kinds[policy_table_find_kind(table, "web")], *bank = &table->kinds[policy_table_find_kind(table, "banking")];
        ck_assert_uint_eq(web->flags, POLICY_KIND_RUN | POLICY_KIND_NETWORK | POLICY_KIND_DISPLAY | POLICY_KIND_HTTP);
        ck_assert_uint_eq(bank->flags, POLICY_KIND_FRESH | POLICY_KIND_NETWORK | POLICY_KIND_DISPLAY | POLICY_KIND_STRICT | POLICY_KIND_ALLOW_LIST);
        ck_assert_uint_eq(bank->n_ports, 1);
        ck_assert_uint_eq(bank->ports[0], 443);
        ck_assert_str_eq(bank->title_ja, "オンラインバンキング");
        ck_assert_str_eq(table->default_kind, "web");
        ck_assert_uint_eq(table->auth, POLICY_AUTH_POLKIT);
        policy_table_free(table);
        munmap((void *)(uintptr_t)bytes, n);
        close(fd);
}
END_TEST

START_TEST(test_refused) {
        CompileFile files[] = { { POLICY_INPUT_KIND, SOURCE "/data/kinds.d/web.jsonc", NULL, NULL },
                                { POLICY_INPUT_KIND, NULL, "{ \"name\": \"mail\", \"titel\": 1 }", "mail.jsonc" } };
        PolicyMsgCompiled msg = { 0 };
        int fd = -1;

        ck_assert_int_eq(compile_spawn_ask(program, files, 2, &msg, &fd, NULL), 0);
        ck_assert_uint_eq(msg.ok, 0);
        ck_assert_int_eq(fd, -1);
        ck_assert_str_eq(msg.text, "mail.jsonc:1:19: titel: this key is unknown; did you mean \"title\"?");
}
END_TEST

START_TEST(test_denylist) {
        CompileFile files[] = { { POLICY_INPUT_KIND, SOURCE "/data/kinds.d/web.jsonc", NULL, NULL },
                                { POLICY_INPUT_DENYLIST, NULL, "0.0.0.0 bad.example\n", "first.hosts" },
                                { POLICY_INPUT_DENYLIST, NULL, "||worse.example^\n", "second.adblock" },
                                { POLICY_INPUT_DENYLIST, NULL, "<html>\n", "third.domains" } };
        PolicyMsgCompiled msg = { 0 };
        PolicyDenylist list;
        const void *bytes;
        size_t n;
        int fd = -1, denylist = -1;

        ck_assert_int_eq(compile_spawn_ask(program, files, 3, &msg, &fd, &denylist), 0);
        ck_assert_msg(msg.ok, "%s", msg.text);
        ck_assert_int_eq(base_fd_map_sealed(denylist, POLICY_DENYLIST_MAX_BYTES, &bytes, &n), 0);
        ck_assert_int_eq(policy_denylist_open(bytes, n, &list), 0);
        ck_assert_str_eq(policy_denylist_find(&list, "bad.example", 11), "first");
        ck_assert_str_eq(policy_denylist_find(&list, "www.worse.example", 17), "second");
        close(fd);
        close(denylist);
        denylist = -1;
        ck_assert_int_eq(compile_spawn_ask(program, files, 4, &msg, &fd, &denylist), 0);
        ck_assert_uint_eq(msg.ok, 0);
        ck_assert_int_eq(denylist, -1);
        ck_assert_ptr_nonnull(strstr(msg.text, "third.domains:1:1: \"<html>\" is no line of this format"));
}
END_TEST

START_TEST(test_bad_peer) {
        CompileFile files[] = { { POLICY_INPUTS, SOURCE "/data/kinds.d/web.jsonc", NULL, NULL } }; /* no such sort */
        PolicyMsgCompiled msg = { 0 };
        int fd = -1;

        ck_assert_int_ne(compile_spawn_ask(program, files, 1, &msg, &fd, NULL), 0);
}
END_TEST

START_TEST(test_big_file) {
        char path[] = "/tmp/hanare-test-big-XXXXXX";
        int big = mkostemp(path, O_CLOEXEC), fd = -1;
        CompileFile files[] = { { POLICY_INPUT_KIND, path, NULL, "web.jsonc" } };
        PolicyMsgCompiled msg = { 0 };

        ck_assert_int_eq(ftruncate(big, POLICY_INPUT_MAX + 1), 0);
        ck_assert_int_eq(compile_spawn_ask(program, files, 1, &msg, &fd, NULL), 0);
        ck_assert_uint_eq(msg.ok, 0);
        ck_assert_ptr_nonnull(strstr(msg.text, "web.jsonc: this file is too long"));
        unlink(path);
        close(big);
}
END_TEST

int main(void) {
        Suite *suite = suite_create("compile-main");
        TCase *all = tcase_create("all");
        int failed;

        tcase_add_unchecked_fixture(all, copy_program, remove_program);
        tcase_add_test(all, test_shipped);
        tcase_add_test(all, test_refused);
        tcase_add_test(all, test_denylist);
        tcase_add_test(all, test_bad_peer);
        tcase_add_test(all, test_big_file);
        suite_add_tcase(suite, all);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
