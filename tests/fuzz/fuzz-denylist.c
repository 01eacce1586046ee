/* fuzz-denylist: any line as a line of each format; what was denied is found, and any bytes as a compiled file end every look-up.
 * Runs as: anyone (pure).  Input: fuzzed bytes.  Must not: be installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"
#include "policy/policy-names.h"
#include "sandboxd/compile/compile-denylist.h"
#include <string.h>

static void try_lines(const char *file, const char *bytes, size_t n) {
        static const uint64_t key[2] = { 3, 4 };
        CompileProblem problem = { 0 };
        PolicyDenylistMaker maker;
        PolicyDenylist compiled;
        CompileDenylist list;
        uint8_t *made;
        size_t made_n;
        int r = 0;

        fuzz_require(policy_denylist_maker_init(&maker, key) == 0 && compile_denylist_begin(&list, &maker, file, &problem) == 0);
        for (size_t at = 0; at < n && r == 0;) {
                const char *lf = memchr(bytes + at, '\n', n - at);
                size_t length = lf ? (size_t)(lf - bytes) - at : n - at;
                r = compile_denylist_line(&list, bytes + at, length);
                at += length + 1;
        }
        fuzz_require((r == 0) == (problem.text[0] == '\0'));
        fuzz_require(policy_denylist_maker_finish(&maker, &made, &made_n) == 0 && policy_denylist_open(made, made_n, &compiled) == 0);
        fuzz_require(list.n >= maker.head.n_names);
        policy_denylist_find(&compiled, "www.example.jp", 14);
        free(made);
        policy_denylist_maker_done(&maker);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        PolicyDenylist list = { 0 };
        uint64_t *aligned = malloc(n + 8);
        char rule[POLICY_NAMES_MAX_RULE + 1], *text = malloc(n + 1);
        PolicyNamesRule parsed;

        try_lines("a.hosts", (const char *)bytes, n);
        try_lines("a.domains", (const char *)bytes, n);
        try_lines("a.adblock", (const char *)bytes, n);
        try_lines("a.rpz", (const char *)bytes, n);
        memcpy(aligned, bytes, n);
        if (policy_denylist_open(aligned, n, &list) == 0)
                policy_denylist_find(&list, "www.example.jp", 14);
        memcpy(text, bytes, n);
        text[n] = '\0';
        if (policy_names_rule_canonical(text, rule))
                fuzz_require(policy_names_rule(rule, &parsed) && (parsed.self || parsed.below) && parsed.name_n > 0);
        free(aligned);
        free(text);
        return 0;
}
