/* test-base-wire: what is written is read again, and a reader never passes its end.
 * Runs as: anyone (pure).  Input: none.  Must not: need a privilege.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-wire.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(test_round_trip) {
        BaseWriter w;
        BaseReader r;
        size_t n;
        char raw[3];

        base_writer_init(&w, 1 << 20);
        base_write_u32(&w, 0xdeadbeef);
        base_write_u64(&w, 0x0123456789abcdef);
        base_write_string(&w, "日本");
        base_write_bytes(&w, "a\0b", 3);
        base_write_raw(&w, "xyz", 3);
        base_write_bytes(&w, NULL, 0);
        for (int i = 0; i < 1000; i++) /* grows */
                base_write_u32(&w, (uint32_t)i);
        ck_assert(!w.failed);
        ck_assert_uint_eq(w.bytes[0], 0xef); /* little-endian */
        base_reader_init(&r, w.bytes, w.n);
        ck_assert_uint_eq(base_read_u32(&r), 0xdeadbeef);
        ck_assert(base_read_u64(&r) == 0x0123456789abcdef);
        ck_assert_str_eq(base_read_string(&r, 6), "日本");
        ck_assert_mem_eq(base_read_bytes(&r, 3, &n), "a\0b", 3);
        ck_assert_uint_eq(n, 3);
        base_read_raw(&r, raw, 3);
        ck_assert_mem_eq(raw, "xyz", 3);
        base_read_bytes(&r, 0, &n);
        ck_assert_uint_eq(n, 0);
        for (uint32_t i = 0; i < 1000; i++)
                ck_assert_uint_eq(base_read_u32_max(&r, 999), i);
        ck_assert(base_reader_end(&r));
        base_writer_done(&w);
}
END_TEST

START_TEST(test_writer_limit) {
        BaseWriter w;

        base_writer_init(&w, 10);
        base_write_u64(&w, 1);
        base_write_u32(&w, 1); /* 12 > 10 */
        ck_assert(w.failed);
        base_write_raw(&w, "x", 1); /* would fit; the failure sticks */
        ck_assert_uint_eq(w.n, 8);
        base_writer_done(&w);
}
END_TEST

START_TEST(test_reader_failures) {
        static const uint8_t huge[] = { 0xff, 0xff, 0xff, 0xff, 'a', 0 }, no_nul[] = { 2, 0, 0, 0, 'a', 'b' }, inner[] = { 3, 0, 0, 0, 'a', 0, 0 }, empty[] = { 0, 0, 0, 0 };
        static const struct {
                const uint8_t *bytes;
                size_t n;
        } bad[] = { { huge, 6 }, { no_nul, 6 }, { inner, 7 }, { empty, 4 }, { huge, 3 }, { huge, 0 } };
        BaseReader r;

        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                base_reader_init(&r, bad[i].bytes, bad[i].n);
                ck_assert_str_eq(base_read_string(&r, 100), "");
                ck_assert(r.failed);
                ck_assert(!base_reader_end(&r));
                ck_assert_uint_eq(base_read_u32(&r), 0);
        }
        static const uint8_t longer[] = { 3, 0, 0, 0, 'a', 'b', 0 };
        base_reader_init(&r, longer, sizeof longer);
        ck_assert_str_eq(base_read_string(&r, 1), ""); /* two bytes, one permitted */
        base_reader_init(&r, longer, sizeof longer);
        ck_assert_str_eq(base_read_string(&r, 2), "ab");
        base_reader_init(&r, longer, sizeof longer);
        base_read_u32(&r);
        ck_assert(!base_reader_end(&r)); /* bytes are left */
        base_reader_init(&r, longer, sizeof longer);
        ck_assert_uint_eq(base_read_u32_max(&r, 2), 0);
        ck_assert(r.failed);
}
END_TEST

int main(void) {
        Suite *suite = suite_create("base-wire");
        TCase *all = tcase_create("all");
        int failed;

        tcase_add_test(all, test_round_trip);
        tcase_add_test(all, test_writer_limit);
        tcase_add_test(all, test_reader_failures);
        suite_add_tcase(suite, all);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
