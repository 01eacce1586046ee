/* cli-cmd-start: starts a zone with the application of its kind.
 * Runs as: user.  Input: the command line.  Must not: choose a kind; the policy does.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-options.h"
#include "launcher/cli/cli-request.h"
#include "launcher/cli/cli-text.h"
#include <stdio.h>

static CliExit start(CliRequest *request, const char *kind) {
        g_autoptr(GDBusConnection) bus = NULL;
        g_autoptr(GError) error = NULL;
        CliExit result = cli_bus_open(&bus);
        if (result != CLI_OK)
                return result;
        cli_display_find(&request->display);
        size_t n = request->display.fd >= 0 ? 1 : 0;
        g_autoptr(GVariant) reply = cli_bus_call(bus, &(CliBusCall) { .method = "Start",
                .parameters = g_variant_new("(ss@a{sv}@ah)", kind, "", cli_request_options(request), cli_request_handles(n)),
                .reply_type = "(s)", .fds = &request->display.fd, .n_fds = n, .waiting = _("Starting the zone ..."), .cancels = true, .timeout_ms = 120000 }, &error);
        request->cancelled = _("Cancelled; no zone is left.");
        if (!reply)
                return cli_request_report(request, error);
        const char *zone;
        g_variant_get(reply, "(&s)", &zone);
        if ((result = cli_request_started(bus, request, zone)) != CLI_OK)
                return result;
        g_autofree char *shown = cli_text_escape(zone);
        printf(_("The zone %s is running.\n"), shown);
        return CLI_OK;
}

int cli_cmd_start(const CliCommand *command, int argc, char **argv) {
        CliRequest request __attribute__((cleanup(cli_request_done)));
        cli_request_init(&request);
        const CliOption options[] = {
                { "for", NULL, &request.for_user, N_("USER"), N_("The zone shall belong to this user (root only)") },
                { 0 },
        };
        int result = cli_options_parse(command, options, &argc, argv, 1, false);
        if (result >= 0 || (result = cli_request_check(&request, command)) >= 0)
                return result;
        const char *kind = argc > 1 ? argv[1] : "";
        return cli_request_text_ok(command, kind) ? start(&request, kind) : CLI_USAGE;
}
