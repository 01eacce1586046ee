/* fuzz-table: a table that decodes keeps every rule, and encodes to bytes that decode to the same.
 * Runs as: anyone (pure).  Input: fuzzed bytes.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"
#include "policy/policy-pattern.h"
#include <errno.h>
#include <string.h>

static void again(const PolicyTable *table, uint8_t **ret_bytes, size_t *ret_n) {
        fuzz_require(policy_table_check(table) == NULL);
        fuzz_require(policy_table_encode(table, ret_bytes, ret_n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        uint8_t *first = NULL, *second = NULL;
        size_t n_first = 0, n_second = 0;
        PolicyTable *a = NULL, *b = NULL;
        PolicyPatternIndex *sites = NULL;
        int r = policy_table_decode(bytes, n, &a);

        if (r < 0) {
                fuzz_require(r == -EBADMSG && a == NULL);
                return 0;
        }
        if (policy_pattern_index_new(a, &sites, NULL, NULL) == 0)
                fuzz_require(policy_pattern_index_find(sites, "https://www.bank.example/a?b", NULL) < (int)a->n_kinds);
        policy_pattern_index_free(sites);
        again(a, &first, &n_first);
        fuzz_require(policy_table_decode(first, n_first, &b) == 0);
        again(b, &second, &n_second);
        fuzz_require(n_first == n_second && memcmp(first, second, n_first) == 0);
        policy_table_free(a);
        policy_table_free(b);
        free(first);
        free(second);
        return 0;
}
