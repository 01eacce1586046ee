/* cli-cmd-policy: hands over to hanare-policy, so that opening a zone does not wait for the libraries of policy's commands.
 * Runs as: user.  Input: the command line.  Must not: look at it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "hanare-config.h"
#include "launcher/cli/cli-cmd.h"
#include "launcher/cli/cli-exit.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int cli_cmd_policy(const CliCommand *command, int argc, char **argv) {
        static const char program[] = HANARE_LIBEXECDIR "/hanare-policy";

        (void)argc;
        (void)execv(program, argv);
        fprintf(stderr, "hanare %s: %s: %s\n", command->name, program, strerror(errno));
        return CLI_FAILED;
}
