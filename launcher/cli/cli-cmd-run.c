/* cli-cmd-run: runs one program in a zone of its own, with our standard descriptors relayed.
 * Runs as: user.  Input: the command line; bytes of the zone.  Must not: outlive the zone, or let the zone outlive us.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-options.h"
#include "launcher/cli/cli-relay.h"
#include "launcher/cli/cli-request.h"
#include "launcher/cli/cli-text.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static GVariant *call_run(GDBusConnection *bus, const CliRequest *request, const char *kind, char **argv, const int zone_ends[3], GError **error) {
        int fds[4] = { zone_ends[0], zone_ends[1], zone_ends[2], request->display.fd };
        size_t n = request->display.fd >= 0 ? 4 : 3;
        return cli_bus_call(bus, &(CliBusCall) { .method = "Run",
                .parameters = g_variant_new("(ss@aay@a{sv}@ah)", kind, argv[0], g_variant_new_bytestring_array((const char *const *) argv + 1, -1),
                        cli_request_options(request), cli_request_handles(n)),
                .reply_type = "(s)", .fds = fds, .n_fds = n, .waiting = _("Starting the zone ..."), .timeout_ms = 120000 }, error);
}

/* Looking for the display costs time that most programs need not spend: only when the kind asks for one. */
static GVariant *start(GDBusConnection *bus, CliRequest *request, const char *kind, char **argv, const int zone_ends[3], GError **error) {
        g_autoptr(GError) first = NULL;
        GVariant *reply = call_run(bus, request, kind, argv, zone_ends, &first);
        if (!reply && cli_bus_error_is(first, "NoDisplay")) {
                cli_display_find(&request->display);
                if (request->display.fd >= 0)
                        return call_run(bus, request, kind, argv, zone_ends, error);
        }
        if (first)
                g_propagate_error(error, g_steal_pointer(&first));
        return reply;
}

static CliExit exit_for(const char *reason) {
        static const char *const walls[] = { "tripwire", "wall-failed", "sandbox-lost", "refused", "build-failed" };
        for (size_t i = 0; i < G_N_ELEMENTS(walls); i++)
                if (strcmp(walls[i], reason) == 0)
                        return CLI_WALL;
        return strcmp(reason, "memory") == 0 || strcmp(reason, "limit") == 0 ? CLI_LIMIT : CLI_FAILED;
}

static int ended(GVariant *reply) {
        const char *reason, *text;
        guint32 status, detail;
        g_variant_get(reply, "(&suu&s)", &reason, &status, &detail, &text);
        if (strcmp(reason, "exit") == 0)
                return WIFEXITED(status) ? WEXITSTATUS(status) : WIFSIGNALED(status) ? CLI_SIGNAL + WTERMSIG(status) : CLI_FAILED;
        g_autofree char *why = cli_bus_reason(reason);
        g_autofree char *more = cli_text_escape(text);
        fprintf(stderr, "hanare: ");
        fprintf(stderr, _("The zone was ended: %s."), why);
        fprintf(stderr, *more ? " (%s)\n" : "\n", more);
        return exit_for(reason);
}

static int run(CliRequest *request, const char *kind, char **argv) {
        g_autoptr(GDBusConnection) bus = NULL;
        g_autoptr(GVariant) started = NULL, reply = NULL;
        g_autoptr(GError) error = NULL;
        __attribute__((cleanup(cli_relay_done))) CliRelay *relay = NULL;
        int zone_ends[3];
        CliExit result = cli_bus_open(&bus);
        if (result != CLI_OK)
                return result;
        int r = cli_relay_new(&relay, zone_ends);
        if (r < 0) {
                fprintf(stderr, "hanare: %s (%s)\n", _("Pipes for the program could not be made."), g_strerror(-r));
                return CLI_FAILED;
        }
        started = start(bus, request, kind, argv, zone_ends, &error);
        if (!started)
                return cli_request_report(request, error);
        const char *zone;
        g_variant_get(started, "(&s)", &zone);
        cli_relay_start(relay);
        result = cli_bus_ask(bus, &(CliBusCall) { .method = "Wait", .parameters = g_variant_new("(s)", zone), .reply_type = "(suus)", .timeout_ms = -1 },
                &reply);
        if (result != CLI_OK)
                return result;
        if (!cli_relay_drain(relay))
                return cli_bus_report(NULL);
        return ended(reply);
}

int cli_cmd_run(const CliCommand *command, int argc, char **argv) {
        CliRequest request __attribute__((cleanup(cli_request_done)));
        const char *kind = "";
        cli_request_init(&request);
        const CliOption options[] = {
                { "zone", NULL, &kind, N_("KIND"), N_("The kind of zone to run it in") },
                { "for", NULL, &request.for_user, N_("USER"), N_("The zone shall belong to this user (root only)") },
                { 0 },
        };
        int result = cli_options_parse(command, options, &argc, argv, POLICY_MAX_ARGS + 1, true);
        if (result >= 0 || (result = cli_request_check(&request, command)) >= 0)
                return result;
        if (argc < 2)
                return cli_options_error(command, _("Name the program to run."));
        if (!cli_request_text_ok(command, kind) || !cli_request_text_ok(command, argv[1]))
                return CLI_USAGE;
        signal(SIGPIPE, SIG_IGN);
        return run(&request, kind, argv + 1);
}
