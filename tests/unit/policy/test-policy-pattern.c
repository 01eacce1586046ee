/* test-policy-pattern: patterns are read and matched as Chromium's URL filters, in their order, and fast among many.
 * Runs as: anyone (pure).  Input: none.  Must not: need a privilege.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-pattern.h"
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
        const char *text, *canonical; /* NULL = no pattern */
} forms[] = {
        { "bank.example", "bank.example" }, { "BANK.Example", "bank.example" }, { ".Bank.example", ".bank.example" }, { "*", "*" },
        { "HTTPS://bank.example", "https://bank.example" }, { "https://*", "https://*" }, { "https:*", "https://*" }, { "http://*/x", "http://*/x" },
        { "bank.example:8443", "bank.example:8443" }, { "bank.example:8443/Path/x?b=C&d*", "bank.example:8443/Path/x?b=C&d*" }, { "bank.example?x", "bank.example?x" },
        { "192.0.2.1", "192.0.2.1" }, { ".192.0.2.1", "192.0.2.1" }, { "[2001:DB8:0::1]:443", "[2001:db8::1]:443" }, { "銀行.example", "xn--jn2ax2s.example" },
        { "にほん.jp/パス", NULL }, { "日本語.jp", "xn--wgv71a119e.jp" }, { "www.にほん.jp/a", "www.xn--r9j6a7d.jp/a" }, { "xn--wgv71a119e.jp", "xn--wgv71a119e.jp" },
        { "*:443", "*:443" }, { "bank.example/", "bank.example/" }, { "a_b.example", "a_b.example" },
        { "", NULL }, { ".", NULL }, { "..bank.example", NULL }, { "bank..example", NULL }, { "bank.example.", NULL }, { "-a.example", NULL }, { "*.bank.example", NULL },
        { "bank*.example", NULL }, { "ftp://bank.example", NULL }, { "file:///etc", NULL }, { "chrome://settings", NULL }, { "bank.example:0", NULL },
        { "bank.example:65536", NULL }, { "bank.example:", NULL }, { "bank.example:x", NULL }, { "user@bank.example", NULL }, { "bank.example#x", NULL },
        { "bank .example", NULL }, { "bank.example/\"", NULL }, { "bank.example\\x", NULL }, { "https://", NULL }, { "/path", NULL }, { "?q", NULL },
        { "[2001:db8::1", NULL }, { "[192.0.2.1]", NULL }, { "Ｂank.example", NULL }, { "bänk.example", NULL }, { "ｶﾅ.jp", NULL }, { "a.1", NULL },
        { "bank.example/\xe6\x97\xa5", NULL }, { "\xff.example", NULL },
};

START_TEST(test_forms) {
        char text[POLICY_MAX_SITE + 1], again[POLICY_MAX_SITE + 1];

        for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
                bool valid = policy_pattern_canonical(forms[i].text, text);
                ck_assert_msg(valid == (forms[i].canonical != NULL), "%s gives %s", forms[i].text, valid ? text : "nothing");
                if (!valid)
                        continue;
                ck_assert_str_eq(text, forms[i].canonical);
                ck_assert(policy_pattern_canonical(text, again));
                ck_assert_str_eq(text, again);
        }
}
END_TEST

/* Kind 0, 1, 2, ... has the pattern of that place. */
#define MOST 8
static int kind_of(const char *const *patterns, const char *address) {
        static PolicyKind kinds[MOST];
        PolicyTable table = { .kinds = kinds };
        PolicyPatternIndex *index = NULL;
        int kind;

        for (; table.n_kinds < MOST && patterns[table.n_kinds]; table.n_kinds++)
                kinds[table.n_kinds] = (PolicyKind){ .sites = { 1, (const char **)(uintptr_t)&patterns[table.n_kinds] } };
        ck_assert_int_eq(policy_pattern_index_new(&table, &index, NULL, NULL), 0);
        kind = policy_pattern_index_find(index, address, NULL);
        policy_pattern_index_free(index);
        return kind;
}

static const struct {
        const char *patterns[MOST];
        const char *address;
        int kind;
} matches[] = {
        { { "bank.example" }, "https://bank.example/", 0 },
        { { "bank.example" }, "https://WWW.Bank.Example:8443/x?y", 0 },
        { { "bank.example" }, "https://evilbank.example/", -1 },
        { { "bank.example" }, "https://bank.example.org/", -1 },
        { { ".bank.example" }, "https://bank.example/", 0 },
        { { ".bank.example" }, "https://www.bank.example/", -1 },
        { { "bank.example" }, "https://bank.example./", 0 },
        /* an exact host wins over a longer one with sub-names; then the longer host */
        { { "bank.example", ".bank.example" }, "https://bank.example/", 1 },
        { { "example", "bank.example", "*" }, "https://www.bank.example/", 1 },
        { { "example", "*" }, "https://x.example/", 0 },
        { { "example", "*" }, "https://x.test/", 1 },
        { { "https://*", "*" }, "https://x.test/", 0 },
        { { "https://*", "*" }, "http://x.test/", 1 },
        /* scheme and port */
        { { "https://bank.example" }, "http://bank.example/", -1 },
        { { "bank.example:443" }, "https://bank.example/", 0 },
        { { "bank.example:80" }, "http://bank.example/", 0 },
        { { "bank.example:443" }, "https://bank.example:8443/", -1 },
        { { "bank.example:8443", "bank.example" }, "https://bank.example/", 1 },
        { { "bank.example", "bank.example:8443" }, "https://bank.example:8443/", 1 },
        /* paths begin with; case counts; the longest wins */
        { { "a.example/in" }, "https://a.example/inner/x", 0 },
        { { "a.example/in" }, "https://a.example/In", -1 },
        { { "a.example/in" }, "https://a.example", -1 },
        { { "a.example/" }, "https://a.example", 0 },
        { { "a.example", "a.example/a", "a.example/a/b", "a.example/a/c" }, "https://a.example/a/bb", 2 },
        { { "a.example", "a.example/a", "a.example/a/b", "a.example/a/c" }, "https://a.example/a/d", 1 },
        { { "a.example", "a.example/a", "a.example/a/b", "a.example/a/c" }, "https://a.example/", 0 },
        { { "a.example/a/b", "a.example/a/b/c/d" }, "https://a.example/a/b/c/x", 0 },
        { { "example/long/path", "a.example" }, "https://a.example/long/path", 1 },
        { { "a.example/safe", "a.example/x" }, "https://a.example/safe/../x/", 1 },
        { { "a.example/safe", "a.example/x" }, "https://a.example/safe/%2E%2e/x", 1 },
        { { "a.example/safe" }, "https://a.example/./safe", 0 },
        { { "a.example/*" }, "https://a.example/b", -1 },
        /* queries: every part must be there, in any order; a '*' at the end of one is a beginning */
        { { "a.example/w?v=1" }, "https://a.example/w?x=2&v=1", 0 },
        { { "a.example/w?v=1" }, "https://a.example/w?v=12", -1 },
        { { "a.example/w?v=1*" }, "https://a.example/w?v=12", 0 },
        { { "a.example/w?v=1&x=2" }, "https://a.example/w?x=2&v=1#f", 0 },
        { { "a.example/w?v=1&x=2" }, "https://a.example/w?v=1", -1 },
        { { "a.example?v" }, "https://a.example/any?v", 0 },
        { { "a.example?v=" }, "https://a.example/any?v", 0 },
        { { "a.example?v" }, "https://a.example/any?v=1", -1 },
        { { "a.example?v*" }, "https://a.example/any?video=1", 0 },
        { { "a.example/w", "a.example/w?v=1", "a.example/w?v=1&x=2" }, "https://a.example/w?v=1&x=2", 2 },
        { { "a.example/w", "a.example/w?v=1" }, "https://a.example/w?v=2", 0 },
        { { "a.example/w?v=1" }, "https://a.example/w#?v=1", -1 },
        /* addresses */
        { { "192.0.2.1" }, "https://192.0.2.1/", 0 },
        { { "[2001:db8::1]" }, "https://[2001:DB8:0:0::1]:443/", 0 },
        { { "日本語.jp" }, "https://www.xn--wgv71a119e.jp/", 0 },
};

START_TEST(test_matches) {
        int kind = kind_of(matches[_i].patterns, matches[_i].address);
        ck_assert_msg(kind == matches[_i].kind, "%s: %d, not %d", matches[_i].address, kind, matches[_i].kind);
}
END_TEST

START_TEST(test_bad) {
        static const char *const same[] = { "a.example", "b.example", "A.example" }, *const none[] = { "*.a" };
        static char texts[POLICY_PATTERN_MAX_ALIKE + 1][40];
        const char *alike[POLICY_PATTERN_MAX_ALIKE + 1];
        PolicyKind kinds[2] = { { .sites = { 1, (const char **)(uintptr_t)same } }, { .sites = { 2, (const char **)(uintptr_t)(same + 1) } } };
        PolicyTable table = { .n_kinds = 2, .kinds = kinds };
        PolicyPatternIndex *index = NULL;
        uint32_t kind = 9, site = 9;

        ck_assert_int_eq(policy_pattern_index_new(&table, &index, &kind, &site), -EINVAL);
        ck_assert_uint_eq(kind, 1);
        ck_assert_uint_eq(site, 1);
        kinds[1].sites = (PolicyStrings){ 1, (const char **)(uintptr_t)none };
        ck_assert_int_eq(policy_pattern_index_new(&table, &index, &kind, &site), -EINVAL);
        ck_assert_uint_eq(site, 0);
        for (size_t i = 0; i <= POLICY_PATTERN_MAX_ALIKE; i++) {
                snprintf(texts[i], sizeof texts[i], "a.test/x?v=%zu", i);
                alike[i] = texts[i];
        }
        kinds[1].sites = (PolicyStrings){ POLICY_PATTERN_MAX_ALIKE, alike };
        ck_assert_int_eq(policy_pattern_index_new(&table, &index, &kind, &site), 0);
        policy_pattern_index_free(index);
        index = NULL;
        kinds[1].sites.n++;
        ck_assert_int_eq(policy_pattern_index_new(&table, &index, &kind, &site), -EINVAL);
        ck_assert_ptr_null(index);
}
END_TEST

/* The slow and plain way: every pattern asked, the best kept. */
static int slow(const PolicyTable *table, const char *address) {
        const char *best = NULL;
        int kind = -1;
        char canonical[POLICY_MAX_SITE + 1];

        for (uint32_t k = 0; k < table->n_kinds; k++)
                for (uint32_t i = 0; i < table->kinds[k].sites.n; i++) {
                        PolicyKind one = { .sites = { 1, table->kinds[k].sites.items + i } };
                        PolicyTable alone = { .n_kinds = 1, .kinds = &one };
                        PolicyPatternIndex *index = NULL;
                        PolicyPattern p, b = { 0 };
                        bool better;
                        ck_assert_int_eq(policy_pattern_index_new(&alone, &index, NULL, NULL), 0);
                        bool hit = policy_pattern_index_find(index, address, NULL) == 0;
                        policy_pattern_index_free(index);
                        if (!hit || !policy_pattern_parse(one.sites.items[0], &p) || !policy_pattern_canonical(one.sites.items[0], canonical))
                                continue;
                        if (best)
                                ck_assert(policy_pattern_parse(best, &b));
                        better = !best || (b.subdomains && !p.subdomains) ||
                                 (b.subdomains == p.subdomains && (strlen(p.host) > strlen(b.host) || (strlen(p.host) == strlen(b.host) && p.path_n > b.path_n)));
                        if (better) {
                                best = one.sites.items[0];
                                kind = (int)k;
                        }
                }
        return kind;
}

START_TEST(test_against_slow) {
        static const char *const hosts[] = { "a.test", "b.a.test", "test", ".a.test", ".b.a.test", "*", "c.test" }, *const paths[] = { "", "/x", "/x/y", "/x/yz", "/z" };
        static char texts[35][40];
        const char *items[4][35];
        PolicyKind kinds[4] = { 0 };
        PolicyTable table = { .n_kinds = 4, .kinds = kinds };
        uint32_t seed = 7;

        for (unsigned round = 0; round < 200; round++) {
                PolicyPatternIndex *index = NULL;
                for (size_t k = 0; k < 4; k++)
                        kinds[k].sites = (PolicyStrings){ 0, items[k] };
                for (size_t i = 0; i < 35; i++) {
                        seed = seed * 1664525u + 1013904223u;
                        snprintf(texts[i], sizeof texts[i], "%s%s", hosts[i / 5], paths[i % 5]);
                        if ((seed >> 28) < 10)
                                items[seed >> 20 & 3][kinds[seed >> 20 & 3].sites.n++] = texts[i];
                }
                ck_assert_int_eq(policy_pattern_index_new(&table, &index, NULL, NULL), 0);
                for (size_t i = 0; i < 7; i++)
                        for (size_t j = 0; j < 5; j++) {
                                char address[60];
                                snprintf(address, sizeof address, "https://%s%s", hosts[i][0] == '.' ? hosts[i] + 1 : hosts[i][0] == '*' ? "other.example" : hosts[i], paths[j]);
                                ck_assert_msg(policy_pattern_index_find(index, address, NULL) == slow(&table, address), "%s in round %u", address, round);
                        }
                policy_pattern_index_free(index);
        }
}
END_TEST

int main(void) {
        Suite *suite = suite_create("policy-pattern");
        TCase *all = tcase_create("all");
        int failed;

        tcase_set_timeout(all, 60);
        tcase_add_test(all, test_forms);
        tcase_add_loop_test(all, test_matches, 0, sizeof matches / sizeof *matches);
        tcase_add_test(all, test_bad);
        tcase_add_test(all, test_against_slow);
        suite_add_tcase(suite, all);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
