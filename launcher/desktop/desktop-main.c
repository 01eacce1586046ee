/* desktop-main: tells the user of a session what became of their zones.
 * Runs as: user.  Input: the two buses.  Must not: hold any privilege, run twice in one session.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base-drop.h"
#include "hanare-config.h"
#include "launcher/desktop/desktop-act.h"
#include "launcher/desktop/desktop-show.h"
#include "launcher/desktop/desktop-watch.h"
#include <glib-unix.h>
#include <libintl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#define _(text) gettext(text)
#define SESSION_NAME "org.hanare.Desktop1" /* who has it is the one of this session */
#ifndef DESKTOP_LOCALEDIR
#define DESKTOP_LOCALEDIR HANARE_LOCALEDIR
#endif

typedef struct Desktop {
        GMainLoop *loop;
        DesktopShow *show;
        int status;
} Desktop;

static void on_failed(const char *line, void *data) {
        const Desktop *desktop = data;
        const char *text = *line ? line : _("The command failed; 'hanare doctor' looks for the cause.");

        desktop_show_notice(desktop->show, desktop_notice_new(&(DesktopEvent){ .what = DESKTOP_ACT }, 0, text));
}

static void on_button(const char *verb, const char *argument, void *data) {
        desktop_act_run(verb, argument, on_failed, data);
}

static void on_news(const DesktopEvent *event, unsigned number, void *data) {
        const Desktop *desktop = data;

        desktop_show_notice(desktop->show, desktop_notice_new(event, number, NULL));
}

static void on_name_lost(GDBusConnection *session, const char *name, void *data) {
        Desktop *desktop = data;

        (void)session, (void)name;
        g_printerr("hanare-desktop: another one already runs in this session\n");
        g_main_loop_quit(desktop->loop);
}

static void on_session_closed(GDBusConnection *session, gboolean vanished, GError *error, void *data) {
        (void)session, (void)vanished, (void)error;
        g_main_loop_quit(((Desktop *)data)->loop);
}

static void on_system_closed(GDBusConnection *system, gboolean vanished, GError *error, void *data) {
        Desktop *desktop = data;

        (void)system, (void)vanished, (void)error;
        g_printerr("hanare-desktop: the system bus went away\n");
        desktop->status = 1;
        g_main_loop_quit(desktop->loop);
}

static gboolean on_end(void *data) {
        g_main_loop_quit(((Desktop *)data)->loop);
        return G_SOURCE_CONTINUE;
}

static GDBusConnection *reach(GBusType type, const char *what, GCallback closed, Desktop *desktop) {
        g_autoptr(GError) error = NULL;
        GDBusConnection *bus = g_bus_get_sync(type, NULL, &error);

        if (!bus) {
                g_printerr("hanare-desktop: %s (%s)\n", what, error->message);
                return NULL;
        }
        g_dbus_connection_set_exit_on_close(bus, FALSE);
        g_signal_connect(bus, "closed", closed, desktop);
        return bus;
}

static int serve(void) {
        Desktop desktop = { 0 };
        const char *locale = setlocale(LC_MESSAGES, NULL);
        g_autoptr(GDBusConnection) session = reach(G_BUS_TYPE_SESSION, _("The session bus cannot be reached, so no notice can be shown."),
                                                   G_CALLBACK(on_session_closed), &desktop);
        g_autoptr(GDBusConnection) system = session ? reach(G_BUS_TYPE_SYSTEM, _("The system bus cannot be reached, so neither can the Hanare service."),
                                                            G_CALLBACK(on_system_closed), &desktop) : NULL;
        if (!system)
                return 1;
        g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
        desktop.loop = loop;
        guint signals[] = { g_unix_signal_add(SIGTERM, on_end, &desktop), g_unix_signal_add(SIGINT, on_end, &desktop), g_unix_signal_add(SIGHUP, on_end, &desktop) };
        desktop.show = desktop_show_new(session, on_button, &desktop);
        DesktopWatch *watch = desktop_watch_new(system, locale && strncmp(locale, "ja", 2) == 0, on_news, &desktop);
        guint name = g_bus_own_name_on_connection(session, SESSION_NAME, G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE, NULL, on_name_lost, &desktop, NULL);
        g_main_loop_run(loop);
        g_bus_unown_name(name);
        desktop_watch_free(watch);
        desktop_show_free(desktop.show);
        for (size_t i = 0; i < G_N_ELEMENTS(signals); i++)
                g_source_remove(signals[i]);
        return desktop.status;
}

int main(int argc, char **argv) {
        base_drop_common();
        setlocale(LC_ALL, "");
        bindtextdomain("hanare", DESKTOP_LOCALEDIR);
        bind_textdomain_codeset("hanare", "UTF-8");
        textdomain("hanare");
        if (argc == 1)
                return serve();
        if (argc == 2 && strcmp(argv[1], "--version") == 0) {
                puts("hanare-desktop " HANARE_VERSION);
                return 0;
        }
        if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
                printf("%s\n\n%s\n", _("Usage: hanare-desktop"), _("Shows notices when something happens to your zones; your session starts it."));
                return 0;
        }
        fprintf(stderr, "hanare-desktop: %s\n", _("It takes no arguments but --help and --version."));
        return 2;
}
