/* policy-site: what most sub-commands begin with: options, and a site's policy.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "launcher/policy/policy-tree.h"

#define POLICY_SITE_OPTIONS(site, vendor) \
        { "site", NULL, &(site), N_("DIR"), N_("The policy to look at, laid out like /etc/hanare (the default)") }, \
        { "vendor", NULL, &(vendor), N_("DIR"), N_("The layer below, instead of the package's") }

/* A new tree of the folder (NULL = /etc/hanare), compiled; NULL after a CliExit other than CLI_OK in *ret_exit. */
PolicyTree *policy_site_open(const char *site, const char *vendor, int *ret_exit);
