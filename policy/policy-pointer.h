/* policy-pointer: the small file of a channel: which bundle is current, and until when that can be believed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-condition.h"
#include "policy/policy-limits.h"
#include "policy/policy-signed.h"

/*   hanare-pointer 1
 *   channel NAME
 *   version N
 *   issued TIME
 *   not-before TIME
 *   expires TIME                   (at most 400 days after issued)
 *   bundle SHA256 SIZE SERIAL      (of the whole signed bundle file)
 *   signer KEY                     (1 to 8, ascending: who signed the bundle)
 *   needs RELEASE TRUST            (the oldest Hanare and the oldest trust file that may take it)
 *   must ..., option ...           (later: ramps) */
#define POLICY_POINTER_LIFE (400ll * 86400)
#define POLICY_CLOCK_SKEW 86400 /* seconds that a publisher's clock may be ahead of a desktop's */

typedef struct PolicyPointer {
        char channel[POLICY_MAX_CHANNEL + 1];
        uint64_t version;
        int64_t issued, not_before, expires;
        uint8_t bundle[POLICY_HASH];
        uint64_t size, serial;
        unsigned n_signers;
        uint8_t signers[POLICY_MAX_SIGNERS][POLICY_HASH];
        uint64_t release, trust;
        PolicyConditions conditions;
} PolicyPointer;

/* The form alone, of the signed payload. */
int policy_pointer_decode(const void *bytes, size_t n, PolicyPointer *ret);
int policy_pointer_encode(const PolicyPointer *pointer, uint8_t **ret, size_t *ret_n);
