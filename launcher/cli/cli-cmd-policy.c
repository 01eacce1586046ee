/* cli-cmd-policy: hands over to hanare-policy, the program of its own behind `hanare policy`.
 * Runs as: user.  Input: the command line.  Must not: look into a policy.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "hanare-config.h"
#include "launcher/cli/cli-cmd.h"
#include "launcher/cli/cli-exit.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM HANARE_LIBEXECDIR "/hanare-policy"

int cli_cmd_policy(const CliCommand *command, int argc, char **argv) {
        (void)command;
        (void)argc;
        execv(PROGRAM, argv);
        fprintf(stderr, _("hanare: %s cannot be started: %s\n"), PROGRAM, strerror(errno));
        return CLI_FAILED;
}
