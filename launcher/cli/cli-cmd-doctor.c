/* cli-cmd-doctor: looks for what keeps zones from starting, or weakens them, and says how to mend it.
 * Runs as: user.  Input: the machine, the service.  Must not: need the service, or root.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-fd.h"
#include "launcher/cli/cli-doctor-probe.h"
#include "launcher/cli/cli-json.h"
#include "launcher/cli/cli-options.h"
#include "launcher/cli/cli-request.h"
#include "launcher/cli/cli-text.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

typedef struct Report {
        bool json, healthy;
        CliJson out;
} Report;

static void report_row(Report *report, const char *id, CliProbeState state, const char *text, const char *cost, const char *fix) {
        static const char *const names[] = { "present", "substituted", "missing" };
        const char *const words[] = { _("present"), _("substituted"), _("missing") };
        g_autofree char *shown = cli_text_escape(text), *more = cli_text_escape(cost ? cost : "");
        if (report->json) {
                g_autofree char *all = *more ? g_strdup_printf("%s: %s", shown, more) : g_strdup(shown);
                cli_json_begin(&report->out, NULL, '{');
                cli_json_string(&report->out, "id", id);
                cli_json_string(&report->out, "state", names[state]);
                cli_json_string(&report->out, "text", all);
                cli_json_string(&report->out, "fix", fix ? fix : "");
                cli_json_end(&report->out, '}');
                return;
        }
        g_autofree char *word = cli_text_pad(words[state], 11);
        printf("%s  %s\n", word, shown);
        if (*more)
                printf("             %s\n", more);
        if (fix && *fix)
                printf("             → %s\n", fix);
}

static void look_at_machine(Report *report) {
        BASE_FD root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        CliProbe probe = { .root = root, .landlock_abi = cli_probe_landlock_abi() };
        for (size_t i = 0; i < cli_doctor_n_rows; i++) {
                const CliProbeRow *row = &cli_doctor_rows[i];
                probe.detail[0] = 0;
                CliProbeState state = row->probe(&probe, row->argument);
                const char *cost = state == CLI_PROBE_SUBSTITUTED ? row->substituted : state == CLI_PROBE_MISSING ? row->missing : NULL;
                g_autofree char *text = probe.detail[0] ? g_strdup_printf("%s (%s)", _(row->title), probe.detail) : g_strdup(_(row->title));
                report_row(report, row->id, state, text, cost ? _(cost) : NULL, state != CLI_PROBE_PRESENT && row->fix ? _(row->fix) : NULL);
                if (state == CLI_PROBE_MISSING && row->essential)
                        report->healthy = false;
        }
}

static char *error_text(const GError *error) {
        if (!error)
                return g_strdup(_("Cancelled."));
        g_autoptr(GError) plain = g_error_copy(error);
        g_dbus_error_strip_remote_error(plain);
        return g_strdup(plain->message);
}

/* A kind that may run `true`, the smallest program there is. */
static char *find_kind(GDBusConnection *bus) {
        g_autoptr(GVariant) reply = cli_bus_call(bus, &(CliBusCall) { .method = "Kinds", .reply_type = "(aa{sv})" }, NULL);
        g_autoptr(GVariant) kinds = reply ? g_variant_get_child_value(reply, 0) : NULL;
        for (gsize i = 0; kinds && i < g_variant_n_children(kinds); i++) {
                g_autoptr(GVariant) kind = g_variant_get_child_value(kinds, i);
                g_autofree const char **programs = NULL;
                const char *name;
                if (g_variant_lookup(kind, "run", "^a&s", &programs) && g_strv_contains(programs, "true") && g_variant_lookup(kind, "kind", "&s", &name))
                        return g_strdup(name);
        }
        return NULL;
}

static GVariant *run_true(GDBusConnection *bus, const CliRequest *request, const char *kind, GError **error) {
        int pipes[3][2];
        for (int i = 0; i < 3; i++)
                if (pipe2(pipes[i], O_CLOEXEC) < 0) {
                        while (i-- > 0)
                                close(pipes[i][0]), close(pipes[i][1]);
                        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, g_strerror(errno));
                        return NULL;
                }
        const int fds[] = { pipes[0][0], pipes[1][1], pipes[2][1] };
        g_autoptr(GVariant) started = cli_bus_call(bus, &(CliBusCall) { .method = "Run", .fds = fds, .n_fds = 3, .reply_type = "(s)",
                .parameters = g_variant_new("(ss@aay@a{sv}@ah)", kind, "true", g_variant_new_bytestring_array(NULL, 0), cli_request_options(request),
                        cli_request_handles(3)), .waiting = _("Starting a zone ...") }, error);
        GVariant *reply = NULL;
        if (started) {
                g_autoptr(GVariant) zone = g_variant_get_child_value(started, 0);
                reply = cli_bus_call(bus, &(CliBusCall) { .method = "Wait", .parameters = g_variant_new("(@s)", zone), .reply_type = "(suus)" }, error);
        }
        for (int i = 0; i < 3; i++)
                close(pipes[i][0]), close(pipes[i][1]);
        return reply;
}

static void try_start(Report *report, GDBusConnection *bus, const CliRequest *request) {
        g_autoptr(GError) error = NULL;
        g_autofree char *kind = find_kind(bus);
        if (!kind) {
                report_row(report, "start", CLI_PROBE_SUBSTITUTED, _("A zone starts"), _("Not tried: no kind of zone may run the program 'true'."), NULL);
                return;
        }
        gint64 began = g_get_monotonic_time();
        g_autoptr(GVariant) reply = run_true(bus, request, kind, &error);
        int milliseconds = (int) ((g_get_monotonic_time() - began) / 1000);
        const char *reason = "", *sentence = "";
        guint32 status = 0, detail = 0;
        if (reply)
                g_variant_get(reply, "(&suu&s)", &reason, &status, &detail, &sentence);
        bool good = reply && strcmp(reason, "exit") == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
        g_autofree char *why = reply ? g_strdup(sentence) : error_text(error);
        g_autofree char *text = good ? g_strdup_printf(_("A zone starts (%d ms)"), milliseconds) : g_strdup(_("A zone starts"));
        report_row(report, "start", good ? CLI_PROBE_PRESENT : CLI_PROBE_MISSING, text, good ? NULL : why,
                good ? NULL : _("Mend what is missing above, then try again; the system log says more."));
        report->healthy = report->healthy && good;
}

/* The service's row and the start test. */
static void look_at_service(Report *report, const CliRequest *request) {
        const char *start_it = _("Start it: systemctl start hanare; the system log says why it does not.");
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GDBusConnection) bus = g_bus_get_sync(G_BUS_TYPE_SYSTEM, NULL, &error);
        if (bus) {
                g_dbus_connection_set_exit_on_close(bus, FALSE);
                reply = cli_bus_call(bus, &(CliBusCall) { .method = "Status", .reply_type = "(a{sv})" }, &error);
        }
        if (!reply) {
                g_autofree char *why = error_text(error);
                report_row(report, "service", CLI_PROBE_MISSING, _("The Hanare service answers"), why, start_it);
                report->healthy = false;
                return;
        }
        g_autoptr(GVariant) status = g_variant_get_child_value(reply, 0);
        const char *problem = "";
        g_variant_lookup(status, "problem", "&s", &problem);
        report_row(report, "service", *problem ? CLI_PROBE_SUBSTITUTED : CLI_PROBE_PRESENT, _("The Hanare service answers"), problem,
                *problem ? _("Mend the policy file it names; the policy before it stays in force.") : NULL);
        if (getuid() == 0 && !request->for_user)
                report_row(report, "start", CLI_PROBE_SUBSTITUTED, _("A zone starts"), _("Not tried: root owns no zone."), _("Run 'hanare doctor' as a user, or with --for USER."));
        else
                try_start(report, bus, request);
}

int cli_cmd_doctor(const CliCommand *command, int argc, char **argv) {
        Report report = { .healthy = true };
        CliRequest request __attribute__((cleanup(cli_request_done)));
        cli_request_init(&request);
        const CliOption options[] = {
                { "json", &report.json, NULL, NULL, N_("Write JSON") },
                { "for", NULL, &request.for_user, N_("USER"), N_("The zone shall belong to this user (root only)") },
                { 0 },
        };
        int parsed = cli_options_parse(command, options, &argc, argv, 0, false);
        if (parsed >= 0 || (parsed = cli_request_check(&request, command)) >= 0)
                return parsed;
        if (report.json) {
                cli_json_init(&report.out);
                cli_json_begin(&report.out, NULL, '{');
                cli_json_begin(&report.out, "rows", '[');
        }
        look_at_machine(&report);
        look_at_service(&report, &request);
        bool written = true;
        if (report.json) {
                cli_json_end(&report.out, ']');
                cli_json_bool(&report.out, "ok", report.healthy);
                cli_json_end(&report.out, '}');
                written = cli_json_print(&report.out);
                cli_json_done(&report.out);
        } else {
                printf("\n%s\n", report.healthy ? _("Zones can start on this machine.") : _("Zones cannot start on this machine."));
        }
        return report.healthy && written ? CLI_OK : CLI_FAILED;
}
