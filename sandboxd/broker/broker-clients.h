/* broker-clients: the bus connections that called us, and how much each may ask at once.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/broker/broker.h"
#include <stdbool.h>

#define BROKER_CALLS_PER_CLIENT 8
#define BROKER_CALLS_PER_USER 64
#define BROKER_CALLS 512        /* of everybody; the last 64 are root's */
#define BROKER_CALLS_FOR_ROOT 64
#define BROKER_CLIENTS_PER_USER 64
#define BROKER_CLIENTS 1024

struct BrokerClient {
        char *name;             /* unique bus name: never used again by the bus */
        uid_t uid;
        bool known;             /* the bus told its uid */
        int64_t used_us;
        GPtrArray *calls;       /* not owned */
};

BrokerClients *broker_clients_new(void);
void broker_clients_free(BrokerClients *clients);
/* The connection's record, made at its first call; refuses the call where too many wait already. */
BrokerClient *broker_clients_admit(BrokerClients *clients, const char *name, int64_t now_us, GError **error);
/* Who it is, from the bus. False where the user has too many calls or connections; the oldest idle one is forgotten first. */
bool broker_clients_know(BrokerClients *clients, BrokerClient *client, uid_t uid, GError **error);
BrokerClient *broker_clients_find(BrokerClients *clients, const char *name);
void broker_clients_forget(BrokerClients *clients, BrokerClient *client);
void broker_client_add(BrokerClient *client, BrokerCall *call);
/* The call is over; client is NULL where it left first. Calls without a caller count until then. */
void broker_client_remove(BrokerClients *clients, BrokerClient *client, BrokerCall *call);
void broker_clients_each(BrokerClients *clients, uid_t uid, void (*each)(BrokerClient *client, void *data), void *data); /* and root's */
