/* policy-cmd-diff: what a change of policy loosens and tightens.
 * Runs as: user.  Input: two policies.  Must not: leave a loosening out.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "policy/policy-diff.h"
#include "launcher/cli/cli-exit.h"
#include "launcher/cli/cli-options.h"
#include "launcher/cli/cli-text.h"
#include "launcher/policy/policy-cmd.h"
#include "launcher/policy/policy-tree.h"
#include "launcher/policy/policy-value.h"
#include <stdio.h>

static const char *const changes[] = { [POLICY_SAME] = "", [POLICY_NEUTRAL] = N_("changes"), [POLICY_TIGHTER] = N_("tightens"), [POLICY_LOOSER] = N_("LOOSENS") };

static void print_diff(void *data, const PolicyDiff *diff) {
        g_autofree char *left = cli_text_pad(_(changes[diff->change]), 9);

        (void)data;
        if (!diff->key) {
                g_autofree char *name = cli_text_escape(diff->item);
                printf(diff->before ? _("%s %s: the kind goes\n") : _("%s %s: the kind is new\n"), left, name);
                return;
        }
        g_autofree char *old = policy_value_text(diff->key, diff->before), *new = policy_value_text(diff->key, diff->after);
        printf("%s %s %s: %s -> %s\n", left, *diff->item ? diff->item : "hanare.jsonc", diff->key->path, old, new);
}

int policy_cmd_diff(int argc, char **argv) {
        static const CliCommand command = { "policy diff", N_("[--vendor DIR] OLD NEW"), N_("Show what NEW loosens and tightens: two folders laid out like /etc/hanare, or two files"), NULL };
        const char *vendor = NULL;
        const CliOption options[] = { { "vendor", NULL, &vendor, N_("DIR"), N_("The layer below, instead of the package's") }, { 0 } };
        PolicyTree *trees[2] = { NULL, NULL };
        PolicyChange worst;
        int r = cli_options_parse(&command, options, &argc, argv, 2, false);

        if (r >= 0)
                return r;
        if (argc != 3)
                return cli_options_error(&command, _("Name the old policy and the new one."));
        for (size_t i = 0; i < 2; i++) {
                const char *what[] = { argv[i + 1] };
                trees[i] = g_new0(PolicyTree, 1);
                if (r < 0 || r == CLI_OK)
                        r = policy_tree_read(trees[i], vendor, what, 1);
                if (r == CLI_OK)
                        r = policy_tree_load(trees[i]);
        }
        if (r == CLI_OK) {
                worst = policy_diff(&trees[0]->set, &trees[1]->set, print_diff, NULL);
                if (worst == POLICY_SAME)
                        puts(_("No difference."));
                r = worst == POLICY_LOOSER ? CLI_FAILED : CLI_OK;
        }
        policy_tree_done(trees[0]);
        policy_tree_done(trees[1]);
        return r;
}
