/* broker-zones: the zones we asked for: their names, owners, limits, and what is remembered of the ended ones.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/broker/broker.h"
#include <stdbool.h>

#define BROKER_ENDED_ZONES 256  /* Wait and receipts find the latest of them by name */
#define BROKER_USERS 1024       /* whose starts are counted at once */

struct BrokerZone {
        Broker *broker;
        uint32_t tag;
        uint64_t number;             /* 0 until the monitor said it */
        char name[POLICY_MAX_NAME + 24]; /* "kind-NUMBER"; "" until then */
        char kind[POLICY_MAX_NAME + 1];
        char *title_en, *title_ja;
        uint32_t app, kind_flags, display, walls, substitutes;
        uid_t owner;
        PolicyState state;           /* BUILDING, RUNNING, KILLED, GONE (receipt written) */
        bool is_run, stopping, restarting, told;  /* told: RUNNING came from the builder */
        uint32_t reason, detail, status;
        char *text;                  /* of the builder or the monitor, cleaned */
        uint32_t notice;             /* PolicyNotice, with a text, while it is told */
        uint64_t receipt;
        int64_t started_s;
        int socket;                  /* to the builder, -1 = not there yet, or closed */
        int handed[4];               /* the client's pipes and display, until the builder is there; -1 = none */
        bool stop_wanted;            /* asked to end before the builder was there */
        guint32 stop_reason;
        guint source, timer;
        char *caller;                /* Run: the bus name it ends with */
        GPtrArray *waits;            /* BrokerCall */
        BrokerEvents *events;        /* NULL = its gateway has not started */
};

BrokerZones *broker_zones_new(void);
void broker_zones_free(BrokerZones *zones);
/* May owner have one more? Counts it against the starts of the minute, unless it replaces a zone. */
bool broker_zones_may_start(BrokerZones *zones, const PolicyTable *table, uid_t owner, bool replaces, int64_t now_us, GError **error);
/* A record for a start under way; owned by the registry. */
BrokerZone *broker_zones_add(BrokerZones *zones, Broker *broker, const PolicyKind *kind, uid_t owner);
void broker_zones_name(BrokerZone *zone, uint64_t number);
void broker_zones_remove(BrokerZones *zones, BrokerZone *zone);
/* Drops the oldest ended zones above the limit. */
void broker_zones_prune(BrokerZones *zones);
BrokerZone *broker_zones_by_tag(BrokerZones *zones, uint32_t tag);
BrokerZone *broker_zones_by_number(BrokerZones *zones, uint64_t number);
/* A zone by name, or the newest by kind, one of Run only where there is no other. uid 0 sees all; others their own. ended: an ended one will do where none lives. */
BrokerZone *broker_zones_find(BrokerZones *zones, uid_t uid, const char *name, bool ended, GError **error);
/* The newest zone that could show one more address, or NULL. */
BrokerZone *broker_zones_showing(BrokerZones *zones, uid_t owner, const char *kind);
unsigned broker_zones_count(const BrokerZones *zones, bool all, uid_t owner); /* alive */
const GList *broker_zones_list(const BrokerZones *zones); /* oldest first; ended ones too */
bool broker_zone_alive(const BrokerZone *zone);
