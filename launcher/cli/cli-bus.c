/* cli-bus: the one connection to the service, its calls, its errors.
 * Runs as: user.  Input: replies of the service.  Must not: build proxies or introspect; a start has milliseconds.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/cli/cli-bus.h"
#include "launcher/cli/cli-cmd.h"
#include "launcher/cli/cli-detail.h"
#include "launcher/cli/cli-progress.h"
#include "launcher/cli/cli-signal.h"
#include "launcher/cli/cli-text.h"
#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>

#define ERROR_PREFIX "org.hanare.Error."
#define CANCEL_TIMEOUT_MS 3000

typedef struct Meaning {
        const char *name;
        CliExit exit;
        const char *text;
} Meaning;

static const Meaning meanings[] = {
        { ERROR_PREFIX "UnknownZone", CLI_UNKNOWN, N_("There is no such zone of yours; 'hanare list' shows them.") },
        { ERROR_PREFIX "UnknownKind", CLI_UNKNOWN, N_("There is no such kind of zone; 'hanare kinds' shows them.") },
        { ERROR_PREFIX "BadAddress", CLI_USAGE, N_("The service does not accept this address.") },
        { ERROR_PREFIX "NoDisplay", CLI_NO_DISPLAY,
          N_("This zone needs a display and none was found. Run hanare inside your desktop session, or set WAYLAND_DISPLAY or DISPLAY.") },
        { ERROR_PREFIX "NotAllowed", CLI_NOT_PERMITTED, N_("You may not do this; ask your administrator.") },
        { ERROR_PREFIX "LimitReached", CLI_LIMIT, N_("No more zones can be started now; stop one with 'hanare stop', or wait a minute.") },
        { ERROR_PREFIX "Refused", CLI_WALL, N_("The zone was refused, because a rule of the policy or a wall does not hold; 'hanare doctor' says more.") },
        { ERROR_PREFIX "StartFailed", CLI_WALL, N_("The zone could not be started; 'hanare doctor' looks for the cause.") },
        { ERROR_PREFIX "BadRequest", CLI_FAILED, N_("The service did not understand the request; are hanare and its service of the same version?") },
        { "org.freedesktop.DBus.Error.AccessDenied", CLI_NOT_PERMITTED, N_("The system bus does not let you call the service.") },
        { "org.freedesktop.DBus.Error.ServiceUnknown", CLI_NO_SERVICE, NULL },
        { "org.freedesktop.DBus.Error.NameHasNoOwner", CLI_NO_SERVICE, NULL },
        { "org.freedesktop.DBus.Error.Spawn.*", CLI_NO_SERVICE, NULL },
        { "org.freedesktop.DBus.Error.NoReply", CLI_NO_SERVICE, N_("The service went away, or did not answer in time.") },
        { "org.freedesktop.DBus.Error.TimedOut", CLI_NO_SERVICE, N_("The service went away, or did not answer in time.") },
        { "org.freedesktop.DBus.Error.Disconnected", CLI_NO_SERVICE, N_("The service went away, or did not answer in time.") },
        { "org.freedesktop.DBus.Error.UnknownMethod", CLI_FAILED,
          N_("The service did not understand the request; are hanare and its service of the same version?") },
        { "org.freedesktop.DBus.Error.LimitsExceeded", CLI_LIMIT, N_("The system bus has too many open requests; try again later.") },
};

static const struct {
        const char *name, *text;
} reasons[] = {
        { "exit", N_("the program ended") },
        { "stop", N_("it was stopped") },
        { "restart", N_("it was restarted") },
        { "tripwire", N_("a program in it made a system call that only an attack makes") },
        { "memory", N_("it used more memory than its limit") },
        { "age", N_("it reached its greatest age") },
        { "logout", N_("its user logged out") },
        { "caller-gone", N_("'hanare run' ended") },
        { "broker-gone", N_("the service was stopped") },
        { "monitor-gone", N_("the service or the machine went down") },
        { "builder-died", N_("its keeper process died") },
        { "helper-died", N_("its gateway or its display process died") },
        { "wall-failed", N_("a wall did not hold in the self-test") },
        { "refused", N_("the request broke a rule of the policy") },
        { "build-failed", N_("it could not be built") },
        { "sandbox-lost", N_("the browser ran without its own sandbox") },
        { "limit", N_("there were too many zones or starts") },
};

static const char no_service[] = N_("The Hanare service is not running; ask your administrator, or start it with 'systemctl start hanare'.");

CliExit cli_bus_open(GDBusConnection **ret_bus) {
        g_autoptr(GError) error = NULL;
        GDBusConnection *bus = g_bus_get_sync(G_BUS_TYPE_SYSTEM, NULL, &error);
        if (!bus) {
                g_autofree char *detail = cli_text_escape(error->message);
                fprintf(stderr, "hanare: %s (%s)\n", _("The system bus cannot be reached, so neither can the Hanare service."), detail);
                return CLI_NO_SERVICE;
        }
        /* Losing the bus is an error to report, not a reason to vanish. */
        g_dbus_connection_set_exit_on_close(bus, FALSE);
        *ret_bus = bus;
        return CLI_OK;
}

typedef struct Pending {
        bool done, cancels;
        GDBusConnection *bus;
        GCancellable *cancellable;
        guint source;
        GVariant *reply;
        GError *error;
} Pending;

static void on_reply(GObject *source, GAsyncResult *result, gpointer data) {
        Pending *pending = data;
        pending->reply = g_dbus_connection_call_with_unix_fd_list_finish(G_DBUS_CONNECTION(source), NULL, result, &pending->error);
        pending->done = true;
}

static void on_cancelled(GObject *source, GAsyncResult *result, gpointer data) {
        g_autoptr(GCancellable) cancellable = data;
        g_autoptr(GVariant) reply G_GNUC_UNUSED = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, NULL);
        g_cancellable_cancel(cancellable); /* whatever the service said of the call came before this */
}

static gboolean on_signal(gint fd, GIOCondition condition, gpointer data) {
        Pending *pending = data;
        (void) fd, (void) condition;
        pending->source = 0;
        if (pending->cancels)
                g_dbus_connection_call(pending->bus, CLI_BUS_NAME, CLI_BUS_PATH, CLI_BUS_NAME, "Cancel", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, CANCEL_TIMEOUT_MS, NULL,
                        on_cancelled, g_object_ref(pending->cancellable));
        else
                g_cancellable_cancel(pending->cancellable);
        return G_SOURCE_REMOVE; /* the descriptor stays readable: every later call is cancelled too */
}

GVariant *cli_bus_call(GDBusConnection *bus, const CliBusCall *call, GError **error) {
        g_autoptr(GUnixFDList) fds = call->n_fds ? g_unix_fd_list_new() : NULL;
        g_autoptr(GCancellable) cancellable = g_cancellable_new();
        Pending pending = { .bus = bus, .cancellable = cancellable, .cancels = call->cancels };
        CliProgress progress;
        for (size_t i = 0; i < call->n_fds; i++)
                if (g_unix_fd_list_append(fds, call->fds[i], error) < 0) {
                        if (call->parameters)
                                g_variant_unref(g_variant_ref_sink(call->parameters));
                        return NULL;
                }
        int signals = cli_signal_open();
        pending.source = signals >= 0 ? g_unix_fd_add(signals, G_IO_IN, on_signal, &pending) : 0;
        cli_progress_init(&progress, call->waiting);
        g_dbus_connection_call_with_unix_fd_list(bus, CLI_BUS_NAME, CLI_BUS_PATH, CLI_BUS_NAME, call->method, call->parameters,
                G_VARIANT_TYPE(call->reply_type), G_DBUS_CALL_FLAGS_NONE, call->timeout_ms == -1 ? G_MAXINT : call->timeout_ms ?: 60000,
                fds, cancellable, on_reply, &pending);
        while (!pending.done)
                g_main_context_iteration(NULL, TRUE);
        cli_progress_done(&progress);
        g_clear_handle_id(&pending.source, g_source_remove);
        if (pending.error && cli_signal_caught())
                g_clear_error(&pending.error);
        if (pending.error)
                g_propagate_error(error, pending.error);
        return pending.reply;
}

CliExit cli_bus_ask(GDBusConnection *bus, const CliBusCall *call, GVariant **ret_reply) {
        g_autoptr(GError) error = NULL;
        GVariant *reply = cli_bus_call(bus, call, &error);
        if (!reply)
                return cli_bus_report(error);
        *ret_reply = reply;
        return CLI_OK;
}

bool cli_bus_error_is(const GError *error, const char *name) {
        g_autofree char *remote = error ? g_dbus_error_get_remote_error(error) : NULL;
        return remote && g_str_has_prefix(remote, ERROR_PREFIX) && strcmp(remote + strlen(ERROR_PREFIX), name) == 0;
}

static const Meaning *find_meaning(const char *remote) {
        for (size_t i = 0; remote && i < G_N_ELEMENTS(meanings); i++)
                if (g_pattern_match_simple(meanings[i].name, remote))
                        return &meanings[i];
        return NULL;
}

CliExit cli_bus_cancelled(const char *text) {
        fprintf(stderr, "hanare: %s\n", text);
        return CLI_SIGNAL + cli_signal_caught();
}

CliExit cli_bus_report(const GError *error) {
        if (!error)
                return cli_bus_cancelled(_("Cancelled."));
        g_autofree char *remote = g_dbus_error_get_remote_error(error);
        g_autoptr(GError) plain = g_error_copy(error);
        g_dbus_error_strip_remote_error(plain);
        g_autofree char *detail = cli_text_escape(plain->message);
        const Meaning *meaning = find_meaning(remote);
        bool lost = !remote && (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CLOSED) || g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
        const char *text = meaning && meaning->text ? _(meaning->text) : meaning ? _(no_service)
                : lost ? _("The service went away, or did not answer in time.") : _("The request failed.");
        g_autofree char *explained = remote && g_str_has_prefix(remote, ERROR_PREFIX) ? cli_detail_explain(detail) : NULL;
        if (explained)
                fprintf(stderr, "hanare: %s\n", explained);
        else if (*detail)
                fprintf(stderr, "hanare: %s (%s)\n", text, detail);
        else
                fprintf(stderr, "hanare: %s\n", text);
        return meaning ? meaning->exit : lost ? CLI_NO_SERVICE : CLI_FAILED;
}

char *cli_bus_reason(const char *reason) {
        for (size_t i = 0; i < G_N_ELEMENTS(reasons); i++)
                if (strcmp(reasons[i].name, reason) == 0)
                        return g_strdup(_(reasons[i].text));
        return cli_text_escape(reason);
}
