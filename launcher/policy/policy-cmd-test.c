/* policy-cmd-test: runs a policy's own tests.
 * Runs as: user.  Input: policy files and files of tests.  Must not: succeed where there was nothing to run.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-exit.h"
#include "launcher/cli/cli-options.h"
#include "launcher/policy/policy-cmd.h"
#include "launcher/policy/policy-site.h"
#include "launcher/policy/policy-tests.h"
#include <glib.h>
#include <stdio.h>

static int run(const PolicyTree *tree, int n, char **files) {
        unsigned passed = 0, failed = 0;
        int r = CLI_OK;

        for (int i = 0; i < n && r == CLI_OK; i++)
                r = policy_tests_run(tree, files[i], &passed, &failed);
        for (size_t i = 0; n == 0 && i < tree->n_tests && r == CLI_OK; i++)
                r = policy_tests_run(tree, tree->tests[i], &passed, &failed);
        if (r != CLI_OK)
                return r;
        if (passed + failed == 0) {
                policy_tree_say(_("there is no test: name a file, or put one into tests.d"));
                return CLI_FAILED;
        }
        printf(_("%u tests hold, %u do not.\n"), passed, failed);
        return failed > 0 ? CLI_FAILED : CLI_OK;
}

int policy_cmd_test(int argc, char **argv) {
        static const CliCommand command = { "policy test", N_("[--site DIR] [--vendor DIR] [FILE ...]"), N_("Run the tests of these files, or those of the policy's tests.d"), NULL };
        const char *site = NULL, *vendor = NULL;
        const CliOption options[] = { POLICY_SITE_OPTIONS(site, vendor), { 0 } };
        PolicyTree *tree;
        int r = cli_options_parse(&command, options, &argc, argv, POLICY_INPUT_COUNT_MAX, false);

        if (r >= 0)
                return r;
        tree = policy_site_open(site, vendor, &r);
        if (!tree)
                return r;
        r = run(tree, argc - 1, argv + 1);
        policy_tree_done(tree);
        return r;
}
