/* cli-cmd-stop: ends zones; what they held is gone when this returns.
 * Runs as: user.  Input: the command line.  Must not: return before the receipt is written.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-options.h"
#include "launcher/cli/cli-request.h"
#include "launcher/cli/cli-text.h"
#include <stdio.h>

static CliExit stop_one(GDBusConnection *bus, const char *zone) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = cli_bus_call(bus, &(CliBusCall) { .method = "Stop", .parameters = g_variant_new("(sb)", zone, TRUE),
                .reply_type = "()", .waiting = _("Ending the zone ...") }, &error);
        if (!reply) /* what was asked for is done all the same; only nobody waits for it */
                return error ? cli_bus_report(error) : cli_bus_cancelled(_("Not waiting any more; the zone ends all the same."));
        g_autofree char *shown = cli_text_escape(zone);
        printf(_("The zone %s is gone with everything in it.\n"), shown);
        return CLI_OK;
}

static CliExit stop_all(GDBusConnection *bus) {
        g_autoptr(GVariant) reply = NULL;
        CliExit result = cli_bus_ask(bus, &(CliBusCall) { .method = "List", .reply_type = "(aa{sv})" }, &reply);
        if (result != CLI_OK)
                return result;
        g_autoptr(GVariant) zones = g_variant_get_child_value(reply, 0);
        if (g_variant_n_children(zones) == 0)
                puts(_("No zone of yours is running."));
        for (gsize i = 0; i < g_variant_n_children(zones); i++) {
                g_autoptr(GVariant) zone = g_variant_get_child_value(zones, i);
                const char *name;
                CliExit one = g_variant_lookup(zone, "zone", "&s", &name) ? stop_one(bus, name) : CLI_FAILED;
                if (one > CLI_SIGNAL)
                        return one;
                if (one != CLI_OK && one != CLI_UNKNOWN) /* one that ended by itself meanwhile is no failure */
                        result = one;
        }
        return result;
}

int cli_cmd_stop(const CliCommand *command, int argc, char **argv) {
        bool all = false;
        const CliOption options[] = {
                { "all", &all, NULL, NULL, N_("End all zones of yours (as root: of everybody)") },
                { 0 },
        };
        int result = cli_options_parse(command, options, &argc, argv, 1, false);
        if (result >= 0)
                return result;
        if (all && argc > 1)
                return cli_options_error(command, _("Give a zone or --all, not both."));
        g_autoptr(GDBusConnection) bus = NULL;
        g_autofree char *zone = NULL;
        CliExit opened = cli_bus_open(&bus);
        if (opened != CLI_OK)
                return opened;
        if (all)
                return stop_all(bus);
        CliExit found = cli_request_zone(bus, command, argc > 1 ? argv[1] : NULL, &zone);
        return found != CLI_OK ? found : stop_one(bus, zone);
}
