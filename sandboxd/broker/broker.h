/* broker: what every file of the broker shares: the one state, and a call that waits for its answer.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "policy/policy-denylist.h"
#include "policy/policy-message.h"
#include "policy/policy-pattern.h"
#include "policy/policy-plan.h"
#include "sandboxd/broker/broker-options.h"
#include <gio/gio.h>

#define BROKER_BUS_NAME "org.hanare.Sandbox1"
#define BROKER_BUS_PATH "/org/hanare/Sandbox1"

typedef struct BrokerZone BrokerZone;
typedef struct BrokerZones BrokerZones;
typedef struct BrokerClient BrokerClient;
typedef struct BrokerClients BrokerClients;
typedef struct BrokerRule BrokerRule;
typedef struct BrokerEvents BrokerEvents;

typedef struct Broker {
        GMainLoop *loop;
        int exit_status;
        GDBusConnection *bus;
        guint bus_owner, bus_object, bus_names, seat_watch;
        bool bus_asked, bus_ready;   /* the name is asked for after the first table */
        bool polkit_down;            /* said so in the log */
        int receipts;                /* the log, read-only */
        PolicyTable *table;          /* NULL until the monitor has one */
        PolicyPatternIndex *sites;   /* of the table's kinds */
        const void *table_bytes;
        size_t table_n;
        PolicyMsgTable table_info;
        PolicyDenylist denylist;     /* all zero = none */
        uint64_t events_change;      /* counts what the gateways tell */
        BrokerZones *zones;
        BrokerClients *clients;
        int monitor;
        guint monitor_source;
        uint32_t next_tag;
        GQueue verifies;             /* BrokerCall, in the order asked */
} Broker;

typedef enum BrokerWant { /* what a call waits for */
        BROKER_WANT_NOTHING = 0,
        BROKER_WANT_RUNNING,  /* Start, Open, Run, the second half of Restart */
        BROKER_WANT_SHOW,     /* Open: the zone is still being built */
        BROKER_WANT_KILLED,   /* Stop */
        BROKER_WANT_RECEIPT,  /* Stop, with its receipt */
        BROKER_WANT_END,      /* Wait */
        BROKER_WANT_AGAIN,    /* the first half of Restart */
        BROKER_WANT_VERIFY,
} BrokerWant;

/* One method call between arrival and answer. Exactly one of broker_call_answer, broker_call_fail, broker_call_drop ends it. */
typedef struct BrokerCall {
        Broker *broker;
        GDBusMethodInvocation *invocation;
        BrokerClient *client;        /* NULL once the caller left the bus */
        const BrokerRule *rule;
        uid_t uid;
        BrokerWant want;
        BrokerZone *zone;            /* whose waits hold this call */
        bool asking;                 /* a question to the bus or to polkit is under way: its answer ends the call */
        int fds[BROKER_MAX_DESCRIPTORS];
        size_t n_fds;
        BrokerOptions options;
        char *address;               /* for BROKER_WANT_SHOW */
} BrokerCall;

BrokerCall *broker_call_new(Broker *broker, GDBusMethodInvocation *invocation, BrokerClient *client, const BrokerRule *rule);
void broker_call_answer(BrokerCall *call, GVariant *value);
void broker_call_fail(BrokerCall *call, GError *error); /* takes the error */
void broker_call_drop(BrokerCall *call);
void broker_call_close_fds(BrokerCall *call);
