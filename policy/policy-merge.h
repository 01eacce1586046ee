/* policy-merge: the layers of policy into one value for each key, and which of two values is looser.
 * Recommended values: the more specific layer wins. Mandatory values: the more authoritative one wins, and the layers below may
 * only tighten it. SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-keys.h"

#define POLICY_MERGE_MAX_OVER 8 /* entries of one key that are remembered as overridden */

typedef struct PolicyValue {
        int64_t number;        /* of a number; 0 and 1 of a BOOL */
        uint32_t n;            /* items: one of a text, the entries of a list, two of each member of an object: its name, its JSON */
        const char *const *items;
} PolicyValue;

typedef struct PolicyEntry { /* one key in one file */
        const PolicyKey *key;
        PolicyValue value;
        PolicyLayer layer;
        PolicyLevel level;
        uint32_t document;     /* whose number it is: the caller's */
} PolicyEntry;

typedef struct PolicyMerged {
        const PolicyKey *key;
        bool set;                          /* false: no layer has the key, and the default stands (value is empty) */
        PolicyValue value;
        const PolicyEntry *from;           /* the last entry that made the value what it is */
        const PolicyEntry *bound;          /* the mandatory entry that binds it; NULL = none */
        uint32_t n_over;
        const PolicyEntry *over[POLICY_MERGE_MAX_OVER]; /* what it replaced, the latest last */
        const PolicyEntry *refused;        /* the first entry that would have loosened a mandatory value, and had no effect */
} PolicyMerged;

/* From the best to the worst: up to POLICY_TIGHTER nobody can be deceived or let out; looks can deceive. */
typedef enum PolicyChange { POLICY_SAME, POLICY_TIGHTER, POLICY_NEUTRAL, POLICY_LOOSER } PolicyChange;

/* Entries of one key, in the order of the layers; those of one layer in the order of their files. New lists are kept in
 * *storage (policy-storage.h). 0 or -ENOMEM. */
int policy_merge_key(const PolicyKey *key, const PolicyEntry *entries, size_t n, void **storage, PolicyMerged *ret_merged);
/* What a change from one value to another does, by the key's direction. */
PolicyChange policy_merge_compare(const PolicyKey *key, const PolicyValue *before, const PolicyValue *after);
/* True for the same items in the same order, or the same number. */
bool policy_merge_equal(const PolicyKey *key, const PolicyValue *a, const PolicyValue *b);
