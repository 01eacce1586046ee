/* policy-decision: may this be opened or run, and where. The broker decides by this, and `hanare policy explain` and `test` say the same.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-pattern.h"

typedef enum PolicyDecision {
        POLICY_DECISION_YES,
        POLICY_DECISION_BAD_ADDRESS,
        POLICY_DECISION_UNKNOWN_KIND,
        POLICY_DECISION_OTHER_KIND,     /* the address opens in ret->kind only */
        POLICY_DECISION_NOT_RUN,        /* the kind may not run this */
} PolicyDecision;

typedef struct PolicyDecided {
        int kind;         /* index, or -1 */
        int site;         /* the pattern of that kind that decided, or -1 */
        uint32_t program; /* for run */
} PolicyDecided;

/* kind "" = the one that the address belongs to, else the default; address "" = none. */
PolicyDecision policy_decision_open(const PolicyTable *table, const PolicyPatternIndex *index, const char *kind, const char *address, PolicyDecided *ret);
/* kind "" = the default. */
PolicyDecision policy_decision_run(const PolicyTable *table, const char *kind, const char *program, PolicyDecided *ret);
