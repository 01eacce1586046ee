/* broker-bus: the name and the object on the bus, calls coming in, signals going out.
 * Runs as: broker.  Input: messages of anybody on the bus.  Must not: run a method before broker-auth allowed it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/broker/broker-bus.h"
#include "sandboxd/broker/broker-auth.h"
#include "sandboxd/broker/broker-clients.h"
#include "sandboxd/broker/broker-error.h"
#include "sandboxd/broker/broker-life.h"
#include "sandboxd/broker/broker-methods.h"
#include "sandboxd/broker/broker-words.h"
#include "sandboxd/broker/hanare-interface.h"
#include <gio/gunixfdlist.h>
#include <string.h>

#define INTERFACE_VERSION 1u

static void end(Broker *broker, const char *why) {
        g_printerr("broker: %s\n", why);
        broker->exit_status = 1;
        g_main_loop_quit(broker->loop);
}

/* Moves the message's descriptors into the call, so that they close with it and not when the message is forgotten. */
static bool take_fds(BrokerCall *call, GError **error) {
        GUnixFDList *list = g_dbus_message_get_unix_fd_list(g_dbus_method_invocation_get_message(call->invocation));
        int n = list ? g_unix_fd_list_get_length(list) : 0;

        if (n > (call->rule->descriptors ? BROKER_MAX_DESCRIPTORS : 0)) {
                g_set_error(error, BROKER_ERROR, BROKER_ERROR_BAD_REQUEST, "%d descriptors came, %s takes at most %d: send fewer", n, call->rule->method,
                            call->rule->descriptors ? BROKER_MAX_DESCRIPTORS : 0);
                return false;
        }
        if (n > 0) {
                g_autofree int *fds = g_unix_fd_list_steal_fds(list, NULL);
                memcpy(call->fds, fds, (size_t)n * sizeof(int));
                call->n_fds = (size_t)n;
        }
        return true;
}

static void on_call(GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *method,
                    GVariant *arguments, GDBusMethodInvocation *invocation, void *data) {
        Broker *broker = data;
        const BrokerRule *rule = broker_auth_rule(method);
        GError *error = NULL;

        (void)bus, (void)path, (void)interface, (void)arguments;
        if (!rule || !sender)
                error = g_error_new_literal(BROKER_ERROR, BROKER_ERROR_NOT_ALLOWED, "no rule allows this method: it is refused");
        else if (!broker->table) {
                g_autofree char *problem = broker_error_clean(broker->table_info.text, sizeof broker->table_info.text, 300);
                error = g_error_new(BROKER_ERROR, BROKER_ERROR_REFUSED, "no policy is in force, so nothing is allowed: have root correct it (%s)", problem);
        }
        BrokerClient *client = error ? NULL : broker_clients_admit(broker->clients, sender, g_get_monotonic_time(), &error);
        if (!client) {
                g_dbus_method_invocation_take_error(invocation, error);
                return;
        }
        BrokerCall *call = broker_call_new(broker, invocation, client, rule);
        if (take_fds(call, &error))
                broker_auth_begin(call, broker_methods_run);
        else
                broker_call_fail(call, error);
}

static GVariant *on_property(GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *property,
                             GError **error, void *data) {
        (void)bus, (void)sender, (void)path, (void)interface, (void)error, (void)data;
        if (strcmp(property, "Version") == 0)
                return g_variant_new_uint32(INTERFACE_VERSION);
        g_set_error_literal(error, BROKER_ERROR, BROKER_ERROR_NOT_ALLOWED, "no rule allows this property");
        return NULL;
}

static void on_name_owner(GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal,
                          GVariant *arguments, void *data) {
        const char *name, *before, *after;

        (void)bus, (void)path, (void)interface, (void)signal;
        if (strcmp(sender, "org.freedesktop.DBus") != 0 || !g_variant_is_of_type(arguments, G_VARIANT_TYPE("(sss)")))
                return;
        g_variant_get(arguments, "(&s&s&s)", &name, &before, &after);
        if (name[0] == ':' && *after == '\0')
                broker_life_caller_gone(data, name);
}

static void on_bus_closed(GDBusConnection *bus, gboolean vanished, GError *error, void *data) {
        (void)bus, (void)vanished, (void)error;
        end(data, "the bus closed the connection");
}

static void on_name_lost(GDBusConnection *bus, const char *name, void *data) {
        (void)bus, (void)name;
        end(data, "the bus does not give us the name " BROKER_BUS_NAME);
}

static void on_name_acquired(GDBusConnection *bus, const char *name, void *data) {
        (void)bus, (void)name;
        ((Broker *)data)->bus_ready = true;
}

bool broker_bus_init(Broker *broker) {
        static const GDBusInterfaceVTable vtable = { .method_call = on_call, .get_property = on_property };
        g_autoptr(GError) error = NULL;

        broker->bus = g_bus_get_sync(G_BUS_TYPE_SYSTEM, NULL, &error);
        if (!broker->bus) {
                g_printerr("broker: no system bus: %s\n", error->message);
                return false;
        }
        g_dbus_connection_set_exit_on_close(broker->bus, FALSE);
        g_signal_connect(broker->bus, "closed", G_CALLBACK(on_bus_closed), broker);
        /* One rule for all names: with a rule for each caller, one that leaves before the rule stands would be missed. */
        broker->bus_names = g_dbus_connection_signal_subscribe(broker->bus, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged",
                                                               "/org/freedesktop/DBus", NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_name_owner, broker, NULL);
        broker->bus_object = g_dbus_connection_register_object(broker->bus, BROKER_BUS_PATH,
                                                               (GDBusInterfaceInfo *)(uintptr_t)&org_hanare_sandbox1_interface, &vtable, broker, NULL,
                                                               &error);
        if (broker->bus_object == 0)
                g_printerr("broker: %s\n", error->message);
        return broker->bus_object != 0;
}

void broker_bus_own(Broker *broker) {
        if (broker->bus_asked)
                return;
        broker->bus_asked = true;
        broker->bus_owner = g_bus_own_name_on_connection(broker->bus, BROKER_BUS_NAME, G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE, on_name_acquired,
                                                         on_name_lost, broker, NULL);
}

typedef struct Change {
        GDBusConnection *bus;
        GVariant *arguments;
} Change;

static void send_change(BrokerClient *client, void *data) {
        const Change *change = data;

        g_dbus_connection_emit_signal(change->bus, client->name, BROKER_BUS_PATH, BROKER_BUS_NAME, "ZoneChanged", change->arguments, NULL);
}

void broker_bus_changed(BrokerZone *zone) {
        GVariantBuilder details = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a{sv}"));

        g_variant_builder_add(&details, "{sv}", "kind", g_variant_new_string(zone->kind));
        g_variant_builder_add(&details, "{sv}", "title", g_variant_new_string(zone->title_en));
        g_variant_builder_add(&details, "{sv}", "title_ja", g_variant_new_string(zone->title_ja));
        g_variant_builder_add(&details, "{sv}", "owner", g_variant_new_uint32(zone->owner));
        g_variant_builder_add(&details, "{sv}", "run", g_variant_new_boolean(zone->is_run));
        if (!broker_zone_alive(zone)) {
                g_autofree char *sentence = broker_words_sentence(zone->reason, zone->detail, zone->status, zone->text);
                g_variant_builder_add(&details, "{sv}", "reason", g_variant_new_string(broker_words_reason(zone->reason)));
                g_variant_builder_add(&details, "{sv}", "status", g_variant_new_uint32(zone->status));
                g_variant_builder_add(&details, "{sv}", "detail", g_variant_new_uint32(zone->detail));
                g_variant_builder_add(&details, "{sv}", "text", g_variant_new_string(sentence));
        } else if (zone->notice != POLICY_NOTICE_NONE) { /* about a zone that lives on */
                g_variant_builder_add(&details, "{sv}", "notice", g_variant_new_string(broker_words_notice(zone->notice)));
                g_variant_builder_add(&details, "{sv}", "text", g_variant_new_string(zone->text));
        }
        if (zone->state == POLICY_STATE_GONE)
                g_variant_builder_add(&details, "{sv}", "receipt", g_variant_new_uint64(zone->receipt));
        g_autoptr(GVariant) arguments = g_variant_ref_sink(g_variant_new("(ssa{sv})", zone->name, broker_words_state(zone->state), &details));
        Change change = { zone->broker->bus, arguments };
        broker_clients_each(zone->broker->clients, zone->owner, send_change, &change);
}
