/* test-compile-keys: the tables of keys agree with themselves and with the man pages; places and guesses are right.
 * Runs as: anyone (pure).  Input: the man pages.  Must not: need a privilege.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "sandboxd/compile/compile-kind.h"
#include "sandboxd/compile/compile-settings.h"
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

static void check_keys(const CompileKey *all) {
        for (const CompileKey *keys = all; keys->path; keys++) {
                char parent[128];
                bool found = false;
                ck_assert_msg(names(keys->path), "the man page does not name %s", keys->path);
                ck_assert_msg(keys->expected && keys->about, "%s", keys->path);
                ck_assert_msg((keys->type != COMPILE_KEY_WORD && keys->type != COMPILE_KEY_WORDS && keys->type != COMPILE_KEY_CHOICE) || keys->words, "%s", keys->path);
                if (keys->type == COMPILE_KEY_NUMBER) {
                        long long usual = atoll(keys->fallback);
                        ck_assert_msg(usual >= keys->min && usual <= keys->max, "%s", keys->path);
                        ck_assert_msg(strstr(page, keys->fallback) != NULL, "the man page does not name the default of %s", keys->path);
                }
                strcpy(parent, keys->path);
                if (!strrchr(parent, '.'))
                        continue;
                *strrchr(parent, '.') = '\0';
                for (const CompileKey *other = all; other != keys; other++)
                        found |= strcmp(other->path, parent) == 0;
                ck_assert_msg(found, "%s stands before %s", keys->path, parent);
        }
}

START_TEST(test_kind_keys) {
        read_page(SOURCE "/docs/man/hanare-kinds.5");
        check_keys(compile_kind_keys);
}
END_TEST

START_TEST(test_settings_keys) {
        read_page(SOURCE "/docs/man/hanare.jsonc.5");
        check_keys(compile_settings_keys);
}
END_TEST

START_TEST(test_places) {
        static const char text[] = "{ // 注釈\n  \"a\": [1, {\"x\": \"]}\\\"\"},\n   /* \"b\" */ [2]],\n  \"b\": {\"日\": 1, \"c\": {\"d\": 5}} }";
        static const struct {
                const char *path, *starts;
        } cases[] = { { "a", "f:2:3: a: " }, { "a[0]", "f:2:9: " }, { "a[1]", "f:2:12: " }, { "a[1].x", "f:2:13: " }, { "a[2]", "f:3:14: " },
                      { "a[2][0]", "f:3:15: " }, { "b", "f:4:3: " }, { "b.c", "f:4:17: " }, { "b.c.d", "f:4:23: " }, { "b.none", "f:4:3: " }, { "none", "f:1:1: " }, { "a[9]", "f:2:3: " } };
        CompileProblem problem = { 0 };
        CompileDocument doc;

        ck_assert_msg(compile_json_load(&doc, "f", text, sizeof text - 1, &problem) == 0, "%s", problem.text);
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                problem = (CompileProblem){ 0 };
                ck_assert_int_eq(compile_json_problem(&doc, &problem, cases[i].path, "x"), -EINVAL);
                ck_assert_msg(strncmp(problem.text, cases[i].starts, strlen(cases[i].starts)) == 0, "%s for %s", problem.text, cases[i].path);
        }
        compile_json_done(&doc);
}
END_TEST

START_TEST(test_problem) {
        static const char *const words[] = { "pids", "memory_mib", "nofile", NULL };
        CompileProblem problem = { 0 };
        char big[2000];

        ck_assert_str_eq(compile_problem_nearest("pid", words), "pids");
        ck_assert_str_eq(compile_problem_nearest("memory_mb", words), "memory_mib");
        ck_assert_ptr_null(compile_problem_nearest("xyz", words));
        ck_assert_ptr_null(compile_problem_nearest("", words));
        compile_problem_set(&problem, "a\x1b[2J\n%s", "日本\xe6\x97");
        ck_assert_str_eq(problem.text, "a?[2J?日本"); /* the cut character goes, the others stay */
        compile_problem_set(&problem, "second");
        ck_assert_str_eq(problem.text, "a?[2J?日本"); /* the first problem stays */
        memset(big, 0xff, sizeof big - 1);
        big[sizeof big - 1] = '\0';
        problem = (CompileProblem){ 0 };
        compile_problem_set(&problem, "%s", big);
        for (const char *s = problem.text; *s; s++)
                ck_assert(isprint((unsigned char)*s));
}
END_TEST

int main(void) {
        Suite *suite = suite_create("compile-keys");
        TCase *all = tcase_create("all");
        int failed;

        tcase_add_test(all, test_kind_keys);
        tcase_add_test(all, test_settings_keys);
        tcase_add_test(all, test_places);
        tcase_add_test(all, test_problem);
        suite_add_tcase(suite, all);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
