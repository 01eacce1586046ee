/* fuzz-fleet: signed files: what decodes has one form only, and what a desktop follows was signed by enough.
 * Runs as: anyone (pure).  Input: fuzzed bytes; the first says which kind of file.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fleet-sample.h"
#include "fuzz.h"

static void same(const uint8_t *out, size_t n_out, const uint8_t *bytes, size_t n) {
        fuzz_require(n_out == n && memcmp(out, bytes, n) == 0);
}

static void try_pointer(const uint8_t *bytes, size_t n) {
        BASE_FREE uint8_t *out = NULL;
        PolicyPointer p;
        size_t n_out;

        if (policy_pointer_decode(bytes, n, &p) != 0)
                return;
        fuzz_require(p.expires > p.issued && p.n_signers > 0 && policy_word_valid(p.channel, POLICY_MAX_CHANNEL));
        fuzz_require(policy_pointer_encode(&p, &out, &n_out) == 0);
        same(out, n_out, bytes, n);
}

static void try_trust(const uint8_t *bytes, size_t n) {
        BASE_FREE uint8_t *out = NULL;
        PolicyTrust t;
        size_t n_out;

        if (policy_trust_decode(bytes, n, &t) != 0)
                return;
        for (unsigned i = 0; i < t.n_keys; i++)
                fuzz_require(!policy_trust_revoked(&t, t.keys[i].key));
        fuzz_require(policy_trust_tightens(&t, &t));
        fuzz_require(policy_trust_encode(&t, &out, &n_out) == 0);
        same(out, n_out, bytes, n);
}

static void try_bundle(const uint8_t *bytes, size_t n) {
        BASE_FREE uint8_t *out = NULL;
        PolicyBundle *b = NULL;
        size_t n_out;

        if (policy_bundle_decode(bytes, n, &b) != 0)
                return;
        for (unsigned i = 0; i < b->n_files; i++)
                fuzz_require(policy_bundle_name_valid(b->files[i].name) && policy_bundle_text_valid(b->files[i].bytes, b->files[i].n));
        fuzz_require(policy_bundle_encode(b, &out, &n_out) == 0); /* compressed anew: other bytes may say the same */
        policy_bundle_free(b);
}

static void try_signed(PolicySignedType type, const uint8_t *bytes, size_t n) {
        BASE_FREE uint8_t *out = NULL;
        PolicySigned file;
        size_t n_out;

        if (policy_signed_decode(bytes, n, type, &file) != 0)
                return;
        fuzz_require(policy_signed_type(bytes, n) == type);
        fuzz_require(policy_signed_encode(&file, &out, &n_out) == 0);
        same(out, n_out, bytes, n);
        if (type == POLICY_SIGNED_POINTER)
                try_pointer(file.payload, file.n_payload);
        else if (type == POLICY_SIGNED_TRUST)
                try_trust(file.payload, file.n_payload);
        else
                try_bundle(file.payload, file.n_payload);
}

static void try_fleet(const uint8_t *bytes, size_t n) {
        BASE_FREE uint8_t *out = NULL;
        PolicyFleet f;
        size_t n_out;

        if (policy_fleet_decode(bytes, n, &f) != 0)
                return;
        fuzz_require(policy_fleet_encode(&f, &out, &n_out) == 0);
        same(out, n_out, bytes, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        if (n == 0)
                return 0;
        switch (bytes[0]) {
        case 't': try_trust(bytes + 1, n - 1); break;
        case 'p': try_pointer(bytes + 1, n - 1); break;
        case 'b': try_bundle(bytes + 1, n - 1); break;
        case 'f': try_fleet(bytes + 1, n - 1); break;
        case 'T': try_signed(POLICY_SIGNED_TRUST, bytes + 1, n - 1); break;
        case 'P': try_signed(POLICY_SIGNED_POINTER, bytes + 1, n - 1); break;
        case 'B': try_signed(POLICY_SIGNED_BUNDLE, bytes + 1, n - 1); break;
        default: break;
        }
        return 0;
}
