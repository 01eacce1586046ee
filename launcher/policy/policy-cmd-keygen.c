/* policy-cmd-keygen: makes a key that signs policy.
 * Runs as: user.  Input: the command line.  Must not: overwrite a key.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-exit.h"
#include "launcher/cli/cli-options.h"
#include "launcher/policy/policy-cmd.h"
#include "launcher/policy/policy-key.h"
#include "policy/policy-name.h"
#include <glib.h>
#include <stdio.h>

int policy_cmd_keygen(int argc, char **argv) {
        static const CliCommand command = { "policy keygen", N_("[--name NAME] [--passphrase] FILE"), N_("Make a key that signs policy: FILE stays with you, FILE.pub is for the trust file"), NULL };
        bool passphrase = false;
        const char *name = NULL, *file = NULL;
        const CliOption options[] = {
                { "name", NULL, &name, N_("NAME"), N_("Whose key it is; shown by verify") },
                { "passphrase", &passphrase, NULL, NULL, N_("Protect it with a passphrase") },
                { "passphrase-file", NULL, &file, N_("FILE"), N_("The passphrase is the first line of this file") },
                { 0 },
        };
        uint8_t public[POLICY_HASH];
        char hex[2 * POLICY_HASH + 1];
        int r = cli_options_parse(&command, options, &argc, argv, 1, false);

        if (r >= 0)
                return r;
        if (argc != 2)
                return cli_options_error(&command, _("Name the file for the key."));
        g_autofree char *base = g_path_get_basename(argv[1]);
        name = name ? name : base;
        if (!policy_text_valid(name, POLICY_KEY_NAME))
                return cli_options_error(&command, _("%s cannot be a name: 1 to %d bytes of visible UTF-8."), name, POLICY_KEY_NAME);
        r = policy_key_make(argv[1], name, passphrase || file, file, public);
        if (r != CLI_OK)
                return r;
        policy_hex(public, sizeof public, hex);
        printf("%s\n", hex);
        return CLI_OK;
}
