/* policy-diff: every change between two policies, and what it does.
 * Runs as: anyone (pure).  Input: two loaded sets.  Must not: call a change tighter that it cannot judge.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-diff.h"
#include <string.h>

typedef struct Teller {
        void (*tell)(void *data, const PolicyDiff *diff);
        void *data;
        PolicyChange worst;
} Teller;

static void tell(Teller *t, PolicyDiff diff) {
        if (diff.change > t->worst)
                t->worst = diff.change;
        if (t->tell)
                t->tell(t->data, &diff);
}

/* Both have every key of their sort, in the table's order. */
static void compare_items(Teller *t, const PolicySetItem *before, const PolicySetItem *after) {
        for (size_t i = 0; i < before->n_merged; i++) {
                const PolicyKey *key = before->merged[i].key;
                const PolicyValue old = policy_set_effective(before, &before->merged[i]), new = policy_set_effective(after, &after->merged[i]);
                PolicyChange change = policy_merge_compare(key, &old, &new);
                if (change != POLICY_SAME)
                        tell(t, (PolicyDiff){ after->name, key, change, &old, &new });
        }
}

static void gone(Teller *t, const PolicySetItem *item) {
        const PolicyMerged *sites = policy_set_value(item, "sites");
        PolicyValue value = policy_set_effective(item, sites);

        tell(t, (PolicyDiff){ .item = item->name, .change = value.n > 0 ? POLICY_LOOSER : POLICY_TIGHTER, .before = &value });
}

PolicyChange policy_diff(const PolicySet *before, const PolicySet *after, void (*fn)(void *data, const PolicyDiff *diff), void *data) {
        static const PolicyValue nothing;
        Teller t = { fn, data, POLICY_SAME };

        for (size_t i = 0; i < after->n; i++) {
                int old = policy_set_find(before, after->items[i].file, after->items[i].name);
                if (old >= 0)
                        compare_items(&t, &before->items[old], &after->items[i]);
                else
                        tell(&t, (PolicyDiff){ .item = after->items[i].name, .change = POLICY_LOOSER, .after = &nothing });
        }
        for (size_t i = 0; i < before->n; i++)
                if (policy_set_find(after, before->items[i].file, before->items[i].name) < 0)
                        gone(&t, &before->items[i]);
        return t.worst;
}
