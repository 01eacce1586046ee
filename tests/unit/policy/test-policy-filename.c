/* test-policy-filename: what foreign names pretend, and what they may be called at home.
 * Runs as: anyone (pure).  Input: none.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-filename.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

typedef struct Row {
        const char *name, *clean, *ext;
        uint32_t flags;
} Row;

static const Row rows[] = {
        { "見積書（案）.pdf", "見積書（案）.pdf", "pdf", 0 },
        { "が ぱ.docx", "が ぱ.docx", "docx", 0 }, /* marks apart, as macOS writes them */
        { "全角　空白.txt", "全角　空白.txt", "txt", 0 },
        { "PHOTO.JPG", "PHOTO.JPG", "jpg", 0 },
        { "a.tar.gz", "a.tar.gz", "gz", 0 },
        { "none", "none", "", 0 },
        { "v1.2 final.xlsx", "v1.2 final.xlsx", "xlsx", 0 },
        { "ann\u202efdp.exe", "ann_fdp.exe", "exe", POLICY_FILENAME_BIDI | POLICY_FILENAME_ACTS },
        { "a\u2067b.txt", "a_b.txt", "txt", POLICY_FILENAME_BIDI },
        { "a\u200b.txt", "a_.txt", "txt", POLICY_FILENAME_BIDI },
        { "a\xff.txt", "a_.txt", "txt", POLICY_FILENAME_BYTES },
        { "a\xc0\xaf.txt", "a__.txt", "txt", POLICY_FILENAME_BYTES },
        { "a\nb.txt", "a_b.txt", "txt", POLICY_FILENAME_CONTROL },
        { "a\x1b[2J.txt", "a_[2J.txt", "txt", POLICY_FILENAME_CONTROL },
        { "../../etc/passwd", "_.._etc_passwd", "_etc_passwd", POLICY_FILENAME_PATH | POLICY_FILENAME_HIDDEN },
        { "a\u2215b.txt", "a_b.txt", "txt", POLICY_FILENAME_PATH },
        { "x．exe", "x_exe", "", POLICY_FILENAME_PATH },
        { "..", "file", "", POLICY_FILENAME_EMPTY },
        { "", "file", "", POLICY_FILENAME_EMPTY },
        { ".bashrc", "bashrc", "", POLICY_FILENAME_HIDDEN },
        { "-rf", "rf", "", POLICY_FILENAME_HIDDEN },
        { "a.pdf. . ", "a.pdf", "pdf", 0 },
        { "invoice.pdf.exe", "invoice.pdf.exe", "exe", POLICY_FILENAME_ACTS | POLICY_FILENAME_DOUBLE },
        { "invoice.exe.pdf", "invoice.exe.pdf", "pdf", POLICY_FILENAME_DOUBLE },
        { "a.pdf          .exe", "a.pdf   .exe", "exe", POLICY_FILENAME_ACTS | POLICY_FILENAME_PADDED | POLICY_FILENAME_DOUBLE },
        { "CON.txt", "_CON.txt", "txt", POLICY_FILENAME_DEVICE },
        { "com1", "_com1", "", POLICY_FILENAME_DEVICE },
        { "contract.txt", "contract.txt", "txt", 0 },
        { "a:b.txt", "a_b.txt", "txt", POLICY_FILENAME_CHARACTER },
        { "a.ｐｄｆ", "a.ｐｄｆ", "?", 0 },
};

START_TEST(names) {
        PolicyFilename n;

        policy_filename_read(rows[_i].name, strlen(rows[_i].name), &n);
        ck_assert_str_eq(n.clean, rows[_i].clean);
        ck_assert_str_eq(n.ext, rows[_i].ext);
        ck_assert_uint_eq(n.flags, rows[_i].flags);
}
END_TEST

START_TEST(nul_inside) {
        PolicyFilename n;

        policy_filename_read("a\0b.txt", 7, &n);
        ck_assert_str_eq(n.clean, "a_b.txt");
        ck_assert_uint_eq(n.flags, POLICY_FILENAME_CONTROL);
}
END_TEST

START_TEST(long_names_keep_their_ending) {
        char name[1024] = "";
        PolicyFilename n;

        for (int i = 0; i < 200; i++)
                strcat(name, "あ");
        strcat(name, ".docx");
        policy_filename_read(name, strlen(name), &n);
        ck_assert_uint_le(strlen(n.clean), POLICY_IMPORT_MAX_NAME - 10);
        ck_assert_str_eq(n.ext, "docx");
        ck_assert_uint_eq(n.flags, POLICY_FILENAME_LONG);
        ck_assert_uint_eq((strlen(n.clean) - 5) % 3, 0); /* no character was cut */
}
END_TEST

START_TEST(clean_names_stay_clean) {
        PolicyFilename n, again;

        policy_filename_read(rows[_i].name, strlen(rows[_i].name), &n);
        policy_filename_read(n.clean, strlen(n.clean), &again);
        ck_assert_str_eq(n.ext, again.ext);
        ck_assert_uint_eq(again.flags & (POLICY_FILENAME_BYTES | POLICY_FILENAME_CONTROL | POLICY_FILENAME_BIDI | POLICY_FILENAME_PATH | POLICY_FILENAME_CHARACTER), 0);
}
END_TEST

int main(void) {
        Suite *s = suite_create("policy-filename");
        TCase *t = tcase_create("names");
        SRunner *r = srunner_create(s);

        suite_add_tcase(s, t);
        tcase_add_loop_test(t, names, 0, sizeof rows / sizeof *rows);
        tcase_add_loop_test(t, clean_names_stay_clean, 0, sizeof rows / sizeof *rows);
        tcase_add_test(t, nul_inside);
        tcase_add_test(t, long_names_keep_their_ending);
        srunner_run_all(r, CK_NORMAL);
        int failed = srunner_ntests_failed(r);
        srunner_free(r);
        return failed != 0;
}
