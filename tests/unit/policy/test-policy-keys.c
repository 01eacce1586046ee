/* test-policy-keys: the tables of keys agree with themselves and with the man pages; places and guesses are right.
 * Runs as: anyone (pure).  Input: the man pages.  Must not: need a privilege.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "policy/policy-json.h"
#include "policy/policy-keys.h"
#include <check.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

static char page[65536];

static void read_page(const char *path) {
        BASE_FD fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t n = fd < 0 ? -1 : base_fd_read_all(fd, page, sizeof page - 1);

        ck_assert_msg(n > 0, "%s", path);
        page[n] = '\0';
}

static bool names(const char *word) {
        size_t n = strlen(word);

        for (const char *at = page; (at = strstr(at, word)); at += n)
                if (at > page && at[-1] == ' ' && strchr(" \n,", at[n]))
                        return true;
        return false;
}

static bool has_words(const PolicyKey *key) {
        return key->type == POLICY_KEY_WORD || key->type == POLICY_KEY_WORDS || key->type == POLICY_KEY_CHOICE;
}

/* Its object stands before it. */
static bool has_parent(const PolicyKey *key) {
        char parent[128];
        char *dot;

        strcpy(parent, key->path);
        dot = strrchr(parent, '.');
        if (!dot)
                return true;
        *dot = '\0';
        if (strstr(parent, "[]"))
                *strstr(parent, "[]") = '\0';
        for (const PolicyKey *other = policy_keys; other != key; other++)
                if (other->file == key->file && strcmp(other->path, parent) == 0)
                        return true;
        return false;
}

START_TEST(test_table) {
        static const char *const pages[] = { SOURCE "/docs/man/hanare-kinds.5", SOURCE "/docs/man/hanare.jsonc.5", NULL };

        for (const PolicyKey *key = policy_keys; key->path; key++) {
                ck_assert_msg(key->expected && key->en && key->ja && key->since, "%s", key->path);
                ck_assert_msg(!has_words(key) || key->words, "%s", key->path);
                ck_assert_msg(has_parent(key), "%s stands before its object", key->path);
                ck_assert_msg(policy_keys_find(key->file, key->path) == key, "%s is there twice", key->path);
                if (key->type == POLICY_KEY_NUMBER) {
                        long long usual = atoll(key->fallback);
                        ck_assert_msg(usual >= key->min && usual <= key->max, "%s", key->path);
                }
                ck_assert_msg(key->direction != POLICY_DIRECTION_MORE || key->type == POLICY_KEY_NUMBER, "%s", key->path);
                ck_assert_msg(key->direction != POLICY_DIRECTION_EARLIER || key->words, "%s", key->path);
                ck_assert_msg(policy_keys_has_value(key) || key->direction == POLICY_DIRECTION_ANY, "%s", key->path);
                if (!pages[key->file])
                        continue;
                read_page(pages[key->file]);
                ck_assert_msg(names(key->path), "the man page does not name %s", key->path);
        }
}
END_TEST

START_TEST(test_find) {
        ck_assert_ptr_nonnull(policy_keys_find(POLICY_KEYS_KIND, "limits.pids"));
        ck_assert_ptr_null(policy_keys_find(POLICY_KEYS_SETTINGS, "limits.pids"));
        ck_assert_ptr_null(policy_keys_find(POLICY_KEYS_KIND, "limits.pid"));
        ck_assert_ptr_null(policy_keys_find(POLICY_KEYS_KIND, ""));
        ck_assert_str_eq(policy_keys_find(POLICY_KEYS_TESTS, "tests[17].open")->path, "tests[].open");
        ck_assert_str_eq(policy_keys_nearest(POLICY_KEYS_KIND, "limits.pid"), "pids");
        ck_assert_str_eq(policy_keys_nearest(POLICY_KEYS_TESTS, "tests[3].opn"), "open");
        ck_assert_ptr_null(policy_keys_nearest(POLICY_KEYS_KIND, "limits.zzzzzz"));
        ck_assert(!policy_keys_has_value(policy_keys_find(POLICY_KEYS_KIND, "application.program")));
        ck_assert(policy_keys_has_value(policy_keys_find(POLICY_KEYS_KIND, "application")));
}
END_TEST

START_TEST(test_places) {
        static const char text[] = "{ // 注釈\n  \"a\": [1, {\"x\": \"]}\\\"\"},\n   /* \"b\" */ [2]],\n  \"b\": {\"日\": 1, \"c\": {\"d\": 5}} }";
        static const struct {
                const char *path, *starts;
        } cases[] = { { "a", "f:2:3: a: " }, { "a[0]", "f:2:9: " }, { "a[1]", "f:2:12: " }, { "a[1].x", "f:2:13: " }, { "a[2]", "f:3:14: " },
                      { "a[2][0]", "f:3:15: " }, { "b", "f:4:3: " }, { "b.c", "f:4:17: " }, { "b.c.d", "f:4:23: " }, { "b.none", "f:4:3: " }, { "none", "f:1:1: " }, { "a[9]", "f:2:3: " } };
        PolicyProblem problem = { 0 };
        PolicyDocument doc;

        ck_assert_msg(policy_json_load(&doc, "f", text, sizeof text - 1, &problem) == 0, "%s", problem.text);
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                problem = (PolicyProblem){ 0 };
                ck_assert_int_eq(policy_json_problem(&doc, &problem, cases[i].path, "x"), -EINVAL);
                ck_assert_msg(strncmp(problem.text, cases[i].starts, strlen(cases[i].starts)) == 0, "%s for %s", problem.text, cases[i].path);
        }
        policy_json_done(&doc);
}
END_TEST

START_TEST(test_problem) {
        static const char *const words[] = { "pids", "memory_mib", "nofile", NULL };
        PolicyProblem problem = { 0 };
        char big[2000];

        ck_assert_str_eq(policy_problem_nearest("pid", words), "pids");
        ck_assert_str_eq(policy_problem_nearest("memory_mb", words), "memory_mib");
        ck_assert_ptr_null(policy_problem_nearest("xyz", words));
        ck_assert_ptr_null(policy_problem_nearest("", words));
        policy_problem_set(&problem, "a\x1b[2J\n%s", "日本\xe6\x97");
        ck_assert_str_eq(problem.text, "a?[2J?日本"); /* the cut character goes, the others stay */
        policy_problem_set(&problem, "second");
        ck_assert_str_eq(problem.text, "a?[2J?日本"); /* the first problem stays */
        memset(big, 0xff, sizeof big - 1);
        big[sizeof big - 1] = '\0';
        problem = (PolicyProblem){ 0 };
        policy_problem_set(&problem, "%s", big);
        for (const char *s = problem.text; *s; s++)
                ck_assert(isprint((unsigned char)*s));
}
END_TEST

int main(void) {
        Suite *suite = suite_create("policy-keys");
        TCase *all = tcase_create("all");
        int failed;

        tcase_add_test(all, test_table);
        tcase_add_test(all, test_find);
        tcase_add_test(all, test_places);
        tcase_add_test(all, test_problem);
        suite_add_tcase(suite, all);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
