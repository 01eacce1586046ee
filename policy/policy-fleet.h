/* policy-fleet: what a desktop remembers of its channel, and whether it follows the next pointer and bundle.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-bundle.h"
#include "policy/policy-pointer.h"
#include "policy/policy-trust.h"

/*   hanare-fleet 1
 *   channel NAME
 *   trust N
 *   pointer N SHA256 ISSUED EXPIRES   (of the signed payload; N = 0: none yet, and the hash is of nothing)
 *   by KEY                            (who signed that pointer)
 *   bundle N SHA256                   (its serial; of the whole file)
 * The numbers never go down, but for the pointer's when those who signed it may no longer (policy_fleet_trust). */
#define POLICY_FLEET_MAX 2048
typedef struct PolicyFleet {
        char channel[POLICY_MAX_CHANNEL + 1];
        uint64_t trust, pointer, serial;
        int64_t issued, expires; /* of that pointer: issued is also the earliest that it can be now */
        uint8_t pointer_hash[POLICY_HASH], bundle[POLICY_HASH];
        unsigned n_by;
        uint8_t by[POLICY_SIGNATURES_MAX][POLICY_HASH];
} PolicyFleet;

int policy_fleet_decode(const void *bytes, size_t n, PolicyFleet *ret);
int policy_fleet_encode(const PolicyFleet *fleet, uint8_t **ret, size_t *ret_n);

/* The trust file in use is now this one. Where too few of those who signed the last pointer may still sign pointers, its number is
 * forgotten: whoever stole such a key cannot block a channel with a number that nobody can exceed. */
void policy_fleet_trust(PolicyFleet *fleet, const PolicyTrust *trust);
/* May this desktop follow the pointer? bytes: the whole signed file; now: seconds since 1970; release: this Hanare's. */
int policy_fleet_pointer(const PolicyFleet *fleet, const PolicyTrust *trust, const void *bytes, size_t n, int64_t now, uint64_t release, PolicyPointer *ret);
/* Is this the bundle that the pointer names, signed by enough? loosens: whether it permits anything that the policy in force does not; who
 * cannot tell says true. *ret (policy_bundle_free) may be NULL where only the answer matters. */
int policy_fleet_bundle(const PolicyTrust *trust, const PolicyPointer *pointer, const void *bytes, size_t n, bool loosens, PolicyBundle **ret);
/* Both were accepted. */
void policy_fleet_remember(PolicyFleet *fleet, const PolicyTrust *trust, const void *pointer_bytes, size_t n, const PolicyPointer *pointer);
/* Seconds since the pointer expired; 0 while it is fresh, -1 where there was none yet. */
int64_t policy_fleet_stale(const PolicyFleet *fleet, int64_t now);
