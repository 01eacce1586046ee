/* policy-site: what most sub-commands begin with.
 * Runs as: user.  Input: the names of folders.  Must not: go on with a policy that the service would refuse.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/policy/policy-site.h"
#include "hanare-config.h"
#include "launcher/cli/cli-exit.h"
#include <glib.h>

PolicyTree *policy_site_open(const char *site, const char *vendor, int *ret_exit) {
        const char *what[] = { site ? site : HANARE_SYSCONFDIR };
        PolicyTree *tree = g_new0(PolicyTree, 1);

        *ret_exit = policy_tree_read(tree, vendor, what, 1);
        if (*ret_exit == CLI_OK)
                *ret_exit = policy_tree_compile(tree);
        if (*ret_exit == CLI_OK)
                return tree;
        policy_tree_done(tree);
        return NULL;
}
