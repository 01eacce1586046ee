/* policy-cmd-pull: hands over to the program that fetches; it has libraries and an account of its own.
 * Runs as: user.  Input: the command line.  Must not: fetch.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "hanare-config.h"
#include "launcher/cli/cli-exit.h"
#include "launcher/cli/cli-options.h"
#include "launcher/policy/policy-cmd.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifndef POLICY_PULL
#define POLICY_PULL HANARE_LIBEXECDIR "/sandboxd-pull"
#endif

static int hand_over(const char *const *words) {
        char *argv[16];
        int n = 0;

        for (int i = 0; words[i]; i++)
                argv[n++] = (char *)words[i];
        argv[n] = NULL;
        (void)execv(POLICY_PULL, argv);
        fprintf(stderr, "hanare policy: %s: %s\n", POLICY_PULL, strerror(errno));
        return CLI_FAILED;
}

int policy_cmd_pull(int argc, char **argv) {
        static const CliCommand command = { "policy pull", N_("[--dry-run] [--config FILE] [--spool FOLDER]"), N_("Fetch the policy of this computer's channel"), NULL };
        const char *config = HANARE_SYSCONFDIR "/fleet.conf", *spool = HANARE_STATEDIR "/spool";
        bool dry = false;
        const CliOption options[] = {
                { "dry-run", &dry, NULL, NULL, N_("Fetch and check all, keep nothing") },
                { "config", NULL, &config, N_("FILE"), N_("Another fleet.conf") },
                { "spool", NULL, &spool, N_("FOLDER"), N_("Another spool") },
                { 0 },
        };
        int r = cli_options_parse(&command, options, &argc, argv, 0, false);

        if (r >= 0)
                return r;
        return hand_over((const char *[]){ "sandboxd-pull", "--config", config, "--spool", spool, dry ? "--dry-run" : NULL, NULL });
}

int policy_cmd_status(int argc, char **argv) {
        static const CliCommand command = { "policy status", N_("[--json] [--config FILE] [--spool FOLDER]"), N_("Show what was fetched, and until when it is good"), NULL };
        const char *config = HANARE_SYSCONFDIR "/fleet.conf", *spool = HANARE_STATEDIR "/spool";
        bool json = false;
        const CliOption options[] = {
                { "json", &json, NULL, NULL, N_("Write JSON") },
                { "config", NULL, &config, N_("FILE"), N_("Another fleet.conf") },
                { "spool", NULL, &spool, N_("FOLDER"), N_("Another spool") },
                { 0 },
        };
        int r = cli_options_parse(&command, options, &argc, argv, 0, false);

        if (r >= 0)
                return r;
        return hand_over((const char *[]){ "sandboxd-pull", "--status", "--config", config, "--spool", spool, json ? "--json" : NULL, NULL });
}
