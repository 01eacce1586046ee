/* cli-cmd: the sub-commands: one row and one file each.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <libintl.h>
#include <stdbool.h>
#include <stddef.h>

#define _(text) gettext(text)
#define N_(text) text

typedef struct CliCommand {
        const char *name;
        const char *arguments; /* for the usage line */
        const char *summary;
        int (*run)(const struct CliCommand *command, int argc, char **argv); /* argv[0] is the sub-command; returns a CliExit */
} CliCommand;

int cli_cmd_open(const CliCommand *command, int argc, char **argv);
int cli_cmd_start(const CliCommand *command, int argc, char **argv);
int cli_cmd_restart(const CliCommand *command, int argc, char **argv);
int cli_cmd_stop(const CliCommand *command, int argc, char **argv);
int cli_cmd_list(const CliCommand *command, int argc, char **argv);
int cli_cmd_status(const CliCommand *command, int argc, char **argv);
int cli_cmd_receipt(const CliCommand *command, int argc, char **argv);
int cli_cmd_doctor(const CliCommand *command, int argc, char **argv);
int cli_cmd_run(const CliCommand *command, int argc, char **argv);
int cli_cmd_policy(const CliCommand *command, int argc, char **argv);
int cli_cmd_net(const CliCommand *command, int argc, char **argv);
int cli_cmd_kinds(const CliCommand *command, int argc, char **argv);
