/* broker-monitor: the messages to and from the monitor and the builders.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/broker/broker-zones.h"

/* Watches the monitor's socket; its end of file ends the broker. */
void broker_monitor_init(Broker *broker, int sock);
void broker_monitor_done(Broker *broker);
/* Sends a plan for the zone; descriptors are borrowed. */
bool broker_monitor_start(BrokerZone *zone, const PolicyPlan *plan, const int *fds, size_t n_fds, bool replaces, GError **error);
void broker_monitor_stop(BrokerZone *zone, PolicyReason reason);
bool broker_monitor_show(BrokerZone *zone, const char *address, GError **error);
void broker_monitor_verify(Broker *broker, BrokerCall *call);
