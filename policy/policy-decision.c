/* policy-decision: may this be opened or run, and where.
 * Runs as: anyone (pure).  Input: a table, and what somebody asks for.  Must not: permit what the table does not name.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-decision.h"
#include "policy/policy-plan.h"
#include <string.h>

static int find_kind(const PolicyTable *table, const char *kind) {
        return policy_name_valid(kind) ? policy_table_find_kind(table, kind) : -1;
}

PolicyDecision policy_decision_open(const PolicyTable *table, const PolicyPatternIndex *index, const char *kind, const char *address, PolicyDecided *ret) {
        uint32_t site = 0;
        int owner = -1, asked;

        *ret = (PolicyDecided){ .kind = -1, .site = -1 };
        if (*address && !policy_address_valid(address, NULL))
                return POLICY_DECISION_BAD_ADDRESS;
        if (*address)
                owner = policy_pattern_index_find(index, address, &site);
        if (owner >= 0) {
                ret->kind = owner;
                ret->site = (int)site;
        }
        if (!*kind && owner >= 0)
                return POLICY_DECISION_YES;
        asked = find_kind(table, *kind ? kind : table->default_kind);
        if (asked < 0)
                return POLICY_DECISION_UNKNOWN_KIND;
        if (owner >= 0 && owner != asked)
                return POLICY_DECISION_OTHER_KIND;
        ret->kind = asked;
        return POLICY_DECISION_YES;
}

PolicyDecision policy_decision_run(const PolicyTable *table, const char *kind, const char *program, PolicyDecided *ret) {
        int asked = find_kind(table, *kind ? kind : table->default_kind);

        *ret = (PolicyDecided){ .kind = asked, .site = -1 };
        if (asked < 0)
                return POLICY_DECISION_UNKNOWN_KIND;
        for (uint32_t i = 1; (table->kinds[asked].flags & POLICY_KIND_RUN) && i < table->kinds[asked].n_programs; i++)
                if (strcmp(table->kinds[asked].programs[i].name, program) == 0) {
                        ret->program = i;
                        return POLICY_DECISION_YES;
                }
        return POLICY_DECISION_NOT_RUN;
}
