/* cli-cmd-list: the user's zones, as a table.
 * Runs as: user.  Input: the service's answer.  Must not: show a byte of it unescaped.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-json.h"
#include "launcher/cli/cli-options.h"
#include "launcher/cli/cli-request.h"
#include "launcher/cli/cli-text.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

#define COLUMNS 4

static const char *state_text(const char *state) {
        static const struct {
                const char *name, *text;
        } states[] = {
                { "building", N_("starting") },
                { "running", N_("running") },
                { "killed", N_("ending") },
                { "gone", N_("gone") },
        };
        for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
                if (strcmp(states[i].name, state) == 0)
                        return _(states[i].text);
        return state;
}

/* The kind's title in the user's language; the zone's own title where the kind is not there any more. */
static const char *title_of(GVariant *zone, GVariant *kinds) {
        const char *kind = "", *title = "", *name;
        const char *key = strcmp(cli_text_locale(), "ja") == 0 ? "title_ja" : "title_en";
        g_variant_lookup(zone, "kind", "&s", &kind);
        g_variant_lookup(zone, "title", "&s", &title);
        if (g_variant_lookup(zone, key, "&s", &name) && *name)
                return name;
        for (gsize i = 0; kinds && i < g_variant_n_children(kinds); i++) {
                g_autoptr(GVariant) row = g_variant_get_child_value(kinds, i);
                const char *better;
                if (g_variant_lookup(row, "kind", "&s", &name) && strcmp(name, kind) == 0 && g_variant_lookup(row, key, "&s", &better) && *better)
                        return better;
        }
        return title;
}

static char *age_of(GVariant *zone) {
        gint64 started = 0;
        if (!g_variant_lookup(zone, "started", "x", &started) || started <= 0)
                return g_strdup("-");
        return cli_text_duration(time(NULL) - started);
}

static void print_table(GVariant *zones, GVariant *kinds) {
        gsize n = g_variant_n_children(zones);
        g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
        size_t widths[COLUMNS] = { 0 };
        const char *const heads[COLUMNS] = { _("ZONE"), _("TITLE"), _("STATE"), _("AGE") };
        for (size_t i = 0; i < COLUMNS; i++)
                g_ptr_array_add(cells, g_strdup(heads[i]));
        for (gsize i = 0; i < n; i++) {
                g_autoptr(GVariant) zone = g_variant_get_child_value(zones, i);
                const char *name = "", *state = "";
                g_variant_lookup(zone, "zone", "&s", &name);
                g_variant_lookup(zone, "state", "&s", &state);
                g_ptr_array_add(cells, cli_text_escape(name));
                g_ptr_array_add(cells, cli_text_escape(title_of(zone, kinds)));
                g_ptr_array_add(cells, cli_text_escape(state_text(state)));
                g_ptr_array_add(cells, age_of(zone));
        }
        for (guint i = 0; i < cells->len; i++)
                widths[i % COLUMNS] = MAX(widths[i % COLUMNS], cli_text_width(cells->pdata[i]));
        for (guint i = 0; i < cells->len; i++) {
                bool last = i % COLUMNS == COLUMNS - 1;
                g_autofree char *cell = cli_text_pad(cells->pdata[i], last ? 0 : widths[i % COLUMNS] + 2);
                printf("%s%s", cell, last ? "\n" : "");
        }
}

int cli_cmd_list(const CliCommand *command, int argc, char **argv) {
        bool json = false;
        const CliOption options[] = { { "json", &json, NULL, NULL, N_("Write JSON") }, { 0 } };
        int parsed = cli_options_parse(command, options, &argc, argv, 0, false);
        if (parsed >= 0)
                return parsed;
        g_autoptr(GDBusConnection) bus = NULL;
        g_autoptr(GVariant) reply = NULL, zones = NULL, kinds_reply = NULL, kinds = NULL;
        CliExit result = cli_bus_open(&bus);
        if (result != CLI_OK || (result = cli_bus_ask(bus, &(CliBusCall) { .method = "List", .reply_type = "(aa{sv})" }, &reply)) != CLI_OK)
                return result;
        zones = g_variant_get_child_value(reply, 0);
        if (json) {
                __attribute__((cleanup(cli_json_done))) CliJson out;
                cli_json_init(&out);
                cli_json_variant(&out, NULL, zones);
                return cli_json_print(&out) ? CLI_OK : CLI_FAILED;
        }
        if (g_variant_n_children(zones) == 0) {
                puts(_("No zone of yours is running."));
                return CLI_OK;
        }
        /* Without the kinds the table only loses translated titles. */
        kinds_reply = cli_bus_call(bus, &(CliBusCall) { .method = "Kinds", .reply_type = "(aa{sv})" }, NULL);
        if (kinds_reply)
                kinds = g_variant_get_child_value(kinds_reply, 0);
        print_table(zones, kinds);
        return CLI_OK;
}
