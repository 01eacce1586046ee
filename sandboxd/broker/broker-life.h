/* broker-life: what a zone's events mean for those who wait for it and those who watch it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/broker/broker-zones.h"

/* Lets call wait for the zone. How many may wait is limited by callers (broker-clients.h), so that nobody's waits keep root from stopping it. */
void broker_life_wait(BrokerZone *zone, BrokerCall *call, BrokerWant want);
void broker_life_started(BrokerZone *zone, const PolicyMsgStarted *message);
void broker_life_state(BrokerZone *zone, const PolicyMsgState *message);
/* The builder's socket is closed: no process of the zone lives. */
void broker_life_closed(BrokerZone *zone);
void broker_life_ended(BrokerZone *zone, uint64_t receipt);
/* Asks the builder to end the zone. */
void broker_life_stop(BrokerZone *zone, PolicyReason reason);
/* All living zones of a kind, but those of Run. */
void broker_life_stop_kind(Broker *broker, uid_t owner, const char *kind, PolicyReason reason);
/* Fails every start and restart of the connection that waits, and ends the zones built for them alone. */
void broker_life_cancel(BrokerClient *client);
/* A bus name is gone: its runs end, its calls are forgotten. */
void broker_life_caller_gone(Broker *broker, const char *name);
void broker_life_logout(Broker *broker, uid_t uid);
