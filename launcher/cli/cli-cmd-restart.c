/* cli-cmd-restart: throws a zone away and starts a clean one of its kind.
 * Runs as: user.  Input: the command line.  Must not: ask back.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-options.h"
#include "launcher/cli/cli-request.h"
#include "launcher/cli/cli-text.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static GVariant *call(GDBusConnection *bus, CliRequest *request, const char *method, const char *zone, GError **error) {
        size_t n = request->display.fd >= 0 ? 1 : 0;
        GVariant *options = cli_request_options(request), *handles = cli_request_handles(n);
        bool again = strcmp(method, "Restart") == 0;
        return cli_bus_call(bus, &(CliBusCall) { .method = method,
                .parameters = again ? g_variant_new("(s@a{sv}@ah)", zone, options, handles) : g_variant_new("(ss@a{sv}@ah)", zone, "", options, handles),
                .reply_type = "(s)", .fds = &request->display.fd, .n_fds = n, .waiting = again ? _("Starting the zone anew ...") : _("Starting the zone ..."),
                .cancels = true, .timeout_ms = 120000 }, error);
}

/* Nothing of this name runs. Where it is a kind, the clean zone that was asked for is started; root would have to say for whom, so it is told the first error. */
static GVariant *start_instead(GDBusConnection *bus, CliRequest *request, const char *kind, GError **error) {
        g_autoptr(GError) problem = NULL;
        GVariant *reply = call(bus, request, "Start", kind, &problem);
        if (cli_bus_error_is(problem, "UnknownKind") || (geteuid() == 0 && cli_bus_error_is(problem, "NotAllowed")))
                return NULL;
        g_clear_error(error);
        if (problem)
                g_propagate_error(error, g_steal_pointer(&problem));
        return reply;
}

static CliExit restart(const CliCommand *command, CliRequest *request, const char *argument) {
        g_autoptr(GDBusConnection) bus = NULL;
        g_autoptr(GError) error = NULL;
        g_autofree char *zone = NULL;
        CliExit result = cli_bus_open(&bus);
        if (result != CLI_OK || (result = cli_request_zone(bus, command, argument, &zone)) != CLI_OK)
                return result;
        cli_display_find(&request->display);
        g_autoptr(GVariant) reply = call(bus, request, "Restart", zone, &error);
        bool ran = !cli_bus_error_is(error, "UnknownZone");
        if (!ran)
                reply = start_instead(bus, request, zone, &error);
        request->cancelled = ran ? _("Cancelled; the old zone is gone, and no new one is left.") : _("Cancelled; no zone is left.");
        if (!reply)
                return cli_request_report(request, error);
        const char *new_zone;
        g_variant_get(reply, "(&s)", &new_zone);
        if ((result = cli_request_started(bus, request, new_zone)) != CLI_OK)
                return result;
        g_autofree char *shown = cli_text_escape(new_zone);
        printf(ran ? _("The old zone is gone; the clean zone %s is running.\n") : _("None was running; the clean zone %s is running.\n"), shown);
        return CLI_OK;
}

int cli_cmd_restart(const CliCommand *command, int argc, char **argv) {
        CliRequest request __attribute__((cleanup(cli_request_done)));
        cli_request_init(&request);
        int result = cli_options_parse(command, NULL, &argc, argv, 1, false);
        return result >= 0 ? result : (int) restart(command, &request, argc > 1 ? argv[1] : NULL);
}
