/* fuzz-layers: any two files as layers of one kind give a set whose values can be shown and compared, or one sentence.
 * Runs as: anyone (pure).  Input: two texts with a NUL between them.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"
#include "policy/policy-diff.h"
#include "policy/policy-name.h"
#include <errno.h>
#include <string.h>

static void look(const PolicySet *set) {
        for (size_t i = 0; i < set->n; i++) {
                const PolicySetItem *item = &set->items[i];
                for (size_t m = 0; m < item->n_merged; m++) {
                        const PolicyMerged *merged = &item->merged[m];
                        PolicyValue value = policy_set_effective(item, merged);
                        const char *file;
                        unsigned line, column;
                        fuzz_require(policy_merge_equal(merged->key, &value, &value) && !merged->refused);
                        if (merged->from)
                                policy_set_place(item, merged->from, &file, &line, &column);
                        if (merged->bound)
                                fuzz_require(merged->bound->layer <= merged->from->layer);
                }
        }
        fuzz_require(policy_diff(set, set, NULL, NULL) == POLICY_SAME);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        const uint8_t *cut = memchr(bytes, '\0', n);
        size_t first = cut ? (size_t)(cut - bytes) : n, second = cut ? n - first - 1 : 0;
        const PolicySetInput inputs[] = { { POLICY_KEYS_KIND, POLICY_LAYER_VENDOR, "web.jsonc", (const char *)bytes, first },
                                          { POLICY_KEYS_KIND, POLICY_LAYER_SITE, "web.jsonc", cut ? (const char *)cut + 1 : NULL, second } };
        PolicySet one = { 0 }, both = { 0 };
        PolicyProblem problem = { 0 };
        int r = policy_set_load(inputs, 1, &one, &problem);

        fuzz_require(r == 0 || (r == -EINVAL && policy_text_valid(problem.text, sizeof problem.text - 1)));
        if (r == 0)
                look(&one);
        problem = (PolicyProblem){ 0 };
        if (cut) {
                int b = policy_set_load(inputs, 2, &both, &problem);
                fuzz_require(b == 0 || (b == -EINVAL && policy_text_valid(problem.text, sizeof problem.text - 1)));
                if (b == 0)
                        look(&both);
                if (b == 0 && r == 0)
                        (void)policy_diff(&one, &both, NULL, NULL);
        }
        policy_set_done(&one);
        policy_set_done(&both);
        return 0;
}
