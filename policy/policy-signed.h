/* policy-signed: the envelope of every file that a fleet is sent: signatures over exact bytes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-lines.h"
#include "policy/policy-refusal.h"
#include <stddef.h>
#include <stdint.h>

/*   hanare-signed 1 TYPE SIGNATURES LENGTH
 *   signature KEY SIGNATURE                   (ascending by key, no key twice)
 *   LENGTH bytes, then the end
 * Signed (Ed25519) are "hanare-signed 1 TYPE LENGTH\n" and the bytes: a signature of one type says nothing about another. */
typedef enum PolicySignedType { POLICY_SIGNED_TRUST = 0, POLICY_SIGNED_POINTER, POLICY_SIGNED_BUNDLE, POLICY_SIGNED_TYPES } PolicySignedType;
#define POLICY_SIGNATURES_MAX 16
#define POLICY_SIGNATURE 64

typedef struct PolicySigned {
        PolicySignedType type;
        unsigned n_signatures;
        struct PolicySignature {
                uint8_t key[POLICY_HASH], bytes[POLICY_SIGNATURE];
        } signatures[POLICY_SIGNATURES_MAX];
        const uint8_t *payload; /* points into what was decoded */
        size_t n_payload;
} PolicySigned;

extern const char *const policy_signed_names[POLICY_SIGNED_TYPES];
/* Bytes that a whole file of a type may have. */
size_t policy_signed_max(PolicySignedType type);

/* Checks the form alone; no signature is tried. */
int policy_signed_decode(const void *bytes, size_t n, PolicySignedType type, PolicySigned *ret);
/* Which type it says it is, or POLICY_SIGNED_TYPES. */
PolicySignedType policy_signed_type(const void *bytes, size_t n);
/* 0 or a negative errno; the caller frees. */
int policy_signed_encode(const PolicySigned *file, uint8_t **ret, size_t *ret_n);
/* Accepted, or BAD_SIGNATURE. */
int policy_signed_check(const PolicySigned *file, unsigned i);
/* Signs with an Ed25519 secret key (64 bytes); the key's earlier signature is replaced. */
int policy_signed_add(PolicySigned *file, const uint8_t secret[64]);
