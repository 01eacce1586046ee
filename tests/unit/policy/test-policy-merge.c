/* test-policy-merge: every key's merge, every direction, and what must hold whatever the layers say.
 * Runs as: anyone (pure).  Input: made-up values from a fixed seed.  Must not: need a privilege.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-merge.h"
#include "policy/policy-storage.h"
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 4000

static uint32_t seed = 1;
static void *storage;

static uint32_t pick(uint32_t n) {
        seed = seed * 1664525u + 1013904223u;
        return (seed >> 8) % n;
}

static void setup(void) {
        storage = NULL;
}
static void teardown(void) {
        policy_storage_free(storage);
}

static PolicyValue number(int64_t n) {
        return (PolicyValue){ .number = n };
}

/* Room lives as long as the test. */
static PolicyValue list(uint32_t n, ...) {
        const char **items = policy_storage_take(&storage, n, sizeof *items);
        va_list ap;

        va_start(ap, n);
        for (uint32_t i = 0; i < n; i++)
                items[i] = va_arg(ap, const char *);
        va_end(ap);
        return (PolicyValue){ .n = n, .items = items };
}

static const PolicyKey *key(const char *path) {
        const PolicyKey *k = policy_keys_find(POLICY_KEYS_KIND, path);
        ck_assert_msg(k != NULL, "%s", path);
        return k;
}

static PolicyMerged merge(const PolicyEntry *entries, size_t n) {
        PolicyMerged m;
        ck_assert_int_eq(policy_merge_key(entries[0].key, entries, n, &storage, &m), 0);
        return m;
}

START_TEST(test_compare) {
        static const struct {
                const char *path;
                int64_t before, after;
                PolicyChange change;
        } numbers[] = {
                { "limits.pids", 800, 800, POLICY_SAME }, { "limits.pids", 800, 801, POLICY_LOOSER }, { "limits.pids", 800, 799, POLICY_TIGHTER },
                { "limits.max_age_minutes", 10, 0, POLICY_LOOSER }, { "limits.max_age_minutes", 0, 44640, POLICY_TIGHTER }, { "limits.max_age_minutes", 10, 9, POLICY_TIGHTER },
                { "fresh", 1, 0, POLICY_LOOSER }, { "fresh", 0, 1, POLICY_TIGHTER }, { "network.http", 0, 1, POLICY_LOOSER }, { "network.http", 1, 0, POLICY_TIGHTER },
                { "display", 0, 1, POLICY_LOOSER },
        };
        PolicyValue a, b;

        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
                a = number(numbers[i].before), b = number(numbers[i].after);
                ck_assert_msg(policy_merge_compare(key(numbers[i].path), &a, &b) == numbers[i].change, "%s %zu", numbers[i].path, i);
        }
        a = list(2, "443", "80"), b = list(2, "80", "443");
        ck_assert_int_eq(policy_merge_compare(key("network.ports"), &a, &b), POLICY_SAME);
        b = list(1, "443");
        ck_assert_int_eq(policy_merge_compare(key("network.ports"), &a, &b), POLICY_TIGHTER);
        ck_assert_int_eq(policy_merge_compare(key("network.ports"), &b, &a), POLICY_LOOSER);
        b = list(2, "443", "81");
        ck_assert_int_eq(policy_merge_compare(key("network.ports"), &a, &b), POLICY_LOOSER);
        a = list(1, "*"), b = list(0); /* every name, and none */
        ck_assert_int_eq(policy_merge_compare(key("network.allow"), &a, &b), POLICY_TIGHTER);
        ck_assert_int_eq(policy_merge_compare(key("network.allow"), &b, &a), POLICY_LOOSER);
        b = list(1, "a.example");
        ck_assert_int_eq(policy_merge_compare(key("network.allow"), &a, &b), POLICY_TIGHTER);
        a = list(1, "a.example"), b = list(2, "a.example", "b.example");
        ck_assert_int_eq(policy_merge_compare(key("network.deny"), &a, &b), POLICY_TIGHTER);
        ck_assert_int_eq(policy_merge_compare(key("network.deny"), &b, &a), POLICY_LOOSER);
        a = list(1, "proxy"), b = list(1, "none");
        ck_assert_int_eq(policy_merge_compare(key("network.mode"), &a, &b), POLICY_TIGHTER);
        ck_assert_int_eq(policy_merge_compare(key("network.mode"), &b, &a), POLICY_LOOSER);
        a = list(1, "x"), b = list(1, "y");
        ck_assert_int_eq(policy_merge_compare(key("title.en"), &a, &b), POLICY_NEUTRAL);
        ck_assert_int_eq(policy_merge_compare(key("application"), &a, &b), POLICY_LOOSER);
        ck_assert_int_eq(policy_merge_compare(key("sites"), &a, &b), POLICY_LOOSER);
}
END_TEST

START_TEST(test_levels) {
        const PolicyKey *pids = key("limits.pids");
        PolicyEntry e[] = {
                { .key = pids, .value = number(800), .layer = POLICY_LAYER_VENDOR, .level = POLICY_RECOMMENDED },
                { .key = pids, .value = number(900), .layer = POLICY_LAYER_SITE, .level = POLICY_MANDATORY },
                { .key = pids, .value = number(100), .layer = POLICY_LAYER_GROUP, .level = POLICY_RECOMMENDED },
                { .key = pids, .value = number(500), .layer = POLICY_LAYER_USER, .level = POLICY_RECOMMENDED },
        };
        PolicyMerged m = merge(e, 4);

        ck_assert_int_eq(m.value.number, 500); /* the more specific wins, below what the site bound */
        ck_assert_ptr_eq(m.from, &e[3]);
        ck_assert_ptr_eq(m.bound, &e[1]);
        ck_assert_ptr_null(m.refused);
        ck_assert_uint_eq(m.n_over, 3);
        ck_assert_ptr_eq(m.over[0], &e[0]);
        e[3].value = number(901);
        m = merge(e, 4);
        ck_assert_int_eq(m.value.number, 100);
        ck_assert_ptr_eq(m.refused, &e[3]);
        e[2].level = POLICY_MANDATORY; /* a group may bind its users, and tighter than the site */
        e[3].value = number(101);
        m = merge(e, 4);
        ck_assert_int_eq(m.value.number, 100);
        ck_assert_ptr_eq(m.bound, &e[2]);
        e[0].level = POLICY_MANDATORY; /* what the vendor binds, the site cannot loosen */
        m = merge(e, 2);
        ck_assert_int_eq(m.value.number, 800);
        ck_assert_ptr_eq(m.refused, &e[1]);
        e[1].layer = POLICY_LAYER_VENDOR; /* a later file of one layer speaks for it */
        m = merge(e, 2);
        ck_assert_int_eq(m.value.number, 900);
        ck_assert_ptr_null(m.refused);
        m = merge(e, 0);
        ck_assert(!m.set && !m.from);
}
END_TEST

START_TEST(test_rules) {
        PolicyEntry sites[] = { { .key = key("sites"), .value = list(2, "a", "b"), .layer = POLICY_LAYER_VENDOR, .level = POLICY_RECOMMENDED },
                                { .key = key("sites"), .value = list(2, "b", "c"), .layer = POLICY_LAYER_SITE, .level = POLICY_RECOMMENDED } };
        PolicyEntry members[] = { { .key = key("policies.firefox"), .value = list(4, "A", "1", "B", "2"), .layer = POLICY_LAYER_VENDOR, .level = POLICY_RECOMMENDED },
                                  { .key = key("policies.firefox"), .value = list(4, "B", "3", "C", "4"), .layer = POLICY_LAYER_SITE, .level = POLICY_RECOMMENDED } };
        PolicyMerged m = merge(sites, 2);

        ck_assert_uint_eq(m.value.n, 3);
        ck_assert_str_eq(m.value.items[2], "c");
        m = merge(members, 2);
        ck_assert_uint_eq(m.value.n, 6);
        ck_assert_str_eq(m.value.items[3], "3");
        ck_assert_str_eq(m.value.items[4], "C");
        sites[0].level = POLICY_MANDATORY; /* then nobody may add one: which is looser, nobody can say */
        m = merge(sites, 2);
        ck_assert_uint_eq(m.value.n, 2);
        ck_assert_ptr_eq(m.refused, &sites[1]);
}
END_TEST

/* A value of the key's sort, small enough that values meet. */
static PolicyValue some_value(const PolicyKey *k) {
        static const char *const words[] = { "a", "b", "c", "d" };
        PolicyValue v = { 0 };
        const char **items;

        if (k->type == POLICY_KEY_NUMBER)
                return number(k->min + pick(4));
        if (k->type == POLICY_KEY_BOOL)
                return number(pick(2));
        items = policy_storage_take(&storage, 8, sizeof *items);
        if (k->type == POLICY_KEY_FREE)
                for (uint32_t i = 0; i < 3; i++) {
                        if (pick(2)) {
                                items[v.n++] = words[i];
                                items[v.n++] = words[pick(4)];
                        }
                }
        else if (k->type == POLICY_KEY_STRINGS || k->type == POLICY_KEY_NUMBERS || k->type == POLICY_KEY_WORDS)
                for (uint32_t i = 0; i < 4; i++) {
                        if (pick(2))
                                items[v.n++] = words[i];
                }
        else
                items[v.n++] = k->words ? k->words[pick(2)] : words[pick(4)];
        v.items = items;
        return v;
}

static bool kept(const PolicyKey *k, const PolicyValue *bound, const PolicyValue *value) {
        PolicyChange change = policy_merge_compare(k, bound, value);
        return change == POLICY_SAME || change == POLICY_TIGHTER;
}

/* For every key: what a layer bound is never loosened by a layer below; nothing depends on chance; merging the result with
 * itself changes nothing; no value compares as other than the same with itself, and no change tightens in both directions. */
START_TEST(test_properties) {
        for (const PolicyKey *k = policy_keys; k->path; k++) {
                if (!policy_keys_has_value(k))
                        continue;
                for (unsigned round = 0; round < ROUNDS / 20; round++) {
                        PolicyEntry e[4];
                        size_t n = 0;
                        for (PolicyLayer layer = POLICY_LAYER_VENDOR; layer < POLICY_LAYERS; layer++)
                                if (pick(4))
                                        e[n++] = (PolicyEntry){ .key = k, .value = some_value(k), .layer = layer, .level = pick(2) ? POLICY_MANDATORY : POLICY_RECOMMENDED };
                        if (n == 0)
                                continue;
                        PolicyMerged m = merge(e, n), again = merge(e, n);
                        ck_assert_msg(m.set && policy_merge_equal(k, &m.value, &again.value), "%s", k->path);
                        if (m.bound) {
                                PolicyMerged at = merge(e, (size_t)(m.bound - e) + 1);
                                ck_assert_msg(kept(k, &at.value, &m.value), "%s was loosened", k->path);
                        }
                        PolicyEntry twice[] = { *m.from, *m.from };
                        twice[0].value = twice[1].value = m.value;
                        again = merge(twice, 2);
                        ck_assert_msg(policy_merge_equal(k, &m.value, &again.value) && !again.refused, "%s", k->path);
                        PolicyValue a = some_value(k), b = some_value(k);
                        ck_assert_int_eq(policy_merge_compare(k, &a, &a), POLICY_SAME);
                        ck_assert_msg(policy_merge_compare(k, &a, &b) != POLICY_TIGHTER || policy_merge_compare(k, &b, &a) == POLICY_LOOSER, "%s", k->path);
                }
                policy_storage_free(storage);
                storage = NULL;
        }
}
END_TEST

int main(void) {
        Suite *suite = suite_create("policy-merge");
        TCase *all = tcase_create("all");
        int failed;

        tcase_add_checked_fixture(all, setup, teardown);
        tcase_add_test(all, test_compare);
        tcase_add_test(all, test_levels);
        tcase_add_test(all, test_rules);
        tcase_add_test(all, test_properties);
        suite_add_tcase(suite, all);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
