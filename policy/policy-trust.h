/* policy-trust: whose signatures count: keys with roles, thresholds, revocation; and the step to the next such file.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-condition.h"
#include "policy/policy-limits.h"
#include "policy/policy-signed.h"

/*   hanare-trust 1
 *   version N
 *   issued TIME
 *   expires TIME
 *   role root N M                  (N signers for a change that loosens anything, M <= N for one that only tightens)
 *   role policy N M
 *   role pointer N N
 *   key ROLE KEY NAME              (in the order of the roles, then ascending by key)
 *   revoked KEY                    (ascending; never also a key)
 *   must ..., option ... */
typedef enum PolicyRole { POLICY_ROLE_ROOT = 0, POLICY_ROLE_POLICY, POLICY_ROLE_POINTER, POLICY_ROLES } PolicyRole;
extern const char *const policy_role_names[POLICY_ROLES];
#define POLICY_KEY_NAME 95

typedef struct PolicyTrust {
        uint64_t version;
        int64_t issued, expires;
        struct {
                unsigned loosen, tighten;
        } roles[POLICY_ROLES];
        unsigned n_keys, n_revoked;
        struct PolicyTrustKey {
                PolicyRole role;
                uint8_t key[POLICY_HASH];
                char name[POLICY_KEY_NAME + 1];
        } keys[POLICY_MAX_KEYS];
        uint8_t revoked[POLICY_MAX_REVOKED][POLICY_HASH];
        PolicyConditions conditions;
} PolicyTrust;

int policy_trust_decode(const void *bytes, size_t n, PolicyTrust *ret);
/* Puts keys into order; 0, a refusal of what nobody could satisfy, or a negative errno. */
int policy_trust_encode(PolicyTrust *trust, uint8_t **ret, size_t *ret_n);
bool policy_trust_has(const PolicyTrust *trust, PolicyRole role, const uint8_t key[POLICY_HASH]);
bool policy_trust_revoked(const PolicyTrust *trust, const uint8_t key[POLICY_HASH]);
/* Enough good signatures of the role? A bad one of a key of the role refuses the file; those of strangers do not count. */
int policy_trust_check(const PolicyTrust *trust, const PolicySigned *file, PolicyRole role, bool loosens);
/* True when new gives nobody more than old does: no new key, no lower threshold, no longer life, nothing unrevoked. */
bool policy_trust_tightens(const PolicyTrust *old, const PolicyTrust *new);
/* A first trust file: signed by its own root keys. bytes: the whole signed file. */
int policy_trust_first(const void *bytes, size_t n, PolicyTrust *ret);
/* The file after old: version + 1, signed by enough root keys of old and of itself. An expired old one may still be followed. */
int policy_trust_next(const PolicyTrust *old, const void *bytes, size_t n, PolicyTrust *ret);
