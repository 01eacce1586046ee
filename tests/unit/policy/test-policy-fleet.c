/* test-policy-fleet: signed files survive their encoding in one form only; numbers never go back; keys come and go.
 * Runs as: anyone (pure).  Input: none.  Must not: need a privilege.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fleet-sample.h"
#include <check.h>

#define ROOTS (SAMPLE_BIT(ROOT_A) | SAMPLE_BIT(ROOT_B))
#define PAIR (SAMPLE_BIT(POLICY_A) | SAMPLE_BIT(POLICY_B))

static uint32_t state = 1;
static uint32_t pick(uint32_t below) { /* the same numbers in every run */
        state = state * 1664525u + 1013904223u;
        return (state >> 8) % below;
}

START_TEST(test_sign_then_verify) {
        for (unsigned round = 0; round < 300; round++) {
                uint8_t payload[600], public[32], secret[64];
                size_t n = pick(sizeof payload);
                unsigned keys = 1 + pick((1u << SAMPLE_KEYS) - 1);
                PolicySigned got;

                for (size_t i = 0; i < n; i++)
                        payload[i] = (uint8_t)pick(256);
                SampleFile file = sample_sign(POLICY_SIGNED_POINTER, payload, n, keys);
                ck_assert_int_eq(policy_signed_decode(file.bytes, file.n, POLICY_SIGNED_POINTER, &got), 0);
                ck_assert_uint_eq(got.n_payload, n);
                if (n)
                        ck_assert_mem_eq(got.payload, payload, n);
                ck_assert_uint_eq(got.n_signatures, (unsigned)__builtin_popcount(keys));
                for (unsigned i = 0; i < got.n_signatures; i++)
                        ck_assert_int_eq(policy_signed_check(&got, i), 0);
                size_t at = pick((uint32_t)file.n); /* any bit turned: another form, or a signature that no longer holds */
                file.bytes[at] ^= (uint8_t)(1u << pick(8));
                bool all = policy_signed_decode(file.bytes, file.n, POLICY_SIGNED_POINTER, &got) == 0 && got.n_signatures == (unsigned)__builtin_popcount(keys);
                for (unsigned i = 0; all && i < got.n_signatures; i++)
                        all = policy_signed_check(&got, i) == 0;
                ck_assert(!all);
                sample_key(0, public, secret);
                free(file.bytes);
        }
}
END_TEST

START_TEST(test_type_is_signed) {
        SampleFile file = sample_sign(POLICY_SIGNED_POINTER, "x", 1, SAMPLE_BIT(POINTER));
        PolicySigned got;

        ck_assert_int_eq(policy_signed_decode(file.bytes, file.n, POLICY_SIGNED_BUNDLE, &got), POLICY_REFUSED_WRONG_TYPE);
        ck_assert_int_eq(policy_signed_decode(file.bytes, file.n, POLICY_SIGNED_POINTER, &got), 0);
        got.type = POLICY_SIGNED_TRUST;
        ck_assert_int_eq(policy_signed_check(&got, 0), POLICY_REFUSED_BAD_SIGNATURE);
        free(file.bytes);
}
END_TEST

START_TEST(test_canonical) {
        PolicyTrust t = sample_trust(), again;
        PolicyBundle b = sample_bundle(), *unpacked = NULL;
        uint8_t *one = NULL, *two = NULL;
        size_t n_one, n_two;

        ck_assert_int_eq(policy_trust_encode(&t, &one, &n_one), 0);
        ck_assert_int_eq(policy_trust_decode(one, n_one, &again), 0);
        ck_assert_int_eq(policy_trust_encode(&again, &two, &n_two), 0);
        ck_assert_uint_eq(n_one, n_two);
        ck_assert_mem_eq(one, two, n_one);
        free(one);
        free(two);
        ck_assert_int_eq(policy_bundle_encode(&b, &one, &n_one), 0);
        ck_assert_int_eq(policy_bundle_decode(one, n_one, &unpacked), 0);
        ck_assert_uint_eq(unpacked->n_files, 3);
        ck_assert_str_eq(unpacked->files[1].name, "kinds.d/office.jsonc");
        ck_assert_uint_eq(unpacked->files[1].n, b.files[1].n);
        ck_assert_mem_eq(unpacked->files[1].bytes, b.files[1].bytes, b.files[1].n);
        ck_assert_int_eq(policy_bundle_encode(unpacked, &two, &n_two), 0);
        ck_assert_uint_eq(n_one, n_two);
        ck_assert_mem_eq(one, two, n_one);
        policy_bundle_free(unpacked);
        free(one);
        free(two);
        SampleFile file = { (uint8_t *)"x", 1 };
        PolicyPointer p = sample_pointer(&file), q;
        ck_assert_int_eq(policy_pointer_encode(&p, &one, &n_one), 0);
        ck_assert_int_eq(policy_pointer_decode(one, n_one, &q), 0);
        ck_assert_mem_eq(p.bundle, q.bundle, 32);
        ck_assert_int_eq(p.expires, q.expires);
        for (size_t cut = 0; cut < n_one; cut++)
                ck_assert_int_ne(policy_pointer_decode(one, cut, &q), 0);
        free(one);
}
END_TEST

START_TEST(test_times) {
        static const char *const bad[] = { "", "2026-11-22", "2026-02-30T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22t00:00:00Z", "2026-11-22T00:00:60Z",
                                           "1999-12-31T23:59:59Z", "2026-13-01T00:00:00Z", "+026-11-22T00:00:00Z", "2026-11-22T00:00:00+", "２０２６-11-22T00:00" };
        char text[POLICY_TIME_MAX];
        int64_t t;

        ck_assert(policy_time_parse("2028-02-29T12:34:56Z", &t));
        ck_assert_int_eq(t, 1835440496);
        policy_time_text(t, text);
        ck_assert_str_eq(text, "2028-02-29T12:34:56Z");
        ck_assert(policy_time_parse("9999-12-31T23:59:59Z", &t));
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(!policy_time_parse(bad[i], &t), "%s", bad[i]);
}
END_TEST

static PolicyFleet fresh(void) {
        PolicyFleet f = { .channel = "stable", .trust = 1, .issued = SAMPLE_NOW - 1000, .expires = SAMPLE_NOW - 1000 };
        return f;
}

/* Takes a pointer and its bundle as a desktop would. */
static int take(PolicyFleet *f, const PolicyTrust *t, const SampleFile *pointer, const SampleFile *bundle, int64_t now) {
        PolicyPointer p;
        int r = policy_fleet_pointer(f, t, pointer->bytes, pointer->n, now, 1000, &p);

        if (r == 0)
                r = policy_fleet_bundle(t, &p, bundle->bytes, bundle->n, true, NULL);
        if (r == 0)
                policy_fleet_remember(f, t, pointer->bytes, pointer->n, &p);
        return r;
}

START_TEST(test_life) {
        PolicyTrust t = sample_trust();
        PolicyBundle b = sample_bundle();
        SampleFile bundle = sample_bundle_file(&b, PAIR);
        PolicyPointer p = sample_pointer(&bundle);
        SampleFile pointer = sample_pointer_file(&p, SAMPLE_BIT(POINTER));
        PolicyFleet f = fresh(), again;
        uint8_t *bytes;
        size_t n;

        ck_assert_int_eq(policy_fleet_stale(&f, SAMPLE_NOW), -1);
        ck_assert_int_eq(take(&f, &t, &pointer, &bundle, SAMPLE_NOW), 0);
        ck_assert_uint_eq(f.pointer, 42);
        ck_assert_uint_eq(f.serial, 7);
        ck_assert_int_eq(policy_fleet_stale(&f, SAMPLE_NOW), 0);
        ck_assert_int_eq(policy_fleet_stale(&f, p.expires + 5), 5);
        ck_assert_int_eq(policy_fleet_encode(&f, &bytes, &n), 0);
        ck_assert_int_eq(policy_fleet_decode(bytes, n, &again), 0);
        ck_assert_uint_eq(again.n_by, 1);
        ck_assert_int_eq(again.expires, f.expires);
        free(bytes);
        ck_assert_int_eq(take(&f, &t, &pointer, &bundle, SAMPLE_NOW), 0); /* the same again is no step back */
        free(pointer.bytes);
        p.version = 43; /* a renewal with the same bundle */
        p.expires += SAMPLE_DAY;
        pointer = sample_pointer_file(&p, SAMPLE_BIT(POINTER));
        ck_assert_int_eq(take(&f, &t, &pointer, &bundle, SAMPLE_NOW + 100), 0);
        ck_assert_uint_eq(f.pointer, 43);
        free(pointer.bytes);
        free(bundle.bytes);
}
END_TEST

/* What is accepted raises the floor, and nothing that is refused changes it: random walks over versions and clocks. */
START_TEST(test_never_back) {
        PolicyTrust t = sample_trust();
        PolicyBundle b = sample_bundle();
        SampleFile bundles[4];
        PolicyFleet f = fresh();
        unsigned accepted = 0;

        for (unsigned i = 0; i < 4; i++) {
                b.serial = i + 1;
                bundles[i] = sample_bundle_file(&b, PAIR);
        }
        for (unsigned round = 0; round < 400; round++) {
                PolicyFleet before = f;
                unsigned which = pick(4);
                PolicyPointer p = sample_pointer(&bundles[which]);
                p.serial = which + 1;
                p.version = f.pointer + pick(4) + (f.pointer > 1 ? 0 : 2) - 1;
                int64_t now = SAMPLE_NOW + (int64_t)pick(20) * SAMPLE_DAY - 10 * SAMPLE_DAY; /* the clock jumps */
                SampleFile pointer = sample_pointer_file(&p, SAMPLE_BIT(POINTER));
                int r = take(&f, &t, &pointer, &bundles[which], now);
                if (r != 0) {
                        ck_assert_mem_eq(&f, &before, sizeof f);
                } else {
                        accepted++;
                        ck_assert(f.pointer >= before.pointer && f.serial >= before.serial && f.issued >= before.issued);
                }
                free(pointer.bytes);
        }
        ck_assert_uint_gt(accepted, 10);
        for (unsigned i = 0; i < 4; i++)
                free(bundles[i].bytes);
}
END_TEST

START_TEST(test_trust_chain) {
        PolicyTrust first = sample_trust(), got, next = sample_trust();
        SampleFile file = sample_trust_file(&first, ROOTS);

        ck_assert_int_eq(policy_trust_first(file.bytes, file.n, &got), 0);
        ck_assert_int_eq(policy_trust_next(&got, file.bytes, file.n, &got), POLICY_REFUSED_TRUST_ORDER);
        free(file.bytes);
        file = sample_trust_file(&first, SAMPLE_BIT(ROOT_A));
        ck_assert_int_eq(policy_trust_first(file.bytes, file.n, &got), POLICY_REFUSED_TOO_FEW);
        free(file.bytes);

        next.version = 2; /* gives nobody more: one key withdrawn */
        next.n_keys = 0;
        for (unsigned i = 0; i < first.n_keys; i++) {
                uint8_t public[32], secret[64];
                sample_key(SAMPLE_POLICY_C, public, secret);
                if (memcmp(first.keys[i].key, public, 32) != 0)
                        next.keys[next.n_keys++] = first.keys[i];
                else
                        memcpy(next.revoked[next.n_revoked++], public, 32);
        }
        ck_assert(policy_trust_tightens(&first, &next));
        ck_assert(!policy_trust_tightens(&next, &first));
        file = sample_trust_file(&next, SAMPLE_BIT(ROOT_B)); /* one signer is enough for that */
        ck_assert_int_eq(policy_trust_next(&first, file.bytes, file.n, &got), 0);
        free(file.bytes);

        sample_trust_add(&next, POLICY_ROLE_POLICY, SAMPLE_NEW); /* a new key needs both */
        ck_assert(!policy_trust_tightens(&first, &next));
        file = sample_trust_file(&next, SAMPLE_BIT(ROOT_B));
        ck_assert_int_eq(policy_trust_next(&first, file.bytes, file.n, &got), POLICY_REFUSED_TOO_FEW);
        free(file.bytes);
        file = sample_trust_file(&next, ROOTS);
        ck_assert_int_eq(policy_trust_next(&first, file.bytes, file.n, &got), 0);
        got.version = 3;
        ck_assert_int_eq(policy_trust_next(&got, file.bytes, file.n, &got), POLICY_REFUSED_TRUST_ORDER);
        free(file.bytes);
}
END_TEST

START_TEST(test_root_rotates) {
        PolicyTrust first = sample_trust(), next = sample_trust(), got;
        uint8_t public[32], secret[64];

        sample_key(SAMPLE_ROOT_B, public, secret);
        next.version = 2;
        next.n_keys = 0;
        for (unsigned i = 0; i < first.n_keys; i++)
                if (memcmp(first.keys[i].key, public, 32) != 0)
                        next.keys[next.n_keys++] = first.keys[i];
        memcpy(next.revoked[next.n_revoked++], public, 32);
        sample_trust_add(&next, POLICY_ROLE_ROOT, SAMPLE_NEW);
        SampleFile file = sample_trust_file(&next, ROOTS); /* the new root has not signed */
        ck_assert_int_eq(policy_trust_next(&first, file.bytes, file.n, &got), POLICY_REFUSED_REVOKED);
        free(file.bytes);
        file = sample_trust_file(&next, SAMPLE_BIT(ROOT_A) | SAMPLE_BIT(NEW)); /* the old root's second has not */
        ck_assert_int_eq(policy_trust_next(&first, file.bytes, file.n, &got), POLICY_REFUSED_TOO_FEW);
        free(file.bytes);
        file = sample_trust_file(&next, ROOTS | SAMPLE_BIT(NEW));
        ck_assert_int_eq(policy_trust_next(&first, file.bytes, file.n, &got), 0);
        free(file.bytes);
}
END_TEST

START_TEST(test_stolen_pointer_key_heals) {
        PolicyTrust first = sample_trust(), next = sample_trust();
        PolicyBundle b = sample_bundle();
        SampleFile bundle = sample_bundle_file(&b, PAIR);
        PolicyPointer p = sample_pointer(&bundle);
        PolicyFleet f = fresh();
        uint8_t secret[64];

        p.version = POLICY_NUMBER_MAX; /* the thief leaves no number above */
        SampleFile pointer = sample_pointer_file(&p, SAMPLE_BIT(POINTER));
        ck_assert_int_eq(take(&f, &first, &pointer, &bundle, SAMPLE_NOW), 0);
        free(pointer.bytes);
        PolicyFleet same = f;
        policy_fleet_trust(&same, &first); /* the same keys: the number stays */
        ck_assert_uint_eq(same.pointer, POLICY_NUMBER_MAX);
        next.version = 2;
        for (unsigned i = 0; i < next.n_keys; i++)
                if (next.keys[i].role == POLICY_ROLE_POINTER) {
                        memcpy(next.revoked[next.n_revoked++], next.keys[i].key, 32);
                        sample_key(SAMPLE_NEW, next.keys[i].key, secret);
                }
        policy_fleet_trust(&f, &next);
        ck_assert_uint_eq(f.pointer, 0);
        ck_assert_uint_eq(f.serial, 7); /* the bundle's stays: other people sign those */
        p.version = 43;
        pointer = sample_pointer_file(&p, SAMPLE_BIT(NEW));
        ck_assert_int_eq(take(&f, &next, &pointer, &bundle, SAMPLE_NOW), 0);
        free(pointer.bytes);
        free(bundle.bytes);
}
END_TEST

START_TEST(test_names) {
        static const char *const good[] = { "hanare.jsonc", "kinds.d/a.jsonc", "authorities/a.pem", "authorities/a.crt", "tests.d/x_y.jsonc" };
        static const char *const bad[] = { "", "/", ".", "..", "../hanare.jsonc", "/etc/passwd", "hanare.jsonc/", "kinds.d", "kinds.d/", "kinds.d/.jsonc",
                "kinds.d/../a.jsonc", "kinds.d/..jsonc/a.jsonc", "kinds.d//a.jsonc", "kinds.d/a/b.jsonc", "kinds.d/A.jsonc", "kinds.d/a.json", "kinds.d/a.jsonc ",
                "kinds.d/業務.jsonc", "kinds.d\\a.jsonc", "other/a.jsonc", "tests/a.jsonc", "groups.d/a.jsonc", "kinds.d/a.jsonc\n", "kinds.d/-a.jsonc", "Kinds.d/a.jsonc", "authorities/a.key" };

        for (size_t i = 0; i < sizeof good / sizeof *good; i++)
                ck_assert_msg(policy_bundle_name_valid(good[i]), "%s", good[i]);
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(!policy_bundle_name_valid(bad[i]), "%s", bad[i]);
}
END_TEST

START_TEST(test_reasons) {
        for (int i = 0; i < POLICY_REFUSALS; i++) {
                ck_assert_ptr_nonnull(policy_refusal_name(i));
                ck_assert_uint_gt(strlen(policy_refusal_text(i)), 5);
                for (int k = 0; k < i; k++)
                        ck_assert_str_ne(policy_refusal_name(i), policy_refusal_name(k));
        }
        ck_assert_str_eq(policy_refusal_name(-12), "error");
}
END_TEST

int main(void) {
        Suite *suite = suite_create("policy-fleet");
        TCase *tc = tcase_create("all");
        SRunner *runner = srunner_create(suite);

        if (sodium_init() < 0)
                return 1;
        tcase_set_timeout(tc, 60);
        tcase_add_test(tc, test_sign_then_verify);
        tcase_add_test(tc, test_type_is_signed);
        tcase_add_test(tc, test_canonical);
        tcase_add_test(tc, test_times);
        tcase_add_test(tc, test_life);
        tcase_add_test(tc, test_never_back);
        tcase_add_test(tc, test_trust_chain);
        tcase_add_test(tc, test_root_rotates);
        tcase_add_test(tc, test_stolen_pointer_key_heals);
        tcase_add_test(tc, test_names);
        tcase_add_test(tc, test_reasons);
        suite_add_tcase(suite, tc);
        srunner_run_all(runner, CK_NORMAL);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
