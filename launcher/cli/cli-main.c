/* cli-main: the user's command: finds the sub-command in a table.
 * Runs as: user.  Input: the command line.  Must not: hold any privilege.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-drop.h"
#include "hanare-config.h"
#include "launcher/cli/cli-cmd.h"
#include "launcher/cli/cli-exit.h"
#include "launcher/cli/cli-signal.h"
#include "launcher/cli/cli-text.h"
#include <glib.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#ifndef CLI_LOCALEDIR
#define CLI_LOCALEDIR HANARE_LOCALEDIR
#endif

static const CliCommand commands[] = {
        { "open", N_("[URL] [--zone KIND] [--fresh]"), N_("Open an address in the internet zone"), cli_cmd_open },
        { "start", N_("[KIND]"), N_("Start a zone"), cli_cmd_start },
        { "restart", N_("[ZONE | KIND]"), N_("Throw a zone away and start a clean one"), cli_cmd_restart },
        { "stop", N_("[ZONE | --all]"), N_("End a zone and destroy everything in it"), cli_cmd_stop },
        { "list", "[--json]", N_("Show your zones"), cli_cmd_list },
        { "run", N_("[--zone KIND] -- PROGRAM [ARGUMENT ...]"), N_("Run a program in a zone of its own"), cli_cmd_run },
        { "kinds", "[--json]", N_("Show the kinds of zone"), cli_cmd_kinds },
        { "net", N_("[ZONE | explain NAME] [--follow] [--json]"), N_("Show what zones reached, and what was refused"), cli_cmd_net },
        { "receipt", N_("[ZONE] [--verify] [--json]"), N_("Show what became of zones that have ended"), cli_cmd_receipt },
        { "doctor", "[--json]", N_("Look for what keeps zones from starting"), cli_cmd_doctor },
        { "policy", N_("COMMAND ..."), N_("Check, test and explain policy"), cli_cmd_policy },
        { "status", "[--json]", N_("Show how the service is doing"), cli_cmd_status },
};

static int print_help(void) {
        printf(_("Usage: hanare COMMAND [OPTION ...]\n"));
        printf("%s\n\n", _("A disposable internet zone for this desktop."));
        for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
                g_autofree char *left = cli_text_pad(commands[i].name, 10);
                printf("  %s%s\n", left, _(commands[i].summary));
        }
        printf("\n%s\n", _("'hanare COMMAND --help' shows the options; hanare(1) says more."));
        return CLI_OK;
}

static int dispatch(int argc, char **argv) {
        const char *name = argc > 1 ? argv[1] : "--help";
        if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
                print_help();
                return argc > 1 ? CLI_OK : CLI_USAGE;
        }
        if (strcmp(name, "--version") == 0) {
                puts("hanare " HANARE_VERSION);
                return CLI_OK;
        }
        for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
                if (strcmp(commands[i].name, name) == 0)
                        return commands[i].run(&commands[i], argc - 1, argv + 1);
        g_autofree char *shown = cli_text_escape(name);
        fprintf(stderr, "hanare: ");
        fprintf(stderr, *name == '-' ? _("Unknown option %s.") : _("Unknown command %s."), shown);
        fprintf(stderr, " %s\n", _("See 'hanare --help'."));
        return CLI_USAGE;
}

int main(int argc, char **argv) {
        base_drop_common();
        setlocale(LC_CTYPE, ""); /* what our output needs; the ten others are ten files more to open */
        setlocale(LC_MESSAGES, "");
        bindtextdomain("hanare", CLI_LOCALEDIR);
        bind_textdomain_codeset("hanare", "UTF-8");
        textdomain("hanare");
        int result = dispatch(argc, argv);
        if (cli_signal_caught() && result == CLI_SIGNAL + cli_signal_caught())
                cli_signal_die(cli_signal_caught());
        if (fflush(stdout) != 0 && result == CLI_OK) {
                perror("hanare");
                return CLI_FAILED;
        }
        return result;
}
