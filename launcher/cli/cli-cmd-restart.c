/* cli-cmd-restart: throws a zone away and starts a clean one of its kind.
 * Runs as: user.  Input: the command line.  Must not: ask back.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-options.h"
#include "launcher/cli/cli-request.h"
#include "launcher/cli/cli-text.h"
#include <stdio.h>

static CliExit restart(const CliCommand *command, CliRequest *request, const char *argument) {
        g_autoptr(GDBusConnection) bus = NULL;
        g_autoptr(GError) error = NULL;
        g_autofree char *zone = NULL;
        CliExit result = cli_bus_open(&bus);
        if (result != CLI_OK || (result = cli_request_zone(bus, command, argument, &zone)) != CLI_OK)
                return result;
        cli_display_find(&request->display);
        size_t n = request->display.fd >= 0 ? 1 : 0;
        g_autoptr(GVariant) reply = cli_bus_call(bus, &(CliBusCall) { .method = "Restart",
                .parameters = g_variant_new("(s@a{sv}@ah)", zone, cli_request_options(request), cli_request_handles(n)),
                .reply_type = "(s)", .fds = &request->display.fd, .n_fds = n, .waiting = _("Starting the zone anew ..."), .timeout_ms = 120000 }, &error);
        if (!reply)
                return cli_request_report(request, error);
        const char *new_zone;
        g_variant_get(reply, "(&s)", &new_zone);
        g_autofree char *shown = cli_text_escape(new_zone);
        printf(_("The old zone is gone; the clean zone %s is running.\n"), shown);
        return CLI_OK;
}

int cli_cmd_restart(const CliCommand *command, int argc, char **argv) {
        CliRequest request __attribute__((cleanup(cli_request_done)));
        cli_request_init(&request);
        int result = cli_options_parse(command, NULL, &argc, argv, 1, false);
        return result >= 0 ? result : (int) restart(command, &request, argc > 1 ? argv[1] : NULL);
}
