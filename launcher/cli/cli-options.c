/* cli-options: reads a sub-command's options from a table.
 * Runs as: user.  Input: the command line.  Must not: guess; an unknown option is an error.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-options.h"
#include "launcher/cli/cli-exit.h"
#include "launcher/cli/cli-text.h"
#include <glib.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int cli_options_error(const CliCommand *command, const char *format, ...) {
        va_list args;
        va_start(args, format);
        g_autofree char *raw = g_strdup_vprintf(format, args);
        va_end(args);
        g_autofree char *text = cli_text_escape(raw);
        fprintf(stderr, "hanare %s: %s ", command->name, text);
        fprintf(stderr, _("See 'hanare %s --help'."), command->name);
        fputc('\n', stderr);
        return CLI_USAGE;
}

static void help_row(const char *left, const char *text) {
        g_autofree char *padded = cli_text_pad(left, 22);
        printf("  %s  %s\n", padded, text);
}

static int print_help(const CliCommand *command, const CliOption *options) {
        printf(_("Usage: hanare %s %s"), command->name, _(command->arguments));
        printf("\n%s\n\n", _(command->summary));
        for (const CliOption *o = options; o && o->name; o++) {
                g_autofree char *left = o->value ? g_strdup_printf("--%s %s", o->name, _(o->metavar)) : g_strdup_printf("--%s", o->name);
                help_row(left, _(o->help));
        }
        help_row("--help", _("Show this help"));
        return CLI_OK;
}

/* Takes argv[at], and argv[at + 1] where it is the value. Returns how many it took, or 0 after an error. */
static int take(const CliCommand *command, const CliOption *options, int argc, char **argv, int at) {
        const char *name = argv[at] + 2, *equals = strchr(name, '=');
        size_t n = equals ? (size_t) (equals - name) : strlen(name);
        for (const CliOption *o = options; o && o->name; o++) {
                if (strlen(o->name) != n || memcmp(o->name, name, n) != 0)
                        continue;
                if (o->flag && equals)
                        return cli_options_error(command, _("--%s takes no value."), o->name), 0;
                if (o->flag)
                        return *o->flag = true, 1;
                if (equals)
                        return *o->value = equals + 1, 1;
                if (at + 1 >= argc)
                        return cli_options_error(command, _("--%s needs a value."), o->name), 0;
                return *o->value = argv[at + 1], 2;
        }
        return cli_options_error(command, _("Unknown option %s."), argv[at]), 0;
}

int cli_options_parse(const CliCommand *command, const CliOption *options, int *argc, char **argv, int max_arguments, bool stop_early) {
        int kept = 1, at = 1;
        bool plain = false;
        while (at < *argc) {
                const char *arg = argv[at];
                if (!plain && strcmp(arg, "--") == 0) {
                        plain = true;
                        at++;
                } else if (plain || arg[0] != '-' || !arg[1]) {
                        argv[kept++] = argv[at++];
                        plain = plain || stop_early;
                } else if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0) {
                        return print_help(command, options);
                } else if (arg[1] != '-') {
                        return cli_options_error(command, _("Unknown option %s."), arg);
                } else {
                        int taken = take(command, options, *argc, argv, at);
                        if (!taken)
                                return CLI_USAGE;
                        at += taken;
                }
        }
        *argc = kept;
        argv[kept] = NULL;
        if (kept - 1 > max_arguments)
                return cli_options_error(command, _("Too many arguments: %s is not expected."), argv[max_arguments + 1]);
        return -1;
}
