/* policy-lint: what is allowed to stand in a policy and yet is hardly meant.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-pattern.h"
#include "policy/policy-set.h"

typedef enum PolicyLintCode {
        POLICY_LINT_COVERED,      /* the pattern changes nothing: other covers it in the same kind */
        POLICY_LINT_PORT,         /* the pattern's port is none that the kind's gateway dials */
        POLICY_LINT_HTTP,         /* the pattern is for http, which the kind's gateway does not carry */
        POLICY_LINT_NO_NETWORK,   /* the kind has patterns and no network */
        POLICY_LINT_STAR,         /* a '*' in a path stands for itself */
        POLICY_LINT_NO_SITE,      /* nothing opens in the kind by itself, and it is not the default */
        POLICY_LINT_START_PAGE,   /* the start page opens in another kind: other */
        POLICY_LINT_SCRATCH,      /* the zone may write more than it may remember */
        POLICY_LINT_SAME,         /* the value is what the layer above says already */
        POLICY_LINTS,
} PolicyLintCode;

typedef struct PolicyLint {
        PolicyLintCode code;
        const PolicySetItem *item;
        const char *path;         /* of the key, with [N] where the file's list has the pattern */
        size_t document;          /* in which of the item's files */
        const char *text, *other;
} PolicyLint;

/* The table must be the set's. Calls tell for every finding; returns their number. */
size_t policy_lint(const PolicySet *set, const PolicyTable *table, const PolicyPatternIndex *index, void (*tell)(void *data, const PolicyLint *lint), void *data);
