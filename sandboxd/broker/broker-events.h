/* broker-events: what the gateways say of their zones' connections: a bounded ring for each zone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/broker/broker-zones.h"

#define BROKER_EVENTS_PER_ZONE 256   /* connections remembered while the zone lives */
#define BROKER_EVENTS_ENDED 64       /* and after it */
#define BROKER_EVENTS_BURST 400      /* records read from one gateway at once, and then per second */
#define BROKER_EVENTS_RATE 50
#define BROKER_EVENTS_ANSWER 1000    /* most connections in one answer */

/* Takes the socket's end that the builder handed over. */
void broker_events_listen(BrokerZone *zone, int fd);
/* The gateway is gone with its zone: reads what is left. */
void broker_events_end(BrokerZone *zone);
void broker_events_free(BrokerEvents *events);
/* aa{sv}, floating: the connections of the caller's zones (name "" = all of them) that changed after the number `after`, oldest change first, the
 * newest `limit` of them; *ret_last is the newest change of all. NULL with error set where no such zone is known. */
GVariant *broker_events_read(Broker *broker, uid_t uid, const char *name, uint64_t after, uint32_t limit, uint64_t *ret_last, GError **error);
/* What the policy in force says of a name: (bsss): allowed, the zone's kind, the rule (or ""), one English sentence. Floating; NULL with error set. */
GVariant *broker_events_explain(Broker *broker, uid_t uid, const char *zone, const char *name, uint32_t port, GError **error);
