/* policy-merge: the layers of policy into one value for each key, and which of two values is looser.
 * Runs as: anyone (pure).  Input: checked values.  Must not: let a layer loosen what a more authoritative one made mandatory.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-merge.h"
#include "base/base-fd.h"
#include "policy/policy-storage.h"
#include <errno.h>
#include <string.h>

static bool has_number(const PolicyKey *key) {
        return key->type == POLICY_KEY_NUMBER || key->type == POLICY_KEY_BOOL;
}

bool policy_merge_equal(const PolicyKey *key, const PolicyValue *a, const PolicyValue *b) {
        if (has_number(key))
                return a->number == b->number;
        if (a->n != b->n)
                return false;
        for (uint32_t i = 0; i < a->n; i++)
                if (strcmp(a->items[i], b->items[i]) != 0)
                        return false;
        return true;
}

static int compare_texts(const void *left, const void *right) {
        return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Sorted pointers to the items; NULL without memory. The caller frees. */
static const char **sorted(const PolicyValue *value) {
        const char **items = calloc(value->n + 1, sizeof *items);

        if (!items)
                return NULL;
        for (uint32_t i = 0; i < value->n; i++)
                items[i] = value->items[i];
        qsort(items, value->n, sizeof *items, compare_texts);
        return items;
}

static bool in(const char *const *items, uint32_t n, const char *text) {
        return bsearch(&text, items, n, sizeof *items, compare_texts) != NULL;
}

/* Without memory the answer is "no", which makes the change looser. */
static bool subset(const PolicyValue *small, const PolicyValue *big) {
        BASE_FREE const char **all = sorted(big);

        if (all && in(all, big->n, "*"))
                return true;
        for (uint32_t i = 0; i < small->n; i++)
                if (!all || !in(all, big->n, small->items[i]))
                        return false;
        return true;
}

static PolicyChange compare_numbers(int64_t before, int64_t after, bool zero_is_none) {
        if (before == after)
                return POLICY_SAME;
        if (zero_is_none && (before == 0 || after == 0))
                return after == 0 ? POLICY_LOOSER : POLICY_TIGHTER;
        return after > before ? POLICY_LOOSER : POLICY_TIGHTER;
}

static int64_t word_index(const PolicyKey *key, const PolicyValue *value) {
        for (int64_t i = 0; value->n == 1 && key->words[i]; i++)
                if (strcmp(key->words[i], value->items[0]) == 0)
                        return i;
        return -1;
}

PolicyChange policy_merge_compare(const PolicyKey *key, const PolicyValue *before, const PolicyValue *after) {
        if (policy_merge_equal(key, before, after))
                return POLICY_SAME;
        switch (key->direction) {
        case POLICY_DIRECTION_NONE:
                return POLICY_NEUTRAL;
        case POLICY_DIRECTION_MORE:
        case POLICY_DIRECTION_MORE_OR_0:
                return compare_numbers(before->number, after->number, key->direction == POLICY_DIRECTION_MORE_OR_0);
        case POLICY_DIRECTION_TRUE:
                return after->number ? POLICY_LOOSER : POLICY_TIGHTER;
        case POLICY_DIRECTION_FALSE:
                return after->number ? POLICY_TIGHTER : POLICY_LOOSER;
        case POLICY_DIRECTION_SUPERSET:
                return !subset(after, before) ? POLICY_LOOSER : subset(before, after) ? POLICY_SAME : POLICY_TIGHTER;
        case POLICY_DIRECTION_SUBSET:
                return !subset(before, after) ? POLICY_LOOSER : subset(after, before) ? POLICY_SAME : POLICY_TIGHTER;
        case POLICY_DIRECTION_EARLIER:
                return word_index(key, after) > word_index(key, before) ? POLICY_TIGHTER : POLICY_LOOSER;
        case POLICY_DIRECTION_ANY:
                break;
        }
        return POLICY_LOOSER;
}

static int add_lists(const PolicyValue *first, const PolicyValue *second, void **storage, PolicyValue *ret_value) {
        BASE_FREE const char **all = sorted(first);
        const char **items = policy_storage_take(storage, (size_t)first->n + second->n, sizeof *items);
        uint32_t n = 0;

        if (!all || !items)
                return -ENOMEM;
        for (uint32_t i = 0; i < first->n; i++)
                items[n++] = first->items[i];
        for (uint32_t i = 0; i < second->n; i++)
                if (!in(all, first->n, second->items[i]))
                        items[n++] = second->items[i];
        *ret_value = (PolicyValue){ .n = n, .items = items };
        return 0;
}

/* Pairs of name and JSON; the second object's members replace the first's. Objects are small: one scan for each member. */
static int add_members(const PolicyValue *first, const PolicyValue *second, void **storage, PolicyValue *ret_value) {
        const char **items = policy_storage_take(storage, (size_t)first->n + second->n, sizeof *items);
        uint32_t n = 0;

        if (!items)
                return -ENOMEM;
        for (uint32_t i = 0; i < first->n; i++)
                items[n++] = first->items[i];
        for (uint32_t i = 0; i + 1 < second->n; i += 2) {
                uint32_t at = 0;
                while (at < first->n && strcmp(items[at], second->items[i]) != 0)
                        at += 2;
                if (at >= first->n) {
                        at = n;
                        n += 2;
                }
                items[at] = second->items[i];
                items[at + 1] = second->items[i + 1];
        }
        *ret_value = (PolicyValue){ .n = n, .items = items };
        return 0;
}

static int combine(const PolicyMerged *m, const PolicyEntry *e, void **storage, PolicyValue *ret_value) {
        if (m->set && m->key->rule == POLICY_RULE_UNION)
                return add_lists(&m->value, &e->value, storage, ret_value);
        if (m->set && m->key->rule == POLICY_RULE_MEMBERS)
                return add_members(&m->value, &e->value, storage, ret_value);
        *ret_value = e->value;
        return 0;
}

typedef struct Bound {
        const PolicyEntry *by; /* NULL = the layer binds nothing */
        PolicyValue value;
} Bound;

/* Whether every more authoritative layer's mandatory value is kept or tightened. */
static bool permitted(const Bound bounds[POLICY_LAYERS], const PolicyEntry *e, const PolicyValue *value) {
        for (size_t layer = 0; layer < e->layer; layer++) {
                PolicyChange change = bounds[layer].by ? policy_merge_compare(e->key, &bounds[layer].value, value) : POLICY_SAME;
                if (change != POLICY_SAME && change != POLICY_TIGHTER)
                        return false;
        }
        return true;
}

static void take(PolicyMerged *m, const PolicyEntry *e, const PolicyValue *value) {
        if (m->from && m->n_over < POLICY_MERGE_MAX_OVER)
                m->over[m->n_over++] = m->from;
        m->value = *value;
        m->from = e;
        m->set = true;
}

int policy_merge_key(const PolicyKey *key, const PolicyEntry *entries, size_t n, void **storage, PolicyMerged *ret_merged) {
        PolicyMerged m = { .key = key };
        Bound bounds[POLICY_LAYERS] = { 0 };

        for (size_t i = 0; i < n; i++) {
                const PolicyEntry *e = &entries[i];
                PolicyValue value;
                int r = combine(&m, e, storage, &value);
                if (r < 0)
                        return r;
                if (!permitted(bounds, e, &value)) {
                        m.refused = m.refused ? m.refused : e;
                        continue;
                }
                take(&m, e, &value);
                /* a later file of the same layer speaks for the layer: it can also take back what an earlier one bound */
                bounds[e->layer] = e->level == POLICY_MANDATORY ? (Bound){ e, value } : (Bound){ 0 };
        }
        for (size_t layer = 0; layer < POLICY_LAYERS; layer++)
                m.bound = bounds[layer].by ? bounds[layer].by : m.bound;
        *ret_merged = m;
        return 0;
}
