/* policy-diff: every change between two policies, and what it does: looser, tighter, or only another look.
 * The same comparison as the merge of layers makes. SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-set.h"

typedef struct PolicyDiff {
        const char *item;       /* the kind's name; "" = the settings */
        const PolicyKey *key;   /* NULL: the whole kind came (before NULL) or went (after NULL) */
        PolicyChange change;    /* never POLICY_SAME */
        const PolicyValue *before, *after;
} PolicyDiff;

/* Calls tell (may be NULL) for every change. Returns the worst: "only tightens" is <= POLICY_TIGHTER.
 * A new kind is looser; a kind that goes is looser too where addresses opened in it, for these then open elsewhere. */
PolicyChange policy_diff(const PolicySet *before, const PolicySet *after, void (*tell)(void *data, const PolicyDiff *diff), void *data);
