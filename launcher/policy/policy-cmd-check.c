/* policy-cmd-check: mistakes in policy files, and what is hardly meant.
 * Runs as: user.  Input: policy files.  Must not: call good what the service would refuse.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-exit.h"
#include "launcher/cli/cli-options.h"
#include "launcher/cli/cli-text.h"
#include "launcher/policy/policy-cmd.h"
#include "launcher/policy/policy-tests.h"
#include "launcher/policy/policy-tree.h"
#include "policy/policy-lint.h"
#include <stdio.h>
#include <string.h>

/* {1} is the text, {2} the other. */
static const char *const sentences[POLICY_LINTS] = {
        [POLICY_LINT_COVERED] = N_("\"{1}\" changes nothing: \"{2}\" covers it already"),
        [POLICY_LINT_PORT] = N_("\"{1}\" can never be reached: its port is none of network.ports"),
        [POLICY_LINT_HTTP] = N_("\"{1}\" can never be reached: network.http is false"),
        [POLICY_LINT_NO_NETWORK] = N_("addresses such as \"{1}\" can never be reached: the kind has no network"),
        [POLICY_LINT_STAR] = N_("in \"{1}\" the '*' of the path stands for itself: a path matches all that begin with it"),
        [POLICY_LINT_NO_SITE] = N_("no address opens in \"{1}\" by itself: its sites are empty"),
        [POLICY_LINT_START_PAGE] = N_("the start page opens in the kind \"{2}\", so this kind refuses it"),
        [POLICY_LINT_SCRATCH] = N_("the zone may write more than limits.memory_mib lets it keep"),
        [POLICY_LINT_SAME] = N_("this is what {2} says already: the line can go"),
};

static void print_lint(void *data, const PolicyLint *lint) {
        const PolicyDocument *doc = &lint->item->documents[lint->document];
        unsigned line, column;
        size_t *shown = data;

        if (lint->item->layers[lint->document] == POLICY_LAYER_VENDOR && lint->code != POLICY_LINT_NO_SITE)
                return; /* the package's own files are not the reader's to change */
        policy_json_place(doc, lint->path, &line, &column);
        g_autoptr(GString) what = g_string_new(_(sentences[lint->code]));
        g_string_replace(what, "{1}", lint->text ? lint->text : "", 1);
        g_string_replace(what, "{2}", lint->other ? lint->other : "", 1);
        g_autofree char *raw = g_strdup_printf("%s:%u:%u: %s: %s", doc->file, line, column, lint->path, what->str);
        g_autofree char *text = cli_text_escape(raw);
        printf("%s\n", text);
        *shown += lint->item->layers[lint->document] != POLICY_LAYER_VENDOR;
}

/* Every file by itself first, so that one run shows a mistake of each. */
static int check_files(const PolicyTree *tree) {
        int result = CLI_OK;

        for (size_t i = 0; i < tree->n; i++) {
                const PolicyTreeFile *file = &tree->files[i];
                PolicyProblem problem = { 0 };
                PolicyDocument doc = { 0 };
                int r;
                if (file->input == POLICY_INPUT_AUTHORITY)
                        continue;
                r = policy_json_load(&doc, file->path, file->bytes, file->n, &problem);
                if (r == 0)
                        r = policy_check_document(&doc, file->input == POLICY_INPUT_SETTINGS ? POLICY_KEYS_SETTINGS : POLICY_KEYS_KIND, &problem);
                if (r < 0) {
                        policy_tree_say(r == -EINVAL ? problem.text : strerror(-r));
                        result = CLI_POLICY;
                }
                policy_json_done(&doc);
        }
        return result;
}

static int check(PolicyTree *tree, bool strict) {
        size_t shown = 0;
        int r = check_files(tree);

        if (r == CLI_OK)
                r = policy_tree_compile(tree);
        if (r != CLI_OK)
                return r;
        (void)policy_lint(&tree->set, tree->table, tree->index, print_lint, &shown);
        r = policy_tests_run_all(tree, true);
        if (r != CLI_OK)
                return r;
        if (shown == 0)
                printf(_("Good: %zu files, %u kinds.\n"), tree->n, tree->table->n_kinds);
        return strict && shown > 0 ? CLI_FAILED : CLI_OK;
}

int policy_cmd_check(int argc, char **argv) {
        static const CliCommand command = { "policy check", N_("[--vendor DIR] [--strict] [FILE | DIR ...]"),
                                            N_("Look for mistakes in policy files, or in a folder laid out like /etc/hanare (the default)"), NULL };
        static const char *const usual[] = { "/etc/hanare" };
        const char *vendor = NULL;
        bool strict = false;
        const CliOption options[] = {
                { "vendor", NULL, &vendor, N_("DIR"), N_("The layer below, instead of the package's") },
                { "strict", &strict, NULL, NULL, N_("What is hardly meant is a failure too") },
                { 0 },
        };
        PolicyTree *tree;
        int r = cli_options_parse(&command, options, &argc, argv, POLICY_INPUT_COUNT_MAX, false);

        if (r >= 0)
                return r;
        tree = g_new0(PolicyTree, 1);
        r = policy_tree_read(tree, vendor, argc > 1 ? (const char *const *)argv + 1 : usual, argc > 1 ? (size_t)argc - 1 : 1);
        if (r == CLI_OK)
                r = check(tree, strict);
        policy_tree_done(tree);
        return r;
}
