/* desktop-watch: the service on the system bus, for as long as the session lasts.
 * Runs as: user.  Input: signals on the system bus, where any user may send us one.  Must not: believe another sender than the service.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/desktop/desktop-watch.h"
#include "launcher/desktop/desktop-zones.h"
#include <unistd.h>

#define SERVICE "org.hanare.Sandbox1"
#define SERVICE_PATH "/org/hanare/Sandbox1"
#define TIMEOUT_MS 30000
#define AGAIN_S 300 /* the service forgets connections that have long been idle when it has very many */

struct DesktopWatch {
        GDBusConnection *system;
        GCancellable *cancel;    /* of the calls to this owner */
        char *owner;             /* the service's connection, NULL = it is not there */
        guint watch, subscription, timer;
        bool japanese, said;
        DesktopZones *zones;
        void (*tell)(const DesktopEvent *event, unsigned number, void *data);
        void *data;
};

static void on_changed(GDBusConnection *system, const char *sender, const char *path, const char *interface, const char *signal, GVariant *arguments,
                       void *data) {
        DesktopWatch *watch = data;
        DesktopEvent event;

        (void)system, (void)path, (void)interface, (void)signal;
        if (g_strcmp0(sender, watch->owner) != 0) /* GLib without the fix for CVE-2024-34397 does not look */
                return;
        if (desktop_event_read(arguments, getuid(), watch->japanese, &event) && desktop_zones_tell(watch->zones, &event))
                watch->tell(&event, 0, watch->data);
}

static void on_list(GObject *source, GAsyncResult *result, void *data) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) answer = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
        DesktopWatch *watch = data;

        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
                return; /* another owner, or watch is gone */
        if (!answer) {
                if (!watch->said) /* the signals still come */
                        g_printerr("hanare-desktop: the Hanare service does not list the zones: %s\n", error->message);
                watch->said = true;
                return;
        }
        g_autoptr(GVariant) list = g_variant_get_child_value(answer, 0);
        desktop_zones_sync(watch->zones, list, getuid());
}

/* A connection is sent signals once it has called something. */
static gboolean ask(void *data) {
        DesktopWatch *watch = data;

        g_dbus_connection_call(watch->system, watch->owner, SERVICE_PATH, SERVICE, "List", NULL, G_VARIANT_TYPE("(aa{sv})"), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                               TIMEOUT_MS, watch->cancel, on_list, watch);
        return G_SOURCE_CONTINUE;
}

static void leave(DesktopWatch *watch) {
        if (watch->cancel)
                g_cancellable_cancel(watch->cancel);
        g_clear_object(&watch->cancel);
        g_clear_handle_id(&watch->timer, g_source_remove);
        if (watch->subscription)
                g_dbus_connection_signal_unsubscribe(watch->system, watch->subscription);
        watch->subscription = 0;
        g_clear_pointer(&watch->owner, g_free);
}

static void on_vanished(GDBusConnection *system, const char *name, void *data) {
        DesktopWatch *watch = data;

        (void)system, (void)name;
        leave(watch);
        unsigned lost = desktop_zones_lost(watch->zones); /* law 2: they died with it */
        if (lost > 0)
                watch->tell(&(DesktopEvent){ .what = DESKTOP_SERVICE }, lost, watch->data);
}

static void on_appeared(GDBusConnection *system, const char *name, const char *owner, void *data) {
        DesktopWatch *watch = data;

        if (watch->owner) /* one owner straight after another */
                on_vanished(system, name, watch);
        watch->owner = g_strdup(owner);
        watch->cancel = g_cancellable_new();
        watch->said = false;
        watch->subscription = g_dbus_connection_signal_subscribe(system, owner, SERVICE, "ZoneChanged", SERVICE_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NO_MATCH_RULE,
                                                                 on_changed, watch, NULL); /* sent to us alone: no rule needed */
        ask(watch);
        watch->timer = g_timeout_add_seconds(AGAIN_S, ask, watch);
}

DesktopWatch *desktop_watch_new(GDBusConnection *system, bool japanese, void (*tell)(const DesktopEvent *event, unsigned number, void *data), void *data) {
        DesktopWatch *watch = g_new0(DesktopWatch, 1);

        watch->system = g_object_ref(system);
        watch->japanese = japanese;
        watch->zones = desktop_zones_new();
        watch->tell = tell;
        watch->data = data;
        watch->watch = g_bus_watch_name_on_connection(system, SERVICE, G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared, on_vanished, watch, NULL);
        return watch;
}

void desktop_watch_free(DesktopWatch *watch) {
        if (!watch)
                return;
        g_bus_unwatch_name(watch->watch);
        leave(watch);
        desktop_zones_free(watch->zones);
        g_object_unref(watch->system);
        g_free(watch);
}
