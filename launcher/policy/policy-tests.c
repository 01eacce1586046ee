/* policy-tests: what a policy's own tests say must be so.
 * Runs as: user.  Input: files of tests, a compiled policy.  Must not: pass a test that says nothing.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/policy/policy-tests.h"
#include "launcher/cli/cli-exit.h"
#include "launcher/cli/cli-text.h"
#include "launcher/policy/policy-cmd.h"
#include "policy/policy-decision.h"
#include <stdio.h>
#include <string.h>

static const char *word(const json_t *test, const char *name) {
        const char *text = json_string_value(json_object_get(test, name));
        return text ? text : "";
}

/* One question, and something to expect. */
static const char *wrong_form(const json_t *test) {
        bool opens = *word(test, "open"), runs = *word(test, "run");

        if (json_object_get(test, "user"))
                return _("\"user\" is not available in this version: every user has the same policy");
        if (opens == runs)
                return _("a test has \"open\" or \"run\"");
        if (!*word(test, "kind") && !*word(test, "decision"))
                return _("a test expects a \"kind\", a \"decision\", or both");
        return NULL;
}

static bool holds(const PolicyTree *tree, const json_t *test, const char **ret_kind, bool *ret_yes) {
        const char *kind = word(test, "kind"), *decision = word(test, "decision");
        PolicyDecided d;
        PolicyDecision answer = *word(test, "open") ? policy_decision_open(tree->table, tree->index, word(test, "in"), word(test, "open"), &d)
                                                    : policy_decision_run(tree->table, word(test, "in"), word(test, "run"), &d);

        *ret_kind = d.kind >= 0 ? tree->table->kinds[d.kind].name : "-";
        *ret_yes = answer == POLICY_DECISION_YES;
        return (!*kind || strcmp(kind, *ret_kind) == 0) && *ret_yes == (strcmp(decision, "no") != 0);
}

static int run_tests(const PolicyTree *tree, const PolicyDocument *doc, unsigned *passed, unsigned *failed) {
        json_t *test;
        size_t i;

        json_array_foreach(json_object_get(doc->root, "tests"), i, test) {
                const char *kind, *wrong = wrong_form(test), *what = *word(test, "open") ? word(test, "open") : word(test, "run");
                unsigned line, column;
                char path[40];
                bool yes;
                snprintf(path, sizeof path, "tests[%zu]", i);
                if (wrong) {
                        PolicyProblem problem = { 0 };
                        policy_json_problem(doc, &problem, path, "%s", wrong);
                        policy_tree_say(problem.text);
                        return CLI_POLICY;
                }
                if (holds(tree, test, &kind, &yes)) {
                        ++*passed;
                        continue;
                }
                ++*failed;
                policy_json_place(doc, path, &line, &column);
                g_autofree char *raw = g_strdup_printf(_("%s:%u:%u: %s: the answer is %s, in \"%s\""), doc->file, line, column, what, yes ? _("yes") : _("no"), kind);
                g_autofree char *text = cli_text_escape(raw);
                printf("%s\n", text);
        }
        return CLI_OK;
}

int policy_tests_run(const PolicyTree *tree, const char *path, unsigned *passed, unsigned *failed) {
        PolicyProblem problem = { 0 };
        PolicyDocument doc = { 0 };
        char *bytes = NULL;
        size_t n;
        int r = policy_tree_read_file(path, &bytes, &n);

        if (r != CLI_OK)
                return r;
        r = policy_json_load(&doc, path, bytes, n, &problem);
        if (r == 0)
                r = policy_check_document(&doc, POLICY_KEYS_TESTS, &problem);
        if (r == 0)
                r = policy_check_required(&doc, doc.root, POLICY_KEYS_TESTS, &problem);
        if (r < 0)
                policy_tree_say(r == -EINVAL ? problem.text : strerror(-r));
        r = r < 0 ? CLI_POLICY : run_tests(tree, &doc, passed, failed);
        policy_json_done(&doc);
        free(bytes);
        return r;
}

int policy_tests_run_all(const PolicyTree *tree, bool quiet) {
        unsigned passed = 0, failed = 0;

        for (size_t i = 0; i < tree->n_tests; i++) {
                int r = policy_tests_run(tree, tree->tests[i], &passed, &failed);
                if (r != CLI_OK)
                        return r;
        }
        if (!quiet || failed > 0)
                printf(_("%u tests hold, %u do not.\n"), passed, failed);
        return failed > 0 ? CLI_FAILED : CLI_OK;
}
