/* test-compile-denylist: lists in the four formats deny what they say; a wrong line, a wrong format, an empty list are errors that name the place.
 * Runs as: anyone (pure).  Input: none.  Must not: need a privilege.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "sandboxd/compile/compile-denylist.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static PolicyDenylistMaker maker;
static CompileProblem problem;

static void setup(void) {
        static const uint64_t key[2] = { 1, 2 };
        problem = (CompileProblem){ 0 };
        ck_assert_int_eq(policy_denylist_maker_init(&maker, key), 0);
}
static void teardown(void) {
        policy_denylist_maker_done(&maker);
}

static int load(const char *file, const char *text) {
        int fd = memfd_create("list", MFD_CLOEXEC), r;
        CompileDenylist list;

        ck_assert_int_eq(base_fd_write_all(fd, text, strlen(text)), 0);
        lseek(fd, 0, SEEK_SET);
        r = compile_denylist_begin(&list, &maker, file, &problem);
        if (r == 0)
                r = compile_denylist_read(&list, fd);
        close(fd);
        return r;
}

START_TEST(test_formats) {
        static const struct {
                const char *file, *text, *denied, *not_denied; /* names with blanks between */
        } cases[] = {
                { "a.hosts", "# list\r\n127.0.0.1 localhost\n::1 ip6-localhost ip6-loopback\nfe80::1%lo0 localhost\n255.255.255.255 broadcasthost\n0.0.0.0 0.0.0.0\n"
                             "0.0.0.0 Bad.Example # why\n127.0.0.1\tone.example two.example\n\n:: six.example", "bad.example one.example two.example six.example", "www.bad.example example localhost" },
                { "b.domains", "\xef\xbb\xbf# list\nbad.example\n*.below.example\nzip\n", "bad.example x.bad.example y.below.example a.zip", "below.example xbad.example" },
                { "c.adblock", "[Adblock Plus]\n! Title: x\n# also\n||bad.example^\n||b_d.example^", "bad.example x.bad.example b_d.example", "example" },
                { "d.rpz", "$TTL 2h\n@ IN SOA localhost. root.localhost. (\n 1 ; serial\n 2h 30m 2w 1h )\n  NS localhost.\nbad.example CNAME .\n*.bad.example 60 IN CNAME .\none.example IN CNAME rpz-drop.\n"
                           "; end\n", "bad.example x.bad.example one.example", "x.one.example" },
                { "e.rpz", "$ORIGIN rpz.site.\nbad.example.rpz.site. CNAME *.\n", "bad.example", "bad.example.rpz.site" },
        };
        PolicyDenylist list;
        uint8_t *bytes;
        size_t n;

        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                char words[200];
                ck_assert_msg(load(cases[i].file, cases[i].text) == 0, "%s", problem.text);
                ck_assert_int_eq(policy_denylist_maker_finish(&maker, &bytes, &n), 0);
                ck_assert_int_eq(policy_denylist_open(bytes, n, &list), 0);
                strcpy(words, cases[i].denied);
                for (char *w = strtok(words, " "); w; w = strtok(NULL, " ")) {
                        const char *title = policy_denylist_find(&list, w, strlen(w));
                        ck_assert_msg(title && title[0] == cases[i].file[0] && title[1] == '\0', "%s: %s", cases[i].file, w);
                }
                strcpy(words, cases[i].not_denied);
                for (char *w = strtok(words, " "); w; w = strtok(NULL, " "))
                        ck_assert_msg(!policy_denylist_find(&list, w, strlen(w)), "%s: %s", cases[i].file, w);
                free(bytes);
                teardown();
                setup();
        }
}
END_TEST

START_TEST(test_wrong) {
        static const struct {
                const char *file, *text, *words;
        } cases[] = {
                { "a.hosts", "0.0.0.0 a.example\nb.example\n", "a.hosts:2:1: \"b.example\" is no line of this format; expected \"0.0.0.0 name\"" },
                { "a.hosts", "||a.example^\n", "a.hosts:1:1: " },
                { "a.hosts", "a.example CNAME .\n", "a.hosts:1:1: " },
                { "a.hosts", "192.0.2.7 a.example\n", "a.hosts:1:1: " },
                { "a.hosts", "0.0.0.0\n", "a.hosts:1:1: " },
                { "a.hosts", "# nothing\n127.0.0.1 localhost\n", "a.hosts:1:1: this deny list names nothing" },
                { "a.hosts", "", "names nothing" },
                { "a.hosts", "<!DOCTYPE html>\n", "a.hosts:1:1: \"<!DOCTYPE html>\"" },
                { "a.domains", "a.example\n0.0.0.0 b.example\n", "a.domains:2:1: " },
                { "a.domains", "a.example/path\n", "a.domains:1:1: " },
                { "a.domains", "192.0.2.1\n", "a.domains:1:1: " },
                { "a.domains", "b\xc3\xbc" "cher.example\n", "a.domains:1:1: " },
                { "a.adblock", "||a.example^\n##.banner\n", "a.adblock:2:1: " },
                { "a.adblock", "@@||a.example^\n", "a.adblock:1:1: " },
                { "a.adblock", "||a.example^$third-party\n", "a.adblock:1:1: " },
                { "a.adblock", "||a.*.example^\n", "a.adblock:1:1: " },
                { "a.rpz", "a.example CNAME rpz-passthru.\n", "a.rpz:1:1: " },
                { "a.rpz", "32.1.2.0.192.rpz-ip CNAME .\n", "a.rpz:1:1: " },
                { "a.rpz", "a.example A 192.0.2.1\n", "a.rpz:1:1: " },
                { "a.rpz", "a.example. CNAME .\n", "a.rpz:1:1: " },
                { "a.rpz", "@ SOA a. b. ( 1 2\na.example CNAME .\n", "a parenthesis does not end" },
                { "a.txt", "a.example\n", "a.txt: the format of this deny list is not known" },
                { "list", "a.example\n", "format" },
                { "a-name-that-is-longer-than-a-title-may-be.hosts", "0.0.0.0 a.example\n", "too long" },
        };

        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                ck_assert_msg(load(cases[i].file, cases[i].text) == -22, "%s: %s", cases[i].file, cases[i].text);
                ck_assert_msg(strstr(problem.text, cases[i].words), "'%s' does not say '%s'", problem.text, cases[i].words);
                teardown();
                setup();
        }
}
END_TEST

START_TEST(test_long) {
        char *text = malloc(3 << 20), *at = text;

        for (int i = 0; i < 100000; i++) /* over several pieces of the file */
                at += sprintf(at, "0.0.0.0 n%d.example\n", i);
        ck_assert_msg(load("a.hosts", text) == 0, "%s", problem.text);
        ck_assert_uint_eq(maker.head.n_names, 100000);
        memset(text, 'a', 2 << 20);
        text[2 << 20] = '\0';
        ck_assert_int_eq(load("b.domains", text), -22);
        ck_assert_ptr_nonnull(strstr(problem.text, "b.domains:1:1: this line is too long"));
        free(text);
}
END_TEST

int main(void) {
        Suite *suite = suite_create("compile-denylist");
        TCase *all = tcase_create("all");
        SRunner *runner = srunner_create(suite);
        int failed;

        tcase_add_checked_fixture(all, setup, teardown);
        tcase_add_test(all, test_formats);
        tcase_add_test(all, test_wrong);
        tcase_add_test(all, test_long);
        suite_add_tcase(suite, all);
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
