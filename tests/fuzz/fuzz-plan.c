/* fuzz-plan: a plan that decodes encodes to the same bytes, and one that the check passes is within its table.
 * Runs as: anyone (pure).  Input: fuzzed bytes.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"
#include "policy-sample.h"
#include <errno.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        PolicyKind kinds[2];
        PolicyTable table = sample_table(kinds);
        PolicyPlan *plan = NULL;
        uint8_t *out = NULL;
        size_t n_out = 0;
        int r = policy_plan_decode(bytes, n, &plan);

        if (r < 0) {
                fuzz_require(r == -EBADMSG && plan == NULL);
                return 0;
        }
        fuzz_require(policy_plan_encode(plan, &out, &n_out) == 0);
        fuzz_require(n_out == n && memcmp(out, bytes, n) == 0); /* one form only */
        memcpy(table.hash, plan->table_hash, sizeof table.hash);
        if (policy_plan_check(plan, &table) == NULL) {
                fuzz_require(plan->kind < table.n_kinds && plan->program < kinds[plan->kind].n_programs);
                fuzz_require(plan->owner >= 1000 && plan->owner < table.uid_base && plan->owner != 65534);
                fuzz_require(plan->program > 0 || (plan->argv.n == 0 && !plan->stdio));
        }
        policy_plan_free(plan);
        free(out);
        return 0;
}
