/* policy-cmd: finds the sub-command of `hanare policy` in a table.
 * Runs as: user.  Input: the command line.  Must not: hold any privilege.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/policy/policy-cmd.h"
#include "launcher/cli/cli-exit.h"
#include "launcher/cli/cli-text.h"
#include <stdio.h>
#include <string.h>

static const struct PolicyCmd commands[] = {
        { "check", policy_cmd_check, N_("Look for mistakes in policy files") },
        { "show", policy_cmd_show, N_("Show the values in force and where each comes from") },
        { "explain", policy_cmd_explain, N_("Say whether something is permitted, and by which rule") },
        { "test", policy_cmd_test, N_("Run a policy's own tests") },
        { "diff", policy_cmd_diff, N_("Show what a change of policy loosens and tightens") },
        { "schema", policy_cmd_schema, N_("Write a JSON Schema for editors") },
        { "keygen", policy_cmd_keygen, N_("Make a key that signs policy") },
        { "trust", policy_cmd_trust, N_("Write whose signatures count") },
        { "bundle", policy_cmd_bundle, N_("Pack a folder of policy into one file") },
        { "sign", policy_cmd_sign, N_("Sign a bundle or a trust file") },
        { "verify", policy_cmd_verify, N_("Show what a signed file says and who signed it") },
        { "unpack", policy_cmd_unpack, N_("Lay a signed bundle out as a folder") },
        { "publish", policy_cmd_publish, N_("Write a channel for any web server") },
        { "rollback", policy_cmd_rollback, N_("Give an older bundle's content a new number") },
        { "pull", policy_cmd_pull, N_("Fetch the policy of this computer's channel") },
        { "status", policy_cmd_status, N_("Show what was fetched, and until when it is good") },
};

static int print_help(void) {
        printf(_("Usage: hanare policy COMMAND [OPTION ...]\n"));
        printf("%s\n\n", _("What zones may do: written as files, checked, tested, signed, published."));
        for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
                g_autofree char *left = cli_text_pad(commands[i].name, 10);
                printf("  %s%s\n", left, _(commands[i].summary));
        }
        printf("\n%s\n", _("'hanare policy COMMAND --help' shows the options; hanare-policy(1) and hanare-policy-fleet(7) say more."));
        return CLI_OK;
}

int policy_cmd(int argc, char **argv) {
        const char *name = argc > 1 ? argv[1] : "--help";

        if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
                print_help();
                return argc > 1 ? CLI_OK : CLI_USAGE;
        }
        for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
                if (strcmp(commands[i].name, name) == 0)
                        return commands[i].run(argc - 1, argv + 1);
        g_autofree char *shown = cli_text_escape(name);
        fprintf(stderr, "hanare policy: ");
        fprintf(stderr, *name == '-' ? _("Unknown option %s.") : _("Unknown command %s."), shown);
        fprintf(stderr, " %s\n", _("See 'hanare policy --help'."));
        return CLI_USAGE;
}
