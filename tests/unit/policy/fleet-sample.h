/* fleet-sample: a small site: its keys, trust file, bundle and pointer, for tests and fuzzing.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "base/base-fd.h"
#include "policy/policy-fleet.h"
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define SAMPLE_NOW 1795000000ll /* 18 November 2026 */
#define SAMPLE_DAY 86400ll
enum { SAMPLE_ROOT_A, SAMPLE_ROOT_B, SAMPLE_POLICY_A, SAMPLE_POLICY_B, SAMPLE_POLICY_C, SAMPLE_POINTER, SAMPLE_NEW, SAMPLE_STRANGER, SAMPLE_KEYS };

typedef struct SampleFile {
        uint8_t *bytes;
        size_t n;
} SampleFile;

static inline void sample_key(unsigned i, uint8_t public[32], uint8_t secret[64]) {
        uint8_t seed[32] = { (uint8_t)(i + 1) };
        (void)crypto_sign_seed_keypair(public, secret, seed);
}

static inline void sample_trust_add(PolicyTrust *t, PolicyRole role, unsigned key) {
        uint8_t secret[64];
        struct PolicyTrustKey *k = &t->keys[t->n_keys++];

        k->role = role;
        sample_key(key, k->key, secret);
        (void)snprintf(k->name, sizeof k->name, "%s %u 鍵", policy_role_names[role], key);
}

static inline PolicyTrust sample_trust(void) {
        PolicyTrust t = { .version = 1, .issued = SAMPLE_NOW - 10 * SAMPLE_DAY, .expires = SAMPLE_NOW + 700 * SAMPLE_DAY,
                          .roles = { { 2, 1 }, { 2, 1 }, { 1, 1 } } };

        sample_trust_add(&t, POLICY_ROLE_ROOT, SAMPLE_ROOT_A);
        sample_trust_add(&t, POLICY_ROLE_ROOT, SAMPLE_ROOT_B);
        sample_trust_add(&t, POLICY_ROLE_POLICY, SAMPLE_POLICY_A);
        sample_trust_add(&t, POLICY_ROLE_POLICY, SAMPLE_POLICY_B);
        sample_trust_add(&t, POLICY_ROLE_POLICY, SAMPLE_POLICY_C);
        sample_trust_add(&t, POLICY_ROLE_POINTER, SAMPLE_POINTER);
        return t;
}

static inline PolicyBundle sample_bundle(void) {
        static const char kind[] = "{\n  \"title\": \"業務\" // 日本語\n}\n", settings[] = "{ \"default_kind\": \"web\" }\n", test[] = "[]\n";
        PolicyBundle b = { .serial = 7, .issued = SAMPLE_NOW - 100, .n_channels = 2, .channels = { "stable", "test" }, .n_files = 3 };

        b.files[0] = (struct PolicyBundleFile){ "hanare.jsonc", (const uint8_t *)settings, sizeof settings - 1 };
        b.files[1] = (struct PolicyBundleFile){ "kinds.d/office.jsonc", (const uint8_t *)kind, sizeof kind - 1 };
        b.files[2] = (struct PolicyBundleFile){ "tests.d/office.jsonc", (const uint8_t *)test, sizeof test - 1 };
        return b;
}

/* Signed by the keys whose bits are set. */
static inline SampleFile sample_sign(PolicySignedType type, const void *payload, size_t n, unsigned keys) {
        PolicySigned file = { .type = type, .payload = payload, .n_payload = n };
        SampleFile out = { 0 };

        for (unsigned i = 0; i < SAMPLE_KEYS; i++)
                if (keys & 1u << i) {
                        uint8_t public[32], secret[64];
                        sample_key(i, public, secret);
                        if (policy_signed_add(&file, secret) != 0)
                                abort();
                }
        if (policy_signed_encode(&file, &out.bytes, &out.n) != 0)
                abort();
        return out;
}

static inline SampleFile sample_trust_file(PolicyTrust *t, unsigned keys) {
        BASE_FREE uint8_t *bytes = NULL;
        size_t n;

        if (policy_trust_encode(t, &bytes, &n) != 0)
                abort();
        return sample_sign(POLICY_SIGNED_TRUST, bytes, n, keys);
}

static inline SampleFile sample_bundle_file(const PolicyBundle *b, unsigned keys) {
        BASE_FREE uint8_t *bytes = NULL;
        size_t n;

        if (policy_bundle_encode(b, &bytes, &n) != 0)
                abort();
        return sample_sign(POLICY_SIGNED_BUNDLE, bytes, n, keys);
}

/* A pointer at this bundle file. */
static inline PolicyPointer sample_pointer(const SampleFile *bundle) {
        PolicyPointer p = { .channel = "stable", .version = 42, .issued = SAMPLE_NOW - 60, .not_before = SAMPLE_NOW - 60, .expires = SAMPLE_NOW + 3 * SAMPLE_DAY,
                            .size = bundle->n, .serial = 7, .n_signers = 2, .release = 1000, .trust = 1 };
        uint8_t secret[64];

        crypto_hash_sha256(p.bundle, bundle->bytes, bundle->n);
        sample_key(SAMPLE_POLICY_A, p.signers[0], secret);
        sample_key(SAMPLE_POLICY_B, p.signers[1], secret);
        if (memcmp(p.signers[0], p.signers[1], 32) > 0) {
                uint8_t swap[32];
                memcpy(swap, p.signers[0], 32);
                memcpy(p.signers[0], p.signers[1], 32);
                memcpy(p.signers[1], swap, 32);
        }
        return p;
}

static inline SampleFile sample_pointer_file(const PolicyPointer *p, unsigned keys) {
        BASE_FREE uint8_t *bytes = NULL;
        size_t n;

        if (policy_pointer_encode(p, &bytes, &n) != 0)
                abort();
        return sample_sign(POLICY_SIGNED_POINTER, bytes, n, keys);
}

#define SAMPLE_BIT(key) (1u << SAMPLE_##key)
