/* desktop-show: notices on the user's screen, through the session's notification service.
 * Runs as: user.  Input: notices of ours, answers of the notification service.  Must not: show more a minute than desktop-limit says.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "launcher/desktop/desktop-show.h"
#include "launcher/desktop/desktop-limit.h"
#include <libintl.h>
#include <string.h>

#define SERVICE "org.freedesktop.Notifications"
#define SERVICE_PATH "/org/freedesktop/Notifications"
#define TIMEOUT_MS 10000
#define BUTTONS_MAX 32 /* notices on the screen whose button is remembered */
#define BUTTON "again"
#define URGENCY_NORMAL 1
#define URGENCY_CRITICAL 2

struct DesktopShow {
        GDBusConnection *session;
        GCancellable *cancel;
        guint watch, subscription, timer;
        bool ready, asking, said;  /* said: that there is no service */
        bool markup, buttons;      /* what the service can do */
        GQueue waiting;            /* DesktopNotice */
        unsigned lost;             /* notices that were too many */
        DesktopLimit limit;
        GHashTable *on_screen;     /* the service's number -> DesktopNotice with a button */
        void (*act)(const char *verb, const char *argument, void *data);
        void *data;
};

typedef struct Sent {
        DesktopShow *show;
        DesktopNotice *notice;
} Sent;

static void flush(DesktopShow *show);

static void on_shown(GObject *source, GAsyncResult *result, void *data) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) answer = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
        g_autofree Sent *sent = data;
        DESKTOP_NOTICE_FREE DesktopNotice *notice = sent->notice;
        guint32 number;

        if (!answer) {
                if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
                        g_printerr("hanare-desktop: a notice could not be shown: %s\n", error->message);
                return;
        }
        g_variant_get(answer, "(u)", &number);
        if (notice->label && g_hash_table_size(sent->show->on_screen) < BUTTONS_MAX)
                g_hash_table_insert(sent->show->on_screen, GUINT_TO_POINTER(number), g_steal_pointer(&notice));
}

/* Takes the notice. */
static void send_notice(DesktopShow *show, DesktopNotice *notice) {
        g_autofree char *body = desktop_notice_body(notice, show->markup);
        GVariantBuilder actions, hints;
        Sent *sent = g_new0(Sent, 1);

        g_variant_builder_init(&actions, G_VARIANT_TYPE("as"));
        if (show->buttons && notice->label) {
                g_variant_builder_add(&actions, "s", BUTTON);
                g_variant_builder_add(&actions, "s", notice->label);
        }
        g_variant_builder_init(&hints, G_VARIANT_TYPE("a{sv}"));
        g_variant_builder_add(&hints, "{sv}", "urgency", g_variant_new_byte(notice->urgent ? URGENCY_CRITICAL : URGENCY_NORMAL));
        g_variant_builder_add(&hints, "{sv}", "desktop-entry", g_variant_new_string("hanare-desktop"));
        sent->show = show;
        sent->notice = notice;
        g_dbus_connection_call(show->session, SERVICE, SERVICE_PATH, SERVICE, "Notify",
                               g_variant_new("(susssasa{sv}i)", "Hanare", 0u, "hanare", notice->summary, body, &actions, &hints, -1),
                               G_VARIANT_TYPE("(u)"), G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, show->cancel, on_shown, sent);
}

static gboolean on_timer(void *data) {
        DesktopShow *show = data;

        show->timer = 0;
        flush(show);
        return G_SOURCE_REMOVE;
}

/* What could not be shown is summed up in one notice, as soon as that may be shown. */
static void sum_up(DesktopShow *show, int64_t now_us) {
        if (show->lost == 0 || show->timer != 0)
                return;
        if (desktop_limit_take(&show->limit, now_us)) {
                send_notice(show, desktop_notice_new(&(DesktopEvent){ .what = DESKTOP_MORE }, show->lost, NULL));
                show->lost = 0;
        } else
                show->timer = g_timeout_add((guint)(desktop_limit_wait(&show->limit, now_us) / 1000 + 1), on_timer, show);
}

static void on_capabilities(GObject *source, GAsyncResult *result, void *data) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) answer = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
        DesktopShow *show = data;

        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
                return; /* show is gone */
        show->asking = false;
        if (!answer) {
                if (!show->said)
                        g_printerr("hanare-desktop: this session has no notification service (%s): notices wait until there is one\n", error->message);
                show->said = true;
                return;
        }
        g_autofree const char **able = NULL;
        g_variant_get(answer, "(^a&s)", &able);
        show->markup = g_strv_contains(able, "body-markup");
        show->buttons = g_strv_contains(able, "actions");
        show->ready = true;
        flush(show);
}

static void ask(DesktopShow *show) {
        if (show->asking)
                return;
        show->asking = true;
        g_dbus_connection_call(show->session, SERVICE, SERVICE_PATH, SERVICE, "GetCapabilities", NULL, G_VARIANT_TYPE("(as)"), G_DBUS_CALL_FLAGS_NONE,
                               TIMEOUT_MS, show->cancel, on_capabilities, show);
}

static void flush(DesktopShow *show) {
        int64_t now_us = g_get_monotonic_time();

        if (!show->ready) {
                if (!g_queue_is_empty(&show->waiting) || show->lost > 0)
                        ask(show);
                return;
        }
        for (DesktopNotice *notice; (notice = g_queue_pop_head(&show->waiting));) {
                if (desktop_limit_take(&show->limit, now_us))
                        send_notice(show, notice);
                else {
                        desktop_notice_free(notice);
                        show->lost++;
                }
        }
        sum_up(show, now_us);
}

void desktop_show_notice(DesktopShow *show, DesktopNotice *notice) {
        const char *line = strchrnul(notice->body, '\n');

        g_printerr("hanare-desktop: %s: %.*s\n", notice->summary, (int)(line - notice->body), notice->body);
        g_queue_push_tail(&show->waiting, notice);
        if (g_queue_get_length(&show->waiting) > DESKTOP_SHOW_WAITING) {
                desktop_notice_free(g_queue_pop_head(&show->waiting));
                show->lost++;
        }
        flush(show);
}

static void on_appeared(GDBusConnection *session, const char *name, const char *owner, void *data) {
        DesktopShow *show = data;

        (void)session, (void)name, (void)owner;
        show->said = false;
        flush(show);
}

static void on_vanished(GDBusConnection *session, const char *name, void *data) {
        DesktopShow *show = data;

        (void)session, (void)name;
        show->ready = false; /* the next one may be able to do other things */
        g_hash_table_remove_all(show->on_screen);
}

static void on_signal(GDBusConnection *session, const char *sender, const char *path, const char *interface, const char *signal, GVariant *arguments,
                      void *data) {
        DesktopShow *show = data;
        const char *button;
        guint32 number;

        (void)session, (void)sender, (void)path, (void)interface;
        if (strcmp(signal, "ActionInvoked") == 0 && g_variant_is_of_type(arguments, G_VARIANT_TYPE("(us)"))) {
                g_variant_get(arguments, "(u&s)", &number, &button);
                DesktopNotice *notice = g_hash_table_lookup(show->on_screen, GUINT_TO_POINTER(number));
                if (notice && strcmp(button, BUTTON) == 0) {
                        show->act(notice->verb, notice->argument, show->data);
                        g_hash_table_remove(show->on_screen, GUINT_TO_POINTER(number)); /* once is enough */
                }
        } else if (strcmp(signal, "NotificationClosed") == 0 && g_variant_is_of_type(arguments, G_VARIANT_TYPE("(uu)"))) {
                g_variant_get(arguments, "(uu)", &number, NULL);
                g_hash_table_remove(show->on_screen, GUINT_TO_POINTER(number));
        }
}

DesktopShow *desktop_show_new(GDBusConnection *session, void (*act)(const char *verb, const char *argument, void *data), void *data) {
        DesktopShow *show = g_new0(DesktopShow, 1);

        show->session = g_object_ref(session);
        show->cancel = g_cancellable_new();
        show->act = act;
        show->data = data;
        show->on_screen = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)desktop_notice_free);
        show->subscription = g_dbus_connection_signal_subscribe(session, SERVICE, SERVICE, NULL, SERVICE_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal,
                                                                show, NULL);
        show->watch = g_bus_watch_name_on_connection(session, SERVICE, G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared, on_vanished, show, NULL);
        return show;
}

void desktop_show_free(DesktopShow *show) {
        if (!show)
                return;
        g_cancellable_cancel(show->cancel);
        g_bus_unwatch_name(show->watch);
        g_dbus_connection_signal_unsubscribe(show->session, show->subscription);
        g_clear_handle_id(&show->timer, g_source_remove);
        g_queue_clear_full(&show->waiting, (GDestroyNotify)desktop_notice_free);
        g_hash_table_unref(show->on_screen);
        g_object_unref(show->cancel);
        g_object_unref(show->session);
        g_free(show);
}
