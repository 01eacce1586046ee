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

static void print_zones(GVariant *zones) {
        GVariantIter iter;
        g_autoptr(GVariant) zone = NULL;

        g_variant_iter_init(&iter, zones);
        while ((zone = g_variant_iter_next_value(&iter)) != NULL) {
                const char *name = "";
                g_autofree const char **walls = NULL;
                g_variant_lookup(zone, "zone", "&s", &name);
                if (g_variant_lookup(zone, "walls", "^a&s", &walls)) {
                        g_autofree char *joined = g_strjoinv(", ", (char **)walls);
                        g_autofree char *text = g_strdup_printf(_("%u walls seen standing from inside: %s"), g_strv_length((char **)walls), joined);
                        row(name, text);
                }
                g_clear_pointer(&zone, g_variant_unref);
        }
}

int cli_cmd_status(const CliCommand *command, int argc, char **argv) {
        bool json = false;
        const CliOption options[] = { { "json", &json, NULL, NULL, N_("Write JSON") }, { 0 } };
        int parsed = cli_options_parse(command, options, &argc, argv, 0, false);
        if (parsed >= 0)
                return parsed;
        g_autoptr(GDBusConnection) bus = NULL;
        g_autoptr(GVariant) reply = NULL, status = NULL, list = NULL, zones = NULL;
        CliExit result = cli_bus_open(&bus);
        if (result != CLI_OK || (result = cli_bus_ask(bus, &(CliBusCall) { .method = "Status", .reply_type = "(a{sv})" }, &reply)) != CLI_OK)
                return result;
        if ((result = cli_bus_ask(bus, &(CliBusCall) { .method = "List", .reply_type = "(aa{sv})" }, &list)) != CLI_OK)
                return result;
        zones = g_variant_get_child_value(list, 0);
        status = g_variant_get_child_value(reply, 0);
        if (json) {
                __attribute__((cleanup(cli_json_done))) CliJson out;
                GVariantDict dict;
                g_variant_dict_init(&dict, status);
                g_variant_dict_insert_value(&dict, "running", zones);
                g_autoptr(GVariant) all = g_variant_ref_sink(g_variant_dict_end(&dict));
                cli_json_init(&out);
                cli_json_variant(&out, NULL, all);
                return cli_json_print(&out) ? CLI_OK : CLI_FAILED;
        }
        print_status(status);
        print_zones(zones);
        return CLI_OK;
}
