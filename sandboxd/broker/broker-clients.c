/* broker-clients: the bus connections that called us, and how much each may ask at once.
 * Runs as: broker.  Input: unique names and uids from the bus.  Must not: grow without a limit.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandboxd/broker/broker-clients.h"
#include "sandboxd/broker/broker-error.h"

struct BrokerClients {
        GHashTable *by_name; /* owns the records */
        unsigned calls;
};

static void client_free(void *data) {
        BrokerClient *client = data;

        g_ptr_array_unref(client->calls);
        g_free(client->name);
        g_free(client);
}

BrokerClients *broker_clients_new(void) {
        BrokerClients *clients = g_new0(BrokerClients, 1);

        clients->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, client_free);
        return clients;
}

void broker_clients_free(BrokerClients *clients) {
        if (!clients)
                return;
        g_hash_table_unref(clients->by_name);
        g_free(clients);
}

BrokerClient *broker_clients_find(BrokerClients *clients, const char *name) {
        return g_hash_table_lookup(clients->by_name, name);
}

void broker_clients_forget(BrokerClients *clients, BrokerClient *client) {
        g_hash_table_remove(clients->by_name, client->name);
}

/* Makes room by forgetting the idle connection that called longest ago; it only loses its signals. */
static bool forget_idle(BrokerClients *clients, const BrokerClient *keep, bool all, uid_t uid) {
        BrokerClient *client, *oldest = NULL;
        GHashTableIter iter;

        g_hash_table_iter_init(&iter, clients->by_name);
        while (g_hash_table_iter_next(&iter, NULL, (void **)&client))
                if (client != keep && client->calls->len == 0 && (all || (client->known && client->uid == uid)) &&
                    (!oldest || client->used_us < oldest->used_us))
                        oldest = client;
        if (oldest)
                broker_clients_forget(clients, oldest);
        return oldest != NULL;
}

BrokerClient *broker_clients_admit(BrokerClients *clients, const char *name, int64_t now_us, GError **error) {
        BrokerClient *client = broker_clients_find(clients, name);
        bool root = client && client->known && client->uid == 0;

        if (client && client->calls->len >= BROKER_CALLS_PER_CLIENT) {
                g_set_error(error, BROKER_ERROR, BROKER_ERROR_LIMIT_REACHED, "%d calls of this connection wait for their answers already: wait for one",
                            BROKER_CALLS_PER_CLIENT);
                return NULL;
        }
        if (clients->calls >= BROKER_CALLS - (root ? 0 : BROKER_CALLS_FOR_ROOT) ||
            (!client && g_hash_table_size(clients->by_name) >= BROKER_CLIENTS && !forget_idle(clients, NULL, true, 0))) {
                g_set_error_literal(error, BROKER_ERROR, BROKER_ERROR_LIMIT_REACHED, "too many calls of all users wait for answers: try again in a moment");
                return NULL;
        }
        if (!client) {
                client = g_new0(BrokerClient, 1);
                client->name = g_strdup(name);
                client->uid = (uid_t)-1;
                client->calls = g_ptr_array_new();
                g_hash_table_insert(clients->by_name, client->name, client);
        }
        client->used_us = now_us;
        clients->calls++;
        return client;
}

bool broker_clients_know(BrokerClients *clients, BrokerClient *client, uid_t uid, GError **error) {
        unsigned connections = 0, calls = 0;
        BrokerClient *other;
        GHashTableIter iter;

        client->uid = uid;
        client->known = true;
        g_hash_table_iter_init(&iter, clients->by_name);
        while (g_hash_table_iter_next(&iter, NULL, (void **)&other)) {
                if (!other->known || other->uid != uid)
                        continue;
                connections++;
                calls += other->calls->len;
        }
        if (uid != 0 && calls > BROKER_CALLS_PER_USER) {
                g_set_error(error, BROKER_ERROR, BROKER_ERROR_LIMIT_REACHED, "%d calls of this user wait for their answers already: wait for one",
                            BROKER_CALLS_PER_USER);
                return false;
        }
        if (connections > BROKER_CLIENTS_PER_USER && !forget_idle(clients, client, false, uid)) {
                g_set_error(error, BROKER_ERROR, BROKER_ERROR_LIMIT_REACHED, "%d connections of this user wait for answers already: close one",
                            BROKER_CLIENTS_PER_USER);
                return false;
        }
        return true;
}

void broker_client_add(BrokerClient *client, BrokerCall *call) {
        g_ptr_array_add(client->calls, call);
}

void broker_client_remove(BrokerClients *clients, BrokerClient *client, BrokerCall *call) {
        if (client)
                g_ptr_array_remove_fast(client->calls, call);
        clients->calls--;
}

void broker_clients_each(BrokerClients *clients, uid_t uid, void (*each)(BrokerClient *client, void *data), void *data) {
        BrokerClient *client;
        GHashTableIter iter;

        g_hash_table_iter_init(&iter, clients->by_name);
        while (g_hash_table_iter_next(&iter, NULL, (void **)&client))
                if (client->known && (client->uid == uid || client->uid == 0))
                        each(client, data);
}
