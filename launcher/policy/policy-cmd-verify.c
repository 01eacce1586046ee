/* policy-cmd-verify: what a signed file says, and whether enough have signed it.
 * Runs as: user.  Input: signed files of anybody.  Must not: call good what a desktop would refuse.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "launcher/cli/cli-exit.h"
#include "launcher/cli/cli-options.h"
#include "launcher/policy/policy-cmd.h"
#include "launcher/policy/policy-file.h"
#include "launcher/policy/policy-shown.h"
#include <glib.h>
#include <stdio.h>

static int judge_trust(const char *path, const uint8_t *bytes, size_t n, const PolicyTrust *trust) {
        g_autofree PolicyTrust *t = g_new0(PolicyTrust, 1);
        int r = trust ? policy_trust_next(trust, bytes, n, t) : policy_trust_first(bytes, n, t);

        if (r != 0)
                return policy_file_refuse(path, r);
        puts(trust ? _("Good: it follows the trust file given.") : _("Good: a first trust file, signed by its own root keys."));
        return CLI_OK;
}

static int judge(const char *path, const PolicySigned *file, const PolicyTrust *trust) {
        PolicyRole role = file->type == POLICY_SIGNED_POINTER ? POLICY_ROLE_POINTER : POLICY_ROLE_POLICY;
        int r = policy_trust_check(trust, file, role, false);

        if (r != 0)
                return policy_file_refuse(path, r);
        if (role == POLICY_ROLE_POINTER)
                puts(_("Good: enough have signed it."));
        else if (policy_trust_check(trust, file, role, true) == 0)
                puts(_("Good: enough have signed it for any change."));
        else
                puts(_("Good where it only tightens: for anything looser it needs more signers."));
        return CLI_OK;
}

int policy_cmd_verify(int argc, char **argv) {
        static const CliCommand command = { "policy verify", N_("[--trust TRUST] FILE"),
                N_("Show what a signed file says and who signed it; with --trust also whether that is enough"), NULL };
        const char *trust_path = NULL;
        const CliOption options[] = {
                { "trust", NULL, &trust_path, N_("TRUST"), N_("The trust file that says whose signatures count") },
                { 0 },
        };
        g_autofree PolicyTrust *trust = g_new0(PolicyTrust, 1);
        BASE_FREE uint8_t *bytes = NULL;
        PolicySigned file;
        size_t n;
        int r = cli_options_parse(&command, options, &argc, argv, 1, false);

        if (r >= 0)
                return r;
        if (argc != 2)
                return cli_options_error(&command, _("Name the file to look at."));
        if ((trust_path && (r = policy_shown_trust(trust_path, trust)) != CLI_OK) || (r = policy_shown_load(argv[1], &bytes, &n, &file)) != CLI_OK ||
            (r = policy_shown_print(argv[1], &file, trust_path ? trust : NULL)) != CLI_OK)
                return r;
        fflush(stdout);
        if (file.type == POLICY_SIGNED_TRUST)
                return judge_trust(argv[1], bytes, n, trust_path ? trust : NULL);
        if (!trust_path) {
                puts(_("Whether that is enough says --trust."));
                return CLI_OK;
        }
        return judge(argv[1], &file, trust);
}
