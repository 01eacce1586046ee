/* test-policy-names: rules are read one way only, deny beats allow, names decide by labels; the deny list finds what was put in.
 * Runs as: anyone (pure).  Input: none.  Must not: need a privilege.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-names.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(test_rules) {
        static const char *const good[] = { "bank.example", ".bank.example", "*.bank.example", "bank.example:443", "*.a-b.c_d.example:65535", "jp", "xn--6oqw72l.jp" };
        static const char *const bad[] = { "", ".", "*", "*.", "*.*.example", "..bank.example", "bank..example", "bank.example.", "Bank.example", "bank.example:", "bank.example:0",
                "bank.example:65536", "bank.example:0443", "bank.example:44a", "192.0.2.1", "a.1", "[::1]", "bank example", "bank.example/", "-a.example", "a*.example",
                "*bank.example", "\xe9\x8a\x80.jp", "bank.example\n", "1" };
        PolicyNamesRule rule;

        for (size_t i = 0; i < sizeof good / sizeof *good; i++)
                ck_assert_msg(policy_names_rule(good[i], &rule), "%s", good[i]);
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(!policy_names_rule(bad[i], &rule), "%s", bad[i]);
}
END_TEST

START_TEST(test_canonical) {
        static const struct {
                const char *in, *out;
        } cases[] = { { "Bank.EXAMPLE", "bank.example" }, { "bank.example.", "bank.example" }, { "-a-.example", "-a-.example" }, { "bank.example..", NULL }, { ".bank.example", NULL },
                      { "bank..example", NULL }, { "127.1", NULL }, { "2130706433", NULL }, { "0x7f000001", NULL }, { "a.0x7f", NULL }, { "a.0x7fg", "a.0x7fg" }, { "a.b.1", NULL },
                      { "", NULL }, { ".", NULL }, { "bank.example\n", NULL }, { "b%61nk.example", NULL }, { "bank.example:443", NULL }, { "\xef\xbc\xa2" "ank.example", NULL }, { "[::1]", NULL } };
        char name[POLICY_NAMES_MAX_NAME + 1], longest[400];

        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                bool ok = policy_names_canonical(cases[i].in, strlen(cases[i].in), name);
                ck_assert_msg(ok == (cases[i].out != NULL), "%s", cases[i].in);
                if (ok)
                        ck_assert_str_eq(name, cases[i].out);
        }
        ck_assert(!policy_names_canonical("bank.example\0.evil.example", 26, name));
        memset(longest, 'a', sizeof longest);
        for (size_t i = 63; i < sizeof longest; i += 64)
                longest[i] = '.';
        ck_assert(policy_names_canonical(longest, 253, name));
        ck_assert(!policy_names_canonical(longest, 254, name) || strlen(name) == 253); /* 254 may end in a dot */
        ck_assert(!policy_names_canonical(longest, 300, name));
        memset(longest, 'a', 70);
        ck_assert(!policy_names_canonical(longest, 64, name));
}
END_TEST

START_TEST(test_judge) {
        static const char *allow[] = { "bank.example", ".www.one.example", "*.cdn.example", "mail.example:993" }, *deny[] = { "ads.bank.example", "*.evil.example", "half.bank.example:8443" };
        static const struct {
                const char *name;
                uint16_t port;
                PolicyNamesVerdict listed, open;
        } cases[] = {
                { "bank.example", 443, POLICY_NAMES_ALLOWED, POLICY_NAMES_ALLOWED },
                { "a.b.bank.example", 443, POLICY_NAMES_ALLOWED, POLICY_NAMES_ALLOWED },
                { "evilbank.example", 443, POLICY_NAMES_UNLISTED, POLICY_NAMES_ALLOWED },
                { "bank.example.evil.test.jp", 443, POLICY_NAMES_UNLISTED, POLICY_NAMES_ALLOWED },
                { "bank.example", 80, POLICY_NAMES_PORT, POLICY_NAMES_PORT },
                { "www.one.example", 443, POLICY_NAMES_ALLOWED, POLICY_NAMES_ALLOWED },
                { "a.www.one.example", 443, POLICY_NAMES_UNLISTED, POLICY_NAMES_ALLOWED },
                { "one.example", 443, POLICY_NAMES_UNLISTED, POLICY_NAMES_ALLOWED },
                { "cdn.example", 443, POLICY_NAMES_UNLISTED, POLICY_NAMES_ALLOWED },
                { "x.cdn.example", 443, POLICY_NAMES_ALLOWED, POLICY_NAMES_ALLOWED },
                { "mail.example", 993, POLICY_NAMES_ALLOWED, POLICY_NAMES_ALLOWED },
                { "mail.example", 443, POLICY_NAMES_UNLISTED, POLICY_NAMES_ALLOWED },
                { "bank.example", 993, POLICY_NAMES_PORT, POLICY_NAMES_PORT },
                { "ads.bank.example", 443, POLICY_NAMES_DENIED, POLICY_NAMES_DENIED },
                { "x.ads.bank.example", 443, POLICY_NAMES_DENIED, POLICY_NAMES_DENIED },
                { "evil.example", 443, POLICY_NAMES_UNLISTED, POLICY_NAMES_ALLOWED },
                { "x.evil.example", 443, POLICY_NAMES_DENIED, POLICY_NAMES_DENIED },
                { "half.bank.example", 443, POLICY_NAMES_ALLOWED, POLICY_NAMES_ALLOWED },
                { "half.bank.example", 8443, POLICY_NAMES_DENIED, POLICY_NAMES_DENIED },
                { "printer.local", 443, POLICY_NAMES_RESERVED, POLICY_NAMES_RESERVED },
                { "intranet", 443, POLICY_NAMES_RESERVED, POLICY_NAMES_RESERVED },
                { "metadata.google.internal", 443, POLICY_NAMES_RESERVED, POLICY_NAMES_RESERVED },
                { "a.b.onion", 443, POLICY_NAMES_RESERVED, POLICY_NAMES_RESERVED },
                { "notlocal", 443, POLICY_NAMES_RESERVED, POLICY_NAMES_RESERVED },
                { "not.alocal", 443, POLICY_NAMES_UNLISTED, POLICY_NAMES_ALLOWED },
        };
        PolicyNames names = { .n_ports = 1, .ports = { 443 }, .allow = { 4, allow }, .deny = { 3, deny } };
        const char *rule;

        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                names.flags = POLICY_KIND_ALLOW_LIST;
                ck_assert_msg(policy_names_judge(&names, cases[i].name, cases[i].port, &rule) == cases[i].listed, "%s:%u listed", cases[i].name, cases[i].port);
                ck_assert_msg((rule != NULL) == (cases[i].listed == POLICY_NAMES_ALLOWED || cases[i].listed == POLICY_NAMES_DENIED), "%s: rule", cases[i].name);
                names.flags = 0;
                ck_assert_msg(policy_names_judge(&names, cases[i].name, cases[i].port, &rule) == cases[i].open, "%s:%u open", cases[i].name, cases[i].port);
        }
        ck_assert_int_eq(policy_names_judge_address(&names, 443), POLICY_NAMES_ALLOWED);
        ck_assert_int_eq(policy_names_judge_address(&names, 22), POLICY_NAMES_PORT);
        names.flags = POLICY_KIND_ALLOW_LIST;
        ck_assert_int_eq(policy_names_judge_address(&names, 443), POLICY_NAMES_ADDRESS);
        ck_assert_int_eq(policy_names_judge_target(&names, "somewhere.example", 443, &rule), POLICY_NAMES_ALLOWED);
        ck_assert_int_eq(policy_names_judge_target(&names, "x.evil.example", 443, &rule), POLICY_NAMES_DENIED);
        names.flags = POLICY_KIND_ALLOW_LIST | POLICY_KIND_STRICT;
        ck_assert_int_eq(policy_names_judge(&names, "mail.example", 993, &rule), POLICY_NAMES_PORT);
}
END_TEST

START_TEST(test_wire) {
        static const char *allow[] = { "bank.example", "*.cdn.example:443" }, *deny[] = { "evil.example" };
        PolicyKind kind = { .allow = { 2, allow }, .deny = { 1, deny } };
        const char *items[2 * POLICY_MAX_NAMES];
        PolicyNames names = { 0 };
        BaseWriter w;
        BaseReader r;

        base_writer_init(&w, 1 << 20);
        policy_names_write(&w, &kind);
        base_reader_init(&r, w.bytes, w.n);
        policy_names_read(&r, items, &names);
        ck_assert(base_reader_end(&r));
        ck_assert_uint_eq(names.allow.n, 2);
        ck_assert_str_eq(names.deny.items[0], "evil.example");
        ck_assert_str_eq(names.allow.items[1], "*.cdn.example:443");
        ((char *)memmem(w.bytes, w.n, "bank", 4))[0] = 'B'; /* a rule that is none fails the whole */
        base_reader_init(&r, w.bytes, w.n);
        policy_names_read(&r, items, &names);
        ck_assert(!base_reader_end(&r));
        base_writer_done(&w);
}
END_TEST

START_TEST(test_denylist) {
        static const uint64_t key[2] = { 0x0706050403020100u, 0x0f0e0d0c0b0a0908u };
        PolicyDenylistMaker maker;
        PolicyDenylist list = { 0 };
        uint8_t *bytes;
        size_t n;
        char name[64];

        ck_assert_int_eq(policy_denylist_maker_init(&maker, key), 0);
        ck_assert_int_eq(policy_denylist_maker_list(&maker, "first"), 0);
        ck_assert_int_eq(policy_denylist_maker_add(&maker, "self.example", 12, POLICY_DENYLIST_SELF), 0);
        ck_assert_int_eq(policy_denylist_maker_add(&maker, "below.example", 13, POLICY_DENYLIST_BELOW), 0);
        ck_assert_int_eq(policy_denylist_maker_list(&maker, "second"), 0);
        ck_assert_int_eq(policy_denylist_maker_add(&maker, "self.example", 12, POLICY_DENYLIST_SELF | POLICY_DENYLIST_BELOW), 0);
        for (int i = 0; i < 50000; i++)
                ck_assert_int_eq(policy_denylist_maker_add(&maker, name, (size_t)snprintf(name, sizeof name, "n%d.many.example", i), POLICY_DENYLIST_SELF | POLICY_DENYLIST_BELOW), 0);
        ck_assert_int_eq(policy_denylist_maker_finish(&maker, &bytes, &n), 0);
        policy_denylist_maker_done(&maker);
        ck_assert_int_eq(policy_denylist_open(bytes, n, &list), 0);
        ck_assert_uint_eq(list.head->n_names, 50002);
        ck_assert_str_eq(policy_denylist_find(&list, "self.example", 12), "first");
        ck_assert_str_eq(policy_denylist_find(&list, "a.self.example", 14), "first");
        ck_assert_ptr_null(policy_denylist_find(&list, "below.example", 13));
        ck_assert_str_eq(policy_denylist_find(&list, "a.b.below.example", 17), "first");
        ck_assert_ptr_null(policy_denylist_find(&list, "many.example", 12));
        ck_assert_ptr_null(policy_denylist_find(&list, "xself.example", 13));
        ck_assert_ptr_null(policy_denylist_find(&list, "example", 7));
        for (int i = 0; i < 50000; i++)
                ck_assert_str_eq(policy_denylist_find(&list, name, (size_t)snprintf(name, sizeof name, "x.n%d.many.example", i)), "second");
        for (int i = 50000; i < 100000; i++)
                ck_assert_ptr_null(policy_denylist_find(&list, name, (size_t)snprintf(name, sizeof name, "n%d.many.example", i)));
        ck_assert_int_lt(policy_denylist_open(bytes, n - 1, &list), 0);
        bytes[0] ^= 1;
        ck_assert_int_lt(policy_denylist_open(bytes, n, &list), 0);
        free(bytes);
}
END_TEST

int main(void) {
        Suite *suite = suite_create("policy-names");
        TCase *all = tcase_create("all");
        SRunner *runner = srunner_create(suite);
        int failed;

        tcase_add_test(all, test_rules);
        tcase_add_test(all, test_canonical);
        tcase_add_test(all, test_judge);
        tcase_add_test(all, test_wire);
        tcase_add_test(all, test_denylist);
        suite_add_tcase(suite, all);
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
