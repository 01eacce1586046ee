/* broker-seat: a user who logs out takes the zones along.
 * Runs as: broker.  Input: logind's signals.  Must not: start anything.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/broker/broker-seat.h"
#include "sandboxd/broker/broker-life.h"

/* UserRemoved comes after the user's last session (org.freedesktop.login1(5)). GDBus delivers it from the name's owner only. */
static void on_user_removed(GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal,
                            GVariant *arguments, void *data) {
        uint32_t uid;

        (void)bus, (void)sender, (void)path, (void)interface, (void)signal;
        if (!g_variant_is_of_type(arguments, G_VARIANT_TYPE("(uo)")))
                return;
        g_variant_get(arguments, "(uo)", &uid, NULL);
        broker_life_logout(data, uid);
}

void broker_seat_init(Broker *broker) {
        broker->seat_watch = g_dbus_connection_signal_subscribe(broker->bus, "org.freedesktop.login1", "org.freedesktop.login1.Manager", "UserRemoved",
                                                                "/org/freedesktop/login1", NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_user_removed, broker,
                                                                NULL);
}
