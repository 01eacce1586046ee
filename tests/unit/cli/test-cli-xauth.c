/* test-cli-xauth: the right cookie, from whatever file.
 * Runs as: anyone (pure).  Input: none.  Must not: need a display, a bus or root.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-xauth.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

static size_t put(uint8_t *at, unsigned family, const char *address, const char *number, const char *name, const char *data, size_t n_data) {
        uint8_t *start = at;
        const struct {
                const char *bytes;
                size_t n;
        } fields[] = { { address, strlen(address) }, { number, strlen(number) }, { name, strlen(name) }, { data, n_data } };
        *at++ = (uint8_t) (family >> 8), *at++ = (uint8_t) family;
        for (size_t i = 0; i < 4; i++) {
                *at++ = (uint8_t) (fields[i].n >> 8), *at++ = (uint8_t) fields[i].n;
                memcpy(at, fields[i].bytes, fields[i].n);
                at += fields[i].n;
        }
        return (size_t) (at - start);
}

#define COOKIE "0123456789abcdef"
#define OTHER "ffffffffffffffff"
#define MIT "MIT-MAGIC-COOKIE-1"

static size_t whole_file(uint8_t *file) {
        size_t n = put(file, 0, "\x7f\x00\x00\x01", "0", MIT, OTHER, 16); /* another family */
        n += put(file + n, 256, "elsewhere", "0", MIT, OTHER, 16);
        n += put(file + n, 256, "desk", "1", MIT, OTHER, 16);
        n += put(file + n, 256, "desk", "0", "XDM-AUTHORIZATION-1", OTHER, 16);
        n += put(file + n, 256, "desk", "0", MIT, "short", 5);
        n += put(file + n, 256, "desk", "0", MIT, COOKIE, 16);
        return n;
}

START_TEST(finds_ours) {
        uint8_t file[1024], cookie[16];
        size_t n = whole_file(file);
        ck_assert(cli_xauth_find(file, n, "desk", 0, cookie));
        ck_assert_mem_eq(cookie, COOKIE, 16);
        ck_assert(!cli_xauth_find(file, n, "desk", 2, cookie));
        ck_assert(!cli_xauth_find(file, n, "des", 0, cookie));
}
END_TEST

START_TEST(wild_entries) {
        uint8_t file[256], cookie[16];
        size_t n = put(file, 65535, "", "", MIT, COOKIE, 16);
        ck_assert(cli_xauth_find(file, n, "desk", 5, cookie));
}
END_TEST

START_TEST(survives_every_cut) {
        uint8_t file[1024], cookie[16];
        size_t n = whole_file(file);
        for (size_t cut = 0; cut < n; cut++) {
                uint8_t *exact = malloc(cut ? cut : 1); /* so that a read past the end is seen by the sanitizers */
                memcpy(exact, file, cut);
                ck_assert(!cli_xauth_find(exact, cut, "desk", 0, cookie));
                free(exact);
        }
}
END_TEST

START_TEST(survives_lies) {
        uint8_t file[64], cookie[16];
        memset(file, 0xff, sizeof(file));
        ck_assert(!cli_xauth_find(file, sizeof(file), "desk", 0, cookie));
        memset(file, 0, sizeof(file));
        ck_assert(!cli_xauth_find(file, sizeof(file), "", 0, cookie));
}
END_TEST

int main(void) {
        Suite *suite = suite_create("cli-xauth");
        TCase *tcase = tcase_create("all");
        tcase_add_test(tcase, finds_ours);
        tcase_add_test(tcase, wild_entries);
        tcase_add_test(tcase, survives_every_cut);
        tcase_add_test(tcase, survives_lies);
        suite_add_tcase(suite, tcase);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed ? 1 : 0;
}
