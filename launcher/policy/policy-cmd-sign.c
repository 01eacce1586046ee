/* policy-cmd-sign: adds one signature to a bundle or a trust file.
 * Runs as: user.  Input: the caller's files.  Must not: sign what it cannot read.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "launcher/cli/cli-exit.h"
#include "launcher/cli/cli-options.h"
#include "launcher/policy/policy-cmd.h"
#include "launcher/policy/policy-file.h"
#include "launcher/policy/policy-key.h"
#include "launcher/policy/policy-shown.h"
#include <glib.h>
#include <sodium.h>
#include <stdio.h>

static int sign_file(const char *path, const uint8_t secret[64]) {
        BASE_FREE uint8_t *bytes = NULL, *out = NULL;
        PolicySigned file;
        size_t n, n_out;
        int r = policy_shown_load(path, &bytes, &n, &file);

        if (r != CLI_OK)
                return r;
        r = policy_shown_print(path, &file, NULL); /* and what is not well formed is not signed */
        if (r != CLI_OK)
                return r;
        if ((r = policy_signed_add(&file, secret)) != 0 || (r = policy_signed_encode(&file, &out, &n_out)) != 0 ||
            (r = policy_file_replace(path, out, n_out, 0644)) != 0)
                return policy_file_refuse(path, r);
        printf(_("Signed; it has %d signatures now.\n"), (int)file.n_signatures);
        return CLI_OK;
}

int policy_cmd_sign(int argc, char **argv) {
        static const CliCommand command = { "policy sign", N_("--key KEY FILE ..."), N_("Sign bundles and trust files, each in its place"), NULL };
        const char *key = NULL, *passphrase = NULL;
        const CliOption options[] = {
                { "key", NULL, &key, N_("KEY"), N_("The secret key's file") },
                { "passphrase-file", NULL, &passphrase, N_("FILE"), N_("The passphrase is the first line of this file") },
                { 0 },
        };
        uint8_t secret[64];
        int r = cli_options_parse(&command, options, &argc, argv, 64, false);

        if (r >= 0)
                return r;
        if (!key || argc < 2)
                return cli_options_error(&command, _("Name the key with --key, and the files to sign."));
        if ((r = policy_key_load(key, passphrase, secret)) != CLI_OK)
                return r;
        for (int i = 1; i < argc && r == CLI_OK; i++)
                r = sign_file(argv[i], secret);
        sodium_memzero(secret, sizeof secret);
        return r;
}
