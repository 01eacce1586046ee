/* control-plan: every plan is good.
 * Runs as: anyone (pure).  Input: that of the program it is linked into.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"
#include "policy/policy-plan.h"

CONTROL("plan");

const char *__wrap_policy_plan_check(const PolicyPlan *plan, const PolicyTable *table);

const char *__wrap_policy_plan_check(const PolicyPlan *plan, const PolicyTable *table) {
        (void)plan;
        (void)table;
        return NULL;
}
