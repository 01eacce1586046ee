/* cli-cmd-open: shows an address in a zone.
 * Runs as: user.  Input: an address typed or clicked.  Must not: pass on anything but http and https.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-address.h"
#include "launcher/cli/cli-options.h"
#include "launcher/cli/cli-request.h"
#include "launcher/cli/cli-text.h"
#include <stdio.h>

static CliExit open_address(CliRequest *request, const char *kind, const char *address) {
        g_autoptr(GDBusConnection) bus = NULL;
        g_autoptr(GError) error = NULL;
        CliExit result = cli_bus_open(&bus);
        if (result != CLI_OK)
                return result;
        cli_display_find(&request->display);
        size_t n = request->display.fd >= 0 ? 1 : 0;
        g_autoptr(GVariant) reply = cli_bus_call(bus, &(CliBusCall) { .method = "Open",
                .parameters = g_variant_new("(ss@a{sv}@ah)", kind, address, cli_request_options(request), cli_request_handles(n)),
                .reply_type = "(sb)", .fds = &request->display.fd, .n_fds = n, .waiting = _("Starting the zone ..."), .cancels = true, .timeout_ms = 120000 }, &error);
        request->cancelled = _("Cancelled; no new zone is left.");
        if (!reply)
                return cli_request_report(request, error);
        const char *zone;
        gboolean started;
        g_variant_get(reply, "(&sb)", &zone, &started);
        if (started && (result = cli_request_started(bus, request, zone)) != CLI_OK)
                return result;
        g_autofree char *shown = cli_text_escape(zone);
        printf(started ? _("Opened in the new zone %s.\n") : _("Opened in the zone %s.\n"), shown);
        return CLI_OK;
}

int cli_cmd_open(const CliCommand *command, int argc, char **argv) {
        CliRequest request __attribute__((cleanup(cli_request_done)));
        const char *kind = "", *problem = NULL;
        cli_request_init(&request);
        const CliOption options[] = {
                { "zone", NULL, &kind, N_("KIND"), N_("Open it in a zone of this kind instead of the one that the site belongs to") },
                { "fresh", &request.fresh, NULL, NULL, N_("Open it in a new zone, even if one is running") },
                { "for", NULL, &request.for_user, N_("USER"), N_("The zone shall belong to this user (root only)") },
                { 0 },
        };
        int result = cli_options_parse(command, options, &argc, argv, 1, false);
        if (result >= 0 || (result = cli_request_check(&request, command)) >= 0)
                return result;
        if (!cli_request_text_ok(command, kind))
                return CLI_USAGE;
        g_autofree char *address = argc > 1 ? cli_address_normalise(argv[1], &problem) : g_strdup("");
        if (!address)
                return cli_options_error(command, "%s", problem);
        return open_address(&request, kind, address);
}
