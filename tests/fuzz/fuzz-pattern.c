/* fuzz-pattern: any text is no pattern or has one canonical form; look-ups among fuzzed patterns answer with one that fits by itself.
 * Runs as: anyone (pure).  Input: lines: patterns, and the last an address.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"
#include "policy/policy-name.h"
#include "policy/policy-pattern.h"
#include "policy/policy-plan.h"
#include <errno.h>
#include <string.h>

#define MOST 64

static void check_form(const char *text) {
        char canonical[POLICY_MAX_SITE + 1], again[POLICY_MAX_SITE + 1];
        PolicyPattern p;

        if (!policy_pattern_canonical(text, canonical)) {
                fuzz_require(!policy_pattern_valid(text));
                return;
        }
        fuzz_require(policy_arg_valid(canonical, POLICY_MAX_SITE) && policy_pattern_canonical(canonical, again) && strcmp(canonical, again) == 0);
        fuzz_require(policy_pattern_parse(text, &p) && strlen(p.host) < sizeof p.host);
}

static void check_answer(const PolicyTable *table, const PolicyPatternIndex *index, const char *address) {
        uint32_t site = 0;
        int kind = policy_pattern_index_find(index, address, &site);
        bool any = false;

        for (uint32_t k = 0; k < table->n_kinds; k++) {
                PolicyKind one = { .sites = { 1, table->kinds[k].sites.items } };
                PolicyTable alone = { .n_kinds = 1, .kinds = &one };
                PolicyPatternIndex *small = NULL;
                fuzz_require(policy_pattern_index_new(&alone, &small, NULL, NULL) == 0);
                bool fits = policy_pattern_index_find(small, address, NULL) == 0;
                policy_pattern_index_free(small);
                any = any || fits;
                fuzz_require(fits || kind != (int)k);
        }
        fuzz_require(any == (kind >= 0) && site == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        char *text = malloc(n + 1), *lines[MOST], *line, *rest;
        PolicyKind kinds[MOST] = { 0 };
        PolicyTable table = { .kinds = kinds };
        PolicyPatternIndex *index = NULL;
        size_t n_lines = 0;
        uint32_t kind, site;
        int r;

        memcpy(text, bytes, n);
        text[n] = '\0';
        for (rest = text; (line = strsep(&rest, "\n")) && n_lines < MOST;)
                lines[n_lines++] = line;
        for (size_t i = 0; i < n_lines; i++) {
                check_form(lines[i]);
                if (policy_pattern_valid(lines[i]))
                        kinds[table.n_kinds++].sites = (PolicyStrings){ 1, (const char **)&lines[i] };
        }
        r = policy_pattern_index_new(&table, &index, &kind, &site);
        fuzz_require(r == 0 || (r == -EINVAL && !index && kind < table.n_kinds));
        if (r == 0 && policy_address_valid(lines[n_lines - 1], NULL))
                check_answer(&table, index, lines[n_lines - 1]);
        policy_pattern_index_free(index);
        free(text);
        return 0;
}
