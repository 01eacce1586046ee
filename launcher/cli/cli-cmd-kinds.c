/* cli-cmd-kinds: the kinds of zone that policy offers.
 * Runs as: user.  Input: the service's answer.  Must not: show a byte of it unescaped.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-json.h"
#include "launcher/cli/cli-options.h"
#include "launcher/cli/cli-request.h"
#include "launcher/cli/cli-text.h"
#include <stdio.h>
#include <string.h>

static void print_kind(GVariant *kind) {
        const char *name = "", *title = "", *app = "", *page = "";
        g_autofree const char **programs = NULL;
        g_variant_lookup(kind, "kind", "&s", &name);
        g_variant_lookup(kind, strcmp(cli_text_locale(), "ja") == 0 ? "title_ja" : "title_en", "&s", &title);
        g_variant_lookup(kind, "app", "&s", &app);
        g_variant_lookup(kind, "start_page", "&s", &page);
        g_variant_lookup(kind, "run", "^a&s", &programs);
        g_autofree char *raw = g_strdup_printf("%s  %s (%s)  %s", name, title, app, page);
        g_autofree char *line = cli_text_escape(g_strchomp(raw));
        puts(line);
        if (programs && programs[0]) {
                g_autofree char *joined = g_strjoinv(" ", (char **) programs);
                g_autofree char *shown = cli_text_escape(joined);
                printf(_("    programs for 'hanare run': %s\n"), shown);
        }
}

int cli_cmd_kinds(const CliCommand *command, int argc, char **argv) {
        bool json = false;
        const CliOption options[] = { { "json", &json, NULL, NULL, N_("Write JSON") }, { 0 } };
        int parsed = cli_options_parse(command, options, &argc, argv, 0, false);
        if (parsed >= 0)
                return parsed;
        g_autoptr(GDBusConnection) bus = NULL;
        g_autoptr(GVariant) reply = NULL, kinds = NULL;
        CliExit result = cli_bus_open(&bus);
        if (result != CLI_OK || (result = cli_bus_ask(bus, &(CliBusCall) { .method = "Kinds", .reply_type = "(aa{sv})" }, &reply)) != CLI_OK)
                return result;
        kinds = g_variant_get_child_value(reply, 0);
        if (json) {
                __attribute__((cleanup(cli_json_done))) CliJson out;
                cli_json_init(&out);
                cli_json_variant(&out, NULL, kinds);
                return cli_json_print(&out) ? CLI_OK : CLI_FAILED;
        }
        for (gsize i = 0; i < g_variant_n_children(kinds); i++) {
                g_autoptr(GVariant) kind = g_variant_get_child_value(kinds, i);
                print_kind(kind);
        }
        return CLI_OK;
}
