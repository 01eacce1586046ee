/* cli-cmd-status: how the service is doing.
 * Runs as: user.  Input: the service's answer.  Must not: call a substituted wall whole.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-json.h"
#include "launcher/cli/cli-options.h"
#include "launcher/cli/cli-request.h"
#include "launcher/cli/cli-substitutes.h"
#include "launcher/cli/cli-text.h"
#include <stdio.h>

static void row(const char *name, const char *value) {
        g_autofree char *left = cli_text_pad(name, 20);
        g_autofree char *shown = cli_text_escape(value);
        printf("%s  %s\n", left, shown);
}

static void print_status(GVariant *status) {
        const char *text;
        guint32 zones = 0, max = 0;
        g_autoptr(GVariant) substitutes = g_variant_lookup_value(status, "substitutes", G_VARIANT_TYPE_STRING_ARRAY);
        if (g_variant_lookup(status, "version", "&s", &text))
                row(_("Version"), text);
        if (g_variant_lookup(status, "auth", "&s", &text))
                row(_("Authorisation"), text);
        if (g_variant_lookup(status, "table", "&s", &text))
                row(_("Policy table"), text);
        if (g_variant_lookup(status, "zones", "u", &zones) && g_variant_lookup(status, "max_zones", "u", &max)) {
                g_autofree char *count = g_strdup_printf(_("%u of at most %u"), zones, max);
                row(_("Zones"), count);
        }
        printf("%s\n", _("Substitutes in force:"));
        cli_substitutes_print(substitutes);
        if (g_variant_lookup(status, "problem", "&s", &text) && *text)
                row(_("Problem"), text);
}

int cli_cmd_status(const CliCommand *command, int argc, char **argv) {
        bool json = false;
        const CliOption options[] = { { "json", &json, NULL, NULL, N_("Write JSON") }, { 0 } };
        int parsed = cli_options_parse(command, options, &argc, argv, 0, false);
        if (parsed >= 0)
                return parsed;
        g_autoptr(GDBusConnection) bus = NULL;
        g_autoptr(GVariant) reply = NULL, status = NULL;
        CliExit result = cli_bus_open(&bus);
        if (result != CLI_OK || (result = cli_bus_ask(bus, &(CliBusCall) { .method = "Status", .reply_type = "(a{sv})" }, &reply)) != CLI_OK)
                return result;
        status = g_variant_get_child_value(reply, 0);
        if (json) {
                __attribute__((cleanup(cli_json_done))) CliJson out;
                cli_json_init(&out);
                cli_json_variant(&out, NULL, status);
                return cli_json_print(&out) ? CLI_OK : CLI_FAILED;
        }
        print_status(status);
        return CLI_OK;
}
