/* policy-condition: room in a signed file for what later versions add.
 * Runs as: anyone (pure).  Input: foreign lines.  Must not: ignore a "must".
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-condition.h"
#include "policy/policy-refusal.h"
#include <stdio.h>
#include <string.h>

static void read_some(PolicyLines *l, const char *word, PolicyConditions *ret) {
        unsigned first = ret->n;

        while (policy_lines_take(l, word)) {
                if (ret->n == POLICY_MAX_CONDITIONS) {
                        l->failed = true;
                        return;
                }
                struct PolicyCondition *c = &ret->items[ret->n];
                policy_lines_word(l, c->name, sizeof c->name);
                policy_lines_rest(l, c->value, sizeof c->value);
                if (ret->n > first && strcmp(ret->items[ret->n - 1].name, c->name) >= 0)
                        l->failed = true;
                ret->n++;
        }
}

void policy_conditions_read(PolicyLines *l, PolicyConditions *ret) {
        ret->n = 0;
        read_some(l, "must", ret);
        ret->n_must = ret->n;
        read_some(l, "option", ret);
}

void policy_conditions_write(BaseWriter *w, const PolicyConditions *c) {
        for (unsigned i = 0; i < c->n; i++)
                policy_lines_print(w, "%s %s %s\n", i < c->n_must ? "must" : "option", c->items[i].name, c->items[i].value);
}

int policy_conditions_check(const PolicyConditions *c) {
        return c->n_must > 0 ? POLICY_REFUSED_MUST : 0;
}

bool policy_release_parse(const char *text, uint64_t *ret) {
        uint64_t all = 0, one = 0;
        unsigned parts = 1, digits = 0;

        for (const char *s = text; *s; s++) {
                if (*s == '.') {
                        if (digits == 0 || ++parts > 3)
                                return false;
                        all = all * 1000 + one;
                        one = digits = 0;
                } else if (*s >= '0' && *s <= '9' && ++digits <= 3) {
                        one = one * 10 + (uint64_t)(*s - '0');
                } else {
                        return false;
                }
        }
        *ret = all * 1000 + one;
        return parts == 3 && digits > 0;
}

uint64_t policy_lines_release(PolicyLines *l) {
        char text[16];
        uint64_t v = 0;

        policy_lines_word(l, text, sizeof text);
        if (!l->failed && !policy_release_parse(text, &v))
                l->failed = true;
        return v;
}

void policy_release_text(uint64_t release, char ret[16]) {
        (void)snprintf(ret, 16, "%u.%u.%u", (unsigned)(release / 1000000 % 1000), (unsigned)(release / 1000 % 1000), (unsigned)(release % 1000));
}
