/* cli-options: reads a sub-command's options from a table.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "launcher/cli/cli-cmd.h"

typedef struct CliOption {
        const char *name;   /* without the dashes; NULL ends the table */
        bool *flag;         /* an option without a value, or ... */
        const char **value; /* ... with one: "--name VALUE" or "--name=VALUE" */
        const char *metavar, *help;
} CliOption;

/* Sorts argv: what is left are the plain arguments, argv[1] ... (*argc - 1). stop_early: the first plain argument ends the
 * options (for `run`). Returns -1 to go on, else the CliExit to end with (--help: help printed; an error: one line printed). */
int cli_options_parse(const CliCommand *command, const CliOption *options, int *argc, char **argv, int max_arguments, bool stop_early);
/* One line on standard error: what, and how to get help; returns CLI_USAGE. */
int cli_options_error(const CliCommand *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
