/* policy-cmd-unpack: lays a signed bundle out as a folder like /etc/hanare, for check, test and diff.
 * Runs as: user.  Input: a bundle of anybody.  Must not: write what too few have signed, write into a folder that is there.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "launcher/cli/cli-exit.h"
#include "launcher/cli/cli-options.h"
#include "launcher/policy/policy-cmd.h"
#include "launcher/policy/policy-file.h"
#include "launcher/policy/policy-shown.h"
#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* The names of a bundle have at most one slash. */
static int write_all(const PolicyBundle *b, const char *dir) {
        if (mkdir(dir, 0755) < 0)
                return policy_file_refuse(dir, -errno);
        for (unsigned i = 0; i < b->n_files; i++) {
                const struct PolicyBundleFile *f = &b->files[i];
                g_autofree char *path = g_build_filename(dir, f->name, NULL), *folder = g_path_get_dirname(path);
                if (mkdir(folder, 0755) < 0 && errno != EEXIST)
                        return policy_file_refuse(folder, -errno);
                int r = policy_file_create(path, f->bytes, f->n, 0644);
                if (r < 0)
                        return policy_file_refuse(path, r);
        }
        return CLI_OK;
}

int policy_cmd_unpack(int argc, char **argv) {
        static const CliCommand command = { "policy unpack", N_("--trust TRUST [--tightens] BUNDLE FOLDER"), N_("Lay a signed bundle out as a new folder, to check, test and compare it"), NULL };
        const char *trust_path = NULL;
        bool tightens = false;
        const CliOption options[] = {
                { "trust", NULL, &trust_path, N_("TRUST"), N_("The trust file that says whose signatures count") },
                { "tightens", &tightens, NULL, NULL, N_("As many signers as a bundle needs that only tightens will do") },
                { 0 },
        };
        g_autofree PolicyTrust *trust = g_new0(PolicyTrust, 1);
        BASE_FREE uint8_t *bytes = NULL;
        PolicyBundle *b = NULL;
        PolicySigned file;
        size_t n;
        int r = cli_options_parse(&command, options, &argc, argv, 2, false);

        if (r >= 0)
                return r;
        if (argc != 3 || !trust_path)
                return cli_options_error(&command, _("Name the trust file, the bundle and the new folder."));
        if ((r = policy_shown_trust(trust_path, trust)) != CLI_OK || (r = policy_shown_load(argv[1], &bytes, &n, &file)) != CLI_OK)
                return r;
        r = file.type == POLICY_SIGNED_BUNDLE ? policy_trust_check(trust, &file, POLICY_ROLE_POLICY, !tightens) : POLICY_REFUSED_WRONG_TYPE;
        if (r == 0)
                r = policy_bundle_decode(file.payload, file.n_payload, &b);
        if (r != 0)
                return policy_file_refuse(argv[1], r);
        r = write_all(b, argv[2]);
        policy_bundle_free(b);
        return r;
}
